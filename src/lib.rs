//! Longshore: a discrete-event simulator of container placement and failure.
//!
//! The one flow: a scenario file is read and checked ([`scenario`]), becomes a plan, runs ([`engine`]), is measured
//! ([`metrics`]) and reported ([`report`]). [`experiment::run`] is that flow in one function.

pub mod base;
pub mod cli;
pub mod engine;
pub mod experiment;
pub mod failure;
pub mod metrics;
pub mod placement;
pub mod platform;
pub mod report;
pub mod scenario;
pub mod stats;
pub mod workload;
pub mod world;
