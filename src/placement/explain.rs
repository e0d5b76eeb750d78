//! Why an order goes where it goes: each instance with what excluded it, or with its rank and the values that it was ranked
//! by.
//!
//! An explanation looks at every instance anew; it never takes part in a decision. What it ranks first is the instance that
//! the placer chooses, whatever way the placer finds it.

use std::cmp::Ordering;

use crate::world::command::Order;
use crate::world::fact::Refusal;
use crate::world::fleet::TaskDefinition;
use crate::world::instance::Registration;
use crate::world::{InstanceId, ServiceId, World};

use super::fit;
use super::policy::{Constraint, Policy, TieBreak};
use super::strategy::{Measure, Scene};
use super::tie::Ring;

/// Why an order goes to an instance, or to none.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What ranks the instances which may take the task.
    pub basis: Basis,
    /// What decides among those that it leaves equal.
    pub tie_break: &'static str,
    /// Where room is being made, or was made, for the task.
    pub nomination: Option<Nomination>,
    /// Every instance, in order of id.
    pub candidates: Vec<Candidate>,
}

/// What ranks instances.
#[derive(Clone, Debug, PartialEq)]
pub enum Basis {
    /// Steps one after the other, first to last.
    Steps(Vec<Step>),
    /// The sum of weighted scores.
    Scores {
        /// Who gives scores, in order.
        plugins: Vec<Plugin>,
        /// Those that step aside for this task.
        skipped: Vec<&'static str>,
    },
    /// Nothing: only one instance was looked at, for this reason.
    Only(&'static str),
}

/// Who gives scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Plugin {
    /// Its name in a configuration.
    pub name: &'static str,
    /// What a column of its scores is called.
    pub title: &'static str,
    /// What its score is multiplied by.
    pub weight: i64,
}

/// Room made for a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Nomination {
    /// Where.
    pub instance: InstanceId,
    /// The slots of the tasks that give way to it.
    pub victims: Vec<(ServiceId, u32)>,
}

/// One step of the ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is called.
    pub title: String,
    /// How many instances were level before it.
    pub before: u32,
    /// How many of them it left level.
    pub after: u32,
}

/// One instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The instance.
    pub instance: InstanceId,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of an instance.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It cannot take the task.
    Excluded {
        /// The first rule that it fails.
        by: &'static str,
        /// With what it fails it: `needs 1024 CPU units, has 512 free`.
        detail: String,
    },
    /// It can, and has a score.
    Scored {
        /// Its place among those that can, from 1; 1 is chosen.
        rank: u32,
        /// The score of each plugin before it is weighted, 0 to 100, in the order of the plugins.
        scores: Vec<i64>,
        /// The weighted sum.
        total: i64,
    },
    /// It can.
    Ranked {
        /// Its place among those that can, from 1; 1 is chosen.
        rank: u32,
        /// What each step found, in the order of the steps.
        values: Vec<String>,
        /// The step that put it behind the first; `None` for the first, and where only the tie-break did.
        behind_at: Option<u32>,
    },
}

impl Explanation {
    /// The instance that is ranked first; `None` where none can take the task.
    pub fn winner(&self) -> Option<InstanceId> {
        let first = |candidate: &&Candidate| {
            matches!(candidate.verdict, Verdict::Ranked { rank: 1, .. } | Verdict::Scored { rank: 1, .. })
        };
        self.candidates.iter().find(first).map(|candidate| candidate.instance)
    }
}

/// An instance on its way through the steps.
struct Row {
    instance: InstanceId,
    keys: Vec<i64>,
    values: Vec<String>,
    distance: u32,
}

