//! Values that hold for a while: their average over time, their extremes, the share of time below a bound.

use crate::base::time::Time;

/// The average over time of a value that changes in steps.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct TimeWeighted {
    value: f64,
    since: Time,
    start: Time,
    integral: f64,
    /// The least value so far.
    pub min: f64,
    /// The greatest value so far.
    pub max: f64,
}

impl TimeWeighted {
    /// Starts at a value.
    pub fn new(now: Time, value: f64) -> TimeWeighted {
        TimeWeighted { value, since: now, start: now, integral: 0.0, min: value, max: value }
    }

    /// The value is another from now on.
    #[inline]
    pub fn set(&mut self, now: Time, value: f64) {
        self.integral += self.value * (now - self.since).seconds();
        self.since = now;
        self.value = value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// The value now.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Value × seconds up to `now`.
    pub fn integral(&self, now: Time) -> f64 {
        self.integral + self.value * (now - self.since).seconds()
    }

    /// The average up to `now`; the value itself where no time has passed.
    pub fn mean(&self, now: Time) -> f64 {
        let seconds = (now - self.start).seconds();
        // A mean lies between the extremes; the last bit of a sum of many pieces need not.
        if seconds > 0.0 { (self.integral(now) / seconds).clamp(self.min, self.max) } else { self.value }
    }
}

/// How long a share (0 to 1) stood where: a histogram weighted by time, of a thousand bins.
#[derive(Clone, Debug)]
pub struct ShareOverTime {
    mean: TimeWeighted,
    seconds: Vec<f64>,
}

const BINS: usize = 1000;

impl ShareOverTime {
    /// Starts at a value.
    pub fn new(now: Time, value: f64) -> ShareOverTime {
        ShareOverTime { mean: TimeWeighted::new(now, value), seconds: vec![0.0; BINS + 1] }
    }

    fn bin(value: f64) -> usize {
        ((value * BINS as f64).round().max(0.0) as usize).min(BINS)
    }

    /// The value is another from now on.
    pub fn set(&mut self, now: Time, value: f64) {
        self.seconds[Self::bin(self.mean.value())] += (now - self.mean.since).seconds();
        self.mean.set(now, value);
    }

    /// The average over time.
    pub fn mean(&self, now: Time) -> f64 {
        self.mean.mean(now)
    }

    /// The greatest value.
    pub fn max(&self) -> f64 {
        self.mean.max
    }

    /// The value that is not exceeded for the share `level` of the time, to 0.1 percentage points.
    pub fn quantile(&self, now: Time, level: f64) -> f64 {
        let mut seconds = self.seconds.clone();
        seconds[Self::bin(self.mean.value())] += (now - self.mean.since).seconds();
        let wanted = level * seconds.iter().sum::<f64>();
        let mut sum = 0.0;
        for (bin, held) in seconds.iter().enumerate() {
            sum += held;
            if sum >= wanted && *held > 0.0 {
                return bin as f64 / BINS as f64;
            }
        }
        self.mean.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Span;

    fn at(seconds: u64) -> Time {
        Time::ZERO + Span::from_secs(seconds)
    }

    #[test]
    fn averages_by_time_not_by_number_of_changes() {
        let mut value = TimeWeighted::new(at(0), 4.0);
        value.set(at(90), 0.0);
        value.set(at(95), 2.0);
        assert_eq!(value.mean(at(100)), (90.0 * 4.0 + 5.0 * 2.0) / 100.0);
        assert_eq!((value.min, value.max), (0.0, 4.0));
    }

    #[test]
    fn quantile_over_time() {
        let mut share = ShareOverTime::new(at(0), 0.5);
        share.set(at(94), 0.9);
        assert_eq!(share.quantile(at(100), 0.94), 0.5);
        assert_eq!(share.quantile(at(100), 0.95), 0.9);
    }
}
