//! Numbers only: averages over time, quantiles, confidence intervals.

pub mod confidence;
pub mod interval;
pub mod quantile;
pub mod sample;
pub mod time_weighted;
