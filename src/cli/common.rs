//! Options that `run`, `compare` and `plan` take alike, and what follows from them.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::base::units;
use crate::engine::Checking;
use crate::experiment::Journal;
use crate::experiment::journal::Start;
use crate::report;
use crate::scenario::Plan;

use super::ending::Stop;
use super::{experiments, interrupt, target};

/// How often `--check` looks, in events.
const CHECK_EVERY: u64 = 100;

/// A command words the help of an option for itself with `mut_arg`.
#[derive(Args)]
pub(super) struct Common {
    /// Where all randomness comes from. Same as --set seed=N
    #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Changes a value, such as duration=1y; may be given several times
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    set: Vec<String>,
    /// The folder of the result, which is replaced as a whole
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Draws each chart as PNG beside the SVG
    #[arg(long)]
    png: bool,
    /// Prints neither progress nor table
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Prints the figures as JSON instead of the table
    #[arg(long)]
    pub(super) json: bool,
    /// Checks now and then that the simulated world is consistent (slow; for finding defects of longshore)
    #[arg(long)]
    check: bool,
}

/// A seed as it is typed.
fn seed(text: &str) -> Result<u64, String> {
    let seed = text.parse().ok().filter(|seed| *seed <= i64::MAX as u64);
    seed.ok_or_else(|| format!("a seed is a whole number from 0 to {}", i64::MAX))
}

impl Common {
    /// What is changed in the scenario.
    pub(super) fn edits(&self) -> Vec<String> {
        let mut edits = self.set.clone();
        edits.extend(self.seed.map(|seed| format!("seed={seed}")));
        edits
    }

    pub(super) fn checking(&self) -> Checking {
        if self.check { Checking::Every(CHECK_EVERY) } else { Checking::Off }
    }

    /// What the result contains beside its figures.
    pub(super) fn files(&self, html: bool) -> report::Options {
        report::Options { png: self.png, charts: true, html }
    }

    /// The folder of a result that is called so where nothing else is said, made sure of.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, Stop> {
        let folder = self.out.clone().unwrap_or_else(|| Path::new(target::DEFAULT).join(name));
        target::check(&folder)?;
        Ok(folder)
    }
}

/// Opens the journal beside the folder of a result, and says on Ctrl-C that it is there.
pub(super) fn journal(folder: &Path, plans: &[&Plan], resume: bool) -> Result<Journal, Stop> {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".journal");
    let path = folder.with_file_name(name);
    let start = if resume { Start::Resume } else { Start::Anew };
    let journal = Journal::open(&path, plans, start).map_err(experiments::stop)?;
    interrupt::say_on_interrupt(format!(
        "the replications that were finished are in {}: the same command with --resume goes on with them",
        path.display()
    ));
    Ok(journal)
}

/// The value of `--until-precision`.
pub(super) fn precision(text: &str) -> Result<f64, String> {
    let share = units::parse_share(text).map_err(|error| error.to_string())?;
    if share > 0.0 && share < 1.0 { Ok(share) } else { Err("give a share between 0 and 100 %, such as 5%".into()) }
}

/// A result as JSON with a line's end. `what` it is, for a message.
pub(super) fn json<T: Serialize>(result: &T, what: &str) -> Result<String, Stop> {
    let text = serde_json::to_string_pretty(result);
    text.map(|text| text + "\n").map_err(|error| Stop::defect(format!("{what} no JSON: {error}")))
}
