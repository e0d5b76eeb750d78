//! Confidence intervals of means.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Mean and standard error of independent observations.
#[derive(Copy, Clone, Debug, Default, PartialEq)]
pub struct Mean {
    /// Observations.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Sum of the squared deviations from the mean.
    squares: f64,
}

impl Mean {
    /// Adds an observation (Welford's update, which loses no digits).
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let off = value - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (value - self.mean);
    }

    /// The standard deviation of one observation; 0 with fewer than two.
    pub fn deviation(&self) -> f64 {
        if self.count < 2 { 0.0 } else { (self.squares / (self.count - 1) as f64).sqrt() }
    }

    /// The standard error of the mean.
    pub fn error(&self) -> f64 {
        if self.count < 2 { f64::INFINITY } else { self.deviation() / (self.count as f64).sqrt() }
    }

    /// Half the width of the two-sided interval at `level` (0.95 for 95 %), by Student's t; infinite with fewer than two
    /// observations.
    pub fn half_width(&self, level: f64) -> f64 {
        if self.count < 2 {
            return f64::INFINITY;
        }
        match StudentsT::new(0.0, 1.0, (self.count - 1) as f64) {
            Ok(law) => law.inverse_cdf(0.5 + level / 2.0) * self.error(),
            Err(_) => f64::INFINITY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sample deviation sqrt(32/7); t(0.975, 7) = 2.3646.
    #[test]
    fn a_worked_example() {
        let mut mean = Mean::default();
        for value in [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] {
            mean.add(value);
        }
        assert_eq!(mean.mean, 5.0);
        assert!((mean.deviation() - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
        let expected = 2.364_624_25 * (32.0_f64 / 7.0).sqrt() / 8.0_f64.sqrt();
        assert!((mean.half_width(0.95) - expected).abs() < 1e-6);
    }
}
