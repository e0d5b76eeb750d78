//! The orchestrators and what they stand on: each reacts to what it is told, after the delay that telling takes.
//!
//! [`ec2`] is EC2 and Auto Scaling, [`load_balancer`] an Application Load Balancer, [`ecs`] Amazon ECS on EC2,
//! [`kubernetes`] Kubernetes on EKS or as upstream has it.

pub mod ec2;
pub mod ecs;
pub mod kubernetes;
pub mod load_balancer;
mod pull;
pub mod timings;

use crate::base::distribution::Distribution;
use crate::base::random::Label;
use crate::base::time::Span;
use crate::world::{InstanceId, TaskId, World};

/// Whether an instance is being launched, boots, or is about to be replaced.
fn instance_on_its_way(world: &World) -> bool {
    let wanted: u32 = world.fleet.capacities.values().map(|capacity| capacity.count()).sum();
    world.standings.arriving > 0 || world.standings.lasting < wanted
}

/// A delay of a task, drawn at the address of its slot, so that it does not depend on where the task is placed.
fn task_delay(world: &World, law: &Distribution, label: Label, task: TaskId) -> Span {
    if world.warming_up {
        return Span::ZERO;
    }
    let row = &world.tasks[task];
    let entity = u64::from(row.service.0) << 32 | u64::from(row.slot);
    law.sample(|| {
        let lives = world.services[row.service].slots.get(row.slot as usize).map_or(0, |slot| slot.lives);
        // The age of the task tells a second draw for the same life (an agent that starts a task again) from the first.
        world.random.at(label.with((world.now - row.placed_at).0), entity, u64::from(lives))
    })
}

/// A delay of an instance, drawn at the address of its place in its group.
fn instance_delay(world: &World, law: &Distribution, label: Label, instance: InstanceId) -> Span {
    if world.warming_up {
        return Span::ZERO;
    }
    let row = &world.instances[instance];
    let entity = u64::from(row.capacity.0) << 32 | u64::from(row.lane);
    law.sample(|| world.random.at(label, entity, world.now.0))
}
