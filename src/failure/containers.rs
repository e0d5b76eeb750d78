//! The clock of container-level models: each container ages from its start, or all that are chosen are struck at a set time.
//!
//! A life is drawn at the address (service, slot, how many lives the slot has had): the third life of slot 7 is equally
//! long under every placement strategy.

use crate::base::id::Id;
use crate::base::random::Label;
use crate::base::time::Time;
use crate::world::actor::Actor;
use crate::world::command::Commands;
use crate::world::event::{Event, short_step};
use crate::world::fact::{Fact, Topics};
use crate::world::incident::{Incident, Struck};
use crate::world::{IncidentId, ModelId, ServiceId, TaskId, World};

use super::build::When;
use super::target::Target;

/// What a model does to a container.
pub trait ContainerEffect: Send {
    /// Strikes. Returns `false` where it had no effect this time and the clock goes on.
    fn strike(&mut self, world: &World, task: TaskId, container: u8, incident: IncidentId, out: &mut Commands) -> bool;

    /// A timer of its own, set with kind [`EFFECT`].
    fn on_timer(&mut self, _world: &World, _task: TaskId, _event: Event, _out: &mut Commands) {}

    /// Whether the container can suffer this at all.
    fn concerns(&self, _world: &World, _task: TaskId, _container: u8) -> bool {
        true
    }
}

/// A container's life is over.
const LIFE: u8 = 0;
/// A scheduled strike.
const STRIKE: u8 = 1;
/// A service's clock has run out.
const SERVICE: u8 = 2;
/// For the effect itself.
pub const EFFECT: u8 = 3;

/// What has a clock.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Per {
    /// Each container.
    Container,
    /// Each service: all of its containers are struck at once.
    Service,
}

/// The actor of a container-level model.
pub struct Containers<E> {
    /// Its place in `failures`.
    pub model: ModelId,
    /// Its random draws.
    pub label: Label,
    /// When it strikes.
    pub when: When,
    /// What has a clock.
    pub per: Per,
    /// What it may strike.
    pub target: Target,
    /// What it does.
    pub effect: E,
    /// The incident of all single strikes together.
    pub shared: IncidentId,
    /// Strikes of each service so far.
    pub strikes: Vec<u64>,
}

impl<E: ContainerEffect> Containers<E> {
    fn age(&self, world: &World, task: TaskId, container: u8, again: u64, out: &mut Commands) {
        let When::Every(law) = &self.when else { return };
        let row = &world.tasks[task];
        let run = row.run_of(usize::from(container));
        let lives = match world.services[row.service].slots.get(row.slot as usize) {
            Some(slot) => u64::from(slot.lives),
            // A standalone task has its own number; only its restarts in place need telling apart.
            None if run.started_at == row.started_at => 0,
            None => world.now.0,
        };
        let entity = u64::from(row.service.0) << 32 | u64::from(row.slot);
        let label = self.label.with(u64::from(container) | again << 8);
        let life = law.sample(|| world.random.at(label, entity, lives));
        out.after(life, LIFE, container, run.number, task.0);
    }

    fn next_of_service(&self, world: &World, service: ServiceId, out: &mut Commands) {
        if let When::Every(law) = &self.when {
            let nth = self.strikes[service.index()];
            let span = law.sample(|| world.random.at(self.label.with(u64::MAX), service.0.into(), nth));
            out.after(span, SERVICE, 0, 0, service.0);
        }
    }

    fn strike_all(&mut self, world: &World, struck: Vec<(TaskId, u8)>, of: Option<ServiceId>, out: &mut Commands) {
        let Some(&(first, _)) = struck.first() else { return };
        let row = &world.tasks[first];
        let what = match of {
            Some(service) => Struck::Service(service),
            None if struck.len() == 1 => Struck::Task { task: first, service: row.service, slot: row.slot },
            None => Struck::Containers,
        };
        let incident = out.open(Incident { model: self.model, struck: what, opened: world.now, closed: None });
        for (task, container) in struck {
            if self.effect.concerns(world, task, container) {
                self.effect.strike(world, task, container, incident, out);
            }
        }
    }
}

impl<E: ContainerEffect> Actor for Containers<E> {
    fn topics(&self) -> Topics {
        match (&self.when, self.per) {
            (When::Every(_), Per::Container) => Topics::CONTAINER,
            _ => Topics(0),
        }
    }

    fn timer_kinds(&self) -> u8 {
        4
    }

    fn start(&mut self, world: &World, out: &mut Commands) {
        match (&self.when, self.per) {
            (When::At(times), _) => {
                for (nth, at) in times.iter().enumerate() {
                    out.wake_at(*at, STRIKE, 0, 0, nth as u32);
                }
            }
            (When::Every(_), Per::Container) => {
                let struck = Struck::Containers;
                self.shared = out.open(Incident { model: self.model, struck, opened: Time::ZERO, closed: None });
            }
            (When::Every(_), Per::Service) => {
                for service in world.fleet.services.ids().filter(|service| self.target.has_service(*service)) {
                    self.next_of_service(world, service, out);
                }
            }
        }
    }

    fn on_fact(&mut self, world: &World, fact: &Fact, out: &mut Commands) {
        if let Fact::Started { task, container } = *fact
            && self.target.has_container(world, task, container)
            && self.effect.concerns(world, task, container)
        {
            self.age(world, task, container, 0, out);
        }
    }

    fn on_timer(&mut self, world: &World, kind: u8, event: Event, out: &mut Commands) {
        match kind {
            STRIKE => {
                let nth = u64::from(event.target());
                let mut rng = world.random.at(self.label.with(u64::MAX - 1), 0, nth);
                if self.per == Per::Service {
                    let services: Vec<ServiceId> =
                        world.fleet.services.ids().filter(|service| self.target.has_service(*service)).collect();
                    for service in self.target.choose(services, &mut rng) {
                        let struck = of_service(self.target.containers(world), world, service);
                        self.strike_all(world, struck, Some(service), out);
                    }
                } else {
                    let struck = self.target.choose(self.target.containers(world), &mut rng);
                    self.strike_all(world, struck, None, out);
                }
            }
            SERVICE => {
                let service = ServiceId(event.target());
                self.strikes[service.index()] += 1;
                let struck = of_service(self.target.containers(world), world, service);
                self.strike_all(world, struck, Some(service), out);
                self.next_of_service(world, service, out);
            }
            _ => {
                let task = TaskId(event.target());
                let row = &world.tasks[task];
                let container = event.small();
                let run = row.run_of(usize::from(container));
                if !row.in_use() || short_step(run.number) != event.step() || row.exited >> container & 1 == 1 {
                    return;
                }
                if kind == EFFECT {
                    self.effect.on_timer(world, task, event, out);
                } else if !self.effect.strike(world, task, container, self.shared, out) {
                    self.age(world, task, container, world.now.since(run.started_at).0, out);
                }
            }
        }
    }
}

fn of_service(mut containers: Vec<(TaskId, u8)>, world: &World, service: ServiceId) -> Vec<(TaskId, u8)> {
    containers.retain(|(task, _)| world.tasks[*task].service == service);
    containers
}
