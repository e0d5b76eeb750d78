//! What a search for capacity leaves behind: `plan.json`, its candidates as `plan.csv`, the chosen one as a scenario, a chart.

mod csv;

use std::path::{Path, PathBuf};

use crate::experiment::search::outcome::CapacityPlan;

use super::folder::Partial;
use super::{Options, ReportError, chart};

/// The JSON Schema of `plan.json`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(CapacityPlan).to_value()
}

/// Writes the result of a search into the folder `to` and gives its files. `resolved` is the scenario with the chosen
/// capacity and every default filled in, as YAML, where one was found.
pub fn write(
    plan: &CapacityPlan,
    resolved: Option<&str>,
    to: &Path,
    options: &Options,
) -> Result<Vec<PathBuf>, ReportError> {
    let mut partial = Partial::beside(to)?;
    partial.file("plan.json", |out| {
        serde_json::to_writer_pretty(&mut *out, plan)?;
        out.write_all(b"\n")
    })?;
    partial.file("plan.csv", |out| csv::write(plan, out))?;
    if let Some(resolved) = resolved {
        partial.file("scenario.yaml", |out| out.write_all(resolved.as_bytes()))?;
    }
    if options.charts {
        let chart = chart::of_search(plan);
        partial.file(&format!("{}.svg", chart.name), |out| chart.write_svg(out))?;
        if options.png {
            partial.file(&format!("{}.png", chart.name), |out| chart.write_png(out))?;
        }
    }
    partial.commit()
}
