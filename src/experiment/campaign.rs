//! An experiment on one plan: replications until their number or a precision is reached, safe against being killed.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::base::nearest::nearest;
use crate::engine::{Checking, Setup};
use crate::scenario::Plan;

use super::figures::{self, Catalog, objective};
use super::journal::{Journal, JournalError};
use super::objectives;
use super::outcome::{self, Experiment, LEVEL, VerdictOutcome, WorstOutcome};
use super::precision::{Precision, Rule};
use super::replicate::{Conduct, Run, replicate};
use super::single;
use super::survive;
use super::tally::Tally;
use super::warmup;
use super::worst::Worst;

/// What an experiment shall do.
#[derive(Clone, Debug)]
pub struct Design {
    /// Replications; with a precision, the least number of them.
    pub replications: u64,
    /// The precision to go on until.
    pub precision: Option<Precision>,
    /// The most replications, for a precision that is out of reach.
    pub most: u64,
    /// How often invariants are checked.
    pub checking: Checking,
}

/// Why an experiment has no result.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The journal failed; what it holds is safe.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A precision was asked for of a figure that there is not.
    #[error("the scenario has no figure `{name}`")]
    NoFigure {
        /// The name.
        name: String,
        /// A name that may have been meant.
        nearest: Option<String>,
    },
    /// A defect of Longshore.
    #[error("{0}")]
    Broken(String),
}

/// How far it is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Replications done.
    pub done: u64,
    /// Replications that it will take, as far as is known.
    pub of: u64,
}

/// Everything that is summed up as replications come in, in the order of their numbers.
struct Sums<'a> {
    catalog: &'a Catalog,
    tally: Tally,
    worst: Worst,
    courses: Vec<Vec<f64>>,
    rule: Option<Rule>,
    end: u64,
    expected: u64,
    enough: bool,
}

impl Sums<'_> {
    fn add(&mut self, number: u64, run: Run) {
        if self.enough {
            return;
        }
        self.tally.add(number, &run.row, self.catalog);
        self.worst.add(number, &run.row, self.catalog);
        if !run.course.is_empty() {
            self.courses.push(run.course);
        }
        let precise = self.rule.as_mut().is_some_and(|rule| rule.is_enough(&self.tally, self.catalog));
        let expected = self.rule.as_ref().and_then(|rule| rule.expected);
        self.expected = expected.map_or(self.end, |expected| expected.min(self.end));
        self.enough = precise || self.tally.replications >= self.end;
    }
}

/// Runs the replications of a plan. With a `journal`, each is written down as it finishes, and what it holds already is not
/// run again; the result is the same byte for byte. `progress` is told each replication, in order.
///
/// # Errors
/// See [`CampaignError`].
pub fn experiment(
    plan: &Plan,
    design: &Design,
    journal: Option<&Journal>,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Experiment, CampaignError> {
    let catalog = Catalog::default();
    let setup = Setup { checking: design.checking, ..Setup::default() };
    let first = single::measure(plan, single::Options { setup, progress: None }, Vec::new());
    let first = first.map_err(CampaignError::Broken)?;
    let names = figures::names(&first);
    check_names(design, &names)?;
    let end = if design.precision.is_some() { design.most.max(1) } else { design.replications.max(1) };
    let rule = design.precision.clone().map(|wanted| Rule::new(wanted, design.replications));
    let mut sums = Sums {
        catalog: &catalog,
        tally: Tally::default(),
        worst: Worst::default(),
        courses: Vec::new(),
        rule,
        end,
        expected: end,
        enough: false,
    };
    let mut ready = BTreeMap::new();
    if let Some(journal) = journal {
        ready = journal.replay(&catalog, |number, runs| {
            runs.into_iter().take(1).for_each(|run| sums.add(number, run));
        })?;
    }
    progress(Progress { done: sums.tally.replications, of: sums.expected });
    if !sums.enough {
        let finished = |number: u64, runs: &[Run]| {
            if let Some(journal) = journal {
                journal.write(number, runs, &catalog);
            }
        };
        let conduct = Conduct { checking: design.checking, finished: Some(&finished) };
        let mut fault = None;
        let start = sums.tally.replications;
        ready.retain(|number, _| (start..end).contains(number));
        replicate(&[plan], start..end, ready, &catalog, conduct, |number, runs| {
            runs.into_iter().take(1).for_each(|run| sums.add(number, run));
            progress(Progress { done: sums.tally.replications, of: sums.expected });
            fault = journal.and_then(Journal::fault);
            if sums.enough || fault.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .map_err(CampaignError::Broken)?;
        // A replication ahead of the last one may have failed to be written: nothing of it is needed.
        if let Some(fault) = fault {
            return Err(fault.into());
        }
    }
    let survived = survive::promise::verdicts(plan).map_err(CampaignError::Broken)?;
    Ok(finish(plan, &sums, &names, survived))
}

fn check_names(design: &Design, names: &[Arc<str>]) -> Result<(), CampaignError> {
    let asked = design.precision.iter().flat_map(|precision| &precision.of);
    for name in asked {
        if !names.iter().any(|known| **known == **name) {
            let nearest = nearest(name, names.iter().map(|known| &**known)).map(str::to_owned);
            return Err(CampaignError::NoFigure { name: name.clone(), nearest });
        }
    }
    Ok(())
}

fn finish(plan: &Plan, sums: &Sums<'_>, names: &[Arc<str>], survived: Vec<VerdictOutcome>) -> Experiment {
    let (tally, catalog) = (&sums.tally, sums.catalog);
    let worst = sums.worst.found.map(|found| WorstOutcome {
        replication: found.replication,
        seed: plan.seed,
        service_availability: found.availability,
        lost_task_seconds: found.lost,
    });
    Experiment {
        scenario: plan.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: plan.seed,
        duration_seconds: plan.duration.seconds(),
        warmup_seconds: plan.warmup.seconds(),
        replications: tally.replications,
        confidence: LEVEL,
        precision: sums.rule.as_ref().map(|rule| rule.outcome(tally, catalog)),
        worst: worst.unwrap_or_default(),
        warmup: warmup::judge(plan, &sums.courses),
        objectives: (0..plan.objectives.len())
            .map(|position| {
                let met = catalog.find(&objective(position)).and_then(|place| tally.column(place));
                objectives::verdict(plan, position, met, LEVEL, &|name| {
                    let place = catalog.find(name)?;
                    Some((catalog.kind(place), tally.column(place)?))
                })
            })
            .chain(survived)
            .collect(),
        figures: outcome::figures(tally, catalog, names),
        warnings: plan.warnings.clone(),
    }
}

/// Reads the replications of a finished experiment from its journal once more, in the order of their numbers, for a file
/// with a row each. Only those that the result is made of.
///
/// # Errors
/// The disk fails.
pub fn rows(
    journal: &Journal,
    replications: u64,
    mut each: impl FnMut(u64, &Run, &Catalog),
) -> Result<(), JournalError> {
    let catalog = Catalog::default();
    let mut each = |number: u64, runs: Vec<Run>| {
        if let Some(run) = runs.first()
            && number < replications
        {
            each(number, run, &catalog);
        }
    };
    journal.replay(&catalog, &mut each).map(drop)
}
