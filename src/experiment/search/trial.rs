//! The trial of a candidate: replications until each objective is decided.
//!
//! The data are looked at after 50 replications, then each time their number has doubled, and at the last one that is
//! allowed. An objective is *met* where the whole interval of its figure lies on the right side, *missed* where all of it
//! lies on the wrong side; the candidate fails with the first one that is missed, and passes when all are met. What is still
//! open at the end counts as not shown.
//!
//! **Confidence.** Looking again and again would find something by luck sooner or later. With `L` looks each one-sided
//! decision of a look is made with probability of error `(1 - confidence) / L`; so with Bonferroni the probability that any look
//! decides an objective wrongly is at most `1 - confidence`, as far as the intervals hold what they say
//! ([`crate::stats::interval`]). The intervals that are told are those of the decision, hence wider than 95 %.
//!
//! Journal: all candidates' replications one after the other under one running number. The order in which a search asks for
//! them depends on nothing but the scenario, so number `n` is the same replication of the same candidate when the search is
//! taken up again. Of a run only the figures that decide are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use crate::engine::Checking;
use crate::experiment::figures::{Catalog, Kind, Row, objective};
use crate::experiment::journal::Journal;
use crate::experiment::objectives;
use crate::experiment::outcome::{Verdict, VerdictOutcome};
use crate::experiment::replicate::{Conduct, Run, replicate};
use crate::experiment::tally::Tally;
use crate::scenario::Plan;
use crate::world::fleet::Scheduling;

use super::outcome::AvailabilityOutcome;
use super::{Design, SearchError};

/// Replications before the first look.
const FIRST: u64 = 50;

/// What came of the trial of a candidate.
pub(super) struct Tried {
    pub(super) replications: u64,
    pub(super) objectives: Vec<VerdictOutcome>,
    pub(super) availability: Option<AvailabilityOutcome>,
}

/// Tries candidates, with the journal of all of them.
pub(super) struct Trials<'a> {
    journal: Option<&'a Journal>,
    checking: Checking,
    /// The figures that decide, each in the place that it has here.
    catalog: Catalog,
    names: Vec<String>,
    looks: Vec<u64>,
    level: f64,
    /// What the journal has, by running number.
    ready: BTreeMap<u64, Vec<Run>>,
    /// The running number of the next replication.
    next: u64,
}

/// The numbers of replications at which the data are looked at.
fn looks(most: u64) -> Vec<u64> {
    let mut list: Vec<u64> = std::iter::successors(Some(FIRST), |number| number.checked_mul(2))
        .take_while(|number| *number < most)
        .collect();
    list.push(most);
    list
}

/// The figures that objectives and report are made of.
fn figures(plan: &Plan) -> Vec<(String, Kind)> {
    let mut list: Vec<(String, Kind)> =
        (0..plan.objectives.len()).map(|position| (objective(position), Kind::Count)).collect();
    for service in plan.fleet.services.values().filter(|spec| spec.scheduling != Scheduling::Standalone) {
        for name in ["serviceAvailability", "capacityAvailability", "requests.lostShare"] {
            if name.starts_with("requests") && service.load_balancer.is_none() {
                continue;
            }
            list.push((format!("services.{}.{name}", service.name), Kind::Share));
        }
    }
    for zone in plan.fleet.zones.values() {
        for name in ["cpuReserved", "memoryReserved"] {
            list.push((format!("zones.{}.{name}.mean", zone.name), Kind::Share));
        }
    }
    list.push(("cost.usdPerMonth".into(), Kind::Usd));
    list
}

