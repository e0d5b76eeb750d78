//! Runs of a plan.

pub mod explain;
mod objectives;
pub mod single;

pub use single::{Options, run, run_checked};
