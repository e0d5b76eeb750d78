//! The cheapest capacity that keeps what is promised: how many instances of which type, in how many zones.
//!
//! A *line* is an instance type in a number of zones; the number of instances along it is searched. In this order, because
//! each step is a thousand times dearer than the one before:
//!
//! 1. **Packing** ([`bounds`]) gives the least number that could hold the tasks, a zone or some instances short where that is
//!    asked for. Nothing below it can do. Lines are taken by the cost of that number, cheapest first, and one whose least
//!    number costs as much as what was found already is left out.
//! 2. **Losses** ([`mod@super::survive`]): from that number upwards, one by one, the tasks are placed as the orchestrator places
//!    them, and every loss that must be survived is counted on. No assumption of monotonicity is made here: spreading can
//!    make 5 instances worse than 4.
//! 3. **Simulation** ([`trial`]) of the first number that passes, with failures, until each objective is decided. Where it
//!    fails, the number is raised by 1, 2, 4… until one passes, and the gap is halved. This takes the objectives to be
//!    *monotone*: with more instances of the same type in the same zones availability is no worse. It is not a law (one
//!    more instance is one more to fail, and can unbalance zones), so the number below the answer is always shown to fail
//!    by itself, the number above the chosen one is tried too, and a break is told.
//!
//! All candidates meet the same failures (common random numbers, see [`mod@super::compare`]), so that two of them do not
//! differ by luck.

pub mod bounds;
mod frontier;
mod line;
pub mod outcome;
mod trial;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::engine::Checking;
use crate::scenario::Plan;
use crate::scenario::plan::{Goal, Loss};
use crate::world::CapacityId;

use super::journal::{Journal, JournalError};
use super::survive::promise;

use line::Line;
use outcome::{CandidateOutcome, CapacityPlan, LineOutcome, LineState};
use trial::Trials;

/// Hours of the month that prices refer to.
pub const HOURS: f64 = 730.0;

/// What is searched, and how sure the answer shall be.
#[derive(Clone, Debug)]
pub struct Design {
    /// The group whose instances are searched.
    pub group: String,
    /// Instance types, cheapest or not.
    pub types: Vec<String>,
    /// Numbers of zones: the first so many of the scenario.
    pub zones: Vec<usize>,
    /// Numbers of instances.
    pub counts: RangeInclusive<u32>,
    /// What every service must survive, beside what the scenario promises.
    pub survive: Vec<Loss>,
    /// The probability with which no objective is taken for met, or for missed, that is not: see [`trial`].
    pub confidence: f64,
    /// The most replications of a candidate.
    pub most: u64,
    /// Searches every line to its end, not only as long as it may be the cheapest: the whole frontier.
    pub all: bool,
    /// How often invariants are checked.
    pub checking: Checking,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The journal failed; what it holds is safe.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A defect of Longshore.
    #[error("{0}")]
    Broken(String),
}

/// Makes the plan of the scenario with some edits, or says in a sentence why it is none.
pub type Load<'a> = &'a dyn Fn(&[String]) -> Result<Plan, String>;

/// Everything that the steps of a search share.
struct Search<'a> {
    base: &'a Plan,
    load: Load<'a>,
    design: &'a Design,
    trials: Trials<'a>,
    /// Every candidate that was looked at, in that order.
    candidates: Vec<CandidateOutcome>,
    /// Where the candidate of a line and a number is among them.
    known: BTreeMap<(usize, u32), usize>,
    /// The least cost per month of a candidate that keeps all promises.
    best: Option<(f64, usize)>,
}

/// Searches. `base` is the scenario as it stands; `load` makes a plan of it with a type and a number. `progress` is told the
/// share of the lines that are done.
///
/// # Errors
/// See [`SearchError`].
pub fn search(
    base: &Plan,
    load: Load<'_>,
    design: &Design,
    journal: Option<&Journal>,
    mut progress: impl FnMut(f64),
) -> Result<CapacityPlan, SearchError> {
    let trials = Trials::new(base, design, journal)?;
    let mut search = Search { base, load, design, trials, candidates: Vec::new(), known: BTreeMap::new(), best: None };
    let mut lines = line::lines(&search);
    // By the cost of the least number; of equal ones fewer instances, then as asked for.
    lines.sort_by(|a, b| a.least_cost().total_cmp(&b.least_cost()).then(a.least().cmp(&b.least())));
    let mut outcomes = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        progress(at as f64 / lines.len() as f64);
        outcomes.push(search.follow(at, line)?);
    }
    let note = match search.best {
        Some((_, chosen)) => search.one_more(chosen, &lines)?,
        None => None,
    };
    Ok(search.finish(outcomes, note))
}

