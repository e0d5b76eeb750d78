//! The course of the run: healthy and desired tasks of each service, reservation of each zone, at every change.
//!
//! A series that grows beyond its bound is made coarser (see [`super::course`]); no outage disappears by that.

use crate::base::id::Table;
use crate::base::time::Time;
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::Scheduling;
use crate::world::instance::Registration;
use crate::world::task::Phase;
use crate::world::{InstanceId, ServiceId, TaskId, World, ZoneId};

use super::availability::healthy_and_desired;
use super::course::{Course, Point};
use super::outcome::Outcome;
use super::{Entry, Meter};

pub(super) const ENTRY: Entry = Entry {
    name: "timeline",
    summary: "healthy and desired tasks of each service and reservation of each zone over time",
    make: |world| {
        let mut meter = Box::new(Recorder::default());
        meter.reset(world);
        meter
    },
};

/// A service at a moment, until the next point.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct ServicePoint {
    /// Seconds since the start of the run.
    pub seconds: f64,
    /// Healthy tasks.
    pub healthy: u32,
    /// Tasks that ECS counts as running.
    pub running: u32,
    /// Desired tasks.
    pub desired: u32,
}

/// A zone at a moment, until the next point.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct ZonePoint {
    /// Seconds since the start of the run.
    pub seconds: f64,
    /// Reserved CPU over registered CPU.
    pub cpu: f64,
    /// Reserved memory over registered memory.
    pub memory: f64,
    /// Tasks that hold resources.
    pub tasks: u32,
    /// Instances registered with ECS.
    pub instances: u32,
}

/// One series.
#[derive(Clone, Debug)]
pub struct Series<P> {
    /// The name of the service or zone.
    pub name: String,
    /// Its points in order of time.
    pub points: Vec<P>,
}

/// The course of a run.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// One series a service, batches left out.
    pub services: Vec<Series<ServicePoint>>,
    /// One series a zone.
    pub zones: Vec<Series<ZonePoint>>,
}

#[derive(Default)]
struct Recorder {
    services: Table<ServiceId, Course<ServicePoint>>,
    zones: Table<ZoneId, ZoneRow>,
}

#[derive(Default)]
struct ZoneRow {
    registered: [u64; 2],
    reserved: [u64; 2],
    tasks: u32,
    instances: u32,
    course: Course<ZonePoint>,
}

impl Point for ServicePoint {
    fn seconds(&self) -> f64 {
        self.seconds
    }

    fn height(&self) -> f64 {
        self.healthy.into()
    }
}

impl Point for ZonePoint {
    fn seconds(&self) -> f64 {
        self.seconds
    }

    fn height(&self) -> f64 {
        self.cpu
    }
}

impl Recorder {
    fn service(&mut self, world: &World, service: ServiceId) {
        let (healthy, desired) = healthy_and_desired(world, service);
        let running = world.services[service].running;
        let point = ServicePoint { seconds: world.now.seconds(), healthy, running, desired };
        self.services[service].add(point);
    }

    fn zone(&mut self, now: Time, zone: ZoneId) {
        let row = &mut self.zones[zone];
        let share = |of: usize| {
            if row.registered[of] == 0 { 0.0 } else { row.reserved[of] as f64 / row.registered[of] as f64 }
        };
        let point = ZonePoint {
            seconds: now.seconds(),
            cpu: share(0),
            memory: share(1),
            tasks: row.tasks,
            instances: row.instances,
        };
        row.course.add(point);
    }

    fn reserve(&mut self, world: &World, task: TaskId, there: bool) -> ZoneId {
        let row = &world.tasks[task];
        let need = world.fleet.definitions[world.fleet.services[row.service].definition].need;
        let zone = world.instances[row.instance].zone;
        let sums = &mut self.zones[zone];
        for (sum, amount) in sums.reserved.iter_mut().zip([need.cpu, need.memory]) {
            if there { *sum += u64::from(amount) } else { *sum -= u64::from(amount) }
        }
        if there {
            sums.tasks += 1
        } else {
            sums.tasks -= 1
        }
        zone
    }

    fn register(&mut self, world: &World, instance: InstanceId, there: bool) -> ZoneId {
        let row = &world.instances[instance];
        let registered = world.fleet.capacities[row.capacity].registered;
        let sums = &mut self.zones[row.zone];
        for (sum, amount) in sums.registered.iter_mut().zip([registered.cpu, registered.memory]) {
            if there { *sum += u64::from(amount) } else { *sum -= u64::from(amount) }
        }
        if there {
            sums.instances += 1
        } else {
            sums.instances -= 1
        }
        row.zone
    }
}

impl Meter for Recorder {
    fn topics(&self) -> Topics {
        Topics::HEALTHY.and(Topics::PLACEMENT).and(Topics::PHASE).and(Topics::INSTANCE)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        match *fact {
            Fact::HealthyChanged { service, .. } | Fact::DesiredChanged { service, .. } => self.service(world, service),
            Fact::Placed(task) => {
                let zone = self.reserve(world, task, true);
                self.zone(world.now, zone);
            }
            Fact::PhaseChanged { task, .. } if world.tasks[task].phase == Phase::Stopped => {
                let zone = self.reserve(world, task, false);
                self.zone(world.now, zone);
            }
            Fact::Registered { instance, from } => {
                let there = world.instances[instance].registration != Registration::None;
                if (from == Registration::None) == there {
                    let zone = self.register(world, instance, there);
                    self.zone(world.now, zone);
                }
            }
            _ => {}
        }
    }

    fn reset(&mut self, world: &World) {
        self.services = world.fleet.services.ids().map(|_| Course::default()).collect();
        self.zones = world.fleet.zones.ids().map(|_| ZoneRow::default()).collect();
        for (instance, row) in world.live_instances() {
            if row.registration != Registration::None {
                self.register(world, instance, true);
            }
        }
        for (task, _) in world.tasks.iter().filter(|(_, task)| task.in_use()) {
            self.reserve(world, task, true);
        }
        for service in world.fleet.services.ids() {
            self.service(world, service);
        }
        for zone in world.fleet.zones.ids() {
            self.zone(world.now, zone);
        }
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        // The last state holds until the end.
        for service in world.fleet.services.ids() {
            self.service(world, service);
        }
        for zone in world.fleet.zones.ids() {
            self.zone(world.now, zone);
        }
        let services = world.fleet.services.iter().filter(|(_, spec)| spec.scheduling != Scheduling::Standalone);
        outcome.timeline.services = services
            .map(|(id, spec)| Series {
                name: spec.name.clone(),
                points: std::mem::take(&mut self.services[id]).finish(),
            })
            .collect();
        outcome.timeline.zones = world
            .fleet
            .zones
            .iter()
            .map(|(id, spec)| Series {
                name: spec.name.clone(),
                points: std::mem::take(&mut self.zones[id].course).finish(),
            })
            .collect();
    }
}
