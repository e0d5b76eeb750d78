//! The report of a comparison on the terminal: the figures of each variant, the differences to the baseline, the ranking,
//! and the reasons.

use std::path::Path;

use crate::experiment::compare::outcome::{Comparison, Difference, FigureComparison, Reason, Verdict};
use crate::experiment::outcome::Verdict as Promise;
use crate::report::comparison::{figures, why};
use crate::report::words;

use super::grid::{Column, figure, name, paragraph, table};

/// The most figures in a row: with more there is no room for names.
const MOST_COLUMNS: usize = 5;

/// The most figures whose differences are told one by one, and the most reasons.
const MOST_FIGURES: usize = 6;
const MOST_REASONS: usize = 8;

/// The widest name of a variant.
const NAME: u16 = 30;

/// The whole report. `folder` is where the files are.
pub fn report(comparison: &Comparison, folder: Option<&Path>) -> String {
    let mut parts = vec![head(comparison)];
    parts.extend(sections(comparison));
    parts.push(legend(comparison));
    parts.extend(differences(comparison));
    parts.extend(rankings(comparison));
    parts.extend(reasons(comparison));
    parts.extend(frontier(comparison));
    parts.extend(objectives(comparison));
    parts.extend(notes(comparison));
    parts.extend(folder.map(|folder| paragraph("Files:", &folder.display().to_string())));
    parts.join("\n")
}

fn head(comparison: &Comparison) -> String {
    let mut text = format!(
        "{}: {} under the same failures, {} of {}",
        words::shorten(&comparison.scenario, 60),
        words::plural(comparison.variants.len() as u64, "variant"),
        words::plural(comparison.replications, "replication"),
        words::duration(comparison.duration_seconds)
    );
    if comparison.warmup_seconds > 0.0 {
        text += &format!(", the first {} left out", words::duration(comparison.warmup_seconds));
    }
    let mut text = paragraph("", &format!("{text}, seed {}", comparison.seed));
    if let Some(precision) = &comparison.precision
        && !precision.reached
    {
        let found = precision.found.map_or_else(|| "unknown".into(), words::percent);
        let wanted = words::percent(precision.wanted);
        text += &paragraph("!", &format!("the precision of {wanted} was not reached (found: {found})"));
    }
    text
}

/// A table of one subject: variants down, figures across.
struct Section<'a> {
    subject: String,
    figures: Vec<&'a FigureComparison>,
}

fn sections(comparison: &Comparison) -> Vec<String> {
    let mut sections: Vec<Section> = Vec::new();
    for one in &comparison.figures {
        let list = one.figure.split('.').next().unwrap_or_default();
        let (subject, _) = figures::title(&one.figure);
        let subject = match list {
            "services" => format!("Service {subject}"),
            "batches" => format!("Batch {subject}"),
            "capacity" => format!("Instances {subject}"),
            _ if subject == "fleet" => "Fleet".into(),
            _ => continue,
        };
        match sections.iter_mut().find(|section| section.subject == subject) {
            Some(section) => section.figures.push(one),
            None => sections.push(Section { subject, figures: vec![one] }),
        }
    }
    // Downtime says the same as the availability beside it.
    sections.iter_mut().for_each(|section| section.figures.retain(|one| !one.figure.ends_with("PerYear")));
    let mut texts = Vec::new();
    for section in &sections {
        for (part, figures) in section.figures.chunks(MOST_COLUMNS).enumerate() {
            let more = if part > 0 { ", continued" } else { "" };
            texts.push(of_section(comparison, &format!("{}{more}", words::shorten(&section.subject, 80)), figures));
        }
    }
    texts
}

fn of_section(comparison: &Comparison, heading: &str, all: &[&FigureComparison]) -> String {
    let titles: Vec<String> = all.iter().map(|one| broken(&figures::title(&one.figure).1)).collect();
    let mut columns: Vec<Column> = vec![name("variant", NAME)];
    columns.extend(titles.into_iter().map(figure));
    let rows = comparison.variants.iter().enumerate().map(|(at, variant)| {
        let is_baseline = variant.name == comparison.baseline;
        let mut row = vec![variant.name.clone()];
        for one in all {
            let style = figures::style(comparison, one);
            let value = one.values.get(at).and_then(|value| value.mean);
            let value = value.map_or_else(|| "–".into(), |value| short(style.value(value)));
            let mark = one.between(&variant.name, &comparison.baseline).map_or(" ", |(difference, sign)| {
                match figures::is_less_than_a_cent(one, difference) {
                    true => figures::mark(Verdict::CannotTellApart, sign),
                    false => figures::mark(difference.verdict, sign),
                }
            });
            row.push(if is_baseline { format!("{value}  ") } else { format!("{value} {mark}") });
        }
        row
    });
    table(heading, &columns, rows.collect())
}

