//! Runs of a plan.

mod objectives;
pub mod single;

pub use single::{Options, run, run_checked};
