//! `longshore run`: scenarios in, results and a table out.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::problem::printable;
use crate::engine::{Checking, Setup};
use crate::experiment::{self, Options};
use crate::metrics::Meter;
use crate::metrics::event_log::{EventLog, Fault};
use crate::metrics::outcome::Outcome;
use crate::report;
use crate::scenario::Plan;

use super::ending::{Ending, Stop};
use super::progress::Progress;
use super::{interrupt, load, target, write};

const AFTER: &str = "\
Every file is read and checked first; if one of them is wrong, none is run.

Paths of --set are cut at dots. An element of a list is meant by its position or by its name:
services.0.desiredCount=9 or services.web.desiredCount=9. The value is YAML.

Examples:
  longshore run web.yaml
  longshore run web.yaml --seed 7 --out results/seed-7
  longshore run web.yaml --set failures.0.lasts=6h --set 'zones=[a, b]'
  longshore run web.yaml --json --quiet | jq '.services[].serviceAvailability'
  longshore run scenarios/*.yaml

Exit code 1 says that an objective of a scenario was missed; 2 that a scenario or a place for the
results cannot be used; 70, with --check, that longshore itself is at fault.";

/// How often `--check` looks, in events.
pub(super) const CHECK_EVERY: u64 = 100;

/// Runs scenarios, writes their results into output/NAME/ and prints a table
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Run {
    /// Scenario files (YAML or JSON)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where all randomness comes from; the same seed gives the same results. Same as --set seed=N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Changes a value of the scenario, such as services.web.desiredCount=6; may be given several times
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    set: Vec<String>,
    /// The folder of the result, which is replaced as a whole; with several files each gets a folder of its own in it
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Writes events.jsonl too: everything that happens in the run, one JSON object a line
    #[arg(long)]
    events: bool,
    /// Draws each chart as PNG beside the SVG
    #[arg(long)]
    png: bool,
    /// Prints neither progress nor table; warnings, errors and missed objectives are still told
    #[arg(short, long)]
    quiet: bool,
    /// Prints the figures (summary.json) instead of the table; with several files as one JSON list
    #[arg(long)]
    json: bool,
    /// Checks now and then that the simulated world is consistent (slow; for finding defects of longshore)
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: &Run) -> Result<Ending, Stop> {
    let mut edits = args.set.clone();
    edits.extend(args.seed.map(|seed| format!("seed={seed}")));
    let scenarios = load::all(&args.files, &edits)?;
    let plans: Vec<&Plan> = scenarios.iter().map(|loaded| &loaded.plan).collect();
    let folders = target::folders(&plans, &args.files, args.out.as_deref())?;
    interrupt::listen();
    let mut outcomes = Vec::new();
    for (plan, folder) in plans.into_iter().zip(&folders) {
        let outcome = one(args, plan, folder)?;
        if !args.quiet && !args.json {
            write::stdout(&report::table::report(&outcome, Some(folder)))?;
        }
        outcomes.push(outcome);
    }
    if args.json {
        write::stdout(&json(&outcomes)?)?;
    }
    Ok(judge(&outcomes))
}

/// Runs one scenario and writes its result.
fn one(args: &Run, plan: &Plan, folder: &Path) -> Result<Outcome, Stop> {
    let log = args.events.then(Log::begin).transpose()?;
    let (log, meters) = match log {
        Some((log, meter)) => (Some(log), vec![meter]),
        None => (None, Vec::new()),
    };
    let checking = if args.check { Checking::Every(CHECK_EVERY) } else { Checking::Off };
    let mut progress = Progress::new(&plan.name, args.quiet);
    let mut advance = |share| progress.advance(share);
    let options = Options { setup: Setup { checking, ..Setup::default() }, progress: Some(&mut advance) };
    let ran = experiment::run_checked(plan, options, meters);
    progress.finish();
    let outcome = ran.map_err(|broken| Stop::defect(format!("`{}` with seed {}: {broken}", plan.name, plan.seed)))?;
    let mut extra: Vec<(&str, &Path)> = Vec::new();
    if let Some(log) = &log {
        extra.push(("events.jsonl", log.end()?));
    }
    let options = report::Options { png: args.png, charts: true };
    report::write(&outcome, &plan.resolved, &extra, folder, &options).map_err(Stop::bad)?;
    Ok(outcome)
}

/// The log of events while it has no place yet.
struct Log {
    file: tempfile::NamedTempFile,
    fault: Fault,
}

impl Log {
    fn begin() -> Result<(Log, Box<dyn Meter>), Stop> {
        let mut builder = tempfile::Builder::new();
        // It becomes a file of the result, which whoever may read the others may read too.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.prefix("longshore-events-").tempfile().map_err(no_log)?;
        interrupt::delete_on_interrupt(file.path());
        let (meter, fault) = EventLog::new(file.reopen().map_err(no_log)?);
        Ok((Log { file, fault }, Box::new(meter)))
    }

    /// The finished log.
    fn end(&self) -> Result<&Path, Stop> {
        match self.fault.take() {
            Some(error) => Err(no_log(error)),
            None => Ok(self.file.path()),
        }
    }
}

fn no_log(error: std::io::Error) -> Stop {
    let folder = std::env::temp_dir();
    let message = format!("the events cannot be gathered in `{}`: {error}", folder.display());
    Stop::bad_with(message, "set TMPDIR to a folder on a disk with more room, or leave `--events` out")
}

/// One summary as it is, several as a list.
fn json(outcomes: &[Outcome]) -> Result<String, Stop> {
    let text = match outcomes {
        [one] => serde_json::to_string_pretty(one),
        many => serde_json::to_string_pretty(many),
    };
    text.map(|text| text + "\n").map_err(|error| Stop::defect(format!("the figures are no JSON: {error}")))
}

/// Names every objective that was missed.
fn judge(outcomes: &[Outcome]) -> Ending {
    let mut ending = Ending::Done;
    for outcome in outcomes {
        for missed in outcome.objectives.iter().filter(|objective| !objective.met) {
            ending = Ending::ObjectiveMissed;
            let (wanted, found) = (&missed.objective, &missed.found);
            let text = format!("objective missed in `{}`: {wanted}; found {found}", outcome.scenario);
            write::stderr(&format!("{}\n", printable(&text)));
        }
    }
    ending
}