/// A unit in a narrow column: `8.8 task-minutes` is `8.8 min`.
fn short(value: String) -> String {
    value
        .replace("task-seconds", "s")
        .replace("task-second", "s")
        .replace("task-minutes", "min")
        .replace("task-hours", "h")
        .replace("task-days", "d")
}

/// A title in two or three short lines.
fn broken(title: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 10 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

fn legend(comparison: &Comparison) -> String {
    let baseline = words::shorten(&comparison.baseline, 40);
    let text = format!(
        "Against `{baseline}`: ✓ better, ✗ worse, + more, − less, ≈ cannot tell apart (or less than a cent), = identical in every \
         replication. \
         All {} comparisons hold at once with {} confidence.",
        words::count(comparison.comparisons as u64),
        words::percent(comparison.confidence)
    );
    paragraph("", &text)
}

/// Figures whose differences are told on the terminal; those that were asked for too.
fn is_leading(name: &str) -> bool {
    [
        "lostTaskSeconds",
        "serviceAvailability",
        "requests.lostShare",
        "usdPerMonth",
        "response.meanSeconds",
        "givenUpShare",
    ]
    .iter()
    .any(|end| name.ends_with(end))
        || !["services.", "batches.", "capacity.", "cost.", "placement."].iter().any(|list| name.starts_with(list))
        || figures::title(name).0.is_empty()
}

fn differences(comparison: &Comparison) -> Option<String> {
    let columns =
        [name("variant", 46), figure("difference"), figure("simultaneous\n95 % interval"), name("verdict", 17)];
    let baseline = words::shorten(&comparison.baseline, 40);
    let mut texts = Vec::new();
    let mut left_out = 0;
    for one in comparison.figures.iter().filter(|one| is_leading(&one.figure)) {
        let title = figures::full_title(&one.figure);
        let with_baseline = || one.differences.iter().filter(|difference| difference.to == comparison.baseline);
        if with_baseline().all(|difference| difference.verdict == Verdict::Identical) {
            continue;
        }
        if with_baseline().all(|difference| figures::is_less_than_a_cent(one, difference)) {
            texts.push(paragraph("", &format!("{title}: the same to the cent in all variants.")));
            continue;
        }
        let is_told =
            |difference: &Difference| !matches!(difference.verdict, Verdict::Identical | Verdict::CannotTellApart);
        if !with_baseline().any(is_told) && !one.figure.ends_with("lostTaskSeconds") {
            texts.push(paragraph("", &format!("{title}: no variant can be told apart from `{baseline}`.")));
            continue;
        }
        if texts.len() >= MOST_FIGURES {
            left_out += 1;
            continue;
        }
        let style = figures::style(comparison, one);
        let rows = with_baseline().map(|difference| {
            vec![
                difference.variant.clone(),
                difference.mean.map_or_else(|| "–".into(), |mean| short(style.signed(mean))),
                short(figures::interval(style, difference)),
                figures::verdict(difference.verdict).into(),
            ]
        });
        texts.push(table(&format!("{title}, difference to {baseline}"), &columns, rows.collect()));
    }
    if left_out > 0 {
        texts.push(paragraph("", &format!("… and more figures ({left_out}): see comparison.csv")));
    }
    (!texts.is_empty()).then(|| texts.join("\n"))
}

fn rankings(comparison: &Comparison) -> Option<String> {
    let ranked = |one: &&FigureComparison| {
        let name = one.figure.as_str();
        name.starts_with("services.") && name.ends_with(".lostTaskSeconds")
            || name.starts_with("batches.") && name.ends_with(".response.meanSeconds")
    };
    let texts: Vec<String> =
        comparison.figures.iter().filter(ranked).take(4).map(|one| ranking(comparison, one)).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

fn ranking(comparison: &Comparison, one: &FigureComparison) -> String {
    let style = figures::style(comparison, one);
    let mean = |at: usize| one.values.get(at).and_then(|value| value.mean);
    let mut order: Vec<usize> = (0..one.ranking.len()).collect();
    order.sort_by(|a, b| {
        let key = |at: usize| (one.ranking[at].from, one.ranking[at].to);
        let means = mean(*a).unwrap_or(f64::INFINITY).total_cmp(&mean(*b).unwrap_or(f64::INFINITY));
        key(*a).cmp(&key(*b)).then(means).then(a.cmp(b))
    });
    let place = |at: usize| {
        let rank = &one.ranking[at];
        if rank.from == rank.to { rank.from.to_string() } else { format!("{}–{}", rank.from, rank.to) }
    };
    let widest = order.iter().map(|at| place(*at).chars().count()).max().unwrap_or(1);
    let lines = order.iter().map(|at| {
        let rank = &one.ranking[*at];
        let value = mean(*at).map_or_else(|| "–".into(), |mean| short(style.value(mean)));
        let mut text = format!("{}: {value}", rank.variant);
        let others = one.ranking.len() - 1;
        match rank.cannot_tell_apart.len() {
            0 => {}
            all if all == others => text += "; cannot tell apart from any other",
            _ => text += &format!("; cannot tell apart from {}", rank.cannot_tell_apart.join(", ")),
        }
        if !rank.identical.is_empty() {
            text += &format!("; identical to {}", rank.identical.join(", "));
        }
        paragraph(&format!("{:>widest$}", place(*at)), &text)
    });
    format!("Ranking: {}\n{}", figures::full_title(&one.figure), lines.collect::<String>())
}

fn reasons(comparison: &Comparison) -> Option<String> {
    let is_told = |reason: &&Reason| reason.to == comparison.baseline && reason.verdict != Verdict::CannotTellApart;
    let all: Vec<&Reason> = comparison.reasons.iter().filter(is_told).collect();
    if all.is_empty() {
        return None;
    }
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| all[*b].mean.abs().total_cmp(&all[*a].mean.abs()).then(a.cmp(b)));
    order.truncate(MOST_REASONS);
    order.sort_unstable();
    let text: String = order
        .iter()
        .map(|at| {
            let sentences = why::sentences(comparison, all[*at]);
            paragraph("•", &sentences.join(" "))
        })
        .collect();
    let more = all.len() - order.len();
    let rest = if more > 0 { paragraph("", &format!("… and {more} more: see reasons.csv")) } else { String::new() };
    Some(format!("Why\n{text}{rest}"))
}

fn frontier(comparison: &Comparison) -> Option<String> {
    let on: Vec<String> = comparison
        .variants
        .iter()
        .filter(|one| one.on_frontier)
        .map(|one| format!("`{}`", words::clean(&one.name)))
        .collect();
    let all = on.len() == comparison.variants.len();
    let text = if all {
        "Cost against availability: every variant is on the Pareto frontier; none is shown to be better in one without being \
         worse in another."
            .to_owned()
    } else {
        format!(
            "Cost against availability: on the Pareto frontier {} {}.",
            if on.len() == 1 { "is" } else { "are" },
            on.join(", ")
        )
    };
    Some(paragraph("", &text))
}

/// The objectives that not every variant is shown to meet.
fn objectives(comparison: &Comparison) -> Option<String> {
    let mut lines = Vec::new();
    for variant in &comparison.variants {
        for verdict in variant.objectives.iter().filter(|verdict| verdict.verdict != Promise::Met) {
            let mark = if verdict.verdict == Promise::Missed { "✗" } else { "?" };
            let words = super::experiment::verdict_words(verdict);
            lines.push(paragraph(mark, &format!("`{}`: {words}", variant.name)));
        }
    }
    let promised: usize = comparison.variants.iter().map(|variant| variant.objectives.len()).sum();
    match (promised, lines.is_empty()) {
        (0, _) => None,
        (_, true) => Some(paragraph("", "Every variant meets its objectives.")),
        (_, false) => {
            Some(format!("Objectives that are not shown to be met: ✗ missed, ? undecided\n{}", lines.concat()))
        }
    }
}

fn notes(comparison: &Comparison) -> Option<String> {
    let mut all: Vec<String> = comparison.notes.clone();
    for variant in &comparison.variants {
        for warning in &variant.warnings {
            let everywhere = comparison.variants.iter().all(|other| other.warnings.contains(warning));
            let text = if everywhere { warning.clone() } else { format!("`{}`: {warning}", variant.name) };
            if !all.contains(&text) {
                all.push(text);
            }
        }
    }
    (!all.is_empty()).then(|| all.iter().map(|note| paragraph("!", note)).collect())
}
