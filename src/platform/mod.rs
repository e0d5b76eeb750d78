//! The orchestrators and what they stand on: each reacts to what it is told, after the delay that telling takes.
//!
//! [`ec2`] is EC2 and Auto Scaling, [`load_balancer`] an Application Load Balancer, [`ecs`] Amazon ECS on EC2,
//! [`kubernetes`] Kubernetes on EKS or as upstream has it.

mod delays;
pub mod ec2;
pub mod ecs;
pub mod kubernetes;
pub mod load_balancer;
mod missed;
mod pull;
pub mod timings;

use crate::world::World;

/// Whether an instance is being launched, boots, or is about to be replaced.
fn instance_on_its_way(world: &World) -> bool {
    let wanted: u32 = world.fleet.capacities.values().map(|capacity| capacity.count()).sum();
    world.standings.arriving > 0 || world.standings.lasting < wanted
}
