//! The one test suite: each module is an angle.

mod cli;
mod layers;
mod swarm;
mod theory;
mod worked;
