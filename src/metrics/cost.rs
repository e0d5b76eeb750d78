//! What it costs: instance-hours times price, from launch to end; the part that no task has reserved; and each service's
//! part, in which a task pays for the larger of its CPU and memory share of its instance.

use crate::base::id::Table;
use crate::base::time::Time;
use crate::stats::time_weighted::TimeWeighted;
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::{CapacitySpec, Resources, Scheduling};
use crate::world::task::Phase;
use crate::world::{CapacityId, InstanceId, ServiceId, World};

use super::outcome::{CostOutcome, Outcome};
use super::{Entry, Meter};

pub(super) const ENTRY: Entry = Entry {
    name: "cost",
    summary: "instance-hours times price, idle share, cost of each service",
    make: |world| {
        let mut meter = Box::new(Cost {
            instances: Table::new(),
            reserved: Table::new(),
            services: Table::new(),
            start: Time::ZERO,
        });
        meter.reset(world);
        meter
    },
};

struct Cost {
    /// Instances that are paid for.
    instances: Table<CapacityId, TimeWeighted>,
    /// Instances' worth of reserved room: each task counts with its larger share.
    reserved: Table<CapacityId, TimeWeighted>,
    /// US dollars per hour that the tasks of a service reserve.
    services: Table<ServiceId, TimeWeighted>,
    start: Time,
}

/// The larger of the CPU and memory share that a task takes of an instance.
fn dominant_share(need: &Resources, capacity: &CapacitySpec) -> f64 {
    let cpu = f64::from(need.cpu) / f64::from(capacity.registered.cpu.max(1));
    let memory = f64::from(need.memory) / f64::from(capacity.registered.memory.max(1));
    cpu.max(memory)
}

impl Cost {
    fn count(&mut self, world: &World, instance: InstanceId, change: f64) {
        let row = &mut self.instances[world.instances[instance].capacity];
        row.set(world.now, row.value() + change);
    }

    fn reserve(&mut self, world: &World, service: ServiceId, instance: InstanceId, change: f64) {
        let capacity = world.instances[instance].capacity;
        let spec = &world.fleet.capacities[capacity];
        let need = &world.fleet.definitions[world.fleet.services[service].definition].need;
        let share = dominant_share(need, spec) * change;
        let reserved = &mut self.reserved[capacity];
        reserved.set(world.now, reserved.value() + share);
        let paid = &mut self.services[service];
        paid.set(world.now, paid.value() + share * spec.usd_per_hour);
    }
}

impl Meter for Cost {
    fn topics(&self) -> Topics {
        Topics::PLACEMENT.and(Topics::PHASE).and(Topics::HOST)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        match *fact {
            Fact::Launched(instance) => self.count(world, instance, 1.0),
            Fact::HostGone(instance) => self.count(world, instance, -1.0),
            Fact::Placed(task) => {
                self.reserve(world, world.tasks[task].service, world.tasks[task].instance, 1.0);
            }
            Fact::PhaseChanged { task, .. } if world.tasks[task].phase == Phase::Stopped => {
                self.reserve(world, world.tasks[task].service, world.tasks[task].instance, -1.0);
            }
            _ => {}
        }
    }

    fn reset(&mut self, world: &World) {
        self.start = world.now;
        let zero = || TimeWeighted::new(world.now, 0.0);
        self.instances = world.fleet.capacities.ids().map(|_| zero()).collect();
        self.reserved = world.fleet.capacities.ids().map(|_| zero()).collect();
        self.services = world.fleet.services.ids().map(|_| zero()).collect();
        for (instance, row) in world.live_instances() {
            if row.host != crate::world::instance::Host::Gone {
                self.count(world, instance, 1.0);
            }
        }
        for (_, task) in world.tasks.iter().filter(|(_, task)| task.in_use()) {
            self.reserve(world, task.service, task.instance, 1.0);
        }
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        let now = world.now;
        let hours = |value: &TimeWeighted| value.integral(now) / 3600.0;
        let measured_hours = (now - self.start).seconds() / 3600.0;
        let mut total = 0.0;
        let mut reserved_usd = 0.0;
        for ((capacity, spec), figures) in world.fleet.capacities.iter().zip(&mut outcome.capacity) {
            let used = hours(&self.instances[capacity]);
            let reserved = hours(&self.reserved[capacity]);
            figures.instance_hours = used;
            figures.usd = used * spec.usd_per_hour;
            figures.idle_share = if used > 0.0 { (1.0 - reserved / used).clamp(0.0, 1.0) } else { 0.0 };
            total += figures.usd;
            reserved_usd += reserved * spec.usd_per_hour;
        }
        outcome.cost = CostOutcome {
            usd: total,
            usd_per_month: if measured_hours > 0.0 { total / measured_hours * 730.0 } else { 0.0 },
            idle_share: if total > 0.0 { (1.0 - reserved_usd / total).clamp(0.0, 1.0) } else { 0.0 },
        };
        let specs = world.fleet.services.iter().filter(|(_, spec)| spec.scheduling != Scheduling::Standalone);
        for ((service, _), figures) in specs.zip(&mut outcome.services) {
            figures.usd = hours(&self.services[service]);
        }
    }
}
