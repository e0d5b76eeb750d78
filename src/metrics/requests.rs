//! Requests that a load-balanced service's users sent in vain: to a target that is dead while the load balancer does not
//! know it yet, or to a service without any target.

use crate::base::id::Table;
use crate::stats::time_weighted::TimeWeighted;
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::Scheduling;
use crate::world::{ServiceId, World};

use super::outcome::{Outcome, RequestsOutcome};
use super::{Entry, Meter};

pub(super) const ENTRY: Entry = Entry {
    name: "requests",
    summary: "requests lost while the load balancer still sent to a dead target, or had none",
    make: |world| {
        let mut meter = Box::new(Requests { dead: Table::new(), none: Table::new() });
        meter.reset(world);
        meter
    },
};

/// Shares of requests lost over time.
struct Requests {
    dead: Table<ServiceId, TimeWeighted>,
    none: Table<ServiceId, TimeWeighted>,
}

/// The share lost to dead targets, and the share lost for want of any target.
fn shares(world: &World, service: ServiceId) -> (f64, f64) {
    let row = &world.services[service];
    if world.fleet.services[service].load_balancer.is_none() {
        (0.0, 0.0)
    } else if row.targets == 0 {
        (0.0, 1.0)
    } else {
        (row.lost_request_share(), 0.0)
    }
}

impl Meter for Requests {
    fn topics(&self) -> Topics {
        Topics::HEALTHY
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        if let Fact::LostShareChanged { service, .. } = *fact {
            let (dead, none) = shares(world, service);
            self.dead[service].set(world.now, dead);
            self.none[service].set(world.now, none);
        }
    }

    fn reset(&mut self, world: &World) {
        let at = |service| shares(world, service);
        self.dead = world.fleet.services.ids().map(|service| TimeWeighted::new(world.now, at(service).0)).collect();
        self.none = world.fleet.services.ids().map(|service| TimeWeighted::new(world.now, at(service).1)).collect();
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        let specs = world.fleet.services.iter().filter(|(_, spec)| spec.scheduling != Scheduling::Standalone);
        for ((service, spec), figures) in specs.zip(&mut outcome.services) {
            let Some(group) = &spec.load_balancer else { continue };
            let (dead, none) = (&self.dead[service], &self.none[service]);
            let number = |lost: &TimeWeighted| group.requests_per_second.map(|rate| rate * lost.integral(world.now));
            figures.requests = Some(RequestsOutcome {
                lost_share: dead.mean(world.now) + none.mean(world.now),
                lost_to_dead_targets_share: dead.mean(world.now),
                lost_without_target_share: none.mean(world.now),
                lost_to_dead_targets: number(dead),
                lost_without_target: number(none),
            });
        }
    }
}
