//! Batches of standalone tasks: arrivals, refusals, waiting, response.

use std::collections::BTreeMap;

use crate::base::id::Table;
use crate::base::time::Time;
use crate::stats::quantile::Lengths;
use crate::stats::time_weighted::TimeWeighted;
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::Scheduling;
use crate::world::task::Phase;
use crate::world::{IncidentId, ServiceId, World};

use super::availability::summary;
use super::outcome::{BatchOutcome, Outcome};
use super::{Entry, Meter};

pub(super) const ENTRY: Entry = Entry {
    name: "batches",
    summary: "standalone tasks: arrived, given up, completed, waiting and response times",
    make: |world| {
        let mut meter = Box::new(Batches { rows: Table::new() });
        meter.reset(world);
        meter
    },
};

struct Row {
    figures: BatchOutcome,
    wait: Lengths,
    waited: u64,
    response: Lengths,
    waiting: TimeWeighted,
    placed: TimeWeighted,
    /// Arrival times of the tasks that are not over.
    arrivals: BTreeMap<u32, (Time, bool)>,
}

struct Batches {
    rows: Table<ServiceId, Row>,
}

impl Batches {
    fn is_batch(world: &World, service: ServiceId) -> bool {
        world.fleet.services[service].scheduling == Scheduling::Standalone
    }
}

impl Meter for Batches {
    fn topics(&self) -> Topics {
        Topics::PLACEMENT.and(Topics::PHASE).and(Topics::CONTAINER)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        let now = world.now;
        match *fact {
            Fact::Arrived { service, slot } => {
                let row = &mut self.rows[service];
                row.figures.arrived += 1;
                row.arrivals.insert(slot, (now, false));
                row.waiting.set(now, row.waiting.value() + 1.0);
            }
            Fact::GivenUp { service, slot } => {
                let row = &mut self.rows[service];
                row.figures.given_up += 1;
                if row.arrivals.remove(&slot).is_some() {
                    row.waiting.set(now, row.waiting.value() - 1.0);
                }
            }
            Fact::Placed(task) if Self::is_batch(world, world.tasks[task].service) => {
                let row = &mut self.rows[world.tasks[task].service];
                row.placed.set(now, row.placed.value() + 1.0);
                if let Some((arrived, _)) = row.arrivals.get(&world.tasks[task].slot) {
                    let waited = now - *arrived;
                    row.figures.placed += 1;
                    row.wait.add(waited.seconds());
                    row.waited += u64::from(!waited.is_zero());
                    row.waiting.set(now, row.waiting.value() - 1.0);
                }
            }
            Fact::Exited { task, incident: IncidentId::NONE, .. }
                if Self::is_batch(world, world.tasks[task].service) =>
            {
                if let Some(state) = self.rows[world.tasks[task].service].arrivals.get_mut(&world.tasks[task].slot) {
                    state.1 = true;
                }
            }
            Fact::PhaseChanged { task, .. } if world.tasks[task].phase == Phase::Stopped => {
                let (service, slot) = (world.tasks[task].service, world.tasks[task].slot);
                if Self::is_batch(world, service) {
                    let row = &mut self.rows[service];
                    row.placed.set(now, row.placed.value() - 1.0);
                    if let Some((arrived, completed)) = row.arrivals.remove(&slot) {
                        if completed {
                            row.figures.completed += 1;
                            row.response.add((now - arrived).seconds());
                        } else {
                            row.figures.failed += 1;
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn reset(&mut self, world: &World) {
        let earlier = std::mem::take(&mut self.rows);
        let mut earlier = earlier.values().map(|row| (row.waiting.value(), row.placed.value()));
        let now = world.now;
        // Tasks that arrived before the measurement are left out of every figure but the mean numbers.
        self.rows = world
            .fleet
            .services
            .ids()
            .map(|_| {
                let (waiting, placed) = earlier.next().unwrap_or((0.0, 0.0));
                Row {
                    figures: BatchOutcome::default(),
                    wait: Lengths::default(),
                    waited: 0,
                    response: Lengths::default(),
                    waiting: TimeWeighted::new(now, waiting),
                    placed: TimeWeighted::new(now, placed),
                    arrivals: BTreeMap::new(),
                }
            })
            .collect();
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        for (service, spec) in world.fleet.services.iter().filter(|(service, _)| Self::is_batch(world, *service)) {
            let row = &self.rows[service];
            outcome.batches.push(BatchOutcome {
                name: spec.name.clone(),
                given_up_share: share(row.figures.given_up, row.figures.arrived),
                wait: summary(&row.wait),
                waited_share: share(row.waited, row.figures.placed),
                response: summary(&row.response),
                mean_waiting: row.waiting.mean(world.now),
                mean_placed: row.placed.mean(world.now),
                ..row.figures.clone()
            });
        }
    }
}
