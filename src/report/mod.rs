//! What a run leaves behind: a folder with the figures, the course and the charts, and a table on the terminal.
//!
//! Each file of a result is one entry of a list here; what it holds is decided in the module that writes it.

pub mod chart;
pub mod comparison;
mod csv_files;
mod error;
pub mod explain;
mod folder;
mod html;
pub mod json;
mod replications;
#[cfg(test)]
mod sample;
pub mod search;
pub mod table;
#[cfg(test)]
mod tests;
mod words;

use std::io;
use std::path::{Path, PathBuf};

use crate::experiment::Experiment;
use crate::metrics::outcome::Outcome;

pub use error::ReportError;
use folder::Partial;
pub use folder::{check, remove_partial};
pub use replications::Replications;
pub use words::count as thousands;

/// What a result shall contain beside its figures.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Each chart as PNG too.
    pub png: bool,
    /// Charts at all.
    pub charts: bool,
    /// `report.html` too; its replay is there if the outcome holds one.
    pub html: bool,
}

impl Default for Options {
    /// Charts as SVG.
    fn default() -> Options {
        Options { png: false, charts: true, html: false }
    }
}

/// Writes the result of a run into the folder `to` and gives its files.
///
/// `resolved` is the scenario with every default filled in, as YAML; it becomes `scenario.yaml`. `extra` are ready files,
/// each with the name that it shall have: they are moved. A result that is there already is replaced when the new one is
/// complete; on any error it stays as it was.
pub fn write(
    outcome: &Outcome,
    resolved: &str,
    extra: &[(&str, &Path)],
    to: &Path,
    options: &Options,
) -> Result<Vec<PathBuf>, ReportError> {
    let mut partial = Partial::beside(to)?;
    fill(&mut partial, outcome, resolved, options)?;
    if options.html {
        partial.file("report.html", |out| html::write(outcome, None, resolved, out))?;
    }
    for (name, from) in extra {
        partial.adopt(name, from)?;
    }
    partial.commit()
}

/// Writes the result of an experiment into the folder `to`: `experiment.json`, `replications.csv` (which `rows` writes row by
/// row through what it is given), the chart `replications`, and what [`write()`] writes of replication 0, whose outcome is
/// `first`. `report.html` is about the experiment and shows the worst replication in full, whose outcome is `worst`; without
/// it, replication 0.
pub fn write_experiment(
    experiment: &Experiment,
    rows: impl FnOnce(&mut Replications<'_>) -> io::Result<()>,
    first: &Outcome,
    worst: Option<&Outcome>,
    resolved: &str,
    to: &Path,
    options: &Options,
) -> Result<Vec<PathBuf>, ReportError> {
    let mut partial = Partial::beside(to)?;
    fill(&mut partial, first, resolved, options)?;
    partial.file("experiment.json", |out| json::write_experiment(experiment, out))?;
    partial.file("replications.csv", |out| {
        let mut sheet = Replications::new(experiment, out)?;
        rows(&mut sheet)?;
        sheet.end()
    })?;
    if options.charts {
        draw(&mut partial, &chart::of_experiment(experiment), options)?;
    }
    if options.html {
        let replication = if worst.is_some() { experiment.worst.replication } else { 0 };
        let campaign = html::Campaign { experiment, replication };
        partial.file("report.html", |out| html::write(worst.unwrap_or(first), Some(campaign), resolved, out))?;
    }
    partial.commit()
}

/// The files of a single run, its page aside.
fn fill(partial: &mut Partial, outcome: &Outcome, resolved: &str, options: &Options) -> Result<(), ReportError> {
    partial.file("summary.json", |out| json::write(outcome, out))?;
    partial.file("scenario.yaml", |out| out.write_all(resolved.as_bytes()))?;
    for sheet in csv_files::sheets(outcome) {
        partial.file(sheet.name, |out| sheet.write(outcome, out))?;
    }
    if options.charts {
        for chart in chart::all(outcome) {
            draw(partial, &chart, options)?;
        }
    }
    Ok(())
}

/// A chart's files.
fn draw(partial: &mut Partial, chart: &chart::Chart, options: &Options) -> Result<(), ReportError> {
    partial.file(&format!("{}.svg", chart.name), |out| chart.write_svg(out))?;
    if options.png {
        partial.file(&format!("{}.png", chart.name), |out| chart.write_png(out))?;
    }
    Ok(())
}