impl Search<'_> {
    /// The cost above which nothing is looked at: what was found already, and what the objectives allow.
    fn affordable(&self) -> f64 {
        let allowed = self.base.objectives.iter().filter_map(|objective| match objective.goal {
            Goal::UsdPerMonth(usd) => Some(usd),
            _ => None,
        });
        allowed.fold(f64::INFINITY, f64::min)
    }

    /// Tries one instance more than the answer: availability should be no worse.
    fn one_more(&mut self, chosen: usize, lines: &[Line]) -> Result<Option<String>, SearchError> {
        let (line, count) = match self.known.iter().find(|(_, at)| **at == chosen) {
            Some((&(line, count), _)) => (line, count + 1),
            None => return Ok(None),
        };
        if count > *self.design.counts.end() || lines[line].cost(count) > self.affordable() {
            return Ok(None);
        }
        let more = self.evaluate(line, &lines[line], count)?;
        let more = &self.candidates[more];
        Ok((!more.keeps()).then(|| {
            format!(
                "more is not better here: {} instances of {} fail where one fewer does: {}",
                more.instances, more.instance_type, more.limit
            )
        }))
    }

    fn finish(mut self, lines: Vec<LineOutcome>, note: Option<String>) -> CapacityPlan {
        frontier::mark(&mut self.candidates);
        let (base, design) = (self.base, self.design);
        let chosen = self.best.map(|(_, at)| at);
        let found = chosen.and_then(|at| lines.iter().find(|line| line.candidate == Some(at)));
        let one_fewer = found.map(|line| line.one_fewer.clone());
        CapacityPlan {
            scenario: base.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: base.seed,
            duration_seconds: base.duration.seconds(),
            warmup_seconds: base.warmup.seconds(),
            group: design.group.clone(),
            confidence: design.confidence,
            looks: self.trials.looks() as u32,
            most_replications: design.most,
            replications: self.trials.spent(),
            promises: self.promises(),
            chosen,
            one_fewer: one_fewer.unwrap_or_default(),
            nearest: if chosen.is_none() { nearest(&lines) } else { None },
            lines,
            candidates: self.candidates,
            notes: note.into_iter().collect(),
            warnings: base.warnings.clone(),
        }
    }

    /// What is asked of a candidate, as sentences.
    fn promises(&self) -> Vec<String> {
        let mut list = vec!["every task finds room at the start".to_owned()];
        let by_all = &self.design.survive;
        list.extend(by_all.iter().map(|loss| format!("every service stays up without {loss}")));
        let others = self.base.survives.iter().filter(|promised| !by_all.contains(&promised.loss));
        list.extend(others.map(|promised| promise::sentence(self.base, promised)));
        list.extend(self.trials.sentences(self.base));
        list
    }

    /// The group in a plan.
    fn group(&self, plan: &Plan) -> Option<CapacityId> {
        plan.fleet.capacities.iter().find(|(_, spec)| spec.name == self.design.group).map(|(group, _)| group)
    }
}

/// Where nothing was found: what stands in the way of the line that went furthest, in words.
fn nearest(lines: &[LineOutcome]) -> Option<String> {
    let failed = |state: LineState| lines.iter().find(move |line| line.state == state);
    let line = failed(LineState::NotFound).or_else(|| failed(LineState::Impossible))?;
    Some(format!("{} in {}: {}", line.instance_type, zones(line.zones.len()), line.why))
}

/// `1 zone`, `3 zones`.
fn zones(number: usize) -> String {
    if number == 1 { "1 zone".into() } else { format!("{number} zones") }
}

/// `1 instance`, `3 instances`.
fn instances(number: u32) -> String {
    if number == 1 { "1 instance".into() } else { format!("{number} instances") }
}
