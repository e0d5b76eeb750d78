//! Quantiles of lengths of time, exact for few values and in bounded memory for many.

/// Values up to this number are kept as they are.
const EXACT: usize = 4096;

/// Each bin of the histogram is this much wider than the one before.
const GROWTH: f64 = 1.01;

/// The least value that is told from zero, in seconds.
const LEAST: f64 = 1e-6;

/// A summary of values of 0 or more: number, mean, greatest, quantiles. The first 4,096 values give exact quantiles;
/// beyond, values are counted in bins of 1 % relative width.
#[derive(Clone, Debug, Default)]
pub struct Lengths {
    count: u64,
    sum: f64,
    max: f64,
    exact: Vec<f64>,
    bins: Vec<u64>,
}

impl Lengths {
    /// Adds a value.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.max = self.max.max(value);
        if self.bins.is_empty() && self.exact.len() < EXACT {
            self.exact.push(value);
            return;
        }
        for kept in std::mem::take(&mut self.exact) {
            self.count_in_bin(kept);
        }
        self.count_in_bin(value);
    }

    fn count_in_bin(&mut self, value: f64) {
        let bin = if value <= LEAST { 0 } else { 1 + ((value / LEAST).ln() / GROWTH.ln()) as usize };
        if self.bins.len() <= bin {
            self.bins.resize(bin + 1, 0);
        }
        self.bins[bin] += 1;
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their sum.
    pub fn sum(&self) -> f64 {
        self.sum
    }

    /// Their mean; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    /// The greatest; `None` without values.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }

    /// The least value that at least the share `level` of the values does not exceed; `None` without values.
    pub fn quantile(&self, level: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let rank = ((level * self.count as f64).ceil() as u64).clamp(1, self.count);
        if self.bins.is_empty() {
            let mut sorted = self.exact.clone();
            sorted.sort_by(f64::total_cmp);
            return sorted.get(rank as usize - 1).copied();
        }
        let mut sum = 0;
        for (bin, number) in self.bins.iter().enumerate() {
            sum += number;
            if sum >= rank {
                let middle = if bin == 0 { 0.0 } else { LEAST * GROWTH.powf(bin as f64 - 0.5) };
                return Some(middle.min(self.max));
            }
        }
        Some(self.max)
    }

    /// The share of the values above `bound`; 0 without values.
    pub fn share_above(&self, bound: f64) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let above: u64 = if self.bins.is_empty() {
            self.exact.iter().filter(|value| **value > bound).count() as u64
        } else {
            let bin = if bound <= LEAST { 0 } else { 1 + ((bound / LEAST).ln() / GROWTH.ln()) as usize };
            self.bins.iter().skip(bin + 1).sum()
        };
        above as f64 / self.count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_exact() {
        let mut lengths = Lengths::default();
        (1..=100).for_each(|value| lengths.add(f64::from(value)));
        assert_eq!(lengths.quantile(0.95), Some(95.0));
        assert_eq!(lengths.mean(), Some(50.5));
        assert_eq!(lengths.max(), Some(100.0));
        assert_eq!(lengths.share_above(90.0), 0.1);
    }

    #[test]
    fn many_values_are_within_one_percent() {
        let mut lengths = Lengths::default();
        (1..=100_000).for_each(|value| lengths.add(f64::from(value)));
        for level in [0.01, 0.5, 0.95, 0.999] {
            let found = lengths.quantile(level).unwrap();
            assert!((found / (level * 1e5) - 1.0).abs() < 0.01, "{level}: {found}");
        }
        assert!((lengths.share_above(50_000.0) - 0.5).abs() < 0.01);
        assert_eq!(Lengths::default().quantile(0.5), None);
    }
}
