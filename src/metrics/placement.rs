//! What placement was asked, why it refused, and how long slots stood vacant.

use std::collections::BTreeMap;

use crate::base::time::Time;
use crate::stats::quantile::Lengths;
use crate::world::fact::{Fact, Refusal, Topics};
use crate::world::{ServiceId, World};

use super::availability::summary;
use super::outcome::{CountOutcome, Outcome, PlacementOutcome};
use super::{Entry, Meter};

pub(super) const ENTRY: Entry = Entry {
    name: "placement",
    summary: "attempts, refusals by reason, time that a slot stands vacant",
    make: |_| Box::new(Placements::default()),
};

#[derive(Default)]
struct Placements {
    placed: u64,
    refused: [u64; Refusal::ALL.len()],
    vacant: BTreeMap<(ServiceId, u32), Time>,
    pending: Lengths,
}

impl Meter for Placements {
    fn topics(&self) -> Topics {
        Topics::PLACEMENT.and(Topics::STOPPING)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        match *fact {
            Fact::Placed(task) => {
                self.placed += 1;
                let row = &world.tasks[task];
                if let Some(since) = self.vacant.remove(&(row.service, row.slot)) {
                    self.pending.add((world.now - since).seconds());
                }
            }
            Fact::Refused { refusal, .. } => self.refused[refusal as usize] += 1,
            Fact::Stopping(task) => {
                let row = &world.tasks[task];
                let slot = world.services[row.service].slots.get(row.slot as usize);
                if slot.is_some_and(|slot| slot.wanted && slot.tasks == 0) {
                    self.vacant.entry((row.service, row.slot)).or_insert(world.now);
                }
            }
            _ => {}
        }
    }

    fn reset(&mut self, _world: &World) {
        let vacant = std::mem::take(&mut self.vacant);
        *self = Placements { vacant, ..Placements::default() };
    }

    fn report(&mut self, _world: &World, outcome: &mut Outcome) {
        let refused: u64 = self.refused.iter().sum();
        outcome.placement = PlacementOutcome {
            attempts: self.placed + refused,
            placed: self.placed,
            refusals: refused,
            refused: Refusal::ALL
                .iter()
                .filter(|reason| self.refused[**reason as usize] > 0)
                .map(|reason| CountOutcome { name: reason.name().into(), count: self.refused[*reason as usize] })
                .collect(),
            pending: summary(&self.pending),
        };
    }
}
