//! The placements of a slot, and one of them in full.
//!
//! The run is repeated twice: once to list every attempt to place the slot, once to look at the one that is asked for right
//! before it is decided. A wrapper around the placer sees both.

use std::sync::{Arc, Mutex, PoisonError};

use crate::base::time::Time;
use crate::engine::{self, Setup};
use crate::metrics::Meter;
use crate::metrics::outcome::Outcome;
use crate::placement::Placer;
use crate::placement::explain::{Explanation, Verdict};
use crate::scenario::Plan;
use crate::world::command::Order;
use crate::world::fact::{Fact, Refusal, Topics};
use crate::world::fleet::Scheduling;
use crate::world::task::{StopCode, Target};
use crate::world::{ImageId, InstanceId, ServiceId, TaskId, World};

use super::history::trouble;
use super::outcome::{Attempt, Decision, DecisionStep, Excluded, Ranked, SlotPlacements};
use super::{Question, Wrong};

/// Which attempt is explained.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first that there was.
    First,
    /// The one with this number, from 1.
    Number(u32),
    /// The last at or before a moment; where there is none, the first.
    At(Time),
}

#[derive(Default)]
struct Seen {
    attempts: Vec<Attempt>,
    /// The attempt that is to be looked at, and what was found.
    wanted: Option<u32>,
    decision: Option<Decision>,
    /// Why the last task of the slot stopped.
    last_stop: Option<String>,
}

type Shared = Arc<Mutex<Seen>>;

