//! The clock of container-level models: each container ages from its start, or all that are chosen are struck at a set time.
//!
//! A life is drawn at the address (service, slot, how many lives the slot has had): the third life of slot 7 is equally
//! long under every placement strategy. What else is drawn in its course is numbered within it: no address has a time in it.

use crate::base::id::Id;
use crate::base::random::{Label, Rng};
use crate::base::time::Time;
use crate::world::actor::Actor;
use crate::world::command::Commands;
use crate::world::event::{Event, short_step};
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::Fleet;
use crate::world::incident::{Incident, Struck};
use crate::world::{IncidentId, ModelId, ServiceId, TaskId, World};

use super::build::When;
use super::target::Target;

/// What a model does to a container.
pub trait ContainerEffect: Send {
    /// Strikes. Returns `false` where it had no effect this time and the clock goes on.
    fn strike(&mut self, world: &World, on: Strike, out: &mut Commands) -> bool;

    /// A timer of its own, set with kind [`EFFECT`].
    fn on_timer(&mut self, _world: &World, _task: TaskId, _event: Event, _out: &mut Commands) {}

    /// Whether the container can suffer this at all.
    fn concerns(&self, _world: &World, _task: TaskId, _container: u8) -> bool {
        true
    }
}

/// A container that is struck.
#[derive(Copy, Clone, Debug)]
pub struct Strike {
    /// Its task.
    pub task: TaskId,
    /// Its place in the task.
    pub container: u8,
    /// The incident that it belongs to.
    pub incident: IncidentId,
    /// Tells it from the other strikes of the same life.
    number: u64,
}

impl Strike {
    /// What the effect draws for this strike: by the life of the container and the number of the strike.
    pub fn rng(&self, world: &World, label: Label) -> Rng {
        address(world, label.with(self.number), self.task, self.container)
    }
}

/// What is drawn in the course of a container's life. Two tasks of a slot may run side by side while one replaces the other:
/// the number of the task tells them apart.
fn address(world: &World, label: Label, task: TaskId, container: u8) -> Rng {
    let life = world.container_life(task, container);
    world.random.at(label.with(world.tasks[task].life.into()), life.entity, life.nth)
}

/// The number of a strike, of which there are three sorts: those of the container's own clock, scheduled ones, and those of
/// the service's clock.
fn number(container: u8, sort: u64, nth: u64) -> u64 {
    u64::from(container) | sort << 8 | nth << 10
}

/// Counts the strikes without effect that a container has met in the run that it is in.
#[derive(Clone, Debug, Default)]
pub struct InVain {
    /// Containers that a task can have.
    width: usize,
    /// The run and the strikes in it, by the task's row and the container.
    rows: Vec<(u32, u32)>,
}

impl InVain {
    /// Nothing was struck yet.
    pub fn new(fleet: &Fleet) -> InVain {
        let width = fleet.definitions.values().map(|definition| definition.containers.len()).max().unwrap_or(0);
        InVain { width: width.max(1), rows: Vec::new() }
    }

    fn so_far(&self, task: TaskId, container: u8, run: u32) -> u32 {
        match self.rows.get(task.index() * self.width + usize::from(container)) {
            Some(&(of, times)) if of == run => times,
            _ => 0,
        }
    }

    /// Counts one more and says how many there were.
    fn one_more(&mut self, task: TaskId, container: u8, run: u32) -> u32 {
        let times = self.so_far(task, container, run) + 1;
        let place = task.index() * self.width + usize::from(container);
        if self.rows.len() <= place {
            self.rows.resize(place + 1, (0, 0));
        }
        self.rows[place] = (run, times);
        times
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
    /// Strikes without effect in the run under way, by the task's row and the container.
    pub in_vain: InVain,
}

impl<E: ContainerEffect> Containers<E> {
    /// The time to the next strike, where `before` have had no effect in the run that it is in.
    fn age(&self, world: &World, task: TaskId, container: u8, before: u32, out: &mut Commands) {
        let When::Every(law) = &self.when else { return };
        let run = world.tasks[task].run_of(usize::from(container));
        let label = self.label.with(number(container, 0, before.into()));
        let span = law.sample(|| match before {
            0 => {
                let life = world.container_life(task, container);
                world.random.at(label, life.entity, life.nth)
            }
            _ => address(world, label, task, container),
        });
        out.after(span, LIFE, container, run.number, task.0);
    }

    fn next_of_service(&self, world: &World, service: ServiceId, out: &mut Commands) {
        if let When::Every(law) = &self.when {
            let nth = self.strikes[service.index()];
            let span = law.sample(|| world.random.at(self.label.with(u64::MAX), service.0.into(), nth));
            out.after(span, SERVICE, 0, 0, service.0);
        }
    }

    /// Strikes several at once: the service `of` by its clock, or the `nth` scheduled time.
    fn strike_all(
        &mut self,
        world: &World,
        struck: Vec<(TaskId, u8)>,
        of: Option<ServiceId>,
        (sort, nth): (u64, u64),
        out: &mut Commands,
    ) {
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
                let number = number(container, sort, nth);
                self.effect.strike(world, Strike { task, container, incident, number }, out);
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
                        self.strike_all(world, struck, Some(service), (1, nth), out);
                    }
                } else {
                    let struck = self.target.choose(self.target.containers(world), &mut rng);
                    self.strike_all(world, struck, None, (1, nth), out);
                }
            }
            SERVICE => {
                let service = ServiceId(event.target());
                self.strikes[service.index()] += 1;
                let nth = self.strikes[service.index()];
                let struck = of_service(self.target.containers(world), world, service);
                self.strike_all(world, struck, Some(service), (2, nth), out);
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
                    return;
                }
                let before = self.in_vain.so_far(task, container, run.number);
                let number = number(container, 0, before.into());
                if !self.effect.strike(world, Strike { task, container, incident: self.shared, number }, out) {
                    let before = self.in_vain.one_more(task, container, run.number);
                    self.age(world, task, container, before, out);
                }
            }
        }
    }
}

fn of_service(mut containers: Vec<(TaskId, u8)>, world: &World, service: ServiceId) -> Vec<(TaskId, u8)> {
    containers.retain(|(task, _)| world.tasks[*task].service == service);
    containers
}