/// The explanation by a policy of resources, constraints and strategies in list order.
pub(super) fn by_policy(world: &World, policy: &Policy, ring: &Ring, order: &Order) -> Explanation {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut able: Vec<InstanceId> = Vec::new();
    for (instance, _) in world.live_instances() {
        match fit::check(world, policy, order, instance) {
            Ok(()) => able.push(instance),
            Err(by) => {
                let detail = detail(world, policy, order, instance, by);
                candidates.push(Candidate { instance, verdict: Verdict::Excluded { by: by.name(), detail } });
            }
        }
    }
    let start = ring.start(world, order);
    let row = |instance: &InstanceId| Row {
        instance: *instance,
        keys: Vec::new(),
        values: Vec::new(),
        distance: ring.distance(*instance, start),
    };
    let mut rows: Vec<Row> = able.iter().map(row).collect();
    let scene = Scene { world, order, ring };
    let mut level = able.clone();
    let mut steps = Vec::new();
    for strategy in &policy.strategies {
        let before = level.len() as u32;
        let measures = strategy.measures(&scene, &able).unwrap_or_else(|| {
            let mut kept = level.clone();
            if kept.len() > 1 {
                strategy.narrow(&scene, &mut kept);
            }
            let measure = |instance: &InstanceId| {
                let kept = kept.binary_search(instance).is_ok();
                Measure { key: i64::from(!kept), text: if kept { "kept" } else { "left out" }.into() }
            };
            able.iter().map(measure).collect()
        });
        let key_of = |instance: &InstanceId| able.binary_search(instance).ok().map(|place| measures[place].key);
        let least = level.iter().filter_map(&key_of).min();
        level.retain(|instance| key_of(instance) == least);
        for (row, measure) in rows.iter_mut().zip(&measures) {
            row.keys.push(measure.key);
            row.values.push(measure.text.clone());
        }
        steps.push(Step { title: strategy.title(), before, after: level.len() as u32 });
    }
    rows.sort_by(|a, b| a.keys.cmp(&b.keys).then(a.distance.cmp(&b.distance)));
    let best = rows.first().map(|row| row.keys.clone()).unwrap_or_default();
    for (place, row) in rows.into_iter().enumerate() {
        let apart = row.keys.iter().zip(&best).position(|(key, best)| key.cmp(best) != Ordering::Equal);
        let verdict =
            Verdict::Ranked { rank: place as u32 + 1, values: row.values, behind_at: apart.map(|step| step as u32) };
        candidates.push(Candidate { instance: row.instance, verdict });
    }
    candidates.sort_by_key(|candidate| candidate.instance);
    let tie_break = match ring.tie_break {
        TieBreak::Random => "a random choice, fixed by the seed",
        TieBreak::First => "the lowest number (tieBreak: first)",
    };
    Explanation { basis: Basis::Steps(steps), tie_break, nomination: None, candidates }
}

/// With what an instance fails a rule, in words.
fn detail(world: &World, policy: &Policy, order: &Order, instance: InstanceId, by: Refusal) -> String {
    let row = &world.instances[instance];
    let definition = &world.fleet.definitions[world.fleet.services[order.service].definition];
    // Without what is kept for daemons.
    let room = world.room(instance, order.service);
    let lacks = |need: u32, free: u32, what: &str| format!("needs {need} {what}, has {free} free");
    match by {
        Refusal::Agent => match row.registration {
            Registration::None => "has not registered yet, or is terminated".into(),
            Registration::Draining => "is draining".into(),
            Registration::Active => "its agent counts as disconnected".into(),
        },
        Refusal::Attribute => platform(world, definition, instance),
        Refusal::MemberOf if order.pin.is_some() && order.pin != instance => {
            "is not the one that the order names".into()
        }
        Refusal::MemberOf if order.zone.is_some() && order.zone != row.zone => {
            let (zone, own) = (&world.fleet.zones[order.zone].name, &world.fleet.zones[row.zone].name);
            format!("is in {own}; the order is for {zone}")
        }
        Refusal::MemberOf => {
            let fails = |constraint: &&Constraint| fit::constrained(world, constraint, order, instance).is_err();
            match policy.constraints.iter().find(fails) {
                Some(Constraint::MemberOf(expression)) => format!("does not match `{expression}`"),
                _ => "does not match".into(),
            }
        }
        Refusal::DistinctInstance => {
            let services = &world.fleet.services;
            let group = &services[order.service].group;
            let same = |task: &crate::world::TaskId| services[world.tasks[*task].service].group == *group;
            match world.tasks_on(instance).find(same) {
                Some(task) => {
                    let row = &world.tasks[task];
                    format!("already has {}/{}", services[row.service].name, row.slot)
                }
                None => "already has a task of the group".into(),
            }
        }
        Refusal::Cpu => lacks(definition.need.cpu, room.cpu, "CPU units"),
        Refusal::Memory => lacks(definition.need.memory, room.memory, "MiB of memory"),
        Refusal::Gpu => lacks(definition.need.gpus, room.gpus, "GPUs"),
        Refusal::Eni => lacks(definition.need.enis, room.enis, "network interfaces"),
        Refusal::Ports => match definition.ports.iter().find(|port| row.ports.binary_search(port).is_ok()) {
            Some(port) => format!("host port {}/{} is taken", port.port, if port.udp { "udp" } else { "tcp" }),
            None => "a host port is taken".into(),
        },
        other => other.name().into(),
    }
}

/// How an instance differs from what a task definition asks for.
fn platform(world: &World, definition: &TaskDefinition, instance: InstanceId) -> String {
    let capacity = &world.fleet.capacities[world.instances[instance].capacity];
    match definition.os {
        Some(os) if os != capacity.os => format!("runs {}, the task needs {}", capacity.os.name(), os.name()),
        _ => match definition.arch {
            Some(arch) => format!("its processor is {}, the task needs {arch}", capacity.arch),
            None => "has another operating system or processor".into(),
        },
    }
}
