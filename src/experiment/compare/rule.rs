//! Going on until the differences to the baseline are known well enough. The guards against stopping on a lucky streak are
//! those of a single plan: a least number, few looks, two in a row.

use crate::experiment::figures::Catalog;
use crate::experiment::outcome::LEVEL;
use crate::stats::correction::simultaneous;

use super::sums::Sums;

/// The least number of replications.
const LEAST: u64 = 20;

/// The rule at work.
pub(super) struct Rule {
    pub(super) wanted: f64,
    next: u64,
    held: bool,
    pub(super) looks: u32,
    pub(super) reached: bool,
    /// How many replications it will take, by what was seen at the last look.
    pub(super) expected: Option<u64>,
}

impl Rule {
    pub(super) fn new(wanted: f64, least: u64) -> Rule {
        Rule { wanted, next: least.max(LEAST), held: false, looks: 0, reached: false, expected: None }
    }

    /// A replication was added; whether it was the last one needed.
    pub(super) fn is_enough(&mut self, sums: &Sums, catalog: &Catalog) -> bool {
        if sums.replications < self.next {
            return false;
        }
        self.next += (self.next / 5).max(1);
        self.looks += 1;
        let worst = worst(sums, catalog);
        let holds = worst <= self.wanted;
        self.expected = worst
            .is_finite()
            .then(|| ((sums.replications as f64 * (worst / self.wanted).powi(2)) as u64).max(self.next));
        self.reached = holds && self.held;
        self.held = holds;
        self.reached
    }
}

/// The widest simultaneous interval of a difference to the baseline: its half-width relative to the larger of the two means.
pub(super) fn worst(sums: &Sums, catalog: &Catalog) -> f64 {
    let level = simultaneous(LEVEL, sums.pairs.len() * sums.chosen.len());
    let mut worst: f64 = 0.0;
    for (figure, differences) in sums.chosen.iter().zip(&sums.differences) {
        let leads = (figure.starts_with("services.") && figure.ends_with(".lostTaskSeconds"))
            || (figure.starts_with("batches.") && figure.ends_with(".response.meanSeconds"));
        let Some(place) = catalog.find(figure).filter(|_| leads) else { continue };
        let mean = |plan: usize| sums.tallies[plan].column(place).map_or(0.0, |column| column.mean.mean);
        // Pairs with the baseline come first, one for each other plan.
        for (pair, paired) in sums.pairs.iter().zip(differences).take(sums.tallies.len() - 1) {
            if !paired.is_identical() {
                let half = paired.interval(level).half_width();
                worst = worst.max(half / mean(pair.variant).abs().max(mean(pair.to).abs()));
            }
        }
    }
    worst
}
