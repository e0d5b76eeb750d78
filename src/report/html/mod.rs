//! `report.html`: the whole result in one file that needs no network and no other file.
//!
//! A page is a list of [`SECTIONS`]; each is a function from the outcome to HTML and stands in a file of its own.

mod charts;
mod definitions;
mod escape;
mod experiment;
mod figures;
mod incidents;
mod replay;
mod tables;
#[cfg(test)]
mod tests;
mod verdict;

use std::io::{self, Write};

use crate::experiment::Experiment;
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

/// An experiment, and the number of the replication that the page shows in full.
#[derive(Copy, Clone)]
pub(super) struct Campaign<'a> {
    pub(super) experiment: &'a Experiment,
    pub(super) replication: u64,
}

/// What the sections are made of.
struct Content<'a> {
    /// A single run, or the replication that is shown.
    outcome: &'a Outcome,
    /// The experiment that it belongs to.
    campaign: Option<Campaign<'a>>,
    /// The scenario with every default filled in.
    resolved: &'a str,
    definitions: Definitions,
}

impl Content<'_> {
    /// Where more stands than the page has room for.
    fn see(&self, file: &str) -> String {
        match self.campaign {
            // The files beside the page are those of replication 0.
            Some(Campaign { replication, .. }) if replication > 0 => {
                format!("run replication {replication} by itself and see its <code>{file}</code>")
            }
            _ => format!("see <code>{file}</code> beside this page"),
        }
    }
}

/// A part of the page.
struct Section {
    /// Its anchor.
    id: &'static str,
    /// Its heading.
    title: &'static str,
    /// Whether it shows a single replication.
    of_one: bool,
    /// Its HTML; nothing where the outcome has nothing for it.
    body: fn(&mut Content<'_>) -> Option<String>,
}

/// The parts of the page below the verdict, in order.
const SECTIONS: &[Section] = &[
    Section { id: "experiment", title: "Experiment", of_one: false, body: experiment::html },
    Section { id: "figures", title: "Key figures", of_one: true, body: figures::html },
    Section { id: "replay", title: "Replay", of_one: true, body: replay::html },
    Section { id: "charts", title: "Charts", of_one: true, body: charts::html },
    Section { id: "incidents", title: "Failures", of_one: true, body: incidents::html },
    Section { id: "tables", title: "Tables", of_one: true, body: tables::html },
    Section { id: "definitions", title: "Definitions", of_one: false, body: definitions_html },
    Section { id: "scenario", title: "To run it again", of_one: false, body: scenario_html },
];

/// Writes the page of a run, or of an experiment with the replication that is shown. `resolved` is the scenario with every
/// default filled in.
pub(super) fn write(
    outcome: &Outcome,
    campaign: Option<Campaign<'_>>,
    resolved: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut content = Content { outcome, campaign, resolved, definitions: Definitions::new() };
    let of_one = campaign.map_or_else(String::new, |campaign| {
        format!(" <span class=\"of-one\">replication {}</span>", campaign.replication)
    });
    let verdict = verdict::html(&mut content);
    let mut links = String::new();
    let mut body = String::new();
    for section in SECTIONS {
        let Some(html) = (section.body)(&mut content) else { continue };
        let Section { id, title, .. } = section;
        let of_one = if section.of_one { of_one.as_str() } else { "" };
        links += &format!("<a href=\"#{id}\">{title}</a>\n");
        body += &format!(
            "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}{of_one}</h2>\n{html}\n</section>\n"
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
    let version = escape::text(&outcome.version);
    let how = match content.campaign {
        None => format!(
            "<p>Longshore {version}, seed {}, {}. Run <code>longshore run scenario.yaml</code> with the scenario below, or with \
             the <code>scenario.yaml</code> beside this file: the same version and seed give the same results.</p>",
            outcome.seed,
            words::plural(outcome.events, "event"),
        ),
        Some(Campaign { experiment, replication }) => format!(
            "<p>Longshore {version}, seed {}, {}. Run <code>longshore run scenario.yaml --replications {}</code> with the \
             scenario below, or with the <code>scenario.yaml</code> beside this file: the same version and seed give the same \
             results. <code>{}</code> runs the replication that is shown.</p>",
            experiment.seed,
            words::plural(experiment.replications, "replication"),
            experiment.replications,
            experiment::command(replication),
        ),
    };
    Some(format!(
        "{how}\n<details>\n<summary>The scenario with every default filled in</summary>\n<pre><code>{yaml}</code></pre>\n\
         </details>"
    ))
}
