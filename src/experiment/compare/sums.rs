//! What is summed up as replications come in: each plan's figures, and the differences of each pair.

use std::sync::Arc;

use crate::experiment::figures::{Catalog, Row};
use crate::experiment::replicate::Run;
use crate::experiment::tally::Tally;
use crate::stats::paired::Paired;

/// Two plans by their positions: the difference is the first less the second.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) variant: usize,
    pub(super) to: usize,
}

/// Every pair once, those with the baseline first.
pub(super) fn pairs(count: usize, baseline: usize) -> Vec<Pair> {
    let with = (0..count).filter(|variant| *variant != baseline).map(|variant| Pair { variant, to: baseline });
    let others = (0..count).filter(|to| *to != baseline).flat_map(|to| {
        (to + 1..count).filter(move |variant| *variant != baseline).map(move |variant| Pair { variant, to })
    });
    with.chain(others).collect()
}

/// Lost task-time of a service by one cause in one phase.
#[derive(Clone, Debug)]
pub(super) struct Lost {
    place: usize,
    /// The position of the service.
    pub(super) service: usize,
    pub(super) cause: String,
    pub(super) phase: String,
    /// The differences of each pair.
    pub(super) pairs: Vec<Paired>,
}

/// What is smaller than this share of the values is no difference but the order in which they were summed up.
const ROUNDING: f64 = 1e-11;

/// The difference of two values.
fn less(one: f64, other: f64) -> f64 {
    let difference = one - other;
    if difference.abs() <= ROUNDING * one.abs().max(other.abs()) { 0.0 } else { difference }
}

/// All sums.
pub(super) struct Sums {
    pub(super) pairs: Vec<Pair>,
    pub(super) chosen: Vec<Arc<str>>,
    pub(super) services: Vec<String>,
    pub(super) replications: u64,
    /// Of each plan.
    pub(super) tallies: Vec<Tally>,
    /// By figure and pair.
    pub(super) differences: Vec<Vec<Paired>>,
    pub(super) lost: Vec<Lost>,
    /// Places of the chosen figures, once they are known.
    places: Vec<Option<usize>>,
    /// Figures of the catalog that were looked through for lost task-time.
    looked: usize,
}

impl Sums {
    pub(super) fn new(chosen: &[Arc<str>], pairs: &[Pair], plans: usize, services: Vec<String>) -> Sums {
        Sums {
            pairs: pairs.to_vec(),
            chosen: chosen.to_vec(),
            services,
            replications: 0,
            tallies: vec![Tally::default(); plans],
            differences: vec![vec![Paired::default(); pairs.len()]; chosen.len()],
            lost: Vec::new(),
            places: vec![None; chosen.len()],
            looked: 0,
        }
    }

    /// Adds the replications of a number, one a plan.
    pub(super) fn add(&mut self, number: u64, runs: &[Run], catalog: &Catalog) {
        for (tally, run) in self.tallies.iter_mut().zip(runs) {
            tally.add(number, &run.row, catalog);
        }
        for (at, place) in self.places.iter_mut().enumerate() {
            if place.is_none() {
                *place = catalog.find(&self.chosen[at]);
            }
        }
        self.look(catalog);
        let value = |plan: usize, place: usize| runs.get(plan).map(|run| &run.row).and_then(|row: &Row| row.get(place));
        for (at, differences) in self.differences.iter_mut().enumerate() {
            let Some(place) = self.places[at] else { continue };
            for (pair, paired) in self.pairs.iter().zip(differences) {
                if let (Some(one), Some(other)) = (value(pair.variant, place), value(pair.to, place)) {
                    paired.add(less(one, other));
                }
            }
        }
        for lost in &mut self.lost {
            for (pair, paired) in self.pairs.iter().zip(&mut lost.pairs) {
                let of = |plan| value(plan, lost.place).unwrap_or(0.0);
                paired.add(less(of(pair.variant), of(pair.to)));
            }
        }
        self.replications += 1;
    }

    /// Finds causes and phases that came up for the first time: in all replications before they lost nothing. Threads may
    /// be ahead, so that one is found before its first replication is due; the sums are the same.
    fn look(&mut self, catalog: &Catalog) {
        let known = catalog.len();
        for place in self.looked..known {
            let name = catalog.name(place);
            let found = self.services.iter().enumerate().find_map(|(service, named)| {
                let rest = name.strip_prefix("services.")?.strip_prefix(&**named)?.strip_prefix(".lost.")?;
                let (cause, phase) = rest.strip_suffix(".taskSeconds")?.rsplit_once('.')?;
                Some((service, cause.to_owned(), phase.to_owned()))
            });
            if let Some((service, cause, phase)) = found {
                let pairs = vec![Paired::zeros(self.replications); self.pairs.len()];
                self.lost.push(Lost { place, service, cause, phase, pairs });
            }
        }
        self.looked = known;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_once() {
        let of =
            |count, baseline| pairs(count, baseline).iter().map(|pair| (pair.variant, pair.to)).collect::<Vec<_>>();
        assert_eq!(of(3, 0), [(1, 0), (2, 0), (2, 1)]);
        assert_eq!(of(3, 1), [(0, 1), (2, 1), (2, 0)]);
        assert_eq!(of(4, 3).len(), 6);
    }
}
