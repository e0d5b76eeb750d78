//! Several plans under the very same failures: what they differ by, how sure that is, and what it comes from.
//!
//! **Common random numbers.** Replication `k` of each plan draws from the same addresses (see [`crate::base::random`]): an
//! outage of a zone begins and ends at the same moments, the position of an instance in its group has the same lives, the
//! `n`-th life of a slot of a service is as long, tasks arrive at the same moments, and the `n`-th task of a slot and the `n`-th
//! instance of a position take as long over the same steps. So the difference of two plans in one
//! replication comes from the plans and not from luck, and its mean is known from far fewer replications (`gain`). What can
//! differ: a life that ends early (its instance died, the task was moved) makes way for the next one at another moment; a
//! plan with more slots, instances, zones or failures draws more of them, and those with the same number agree; what
//! strikes a share or a count of "the tasks that are there" strikes other tasks where others are there.
//!
//! **Differences** are taken replication by replication; [`crate::stats::paired`] says how their intervals are found.
//! Replications in which one of the two has no such figure (`null`: no outage, so no length of outages) are left out of that
//! difference, and its `count` says so.
//!
//! **Many comparisons.** All pairs of plans in all figures are one family. Intervals hold all at once with 95 % (Bonferroni);
//! p-values are adjusted after Holm. Two plans are told apart in a figure where the simultaneous interval of their
//! difference leaves zero out; Holm's p can be the sharper of the two, and is given beside it.
//!
//! **Reasons.** Lost task-time is booked by cause and phase, exactly; so is the difference of two plans, which [`reasons`]
//! takes apart.

mod choice;
pub mod outcome;
mod pareto;
mod ranking;
mod reasons;
mod rule;
mod sums;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::base::nearest::nearest;
use crate::engine::{Checking, Setup};
use crate::metrics::outcome::Outcome;
use crate::scenario::Plan;

use super::figures::{self, Catalog};
use super::journal::{Journal, JournalError};
use super::replicate::{Conduct, Run, replicate};
use super::single::{Options, measure};
use super::survive;

use outcome::Comparison;
use rule::Rule;
use sums::Sums;

/// One of the plans.
#[derive(Copy, Clone, Debug)]
pub struct Contender<'a> {
    /// Its name.
    pub name: &'a str,
    /// What sets it apart from the scenario, as `--set` would be given it.
    pub changes: &'a [String],
    /// What to run.
    pub plan: &'a Plan,
}

/// How a comparison is carried out.
#[derive(Clone, Debug)]
pub struct Design {
    /// Replications of each plan; with a precision, the least number of them.
    pub replications: u64,
    /// The half-width of a difference to the baseline, relative to the larger of the two means, to go on until: of the lost
    /// task-time of each service and the mean response of each batch.
    pub precision: Option<f64>,
    /// The most replications, for a precision that is out of reach.
    pub most: u64,
    /// The position of the plan that the others are compared with first.
    pub baseline: usize,
    /// Figures beside those that are always compared, by their path in `summary.json`.
    pub figures: Vec<String>,
    /// How often invariants are checked.
    pub checking: Checking,
}

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Figures were asked for that not all plans have.
    #[error("there is no figure `{}` that all variants have", names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("`, `"))]
    NoFigure {
        /// Each name, and a name that may have been meant.
        names: Vec<(String, Option<String>)>,
    },
    /// The journal failed; what it holds is safe.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A defect of Longshore.
    #[error("{0}")]
    Broken(String),
}

/// Compares plans of the same seed, length and warm-up. `scenario` is the name of the whole; `progress` is told
/// the share that is done. With a `journal` each replication is written down as it finishes, and what it holds already is
/// not run again; the result is the same byte for byte.
///
/// # Errors
/// See [`CompareError`].
pub fn compare(
    scenario: &str,
    contenders: &[Contender<'_>],
    design: &Design,
    journal: Option<&Journal>,
    mut progress: impl FnMut(f64) + Send,
) -> Result<Comparison, CompareError> {
    let firsts = contenders.iter().map(|one| first(one, design.checking)).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<Vec<Arc<str>>> = firsts.iter().map(figures::names).collect();
    let common = choice::common(&names);
    check(&design.figures, &common)?;
    let chosen = choice::chosen(&common, &design.figures);
    let plans: Vec<&Plan> = contenders.iter().map(|one| one.plan).collect();
    let catalog = Catalog::default();
    let pairs = sums::pairs(contenders.len(), design.baseline);
    let mut sums = Sums::new(&chosen, &pairs, contenders.len(), choice::services(&common));
    let mut rule = design.precision.map(|wanted| Rule::new(wanted, design.replications));
    let end = if rule.is_some() { design.most } else { design.replications }.max(1);
    let mut enough = false;
    let mut add = |number: u64, runs: &[Run]| {
        if enough {
            return enough;
        }
        sums.add(number, runs, &catalog);
        let expected = rule.as_ref().and_then(|rule| rule.expected).unwrap_or(end).min(end);
        progress(((number + 1) as f64 / expected as f64).min(1.0));
        let precise = rule.as_mut().is_some_and(|rule| rule.is_enough(&sums, &catalog));
        enough = precise || sums.replications >= end;
        enough
    };
    let mut ready = BTreeMap::new();
    let (mut start, mut over) = (0, false);
    if let Some(journal) = journal {
        ready = journal.replay(&catalog, |number, runs| {
            over = add(number, &runs);
            start = number + 1;
        })?;
    }
    if !over {
        let finished = |number: u64, runs: &[Run]| {
            if let Some(journal) = journal {
                journal.write(number, runs, &catalog);
            }
        };
        let conduct = Conduct { checking: design.checking, finished: Some(&finished) };
        let mut fault = None;
        ready.retain(|number, _| (start..end).contains(number));
        replicate(&plans, start..end, ready, &catalog, conduct, |number, runs| {
            let over = add(number, &runs);
            fault = journal.and_then(Journal::fault);
            if over || fault.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .map_err(CompareError::Broken)?;
        if let Some(fault) = fault {
            return Err(fault.into());
        }
    }
    let mut comparison = outcome::of(scenario, contenders, design, &sums, &catalog, &firsts, rule.as_ref());
    for (variant, one) in comparison.variants.iter_mut().zip(contenders) {
        let survived = survive::promise::verdicts(one.plan);
        let broken = |fault| CompareError::Broken(format!("variant `{}`: {fault}", one.name));
        variant.objectives.extend(survived.map_err(broken)?);
    }
    Ok(comparison)
}

/// The first replication of a plan, for the names of its figures.
fn first(one: &Contender<'_>, checking: Checking) -> Result<Outcome, CompareError> {
    let setup = Setup { checking, ..Setup::default() };
    measure(one.plan, Options { setup, progress: None }, Vec::new())
        .map_err(|fault| CompareError::Broken(format!("variant `{}`: {fault}", one.name)))
}

fn check(asked: &[String], common: &[Arc<str>]) -> Result<(), CompareError> {
    let unknown = asked.iter().filter(|name| !common.iter().any(|known| **known == ***name));
    let names: Vec<_> = unknown
        .map(|name| (name.clone(), nearest(name, common.iter().map(|known| &**known)).map(str::to_owned)))
        .collect();
    if names.is_empty() { Ok(()) } else { Err(CompareError::NoFigure { names }) }
}
