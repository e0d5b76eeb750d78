//! The head of the page: what was simulated, and what came of it.

use crate::metrics::outcome::{ObjectiveOutcome, Outcome};
use crate::report::words;

use super::{Content, escape};

pub(super) fn html(content: &mut Content<'_>) -> String {
    let outcome = content.outcome;
    let (class, sentence) = sentence(outcome);
    let mut html = format!(
        "<h1>{}</h1>\n<p class=\"what\">{}</p>\n<p class=\"verdict {class}\">{}</p>\n",
        escape::text(&outcome.scenario),
        escape::text(&what(outcome)),
        escape::text(&sentence)
    );
    if !outcome.objectives.is_empty() {
        let items: String = outcome.objectives.iter().map(item).collect();
        html += &format!("<ul class=\"objectives\">\n{items}</ul>\n");
    }
    if !outcome.warnings.is_empty() {
        let items: String =
            outcome.warnings.iter().map(|warning| format!("<li>{}</li>\n", code(&escape::text(warning)))).collect();
        html += &format!(
            "<details class=\"warnings\" open>\n<summary>Not simulated, or simulated otherwise than it says</summary>\n\
             <ul>\n{items}</ul>\n</details>\n"
        );
    }
    html
}

fn what(outcome: &Outcome) -> String {
    let mut text = words::duration(outcome.duration_seconds);
    if outcome.warmup_seconds > 0.0 {
        text += &format!(", the first {} left out", words::duration(outcome.warmup_seconds));
    }
    text + &format!(" · seed {} · {}", outcome.seed, words::plural(outcome.events, "event"))
}

/// The one sentence to take home, and how it looks.
fn sentence(outcome: &Outcome) -> (&'static str, String) {
    let all = outcome.objectives.len();
    let missed = outcome.objectives.iter().filter(|objective| !objective.met).count();
    match (all, missed) {
        (0, _) => ("none", headline(outcome)),
        (1, 0) => ("met", "The objective is met.".into()),
        (1, 1) => ("missed", "The objective is missed.".into()),
        (_, 0) => ("met", format!("All {all} objectives are met.")),
        (_, 1) => ("missed", format!("1 of {all} objectives is missed.")),
        (_, _) => ("missed", format!("{missed} of {all} objectives are missed.")),
    }
}

/// Where nothing was promised: the service that was worst off.
fn headline(outcome: &Outcome) -> String {
    let worst = outcome
        .services
        .iter()
        .reduce(|worst, other| if other.capacity_availability < worst.capacity_availability { other } else { worst });
    match (worst, outcome.services.len()) {
        (Some(one), 1) => format!(
            "{} is available {} of the time, with {} of its capacity.",
            one.name,
            words::availability(one.service_availability),
            words::availability(one.capacity_availability)
        ),
        (Some(worst), many) => format!(
            "Of {many} services {} has the least of its capacity: {}; it is available {} of the time.",
            worst.name,
            words::availability(worst.capacity_availability),
            words::availability(worst.service_availability)
        ),
        (None, _) => match outcome.batches.first() {
            Some(batch) => format!(
                "{} of {} tasks of {} were completed, {} were given up.",
                words::count(batch.completed),
                words::count(batch.arrived),
                batch.name,
                words::count(batch.given_up)
            ),
            None => "Nothing was measured.".into(),
        },
    }
}

fn item(objective: &ObjectiveOutcome) -> String {
    let (class, mark, word) = if objective.met { ("met", "✓", "Met") } else { ("missed", "✗", "Missed") };
    format!(
        "<li class=\"{class}\"><span class=\"mark\" aria-hidden=\"true\">{mark}</span> <strong>{word}:</strong> {}. \
         Found: <strong>{}</strong></li>\n",
        code(&escape::text(&objective.objective)),
        escape::text(&objective.found)
    )
}

/// Names between backticks as code. What comes in is escaped already.
fn code(escaped: &str) -> String {
    let parts: Vec<&str> = escaped.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // A name that holds a backtick itself: nothing tells where it ends.
        return escaped.to_owned();
    }
    let wrap = |(place, part): (usize, &&str)| {
        if place.is_multiple_of(2) { (*part).to_owned() } else { format!("<code>{part}</code>") }
    };
    parts.iter().enumerate().map(wrap).collect()
}
