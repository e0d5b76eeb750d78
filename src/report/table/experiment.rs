//! The report of an experiment on the terminal: the headline figures with their intervals, the objectives, the worst
//! replication.

use std::path::Path;

use crate::experiment::Experiment;
use crate::experiment::figures::{headline, is_neutral};
use crate::experiment::outcome::{FigureOutcome, Verdict, VerdictOutcome};
use crate::report::comparison::figures::{Style, style_of, title};
use crate::report::words;
use crate::stats::interval::Method;

use super::grid::{figure, label, paragraph, table};

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
    let all: Vec<&FigureOutcome> = experiment.figures.iter().filter(|figure| headline(&figure.figure)).collect();
    let shown = &all[..all.len().min(MOST_ROWS)];
    // The figures of a service stand together, as its fields do.
    let tables = shown.chunk_by(|a, b| subject(&a.figure) == subject(&b.figure)).map(|group| {
        let columns = [
            label("figure"),
            figure("mean"),
            figure("95 % interval\nof the mean"),
            figure("least"),
            figure("greatest"),
            figure("worst in\nreplication"),
        ];
        let heading = group.first().map(|figure| subject(&figure.figure)).unwrap_or_default();
        table(&words::shorten(&words::clean(&heading), 100), &columns, group.iter().map(|figure| row(figure)).collect())
    });
    let mut text = tables.collect::<Vec<_>>().join("\n");
    let left_out = all.len().saturating_sub(MOST_ROWS);
    if left_out > 0 {
        text += &paragraph("", &format!("… and {left_out} figures more: see experiment.json"));
    }
    text
}

/// Whose figure it is: `Service web`.
fn subject(figure: &str) -> String {
    let (subject, _) = title(figure);
    match figure.split('.').next() {
        Some("services") => format!("Service {subject}"),
        Some("batches") => format!("Batch {subject}"),
        _ => "Fleet".into(),
    }
}

fn row(figure: &FigureOutcome) -> Vec<String> {
    let style = style_of(&figure.figure, figure.kind, None);
    let write = |value: Option<f64>| value.map_or_else(|| "–".into(), |value| style.value(value));
    let (_, what) = title(&figure.figure);
    // Where all are alike, none is the worst.
    let worst = figure.worst_replication.filter(|_| figure.min != figure.max && !is_neutral(&figure.figure));
    vec![
        // What a month is told of in comparisons is the whole of a replication here.
        what.trim_end_matches(" a month").to_owned(),
        write(figure.mean),
        interval(figure, style),
        write(figure.min),
        write(figure.max),
        worst.map_or_else(|| "–".into(), words::count),
    ]
}

/// `± h` where the interval is symmetric, else both ends.
fn interval(figure: &FigureOutcome, style: Style) -> String {
    let (Some(low), Some(high)) = (figure.low, figure.high) else { return "unknown".into() };
    match figure.method {
        Method::Constant => "always the same".into(),
        Method::StudentT => format!("± {}", style.amount((high - low) / 2.0)),
        _ => format!("{} … {}", style.value(low), style.value(high)),
    }
}

/// An objective and what became of it.
pub fn verdict_line(verdict: &VerdictOutcome) -> String {
    let mark = match verdict.verdict {
        Verdict::Met => "✓ met      ",
        Verdict::Missed => "✗ MISSED   ",
        Verdict::Undecided => "? undecided",
    };
    paragraph(mark, &verdict_words(verdict)).trim_end().to_owned()
}

/// An objective and what was found, in one line however long.
pub(super) fn verdict_words(verdict: &VerdictOutcome) -> String {
    format!("{} (found: {})", verdict.objective, verdict.found)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn figures_stand_under_their_service_and_fit() {
        let text = report(&sample::experiment(3, 100), None);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(text.contains("\nService ") && text.contains("\nservice available "), "{text}");
        assert!(!text.contains("services."), "{text}");
    }
}
