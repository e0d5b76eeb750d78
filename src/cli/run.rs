//! `longshore run`: scenarios in, results and a table out.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::base::problem::printable;
use crate::engine::Setup;
use crate::experiment::{self, Options};
use crate::metrics::Meter;
use crate::metrics::event_log::{EventLog, Fault};
use crate::metrics::outcome::Outcome;
use crate::metrics::replay::Recorder;
use crate::report;
use crate::scenario::{Loaded, Plan};

use super::common::{self, Common};
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
  longshore run web.yaml --html                 and look at output/NAME/report.html
  longshore run web.yaml --set failures.0.lasts=6h --set 'zones=[a, b]'
  longshore run web.yaml --json --quiet | jq '.services[].serviceAvailability'
  longshore run scenarios/*.yaml
  longshore run web.yaml --replications 1000
  longshore run web.yaml --until-precision 5%
  longshore run web.yaml --replication 417 --events    the 417th of them alone, in full

With --replications or --until-precision every figure has its mean over the replications with a 95 %
interval (experiment.json); each replication is written down as it finishes, in NAME.journal beside
the folder of the result, and --resume goes on after a crash or Ctrl-C.

Exit code 1 says that an objective of a scenario was missed or, with replications, that it is missed
or undecided: its 95 % interval lies not wholly on the right side; 2 that a scenario or a place for
the results cannot be used; 70, with --check, that longshore itself is at fault.";

/// Runs scenarios, writes their results into output/NAME/ and prints a table
#[derive(Args)]
#[command(after_help = AFTER)]
#[command(mut_arg("seed", |arg| {
    arg.help("Where all randomness comes from; the same seed gives the same results. Same as --set seed=N")
}))]
#[command(mut_arg("set", |arg| {
    arg.help("Changes a value of the scenario, such as services.web.desiredCount=6; may be given several times")
}))]
#[command(mut_arg("out", |arg| {
    arg.help("The folder of the result, which is replaced as a whole; with several files each gets a folder of its own in it")
}))]
#[command(mut_arg("quiet", |arg| {
    arg.help("Prints neither progress nor table; warnings, errors and missed objectives are still told")
}))]
#[command(mut_arg("json", |arg| {
    arg.help("Prints the figures (summary.json) instead of the table; with several files as one JSON list")
}))]
pub(super) struct Run {
    /// Scenario files (YAML or JSON)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Writes events.jsonl too: everything that happens in the run, one JSON object a line
    #[arg(long, conflicts_with_all = ["replications", "until_precision"])]
    events: bool,
    /// Writes report.html too: the verdict, the charts, the tables and a replay in one file for the browser, without a network
    #[arg(long)]
    pub(super) html: bool,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) many: Many,
}

/// What is asked for of replications.
#[derive(Args)]
#[command(next_help_heading = "Replications")]
pub(super) struct Many {
    /// Runs so many replications, on all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) replications: Option<u64>,
    /// Runs replications until the 95 % interval's half-width is at most this share of the mean; with --replications at
    /// least so many
    #[arg(long, value_name = "SHARE", value_parser = common::precision)]
    pub(super) until_precision: Option<f64>,
    /// The figure that the precision is wanted of, by its path in summary.json; may be given several times. Without it,
    /// the lost task-time of each service and the mean response of each batch. Of an availability, what is missing to 1 counts
    #[arg(long, value_name = "FIGURE", requires = "until_precision")]
    pub(super) precision_of: Vec<String>,
    /// Gives the precision up after so many replications
    #[arg(long, value_name = "N", requires = "until_precision", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(2..))]
    pub(super) max_replications: u64,
    /// Goes on with the replications that an interrupted run of the same scenario has left
    #[arg(long)]
    pub(super) resume: bool,
    /// Runs the replication of this number alone; 0 is the run that there is without the option
    #[arg(long, value_name = "K", conflicts_with_all = ["replications", "until_precision", "resume"])]
    pub(super) replication: Option<u64>,
}

impl Many {
    fn is_experiment(&self) -> bool {
        self.replications.is_some() || self.until_precision.is_some()
    }
}

pub(super) fn run(args: &Run) -> Result<Ending, Stop> {
    let scenarios = load::all(&args.files, &args.common.edits())?;
    if !args.common.quiet {
        write::stderr(&left_out(&args.files, &scenarios));
    }
    let plans: Vec<&Plan> = scenarios.iter().map(|loaded| &loaded.plan).collect();
    let folders = target::folders(&plans, &args.files, args.common.out.as_deref())?;
    interrupt::listen();
    if args.many.is_experiment() {
        return super::experiments::run(args, &plans, &folders);
    }
    if args.many.resume {
        let help =
            "`--resume` goes on with replications: add the `--replications` or `--until-precision` of the run before";
        return Err(Stop::bad_with("there is nothing to resume in a single run", help));
    }
    let mut outcomes = Vec::new();
    for (plan, folder) in plans.into_iter().zip(&folders) {
        let outcome = one(args, plan, folder)?;
        if !args.common.quiet && !args.common.json {
            write::stdout(&report::table::report(&outcome, Some(folder)))?;
        }
        outcomes.push(outcome);
    }
    if args.common.json {
        write::stdout(&json(&outcomes)?)?;
    }
    Ok(judge(&outcomes))
}

/// What a file has that a run makes no use of, a line a file. Each file has become one scenario.
fn left_out(files: &[PathBuf], scenarios: &[Loaded]) -> String {
    let note = |(file, loaded): (&PathBuf, &Loaded)| {
        let what = match loaded.variants {
            0 => return None,
            1 => "its variant is".to_owned(),
            many => format!("its {many} variants are"),
        };
        let file = printable(&file.display().to_string());
        Some(format!("note: {file} is run as it stands; {what} left out: `longshore compare` runs them\n"))
    };
    files.iter().zip(scenarios).filter_map(note).collect()
}

/// Runs one scenario and writes its result.
fn one(args: &Run, plan: &Plan, folder: &Path) -> Result<Outcome, Stop> {
    let log = args.events.then(Log::begin).transpose()?;
    let (log, mut meters) = match log {
        Some((log, meter)) => (Some(log), vec![meter]),
        None => (None, Vec::new()),
    };
    if args.html {
        meters.push(Box::new(Recorder::new()));
    }
    let mut progress = Progress::new(&plan.name, args.common.quiet);
    let mut advance = |share| progress.advance(share);
    let replication = args.many.replication.unwrap_or(0);
    let setup = Setup { replication, checking: args.common.checking(), ..Setup::default() };
    let options = Options { setup, progress: Some(&mut advance) };
    let ran = experiment::run_checked(plan, options, meters);
    progress.finish();
    let outcome = ran.map_err(|broken| Stop::defect(format!("`{}` with seed {}: {broken}", plan.name, plan.seed)))?;
    let mut extra: Vec<(&str, &Path)> = Vec::new();
    if let Some(log) = &log {
        extra.push(("events.jsonl", log.end()?));
    }
    report::write(&outcome, &plan.resolved, &extra, folder, &args.common.files(args.html)).map_err(Stop::bad)?;
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
pub(super) fn json<T: Serialize>(outcomes: &[T]) -> Result<String, Stop> {
    match outcomes {
        [one] => common::json(one, "the figures are"),
        many => common::json(&many, "the figures are"),
    }
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
