//! Readiness and startup probes: when a pod is an endpoint of its Services.
//!
//! A pod without probes is ready as soon as its containers run. A startup probe must have passed before the others begin.
//! A container that ends takes the pod out at once, for the kubelet sees its end; one that hangs is seen by its readiness
//! probe only. Probes are no events: the moment at which they will have noticed is computed when something changes
//! (Kubernetes, Configure Liveness, Readiness and Startup Probes).

use crate::base::time::Time;
use crate::world::command::{Command, Commands};
use crate::world::task::{Phase, Target};
use crate::world::{TaskId, World};

use super::restart::{fails_at, passes_at};
use super::{Kubernetes, reports, timer, workload};

impl Kubernetes {
    /// Something changed that the kubelet or a probe would see.
    pub(super) fn look_ready(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if row.stopping || row.phase != Phase::Running || !reports(world, row.instance) {
            return;
        }
        if let Some((at, target)) = verdict(world, task) {
            if at <= world.now || world.warming_up {
                out.push(Command::SetTarget { task, target });
            } else {
                out.wake_at(at, timer::READY, 0, row.target_step, task.0);
            }
        }
    }

    /// The probes have noticed.
    pub(super) fn probed(world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if row.stopping || row.phase != Phase::Running || !reports(world, row.instance) {
            return;
        }
        let target = if world.serves(task) { Target::Healthy } else { Target::Unhealthy };
        if row.target != target {
            out.push(Command::SetTarget { task, target });
        }
    }
}

/// What will be seen, and when; `None` where what is believed is so.
fn verdict(world: &World, task: TaskId) -> Option<(Time, Target)> {
    let row = &world.tasks[task];
    let containers = &workload(world, row.service).template.containers;
    let serves = world.serves(task);
    match (row.target, serves) {
        (Target::Initial | Target::Unhealthy, true) => {
            let mut at = world.now;
            for (place, container) in containers.iter().enumerate() {
                let started = row.run_of(place).started_at;
                let begins = container.startup.as_ref().map_or(world.now, |probe| passes_at(probe, started, started));
                let passes = match &container.readiness {
                    Some(probe) => passes_at(probe, started, begins.max(world.now)),
                    None => begins,
                };
                at = at.max(passes);
            }
            Some((at, Target::Healthy))
        }
        (Target::Healthy, false) => {
            let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
            if row.exited & definition.essential != 0 {
                return Some((world.now, Target::Unhealthy));
            }
            let fails = containers.iter().enumerate().filter(|&(place, _)| place < 16 && row.hung >> place & 1 == 1);
            fails
                .filter_map(|(place, container)| {
                    let probe = container.readiness.as_ref()?;
                    Some((fails_at(probe, row.run_of(place).started_at, world.now, row.silent), Target::Unhealthy))
                })
                .min_by_key(|(at, _)| *at)
        }
        _ => None,
    }
}
