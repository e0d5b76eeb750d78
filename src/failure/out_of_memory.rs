//! A container uses more memory than its hard limit and is killed.
//!
//! `every` is the time between peaks of memory use; at each peak the use is drawn, and a container whose hard limit
//! (`memory` of the container or of its task, the lesser) lies below it is killed with exit code 137. Where the orchestrator watches the memory of
//! whole instances, a peak within the limit may still be too much for the instance. The soft limit decides the placement, the hard
//! limit the kill.

use rand_distr::Distribution as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::random::Label;
use crate::base::units::Size;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::{IncidentId, TaskId, World};

use super::containers::{ContainerEffect, Containers, InVain, Per, Strike};
use super::{Build, settings};

/// The law of a peak's memory use: lognormal.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "memory use")]
pub struct MemoryUse {
    /// The median.
    pub median: Size,
    /// The standard deviation of the natural logarithm, 0 or more.
    pub sigma: f64,
}

settings! {
    /// A container's peak of memory use exceeds its hard limit: the kernel kills it.
    OutOfMemory {
        /// How much memory a container uses at a peak.
        memory_use: MemoryUse,
    }
}

struct OverLimit {
    law: rand_distr::LogNormal<f64>,
    label: Label,
}

fn hard_limit(world: &World, task: TaskId, container: u8) -> Option<u32> {
    let definition = &world.fleet.definitions[world.fleet.services[world.tasks[task].service].definition];
    definition.containers[usize::from(container)].hard_limit
}

impl ContainerEffect for OverLimit {
    fn strike(&mut self, world: &World, on: Strike, out: &mut Commands) -> bool {
        let Strike { task, container, incident, .. } = on;
        let used = self.law.sample(&mut on.rng(world, self.label));
        let killed = hard_limit(world, task, container).is_some_and(|limit| used > f64::from(limit));
        if killed {
            out.push(Command::Exit { task, container, incident, out_of_memory: true });
        } else if world.fleet.evicts_for_memory {
            out.push(Command::UseMemory { task, container, mib: used.min(f64::from(u32::MAX)) as u32, incident });
        }
        killed
    }

    fn concerns(&self, world: &World, task: TaskId, container: u8) -> bool {
        world.fleet.evicts_for_memory || hard_limit(world, task, container).is_some()
    }
}

pub(super) fn build(given: &OutOfMemory, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    let target = build.target(given.target.as_ref(), when.as_ref())?;
    let Some(memory_use) = given.memory_use else {
        let help = "add `memoryUse: {median: 300MiB, sigma: 0.3}`".to_owned();
        build.problem("", "outOfMemory needs `memoryUse`: how much memory a container uses at a peak", Some(help));
        return None;
    };
    let law = rand_distr::LogNormal::new(memory_use.median.0.max(0.0).ln(), memory_use.sigma)
        .ok()
        .filter(|_| memory_use.median.0 > 0.0 && memory_use.sigma >= 0.0);
    let Some(law) = law else {
        build.problem("memoryUse", "the median must be above 0 and sigma 0 or more", None);
        return None;
    };
    let limited = |definition: &crate::world::fleet::TaskDefinition| {
        definition.containers.iter().any(|container| container.hard_limit.is_some())
    };
    if !build.fleet.evicts_for_memory && !build.fleet.definitions.values().any(limited) {
        let help = "give a container `memory`, its hard limit".to_owned();
        build.problem("", "no container has a hard memory limit, so none can exceed it", Some(help));
        return None;
    }
    Some(Box::new(Containers {
        model: build.model,
        label: build.label("failure: out of memory"),
        when: when?,
        per: Per::Container,
        target,
        effect: OverLimit { law, label: build.label("failure: out of memory: use") },
        shared: IncidentId::NONE,
        strikes: vec![0; build.fleet.services.len()],
        in_vain: InVain::new(build.fleet),
    }))
}
