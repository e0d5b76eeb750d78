//! Figures as people write them: shares, lengths of time, moments, task-time, money.
//!
//! Tables and charts share these, so that a figure reads the same wherever it stands.

use crate::world::service::Loss;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.0 * DAY;

/// Text of the user's without what would break a line of the terminal or an SVG file: control characters become spaces.
pub(super) fn clean(text: &str) -> String {
    // U+2028 and U+2029 end lines, U+FFFE and U+FFFF are no XML.
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect()
}

/// At most `most` characters of a text, the last one `…` where something is missing.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let text = clean(text);
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// An availability, with as many digits as its distance from 100 % needs: `99.962 %`, `99.9999 %`. `100 %` is written
/// for exactly 1 only.
pub(super) fn availability(share: f64) -> String {
    if share.is_nan() {
        return "–".into();
    }
    if share >= 1.0 {
        return "100 %".into();
    }
    if share <= 0.0 {
        return "0 %".into();
    }
    if share < 0.0001 {
        return "< 0.01 %".into();
    }
    let missing = (1.0 - share) * 100.0;
    // Two significant digits of what is missing.
    let digits = ((-missing.log10()).ceil() + 1.0).clamp(2.0, 9.0) as usize;
    let text = format!("{:.digits$}", share * 100.0);
    if text.starts_with("100") {
        return "> 99.99999999 %".into();
    }
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A share such as a reservation, to the percent: `63 %`. Only nothing is `0 %`, and only all of it is `100 %`.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        p if p.is_nan() => "–".into(),
        p if p > 0.0 && p < 1.0 => "< 1 %".into(),
        p if p > 99.0 && p < 100.0 => "> 99 %".into(),
        p => format!("{p:.0} %"),
    }
}

/// A length of time in its two largest units: `2d 4h`, `3m 20s`, `4.5s`, `250ms`.
pub(super) fn duration(seconds: f64) -> String {
    if seconds.is_nan() {
        return "–".into();
    }
    if seconds == f64::INFINITY {
        return "forever".into();
    }
    let seconds = seconds.max(0.0);
    if seconds < 0.9995 {
        let millis = (seconds * 1000.0).round();
        return if millis == 0.0 { "0s".into() } else { format!("{millis}ms") };
    }
    if seconds < 9.95 {
        return format!("{}s", (seconds * 10.0).round() / 10.0);
    }
    if seconds < 59.5 {
        return format!("{seconds:.0}s");
    }
    let pairs = [(YEAR, "y", DAY, "d"), (DAY, "d", HOUR, "h"), (HOUR, "h", MINUTE, "m"), (MINUTE, "m", 1.0, "s")];
    for (large, large_name, small, small_name) in pairs {
        let rounded = (seconds / small).round() * small;
        if rounded >= large {
            let count = (rounded / large).floor();
            let rest = ((rounded - count * large) / small).round();
            return if rest == 0.0 {
                format!("{count}{large_name}")
            } else {
                format!("{count}{large_name} {rest}{small_name}")
            };
        }
    }
    format!("{seconds:.0}s")
}

/// The same, or a dash where there is nothing.
pub(super) fn maybe_duration(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| "–".into(), duration)
}

/// A moment of the run as days and time of day since its start: `2d 03:00`, `03:00`, `03:00:05`.
pub(super) fn moment(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round();
    let days = (seconds / DAY).floor();
    let time = time_of_day(seconds, seconds % MINUTE != 0.0);
    if days > 0.0 { format!("{days}d {time}") } else { time }
}

/// The time of day alone: `03:00`, or `03:00:05`.
pub(super) fn time_of_day(seconds: f64, with_seconds: bool) -> String {
    let of_day = (seconds.max(0.0) % DAY).round() as u64;
    let (hours, minutes) = (of_day / 3600, of_day / 60 % 60);
    if with_seconds {
        format!("{hours:02}:{minutes:02}:{:02}", of_day % 60)
    } else {
        format!("{hours:02}:{minutes:02}")
    }
}

