//! The charts, drawn into the page.

use crate::report::chart::{self, Chart};

use super::{Content, escape};

/// A chart with more bytes than this stays out of the page: browsers draw it slowly, and the page has a size to keep.
const MOST_BYTES: usize = 600_000;

/// All charts together.
const MOST_BYTES_OF_ALL: usize = 1_600_000;

pub(super) fn html(content: &mut Content<'_>) -> Option<String> {
    let mut html = String::new();
    let mut left = MOST_BYTES_OF_ALL;
    for chart in chart::all(content.outcome) {
        let see = content.see(&format!("{}.svg", escape::text(&chart.name)));
        let figure = figure(&chart, MOST_BYTES.min(left), &see);
        left = left.saturating_sub(figure.len());
        html += &figure;
    }
    Some(format!("<div class=\"charts\">\n{html}</div>"))
}

/// A chart, or where to see it if it has more bytes than `most`.
pub(super) fn figure(chart: &Chart, most: usize, see: &str) -> String {
    let mut svg = Vec::new();
    // Writing to memory does not fail, and a chart is text.
    let written = chart.write_svg(&mut svg).is_ok();
    let Some(svg) = String::from_utf8(svg).ok().filter(|_| written) else { return String::new() };
    let (name, title) = (escape::text(&chart.name), escape::text(title(&chart.name)));
    // Quotation marks of names are escaped, so this meets attributes only; both say what holds anyway.
    let svg = svg.replace(" opacity=\"1\"", "").replace(" stroke=\"none\"", "");
    if svg.len() > most {
        return format!("<p class=\"note\">{title}: too detailed a chart for this page; {see}.</p>\n");
    }
    let svg = svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{title}\" "), 1);
    format!("<figure class=\"chart\" id=\"chart-{name}\">\n{svg}</figure>\n")
}

/// What a chart shows, for who does not see it.
fn title(name: &str) -> &str {
    match name {
        "healthy" => "Healthy and desired tasks over time",
        "utilization" => "CPU and memory reserved over time, by zone",
        "replications" => "Availability of each service in each replication",
        "lost-time" => "Lost task-time by cause and phase",
        "map-start" => "Tasks on instances at the start",
        "map-worst" => "Tasks on instances at the worst moment",
        "map-end" => "Tasks on instances at the end",
        other => other,
    }
}
