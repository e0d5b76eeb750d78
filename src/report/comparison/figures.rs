//! Compared figures as people write them: names, values, differences.

use crate::experiment::compare::outcome::{Comparison, Difference, FigureComparison, Verdict};
use crate::experiment::figures::{Kind, Worse, worse};
use crate::report::words;

/// Seconds of a month of 730 hours.
const MONTH: f64 = 730.0 * 3600.0;

/// How a figure is written.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(in crate::report) enum Style {
    /// An availability: as many digits as its distance from 100 % needs.
    Availability,
    /// Any other share.
    Share,
    /// A share that may be tiny, such as that of requests lost.
    SmallShare,
    /// A length of time.
    Duration,
    /// Task-time that a replication lost, told for a month of 730 hours. The factor.
    TaskTime(f64),
    /// Money.
    Money,
    /// A number.
    Number,
}

/// The style of a figure.
pub(in crate::report) fn style(comparison: &Comparison, figure: &FigureComparison) -> Style {
    let measured = comparison.measured_seconds();
    let month = (measured > 0.0).then_some(MONTH / measured);
    style_of(figure.figure.as_str(), figure.kind, month)
}

/// The style of a figure of this name and kind. `task_time` is what lost task-time is multiplied by, where it is told as such.
pub(in crate::report) fn style_of(name: &str, kind: Kind, task_time: Option<f64>) -> Style {
    match kind {
        Kind::Share if worse(name) == Worse::Low => Style::Availability,
        Kind::Share if name.ends_with("lostShare") || name.ends_with("givenUpShare") => Style::SmallShare,
        Kind::Share => Style::Share,
        Kind::Seconds => match task_time.filter(|_| name.ends_with("askSeconds")) {
            Some(factor) => Style::TaskTime(factor),
            None => Style::Duration,
        },
        Kind::Usd => Style::Money,
        Kind::Count | Kind::Number => Style::Number,
    }
}

impl Style {
    /// A value.
    pub(in crate::report) fn value(self, value: f64) -> String {
        match self {
            Style::Availability => words::availability(value),
            Style::Share => format!("{} %", words::digits(value * 100.0, 3)),
            Style::SmallShare => format!("{} %", words::digits(value * 100.0, 2)),
            Style::Duration => words::duration(value),
            Style::TaskTime(factor) => words::task_time(value * factor),
            Style::Money => words::money(value),
            Style::Number => words::three_digits(value),
        }
    }

    /// An amount by which values differ, without a sign.
    pub(in crate::report) fn amount(self, value: f64) -> String {
        let value = value.abs();
        match self {
            Style::Availability | Style::Share | Style::SmallShare => {
                format!("{} pp", tiny(value * 100.0))
            }
            Style::Duration => words::duration(value),
            Style::TaskTime(factor) => words::task_time(value * factor),
            // Instances that are replaced sooner or later cost fractions of a cent.
            Style::Money if value > 0.0 && value < 1.0 => format!("${}", tiny(value)),
            Style::Money => words::money(value),
            Style::Number => words::three_digits(value),
        }
    }

    /// A difference with its sign.
    pub(in crate::report) fn signed(self, value: f64) -> String {
        format!("{}{}", sign(value), self.amount(value))
    }

    /// The two ends of an interval, with the unit behind them where both have the same.
    fn ends(self, low: f64, high: f64) -> String {
        let ends = match self {
            Style::Availability | Style::Share | Style::SmallShare => Some((100.0, "pp")),
            Style::TaskTime(factor) => {
                let (unit, length) = words::task_unit(low.abs().max(high.abs()) * factor);
                Some((factor / length, unit))
            }
            Style::Duration | Style::Money | Style::Number => None,
        };
        match ends {
            Some((factor, unit)) => {
                let end = |value: f64| format!("{}{}", sign(value), tiny((value * factor).abs()));
                format!("{} … {} {unit}", end(low), end(high))
            }
            None => format!("{} … {}", self.signed(low), self.signed(high)),
        }
    }
}

