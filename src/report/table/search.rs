//! The report of a search for capacity on the terminal: the answer, why one instance fewer fails, and what was found of
//! each instance type.

use std::path::Path;

use crate::experiment::outcome::Verdict;
use crate::experiment::search::outcome::{AvailabilityOutcome, CandidateOutcome, CapacityPlan, LineOutcome, LineState};
use crate::report::words;

use super::grid::{figure, name, paragraph, table};

/// The most rows; the files have the rest.
const MOST_ROWS: usize = 16;

/// The whole report. `folder` is where the files are.
pub fn report(plan: &CapacityPlan, folder: Option<&Path>) -> String {
    let mut parts = vec![head(plan), answer(plan)];
    parts.extend(losses(plan));
    parts.extend((!plan.candidates.is_empty()).then(|| tried(plan)));
    parts.extend(others(plan));
    parts.push(legend(plan));
    parts.extend((!plan.notes.is_empty()).then(|| marked("!", &plan.notes)));
    parts.extend((!plan.warnings.is_empty()).then(|| marked("!", &plan.warnings)));
    parts.extend(folder.map(|folder| paragraph("Files:", &folder.display().to_string())));
    parts.join("\n")
}

fn marked(mark: &str, list: &[String]) -> String {
    list.iter().map(|text| paragraph(mark, text)).collect()
}

fn head(plan: &CapacityPlan) -> String {
    let text = format!(
        "{}: capacity `{}`, {} in {}, {} of {}, seed {}",
        words::shorten(&plan.scenario, 60),
        plan.group,
        words::plural(plan.lines.len() as u64, "choice"),
        words::plural(plan.candidates.len() as u64, "candidate"),
        words::plural(plan.replications, "replication"),
        words::duration(plan.duration_seconds),
        plan.seed
    );
    let mut parts = paragraph("", &text);
    parts += &marked("•", &plan.promises);
    parts
}

/// `6 × m5.large in 3 zones (2 + 2 + 2)`.
fn title(one: &CandidateOutcome) -> String {
    let zones = words::plural(one.zones.len() as u64, "zone");
    let parts: Vec<String> = one.per_zone.iter().map(u32::to_string).collect();
    format!("{} × {} in {zones} ({})", one.instances, one.instance_type, parts.join(" + "))
}

/// The answer in words.
pub fn answer(plan: &CapacityPlan) -> String {
    let confidence = words::percent(plan.confidence);
    let Some(chosen) = plan.chosen.and_then(|at| plan.candidates.get(at)) else {
        let why = plan.nearest.as_deref().unwrap_or("nothing fits");
        return paragraph("✗", &format!("Nothing in the range keeps all promises. {why}."));
    };
    let text = format!(
        "{} keeps all promises with {confidence} confidence and costs {} a month.",
        title(chosen),
        words::money(chosen.usd_per_month)
    );
    let fewer = format!("One instance fewer fails: {}.", plan.one_fewer);
    paragraph("✓", &text) + &paragraph(" ", &fewer)
}

/// What each loss leaves of each service with the chosen capacity.
fn losses(plan: &CapacityPlan) -> Option<String> {
    let chosen = plan.chosen.and_then(|at| plan.candidates.get(at))?;
    if chosen.losses.is_empty() {
        return None;
    }
    let columns = [
        name("lost", 24),
        name("service", 24),
        figure("healthy\nleft"),
        figure("needed\nto be up"),
        figure("desired"),
        figure("whole again\nwithout it"),
    ];
    let rows = chosen.losses.iter().take(MOST_ROWS).map(|loss| {
        let again = if loss.left >= loss.desired {
            "never short".into()
        } else {
            words::maybe_duration(loss.whole_again_seconds)
        };
        vec![
            loss.lost.clone(),
            loss.service.clone(),
            loss.left.to_string(),
            loss.needed.to_string(),
            loss.desired.to_string(),
            again,
        ]
    });
    Some(table("What a loss leaves", &columns, rows.collect()))
}

/// Whether a candidate has one instance fewer than the answer of its line, or is the last one of a line without an answer.
fn is_telling(plan: &CapacityPlan, one: &CandidateOutcome) -> bool {
    let of = |line: &&LineOutcome| line.instance_type == one.instance_type && line.zones == one.zones;
    let last = |most: u32, other: &CandidateOutcome| {
        let same = other.instance_type == one.instance_type && other.zones == one.zones;
        if same { most.max(other.instances) } else { most }
    };
    plan.lines.iter().filter(of).any(|line| match line.candidate.and_then(|at| plan.candidates.get(at)) {
        Some(answer) => answer.instances == one.instances + 1,
        None => line.state != LineState::Dearer && plan.candidates.iter().fold(0, last) == one.instances,
    })
}

