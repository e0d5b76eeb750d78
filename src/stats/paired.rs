//! Intervals of a mean difference from paired observations that are often zero, seldom large, and of either sign.
//!
//! Two variants that meet the same failures differ in few replications and by very different amounts. **Student's t** of the
//! differences covers too little then: with three differences other than zero among a hundred, the deviation that it stands
//! on is that of three values. The difference is therefore taken apart into what the one has more (`D+`) and what the
//! other has more (`D-`), neither of which can be negative. Each mean gets the interval of [`super::interval`], which is
//! Student's t far from zero and a gamma interval near it. The two are put together by **MOVER** (method of variance
//! estimates recovery: Zou and Donner, Statistics in Medicine 27, 2008) with the correlation that `D+` and `D-` have because
//! never both are above zero. With many differences on both sides the result is exactly that of Student's t.
//!
//! Of a side that was never seen nothing but a bound is known: it might come up in 3.7 of `n` replications (95 %) and be as
//! large as the largest difference that was seen. So no difference is taken as shown by fewer than six replications that all
//! point one way, as in the sign test.
//!
//! Where all replications have the same difference, as with prices, that is the difference; with too few of them
//! for a sign test nothing is said.

use schemars::JsonSchema;
use serde::Serialize;

use super::confidence::Mean;
use super::interval::{self, Range};

/// How the interval of a difference was found.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PairedMethod {
    /// Gains and losses apart, put together by MOVER.
    Mover,
    /// Every replication had the same difference.
    Constant,
    /// Every difference was exactly zero.
    Identical,
    /// Too few observations to say anything.
    None,
}

/// The interval of a mean difference; an end that cannot be given is `None`.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct PairedInterval {
    /// The lower end.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How it was found.
    pub method: PairedMethod,
}

impl PairedInterval {
    /// Whether zero lies outside.
    pub fn excludes_zero(&self) -> bool {
        self.low.is_some_and(|low| low > 0.0) || self.high.is_some_and(|high| high < 0.0)
    }

    /// Half of the width; infinite where an end is missing.
    pub fn half_width(&self) -> f64 {
        self.low.zip(self.high).map_or(f64::INFINITY, |(low, high)| (high - low) / 2.0)
    }
}

/// One side of the differences.
#[derive(Copy, Clone, Debug, Default)]
struct Side {
    mean: Mean,
    /// The least and the greatest of its values, zeros included.
    least: f64,
    greatest: f64,
}

impl Side {
    fn add(&mut self, value: f64) {
        self.least = if self.mean.count == 0 { value } else { self.least.min(value) };
        self.greatest = self.greatest.max(value);
        self.mean.add(value);
    }

    /// The interval of its mean. `largest` is the largest difference of either side.
    fn ends(&self, largest: f64, level: f64) -> (f64, f64) {
        let count = self.mean.count as f64;
        // Of a side that was never seen, Poisson's bound on its number times the largest size that is known.
        let unseen = largest * -((1.0 - level) / 2.0).ln() / count;
        if self.greatest == 0.0 {
            return (0.0, unseen);
        }
        let found = interval::of_mean(&self.mean, self.least, self.greatest, Range::Positive, level);
        (found.low.unwrap_or(0.0), found.high.unwrap_or(self.mean.mean + unseen))
    }
}

/// Paired differences, summed up as they come.
#[derive(Copy, Clone, Debug, Default)]
pub struct Paired {
    /// The differences.
    pub mean: Mean,
    plus: Side,
    minus: Side,
    /// Replications that differ at all.
    pub differing: u64,
    least: f64,
    greatest: f64,
}

impl Paired {
    /// So many differences of zero.
    pub fn zeros(count: u64) -> Paired {
        let mut paired = Paired::default();
        for _ in 0..count {
            paired.add(0.0);
        }
        paired
    }

    /// Adds a difference.
    pub fn add(&mut self, difference: f64) {
        if self.mean.count == 0 {
            (self.least, self.greatest) = (difference, difference);
        }
        self.least = self.least.min(difference);
        self.greatest = self.greatest.max(difference);
        self.mean.add(difference);
        self.plus.add(difference.max(0.0));
        self.minus.add((-difference).max(0.0));
        self.differing += u64::from(difference != 0.0);
    }