fn with<T>(shared: &Shared, look: impl FnOnce(&mut Seen) -> T) -> T {
    look(&mut shared.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A placer that takes notes.
struct Noting {
    inner: Box<dyn Placer>,
    service: ServiceId,
    slot: u32,
    seen: Shared,
}

/// Hears why tasks of the slot stop.
struct Stops {
    service: ServiceId,
    slot: u32,
    seen: Shared,
}

impl Meter for Stops {
    fn topics(&self) -> Topics {
        Topics::STOPPING
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        let Fact::Stopping(task) = *fact else { return };
        let row = &world.tasks[task];
        if row.service != self.service || row.slot != self.slot {
            return;
        }
        let why: String = match row.stop_code {
            Some(StopCode::EssentialContainerExited) => "its container had ended".into(),
            Some(StopCode::TerminationNotice) => "its instance had ended".into(),
            Some(StopCode::TaskFailedToStart) => "its task had failed to start".into(),
            Some(StopCode::ServiceSchedulerInitiated) => "the scheduler had stopped its task".into(),
            Some(other) => format!("ended: {}", other.name()),
            None => return,
        };
        with(&self.seen, |seen| seen.last_stop = Some(why));
    }

    fn reset(&mut self, _: &World) {}

    fn report(&mut self, _: &World, _: &mut Outcome) {}
}

impl Noting {
    fn why(&self, world: &World, order: &Order) -> String {
        let spec = &world.fleet.services[order.service];
        let refused_before = with(&self.seen, |seen| {
            let before = seen.attempts.iter().rev().take_while(|attempt| attempt.refusal.is_some());
            before.count()
        });
        let why = if order.zone.is_some() {
            format!("to balance the zones: for {}", world.fleet.zones[order.zone].name)
        } else if order.replaces.is_some() {
            let old = &world.tasks[order.replaces];
            if old.target == Target::Unhealthy {
                "the load balancer's checks fail".into()
            } else if world.instances[old.instance].accepts_tasks() {
                "its health check fails".into()
            } else {
                "its instance drains or is lost".into()
            }
        } else if world.warming_up {
            "initial state".into()
        } else if spec.scheduling == Scheduling::Standalone {
            "it arrived".into()
        } else {
            let stop = with(&self.seen, |seen| seen.last_stop.clone());
            stop.unwrap_or_else(|| "the service wants it filled".into())
        };
        match refused_before {
            0 => why,
            count => format!("attempt {}: {why}", count + 1),
        }
    }

    fn attempt(&self, world: &World, order: &Order, found: Result<InstanceId, Refusal>) -> Attempt {
        let row = found.ok().map(|instance| &world.instances[instance]);
        Attempt {
            number: with(&self.seen, |seen| seen.attempts.len()) as u32 + 1,
            seconds: world.now.seconds(),
            why: self.why(world, order),
            instance: row.map(|row| row.ec2_id()),
            zone: row.map(|row| world.fleet.zones[row.zone].name.clone()),
            refusal: found.err().map(|refusal| refusal.name().to_owned()),
        }
    }
}

/// An explanation with names instead of ids.
fn named(world: &World, attempt: Attempt, explanation: Explanation) -> Decision {
    let names = |instance: InstanceId| {
        let row = &world.instances[instance];
        let (zone, capacity) = (&world.fleet.zones[row.zone].name, &world.fleet.capacities[row.capacity].name);
        (row.ec2_id(), zone.clone(), capacity.clone())
    };
    let mut ranked = Vec::new();
    let mut excluded = Vec::new();
    for candidate in explanation.candidates {
        let (instance, zone, capacity) = names(candidate.instance);
        match candidate.verdict {
            Verdict::Excluded { by, detail } => {
                excluded.push(Excluded { instance, zone, capacity, by: by.name().into(), detail });
            }
            Verdict::Ranked { rank, values, behind_at } => {
                let unknown_trouble = trouble(world, candidate.instance).map(str::to_owned);
                ranked.push(Ranked { rank, instance, zone, capacity, values, behind_at, unknown_trouble });
            }
        }
    }
    ranked.sort_by_key(|row| row.rank);
    let step = |step: crate::placement::explain::Step| DecisionStep {
        title: step.title,
        before: step.before,
        after: step.after,
    };
    Decision {
        attempt,
        steps: explanation.steps.into_iter().map(step).collect(),
        tie_break: explanation.tie_break.into(),
        ranked,
        excluded,
    }
}

impl Placer for Noting {
    fn choose(&mut self, world: &World, order: &Order) -> Result<InstanceId, Refusal> {
        if order.service != self.service || order.slot != self.slot {
            return self.inner.choose(world, order);
        }
        let next = with(&self.seen, |seen| seen.attempts.len() as u32 + 1);
        let wanted = with(&self.seen, |seen| seen.wanted == Some(next));
        let explanation = if wanted { self.inner.explain(world, order) } else { None };
        let found = self.inner.choose(world, order);
        let attempt = self.attempt(world, order, found);
        let decision = explanation.map(|explanation| named(world, attempt.clone(), explanation));
        with(&self.seen, |seen| {
            seen.attempts.push(attempt);
            if decision.is_some() {
                seen.decision = decision;
            }
        });
        found
    }

    fn explain(&self, world: &World, order: &Order) -> Option<Explanation> {
        self.inner.explain(world, order)
    }

    fn preempt(&mut self, world: &World, order: &Order) -> Vec<TaskId> {
        self.inner.preempt(world, order)
    }

    fn choose_to_stop(&mut self, world: &World, service: ServiceId) -> Option<TaskId> {
        self.inner.choose_to_stop(world, service)
    }

    fn instance_changed(&mut self, world: &World, instance: InstanceId) {
        self.inner.instance_changed(world, instance);
    }

    fn image_cached(&mut self, world: &World, instance: InstanceId, image: ImageId) {
        self.inner.image_cached(world, instance, image);
    }

    fn task_placed(&mut self, world: &World, task: TaskId) {
        self.inner.task_placed(world, task);
    }

    fn task_stopping(&mut self, world: &World, task: TaskId) {
        self.inner.task_stopping(world, task);
    }

    fn task_ended(&mut self, world: &World, task: TaskId) {
        self.inner.task_ended(world, task);
    }
}

/// One run up to `until` with notes of one slot; gives the number of slots that the service has by then as well.
fn noted(plan: &Plan, service: ServiceId, slot: u32, wanted: Option<u32>, until: Time) -> (Seen, u32) {
    let shared = Shared::default();
    with(&shared, |seen| seen.wanted = wanted);
    let stops = Box::new(Stops { service, slot, seen: shared.clone() });
    let mut engine = engine::build_around(plan, Setup::default(), vec![stops], |ring| {
        let inner = engine::placer(plan, Setup::default(), ring);
        Box::new(Noting { inner, service, slot, seen: shared.clone() })
    });
    engine.run_until(until);
    let row = &engine.world.services[service];
    let slots = (row.slots.len() as u32).max(row.arrived);
    (with(&shared, std::mem::take), slots)
}

/// The placements of a slot, one of them in full.
///
/// # Errors
/// Where the service has no such slot, it was never to be placed, or there is no such attempt.
pub fn explain(plan: &Plan, slot: &Question, which: Which) -> Result<SlotPlacements, Wrong> {
    let Question { service, slot } = *slot;
    let name = &plan.fleet.services[service].name;
    let (seen, slots) = noted(plan, service, slot, None, Time::ZERO + plan.duration);
    let attempts = seen.attempts;
    let Some(last) = attempts.last().map(|attempt| attempt.number) else {
        let there_are = match slots {
            0 => format!("`{name}` has no task in this run"),
            1 => format!("`{name}` has the slot {name}/0 only"),
            count => format!("`{name}` has the slots {name}/0 to {name}/{}", count - 1),
        };
        let message = if slot < slots {
            format!("nothing was ever to be placed for {name}/{slot}")
        } else {
            format!("there is no {name}/{slot}: {there_are}")
        };
        return Err(Wrong {
            message,
            help: "a slot is a task's place in its service, from 0; a replacement takes it over".into(),
        });
    };
    let number = match which {
        Which::First => 1,
        Which::Number(number) if (1..=last).contains(&number) => number,
        Which::Number(number) => {
            let message = format!("{name}/{slot} has no placement {number}: it has {last}");
            return Err(Wrong { message, help: "leave `--placement` out to see them all".into() });
        }
        Which::At(at) => {
            let before = attempts.iter().rev().find(|attempt| attempt.seconds <= at.seconds());
            before.map_or(1, |attempt| attempt.number)
        }
    };
    let until = Time::ZERO + crate::base::time::Span::from_secs_f64(attempts[number as usize - 1].seconds);
    let (seen, _) = noted(plan, service, slot, Some(number), until);
    match seen.decision {
        Some(explained) => Ok(SlotPlacements { slot: format!("{name}/{slot}"), attempts, explained }),
        None => Err(Wrong {
            message: format!("the placer of this scenario gives no reasons for placement {number} of {name}/{slot}"),
            help: "look at `longshore run --events` instead".into(),
        }),
    }
}