impl<'a> Trials<'a> {
    pub(super) fn new(plan: &Plan, design: &Design, journal: Option<&'a Journal>) -> Result<Trials<'a>, SearchError> {
        let catalog = Catalog::default();
        let figures = figures(plan);
        for (name, kind) in &figures {
            catalog.place(name, *kind);
        }
        let mut ready = BTreeMap::new();
        if let Some(journal) = journal {
            let mut before = BTreeMap::new();
            ready = journal.replay(&catalog, |number, runs| {
                before.insert(number, runs);
            })?;
            ready.append(&mut before);
        }
        let looks = looks(design.most.max(2));
        // Both ends of the interval are used, each for one decision.
        let level = 1.0 - 2.0 * (1.0 - design.confidence) / looks.len() as f64;
        let names = figures.into_iter().map(|(name, _)| name).collect();
        Ok(Trials { journal, checking: design.checking, catalog, names, looks, level, ready, next: 0 })
    }

    /// The most looks at a candidate.
    pub(super) fn looks(&self) -> usize {
        self.looks.len()
    }

    /// Replications so far.
    pub(super) fn spent(&self) -> u64 {
        self.next
    }

    /// The objectives as sentences.
    pub(super) fn sentences(&self, plan: &Plan) -> Vec<String> {
        self.judge(plan, &Tally::default()).into_iter().map(|one| one.objective).collect()
    }

    /// Runs replications of a plan until its objectives are decided.
    pub(super) fn run(&mut self, plan: &Plan) -> Result<Tried, SearchError> {
        let mut tally = Tally::default();
        let mut verdicts = Vec::new();
        for look in self.looks.clone() {
            self.add(plan, &mut tally, look)?;
            verdicts = self.judge(plan, &tally);
            let any = |wanted: Verdict| verdicts.iter().any(|one| one.verdict == wanted);
            if any(Verdict::Missed) || !any(Verdict::Undecided) {
                break;
            }
        }
        self.next += tally.replications;
        Ok(Tried {
            replications: tally.replications,
            objectives: verdicts,
            availability: self.availability(plan, &tally),
        })
    }

    /// Adds replications up to a number of them.
    fn add(&mut self, plan: &Plan, tally: &mut Tally, end: u64) -> Result<(), SearchError> {
        let (start, offset) = (tally.replications, self.next);
        let ready: BTreeMap<u64, Vec<Run>> = (start..end)
            .filter_map(|number| self.ready.remove(&(offset + number)).map(|runs| (number, runs)))
            .collect();
        let known: BTreeSet<u64> = ready.keys().copied().collect();
        let full = Catalog::default();
        let (names, catalog, journal) = (&self.names, &self.catalog, self.journal);
        let finished = |number: u64, runs: &[Run]| {
            if let Some(journal) = journal {
                let few: Vec<Run> = runs.iter().map(|run| few(run, &full, names)).collect();
                journal.write(offset + number, &few, catalog);
            }
        };
        let conduct = Conduct { checking: self.checking, finished: Some(&finished) };
        let mut fault = None;
        replicate(&[plan], start..end, ready, &full, conduct, |number, runs| {
            for run in runs.into_iter().take(1) {
                let run = if known.contains(&number) { run } else { few(&run, &full, names) };
                tally.add(number, &run.row, catalog);
            }
            fault = journal.and_then(Journal::fault);
            if fault.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .map_err(SearchError::Broken)?;
        fault.map_or(Ok(()), |fault| Err(fault.into()))
    }

    fn judge(&self, plan: &Plan, tally: &Tally) -> Vec<VerdictOutcome> {
        let find = |name: &str| {
            let place = self.catalog.find(name)?;
            Some((self.catalog.kind(place), tally.column(place)?))
        };
        (0..plan.objectives.len())
            .map(|position| {
                let met = find(&objective(position)).map(|(_, column)| column);
                objectives::verdict(plan, position, met, self.level, &find)
            })
            .collect()
    }

    /// The service that is least available.
    fn availability(&self, plan: &Plan, tally: &Tally) -> Option<AvailabilityOutcome> {
        let services = plan.fleet.services.values().filter_map(|service| {
            let place = self.catalog.find(&format!("services.{}.serviceAvailability", service.name))?;
            let column = tally.column(place)?;
            let interval = column.interval_at(Kind::Share, self.level);
            Some(AvailabilityOutcome {
                service: service.name.clone(),
                mean: column.mean.mean,
                low: interval.low,
                high: interval.high,
            })
        });
        services.reduce(|a, b| if b.mean < a.mean { b } else { a })
    }
}

/// The figures of a run that decide, in the places that they have among `names`.
fn few(run: &Run, full: &Catalog, names: &[String]) -> Run {
    let value = |name: &String| match full.find(name).map(|place| run.row.get(place)) {
        Some(Some(value)) => value,
        Some(None) => f64::NAN,
        None => 0.0,
    };
    Run { row: Row::from_bits(names.iter().map(|name| value(name).to_bits())), course: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::looks;

    #[test]
    fn looks_double_and_end_with_the_last_replication() {
        assert_eq!(looks(30), [30]);
        assert_eq!(looks(50), [50]);
        assert_eq!(looks(500), [50, 100, 200, 400, 500]);
        assert_eq!(looks(400), [50, 100, 200, 400]);
    }
}
