//! The one test suite: each module is an angle.

mod cli;
mod experiment;
mod layers;
mod registries;
mod scenarios;
mod schemas;
mod swarm;
mod theory;
mod worked;
