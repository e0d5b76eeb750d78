//! The loop: the earliest event wakes its actor, the actor's commands change the world, the facts that follow are heard.
//!
//! One command is applied at a time, and the facts that it causes are heard before the next is applied, so that every
//! listener sees the world as it stood right after the change that it hears of.

mod apply;
mod change;
mod start;

use crate::base::queue::Queue;
use crate::base::time::Time;
use crate::metrics::Meter;
use crate::placement::Placer;
use crate::world::World;
use crate::world::actor::Actor;
use crate::world::command::Commands;
use crate::world::event::Event;
use crate::world::fact::{Fact, Topics};
use crate::world::invariants;

/// One change at a time without the loop, for benches that measure the change alone.
#[doc(hidden)]
pub use apply::apply;
pub use change::Change;
pub use start::{Setup, build, build_around, build_with, placer};

/// How often the invariants of the world are checked.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
pub enum Checking {
    /// Never.
    #[default]
    Off,
    /// After every so many events.
    Every(u64),
}

/// One replication of a scenario.
pub struct Engine {
    /// The state. Others look; only `apply` writes.
    pub world: World,
    queue: Queue<Event>,
    actors: Vec<Box<dyn Actor>>,
    first_timer: Vec<u8>,
    actor_of_timer: [u8; 256],
    listeners: [Vec<u8>; Topics::COUNT],
    meters: Vec<Box<dyn Meter>>,
    meter_listeners: [Vec<u8>; Topics::COUNT],
    placer: Box<dyn Placer>,
    out: Commands,
    facts: Vec<Fact>,
    /// Events handled so far, stale ones included.
    pub events: u64,
    checking: Checking,
    /// The first broken invariant and when it was seen, where one was found.
    pub broken: Option<String>,
}

impl Engine {
    /// An engine whose actors have not been started yet. Facts reach the actors in the order of the list, then the
    /// meters.
    pub fn new(
        world: World,
        placer: Box<dyn Placer>,
        actors: Vec<Box<dyn Actor>>,
        meters: Vec<Box<dyn Meter>>,
        checking: Checking,
    ) -> Engine {
        let mut first_timer = Vec::with_capacity(actors.len());
        let mut actor_of_timer = [u8::MAX; 256];
        let mut next = 0usize;
        for (index, actor) in actors.iter().enumerate() {
            first_timer.push(next as u8);
            for _ in 0..actor.timer_kinds() {
                // `scenario::check` bounds the number of failure models, and each other family is one actor whatever it
                // serves, so that 256 kinds are never exceeded.
                actor_of_timer[next] = index as u8;
                next += 1;
            }
        }
        let by_topic = |wanted: &dyn Fn(usize) -> Topics, count: usize| -> [Vec<u8>; Topics::COUNT] {
            std::array::from_fn(|topic| {
                (0..count).filter(|&index| wanted(index).has(topic)).map(|index| index as u8).collect()
            })
        };
        let listeners = by_topic(&|index| actors[index].topics(), actors.len());
        let meter_listeners = by_topic(&|index| meters[index].topics(), meters.len());
        Engine {
            world,
            queue: Queue::new(),
            actors,
            first_timer,
            actor_of_timer,
            listeners,
            meters,
            meter_listeners,
            placer,
            out: Commands::default(),
            facts: Vec::new(),
            events: 0,
            checking,
            broken: None,
        }
    }

    /// Starts the actors and builds the initial state. With `warm`, whatever takes time takes none, so that the run
    /// begins in a steady state; otherwise everything starts from nothing at time zero.
    pub fn begin(&mut self, warm: bool) {
        self.world.warming_up = warm;
        for index in 0..self.actors.len() {
            self.out.enter(self.world.now, self.first_timer[index]);
            self.actors[index].start(&self.world, &mut self.out);
            self.settle();
        }
        self.state(Fact::Began);
        self.settle();
        if warm {
            // Timers of zero length that the initial state has set are part of it.
            while self.queue.peek_time() == Some(Time::ZERO) {
                self.step();
            }
        }
        self.world.warming_up = false;
        self.state(Fact::WarmedUp);
        self.settle();
    }

    /// Handles every event up to and including `until`, and sets the clock there.
    pub fn run_until(&mut self, until: Time) {
        while let Some(time) = self.queue.peek_time() {
            if time > until {
                break;
            }
            self.step();
        }
        self.world.now = until;
    }

    /// The number of timers pending.
    pub fn pending(&self) -> usize {
        self.queue.len()
    }

    /// Lets each meter look at the world at this moment.
    pub fn sample(&mut self) {
        for meter in &mut self.meters {
            meter.sample(&self.world);
        }
    }

    /// Lets each meter forget what it has seen: the end of the warm-up.
    pub fn reset_meters(&mut self) {
        for meter in &mut self.meters {
            meter.reset(&self.world);
        }
    }

    /// The meters, to be asked for their figures.
    pub fn meters(&mut self) -> (&World, &mut [Box<dyn Meter>]) {
        (&self.world, &mut self.meters)
    }

    /// Takes the world and the queue apart again.
    fn step(&mut self) {
        let Some((time, event)) = self.queue.pop() else { return };
        self.world.now = time;
        self.events += 1;
        let actor = usize::from(self.actor_of_timer[usize::from(event.kind())]);
        let first = self.first_timer[actor];
        self.out.enter(time, first);
        self.actors[actor].on_timer(&self.world, event.kind() - first, event, &mut self.out);
        self.settle();
        if let Checking::Every(period) = self.checking
            && self.events.is_multiple_of(period)
        {
            self.inspect();
        }
    }

    /// Checks the invariants now, whatever [`Checking`] says of the events in between.
    pub fn inspect(&mut self) {
        if self.broken.is_none() {
            self.broken = invariants::check(&self.world).err().map(|fault| format!("at {}: {fault}", self.world.now));
        }
    }

    /// Applies what has been asked for until nothing is left.
    fn settle(&mut self) {
        while let Some(command) = self.out.next_command() {
            apply(command, &mut self.world, &mut *self.placer, &mut self.queue, &mut self.facts);
            self.tell();
        }
    }

    fn state(&mut self, fact: Fact) {
        self.facts.push(fact);
        self.tell();
    }

    /// Tells the facts of one change, oldest first.
    fn tell(&mut self) {
        for index in 0..self.facts.len() {
            let fact = self.facts[index];
            let topic = fact.topic();
            for &meter in &self.meter_listeners[topic] {
                self.meters[usize::from(meter)].on_fact(&self.world, &fact);
            }
            for &actor in &self.listeners[topic] {
                let actor = usize::from(actor);
                self.out.enter(self.world.now, self.first_timer[actor]);
                self.actors[actor].on_fact(&self.world, &fact, &mut self.out);
            }
        }
        self.facts.clear();
    }
}
