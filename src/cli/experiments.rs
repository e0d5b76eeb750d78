//! `longshore run` with replications: the journal, the experiment, its files.

use std::io;
use std::path::{Path, PathBuf};

use crate::base::problem::printable;
use crate::engine::Setup;
use crate::experiment::outcome::Verdict;
use crate::experiment::{self, CampaignError, Design, Experiment, JournalError, Options, Precision, campaign};
use crate::metrics::Meter;
use crate::metrics::replay::Recorder;
use crate::report;
use crate::scenario::Plan;

use super::ending::{Ending, Stop};
use super::progress::Progress;
use super::run::{Run, json};
use super::{common, write};

pub(super) fn run(args: &Run, plans: &[&Plan], folders: &[PathBuf]) -> Result<Ending, Stop> {
    let mut experiments = Vec::new();
    for (plan, folder) in plans.iter().zip(folders) {
        let experiment = one(args, plan, folder)?;
        if !args.common.quiet && !args.common.json {
            write::stdout(&report::table::experiment::report(&experiment, Some(folder)))?;
        } else {
            for warning in report::table::experiment::warnings(&experiment) {
                write::stderr(&format!("warning: {}\n", printable(&warning)));
            }
        }
        experiments.push(experiment);
    }
    if args.common.json {
        write::stdout(&json(&experiments)?)?;
    }
    Ok(judge(&experiments))
}

fn one(args: &Run, plan: &Plan, folder: &Path) -> Result<Experiment, Stop> {
    let journal = common::journal(folder, &[plan], args.many.resume)?;
    let design = Design {
        replications: args.many.replications.unwrap_or(1),
        precision: args.many.until_precision.map(|relative| Precision { relative, of: args.many.precision_of.clone() }),
        most: args.many.max_replications.max(args.many.replications.unwrap_or(0)),
        checking: args.common.checking(),
    };
    let mut progress = Progress::new(&plan.name, args.common.quiet);
    let advance = |at: campaign::Progress| progress.advance(at.done as f64 / at.of.max(1) as f64);
    let ran = experiment::experiment(plan, &design, Some(&journal), advance);
    progress.finish();
    let experiment = ran.map_err(|error| fault(error, plan))?;
    // The files are those of replication 0; the page shows the worst one.
    let replication = |number: u64, is_shown: bool| {
        let meters: Vec<Box<dyn Meter>> = if is_shown { vec![Box::new(Recorder::new())] } else { Vec::new() };
        let options = Options { setup: Setup { replication: number, ..Setup::default() }, progress: None };
        experiment::run_checked(plan, options, meters)
            .map_err(|broken| Stop::defect(format!("`{}` with seed {}: {broken}", plan.name, plan.seed)))
    };
    let number = experiment.worst.replication;
    let first = replication(0, args.html && number == 0)?;
    let worst = if args.html && number > 0 { Some(replication(number, true)?) } else { None };
    let options = args.common.files(args.html);
    let rows = |sheet: &mut report::Replications<'_>| {
        let mut written = Ok(());
        campaign::rows(&journal, experiment.replications, |number, run, catalog| {
            if written.is_ok() {
                written = sheet.row(number, &run.row, catalog);
            }
        })
        .map_err(io::Error::other)?;
        written
    };
    report::write_experiment(&experiment, rows, &first, worst.as_ref(), &plan.resolved, folder, &options)
        .map_err(Stop::bad)?;
    journal.delete().map_err(stop)?;
    Ok(experiment)
}

fn fault(error: CampaignError, plan: &Plan) -> Stop {
    match error {
        CampaignError::Journal(error) => stop(error),
        CampaignError::NoFigure { ref nearest, .. } => match nearest {
            Some(nearest) => Stop::bad_with(&error, &format!("did you mean `{nearest}`?")),
            None => Stop::bad_with(error, "give a path of summary.json, such as services.web.serviceAvailability"),
        },
        CampaignError::Broken(broken) => Stop::defect(format!("`{}` with seed {}: {broken}", plan.name, plan.seed)),
    }
}

pub(super) fn stop(error: JournalError) -> Stop {
    let help = match &error {
        JournalError::Other { path, .. } => {
            format!(
                "run the one that it was begun with, choose another folder with `--out`, or delete {}",
                path.display()
            )
        }
        JournalError::Unfinished { path, .. } => {
            format!("add `--resume` to go on with them, or delete {} to begin anew", path.display())
        }
        JournalError::Busy { .. } => "wait for its end, or choose another folder with `--out`".into(),
        JournalError::Foreign { .. } => "choose another folder with `--out`".into(),
        JournalError::Io { .. } => "what was finished is kept: free some room, then run again with `--resume`".into(),
    };
    Stop::bad_with(error, &help)
}

/// Names every objective that is not shown to be met.
fn judge(experiments: &[Experiment]) -> Ending {
    let mut ending = Ending::Done;
    for experiment in experiments {
        for verdict in experiment.objectives.iter().filter(|verdict| verdict.verdict != Verdict::Met) {
            ending = Ending::ObjectiveMissed;
            let what = match (verdict.verdict, verdict.decided_by) {
                (Verdict::Undecided, Some(count)) => {
                    format!("objective undecided (about {} replications like these would tell)", about(count))
                }
                (Verdict::Undecided, None) => "objective undecided (more replications would tell)".to_owned(),
                _ => "objective missed".to_owned(),
            };
            let text = format!("{what} in `{}`: {}; found {}", experiment.scenario, verdict.objective, verdict.found);
            write::stderr(&format!("{}\n", printable(&text)));
        }
    }
    ending
}

/// A number rounded up to two digits.
fn about(count: u64) -> String {
    let unit = 10_u64.pow(count.max(1).ilog10().saturating_sub(1));
    report::thousands(count.div_ceil(unit) * unit)
}
