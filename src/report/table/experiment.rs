//! The report of an experiment on the terminal: the headline figures with their intervals, the objectives, the worst
//! replication.

use std::path::Path;

use crate::experiment::Experiment;
use crate::experiment::figures::{Kind, headline};
use crate::experiment::outcome::{FigureOutcome, Verdict, VerdictOutcome};
use crate::report::words;
use crate::stats::interval::Method;

use super::grid::{figure, name, paragraph, table};

/// The most figures; the file has the rest.
const MOST_ROWS: usize = 40;

/// The whole report. `folder` is where the files are.
pub fn report(experiment: &Experiment, folder: Option<&Path>) -> String {
    let mut parts = vec![head(experiment)];
    parts.push(figures(experiment));
    parts.extend(verdicts(experiment));
    parts.push(worst(experiment));
    parts.extend(warnings(experiment).into_iter().map(|warning| paragraph("!", &warning)));
    parts.extend(folder.map(|folder| paragraph("Files:", &folder.display().to_string())));
    parts.join("\n")
}

fn head(experiment: &Experiment) -> String {
    let mut text = format!(
        "{}: {} of {}",
        words::shorten(&experiment.scenario, 60),
        words::plural(experiment.replications, "replication"),
        words::duration(experiment.duration_seconds)
    );
    if experiment.warmup_seconds > 0.0 {
        text += &format!(", the first {} left out", words::duration(experiment.warmup_seconds));
    }
    paragraph("", &format!("{text}, seed {}", experiment.seed))
}

fn figures(experiment: &Experiment) -> String {
    let columns = [
        name("figure", 48),
        figure("mean"),
        figure("95 % interval\nof the mean"),
        figure("least"),
        figure("greatest"),
        figure("worst in\nreplication"),
    ];
    let all: Vec<&FigureOutcome> = experiment.figures.iter().filter(|figure| headline(&figure.figure)).collect();
    let rows = all.iter().take(MOST_ROWS).map(|figure| {
        let write = |value: Option<f64>| value.map_or_else(|| "–".into(), |value| written(figure.kind, value));
        vec![
            figure.figure.to_string(),
            write(figure.mean),
            interval(figure),
            write(figure.min),
            write(figure.max),
            figure.worst_replication.map_or_else(|| "–".into(), words::count),
        ]
    });
    let mut text = table("Figures", &columns, rows.collect());
    let left_out = all.len().saturating_sub(MOST_ROWS);
    if left_out > 0 {
        text += &paragraph("", &format!("… and {left_out} more: see experiment.json"));
    }
    text
}

/// A figure with as many digits as tell it from its neighbours.
fn written(kind: Kind, value: f64) -> String {
    match kind {
        Kind::Share => words::availability(value),
        Kind::Seconds => words::duration(value),
        Kind::Usd => words::money(value),
        Kind::Count | Kind::Number => words::three_digits(value),
    }
}

/// `± h` where the interval is symmetric, else both ends.
fn interval(figure: &FigureOutcome) -> String {
    let (Some(low), Some(high)) = (figure.low, figure.high) else { return "unknown".into() };
    match figure.method {
        Method::Constant => "always the same".into(),
        Method::StudentT => {
            let half = (high - low) / 2.0;
            let half = match figure.kind {
                Kind::Share => format!("{} points", words::digits(half * 100.0, 2)),
                Kind::Seconds => words::duration(half),
                Kind::Usd => words::money(half),
                Kind::Count | Kind::Number => words::digits(half, 2),
            };
            format!("± {half}")
        }
        _ => format!("{} … {}", written(figure.kind, low), written(figure.kind, high)),
    }
}

/// An objective and what became of it.
pub fn verdict_line(verdict: &VerdictOutcome) -> String {
    let mark = match verdict.verdict {
        Verdict::Met => "✓ met      ",
        Verdict::Missed => "✗ MISSED   ",
        Verdict::Undecided => "? undecided",
    };
    paragraph(mark, &format!("{} (found: {})", verdict.objective, verdict.found)).trim_end().to_owned()
}

fn verdicts(experiment: &Experiment) -> Option<String> {
    if experiment.objectives.is_empty() {
        return None;
    }
    let lines: Vec<String> = experiment.objectives.iter().map(|verdict| verdict_line(verdict) + "\n").collect();
    Some(format!("Objectives\n{}", lines.concat()))
}

fn worst(experiment: &Experiment) -> String {
    let worst = &experiment.worst;
    let availability = worst
        .service_availability
        .map(|share| format!("a service available {}, ", words::availability(share)))
        .unwrap_or_default();
    let lost = words::task_time(worst.lost_task_seconds);
    paragraph(
        "Worst:",
        &format!(
            "replication {} ({availability}{lost} lost); run it again with --replication {}",
            worst.replication, worst.replication
        ),
    )
}

/// What is doubtful about the figures, in sentences.
pub fn warnings(experiment: &Experiment) -> Vec<String> {
    let mut list = Vec::new();
    if let Some(precision) = &experiment.precision
        && !precision.reached
    {
        let worst = precision
            .figures
            .iter()
            .max_by(|a, b| a.reached.unwrap_or(f64::INFINITY).total_cmp(&b.reached.unwrap_or(f64::INFINITY)));
        let found = match worst {
            Some(worst) => match worst.reached {
                Some(reached) => format!("`{}` is known to {} %", worst.figure, words::digits(reached * 100.0, 2)),
                None => format!("nothing is known of the precision of `{}`: it was the same throughout", worst.figure),
            },
            None => {
                "no service lost anything, so there is nothing to measure by: name a figure with --precision-of".into()
            }
        };
        list.push(format!(
            "the precision of {} % was not reached in {}: {found}",
            words::digits(precision.wanted * 100.0, 2),
            words::plural(experiment.replications, "replication")
        ));
    }
    if experiment.warmup.too_short
        && let Some(suggested) = experiment.warmup.suggested_seconds
    {
        list.push(format!(
            "the warm-up is too short: healthy tasks are still on their way to their level, which they reach after about {} \
             (MSER-5 over the first replications); set `warmup` to at least that",
            words::duration(suggested)
        ));
    }
    list.extend(experiment.warnings.iter().cloned());
    list
}
