//! The course of a run in a form that can be shown again: where every task sat, what was with it and with its instance,
//! and every change of that.
//!
//! Truth and belief are kept apart: a task that serves no more is shown as such from the moment at which it fails, with
//! what the control plane still believes of it.
//!
//! The record is bounded. What is beyond [`MOST_CHANGES`] is thinned ([`mod@thin`]): everything is kept around the failures
//! that took the most tasks, and elsewhere only what is different from one step of time to the next. A fleet with more
//! than [`MOST_ROWS`] instances and tasks at once is not recorded.

mod look;
mod thin;
mod windows;

use crate::base::id::Id;
use crate::base::time::{Span, Time};
use crate::world::fact::{Fact, Topics};
use crate::world::{InstanceId, ServiceId, TaskId, World, ZoneId};

use super::Meter;
use super::outcome::Outcome;
pub use look::{HostBelief, HostTruth, InstanceAt, TaskAt, TaskBelief, TaskTruth};
use look::{Places, goes_by_rotation, instance_at, task_at};
use thin::thin;
use windows::Damages;

/// Changes kept of a run: with them a report stays far below 5 MB.
pub const MOST_CHANGES: usize = 120_000;

/// Instances and tasks at once.
pub const MOST_ROWS: usize = 40_000;

/// Changes that are gathered before they are thinned.
const OVERFLOW: usize = 8 * MOST_CHANGES;

/// What became of something. Each change says the whole new state, so that of several in a row the last is enough.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Change {
    /// The task in a row of the task table; `None` once it is over.
    Task { row: u32, at: Option<TaskAt> },
    /// The instance in a row of the instance table; `None` once it is forgotten.
    Instance { row: u32, at: Option<InstanceAt> },
    /// Counts of a service, on truth.
    Service { service: u32, healthy: u32, desired: u32 },
    /// Switches of the region.
    Region(Switches),
    /// Whether launches in a zone fail.
    Launches { zone: u32, fail: bool },
}

/// What does not work in the whole region.
#[derive(Copy, Clone, Debug, Default, PartialEq)]
pub struct Switches {
    /// The control plane is down.
    pub control_plane_down: bool,
    /// The image registry is down.
    pub registry_down: bool,
    /// New tasks may not start for want of a permission.
    pub role_revoked: bool,
}

/// A part of the run, both ends included.
pub type Stretch = (Time, Time);

/// A recorded run.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// When the record begins: the end of the warm-up.
    pub began: Time,
    /// When it ends.
    pub ended: Time,
    /// The state at the beginning.
    pub start: Vec<Change>,
    /// What changed, in order of time.
    pub changes: Vec<(Time, Change)>,
    /// Stretches in which every change is there, in order. Elsewhere the state is that at the end of each step.
    pub exact: Vec<Stretch>,
    /// The length of a step outside these stretches; zero where the whole run is exact.
    pub step: Span,
    /// Instances and tasks at once, where they were too many to be recorded; the rest is empty then.
    pub too_large: Option<usize>,
}

/// The state at one moment, to see what a change changes.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// By row of the task table.
    pub tasks: Vec<Option<TaskAt>>,
    /// By row of the instance table.
    pub instances: Vec<Option<InstanceAt>>,
    /// Healthy and desired tasks by service.
    pub services: Vec<(u32, u32)>,
    /// The region.
    pub region: Switches,
    /// Whether launches fail, by zone.
    pub launches_fail: Vec<bool>,
}

/// Puts a value at an index, with defaults before it; `true` where it is new there.
fn put<T: Clone + Default + PartialEq>(list: &mut Vec<T>, index: u32, value: T) -> bool {
    let index = index as usize;
    if list.len() <= index {
        list.resize(index + 1, T::default());
    }
    let changed = list[index] != value;
    list[index] = value;
    changed
}

impl State {
    /// Applies a change; `true` where it made a difference.
    pub fn apply(&mut self, change: &Change) -> bool {
        match *change {
            Change::Task { row, at } => put(&mut self.tasks, row, at),
            Change::Instance { row, at } => put(&mut self.instances, row, at),
            Change::Service { service, healthy, desired } => put(&mut self.services, service, (healthy, desired)),
            Change::Region(switches) => std::mem::replace(&mut self.region, switches) != switches,
            Change::Launches { zone, fail } => put(&mut self.launches_fail, zone, fail),
        }
    }
}

/// The meter that records. It must be told of nothing before the end of the warm-up, where it is reset.
#[derive(Default)]
pub struct Recorder {
    is_on: bool,
    replay: Replay,
    now: State,
    places: Places,
    damages: Damages,
    /// By service: whether its load balancer has no target in rotation and sends to all.
    fail_open: Vec<bool>,
    /// From here on nothing has been thinned yet.
    unthinned: Time,
}

impl Recorder {
    /// A meter for one run.
    pub fn new() -> Recorder {
        Recorder::default()
    }

    fn push(&mut self, world: &World, change: Change) {
        if self.now.apply(&change) {
            self.replay.changes.push((world.now, change));
        }
    }