    /// Whether there are differences, and each is exactly zero.
    pub fn is_identical(&self) -> bool {
        self.mean.count > 0 && self.differing == 0
    }

    /// The least and the greatest difference.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        (self.mean.count > 0).then_some((self.least, self.greatest))
    }

    /// The interval of the mean difference at `level` (0.95 for 95 %).
    pub fn interval(&self, level: f64) -> PairedInterval {
        let count = self.mean.count;
        let nothing = PairedInterval { low: None, high: None, method: PairedMethod::None };
        if count < 2 {
            return nothing;
        }
        if self.differing == 0 {
            return PairedInterval { low: Some(0.0), high: Some(0.0), method: PairedMethod::Identical };
        }
        if self.least == self.greatest {
            let same = Some(self.least);
            let shown = sign_test(count) <= 1.0 - level;
            return if shown {
                PairedInterval { low: same, high: same, method: PairedMethod::Constant }
            } else {
                nothing
            };
        }
        let largest = self.greatest.max(-self.least);
        let (plus, minus) = (&self.plus.mean, &self.minus.mean);
        let (plus_low, plus_high) = self.plus.ends(largest, level);
        let (minus_low, minus_high) = self.minus.ends(largest, level);
        // D+ D- is always 0, so their covariance is minus the product of their means.
        let deviations = plus.deviation() * minus.deviation();
        let unbiased = count as f64 / (count - 1) as f64;
        let correlation = if deviations > 0.0 { -plus.mean * minus.mean * unbiased / deviations } else { 0.0 };
        let correlation = correlation.max(-1.0);
        let arm = |one: f64, other: f64| (one * one + other * other - 2.0 * correlation * one * other).max(0.0).sqrt();
        let difference = self.mean.mean;
        let low = difference - arm(plus.mean - plus_low, minus_high - minus.mean);
        let high = difference + arm(plus_high - plus.mean, minus.mean - minus_low);
        // Where all point one way, the sign test has the last word on whether there is a difference at all.
        let one_way = self.plus.greatest == 0.0 || self.minus.greatest == 0.0;
        let open = one_way && sign_test(self.differing) > 1.0 - level;
        PairedInterval {
            low: Some(if open { low.min(0.0) } else { low }),
            high: Some(if open { high.max(0.0) } else { high }),
            method: PairedMethod::Mover,
        }
    }

    /// The p-value of "no difference": 1 less the greatest level at which the interval leaves zero out, at least 1e-12.
    /// `None` where every difference is zero, or there are too few.
    pub fn p(&self) -> Option<f64> {
        if self.mean.count < 2 || self.differing == 0 {
            return None;
        }
        if self.least == self.greatest {
            return Some(sign_test(self.mean.count).max(SMALLEST_P));
        }
        // Searched for on a scale of powers of ten: small values are what matters.
        let (mut shown, mut hidden) = (1.0, SMALLEST_P);
        if self.interval(1.0 - hidden).excludes_zero() {
            return Some(SMALLEST_P);
        }
        for _ in 0..30 {
            let middle = (shown * hidden).sqrt();
            if self.interval(1.0 - middle).excludes_zero() { shown = middle } else { hidden = middle }
        }
        Some(shown)
    }
}

/// No p-value is told more exactly than this: there the levels of intervals cannot be told from 1.
const SMALLEST_P: f64 = 1e-12;

