//! The dates and times of `registeredAt`.
//!
//! The ECS Developer Guide ("Cluster query language") lists four forms:
//! `2018-06-18T22:28:28+00:00`, `2018-06-18T22:28:28Z`, `2018-06-18T22:28:28` and `2018-06-18`. It
//! does not name the zone of the last two; UTC is taken, and midnight for a date alone.

use std::fmt;

/// A moment in Unix seconds: seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant(pub(super) i64);

const SECONDS_PER_DAY: i64 = 86_400;

/// 0001-01-01T00:00:00Z, the first moment that four digits of year can write.
const FIRST: i64 = -62_135_596_800;

/// 9999-12-31T23:59:59Z, the last one.
const LAST: i64 = 253_402_300_799;

impl Instant {
    /// Reads one of the four forms; none for anything else, a day that does not exist included.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (date, time) = match bytes.iter().position(|&byte| byte == b'T') {
            Some(at) => (&bytes[..at], Some(&bytes[at + 1..])),
            None => (bytes, None),
        };
        let seconds = date_seconds(date)? + time.map_or(Some(0), time_seconds)?;
        (FIRST..=LAST).contains(&seconds).then_some(Self(seconds))
    }
}

/// `YYYY-MM-DD` as the Unix second of its midnight in UTC.
fn date_seconds(text: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
    let year = two_digits(y1, y2)? * 100 + two_digits(y3, y4)?;
    let (month, day) = (two_digits(m1, m2)?, two_digits(d1, d2)?);
    let exists = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    exists.then(|| days_from_epoch(year, month, day) * SECONDS_PER_DAY)
}

/// `hh:mm:ss` with or without a zone, as seconds to add to midnight in UTC.
fn time_seconds(text: &[u8]) -> Option<i64> {
    let (clock, zone) = text.split_at_checked(8)?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *clock else { return None };
    let (hour, minute, second) = (two_digits(h1, h2)?, two_digits(m1, m2)?, two_digits(s1, s2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(hour * 3600 + minute * 60 + second - zone_seconds(zone)?)
}

/// How far a zone is ahead of UTC, in seconds.
fn zone_seconds(text: &[u8]) -> Option<i64> {
    let (sign, h1, h2, m1, m2) = match *text {
        [] | [b'Z'] => return Some(0),
        [b'+', h1, h2, b':', m1, m2] => (1, h1, h2, m1, m2),
        [b'-', h1, h2, b':', m1, m2] => (-1, h1, h2, m1, m2),
        _ => return None,
    };
    let (hour, minute) = (two_digits(h1, h2)?, two_digits(m1, m2)?);
    (hour <= 23 && minute <= 59).then_some(sign * (hour * 3600 + minute * 60))
}

fn two_digits(tens: u8, ones: u8) -> Option<i64> {
    let both = tens.is_ascii_digit() && ones.is_ascii_digit();
    both.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
///
/// The year is taken to begin in March, which puts the leap day last and makes the length of all
/// months before a given one a straight line: (153 m + 2) / 5.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719 468 days lie between 0000-03-01 and 1970-01-01.
    year * 365 + leap_days + (153 * month_from_march + 2) / 5 + day - 1 - 719_468
}

/// The date of a day counted from 1970-01-01: the inverse of [`days_from_epoch`].
fn date_of(days: i64) -> (i64, i64, i64) {
    // An average Gregorian year hits the right year or its neighbour; the loop settles which.
    let mut year = 1970 + days * 400 / 146_097;
    while days_from_epoch(year, 1, 1) > days {
        year -= 1;
    }
    while days_from_epoch(year + 1, 1, 1) <= days {
        year += 1;
    }
    let month = (2..=12).rev().find(|&m| days_from_epoch(year, m, 1) <= days).unwrap_or(1);
    (year, month, days - days_from_epoch(year, month, 1) + 1)
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of(self.0.div_euclid(SECONDS_PER_DAY));
        let clock = self.0.rem_euclid(SECONDS_PER_DAY);
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(text: &str) -> Option<i64> {
        Instant::parse(text).map(|instant| instant.0)
    }

    #[test]
    fn the_four_forms_of_the_guide() {
        // `date -u -d 2018-06-18T22:28:28Z +%s` says 1529360908.
        assert_eq!(seconds("2018-06-18T22:28:28+00:00"), Some(1_529_360_908));
        assert_eq!(seconds("2018-06-18T22:28:28Z"), Some(1_529_360_908));
        assert_eq!(seconds("2018-06-18T22:28:28"), Some(1_529_360_908));
        assert_eq!(seconds("2018-06-18"), Some(1_529_280_000));
    }

    #[test]
    fn a_zone_east_of_greenwich_has_its_morning_earlier() {
        assert_eq!(seconds("1970-01-01T02:00:00+02:00"), Some(0));
        assert_eq!(seconds("1969-12-31T18:30:00-05:30"), Some(0));
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        assert!(seconds("2024-02-29").is_some());
        assert!(seconds("2000-02-29").is_some());
        for bad in [
            "2023-02-29",
            "1900-02-29",
            "2023-13-01",
            "2023-00-01",
            "2023-04-31",
            "2023-01-00",
            "2023-1-1",
            "2023-01-01T",
            "2023-01-01T24:00:00",
            "2023-01-01T10:00",
            "0000-01-01",
            "2023-01-01T10:00:00z",
            "2023-01-01T10:00:00+0000",
            "2023-01-01 10:00:00",
            "",
            "9999-12-31T23:59:59-01:00",
            "2023-01-01T10:00:0é",
            "T",
        ] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_ends_of_the_range_print_with_four_digits() {
        assert_eq!(Instant(FIRST).to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(Instant(LAST).to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Instant(-1).to_string(), "1969-12-31T23:59:59Z");
    }

    proptest! {
        #[test]
        fn every_moment_reads_back(moment in FIRST..=LAST) {
            prop_assert_eq!(seconds(&Instant(moment).to_string()), Some(moment));
        }
    }
}
