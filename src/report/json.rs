//! `summary.json` and `experiment.json`, and their schemas.

use std::io::{self, Write};

use crate::experiment::Experiment;
use crate::experiment::explain::outcome::Explained;
use crate::metrics::outcome::Outcome;

/// Writes the figures as indented JSON.
pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, outcome)?;
    out.write_all(b"\n")
}

/// Writes the figures of an experiment as indented JSON.
pub(super) fn write_experiment(experiment: &Experiment, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, experiment)?;
    out.write_all(b"\n")
}

/// The JSON Schema of `experiment.json`.
pub fn experiment_schema() -> serde_json::Value {
    schemars::schema_for!(Experiment).to_value()
}

/// The JSON Schema of `summary.json`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Outcome).to_value()
}

/// The JSON Schema of an explanation.
pub fn explain_schema() -> serde_json::Value {
    schemars::schema_for!(Explained).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_ends_with_a_newline_and_has_null_for_nothing() {
        let mut text = Vec::new();
        let service = crate::metrics::outcome::ServiceOutcome::default();
        let outcome = Outcome { scenario: "x".into(), services: vec![service], ..Outcome::default() };
        write(&outcome, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.ends_with("}\n"));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(value["services"][0]["mttrSeconds"].is_null());
    }

    #[test]
    fn the_schema_describes_the_figures() {
        let schema = schema();
        assert_eq!(schema["title"], "Outcome");
        assert!(schema["properties"]["services"]["description"].is_string());
    }
}
