//! The head of the page: what was simulated, and what came of it. Of an experiment, what came of all replications.

use crate::experiment::Experiment;
use crate::experiment::outcome::{FigureOutcome, Verdict, VerdictOutcome};
use crate::metrics::outcome::{ObjectiveOutcome, Outcome};
use crate::report::{table, words};

use super::{Content, escape};

/// An objective and what became of it.
struct Item<'a> {
    verdict: Verdict,
    objective: &'a str,
    found: &'a str,
    /// The share of the replications that kept it, where the finding does not say so.
    kept: Option<f64>,
}

impl<'a> From<&'a ObjectiveOutcome> for Item<'a> {
    fn from(of: &'a ObjectiveOutcome) -> Item<'a> {
        let verdict = if of.met { Verdict::Met } else { Verdict::Missed };
        Item { verdict, objective: &of.objective, found: &of.found, kept: None }
    }
}

impl<'a> From<&'a VerdictOutcome> for Item<'a> {
    fn from(of: &'a VerdictOutcome) -> Item<'a> {
        let kept = of.promise.is_some().then_some(of.met_share);
        Item { verdict: of.verdict, objective: &of.objective, found: &of.found, kept }
    }
}

pub(super) fn html(content: &mut Content<'_>) -> String {
    let outcome = content.outcome;
    let experiment = content.campaign.map(|campaign| campaign.experiment);
    let (what, items, headline, warnings) = match experiment {
        Some(experiment) => (
            what_of_many(experiment),
            experiment.objectives.iter().map(Item::from).collect::<Vec<_>>(),
            headline_of_many(experiment),
            table::experiment::warnings(experiment),
        ),
        None => (
            what(outcome),
            outcome.objectives.iter().map(Item::from).collect(),
            headline(outcome),
            outcome.warnings.clone(),
        ),
    };
    let (class, sentence) = sentence(&items).unwrap_or(("none", headline));
    let mut html = format!(
        "<h1>{}</h1>\n<p class=\"what\">{}</p>\n<p class=\"verdict {class}\">{}</p>\n",
        escape::text(&outcome.scenario),
        escape::text(&what),
        escape::text(&sentence)
    );
    if !items.is_empty() {
        let items: String = items.iter().map(item).collect();
        html += &format!("<ul class=\"objectives\">\n{items}</ul>\n");
    }
    if !warnings.is_empty() {
        let heading = match experiment {
            Some(_) => "What is doubtful, not simulated, or simulated otherwise than it says",
            None => "Not simulated, or simulated otherwise than it says",
        };
        let items: String =
            warnings.iter().map(|warning| format!("<li>{}</li>\n", code(&escape::text(warning)))).collect();
        html += &format!(
            "<details class=\"warnings\" open>\n<summary>{heading}</summary>\n<ul>\n{items}</ul>\n</details>\n"
        );
    }
    html
}

fn length(duration: f64, warmup: f64) -> String {
    let mut text = words::duration(duration);
    if warmup > 0.0 {
        text += &format!(", the first {} left out", words::duration(warmup));
    }
    text
}

fn what(outcome: &Outcome) -> String {
    let length = length(outcome.duration_seconds, outcome.warmup_seconds);
    format!("{length} · seed {} · {}", outcome.seed, words::plural(outcome.events, "event"))
}

fn what_of_many(experiment: &Experiment) -> String {
    let length = length(experiment.duration_seconds, experiment.warmup_seconds);
    format!("{} of {length} · seed {}", words::plural(experiment.replications, "replication"), experiment.seed)
}

/// The one sentence to take home, and how it looks; nothing where nothing was promised.
fn sentence(items: &[Item<'_>]) -> Option<(&'static str, String)> {
    let all = items.len();
    let count = |verdict: Verdict| items.iter().filter(|item| item.verdict == verdict).count();
    let are = |number: usize| if number == 1 { "is" } else { "are" };
    let (missed, undecided) = (count(Verdict::Missed), count(Verdict::Undecided));
    let mut text = match (all, missed) {
        (0, _) => return None,
        (1, 1) => "The objective is missed".into(),
        (_, 0) => String::new(),
        _ => format!("{missed} of {all} objectives {} missed", are(missed)),
    };
    if undecided > 0 {
        text = match (all, missed) {
            (1, _) => "The objective is undecided".into(),
            (_, 0) => format!("{undecided} of {all} objectives {} undecided", are(undecided)),
            _ => format!("{text}, {undecided} {} undecided", are(undecided)),
        };
        text += ": more replications would tell";
    }
    let class = match (missed, undecided) {
        (0, 0) => "met",
        (0, _) => "undecided",
        _ => "missed",
    };
    if class == "met" {
        text = if all == 1 { "The objective is met".into() } else { format!("All {all} objectives are met") };
    }
    Some((class, text + "."))
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

/// The same of an experiment, by means.
fn headline_of_many(experiment: &Experiment) -> String {
    let of_service = |found: &&FigureOutcome| {
        found.figure.starts_with("services.") && found.figure.ends_with(".capacityAvailability") && found.mean.is_some()
    };
    let mean = |found: &FigureOutcome| found.mean.unwrap_or(1.0);
    let services: Vec<&FigureOutcome> = experiment.figures.iter().filter(of_service).collect();
    let worst = services.iter().copied().reduce(|worst, other| if mean(other) < mean(worst) { other } else { worst });
    let many = words::plural(experiment.replications, "replication");
    let Some(capacity) = worst else { return format!("{many} were run.") };
    let path = capacity.figure.strip_suffix(".capacityAvailability").unwrap_or_default();
    let name = path.strip_prefix("services.").unwrap_or_default();
    let available = experiment.figures.iter().find(|found| *found.figure == format!("{path}.serviceAvailability"));
    let interval = match (capacity.low, capacity.high) {
        (Some(low), Some(high)) if low < high => {
            format!(" (95 % interval {} to {})", words::availability(low), words::availability(high))
        }
        _ => String::new(),
    };
    let who = if services.len() == 1 { name.to_owned() } else { format!("Of {} services {name}", services.len()) };
    let least = if services.len() == 1 { "has" } else { "has the least of its capacity:" };
    let of_its = if services.len() == 1 { " of its capacity" } else { "" };
    format!(
        "{who} {least} {}{of_its}{interval} and is available {} of the time, in the mean of {many}.",
        words::availability(mean(capacity)),
        words::availability(available.map_or(f64::NAN, mean)),
    )
}

fn item(item: &Item<'_>) -> String {
    let (class, mark, word) = match item.verdict {
        Verdict::Met => ("met", "✓", "Met"),
        Verdict::Missed => ("missed", "✗", "Missed"),
        Verdict::Undecided => ("undecided", "?", "Undecided"),
    };
    let kept =
        item.kept.map_or_else(String::new, |share| format!("; kept in {} of the replications", words::percent(share)));
    format!(
        "<li class=\"{class}\"><span class=\"mark\" aria-hidden=\"true\">{mark}</span> <strong>{word}:</strong> {}. \
         Found: <strong>{}</strong>{kept}</li>\n",
        code(&escape::text(item.objective)),
        escape::text(item.found)
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
