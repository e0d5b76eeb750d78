//! `longshore schema`: the JSON Schemas that editors and other programs work with.

use clap::{Args, ValueEnum};

use crate::{report, scenario};

use super::ending::{Ending, Stop};
use super::write;

const AFTER: &str = "\
Examples:
  longshore schema > longshore.schema.json    then put this at the top of a scenario:
                                              # yaml-language-server: $schema=longshore.schema.json
  longshore schema summary                    the schema of summary.json
  longshore schema experiment                 the schema of experiment.json
  longshore schema explain                    the schema of what explain --json prints
  longshore schema comparison                 the schema of comparison.json
  longshore schema plan                       the schema of plan.json";

/// Prints the JSON Schema of scenario files, for completion and checks in an editor, or of results
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Schema {
    /// Of which files
    #[arg(default_value = "scenario")]
    of: Of,
}

#[derive(Copy, Clone, ValueEnum)]
enum Of {
    /// Scenario files
    Scenario,
    /// summary.json of a result
    Summary,
    /// experiment.json of a result with replications
    Experiment,
    /// What `explain --json` prints
    Explain,
    /// comparison.json of a comparison
    Comparison,
    /// plan.json of a search for capacity
    Plan,
}

pub(super) fn run(args: &Schema) -> Result<Ending, Stop> {
    let schema = match args.of {
        Of::Scenario => scenario::schema(),
        Of::Summary => report::json::schema(),
        Of::Experiment => report::json::experiment_schema(),
        Of::Explain => report::json::explain_schema(),
        Of::Comparison => report::comparison::schema(),
        Of::Plan => report::search::schema(),
    };
    // The alternate form is indented, and unlike a serializer it cannot fail.
    write::stdout(&format!("{schema:#}\n"))
}