    fn task(&mut self, world: &World, task: TaskId) {
        let service = world.tasks[task].service;
        let open = !goes_by_rotation(world, service);
        if put(&mut self.fail_open, service.0, open) {
            // Who is reached changes for all of its tasks.
            let all: Vec<TaskId> = world.tasks_of(service).collect();
            for task in all {
                self.one_task(world, task);
            }
        }
        self.one_task(world, task);
    }

    fn one_task(&mut self, world: &World, task: TaskId) {
        let before = self.now.tasks.get(task.index()).copied().flatten();
        let at = task_at(world, task, before, &mut self.places);
        self.push(world, Change::Task { row: task.0, at });
    }

    fn instance(&mut self, world: &World, instance: InstanceId) {
        let before = self.now.instances.get(instance.index()).copied().flatten();
        let at = instance_at(world, instance, before, &mut self.places);
        self.push(world, Change::Instance { row: instance.0, at });
    }

    fn service(&mut self, world: &World, service: ServiceId) {
        let (healthy, desired) = super::availability::healthy_and_desired(world, service);
        self.push(world, Change::Service { service: service.0, healthy, desired });
    }

    fn region(&mut self, world: &World) {
        let region = &world.region;
        let switches = Switches {
            control_plane_down: region.control_plane_down > 0,
            registry_down: region.registry_down > 0,
            role_revoked: region.role_revoked > 0,
        };
        self.push(world, Change::Region(switches));
    }

    fn launches(&mut self, world: &World, zone: ZoneId) {
        self.push(world, Change::Launches { zone: zone.0, fail: world.zones[zone].launch_blocks > 0 });
    }

    /// Brings the record down to `most` changes.
    fn thin(&mut self, now: Time, most: usize) {
        let mut exact = std::mem::take(&mut self.replay.exact);
        exact.push((self.unthinned, now));
        self.replay.exact = exact;
        if self.replay.changes.len() > most {
            thin(&mut self.replay, &self.damages.windows(now), most);
        }
        self.unthinned = now;
    }

    fn is_too_large(&mut self, world: &World) -> bool {
        let rows = world.instances.in_use() + world.tasks.in_use();
        if rows > MOST_ROWS {
            *self = Recorder { replay: Replay { too_large: Some(rows), ..Replay::default() }, ..Recorder::default() };
        }
        rows > MOST_ROWS
    }
}

impl Meter for Recorder {
    fn topics(&self) -> Topics {
        [
            Topics::PHASE,
            Topics::CONTAINER,
            Topics::SERVING,
            Topics::BELIEF,
            Topics::HEALTHY,
            Topics::SLOT,
            Topics::HOST,
            Topics::INSTANCE,
            Topics::REGION,
            Topics::STOPPING,
        ]
        .into_iter()
        .fold(Topics::PLACEMENT, Topics::and)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        if !self.is_on {
            return;
        }
        match *fact {
            Fact::Placed(task) => {
                if self.is_too_large(world) {
                    return;
                }
                self.task(world, task);
            }
            Fact::Stopping(task)
            | Fact::PhaseChanged { task, .. }
            | Fact::Started { task, .. }
            | Fact::ServingChanged { task, .. }
            | Fact::HealthChanged { task, .. }
            | Fact::TargetChanged { task, .. } => self.task(world, task),
            Fact::HealthyChanged { service, .. } | Fact::DesiredChanged { service, .. } => self.service(world, service),
            Fact::SlotChanged { service, slot, before } => self.damages.slot(world, service, slot, &before),
            Fact::Launched(instance)
            | Fact::HostUp(instance)
            | Fact::HostHung(instance)
            | Fact::HostUnhung(instance)
            | Fact::HostDown(instance)
            | Fact::HostGone(instance)
            | Fact::CutOffChanged(instance)
            | Fact::Registered { instance, .. }
            | Fact::AgentChanged(instance)
            | Fact::ReadyChanged(instance)
            | Fact::ImpairedChanged(instance)
            | Fact::Forgotten(instance) => self.instance(world, instance),
            Fact::LaunchesChanged(zone) => self.launches(world, zone),
            Fact::ControlPlaneChanged | Fact::RegistryChanged | Fact::RoleChanged => self.region(world),
            _ => {}
        }
        if self.replay.changes.len() > OVERFLOW {
            self.thin(world.now, MOST_CHANGES);
        }
    }

    fn reset(&mut self, world: &World) {
        *self = Recorder { is_on: true, unthinned: world.now, ..Recorder::default() };
        if self.is_too_large(world) {
            return;
        }
        let instances: Vec<InstanceId> = world.live_instances().map(|(id, _)| id).collect();
        for instance in instances {
            self.instance(world, instance);
        }
        for (task, _) in world.tasks.iter().filter(|(_, row)| row.in_use()) {
            self.task(world, task);
        }
        for service in world.fleet.services.ids() {
            self.service(world, service);
        }
        for zone in world.fleet.zones.ids() {
            self.launches(world, zone);
        }
        self.region(world);
        self.replay.began = world.now;
        self.replay.start = std::mem::take(&mut self.replay.changes).into_iter().map(|(_, change)| change).collect();
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        if self.is_on {
            self.thin(world.now, MOST_CHANGES);
            self.replay.ended = world.now;
        }
        outcome.replay = Some(std::mem::take(&mut self.replay));
    }
}
