//! Definitions of figures: the descriptions in the JSON Schemas of the summary and of an experiment, which are the comments of
//! [`crate::metrics::outcome`] and [`crate::experiment::outcome`]. The page says nothing of its own about what a figure means.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::metrics::outcome::IncidentOutcome;

use super::escape;

/// The definitions, and those of them that the page has used.
pub(super) struct Definitions {
    summary: Value,
    /// The list of failures is no part of the summary; it has a schema of its own.
    incident: Value,
    experiment: Value,
    /// By their words as JSON paths, with the figure's name on the page and its number.
    used: BTreeMap<String, Used>,
}

struct Used {
    number: usize,
    title: String,
    text: String,
}

impl Definitions {
    pub(super) fn new() -> Definitions {
        Definitions {
            summary: crate::report::json::schema(),
            incident: schemars::schema_for!(IncidentOutcome).to_value(),
            experiment: crate::report::json::experiment_schema(),
            used: BTreeMap::new(),
        }
    }

    /// The description of a field such as `ServiceOutcome.nines`.
    fn find(&self, path: &str) -> &str {
        let (owner, field) = path.split_once('.').unwrap_or(("Outcome", path));
        let object = match owner {
            "Outcome" => &self.summary,
            "IncidentOutcome" => &self.incident,
            "Experiment" => &self.experiment,
            owner if self.summary["$defs"][owner].is_object() => &self.summary["$defs"][owner],
            owner => &self.experiment["$defs"][owner],
        };
        object["properties"][field]["description"].as_str().unwrap_or("")
    }

    /// Several fields in a row, from the outermost: `ServiceOutcome.outages LengthsOutcome.longestSeconds`.
    pub(super) fn text(&self, paths: &str) -> String {
        let sentences: Vec<String> = paths.split(' ').map(|path| plain(self.find(path))).collect();
        sentences.join(" ")
    }

    /// A title with its definition: on hover, on focus, and for who has it read aloud.
    pub(super) fn titled(&mut self, title: &str, paths: &str) -> String {
        if paths.is_empty() {
            return escape::text(title);
        }
        let text = self.text(paths);
        let number = self.used.len() + 1;
        let used = self.used.entry(paths.to_owned()).or_insert_with(|| Used {
            number,
            title: title.to_owned(),
            text: text.clone(),
        });
        let number = used.number;
        format!(
            "<span class=\"def\" tabindex=\"0\" aria-describedby=\"def-{number}\" title=\"{}\">{}</span>",
            escape::text(&text),
            escape::text(title)
        )
    }

    /// Every single field that the page has used.
    #[cfg(test)]
    pub(super) fn paths(&self) -> Vec<&str> {
        self.used.keys().flat_map(|paths| paths.split(' ')).collect()
    }

    /// All definitions that the page has used, by title.
    pub(super) fn list(&self) -> String {
        let mut used: Vec<&Used> = self.used.values().collect();
        used.sort_by_key(|used| (used.title.to_lowercase(), used.number));
        let mut html = String::from("<dl class=\"definitions\">\n");
        for Used { number, title, text } in used {
            let (title, text) = (escape::text(title), escape::text(text));
            // Writing to a string does not fail.
            let _ = writeln!(html, "<dt>{title}</dt><dd id=\"def-{number}\">{text}</dd>");
        }
        html + "</dl>"
    }
}

/// A comment as plain text: without the signs of its markup.
fn plain(comment: &str) -> String {
    comment.replace(['`', '[', ']'], "").split_whitespace().collect::<Vec<_>>().join(" ")
}
