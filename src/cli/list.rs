//! `longshore list`: what a scenario can choose from, straight from the registries.

use clap::{Args, ValueEnum};

use crate::placement::strategy;
use crate::report::explain::lines::wrapped;
use crate::{failure, metrics};

use super::ending::{Ending, Stop};
use super::write;

const AFTER: &str = "\
Examples:
  longshore list strategies
  longshore list failures";

/// Lists placement strategies, failure models or metrics
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct List {
    /// What to list
    what: What,
}

#[derive(Copy, Clone, ValueEnum)]
enum What {
    /// Placement strategies: `type` of an entry of `placementStrategy`
    Strategies,
    /// Failure models: `type` of an entry of `failures`
    Failures,
    /// What is measured in each run
    Metrics,
}

pub(super) fn run(args: &List) -> Result<Ending, Stop> {
    let rows: Vec<(String, String)> = match args.what {
        What::Strategies => strategy::REGISTRY.iter().map(|entry| (entry.name.into(), strategy_line(entry))).collect(),
        What::Failures => failure::REGISTRY.iter().map(|(name, summary)| row(name, summary)).collect(),
        What::Metrics => metrics::REGISTRY.iter().map(|entry| row(entry.name, entry.summary)).collect(),
    };
    write::stdout(&table(&rows))
}

fn row(name: &str, summary: &str) -> (String, String) {
    (name.to_owned(), summary.trim_end_matches('.').to_owned())
}

fn strategy_line(entry: &strategy::Entry) -> String {
    match entry.fields {
        "" => format!("{}; takes no field", entry.summary),
        fields => format!("{}; field: {fields}", entry.summary),
    }
}

fn table(rows: &[(String, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().map(|(name, summary)| wrapped(&format!("{name:width$}  "), summary)).collect()
}
