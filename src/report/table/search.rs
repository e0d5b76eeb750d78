//! The report of a search for capacity on the terminal: the answer, why one instance fewer fails, and what was found of
//! each instance type.

use std::path::Path;

use crate::experiment::outcome::Verdict;
use crate::experiment::search::outcome::{CandidateOutcome, CapacityPlan, LineOutcome, LineState};
use crate::report::words;

use super::grid::{figure, name, paragraph, table};

/// The most rows; the files have the rest.
const MOST_ROWS: usize = 16;

/// The whole report. `folder` is where the files are.
pub fn report(plan: &CapacityPlan, folder: Option<&Path>) -> String {
    let mut parts = vec![head(plan), answer(plan)];
    parts.extend(losses(plan));
    parts.push(tried(plan));
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
        return paragraph("✗", &format!("Nothing in the range keeps all promises. {}", sentence(why)));
    };
    let text = format!(
        "{} keeps all promises with {confidence} confidence and costs {} a month.",
        title(chosen),
        words::money(chosen.usd_per_month)
    );
    let fewer = format!("One instance fewer fails. {}", sentence(&plan.one_fewer));
    paragraph("✓", &text) + &paragraph(" ", &fewer)
}

/// With a capital at the beginning and a full stop at the end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
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

/// Simulated candidates and those beside the answers, cheapest first.
fn tried(plan: &CapacityPlan) -> String {
    let mut shown: Vec<(usize, &CandidateOutcome)> = plan.candidates.iter().enumerate().collect();
    let answers: Vec<&CandidateOutcome> =
        plan.lines.iter().filter_map(|line| plan.candidates.get(line.candidate?)).collect();
    let beside = |one: &CandidateOutcome| {
        answers.iter().any(|answer| {
            answer.instance_type == one.instance_type
                && answer.zones == one.zones
                && one.instances + 1 == answer.instances
        })
    };
    let last = |line: &LineOutcome, one: &CandidateOutcome| {
        line.state == LineState::NotFound && line.instance_type == one.instance_type && line.zones == one.zones
    };
    shown.retain(|(_, one)| {
        one.replications > 0 || beside(one) || plan.chosen.is_none() && plan.lines.iter().any(|line| last(line, one))
    });
    shown.sort_by(|(_, a), (_, b)| a.usd_per_month.total_cmp(&b.usd_per_month));
    // The chosen one and its neighbours are among the cheapest that do; what is left out is dearer.
    let left_out = shown.len().saturating_sub(MOST_ROWS);
    shown.truncate(MOST_ROWS);
    let columns = [
        figure(""),
        figure("per\nmonth"),
        figure("instances"),
        name("type", 16),
        figure("zones"),
        figure("availability"),
        figure("interval"),
        figure("replica-\ntions"),
        name("what limits", 60),
    ];
    let rows = shown.iter().map(|(at, one)| {
        let mark = match one.verdict {
            _ if plan.chosen == Some(*at) => "►",
            Verdict::Met => "✓",
            Verdict::Missed => "✗",
            Verdict::Undecided => "?",
        };
        let (share, interval) = match &one.availability {
            Some(found) => (words::availability(found.mean), ends(found.low, found.high)),
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
            if one.limit.is_empty() { "–".into() } else { one.limit.clone() },
        ]
    });
    let mut text = table("Candidates, cheapest first", &columns, rows.collect());
    if left_out > 0 {
        text += &paragraph("", &format!("{} more in plan.csv", words::plural(left_out as u64, "candidate")));
    }
    // What the narrow column had no room for.
    let full: Vec<String> = shown
        .iter()
        .filter(|(_, one)| !one.limit.is_empty())
        .map(|(_, one)| {
            paragraph(
                if one.verdict == Verdict::Undecided { "?" } else { "✗" },
                &format!("{}: {}", title(one), one.limit),
            )
        })
        .collect();
    if full.is_empty() { text } else { format!("{text}\n{}", full.concat()) }
}

/// `99.95 to 99.99 %`.
fn ends(low: Option<f64>, high: Option<f64>) -> String {
    let end = |end: Option<f64>| end.map_or_else(|| "?".into(), words::availability);
    format!("{} – {}", end(low).trim_end_matches(" %"), end(high))
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
