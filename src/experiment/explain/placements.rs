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
use crate::placement::explain::{Basis, Explanation, Plugin, Verdict};
use crate::scenario::Plan;
use crate::world::command::Order;
use crate::world::fact::{Fact, Refusal, Topics};
use crate::world::fleet::{Fleet, Scheduling};
use crate::world::task::{StopCode, Target};
use crate::world::{ImageId, InstanceId, ServiceId, TaskId, World};

use super::history::trouble;
use super::outcome::{
    Attempt, Decision, DecisionStep, Excluded, Lead, Nomination, PluginWeight, Ranked, Scoring, SlotPlacements, Words,
};
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
        let Words { task, instance } = words(&world.fleet);
        let why: String = match row.stop_code {
            Some(StopCode::EssentialContainerExited) => "its container had ended".into(),
            Some(StopCode::TerminationNotice) => format!("its {instance} had ended"),
            Some(StopCode::TaskFailedToStart) => format!("its {task} had failed to start"),
            Some(StopCode::ServiceSchedulerInitiated) => format!("the scheduler had stopped its {task}"),
            Some(StopCode::EvictionApi) => format!("its {task} had been evicted (Eviction API)"),
            Some(StopCode::TaintManager) => format!("its {task} had been deleted for a taint of its {instance}"),
            Some(StopCode::PodGc) => format!("its {instance} was gone (garbage collection)"),
            Some(StopCode::Preemption) => format!("its {task} had given way to one of higher priority"),
            Some(StopCode::Kubelet) => format!("the agent of its {instance} had ended its {task}"),
            Some(StopCode::Controller) => format!("its controller had deleted its {task}"),
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
                format!("its {} drains or is lost", words(&world.fleet).instance)
            }
        } else if world.warming_up {
            "initial state".into()
        } else if spec.scheduling == Scheduling::Standalone {
            "it arrived".into()
        } else {
            let stop = with(&self.seen, |seen| seen.last_stop.clone());
            let wanted = || match world.fleet.kubernetes.is_some() {
                true => "its controller wants it".into(),
                false => "the service wants it filled".into(),
            };
            stop.unwrap_or_else(wanted)
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
            instance: found.ok().map(|instance| instance_name(world, instance)),
            zone: row.map(|row| world.fleet.zones[row.zone].name.clone()),
            refusal: found.err().map(|refusal| refusal.name().to_owned()),
            nominated: None,
            victims: Vec::new(),
        }
    }
}

/// What the orchestrator of a world calls things.
fn words(fleet: &Fleet) -> Words {
    let (task, instance) = if fleet.kubernetes.is_some() { ("pod", "node") } else { ("task", "instance") };
    Words { task: task.into(), instance: instance.into() }
}

/// What an instance is called by whoever places.
fn instance_name(world: &World, instance: InstanceId) -> String {
    match world.fleet.kubernetes.as_deref() {
        Some(of) => of.node_name(world, instance),
        None => world.instances[instance].ec2_id(),
    }
}

fn slot_name(world: &World, service: ServiceId, slot: u32) -> String {
    format!("{}/{slot}", world.fleet.services[service].name)
}

