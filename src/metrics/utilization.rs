//! Reserved CPU and memory by zone and by group of instances, over time.
//!
//! What is registered counts while ECS knows the instance; what is reserved counts until STOPPED.

use crate::base::id::Table;
use crate::stats::time_weighted::{ShareOverTime, TimeWeighted};
use crate::world::fact::{Fact, Topics};
use crate::world::instance::Registration;
use crate::world::task::Phase;
use crate::world::{CapacityId, InstanceId, World, ZoneId};

use super::outcome::{CapacityOutcome, MinMaxOutcome, Outcome, PlaceOutcome, SpreadOutcome, UsageOutcome};
use super::{Entry, Meter};

pub(super) const ENTRY: Entry = Entry {
    name: "utilization",
    summary: "CPU and memory reserved, tasks and instances in service, by zone and by group of instances",
    make: |world| {
        let mut meter = Box::new(Utilization { zones: Table::new(), capacities: Table::new(), working: Vec::new() });
        meter.reset(world);
        meter
    },
};

/// Sums over a zone or a group.
struct Place {
    registered: [u64; 2],
    reserved: [u64; 2],
    usage: [ShareOverTime; 2],
    tasks: TimeWeighted,
    working: TimeWeighted,
    launched: u64,
}

impl Place {
    fn new(world: &World) -> Place {
        let usage = || ShareOverTime::new(world.now, 0.0);
        Place {
            registered: [0; 2],
            reserved: [0; 2],
            usage: [usage(), usage()],
            tasks: TimeWeighted::new(world.now, 0.0),
            working: TimeWeighted::new(world.now, 0.0),
            launched: 0,
        }
    }

    fn update(&mut self, world: &World) {
        for (usage, (reserved, registered)) in self.usage.iter_mut().zip(self.reserved.iter().zip(self.registered)) {
            usage.set(world.now, if registered == 0 { 0.0 } else { *reserved as f64 / registered as f64 });
        }
    }

    fn outcome(&self, world: &World, name: &str) -> PlaceOutcome {
        let usage = |share: &ShareOverTime| UsageOutcome {
            mean: share.mean(world.now),
            p95: share.quantile(world.now, 0.95),
            max: share.max(world.now),
        };
        PlaceOutcome {
            name: name.to_owned(),
            cpu_reserved: usage(&self.usage[0]),
            memory_reserved: usage(&self.usage[1]),
            tasks: SpreadOutcome { mean: self.tasks.mean(world.now), max: self.tasks.max(world.now) },
            instances_in_service: MinMaxOutcome {
                mean: self.working.mean(world.now),
                min: self.working.min(world.now),
                max: self.working.max(world.now),
            },
        }
    }
}

struct Utilization {
    zones: Table<ZoneId, Place>,
    capacities: Table<CapacityId, Place>,
    /// By row of the instance table: it worked when last looked at.
    working: Vec<bool>,
}

impl Utilization {
    fn each(&mut self, world: &World, instance: InstanceId, change: impl Fn(&mut Place)) {
        let row = &world.instances[instance];
        for place in [&mut self.zones[row.zone], &mut self.capacities[row.capacity]] {
            change(place);
            place.update(world);
        }
    }

    fn register(&mut self, world: &World, instance: InstanceId, there: bool) {
        let registered = world.fleet.capacities[world.instances[instance].capacity].registered;
        self.each(world, instance, |place| {
            for (sum, amount) in place.registered.iter_mut().zip([registered.cpu, registered.memory]) {
                if there { *sum += u64::from(amount) } else { *sum -= u64::from(amount) }
            }
        });
    }

    fn reserve(&mut self, world: &World, task: crate::world::TaskId, there: bool) {
        let row = &world.tasks[task];
        let need = world.fleet.definitions[world.fleet.services[row.service].definition].need;
        self.each(world, row.instance, |place| {
            for (sum, amount) in place.reserved.iter_mut().zip([need.cpu, need.memory]) {
                if there { *sum += u64::from(amount) } else { *sum -= u64::from(amount) }
            }
            place.tasks.set(world.now, place.tasks.value() + if there { 1.0 } else { -1.0 });
        });
    }

