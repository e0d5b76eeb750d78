//! Which task sits on which instance in which zone: at the start, at the worst moment, at the end.
//!
//! The worst moment is the one with the most tasks missing to the desired counts, over all services; of several alike,
//! the first. Fleets of more than [`MOST_INSTANCES`] instances are looked at at regular times only.

use crate::world::fact::{Fact, Topics};
use crate::world::instance::{Host, Registration};
use crate::world::{InstanceId, World};

use super::availability::healthy_and_desired;
use super::outcome::Outcome;
use super::{Entry, Meter};

pub(super) const ENTRY: Entry = Entry {
    name: "snapshot",
    summary: "which task sits on which instance in which zone at the start, at the worst moment, and at the end",
    make: |world| {
        let mut meter = Box::new(Snapshots { start: Snapshot::default(), worst: None, missing: 0 });
        meter.reset(world);
        meter
    },
};

/// Up to here each change is looked at.
const MOST_INSTANCES: usize = 500;

/// The fleet at a moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// `start`, `worst` or `end`.
    pub moment: &'static str,
    /// Seconds since the start of the run.
    pub seconds: f64,
    /// Instances, by zone and then by launch.
    pub instances: Vec<InstanceView>,
    /// Names of the services, to be indexed by [`TaskView::service`].
    pub services: Vec<String>,
    /// Names of the zones, to be indexed by [`InstanceView::zone`].
    pub zones: Vec<String>,
}

/// An instance in a snapshot.
#[derive(Clone, Debug)]
pub struct InstanceView {
    /// Its zone.
    pub zone: usize,
    /// The name of its group.
    pub capacity: String,
    /// Number of its launch.
    pub serial: u32,
    /// What is with it.
    pub state: InstanceState,
    /// Reserved CPU over registered CPU.
    pub cpu: f64,
    /// Reserved memory over registered memory.
    pub memory: f64,
    /// Its tasks, by service and slot.
    pub tasks: Vec<TaskView>,
}

/// What is with an instance.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum InstanceState {
    /// Takes tasks.
    InService,
    /// Launching or booting.
    Starting,
    /// Draining.
    Draining,
    /// Works, with its agent disconnected.
    AgentDisconnected,
    /// Down, hung or cut off.
    Down,
    /// Ended; ECS may not know yet.
    Gone,
}

/// A task in a snapshot.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskView {
    /// Its service or batch.
    pub service: usize,
    /// Its slot.
    pub slot: u32,
    /// What is with it.
    pub state: TaskState,
}

/// What is with a task.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskState {
    /// Serves.
    Serving,
    /// On its way to RUNNING or into rotation.
    Starting,
    /// ECS believes that it runs, and it does not serve.
    Dead,
    /// Being stopped.
    Stopping,
}

struct Snapshots {
    start: Snapshot,
    worst: Option<Snapshot>,
    missing: u32,
}

fn missing(world: &World) -> u32 {
    let of = |service| {
        let (healthy, desired) = healthy_and_desired(world, service);
        desired.saturating_sub(healthy)
    };
    world.fleet.services.ids().map(of).sum()
}

/// Takes a snapshot.
pub fn take(world: &World, moment: &'static str) -> Snapshot {
    let mut instances: Vec<InstanceView> = world.live_instances().map(|(id, _)| view(world, id)).collect();
    instances.sort_by_key(|instance| (instance.zone, instance.serial));
    Snapshot {
        moment,
        seconds: world.now.seconds(),
        instances,
        services: world.fleet.services.values().map(|spec| spec.name.clone()).collect(),
        zones: world.fleet.zones.values().map(|spec| spec.name.clone()).collect(),
    }
}

fn view(world: &World, instance: InstanceId) -> InstanceView {
    let row = &world.instances[instance];
    let spec = &world.fleet.capacities[row.capacity];
    let used = |free: u32, all: u32| if all == 0 { 0.0 } else { 1.0 - f64::from(free) / f64::from(all) };
    let state = match row.host {
        Host::Launching | Host::Absent => InstanceState::Starting,
        Host::Gone => InstanceState::Gone,
        Host::Down | Host::Hung { .. } => InstanceState::Down,
        Host::Up if row.cut_off => InstanceState::Down,
        Host::Up => match row.registration {
            Registration::None => InstanceState::Starting,
            Registration::Draining => InstanceState::Draining,
            Registration::Active if row.agent_connected => InstanceState::InService,
            Registration::Active => InstanceState::AgentDisconnected,
        },
    };
    let mut tasks: Vec<TaskView> = world
        .tasks_on(instance)
        .map(|task| {
            let row = &world.tasks[task];
            let state = if row.stopping {
                TaskState::Stopping
            } else if world.serves(task) {
                TaskState::Serving
            } else if row.started {
                TaskState::Dead
            } else {
                TaskState::Starting
            };
            TaskView { service: row.service.0 as usize, slot: row.slot, state }
        })
        .collect();
    tasks.sort_unstable();
    InstanceView {
        zone: row.zone.0 as usize,
        capacity: spec.name.clone(),
        serial: row.serial,
        state,
        cpu: used(row.free.cpu, spec.registered.cpu),
        memory: used(row.free.memory, spec.registered.memory),
        tasks,
    }
}

impl Snapshots {
    fn look(&mut self, world: &World) {
        let missing = missing(world);
        if missing > self.missing {
            self.missing = missing;
            self.worst = Some(take(world, "worst"));
        }
    }
}

impl Meter for Snapshots {
    fn topics(&self) -> Topics {
        Topics::HEALTHY.and(Topics::HOST)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        if world.instances.in_use() > MOST_INSTANCES || world.fleet.services.len() > MOST_INSTANCES {
            return;
        }
        match fact {
            Fact::HealthyChanged { .. } => self.look(world),
            // A failure that strikes several hosts strikes them one after the other in the same instant: the picture is of
            // the moment when all of them are down.
            _ if self.worst.as_ref().is_some_and(|worst| worst.seconds == world.now.seconds())
                && missing(world) == self.missing =>
            {
                self.worst = Some(take(world, "worst"));
            }
            _ => {}
        }
    }

    fn sample(&mut self, world: &World) {
        self.look(world);
    }

    fn reset(&mut self, world: &World) {
        self.start = take(world, "start");
        self.missing = 0;
        self.worst = None;
        self.look(world);
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        outcome.snapshots = std::iter::once(std::mem::take(&mut self.start))
            .chain(self.worst.take())
            .chain(std::iter::once(take(world, "end")))
            .collect();
    }
}
