//! What a comparison leaves behind: `comparison.json`, tables as CSV, charts.

mod csv;
pub(super) mod figures;
pub(super) mod why;

use std::path::{Path, PathBuf};

use crate::experiment::compare::outcome::Comparison;

use super::folder::Partial;
use super::{Options, ReportError, chart};

/// The JSON Schema of `comparison.json`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Comparison).to_value()
}

/// Writes the result of a comparison into the folder `to` and gives its files. `resolved` is each variant with every
/// default filled in, as YAML, in the order of the variants.
pub fn write(
    comparison: &Comparison,
    resolved: &[&str],
    to: &Path,
    options: &Options,
) -> Result<Vec<PathBuf>, ReportError> {
    let mut partial = Partial::beside(to)?;
    partial.file("comparison.json", |out| {
        serde_json::to_writer_pretty(&mut *out, comparison)?;
        out.write_all(b"\n")
    })?;
    for sheet in &csv::SHEETS {
        partial.file(sheet.name, |out| sheet.write(comparison, out))?;
    }
    for (number, text) in resolved.iter().enumerate() {
        partial.file(&format!("variant-{}.yaml", number + 1), |out| out.write_all(text.as_bytes()))?;
    }
    if options.charts {
        for chart in chart::of_comparison(comparison) {
            partial.file(&format!("{}.svg", chart.name), |out| chart.write_svg(out))?;
            if options.png {
                partial.file(&format!("{}.png", chart.name), |out| chart.write_png(out))?;
            }
        }
    }
    partial.commit()
}
