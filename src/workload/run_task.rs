//! A batch of standalone tasks: they arrive, run for a drawn time, and end.

use crate::base::distribution::Distribution;
use crate::base::random::Label;
use crate::base::time::Time;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::event::{Event, short_step};
use crate::world::fact::{Fact, Topics};
use crate::world::{IncidentId, ServiceId, TaskId, World};

const ARRIVAL: Label = Label::new("run task: arrival");
const RUN_TIME: Label = Label::new("run task: run time");

/// A task arrives.
const ARRIVE: u8 = 0;
/// A task has run long enough.
const DONE: u8 = 1;

/// The arrivals and run times of one batch, resolved.
#[derive(Clone, Debug)]
pub struct Arrivals {
    /// The row of the batch.
    pub service: ServiceId,
    /// From one arrival to the next.
    pub every: Distribution,
    /// How many arrive in all; `None` without a limit.
    pub count: Option<u32>,
    /// When the first may arrive.
    pub starts_at: Time,
    /// How long a task runs; `None` for one that runs until somebody ends it.
    pub run_time: Option<Distribution>,
}

/// The actor of a batch.
pub struct RunTask {
    batch: Arrivals,
    arrived: u32,
}

impl RunTask {
    /// The actor of a batch.
    pub fn new(batch: Arrivals) -> RunTask {
        RunTask { batch, arrived: 0 }
    }

    fn next(&self, world: &World, from: Time, out: &mut Commands) {
        if self.batch.count.is_none_or(|count| self.arrived < count) {
            let entity = self.batch.service.0.into();
            let span = self.batch.every.sample(|| world.random.at(ARRIVAL, entity, self.arrived.into()));
            out.wake_at(from + span, ARRIVE, 0, 0, 0);
        }
    }
}

impl Actor for RunTask {
    fn topics(&self) -> Topics {
        Topics::CONTAINER
    }

    fn timer_kinds(&self) -> u8 {
        2
    }

    fn start(&mut self, world: &World, out: &mut Commands) {
        self.next(world, self.batch.starts_at, out);
    }

    fn on_fact(&mut self, world: &World, fact: &Fact, out: &mut Commands) {
        // The first container carries the work.
        if let Fact::Started { task, container: 0 } = *fact
            && world.tasks[task].service == self.batch.service
            && let Some(run_time) = &self.batch.run_time
        {
            let row = &world.tasks[task];
            let entity = u64::from(row.service.0) << 32 | u64::from(row.slot);
            let span = run_time.sample(|| world.random.at(RUN_TIME, entity, 0));
            out.after(span, DONE, 0, row.run.number, task.0);
        }
    }

    fn on_timer(&mut self, world: &World, kind: u8, event: Event, out: &mut Commands) {
        if kind == ARRIVE {
            self.arrived += 1;
            out.push(Command::Arrive(self.batch.service));
            self.next(world, world.now, out);
            return;
        }
        let task = TaskId(event.target());
        let row = &world.tasks[task];
        let mine = row.in_use() && row.service == self.batch.service;
        if mine && short_step(row.run.number) == event.step() && row.exited & 1 == 0 {
            out.push(Command::Exit { task, container: 0, incident: IncidentId::NONE, out_of_memory: false });
        }
    }
}
