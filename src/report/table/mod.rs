//! The report on the terminal: what came of the run, in tables of at most 100 columns, and whether the objectives are met.

pub mod comparison;
pub mod experiment;
pub(super) mod grid;
pub mod search;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::metrics::outcome::{
    BatchOutcome, CapacityOutcome, FailureOutcome, LengthsOutcome, ObjectiveOutcome, Outcome, PlaceOutcome,
    ServiceOutcome, UsageOutcome,
};

use super::words;
use grid::{Column, figure, name, paragraph, table};

/// The most rows of a table; the files have the rest.
const MOST_ROWS: usize = 20;

/// Seconds of the month that prices refer to: 730 hours.
const MONTH: f64 = 730.0 * 3600.0;

/// The whole report. `folder` is where the files are, if any were written.
pub fn report(outcome: &Outcome, folder: Option<&Path>) -> String {
    let mut parts = vec![head(outcome)];
    parts.extend(services(outcome));
    parts.extend(batches(outcome));
    parts.extend(zones(outcome));
    parts.extend(capacity(outcome));
    parts.extend(failures(outcome));
    parts.extend(verdicts(outcome));
    parts.extend(warnings(outcome));
    parts.extend(folder.map(|folder| paragraph("Files:", &folder.display().to_string())));
    parts.join("\n")
}

/// What was simulated.
fn head(outcome: &Outcome) -> String {
    let mut text = format!("{}: {}", words::shorten(&outcome.scenario, 60), words::duration(outcome.duration_seconds));
    if outcome.warmup_seconds > 0.0 {
        text += &format!(", the first {} left out", words::duration(outcome.warmup_seconds));
    }
    text += &format!(", seed {}, {}", outcome.seed, words::plural(outcome.events, "event"));
    paragraph("", &text)
}

/// A table of the rows, or of the worst of them where there are too many to read.
fn worst<T>(
    heading: &str,
    columns: &[Column],
    all: &[T],
    loss: impl Fn(&T) -> f64,
    row: impl Fn(&T) -> Vec<String>,
    file: &str,
) -> Option<String> {
    if all.is_empty() {
        return None;
    }
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| loss(&all[*b]).total_cmp(&loss(&all[*a])).then(a.cmp(b)));
    order.truncate(MOST_ROWS);
    order.sort_unstable();
    let rows = order.iter().map(|at| row(&all[*at])).collect();
    let mut text = table(heading, columns, rows);
    let left_out = all.len() - order.len();
    if left_out > 0 {
        text += &paragraph("", &format!("… and {left_out} more that lost less: see {file}"));
    }
    Some(text)
}

fn services(outcome: &Outcome) -> Option<String> {
    let columns = [
        name("service", 40),
        figure("desired"),
        figure("capacity\navailable"),
        figure("service\navailable"),
        figure("nines"),
        figure("down\nper year"),
        figure("outages"),
        figure("longest"),
        name("task-time lost\nmostly to", 22),
    ];
    let row = |service: &ServiceOutcome| {
        vec![
            service.name.clone(),
            words::count(service.desired.into()),
            words::availability(service.capacity_availability),
            words::availability(service.service_availability),
            service.nines.map_or_else(|| "–".into(), |nines| format!("{nines:.2}")),
            words::duration(service.downtime_seconds_per_year),
            words::count(service.outages.count),
            words::maybe_duration(service.outages.longest_seconds),
            top_cause(service),
        ]
    };
    worst("Services", &columns, &outcome.services, |service| service.lost_task_seconds, row, "services.csv")
}

/// The cause that took most of a service's task-time, with its share.
fn top_cause(service: &ServiceOutcome) -> String {
    let mut causes: Vec<(&str, f64)> = Vec::new();
    for lost in &service.lost {
        match causes.iter_mut().find(|(cause, _)| *cause == lost.cause) {
            Some((_, sum)) => *sum += lost.task_seconds,
            None => causes.push((&lost.cause, lost.task_seconds)),
        }
    }
    let all: f64 = causes.iter().map(|(_, sum)| sum).sum();
    // Of causes that took as much, the first.
    let top = causes.into_iter().reduce(|top, other| if other.1 > top.1 { other } else { top });
    match top {
        Some((cause, sum)) if sum > 0.0 => format!("{} {}", words::percent(sum / all), cause),
        _ => "–".into(),
    }
}

