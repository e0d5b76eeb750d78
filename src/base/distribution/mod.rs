//! Random lengths of time.
//!
//! [`Distribution`] is the resolved law that the engine samples; [`Spec`] is how a scenario file writes it. All
//! parameters are in seconds.

mod spec;
mod table;

use std::sync::Arc;

use rand::RngExt;
use rand_distr::Distribution as _;
use statrs::function::gamma::{gamma, gamma_lr, gamma_ur};

use super::random::Rng;
use super::time::Span;

pub use spec::{EmpiricalSpec, LawSpec, Spec};
pub use table::Table;

/// The law of a random length of time.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Constant(Span),
    /// Memoryless, with the given mean in seconds.
    Exponential { mean: f64 },
    /// P(X > x) = exp(-(x / scale)^shape).
    Weibull { shape: f64, scale: f64 },
    /// exp(mu + sigma Z) with Z standard normal.
    LogNormal { mu: f64, sigma: f64 },
    /// Density proportional to x^(shape - 1) exp(-x / scale).
    Gamma { shape: f64, scale: f64 },
    /// Uniform between two ends.
    Uniform { low: f64, high: f64 },
    /// One of the observed values, each as likely as another; in seconds.
    Empirical(Arc<[f64]>),
}

impl Distribution {
    /// No delay.
    pub const ZERO: Distribution = Distribution::Constant(Span::ZERO);

    /// Always so many seconds.
    pub const fn secs(seconds: u64) -> Distribution {
        Distribution::Constant(Span::from_secs(seconds))
    }

    /// `true` where every draw is zero, rounded to whole microseconds as draws are.
    pub fn is_zero(&self) -> bool {
        let none = |seconds: f64| Span::from_secs_f64(seconds).is_zero();
        match self {
            Distribution::Constant(span) => span.is_zero(),
            Distribution::Uniform { high, .. } => none(*high),
            Distribution::Empirical(values) => values.iter().copied().all(none),
            law => law.mean() <= 0.0,
        }
    }

    /// `true` where a draw may exceed zero only together with randomness: the law needs a generator.
    pub fn is_random(&self) -> bool {
        !matches!(self, Distribution::Constant(_))
    }

    /// One draw. The generator is asked for only where the law is random.
    #[inline]
    pub fn sample(&self, rng: impl FnOnce() -> Rng) -> Span {
        match self {
            Distribution::Constant(span) => *span,
            law => Span::from_secs_f64(law.sample_seconds(&mut rng())),
        }
    }

    /// One draw in seconds.
    pub fn sample_seconds(&self, rng: &mut Rng) -> f64 {
        // The constructors fail only on parameters that `Spec::resolve` refuses; a law built by hand with such
        // parameters gives NaN, which becomes a delay of zero.
        match self {
            Distribution::Constant(span) => span.seconds(),
            Distribution::Exponential { mean } => {
                let unit: f64 = rand_distr::Exp1.sample(rng);
                unit * mean
            }
            Distribution::Weibull { shape, scale } => {
                rand_distr::Weibull::new(*scale, *shape).map_or(f64::NAN, |law| law.sample(rng))
            }
            Distribution::LogNormal { mu, sigma } => {
                rand_distr::LogNormal::new(*mu, *sigma).map_or(f64::NAN, |law| law.sample(rng))
            }
            Distribution::Gamma { shape, scale } => {
                rand_distr::Gamma::new(*shape, *scale).map_or(f64::NAN, |law| law.sample(rng))
            }
            Distribution::Uniform { low, high } => low + (high - low) * rng.random::<f64>(),
            Distribution::Empirical(values) => values[rng.random_range(0..values.len())],
        }
    }

    /// The mean in seconds.
    pub fn mean(&self) -> f64 {
        match self {
            Distribution::Constant(span) => span.seconds(),
            Distribution::Exponential { mean } => *mean,
            Distribution::Weibull { shape, scale } => scale * gamma(1.0 + 1.0 / shape),
            Distribution::LogNormal { mu, sigma } => (mu + sigma * sigma / 2.0).exp(),
            Distribution::Gamma { shape, scale } => shape * scale,
            Distribution::Uniform { low, high } => (low + high) / 2.0,
            Distribution::Empirical(values) => values.iter().sum::<f64>() / values.len() as f64,
        }
    }
}

/// Steps of the sums that stand for integrals.
const STEPS: u32 = 4_000;

/// The integral of a function between two ends, by the trapezoidal rule: for functions that vanish at both ends.
fn integral(from: f64, to: f64, of: impl Fn(f64) -> f64) -> f64 {
    let step = (to - from) / f64::from(STEPS);
    (0..=STEPS).map(|nth| of(from + step * f64::from(nth))).sum::<f64>() * step
}

