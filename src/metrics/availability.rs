//! Availability of services: the mean of min(healthy, desired) / desired, the share of time in which the service is up,
//! outages, and the time back to the desired count.
//!
//! Healthy tasks are counted on truth ([`crate::world::service::Service::healthy`]).

use crate::base::id::Table;
use crate::base::time::{SECONDS_PER_YEAR, Time};
use crate::stats::quantile::Lengths;
use crate::stats::time_weighted::TimeWeighted;
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::Scheduling;
use crate::world::task::Phase;
use crate::world::{ServiceId, World};

use super::outcome::{CountOutcome, LengthsOutcome, Outcome, ServiceOutcome};
use super::{Entry, Meter};

pub(super) const ENTRY: Entry = Entry {
    name: "availability",
    summary: "capacity and service availability, nines, downtime, outages, MTBF, MTTR, time back to the desired count",
    make: |world| {
        let mut meter = Box::new(Availability { services: Table::new(), start: Time::ZERO });
        meter.reset(world);
        meter
    },
};

/// What is kept of one service.
struct Row {
    capacity: TimeWeighted,
    up: TimeWeighted,
    healthy: TimeWeighted,
    /// Since when it is below `upWhen`.
    down_since: Option<Time>,
    outages: Lengths,
    /// Since when it is below the desired count.
    short_since: Option<Time>,
    shortages: Lengths,
    started: u64,
    stopped: Vec<(&'static str, u64)>,
}

struct Availability {
    services: Table<ServiceId, Row>,
    start: Time,
}

/// Healthy tasks and the desired count of a service now.
pub(super) fn healthy_and_desired(world: &World, service: ServiceId) -> (u32, u32) {
    let row = &world.services[service];
    (row.healthy(world.fleet.services[service].load_balancer.is_some()), row.desired)
}

/// min(healthy, desired) / desired; 1 where nothing is desired.
fn fulfilled(healthy: u32, desired: u32) -> f64 {
    if desired == 0 { 1.0 } else { f64::from(healthy.min(desired)) / f64::from(desired) }
}

impl Availability {
    fn update(&mut self, world: &World, service: ServiceId) {
        let (healthy, desired) = healthy_and_desired(world, service);
        let now = world.now;
        let row = &mut self.services[service];
        row.capacity.set(now, fulfilled(healthy, desired));
        row.healthy.set(now, f64::from(healthy));
        let up = healthy >= world.fleet.services[service].up_when.threshold(desired);
        row.up.set(now, if up { 1.0 } else { 0.0 });
        let begins = |since: &mut Option<Time>, lengths: &mut Lengths, bad: bool| match (*since, bad) {
            (None, true) => *since = Some(now),
            (Some(then), false) => {
                *since = None;
                // A spell of no length is a change of several tasks in one instant.
                if now > then {
                    lengths.add((now - then).seconds());
                }
            }
            _ => {}
        };
        begins(&mut row.down_since, &mut row.outages, !up);
        begins(&mut row.short_since, &mut row.shortages, healthy < desired);
    }
}

/// A spell that is not over counts with the length that it has.
fn with_open(lengths: &Lengths, since: Option<Time>, now: Time) -> Lengths {
    let mut lengths = lengths.clone();
    if let Some(since) = since
        && now > since
    {
        lengths.add((now - since).seconds());
    }
    lengths
}

/// The figures of some lengths.
pub(super) fn summary(lengths: &Lengths) -> LengthsOutcome {
    LengthsOutcome {
        count: lengths.count(),
        mean_seconds: lengths.mean(),
        p95_seconds: lengths.quantile(0.95),
        longest_seconds: lengths.max(),
    }
}

impl Meter for Availability {
    fn topics(&self) -> Topics {
        Topics::HEALTHY.and(Topics::PLACEMENT).and(Topics::PHASE)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        match *fact {
            Fact::HealthyChanged { service, .. } | Fact::DesiredChanged { service, .. } => self.update(world, service),
            Fact::Placed(task) => self.services[world.tasks[task].service].started += 1,
            Fact::PhaseChanged { task, .. } if world.tasks[task].phase == Phase::Stopped => {
                let row = &world.tasks[task];
                let Some(code) = row.stop_code else { return };
                let stopped = &mut self.services[row.service].stopped;
                match stopped.iter_mut().find(|(name, _)| *name == code.name()) {
                    Some((_, count)) => *count += 1,
                    None => stopped.push((code.name(), 1)),
                }
            }
            _ => {}
        }
    }

    fn reset(&mut self, world: &World) {
        self.start = world.now;
        self.services = world
            .fleet
            .services
            .ids()
            .map(|service| {
                let (healthy, desired) = healthy_and_desired(world, service);
                let up = healthy >= world.fleet.services[service].up_when.threshold(desired);
                Row {
                    capacity: TimeWeighted::new(world.now, fulfilled(healthy, desired)),
                    up: TimeWeighted::new(world.now, if up { 1.0 } else { 0.0 }),
                    healthy: TimeWeighted::new(world.now, f64::from(healthy)),
                    down_since: (!up).then_some(world.now),
                    outages: Lengths::default(),
                    short_since: (healthy < desired).then_some(world.now),
                    shortages: Lengths::default(),
                    started: 0,
                    stopped: Vec::new(),
                }
            })
            .collect();
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        let now = world.now;
        let measured = (now - self.start).seconds();
        for (service, spec) in world.fleet.services.iter() {
            if spec.scheduling == Scheduling::Standalone {
                continue;
            }
            let row = &self.services[service];
            let desired = world.services[service].desired;
            let outages = with_open(&row.outages, row.down_since, now);
            let up = row.up.mean(now);
            let down_seconds = outages.sum();
            let per_outage = |seconds: f64| (outages.count() > 0).then(|| seconds / outages.count() as f64);
            outcome.services.push(ServiceOutcome {
                name: spec.name.clone(),
                scheduling: if spec.scheduling == Scheduling::Daemon { "DAEMON" } else { "REPLICA" }.into(),
                desired,
                up_when_healthy: spec.up_when.threshold(desired),
                capacity_availability: row.capacity.mean(now),
                service_availability: up,
                nines: (up < 1.0).then(|| -(1.0 - up).log10()),
                downtime_seconds_per_year: (1.0 - up) * SECONDS_PER_YEAR,
                mean_healthy: row.healthy.mean(now),
                min_healthy: row.healthy.min(world.now) as u32,
                mtbf_seconds: per_outage(measured - down_seconds),
                mttr_seconds: per_outage(down_seconds),
                outages: summary(&outages),
                time_to_desired: summary(&with_open(&row.shortages, row.short_since, now)),
                tasks_started: row.started,
                tasks_stopped: row
                    .stopped
                    .iter()
                    .map(|(name, count)| CountOutcome { name: (*name).to_owned(), count: *count })
                    .collect(),
                ..ServiceOutcome::default()
            });
        }
    }
}
