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
    /// The tasks that are not over, by number.
    open: BTreeMap<u32, Open>,
}

/// A task that is not over.
#[derive(Copy, Clone)]
struct Open {
    arrived: Time,
    /// Its work is done; it has not been seen STOPPED yet.
    completed: bool,
    /// It arrived within the measured time: one that came before counts in mean numbers only.
    measured: bool,
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
                row.open.insert(slot, Open { arrived: now, completed: false, measured: true });
                row.waiting.set(now, row.waiting.value() + 1.0);
            }
            Fact::GivenUp { service, slot } => {
                let row = &mut self.rows[service];
                if let Some(open) = row.open.remove(&slot) {
                    row.figures.given_up += u64::from(open.measured);
                    row.waiting.set(now, row.waiting.value() - 1.0);
                }
            }
            Fact::Placed(task) if Self::is_batch(world, world.tasks[task].service) => {
                let row = &mut self.rows[world.tasks[task].service];
                row.placed.set(now, row.placed.value() + 1.0);
                row.waiting.set(now, row.waiting.value() - 1.0);
                if let Some(open) = row.open.get(&world.tasks[task].slot).filter(|open| open.measured) {
                    let waited = now - open.arrived;
                    row.figures.placed += 1;
                    row.wait.add(waited.seconds());
                    row.waited += u64::from(!waited.is_zero());
                }
            }
            Fact::Exited { task, incident: IncidentId::NONE, .. }
                if Self::is_batch(world, world.tasks[task].service) =>
            {
                if let Some(open) = self.rows[world.tasks[task].service].open.get_mut(&world.tasks[task].slot) {
                    open.completed = true;
                }
            }
            Fact::PhaseChanged { task, .. } if world.tasks[task].phase == Phase::Stopped => {
                let (service, slot) = (world.tasks[task].service, world.tasks[task].slot);
                if Self::is_batch(world, service) {
                    let row = &mut self.rows[service];
                    row.placed.set(now, row.placed.value() - 1.0);
                    match row.open.remove(&slot).filter(|open| open.measured) {
                        Some(open) if open.completed => {
                            row.figures.completed += 1;
                            row.response.add((now - open.arrived).seconds());
                        }
                        Some(_) => row.figures.failed += 1,
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn reset(&mut self, world: &World) {
        let earlier = std::mem::take(&mut self.rows);
        let now = world.now;
        self.rows = world
            .fleet
            .services
            .ids()
            .map(|service| {
                let row = earlier.get(service);
                let value = |of: fn(&Row) -> &TimeWeighted| row.map_or(0.0, |row| of(row).value());
                let mut open = row.map(|row| row.open.clone()).unwrap_or_default();
                open.values_mut().for_each(|open| open.measured = false);
                Row {
                    figures: BatchOutcome::default(),
                    wait: Lengths::default(),
                    waited: 0,
                    response: Lengths::default(),
                    waiting: TimeWeighted::new(now, value(|row| &row.waiting)),
                    placed: TimeWeighted::new(now, value(|row| &row.placed)),
                    open,
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
