//! Numbers only: averages over time, quantiles, confidence intervals.

pub mod confidence;
pub mod correction;
pub mod interval;
pub mod paired;
pub mod quantile;
pub mod sample;
pub mod time_weighted;
