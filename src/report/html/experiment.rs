//! The experiment: every main figure over the replications, the worst replication and how it is run again.

use std::collections::BTreeMap;

use crate::experiment::Experiment;
use crate::experiment::figures::is_neutral;
use crate::experiment::outcome::FigureOutcome;
use crate::report::comparison::figures::Style;
use crate::report::{chart, words};
use crate::stats::interval::Method;

use super::{Campaign, Content, charts, escape};

/// The most services and batches; the file has the rest.
const MOST_GROUPS: usize = 40;

/// A figure: the end of its path, its title, its definition, how it is written.
type Figure = (&'static str, &'static str, &'static str, Style);

const OF_SERVICE: &[Figure] = &[
    ("serviceAvailability", "service available", "ServiceOutcome.serviceAvailability", Style::Availability),
    ("capacityAvailability", "capacity available", "ServiceOutcome.capacityAvailability", Style::Availability),
    ("downtimeSecondsPerYear", "down per year", "ServiceOutcome.downtimeSecondsPerYear", Style::Duration),
    ("outages.count", "outages", "ServiceOutcome.outages LengthsOutcome.count", Style::Number),
    (
        "outages.longestSeconds",
        "longest outage",
        "ServiceOutcome.outages LengthsOutcome.longestSeconds",
        Style::Duration,
    ),
    (
        "timeToDesired.longestSeconds",
        "longest below desired",
        "ServiceOutcome.timeToDesired LengthsOutcome.longestSeconds",
        Style::Duration,
    ),
    ("lostTaskSeconds", "task-time lost", "ServiceOutcome.lostTaskSeconds", Style::TaskTime(1.0)),
    ("requests.lostShare", "requests lost", "RequestsOutcome.lostShare", Style::SmallShare),
];

const OF_BATCH: &[Figure] = &[
    ("completed", "completed", "BatchOutcome.completed", Style::Number),
    ("givenUp", "given up", "BatchOutcome.givenUp", Style::Number),
    ("wait.meanSeconds", "wait, mean", "BatchOutcome.wait LengthsOutcome.meanSeconds", Style::Duration),
    ("wait.p95Seconds", "wait, 95th pct.", "BatchOutcome.wait LengthsOutcome.p95Seconds", Style::Duration),
    (
        "response.meanSeconds",
        "arrival to end, mean",
        "BatchOutcome.response LengthsOutcome.meanSeconds",
        Style::Duration,
    ),
];

const OF_FLEET: &[Figure] = &[
    ("cost.usdPerMonth", "cost per month", "CostOutcome.usdPerMonth", Style::Money),
    ("cost.idleShare", "reserved by no task", "CostOutcome.idleShare", Style::Share),
    ("placement.attempts", "placement attempts", "PlacementOutcome.attempts", Style::Number),
    ("placement.placed", "placed", "PlacementOutcome.placed", Style::Number),
];

/// Columns of the table with their definitions; the first is a name.
const COLUMNS: [(&str, &str); 8] = [
    ("figure", ""),
    ("mean", "FigureOutcome.mean"),
    ("standard deviation", "FigureOutcome.standardDeviation"),
    ("95 % interval of the mean", "FigureOutcome.low FigureOutcome.high FigureOutcome.method"),
    ("least", "FigureOutcome.min"),
    ("greatest", "FigureOutcome.max"),
    ("replications", "FigureOutcome.count"),
    ("worst in replication", "FigureOutcome.worstReplication"),
];

pub(super) fn html(content: &mut Content<'_>) -> Option<String> {
    let campaign = content.campaign?;
    let mut html = worst(content, &campaign);
    html += &format!(
        "<div class=\"charts one\">\n{}</div>\n",
        charts::figure(&chart::of_experiment(campaign.experiment), usize::MAX, "")
    );
    html += &table(content, campaign.experiment);
    html += &shown(&campaign);
    Some(html)
}

/// How a replication is run again beside the page, without replacing the experiment.
pub(super) fn command(replication: u64) -> String {
    format!("longshore run scenario.yaml --replication {replication} --html --out replication-{replication}")
}

fn worst(content: &mut Content<'_>, campaign: &Campaign<'_>) -> String {
    let worst = &campaign.experiment.worst;
    let title = content.definitions.titled("The worst replication", "Experiment.worst");
    let availability = worst
        .service_availability
        .map(|share| format!("a service available {} of the time, ", words::availability(share)))
        .unwrap_or_default();
    format!(
        "<p>{title} is number <strong>{}</strong> of seed {}: {availability}{} lost. It is run by itself with\n\
         <code>{}</code></p>\n",
        worst.replication,
        worst.seed,
        words::task_time(worst.lost_task_seconds),
        command(worst.replication)
    )
}

/// Which replication the rest of the page is about.
fn shown(campaign: &Campaign<'_>) -> String {
    let number = campaign.replication;
    let which = if number == campaign.experiment.worst.replication { "the worst one" } else { "not the worst one" };
    let files = if number == 0 {
        "So do the files beside this page."
    } else {
        "The files beside this page, the experiment’s own (<code>experiment.json</code>, <code>replications.csv</code>, its \
         chart) aside, are those of replication 0."
    };
    format!(
        "<p class=\"shown\">Key figures, replay, charts, failures and tables below show a single replication: number \
         <strong>{number}</strong>, {which}. {files}</p>"
    )
}

fn table(content: &mut Content<'_>, experiment: &Experiment) -> String {
    let figures: BTreeMap<&str, &FigureOutcome> = experiment.figures.iter().map(|one| (&*one.figure, one)).collect();
    let mut groups: Vec<(String, &[Figure], String)> = Vec::new();
    let outcome = content.outcome;
    let services = outcome.services.iter().map(|service| (&service.name, "services", OF_SERVICE));
    let batches = outcome.batches.iter().map(|batch| (&batch.name, "batches", OF_BATCH));
    for (name, list, known) in services.chain(batches).take(MOST_GROUPS) {
        groups.push((name.clone(), known, format!("{list}.{name}.")));
    }
    groups.push(("The fleet".into(), OF_FLEET, String::new()));
    let mut body = String::new();
    for (name, known, prefix) in groups {
        let rows: String = known
            .iter()
            .filter_map(|figure| Some((figure, *figures.get(&*format!("{prefix}{}", figure.0))?)))
            .map(|(figure, found)| row(content, figure, found, experiment.replications))
            .collect();
        if !rows.is_empty() {
            let columns = COLUMNS.len();
            let name = escape::text(&name);
            body += &format!(
                "<tbody>\n<tr class=\"group\"><th colspan=\"{columns}\" scope=\"rowgroup\">{name}</th></tr>\n{rows}</tbody>\n"
            );
        }
    }
    let head: String = COLUMNS
        .iter()
        .enumerate()
        .map(|(place, (title, paths))| {
            let class = if place == 0 { "" } else { " class=\"number\"" };
            format!("<th scope=\"col\"{class}>{}</th>\n", content.definitions.titled(title, paths))
        })
        .collect();
    let mut html = format!(
        "<h3>Figures over the replications</h3>\n<div class=\"scroll\"><table id=\"experiment-figures\">\n<thead><tr>\n{head}\
         </tr></thead>\n{body}</table></div>\n<p class=\"note\">pp: percentage points. Every other figure: \
         <code>experiment.json</code>; each replication: <code>replications.csv</code>. A replication is run by itself with \
         its number, as the worst one above.</p>\n"
    );
    let left_out = (outcome.services.len() + outcome.batches.len()).saturating_sub(MOST_GROUPS);
    if left_out > 0 {
        html += &format!(
            "<p class=\"note\">Services and batches that are left out here: {}; see <code>experiment.json</code>.</p>\n",
            words::count(left_out as u64)
        );
    }
    html
}

fn row(content: &mut Content<'_>, figure: &Figure, found: &FigureOutcome, replications: u64) -> String {
    let (_, title, paths, style) = *figure;
    let write = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| style.value(value));
    let interval = match (found.method, found.low, found.high) {
        (Method::Constant, ..) => "always the same".into(),
        (_, Some(low), Some(high)) => ends(&style.value(low), &style.value(high)),
        _ => "unknown".into(),
    };
    let deviation = found.standard_deviation.map_or_else(|| "–".to_owned(), |of| style.amount(of));
    let count = if found.count == replications { "all".into() } else { words::count(found.count) };
    let worst = match found.worst_replication {
        // Where all are alike, none is the worst.
        Some(number) if found.min != found.max && !is_neutral(&found.figure) => {
            format!("<span title=\"{}\">{number}</span>", escape::text(&command(number)))
        }
        _ => "–".into(),
    };
    let cells = [write(found.mean), deviation, interval, write(found.min), write(found.max), count];
    let cells: String = cells.iter().map(|text| format!("<td class=\"number\">{}</td>", escape::text(text))).collect();
    let title = content.definitions.titled(title, paths);
    format!("<tr><td>{title}</td>{cells}<td class=\"number\">{worst}</td></tr>\n")
}

/// Two values, the unit said once where both have the same.
fn ends(low: &str, high: &str) -> String {
    match (low.rsplit_once(' '), high.rsplit_once(' ')) {
        (Some((value, unit)), Some((_, same))) if unit == same && !unit.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("{value} to {high}")
        }
        _ => format!("{low} to {high}"),
    }
}

#[cfg(test)]
mod tests {
    use super::ends;

    #[test]
    fn a_unit_is_said_once() {
        assert_eq!(ends("99.9 %", "99.95 %"), "99.9 to 99.95 %");
        assert_eq!(ends("9 task-minutes", "4 task-hours"), "9 task-minutes to 4 task-hours");
        assert_eq!(ends("2m 3s", "4m 3s"), "2m 3s to 4m 3s");
        assert_eq!(ends("$4", "$5"), "$4 to $5");
    }
}
