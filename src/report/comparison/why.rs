//! Why one variant loses less than another, in words.

use crate::experiment::compare::outcome::{Comparison, Part, Reason, Verdict};
use crate::report::words;
use crate::world::service::Loss;

use super::figures::{Style, style};

/// The most parts that are named.
const MOST_PARTS: usize = 3;

/// A part that is smaller than this share of the whole is not named.
const LEAST: f64 = 0.04;

/// Failures that take a zone, and those that take an instance.
const OF_ZONES: [&str; 2] = ["zoneOutage", "correlatedGroup"];
const OF_INSTANCES: [&str; 5] =
    ["instanceFailure", "instanceReboot", "instanceHang", "agentDisconnect", "instanceRetirement"];

/// The sentences about a reason: what is lost more or less, what it consists of, and what stands behind it.
pub(in crate::report) fn sentences(comparison: &Comparison, reason: &Reason) -> Vec<String> {
    let name = format!("services.{}.lostTaskSeconds", reason.service);
    let Some(figure) = comparison.figure(&name) else { return Vec::new() };
    let Style::TaskTime(factor) = style(comparison, figure) else { return Vec::new() };
    let (variant, to, service) =
        (words::clean(&reason.variant), words::clean(&reason.to), words::clean(&reason.service));
    if reason.verdict == Verdict::CannotTellApart {
        let text = format!("`{service}`: `{variant}` and `{to}` cannot be told apart in what they lose.");
        return vec![text];
    }
    let (unit, length) = words::task_unit(reason.mean.abs() * factor);
    let scaled = |seconds: f64| seconds * factor / length;
    let more = if reason.mean < 0.0 { "less" } else { "more" };
    let mut text = format!(
        "`{service}`: `{variant}` loses {} {unit} a month {more} than `{to}`",
        size(scaled(reason.mean), reason.low.map(scaled), reason.high.map(scaled))
    );
    let (with, against) = main_parts(reason);
    for (at, part) in with.iter().enumerate() {
        let amount = words::digits(scaled(part.mean).abs(), 2);
        let lead = if at == 0 { format!(": {amount} of them") } else { format!(", {amount}") };
        text += &format!("{lead} {}", place(part));
    }
    for (at, part) in against.iter().enumerate() {
        let amount = words::digits(scaled(part.mean).abs(), 2);
        let other = if more == "less" { "more" } else { "less" };
        let lead = if at == 0 { format!("; against that, {amount} {other}") } else { format!(", {amount}") };
        text += &format!("{lead} {}", place(part));
    }
    let mut all = vec![text + "."];
    let behind = behind(comparison, reason, &with);
    if !behind.is_empty() {
        all.push(format!("Behind it: {}.", behind.join("; ")));
    }
    all
}

/// `3.1 ± 0.4`, or both ends where the interval is lopsided. All amounts without their sign.
fn size(mean: f64, low: Option<f64>, high: Option<f64>) -> String {
    let amount = words::digits(mean.abs(), 3);
    let (Some(low), Some(high)) = (low, high) else { return amount };
    let (near, far) = (low.abs().min(high.abs()), low.abs().max(high.abs()));
    let (below, above) = (mean.abs() - near, far - mean.abs());
    if below <= 0.0 && above <= 0.0 {
        amount
    } else if (below - above).abs() <= 0.15 * (below + above) {
        format!("{amount} ± {}", words::digits((far - near) / 2.0, 2))
    } else {
        format!("{amount} ({} to {})", words::digits(near, 2), words::digits(far, 2))
    }
}

/// The parts that make the most of a difference, and those that go the other way.
pub(in crate::report) fn main_parts(reason: &Reason) -> (Vec<&Part>, Vec<&Part>) {
    let large = |part: &&Part| part.mean.abs() >= LEAST * reason.mean.abs();
    let (with, against): (Vec<&Part>, Vec<&Part>) =
        reason.parts.iter().filter(large).partition(|part| (part.mean < 0.0) == (reason.mean < 0.0));
    (with.into_iter().take(MOST_PARTS).collect(), against.into_iter().take(MOST_PARTS - 1).collect())
}

/// Phase and cause of a part: "waiting for capacity after `zone b loses power`".
fn place(part: &Part) -> String {
    let phase = words::phase(&part.phase);
    match (part.kind.as_deref(), part.cause.as_str()) {
        (None, "start") => format!("{phase} at the start"),
        (None, "planned") => format!("{phase} in planned moves and drains"),
        (_, cause) => format!("{phase} after `{}`", words::clean(cause)),
    }
}

/// What differs between the variants that makes the main parts plausible: how much one zone or one instance holds, and
/// how often placement found no room.
fn behind(comparison: &Comparison, reason: &Reason, parts: &[&Part]) -> Vec<String> {
    let is_of =
        |kinds: &[&str]| parts.iter().any(|part| part.kind.as_deref().is_some_and(|kind| kinds.contains(&kind)));
    let waits = parts.iter().any(|part| {
        [Loss::WaitingForCapacity, Loss::WaitingForInstance, Loss::Constraint, Loss::Throttled]
            .iter()
            .any(|loss| loss.name() == part.phase)
    });
    let mut facts = Vec::new();
    let mut tell = |name: String, say: &dyn Fn(String, String) -> String| {
        if let Some((one, other)) = told_apart(comparison, &name, &reason.variant, &reason.to, reason.mean < 0.0) {
            facts.push(say(one, other));
        }
    };
    let service = &reason.service;
    if is_of(&OF_ZONES) {
        tell(format!("services.{service}.blastRadius.zone.mean"), &|one, other| {
            format!("on average one zone holds {one} of its tasks, and {other} in `{}`", words::clean(&reason.to))
        });
    }
    if is_of(&OF_INSTANCES) {
        tell(format!("services.{service}.blastRadius.instance.mean"), &|one, other| {
            format!("on average one instance holds {one} of its tasks, and {other} in `{}`", words::clean(&reason.to))
        });
    }
    if waits {
        tell("placement.refusals".into(), &|one, other| {
            format!("placement finds no room {one} times a run, and {other} times in `{}`", words::clean(&reason.to))
        });
    }
    facts
}

/// A figure in two variants, where they are told apart in it and the first has less, or more, of it.
fn told_apart(comparison: &Comparison, name: &str, variant: &str, to: &str, less: bool) -> Option<(String, String)> {
    let figure = comparison.figure(name)?;
    let (difference, sign) = figure.between(variant, to)?;
    if matches!(difference.verdict, Verdict::CannotTellApart | Verdict::Identical) {
        return None;
    }
    let value = |wanted: &str| {
        let at = comparison.variants.iter().position(|one| one.name == wanted)?;
        Some(style(comparison, figure).value(figure.values.get(at)?.mean?))
    };
    // What goes the other way explains nothing.
    let goes_with = difference.mean.is_some_and(|mean| (mean * sign < 0.0) == less);
    let (one, other) = (value(variant)?, value(to)?);
    (one != other && goes_with).then_some((one, other))
}
