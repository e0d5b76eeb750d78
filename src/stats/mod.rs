//! Numbers only: averages over time, quantiles, confidence intervals.

pub mod confidence;
pub mod quantile;
pub mod time_weighted;
