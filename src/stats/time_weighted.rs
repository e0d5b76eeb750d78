//! Values that hold for a while: their average over time, their extremes, the share of time below a bound.

use crate::base::time::Time;

/// The average over time of a value that changes in steps.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct TimeWeighted {
    value: f64,
    since: Time,
    start: Time,
    integral: f64,
    /// The least and the greatest of the values before this one that lasted; the wrong way round while there is none.
    lasted: (f64, f64),
}

impl TimeWeighted {
    /// Starts at a value.
    pub fn new(now: Time, value: f64) -> TimeWeighted {
        TimeWeighted { value, since: now, start: now, integral: 0.0, lasted: (f64::INFINITY, f64::NEG_INFINITY) }
    }

    /// The value is another from now on.
    #[inline]
    pub fn set(&mut self, now: Time, value: f64) {
        self.integral += self.value * (now - self.since).seconds();
        self.lasted = self.extremes(now);
        self.since = now;
        self.value = value;
    }

    /// The least and the greatest value up to `now`. What holds for no time does not count: where several things change at one
    /// instant, what stands between them never was.
    #[inline]
    pub fn extremes(&self, now: Time) -> (f64, f64) {
        let (min, max) = self.lasted;
        if now > self.since { (min.min(self.value), max.max(self.value)) } else { (min, max) }
    }

    /// The least value up to `now`; the value itself where no time has passed.
    pub fn min(&self, now: Time) -> f64 {
        let (min, max) = self.extremes(now);
        if min <= max { min } else { self.value }
    }

    /// The greatest value up to `now`; the value itself where no time has passed.
    pub fn max(&self, now: Time) -> f64 {
        let (min, max) = self.extremes(now);
        if min <= max { max } else { self.value }
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
        if seconds > 0.0 { (self.integral(now) / seconds).clamp(self.min(now), self.max(now)) } else { self.value }
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

    /// The greatest value that held for any time.
    pub fn max(&self, now: Time) -> f64 {
        self.mean.max(now)
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
        assert_eq!((value.min(at(100)), value.max(at(100))), (0.0, 4.0));
    }

    /// Two instances leave at one instant: in between there was one of them, for no time.
    #[test]
    fn what_holds_for_no_time_never_was() {
        let mut value = TimeWeighted::new(at(0), 2.0);
        value.set(at(50), 9.0);
        value.set(at(50), 1.0);
        value.set(at(100), 0.0);
        assert_eq!((value.min(at(100)), value.max(at(100))), (1.0, 2.0));
        let fresh = TimeWeighted::new(at(7), 3.0);
        assert_eq!((fresh.min(at(7)), fresh.max(at(7)), fresh.mean(at(7))), (3.0, 3.0, 3.0));
    }

    #[test]
    fn quantile_over_time() {
        let mut share = ShareOverTime::new(at(0), 0.5);
        share.set(at(94), 0.9);
        assert_eq!(share.quantile(at(100), 0.94), 0.5);
        assert_eq!(share.quantile(at(100), 0.95), 0.9);
    }
}