/// Simulated candidates and those beside the answers, cheapest first; then in full what limits them.
fn tried(plan: &CapacityPlan) -> String {
    let mut shown: Vec<(usize, &CandidateOutcome)> = plan.candidates.iter().enumerate().collect();
    shown.retain(|(_, one)| one.replications > 0 || is_telling(plan, one));
    shown.sort_by(|(_, a), (_, b)| a.usd_per_month.total_cmp(&b.usd_per_month));
    // The chosen one and its neighbours are among the cheapest that do; what is left out is dearer.
    let left_out = shown.len().saturating_sub(MOST_ROWS);
    shown.truncate(MOST_ROWS);
    let columns = [
        figure(""),
        figure("per\nmonth"),
        figure("instances"),
        name("type", 18),
        figure("zones"),
        figure("availability"),
        figure("interval"),
        figure("replica-\ntions"),
        name("limited by", 22),
    ];
    let rows = shown.iter().map(|(at, one)| {
        let mark = match one.verdict {
            _ if plan.chosen == Some(*at) => "►",
            Verdict::Met => "✓",
            Verdict::Missed => "✗",
            Verdict::Undecided => "?",
        };
        let (share, interval) = match &one.availability {
            Some(found) => interval(found),
            None => ("–".into(), "–".into()),
        };
        vec![
            mark.into(),
            words::money(one.usd_per_month),
            one.instances.to_string(),
            one.instance_type.clone(),
            one.zones.len().to_string(),
            share,
            interval,
            if one.replications > 0 { words::count(one.replications) } else { "–".into() },
            if one.limited_by.is_empty() { "–".into() } else { one.limited_by.clone() },
        ]
    });
    let mut text = table("Candidates, cheapest first", &columns, rows.collect());
    if left_out > 0 {
        text += &paragraph("", &format!("{} more in plan.csv", words::plural(left_out as u64, "candidate")));
    }
    // The sentence of the chosen one's neighbour stands above.
    let said = |one: &CandidateOutcome| plan.chosen.is_some() && one.limit == plan.one_fewer;
    let full: Vec<String> = shown
        .iter()
        .filter(|(_, one)| is_telling(plan, one) && !one.limit.is_empty() && !said(one))
        .map(|(_, one)| {
            let mark = if one.verdict == Verdict::Undecided { "?" } else { "✗" };
            paragraph(mark, &format!("{}: {}", title(one), one.limit))
        })
        .collect();
    if full.is_empty() { text } else { format!("{text}\n{}", full.concat()) }
}

/// Mean and interval with as many decimals as tell the ends apart.
fn interval(found: &AvailabilityOutcome) -> (String, String) {
    let width = found.high.unwrap_or(1.0) - found.low.unwrap_or(0.0);
    let decimals = if width > 0.0 { (1.0 - (width * 100.0).log10().floor()).clamp(2.0, 8.0) as usize } else { 4 };
    let write = |share: f64| format!("{:.decimals$}", share * 100.0);
    let end = |end: Option<f64>| end.map_or_else(|| "?".into(), write);
    (format!("{} %", write(found.mean)), format!("{}–{}", end(found.low), end(found.high)))
}

/// Types and zones of which no candidate keeps all promises for less.
fn others(plan: &CapacityPlan) -> Option<String> {
    let mut list: Vec<&LineOutcome> = plan.lines.iter().filter(|line| line.state != LineState::Found).collect();
    let left_out = list.len().saturating_sub(MOST_ROWS);
    list.truncate(MOST_ROWS);
    if list.is_empty() {
        return None;
    }
    let columns =
        [name("type", 20), figure("zones"), figure("USD/h"), figure("at\nleast"), name("not it, because", 70)];
    let rows = list.iter().map(|line| {
        let because = match line.state {
            LineState::Dearer => format!("dearer: {}", line.why),
            LineState::NotFound => format!("none in the range: {}", line.why),
            LineState::Impossible | LineState::Found => format!("impossible: {}", line.why),
        };
        vec![
            line.instance_type.clone(),
            line.zones.len().to_string(),
            if line.least.is_some() { format!("{:.4}", line.usd_per_hour) } else { "–".into() },
            line.least.map_or_else(|| "–".into(), |least| least.to_string()),
            because,
        ]
    });
    let mut text = table("Other choices", &columns, rows.collect());
    if left_out > 0 {
        text += &paragraph("", &format!("{} more in plan.json", words::plural(left_out as u64, "choice")));
    }
    Some(text)
}

fn legend(plan: &CapacityPlan) -> String {
    let text = format!(
        "► chosen, ✓ keeps all promises, ✗ breaks one, ? not shown to keep all. Availability is that of the least available \
         service. Each objective is decided with {} confidence, whichever of at most {} it takes; intervals are those of the \
         decisions.",
        words::percent(plan.confidence),
        words::plural(u64::from(plan.looks), "look")
    );
    paragraph("", &text)
}
