//! Estimates with their standard errors.

use longshore::stats::confidence::Mean;

/// A figure that was found beside its exact value.
pub struct Figure {
    pub name: String,
    pub exact: f64,
    pub found: f64,
    /// The standard error of what was found.
    pub error: f64,
    /// The standard error may be at most this, or the test has no teeth.
    pub allowed: f64,
}

impl Figure {
    pub fn z(&self) -> f64 {
        (self.found - self.exact) / self.error.max(f64::MIN_POSITIVE)
    }

    pub fn holds(&self) -> bool {
        self.error <= self.allowed && self.z().abs() <= 4.0
    }

    /// From independent observations.
    pub fn of_mean(name: &str, exact: f64, mean: &Mean, allowed: f64) -> Figure {
        Figure { name: name.into(), exact, found: mean.mean, error: mean.error(), allowed }
    }

    /// A share of `count` independent trials.
    pub fn of_share(name: &str, exact: f64, hits: f64, count: f64) -> Figure {
        let error = (exact * (1.0 - exact) / count).sqrt();
        Figure { name: name.into(), exact, found: hits / count, error, allowed: 0.02 * exact.min(1.0 - exact) * 1.05 }
    }
}
