//! The charts, drawn into the page.

use crate::report::chart;

use super::{Content, escape};

/// A chart with more bytes than this stays out of the page: browsers draw it slowly, and the page has a size to keep.
const MOST_BYTES: usize = 600_000;

/// All charts together.
const MOST_BYTES_OF_ALL: usize = 1_600_000;

pub(super) fn html(content: &mut Content<'_>) -> Option<String> {
    let mut html = String::new();
    let mut left = MOST_BYTES_OF_ALL;
    for chart in chart::all(content.outcome) {
        let mut svg = Vec::new();
        // Writing to memory does not fail, and a chart is text.
        let written = chart.write_svg(&mut svg).is_ok();
        let Some(svg) = String::from_utf8(svg).ok().filter(|_| written) else { continue };
        let (name, title) = (escape::text(&chart.name), escape::text(title(&chart.name)));
        // Quotation marks of names are escaped, so this meets attributes only; both say what holds anyway.
        let svg = svg.replace(" opacity=\"1\"", "").replace(" stroke=\"none\"", "");
        if svg.len() > MOST_BYTES.min(left) {
            html += &format!(
                "<p class=\"note\">{title}: too detailed a chart for this page; see <code>{name}.svg</code> beside it.</p>\n"
            );
            continue;
        }
        left -= svg.len();
        let svg = svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{title}\" "), 1);
        html += &format!("<figure class=\"chart\" id=\"chart-{name}\">\n{svg}</figure>\n");
    }
    Some(format!("<div class=\"charts\">\n{html}</div>"))
}

/// What a chart shows, for who does not see it.
fn title(name: &str) -> &str {
    match name {
        "healthy" => "Healthy and desired tasks over time",
        "utilization" => "CPU and memory reserved over time, by zone",
        "lost-time" => "Lost task-time by cause and phase",
        "map-start" => "Tasks on instances at the start",
        "map-worst" => "Tasks on instances at the worst moment",
        "map-end" => "Tasks on instances at the end",
        other => other,
    }
}
