//! A sample of bounded size of a stream of independent values, and quantiles with honest intervals from it.

use statrs::distribution::{Binomial, DiscreteCDF};

/// Values kept at most.
const MOST: usize = 1024;

/// Every value while there are fewer than 1,024; beyond, every second, every fourth ... of the stream, so that 512 to 1,023
/// are kept. Independent values stay independent, and intervals by the number kept are honest ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    kept: Vec<f64>,
    /// One in so many is kept.
    step: u64,
    seen: u64,
}

impl Default for Sample {
    fn default() -> Sample {
        Sample { kept: Vec::new(), step: 1, seen: 0 }
    }
}

/// A quantile of a distribution and where it lies.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Quantile {
    /// The least value that at least this share of the values does not exceed.
    pub value: f64,
    /// Lower end of the interval; `None` where there are too few values for one.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl Sample {
    /// Adds the next value.
    pub fn add(&mut self, value: f64) {
        if self.seen.is_multiple_of(self.step) {
            self.kept.push(value);
            if self.kept.len() == MOST {
                let mut keep = false;
                self.kept.retain(|_| {
                    keep = !keep;
                    keep
                });
                self.step *= 2;
            }
        }
        self.seen += 1;
    }

    /// The values kept, in ascending order.
    pub fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.kept.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// The quantile at `level` with the interval between two order statistics that holds it with at least `confidence`,
    /// whatever the distribution (ranks by the binomial law; David and Nagaraja, Order Statistics, 7.1). `None` without
    /// values.
    pub fn quantile(&self, level: f64, confidence: f64) -> Option<Quantile> {
        let sorted = self.sorted();
        let count = sorted.len();
        let at = |rank: u64| sorted.get((rank as usize).checked_sub(1)?).copied();
        let value = at(((level * count as f64).ceil() as u64).max(1).min(count as u64))?;
        let below = Binomial::new(level, count as u64).ok()?;
        let tail = (1.0 - confidence) / 2.0;
        // P(X(r) > quantile) = P(B < r): the largest rank at which it is at most the tail.
        let low = (1..=count as u64).take_while(|rank| below.cdf(rank - 1) <= tail).last().and_then(at);
        // P(X(r) < quantile) = P(B >= r): the least rank at which it is at most the tail.
        let high = (1..=count as u64).find(|rank| below.sf(rank - 1) <= tail).and_then(at);
        Some(Quantile { value, low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 100 values, the 95 % interval of the median is between the 40th and the 61st (David and Nagaraja; any table of
    /// the sign test).
    #[test]
    fn the_median_of_a_hundred() {
        let mut sample = Sample::default();
        (1..=100).rev().for_each(|value| sample.add(f64::from(value)));
        let median = sample.quantile(0.5, 0.95).unwrap();
        assert_eq!((median.value, median.low, median.high), (50.0, Some(40.0), Some(61.0)));
    }

    #[test]
    fn few_values_have_no_interval_and_many_take_no_more_room() {
        let mut sample = Sample::default();
        (0..5).for_each(|value| sample.add(f64::from(value)));
        let high = sample.quantile(0.95, 0.95).unwrap();
        assert_eq!((high.value, high.high), (4.0, None));
        (0..1_000_000_u32).for_each(|value| sample.add(f64::from(value % 1009)));
        assert!((MOST / 2..MOST).contains(&sample.kept.len()));
        let median = sample.quantile(0.5, 0.95).unwrap();
        assert!((median.value - 504.0).abs() < 50.0, "{median:?}");
    }
}
