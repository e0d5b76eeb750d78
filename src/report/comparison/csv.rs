//! The CSV files of a comparison. Columns keep their order and meaning; new ones come at the end. A cell is empty where
//! nothing was observed or nothing can be said.

use std::io::{self, Write};

use serde::Serialize;

use crate::experiment::compare::outcome::Comparison;

/// A file: its name, its header, its rows.
pub(super) struct Sheet {
    pub(super) name: &'static str,
    header: &'static [&'static str],
    rows: fn(&Comparison) -> Vec<Vec<String>>,
}

/// All of them.
pub(super) const SHEETS: [Sheet; 3] = [
    Sheet { name: "comparison.csv", header: DIFFERENCES, rows: differences },
    Sheet { name: "variants.csv", header: VARIANTS, rows: variants },
    Sheet { name: "reasons.csv", header: REASONS, rows: reasons },
];

impl Sheet {
    pub(super) fn write(&self, comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(self.header).map_err(io::Error::from)?;
        for row in (self.rows)(comparison) {
            writer.write_record(&row).map_err(io::Error::from)?;
        }
        writer.flush()
    }
}

/// A name as JSON has it.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

const DIFFERENCES: &[&str] = &[
    "figure",
    "kind",
    "better",
    "variant",
    "to",
    "variant_mean",
    "to_mean",
    "difference",
    "low",
    "high",
    "single_low",
    "single_high",
    "p",
    "p_holm",
    "verdict",
    "count",
    "differing",
    "standard_deviation",
    "method",
    "gain",
];

fn differences(comparison: &Comparison) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for figure in &comparison.figures {
        let mean = |name: &str| {
            let at = comparison.variants.iter().position(|one| one.name == name)?;
            figure.values.get(at)?.mean
        };
        for one in &figure.differences {
            rows.push(vec![
                figure.figure.clone(),
                word(figure.kind),
                word(figure.better),
                one.variant.clone(),
                one.to.clone(),
                number(mean(&one.variant)),
                number(mean(&one.to)),
                number(one.mean),
                number(one.low),
                number(one.high),
                number(one.single_low),
                number(one.single_high),
                number(one.p),
                number(one.p_holm),
                word(one.verdict),
                one.count.to_string(),
                one.differing.to_string(),
                number(one.standard_deviation),
                word(one.method),
                number(one.gain),
            ]);
        }
    }
    rows
}

const VARIANTS: &[&str] = &[
    "figure",
    "kind",
    "variant",
    "count",
    "mean",
    "low",
    "high",
    "standard_deviation",
    "min",
    "max",
    "rank_from",
    "rank_to",
    "cannot_tell_apart",
];

fn variants(comparison: &Comparison) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for figure in &comparison.figures {
        for ((variant, value), rank) in comparison.variants.iter().zip(&figure.values).zip(&figure.ranking) {
            rows.push(vec![
                figure.figure.clone(),
                word(figure.kind),
                variant.name.clone(),
                value.count.to_string(),
                number(value.mean),
                number(value.low),
                number(value.high),
                number(value.standard_deviation),
                number(value.min),
                number(value.max),
                rank.from.to_string(),
                rank.to.to_string(),
                rank.cannot_tell_apart.join("; "),
            ]);
        }
    }
    rows
}

const REASONS: &[&str] =
    &["service", "variant", "to", "cause", "type", "phase", "task_seconds", "single_low", "single_high"];

fn reasons(comparison: &Comparison) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for reason in &comparison.reasons {
        for part in &reason.parts {
            rows.push(vec![
                reason.service.clone(),
                reason.variant.clone(),
                reason.to.clone(),
                part.cause.clone(),
                part.kind.clone().unwrap_or_default(),
                part.phase.clone(),
                part.mean.to_string(),
                number(part.low),
                number(part.high),
            ]);
        }
    }
    rows
}
