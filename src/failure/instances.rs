//! The clock of instance-level models: each host ages from its boot, or those that are chosen are struck at a set time.
//!
//! A life is drawn at the address (group, place in the group, how many lives the place has had), so that the instance in
//! a place fails at the same age under every placement strategy.

use std::collections::{BTreeMap, VecDeque};

use crate::base::distribution::Distribution;
use crate::base::random::Label;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::event::{Event, short_step};
use crate::world::fact::{Fact, Topics};
use crate::world::incident::{Incident, Struck};
use crate::world::instance::Host;
use crate::world::{IncidentId, InstanceId, ModelId, World};

use super::build::When;
use super::target::Target;

/// What a model does to an instance.
pub trait InstanceEffect: Send {
    /// Strikes.
    fn begin(&mut self, world: &World, instance: InstanceId, incident: IncidentId, out: &mut Commands);

    /// The effect has lasted long enough. The instance is still the one that was struck.
    fn end(&mut self, _world: &World, _instance: InstanceId, _incident: IncidentId, _out: &mut Commands) {}
}

/// A host's life is over.
const LIFE: u8 = 0;
/// A scheduled strike.
const STRIKE: u8 = 1;
/// An effect is over.
const END: u8 = 2;

/// What every instance-level model is made of.
pub struct Parts {
    /// Its place in `failures`.
    pub model: ModelId,
    /// Its random draws.
    pub label: Label,
    /// When it strikes.
    pub when: When,
    /// What it may strike.
    pub target: Target,
    /// How long a strike lasts; forever where it has no end.
    pub lasts: Distribution,
    /// Repairs that can be under way at once; the others wait in the order of their failures.
    pub crews: Option<u32>,
}

/// A strike under way.
#[derive(Copy, Clone, Debug)]
struct UnderWay {
    /// The launch that was struck.
    serial: u32,
    incident: IncidentId,
}

/// The actor of an instance-level model.
pub struct Instances<E> {
    parts: Parts,
    effect: E,
    /// Repairs under way.
    repairing: u32,
    /// Struck instances that wait for a crew.
    queue: VecDeque<InstanceId>,
    /// Lives that each place of a group has had.
    lives: BTreeMap<u64, u64>,
    /// Repairs that each place of a group has had.
    repairs: BTreeMap<u64, u64>,
    /// For each row of the instance table: a count that changes whenever the life under way is over.
    clocks: Vec<u32>,
    /// What is under way, by row.
    under_way: BTreeMap<InstanceId, UnderWay>,
}

impl<E: InstanceEffect> Instances<E> {
    /// The actor of an effect.
    pub fn new(parts: Parts, effect: E) -> Instances<E> {
        Instances {
            parts,
            effect,
            repairing: 0,
            queue: VecDeque::new(),
            lives: BTreeMap::new(),
            repairs: BTreeMap::new(),
            clocks: Vec::new(),
            under_way: BTreeMap::new(),
        }
    }

    fn clock(&mut self, instance: InstanceId) -> &mut u32 {
        let row = instance.0 as usize;
        if self.clocks.len() <= row {
            self.clocks.resize(row + 1, 0);
        }
        &mut self.clocks[row]
    }

    /// A new life begins.
    fn age(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        *self.clock(instance) += 1;
        let When::Every(law) = &self.parts.when else { return };
        let entity = world.instance_life(instance).entity;
        let life = self.lives.entry(entity).or_default();
        *life += 1;
        let span = law.sample(|| world.random.at(self.parts.label, entity, *life));
        out.after(span, LIFE, 0, self.clocks[instance.0 as usize], instance.0);
    }

    fn strike(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let serial = world.instances[instance].serial;
        let struck = Struck::Instance { instance, serial };
        let incident = out.open(Incident { model: self.parts.model, struck, opened: world.now, closed: None });
        self.under_way.insert(instance, UnderWay { serial, incident });
        self.effect.begin(world, instance, incident, out);
        if self.parts.crews.is_some_and(|crews| self.repairing >= crews) {
            self.queue.push_back(instance);
        } else {
            self.repair(world, instance, out);
        }
    }

    fn repair(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let Some(&UnderWay { serial, .. }) = self.under_way.get(&instance) else { return };
        self.repairing += 1;
        let life = world.instance_life(instance);
        let nth = self.repairs.entry(life.entity).or_default();
        *nth += 1;
        let span = self.parts.lasts.sample(|| world.random.at(self.parts.label.with(1), life.entity, *nth));
        out.after(span, END, 0, serial, instance.0);
    }

    fn end(&mut self, world: &World, instance: InstanceId, step: u32, out: &mut Commands) {
        let Some(&UnderWay { serial, incident }) = self.under_way.get(&instance) else { return };
        if short_step(serial) != step {
            return;
        }
        self.under_way.remove(&instance);
        let row = &world.instances[instance];
        if row.serial == serial && row.host != Host::Gone {
            self.effect.end(world, instance, incident, out);
        }
        out.push(Command::Close(incident));
        self.repairing -= 1;
        if let Some(next) = self.queue.pop_front() {
            self.repair(world, next, out);
        }
    }

    /// Still the instance that was struck.
    fn is_struck(&self, world: &World, instance: InstanceId) -> bool {
        self.under_way.get(&instance).is_some_and(|struck| struck.serial == world.instances[instance].serial)
    }
}

impl<E: InstanceEffect> Actor for Instances<E> {
    fn topics(&self) -> Topics {
        match self.parts.when {
            When::Every(_) => Topics::HOST,
            When::At(_) => Topics(0),
        }
    }

    fn timer_kinds(&self) -> u8 {
        3
    }

    fn start(&mut self, _world: &World, out: &mut Commands) {
        if let When::At(times) = &self.parts.when {
            for (nth, at) in times.iter().enumerate() {
                out.wake_at(*at, STRIKE, 0, 0, nth as u32);
            }
        }
    }

    fn on_fact(&mut self, world: &World, fact: &Fact, out: &mut Commands) {
        match *fact {
            Fact::HostUp(instance) if self.parts.target.has_instance(world, instance) => {
                self.age(world, instance, out);
            }
            Fact::HostDown(instance) | Fact::HostGone(instance) => *self.clock(instance) += 1,
            _ => {}
        }
    }

    fn on_timer(&mut self, world: &World, kind: u8, event: Event, out: &mut Commands) {
        match kind {
            STRIKE => {
                let mut rng = world.random.at(self.parts.label.with(2), 0, u64::from(event.target()));
                let mut all = self.parts.target.instances(world);
                all.retain(|instance| !self.is_struck(world, *instance));
                for instance in self.parts.target.choose(all, &mut rng) {
                    self.strike(world, instance, out);
                }
            }
            LIFE => {
                let instance = InstanceId(event.target());
                let current = self.clocks.get(instance.0 as usize).is_some_and(|clock| event.is_current(*clock));
                if !current || !world.instances[instance].in_use() {
                    return;
                }
                if !self.is_struck(world, instance) {
                    self.strike(world, instance, out);
                }
                // For effects that leave the host up (a disconnected agent): a boot begins a new life, and makes this stale.
                self.age(world, instance, out);
            }
            _ => self.end(world, InstanceId(event.target()), event.step(), out),
        }
    }
}