fn batches(outcome: &Outcome) -> Option<String> {
    let columns = [
        name("batch", 40),
        figure("arrived"),
        figure("completed"),
        figure("failed"),
        figure("given up"),
        figure("had to\nwait"),
        figure("wait\nmean"),
        figure("wait\n95th pct."),
        figure("arrival\nto end"),
    ];
    let row = |batch: &BatchOutcome| {
        vec![
            batch.name.clone(),
            words::count(batch.arrived),
            words::count(batch.completed),
            words::count(batch.failed),
            words::count(batch.given_up),
            words::percent(batch.waited_share),
            mean(&batch.wait),
            words::maybe_duration(batch.wait.p95_seconds),
            mean(&batch.response),
        ]
    };
    worst("Batches", &columns, &outcome.batches, |batch| batch.given_up_share, row, "batches.csv")
}

fn mean(lengths: &LengthsOutcome) -> String {
    words::maybe_duration(lengths.mean_seconds)
}

/// Mean and greatest of a reservation.
fn usage(usage: &UsageOutcome) -> [String; 2] {
    [words::percent(usage.mean), words::percent(usage.max)]
}

fn zones(outcome: &Outcome) -> Option<String> {
    let columns = [
        name("zone", 40),
        figure("instances\nmean"),
        figure("\nleast"),
        figure("CPU\nmean"),
        figure("reserved\nmax"),
        figure("memory\nmean"),
        figure("reserved\nmax"),
        figure("tasks\nmean"),
    ];
    let row = |zone: &PlaceOutcome| {
        let mut row = vec![zone.name.clone(), words::three_digits(zone.instances_in_service.mean)];
        row.push(words::three_digits(zone.instances_in_service.min));
        row.extend(usage(&zone.cpu_reserved));
        row.extend(usage(&zone.memory_reserved));
        row.push(words::three_digits(zone.tasks.mean));
        row
    };
    worst("Zones", &columns, &outcome.zones, |_| 0.0, row, "zones.csv")
}

fn capacity(outcome: &Outcome) -> Option<String> {
    let columns = [
        name("instances", 30),
        name("type", 16),
        figure("number\nmean"),
        figure("CPU\nmean"),
        figure("reserved\nmax"),
        figure("memory\nmean"),
        figure("reserved\nmax"),
        figure("cost\nper month"),
        figure("not\nreserved"),
    ];
    let measured = outcome.duration_seconds - outcome.warmup_seconds;
    let row = |group: &CapacityOutcome| {
        let mut row = vec![group.place.name.clone(), group.instance_type.clone()];
        row.push(words::three_digits(group.place.instances_in_service.mean));
        row.extend(usage(&group.place.cpu_reserved));
        row.extend(usage(&group.place.memory_reserved));
        row.push(if measured > 0.0 { words::money(group.usd / measured * MONTH) } else { "–".into() });
        row.push(words::percent(group.idle_share));
        row
    };
    let mut text = worst("Instances", &columns, &outcome.capacity, |group| group.usd, row, "capacity.csv")?;
    if outcome.capacity.len() > 1 {
        let cost = &outcome.cost;
        let (month, idle) = (words::money(cost.usd_per_month), words::percent(cost.idle_share));
        text += &paragraph(
            "",
            &format!("All instances: {month} per month of 730 hours, {idle} of it reserved by no task."),
        );
    }
    Some(text)
}

fn failures(outcome: &Outcome) -> Option<String> {
    let columns =
        [name("failure", 40), name("type", 30), figure("strikes"), figure("tasks\nlost"), figure("task-time lost")];
    let row = |failure: &FailureOutcome| {
        vec![
            failure.name.clone(),
            words::spaced(&failure.kind),
            words::count(failure.strikes),
            words::count(failure.tasks_lost),
            words::task_time(failure.lost_task_seconds),
        ]
    };
    worst("Failures", &columns, &outcome.failures, |failure| failure.lost_task_seconds, row, "summary.json")
}

/// An objective and what became of it: `✓ met     web: … (found 99.99 %)`.
pub fn verdict_line(objective: &ObjectiveOutcome) -> String {
    let mark = if objective.met { "✓ met   " } else { "✗ MISSED" };
    paragraph(mark, &format!("{} (found: {})", objective.objective, objective.found)).trim_end().to_owned()
}

fn verdicts(outcome: &Outcome) -> Option<String> {
    if outcome.objectives.is_empty() {
        return None;
    }
    // All of them: a miss must not hide behind "and more".
    let lines: Vec<String> = outcome.objectives.iter().map(|objective| verdict_line(objective) + "\n").collect();
    Some(format!("Objectives\n{}", lines.concat()))
}

fn warnings(outcome: &Outcome) -> Option<String> {
    if outcome.warnings.is_empty() {
        return None;
    }
    let lines: Vec<String> = outcome.warnings.iter().map(|warning| paragraph("!", warning)).collect();
    Some(format!("Not simulated, or simulated otherwise than it says\n{}", lines.concat()))
}
