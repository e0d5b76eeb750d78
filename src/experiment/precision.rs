//! Going on until an interval is narrow enough, without stopping on a lucky streak.
//!
//! A rule that looks after every replication and stops as soon as the half-width is small enough stops too early: it
//! selects the moments at which the deviation happens to be underestimated, and its intervals cover less than they say. The
//! guards: at least [`LEAST`] replications; looks at numbers that grow by a fifth each, so that there are few of them; and
//! the half-width must be small enough at two looks in a row (compare Law and Kelton, "Confidence intervals for steady-state
//! simulations: II", Management Science 28, 1982). Where a figure was zero in every replication nothing is known of its
//! relative precision, and the rule goes on.

use super::figures::{Catalog, Kind};
use super::outcome::{PrecisionOutcome, ReachedOutcome};
use super::tally::{Column, Tally};

/// The least number of replications.
pub const LEAST: u64 = 20;

/// What is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Precision {
    /// The half-width of the 95 % interval relative to the mean; of an availability, relative to what is missing to 1.
    pub relative: f64,
    /// The figures; the lost task-time of each service, and the mean response time of each batch, where none is named.
    pub of: Vec<String>,
}

/// The rule at work.
#[derive(Clone, Debug)]
pub struct Rule {
    wanted: Precision,
    next: u64,
    held: bool,
    looks: u32,
    reached: bool,
    /// How many replications it will take, by what was seen at the last look.
    pub expected: Option<u64>,
}

impl Rule {
    /// A rule that looks for the first time after `least` replications.
    pub fn new(wanted: Precision, least: u64) -> Rule {
        Rule { wanted, next: least.max(LEAST), held: false, looks: 0, reached: false, expected: None }
    }

    /// A replication was added; whether it was the last one needed.
    pub fn is_enough(&mut self, tally: &Tally, catalog: &Catalog) -> bool {
        if tally.replications < self.next {
            return false;
        }
        self.next += (self.next / 5).max(1);
        self.looks += 1;
        let figures = self.figures(tally, catalog);
        let holds = !figures.is_empty()
            && figures.iter().all(|figure| figure.reached.is_some_and(|reached| reached <= self.wanted.relative));
        let furthest =
            figures.iter().map(|figure| figure.reached).try_fold(0.0, |most: f64, reached| Some(most.max(reached?)));
        // The half-width goes with one over the root of the number.
        let factor = furthest.map(|furthest| (furthest / self.wanted.relative).powi(2));
        self.expected =
            factor.map(|factor| (tally.replications as f64 * factor) as u64).map(|most| most.max(self.next));
        self.reached = holds && self.held;
        self.held = holds;
        self.reached
    }

    /// How precise each figure is.
    fn figures(&self, tally: &Tally, catalog: &Catalog) -> Vec<ReachedOutcome> {
        let named = |name: &str| {
            let place = catalog.find(name)?;
            let column = tally.column(place)?;
            Some((column, catalog.kind(place)))
        };
        let of = |name: &str| ReachedOutcome {
            figure: name.to_owned(),
            reached: named(name).and_then(|(column, kind)| relative(column, kind)),
        };
        if !self.wanted.of.is_empty() {
            return self.wanted.of.iter().map(|name| of(name)).collect();
        }
        let mut names: Vec<_> =
            catalog.figures().into_iter().map(|figure| figure.name).filter(|name| by_default(name)).collect();
        names.sort();
        // A service that never lost anything has no relative precision.
        names.retain(|name| named(name).is_some_and(|(column, _)| column.max.0 > 0.0 && column.mean.count > 0));
        names.iter().map(|name| of(name)).collect()
    }

    /// What came of it.
    pub fn outcome(&self, tally: &Tally, catalog: &Catalog) -> PrecisionOutcome {
        PrecisionOutcome {
            wanted: self.wanted.relative,
            reached: self.reached,
            looks: self.looks,
            figures: self.figures(tally, catalog),
        }
    }
}

fn by_default(name: &str) -> bool {
    (name.starts_with("services.") && name.ends_with(".lostTaskSeconds"))
        || (name.starts_with("batches.") && name.ends_with(".response.meanSeconds"))
}

/// The half-width relative to the mean; for an availability, to what is missing to 1.
fn relative(column: &Column, kind: Kind) -> Option<f64> {
    let half = column.interval(kind).half_width();
    let mean = column.mean.mean;
    let of = if kind == Kind::Share && column.worse == super::figures::Worse::Low { 1.0 - mean } else { mean };
    let reached = half / of;
    (reached.is_finite() && column.mean.count > 1).then_some(reached)
}
