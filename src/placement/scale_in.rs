//! Which task of a service goes first when it has too many (ECS Developer Guide, service scheduler and task placement
//! strategies).
//!
//! Tasks that do not run yet go first. With strategies, the task goes whose loss leaves the best result: spread keeps the
//! groups balanced, binpack takes from the instance that has the most room left afterwards; what is still tied is chosen
//! at random. A service without strategies of its own has the default ones: the zone with the most tasks, then the instance with
//! the most.

use crate::world::task::Phase;
use crate::world::{ServiceId, TaskId, World};

use super::policy::Policy;
use super::tie::Ring;

/// The task that goes first.
pub fn choose(world: &World, policy: &Policy, ring: &Ring, service: ServiceId) -> Option<TaskId> {
    let mut candidates: Vec<TaskId> = world.tasks_of(service).filter(|&task| !world.tasks[task].stopping).collect();
    // By slot, so that the choice does not depend on the order of earlier events.
    candidates.sort_by_key(|&task| (world.tasks[task].slot, world.tasks[task].placed_at));
    let running = |task: &TaskId| world.tasks[*task].phase == Phase::Running;
    if candidates.iter().any(|task| !running(task)) {
        candidates.retain(|task| !running(task));
    }
    for strategy in &policy.strategies {
        if candidates.len() > 1 {
            strategy.narrow_to_stop(world, service, &mut candidates);
        }
    }
    candidates.into_iter().min_by_key(|&task| (ring.place(world.tasks[task].instance), world.tasks[task].slot))
}