/// The p-value of so many differences that all point one way.
fn sign_test(count: u64) -> f64 {
    (1.0 - count as f64).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::interval::student;
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    fn paired(values: impl IntoIterator<Item = f64>) -> Paired {
        let mut paired = Paired::default();
        values.into_iter().for_each(|value| paired.add(value));
        paired
    }

    #[test]
    fn with_plenty_on_both_sides_it_is_students() {
        let values: Vec<f64> = (0..1000).map(|n| f64::from(n % 100) - 45.0).collect();
        let found = paired(values.iter().copied());
        let half = student(0.975, 999.0) * found.mean.error();
        let interval = found.interval(0.95);
        assert!((interval.low.unwrap() - (found.mean.mean - half)).abs() < 1e-9, "{interval:?}");
        assert!((interval.high.unwrap() - (found.mean.mean + half)).abs() < 1e-9, "{interval:?}");
    }

    /// Five of a hundred that point one way are no proof, seven are: the sign test has p = 0.0625 and 0.0156.
    #[test]
    fn a_few_differences_are_no_proof() {
        let few = |count: usize| paired((0..100).map(|n| if n < count { 3.0 } else { 0.0 }));
        assert!(!few(1).interval(0.95).excludes_zero());
        assert!(!few(5).interval(0.95).excludes_zero());
        assert!(few(7).interval(0.95).excludes_zero());
        let mirrored = paired((0..100).map(|n| if n < 7 { -3.0 } else { 0.0 })).interval(0.95);
        assert_eq!(mirrored.high.map(|high| -high), few(7).interval(0.95).low);
    }

    #[test]
    fn nothing_and_constants() {
        assert_eq!(paired([0.0; 9]).interval(0.95).method, PairedMethod::Identical);
        assert_eq!(paired([0.0; 9]).p(), None);
        assert_eq!(paired([4.0; 3]).interval(0.95).method, PairedMethod::None);
        let same = paired([4.0; 30]);
        assert_eq!((same.interval(0.95).low, same.interval(0.95).high), (Some(4.0), Some(4.0)));
        assert!(same.p().unwrap() < 1e-8);
        assert_eq!(Paired::zeros(5).mean.count, 5);
    }

    /// The p-value is where the interval touches zero.
    #[test]
    fn p_belongs_to_the_interval() {
        let found = paired((0..1000).map(|n| f64::from(n % 10) - 4.3));
        let p = found.p().unwrap();
        assert!(found.interval(1.0 - p * 1.01).excludes_zero() && !found.interval(1.0 - p * 0.99).excludes_zero());
        // Student's t: mean 0.2, error 2.8723 sqrt(1000/999) / sqrt(1000), 999 degrees of freedom.
        let t = found.mean.mean / found.mean.error();
        assert!((student(1.0 - p / 2.0, 999.0) - t).abs() < 1e-3, "{p} {t}");
    }

    /// How many of 2,000 experiments of `count` differences have an interval that holds their mean.
    fn coverage(count: usize, level: f64, mean: f64, draw: impl Fn(&mut Xoshiro256PlusPlus) -> f64) -> f64 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut held = 0;
        for _ in 0..2000 {
            let found = paired((0..count).map(|_| draw(&mut random))).interval(level);
            held += u32::from(found.low.is_some_and(|low| low <= mean) && found.high.is_some_and(|high| mean <= high));
        }
        f64::from(held) / 2000.0
    }

    /// Differences as experiments have them: few, skewed, of one sign or of both; 95 % is 93 % or more, and with four
    /// differences in all, two each way, it is 90 % or more.
    #[test]
    fn intervals_cover_what_they_say() {
        let exponential = |random: &mut Xoshiro256PlusPlus| -(1.0 - random.random::<f64>()).ln();
        let rare = move |more: f64, less: f64| {
            move |random: &mut Xoshiro256PlusPlus| {
                let what = random.random::<f64>();
                if what < more {
                    exponential(random)
                } else if what < more + less {
                    -exponential(random)
                } else {
                    0.0
                }
            }
        };
        for (count, more, less) in
            [(100, 0.1, 0.0), (100, 0.1, 0.1), (100, 0.3, 0.05), (100, 0.02, 0.02), (30, 0.5, 0.5), (50, 0.9, 0.1)]
        {
            let found = coverage(count, 0.95, more - less, rare(more, less));
            let least = if more + less < 0.05 { 0.90 } else { 0.93 };
            assert!((least..=1.0).contains(&found), "{count} with {more} and {less}: {found}");
        }
        // Without a difference, at the level of one of twenty comparisons: wrong alarms in 0.25 %. With twenty differences in all
        // it may be 1.5 %, with four 3 %: so few are too few for that level.
        for (share, least) in [(0.02, 0.97), (0.1, 0.985), (0.5, 0.993)] {
            let found = coverage(100, 0.9975, 0.0, rare(share, share));
            assert!(found >= least, "{share}: {found}");
        }
        let found = coverage(40, 0.95, 0.0, |random| random.random::<f64>() - 0.5);
        // Few differences either way are taken a little too cautiously.
        assert!((0.935..=0.99).contains(&found), "uniform: {found}");
    }
}