/// An explanation with names instead of ids.
fn named(world: &World, attempt: Attempt, explanation: Explanation) -> Decision {
    let (mut steps, mut plugins, mut skipped, mut only_because) = (Vec::new(), Vec::new(), Vec::new(), None);
    match explanation.basis {
        Basis::Steps(all) => {
            let step = |step: crate::placement::explain::Step| DecisionStep {
                title: step.title,
                before: step.before,
                after: step.after,
            };
            steps = all.into_iter().map(step).collect();
        }
        Basis::Scores { plugins: all, skipped: none } => (plugins, skipped) = (all, none),
        Basis::Only(why) => only_because = Some(why.to_owned()),
    }
    let mut ranked = Vec::new();
    let mut excluded = Vec::new();
    for candidate in explanation.candidates {
        let row = &world.instances[candidate.instance];
        let mut entry = Ranked {
            rank: 1,
            instance: instance_name(world, candidate.instance),
            zone: world.fleet.zones[row.zone].name.clone(),
            capacity: world.fleet.capacities[row.capacity].name.clone(),
            values: Vec::new(),
            scores: Vec::new(),
            weighted: Vec::new(),
            total: None,
            behind_at: None,
            unknown_trouble: trouble(world, candidate.instance).map(str::to_owned),
        };
        match candidate.verdict {
            Verdict::Excluded { by, detail } => {
                let Ranked { instance, zone, capacity, .. } = entry;
                excluded.push(Excluded { instance, zone, capacity, by: by.into(), detail });
                continue;
            }
            Verdict::Ranked { rank, values, behind_at } => {
                (entry.rank, entry.values, entry.behind_at) = (rank, values, behind_at)
            }
            Verdict::Scored { rank, scores, total } => {
                let weighted = scores.iter().zip(&plugins).map(|(score, plugin)| score * plugin.weight);
                (entry.rank, entry.weighted, entry.total) = (rank, weighted.collect(), Some(total));
                entry.scores = scores;
            }
        }
        ranked.push(entry);
    }
    ranked.sort_by_key(|row| row.rank);
    let scoring = ranked
        .first()
        .and_then(|row| row.total)
        .map(|best| scoring(&plugins, skipped, explanation.tie_break, &ranked, best));
    let nomination = explanation.nomination.map(|nomination| Nomination {
        instance: instance_name(world, nomination.instance),
        victims: nomination.victims.iter().map(|(service, slot)| slot_name(world, *service, *slot)).collect(),
    });
    let tie_break = explanation.tie_break.into();
    Decision { attempt, only_because, nomination, steps, scoring, tie_break, ranked, excluded }
}

/// Which score decided between the first and the next.
fn scoring(plugins: &[Plugin], skipped: Vec<&'static str>, tie_break: &str, ranked: &[Ranked], best: i64) -> Scoring {
    let tied = ranked.iter().filter(|row| row.total == Some(best)).count() as u32;
    let mut lead: Vec<Lead> = Vec::new();
    if let [first, next, ..] = ranked
        && tied == 1
    {
        let ahead = first.weighted.iter().zip(&next.weighted).map(|(first, next)| first - next);
        let named = plugins.iter().zip(ahead).filter(|(_, by)| *by != 0);
        lead = named.map(|(plugin, by)| Lead { plugin: plugin.name.into(), by }).collect();
        lead.sort_by_key(|lead| std::cmp::Reverse(lead.by));
    }
    let decided_by = match tied {
        0 | 1 => lead.first().map(|lead| lead.plugin.clone()),
        _ => Some(format!("tie of {tied}, broken by {tie_break}")),
    };
    let weight = |plugin: &Plugin| PluginWeight {
        plugin: plugin.name.into(),
        title: plugin.title.into(),
        weight: plugin.weight,
    };
    Scoring {
        plugins: plugins.iter().map(weight).collect(),
        skipped: skipped.into_iter().map(str::to_owned).collect(),
        tied,
        decided_by,
        lead,
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

    fn explain(&mut self, world: &World, order: &Order) -> Option<Explanation> {
        self.inner.explain(world, order)
    }

    fn preempt(&mut self, world: &World, order: &Order) -> Vec<TaskId> {
        let tasks = self.inner.preempt(world, order);
        let Some(first) = tasks.first() else { return tasks };
        if order.service == self.service && order.slot == self.slot {
            let nominated = Some(instance_name(world, world.tasks[*first].instance));
            let name = |task: &TaskId| slot_name(world, world.tasks[*task].service, world.tasks[*task].slot);
            let victims: Vec<String> = tasks.iter().map(name).collect();
            with(&self.seen, |seen| {
                let Some(last) = seen.attempts.last_mut() else { return };
                (last.nominated, last.victims) = (nominated, victims);
                // It is the attempt that has just been looked at.
                if let Some(decision) = seen.decision.as_mut().filter(|one| one.attempt.number == last.number) {
                    decision.attempt = last.clone();
                }
            });
        }
        tasks
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
        Some(explained) => {
            let words = words(&plan.fleet);
            Ok(SlotPlacements { slot: format!("{name}/{slot}"), words, attempts, explained })
        }
        None => Err(Wrong {
            message: format!("the placer of this scenario gives no reasons for placement {number} of {name}/{slot}"),
            help: "look at `longshore run --events` instead".into(),
        }),
    }
}