    /// A host may work now, or no longer.
    fn follow_host(&mut self, world: &World, instance: InstanceId) {
        let row = &world.instances[instance];
        let index = instance.0 as usize;
        if self.working.len() <= index {
            self.working.resize(index + 1, false);
        }
        if self.working[index] != row.works() {
            self.working[index] = row.works();
            let change = if row.works() { 1.0 } else { -1.0 };
            for place in [&mut self.zones[row.zone], &mut self.capacities[row.capacity]] {
                place.working.set(world.now, place.working.value() + change);
            }
        }
    }
}

impl Meter for Utilization {
    fn topics(&self) -> Topics {
        Topics::PLACEMENT.and(Topics::PHASE).and(Topics::HOST).and(Topics::INSTANCE)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        match *fact {
            Fact::Placed(task) => self.reserve(world, task, true),
            Fact::PhaseChanged { task, .. } if world.tasks[task].phase == Phase::Stopped => {
                self.reserve(world, task, false);
            }
            Fact::Registered { instance, from } => match (from, world.instances[instance].registration) {
                (Registration::None, _) => self.register(world, instance, true),
                (_, Registration::None) => self.register(world, instance, false),
                _ => {}
            },
            Fact::Launched(instance) => {
                let row = &world.instances[instance];
                self.capacities[row.capacity].launched += 1;
                self.zones[row.zone].launched += 1;
            }
            Fact::HostUp(instance)
            | Fact::HostDown(instance)
            | Fact::HostHung(instance)
            | Fact::HostUnhung(instance)
            | Fact::HostGone(instance)
            | Fact::CutOffChanged(instance) => self.follow_host(world, instance),
            _ => {}
        }
    }

    fn reset(&mut self, world: &World) {
        let launched: Vec<u64> = self.capacities.values().map(|place| place.launched).collect();
        self.zones = world.fleet.zones.ids().map(|_| Place::new(world)).collect();
        self.capacities = world.fleet.capacities.ids().map(|_| Place::new(world)).collect();
        for (place, launched) in self.capacities.values_mut().zip(launched) {
            place.launched = launched;
        }
        for (instance, row) in world.live_instances() {
            if row.registration != Registration::None {
                self.register(world, instance, true);
            }
        }
        for (task, _) in world.tasks.iter().filter(|(_, task)| task.in_use()) {
            self.reserve(world, task, true);
        }
        // What the loops above built up step by step was there at once: averages and extremes start here.
        let now = world.now;
        for place in self.zones.values_mut().chain(self.capacities.values_mut()) {
            for (usage, (reserved, registered)) in
                place.usage.iter_mut().zip(place.reserved.iter().zip(place.registered))
            {
                let share = if registered == 0 { 0.0 } else { *reserved as f64 / registered as f64 };
                *usage = ShareOverTime::new(now, share);
            }
            place.tasks = TimeWeighted::new(now, place.tasks.value());
        }
        self.working.clear();
        for (instance, _) in world.live_instances() {
            self.follow_host(world, instance);
        }
        for place in self.zones.values_mut().chain(self.capacities.values_mut()) {
            place.working = TimeWeighted::new(now, place.working.value());
        }
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        for (zone, spec) in world.fleet.zones.iter() {
            outcome.zones.push(self.zones[zone].outcome(world, &spec.name));
        }
        for (capacity, spec) in world.fleet.capacities.iter() {
            outcome.capacity.push(CapacityOutcome {
                place: self.capacities[capacity].outcome(world, &spec.name),
                instance_type: spec.instance_type.clone(),
                launched: self.capacities[capacity].launched,
                ..CapacityOutcome::default()
            });
        }
    }
}
