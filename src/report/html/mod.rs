//! `report.html`: the whole result in one file that needs no network and no other file.
//!
//! A page is a list of [`SECTIONS`]; each is a function from the outcome to HTML and stands in a file of its own.

mod charts;
mod definitions;
mod escape;
mod figures;
mod incidents;
mod replay;
mod tables;
#[cfg(test)]
mod tests;
mod verdict;

use std::io::{self, Write};

use crate::metrics::outcome::Outcome;

use super::words;
use definitions::Definitions;

const STYLE: &str = include_str!("style.css");
const SCRIPTS: [&str; 4] = [
    include_str!("script/page.js"),
    include_str!("script/course.js"),
    include_str!("script/stage.js"),
    include_str!("script/replay.js"),
];

/// Scripts carry this mark. The browser runs nothing that does not, no handler in an attribute either: text that were not
/// escaped by a defect would still do no harm.
const NONCE: &str = "longshore";

/// What the sections are made of.
struct Content<'a> {
    outcome: &'a Outcome,
    /// The scenario with every default filled in.
    resolved: &'a str,
    definitions: Definitions,
}

/// A part of the page.
struct Section {
    /// Its anchor.
    id: &'static str,
    /// Its heading.
    title: &'static str,
    /// Its HTML; nothing where the outcome has nothing for it.
    body: fn(&mut Content<'_>) -> Option<String>,
}

/// The parts of the page below the verdict, in order.
const SECTIONS: &[Section] = &[
    Section { id: "figures", title: "Key figures", body: figures::html },
    Section { id: "replay", title: "Replay", body: replay::html },
    Section { id: "charts", title: "Charts", body: charts::html },
    Section { id: "incidents", title: "Failures", body: incidents::html },
    Section { id: "tables", title: "Tables", body: tables::html },
    Section { id: "definitions", title: "Definitions", body: definitions_html },
    Section { id: "scenario", title: "To run it again", body: scenario_html },
];

/// Writes the page. `resolved` is the scenario with every default filled in.
pub(super) fn write(outcome: &Outcome, resolved: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut content = Content { outcome, resolved, definitions: Definitions::new() };
    let verdict = verdict::html(&mut content);
    let mut links = String::new();
    let mut body = String::new();
    for section in SECTIONS {
        let Some(html) = (section.body)(&mut content) else { continue };
        let Section { id, title, .. } = section;
        links += &format!("<a href=\"#{id}\">{title}</a>\n");
        body += &format!(
            "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>\n{html}\n</section>\n"
        );
    }
    let title = escape::text(&outcome.scenario);
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'nonce-{NONCE}'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – Longshore</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n{verdict}\n<nav aria-label=\"Sections\">\n{links}</nav>\n</header>\n<main>\n{body}</main>\n"
    )?;
    for script in SCRIPTS {
        writeln!(out, "<script nonce=\"{NONCE}\">\n{script}</script>")?;
    }
    writeln!(out, "</body>\n</html>")
}

fn definitions_html(content: &mut Content<'_>) -> Option<String> {
    let list = content.definitions.list();
    Some(format!("<details>\n<summary>What each figure means</summary>\n{list}\n</details>"))
}

fn scenario_html(content: &mut Content<'_>) -> Option<String> {
    let outcome = content.outcome;
    let yaml = escape::lines(content.resolved);
    Some(format!(
        "<p>Longshore {}, seed {}, {}. Run <code>longshore run scenario.yaml</code> with the scenario below, or with the \
         <code>scenario.yaml</code> beside this file: the same version and seed give the same results.</p>\n\
         <details>\n<summary>The scenario with every default filled in</summary>\n<pre><code>{yaml}</code></pre>\n</details>",
        escape::text(&outcome.version),
        outcome.seed,
        words::plural(outcome.events, "event"),
    ))
}