/// A unit of task-time: its name and its length in task-seconds.
pub(super) type TaskUnit = (&'static str, f64);

/// The unit in which an amount of task-time is best read.
pub(super) fn task_unit(task_seconds: f64) -> TaskUnit {
    match task_seconds {
        s if s < 3.0 * MINUTE => ("task-seconds", 1.0),
        s if s < 3.0 * HOUR => ("task-minutes", MINUTE),
        s if s < 4.0 * DAY => ("task-hours", HOUR),
        _ => ("task-days", DAY),
    }
}

/// Task-time with its unit: `8.8 task-minutes`.
pub(super) fn task_time(task_seconds: f64) -> String {
    let (name, length) = task_unit(task_seconds);
    let number = three_digits(task_seconds / length);
    let name = if number == "1" { name.trim_end_matches('s') } else { name };
    format!("{number} {name}")
}

/// Three significant digits, or all of a whole part that has more: `8.83`, `0.04`, `12,345`.
pub(super) fn three_digits(value: f64) -> String {
    digits(value, 3)
}

/// So many significant digits, or all of a whole part that has more.
pub(super) fn digits(value: f64, significant: u8) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".into();
    }
    let digits = (f64::from(significant) - 1.0 - value.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    if digits == 0 {
        return count(value.round().max(0.0) as u64);
    }
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A whole number with its thousands apart: `12,345`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// US dollars, with cents up to a hundred: `$1,234`, `$12.40`.
pub(super) fn money(usd: f64) -> String {
    let usd = if usd.is_finite() { usd.max(0.0) } else { 0.0 };
    if usd < 100.0 { format!("${usd:.2}") } else { format!("${}", count(usd.round() as u64)) }
}

/// `1 task`, `2 tasks`.
pub(super) fn plural(number: u64, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A camelCase name as words: `waitingForInstance` is `waiting for instance`.
pub(super) fn spaced(name: &str) -> String {
    let mut text = String::new();
    for c in clean(name).chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(c.to_lowercase());
    }
    text
}

/// A phase of recovery, by its name in files, as people call it.
pub(super) fn phase(name: &str) -> String {
    Loss::of(name).map_or_else(|| spaced(name), |loss| loss.title().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn availability_never_rounds_up_to_all() {
        let cases = [
            (1.0, "100 %"),
            (0.99962, "99.962 %"),
            (0.999_999, "99.9999 %"),
            (0.99, "99 %"),
            (0.985, "98.5 %"),
            (0.5, "50 %"),
            (0.0, "0 %"),
            (1e-7, "< 0.01 %"),
            (1.0 - 1e-15, "> 99.99999999 %"),
            (f64::NAN, "–"),
        ];
        for (share, text) in cases {
            assert_eq!(availability(share), text, "{share}");
        }
    }

    #[test]
    fn durations_have_two_units_and_round() {
        let cases = [
            (0.0, "0s"),
            (0.25, "250ms"),
            (4.54, "4.5s"),
            (59.6, "1m"),
            (200.0, "3m 20s"),
            (3599.8, "1h"),
            (187_200.0, "2d 4h"),
            (86_399.0, "1d"),
            (31_536_000.0, "1y"),
            (f64::INFINITY, "forever"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(seconds), text, "{seconds}");
        }
    }

    #[test]
    fn moments() {
        assert_eq!(moment(183_600.0), "2d 03:00");
        assert_eq!(moment(10_805.0), "03:00:05");
        assert_eq!(moment(0.0), "00:00");
    }

    #[test]
    fn amounts() {
        assert_eq!(task_time(530.0), "8.83 task-minutes");
        assert_eq!((task_time(1.0), task_time(0.0)), ("1 task-second".into(), "0 task-seconds".into()));
        assert_eq!(three_digits(12_345.4), "12,345");
        assert_eq!(three_digits(0.04), "0.04");
        assert_eq!(money(12.4), "$12.40");
        assert_eq!(money(1234.5), "$1,235");
        assert_eq!(spaced("waitingForInstance"), "waiting for instance");
        assert_eq!(phase("blockedByControlPlane"), "control plane down");
        assert_eq!(phase("somethingNew"), "something new");
        assert_eq!(clean("a\u{1b}[31m\nb"), "a [31m b");
        assert_eq!(percent(0.996), "> 99 %");
        assert_eq!(shorten("twelve chars", 8), "twelve…");
        assert_eq!(shorten("short", 5), "short");
    }
}
