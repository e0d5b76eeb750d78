//! Batches of standalone tasks: they arrive, run for a drawn time, and end.
//!
//! One actor serves all batches, for kinds of timers are few and batches may be many: each unfinished Job is one.

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

/// A task arrives; the target is the service.
const ARRIVE: u8 = 0;
/// A task has run long enough; the target is the task, the step its run.
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

/// A batch and how many of its tasks have arrived.
struct Batch {
    of: Arrivals,
    arrived: u32,
}

impl Batch {
    fn next(&self, world: &World, from: Time, out: &mut Commands) {
        if self.of.count.is_none_or(|count| self.arrived < count) {
            let entity = self.of.service.0.into();
            let span = self.of.every.sample(|| world.random.at(ARRIVAL, entity, self.arrived.into()));
            out.wake_at(from + span, ARRIVE, 0, 0, self.of.service.0);
        }
    }
}

/// The actor of all batches.
pub struct RunTask {
    batches: Vec<Batch>,
    /// The place of each service's batch in the list, where it is one.
    place: Vec<Option<u32>>,
}

impl RunTask {
    /// The actor of these batches, one a service at most.
    pub fn new(batches: Vec<Arrivals>) -> RunTask {
        let rows = batches.iter().map(|batch| batch.service.0 as usize + 1).max().unwrap_or(0);
        let mut place = vec![None; rows];
        for (index, batch) in batches.iter().enumerate() {
            place[batch.service.0 as usize] = Some(index as u32);
        }
        RunTask { batches: batches.into_iter().map(|of| Batch { of, arrived: 0 }).collect(), place }
    }

    fn place_of(&self, service: ServiceId) -> Option<usize> {
        self.place.get(service.0 as usize).copied().flatten().map(|place| place as usize)
    }

    fn begin(&self, world: &World, out: &mut Commands) {
        for batch in &self.batches {
            batch.next(world, batch.of.starts_at, out);
        }
    }

    /// The first container carries the work.
    fn started(&self, world: &World, task: TaskId, out: &mut Commands) {
        if let Some(place) = self.place_of(world.tasks[task].service)
            && let Some(run_time) = &self.batches[place].of.run_time
        {
            let row = &world.tasks[task];
            let entity = u64::from(row.service.0) << 32 | u64::from(row.slot);
            let span = run_time.sample(|| world.random.at(RUN_TIME, entity, 0));
            out.after(span, DONE, 0, row.run.number, task.0);
        }
    }
}

impl Actor for RunTask {
    fn topics(&self) -> Topics {
        Topics::CONTAINER.and(Topics::START)
    }

    fn timer_kinds(&self) -> u8 {
        2
    }

    fn start(&mut self, world: &World, out: &mut Commands) {
        // Unfinished Jobs of a cluster are part of its initial state.
        if world.fleet.kubernetes.is_some() {
            self.begin(world, out);
        }
    }

    fn on_fact(&mut self, world: &World, fact: &Fact, out: &mut Commands) {
        match *fact {
            // Tasks that arrive at time zero come after the initial state, not with it.
            Fact::WarmedUp if world.fleet.kubernetes.is_none() => self.begin(world, out),
            Fact::Started { task, container: 0 } => self.started(world, task, out),
            _ => {}
        }
    }

    fn on_timer(&mut self, world: &World, kind: u8, event: Event, out: &mut Commands) {
        if kind == ARRIVE {
            let service = ServiceId(event.target());
            let Some(place) = self.place_of(service) else { return };
            let batch = &mut self.batches[place];
            batch.arrived += 1;
            out.push(Command::Arrive(service));
            batch.next(world, world.now, out);
            return;
        }
        let task = TaskId(event.target());
        let row = &world.tasks[task];
        // The numbers of runs go on where a row is used again: the same number is the same run of the same task.
        if row.in_use() && short_step(row.run.number) == event.step() && row.exited & 1 == 0 {
            out.push(Command::Exit { task, container: 0, incident: IncidentId::NONE, out_of_memory: false });
        }
    }
}
