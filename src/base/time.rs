//! Simulated time: whole microseconds, so that equal instants are equal and runs repeat to the bit.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// Microseconds in one second.
pub const MICROS_PER_SECOND: u64 = 1_000_000;

/// Seconds in a year of 365 days, the year of every "per year" figure.
pub const SECONDS_PER_YEAR: f64 = 365.0 * 86_400.0;

/// An instant: microseconds since the start of the run.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Time(pub u64);

/// A length of time in microseconds.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Span(pub u64);

impl Time {
    /// The start of every run.
    pub const ZERO: Time = Time(0);
    /// Later than any event: nothing is ever scheduled here.
    pub const NEVER: Time = Time(u64::MAX);

    /// Seconds since the start, for figures and charts only: never for ordering.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / MICROS_PER_SECOND as f64
    }

    /// The length of time from `earlier` to here; zero if `earlier` is later.
    pub fn since(self, earlier: Time) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// A delay that is never over; adding it gives [`Time::NEVER`].
    pub const FOREVER: Span = Span(u64::MAX);

    /// Whole seconds; what does not fit gives [`Span::FOREVER`].
    pub const fn from_secs(seconds: u64) -> Span {
        Span(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Seconds rounded to the nearest microsecond; negative and NaN give zero, what does not fit gives [`Span::FOREVER`].
    pub fn from_secs_f64(seconds: f64) -> Span {
        // `as` saturates at both ends and sends NaN to zero.
        Span((seconds * MICROS_PER_SECOND as f64).round() as u64)
    }

    /// Length in seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / MICROS_PER_SECOND as f64
    }

    /// `true` for no time at all.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Twice, three times … as long, never wrapping.
    pub fn times(self, factor: u64) -> Span {
        Span(self.0.saturating_mul(factor))
    }
}

impl Add<Span> for Time {
    type Output = Time;
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl Sub for Time {
    type Output = Span;
    fn sub(self, earlier: Time) -> Span {
        self.since(earlier)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span(self.0).fmt(f)
    }
}

/// Written as people write it: `3d 4h`, `1h 30m`, `45s`, `1.5s`, `250ms`; the two largest units that are not zero.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == u64::MAX {
            return f.write_str("forever");
        }
        let seconds = self.0 / MICROS_PER_SECOND;
        let micros = self.0 % MICROS_PER_SECOND;
        if seconds == 0 && micros > 0 {
            return write!(f, "{}ms", micros as f64 / 1000.0);
        }
        if seconds < 60 {
            return write!(f, "{}s", (seconds * 1000 + micros / 1000) as f64 / 1000.0);
        }
        let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
        let mut rest = seconds;
        let mut written = 0;
        for (length, name) in units {
            let count = rest / length;
            if count > 0 && written < 2 {
                if written > 0 {
                    f.write_str(" ")?;
                }
                write!(f, "{count}{name}")?;
                written += 1;
            }
            rest %= length;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_write_them() {
        let cases = [(0, "0s"), (45, "45s"), (90, "1m 30s"), (5400, "1h 30m"), (273_600, "3d 4h")];
        for (seconds, text) in cases {
            assert_eq!(Span::from_secs(seconds).to_string(), text);
        }
        assert_eq!(Span(1_500_000).to_string(), "1.5s");
        assert_eq!(Span(250_000).to_string(), "250ms");
    }

    #[test]
    fn forever_stays_forever() {
        assert_eq!(Time(5) + Span::FOREVER, Time::NEVER);
        assert_eq!(Span::from_secs_f64(f64::INFINITY), Span::FOREVER);
        // 2^64 microseconds are 18,446,744,073,709.55 s.
        assert_eq!(Span::from_secs(18_446_744_073_709), Span(18_446_744_073_709_000_000));
        assert_eq!(Span::from_secs(18_446_744_073_710), Span::FOREVER);
        assert_eq!(Span::from_secs(u64::MAX), Span::FOREVER);
        assert_eq!(Span::from_secs_f64(-1.0), Span::ZERO);
    }
}