fn sign(value: f64) -> &'static str {
    if value > 0.0 {
        "+"
    } else if value < 0.0 {
        "−"
    } else {
        ""
    }
}

/// Two significant digits, however small the number is.
fn tiny(value: f64) -> String {
    if value == 0.0 || value >= 1e-4 {
        return words::digits(value, 2);
    }
    format!("{value:.1e}")
}

/// The subject of a figure and what it says of it: (`web`, `lost task-time a month`).
pub(in crate::report) fn title(figure: &str) -> (String, String) {
    const KNOWN: [(&str, &str); 20] = [
        ("serviceAvailability", "service available"),
        ("capacityAvailability", "capacity available"),
        ("downtimeSecondsPerYear", "down per year"),
        ("lostTaskSeconds", "lost task-time a month"),
        ("requests.lostShare", "requests lost"),
        ("timeToDesired.meanSeconds", "time to desired count"),
        ("blastRadius.zone.mean", "held by one zone"),
        ("blastRadius.instance.mean", "held by one instance"),
        ("wait.meanSeconds", "wait"),
        ("response.meanSeconds", "arrival to end"),
        ("givenUpShare", "given up"),
        ("cpuReserved.mean", "CPU reserved"),
        ("memoryReserved.mean", "memory reserved"),
        ("fragmentation.mean", "fragmentation"),
        ("emptyShare", "instances empty"),
        ("cost.usdPerMonth", "cost per month"),
        ("cost.idleShare", "cost not reserved"),
        ("placement.refusals", "placement refusals"),
        ("outages.longestSeconds", "longest outage"),
        ("outages.count", "outages"),
    ];
    let lists = ["services.", "batches.", "capacity.", "zones."];
    if let Some((_, words)) = KNOWN.iter().find(|(name, _)| *name == figure) {
        return ("fleet".into(), (*words).into());
    }
    let inside = lists.iter().find_map(|list| figure.strip_prefix(list));
    let known = inside.and_then(|rest| {
        KNOWN.iter().find_map(|(end, words)| {
            let subject = rest.strip_suffix(end)?.strip_suffix('.')?;
            Some((subject.to_owned(), (*words).to_owned()))
        })
    });
    known.unwrap_or_else(|| (String::new(), figure.to_owned()))
}

/// The same in one text.
pub(in crate::report) fn full_title(figure: &str) -> String {
    let (subject, what) = title(figure);
    if subject.is_empty() { what } else { format!("{subject}: {what}") }
}

/// The mark of a verdict beside a value.
pub(in crate::report) fn mark(verdict: Verdict, sign: f64) -> &'static str {
    match (verdict, sign > 0.0) {
        (Verdict::Better, true) | (Verdict::Worse, false) => "✓",
        (Verdict::Worse, true) | (Verdict::Better, false) => "✗",
        (Verdict::More, true) | (Verdict::Less, false) => "+",
        (Verdict::Less, true) | (Verdict::More, false) => "−",
        (Verdict::CannotTellApart, _) => "≈",
        (Verdict::Identical, _) => "=",
    }
}

/// A verdict in words.
pub(in crate::report) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::More => "more",
        Verdict::Less => "less",
        Verdict::CannotTellApart => "cannot tell apart",
        Verdict::Identical => "identical",
    }
}

/// The simultaneous interval of a difference.
pub(in crate::report) fn interval(style: Style, one: &Difference) -> String {
    match (one.verdict, one.low, one.high) {
        (Verdict::Identical, ..) => "none in any replication".into(),
        (_, Some(low), Some(high)) if low == high => "always the same".into(),
        (_, Some(low), Some(high)) => style.ends(low, high),
        _ => "unknown".into(),
    }
}

/// Instances that are replaced seconds sooner or later cost a difference that is as sure as it is small.
pub(in crate::report) fn is_less_than_a_cent(figure: &FigureComparison, difference: &Difference) -> bool {
    figure.kind == Kind::Usd && difference.mean.is_some_and(|mean| mean.abs() < 0.005)
}
