//! `longshore catalog`: the EC2 instance types that a scenario can name.

use clap::Args;

use crate::world::catalog::{self, InstanceType};

use super::ending::{Ending, Stop};
use super::write;

const AFTER: &str = "\
A pattern with * or ? must fit the whole name; any other fits names that hold it.

Memory is what EC2 names, registered what an ECS agent registers of it, both in MiB. awsvpc counts
the tasks of that network mode, trunking those with ENI trunking.

Examples:
  longshore catalog                all types
  longshore catalog m5.large       one type and those with a longer name
  longshore catalog 'c7g.*'        a family
  longshore catalog '*.metal'      a size";

/// Lists EC2 instance types with what a container instance of them registers, and their on-demand price in us-east-1
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Catalog {
    /// Only types whose name fits
    pattern: Option<String>,
}

/// Headings; all but the first and the architecture are numbers.
const HEADINGS: [&str; 10] =
    ["type", "vCPU", "memory MiB", "registered", "GPUs", "arch", "ENIs", "awsvpc", "trunking", "USD/h"];

const TEXT_COLUMNS: [usize; 2] = [0, 5];

pub(super) fn run(args: &Catalog) -> Result<Ending, Stop> {
    let pattern = args.pattern.as_deref().unwrap_or_default();
    let mut types = catalog::matching(pattern).peekable();
    if types.peek().is_none() {
        let message = format!("no instance type fits `{pattern}`");
        return Err(match catalog::nearest(pattern) {
            Some(near) => Stop::bad_with(message, &format!("did you mean `{near}`?")),
            None => Stop::bad_with(message, "`longshore catalog` without a pattern lists all"),
        });
    }
    write::stdout(&table(types))
}

/// The same text for a terminal and for a pipe, so that what one sees is what `awk` gets: no frame, no colour, and no
/// line that depends on the width of the window.
fn table(types: impl Iterator<Item = InstanceType>) -> String {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(types.map(|entry| row(&entry)));
    let widths: [usize; HEADINGS.len()] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0));
    rows.iter().map(|row| line(row, &widths)).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cell = |(column, (text, width)): (usize, (&String, &usize))| {
        if TEXT_COLUMNS.contains(&column) { format!("{text:width$}") } else { format!("{text:>width$}") }
    };
    let cells: Vec<String> = row.iter().zip(widths).enumerate().map(cell).collect();
    format!("{}\n", cells.join("  ").trim_end())
}

fn row(entry: &InstanceType) -> [String; HEADINGS.len()] {
    let trunking = match entry.branch_enis {
        0 => "-".to_owned(),
        _ => catalog::awsvpc_tasks(entry, true).to_string(),
    };
    [
        entry.name.to_owned(),
        entry.vcpu.to_string(),
        entry.memory_mib.to_string(),
        catalog::registered_memory_mib(entry.memory_mib).to_string(),
        entry.gpus.to_string(),
        entry.arch.to_string(),
        entry.max_enis.to_string(),
        catalog::awsvpc_tasks(entry, false).to_string(),
        trunking,
        entry.usd_per_hour.to_string(),
    ]
}
