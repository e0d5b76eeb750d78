//! The one test suite: each module is an angle.

mod cli;
mod theory;
