//! The list of failures. A click on one shows it in the replay; a click on a heading sorts.

use crate::metrics::outcome::IncidentOutcome;
use crate::report::words;

use super::{Content, escape};

/// The most rows; those that lost most task-time are shown.
const MOST_ROWS: usize = 500;

/// Titles and definitions.
const COLUMNS: [(&str, &str); 7] = [
    ("began", "IncidentOutcome.beganSeconds"),
    ("failure", "IncidentOutcome.failure"),
    ("struck", "IncidentOutcome.struck"),
    ("noticed after", "IncidentOutcome.detectedAfterSeconds"),
    ("all serving after", "IncidentOutcome.recoveredAfterSeconds"),
    ("tasks lost", "IncidentOutcome.tasksLost"),
    ("task-time lost", "IncidentOutcome.lostTaskSeconds"),
];

/// Incidents to be listed, worst first, as many as there is room for.
pub(super) fn worst(all: &[IncidentOutcome], most: usize) -> Vec<(usize, &IncidentOutcome)> {
    let mut list: Vec<(usize, &IncidentOutcome)> = all.iter().enumerate().collect();
    list.sort_by(|(_, a), (_, b)| {
        b.lost_task_seconds.total_cmp(&a.lost_task_seconds).then(a.began_seconds.total_cmp(&b.began_seconds))
    });
    list.truncate(most);
    list
}

/// Models that strike single containers again and again gather all of it under one number, which has no moment.
pub(super) fn is_moment(incident: &IncidentOutcome) -> bool {
    incident.struck != "containers" || incident.began_seconds > 0.0
}

pub(super) fn html(content: &mut Content<'_>) -> Option<String> {
    let incidents = &content.outcome.incidents;
    if incidents.is_empty() {
        return Some("<p>Nothing failed.</p>".into());
    }
    let mut list = worst(incidents, MOST_ROWS);
    list.sort_by_key(|(place, _)| *place);
    let head: String = COLUMNS
        .iter()
        .enumerate()
        .map(|(place, (title, paths))| {
            let class = if (1..=2).contains(&place) { "" } else { " class=\"number\"" };
            let sort = if place == 0 { "ascending" } else { "none" };
            let title = content.definitions.titled(title, paths);
            format!(
                "<th scope=\"col\"{class} aria-sort=\"{sort}\">{title} <button type=\"button\" class=\"sort\" \
                 aria-label=\"sort\"></button></th>\n"
            )
        })
        .collect();
    let rows: String = list.iter().map(|(place, incident)| row(*place, incident)).collect();
    let mut html = format!(
        "<div class=\"scroll\"><table class=\"sortable\" id=\"incident-list\">\n<thead><tr>\n{head}</tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table></div>\n"
    );
    let left_out = incidents.len() - list.len();
    if left_out > 0 {
        html += &format!(
            "<p class=\"note\">{} that lost less: {}.</p>\n",
            words::plural(left_out as u64, "more failure"),
            content.see("incidents.csv")
        );
    }
    Some(html)
}

fn row(place: usize, incident: &IncidentOutcome) -> String {
    let cell =
        |sort: f64, text: String| format!("<td class=\"number\" data-sort=\"{sort}\">{}</td>", escape::text(&text));
    // Sorted last: what never came took longest.
    let after = |seconds: Option<f64>| seconds.unwrap_or(1e300);
    let mut html = format!("<tr data-incident=\"{place}\">");
    let began = incident.began_seconds;
    html += &if is_moment(incident) {
        let moment = escape::text(&words::moment(began));
        format!(
            "<td class=\"number\" data-sort=\"{began}\"><button type=\"button\" class=\"jump\">{moment}</button></td>"
        )
    } else {
        cell(began, "again and again".into())
    };
    html += &format!("<td>{}</td><td>{}</td>", escape::text(&incident.failure), escape::text(&incident.struck));
    html += &cell(after(incident.detected_after_seconds), words::maybe_duration(incident.detected_after_seconds));
    html += &cell(after(incident.recovered_after_seconds), words::maybe_duration(incident.recovered_after_seconds));
    html += &cell(incident.tasks_lost as f64, words::count(incident.tasks_lost));
    html += &cell(incident.lost_task_seconds, words::task_time(incident.lost_task_seconds));
    html + "</tr>\n"
}