impl Distribution {
    /// The mean of a draw or of `most` seconds, whichever is less. A clock that begins anew at each end strikes at least
    /// `most` / this less one times within `most`, and at most twice as often (Erickson's bounds on the renewal function).
    pub fn mean_up_to(&self, most: f64) -> f64 {
        match self {
            Distribution::Constant(span) => span.seconds().min(most),
            Distribution::Exponential { mean } => -mean * (-most / mean).exp_m1(),
            // scale x E^(1 / shape) with E exponential; u is its logarithm.
            Distribution::Weibull { shape, scale } => {
                integral(-60.0, 7.0, |u| (scale.ln() + u / shape).exp().min(most) * (u - u.exp()).exp())
            }
            Distribution::LogNormal { mu, sigma } => {
                let density = |z: f64| (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
                integral(-12.0, 12.0, |z| (mu + sigma * z).exp().min(most) * density(z))
            }
            Distribution::Gamma { shape, scale } => {
                let at = most / scale;
                shape * scale * gamma_lr(shape + 1.0, at) + most * gamma_ur(*shape, at)
            }
            Distribution::Uniform { low, high } => {
                if most >= *high {
                    (low + high) / 2.0
                } else if most <= *low {
                    most
                } else {
                    ((most * most - low * low) / 2.0 + most * (high - most)) / (high - low)
                }
            }
            Distribution::Empirical(values) => {
                values.iter().map(|value| value.min(most)).sum::<f64>() / values.len() as f64
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::{Label, Randomness};

    #[test]
    fn a_law_that_is_always_zero_is_known_whatever_its_name() {
        let zero = [
            Distribution::ZERO,
            Distribution::Exponential { mean: 0.0 },
            Distribution::Uniform { low: 0.0, high: 0.0 },
            Distribution::Uniform { low: 0.0, high: 4e-7 },
            Distribution::Empirical(vec![0.0, 0.0, 4e-7].into()),
        ];
        for law in zero {
            assert!(law.is_zero(), "{law:?}");
        }
        let positive = [
            Distribution::Constant(Span(1)),
            Distribution::Exponential { mean: 1e-6 },
            Distribution::Uniform { low: 0.0, high: 1e-6 },
            Distribution::Empirical(vec![0.0, 0.0, 1e-6].into()),
        ];
        for law in positive {
            assert!(!law.is_zero(), "{law:?}");
        }
    }

    /// 40 (1 - 1/e) for the exponential law with mean 40 cut at 40, whichever way it is written; by hand for the others.
    #[test]
    fn a_mean_that_is_cut_off() {
        let near = |law: Distribution, most: f64, expected: f64| {
            let found = law.mean_up_to(most);
            assert!((found - expected).abs() < 5e-3 * expected, "{law:?} up to {most}: {found}, not {expected}");
        };
        let cut = 40.0 * (1.0 - (-1.0_f64).exp());
        near(Distribution::Exponential { mean: 40.0 }, 40.0, cut);
        near(Distribution::Weibull { shape: 1.0, scale: 40.0 }, 40.0, cut);
        near(Distribution::Gamma { shape: 1.0, scale: 40.0 }, 40.0, cut);
        near(Distribution::Constant(Span::from_secs(40)), 30.0, 30.0);
        // Half of the draws lie below 10, with a mean of 5.
        near(Distribution::Uniform { low: 0.0, high: 20.0 }, 10.0, 7.5);
        near(Distribution::Empirical(vec![1.0, 5.0, 30.0].into()), 10.0, 16.0 / 3.0);
        // With a huge sigma half of the draws lie far above the median, and the others are next to nothing.
        near(Distribution::LogNormal { mu: 100.0_f64.ln(), sigma: 1e6 }, 100.0, 50.0);
        // Without an end in sight it is the mean.
        for law in [
            Distribution::Exponential { mean: 40.0 },
            Distribution::Weibull { shape: 0.7, scale: 30.0 },
            Distribution::LogNormal { mu: 3.0, sigma: 0.8 },
            Distribution::Gamma { shape: 3.0, scale: 12.0 },
            Distribution::Uniform { low: 1.0, high: 10.0 },
        ] {
            let mean = law.mean();
            near(law, 1e9, mean);
        }
    }

    /// The mean of 200,000 draws lies within five standard errors of the law's own mean.
    #[test]
    fn draws_have_the_stated_mean() {
        let laws = [
            Distribution::Exponential { mean: 40.0 },
            Distribution::Weibull { shape: 0.7, scale: 30.0 },
            Distribution::LogNormal { mu: 3.0, sigma: 0.8 },
            Distribution::Gamma { shape: 3.0, scale: 12.0 },
            Distribution::Uniform { low: 1.0, high: 10.0 },
            Distribution::Empirical(vec![1.0, 5.0, 30.0].into()),
        ];
        let random = Randomness::new(11, 0);
        for (index, law) in laws.iter().enumerate() {
            let n = 200_000;
            let draws: Vec<f64> =
                (0..n).map(|nth| law.sample(|| random.at(Label::new("test"), index as u64, nth)).seconds()).collect();
            let mean = draws.iter().sum::<f64>() / n as f64;
            let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64;
            let error = (variance / n as f64).sqrt();
            assert!((mean - law.mean()).abs() < 5.0 * error, "{law:?}: {mean} against {}", law.mean());
        }
    }
}
