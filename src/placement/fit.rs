//! Steps one and two: does an instance have the resources, and does it meet the constraints?

use crate::world::command::Order;
use crate::world::fact::Refusal;
use crate::world::fleet::TaskDefinition;
use crate::world::subject::InstanceSubject;
use crate::world::{InstanceId, ServiceId, World};

use super::policy::{Constraint, Policy};

/// Why an instance cannot take the task: the first reason in the order of [`Refusal::ALL`].
pub fn check(world: &World, policy: &Policy, order: &Order, instance: InstanceId) -> Result<(), Refusal> {
    let row = &world.instances[instance];
    let definition = &world.fleet.definitions[world.fleet.services[order.service].definition];
    if !world.accepts_tasks(instance) {
        return Err(Refusal::Agent);
    }
    if order.pin.is_some() && order.pin != instance || order.zone.is_some() && order.zone != row.zone {
        return Err(Refusal::MemberOf);
    }
    platform(world, definition, instance)?;
    for constraint in &policy.constraints {
        constrained(world, constraint, order, instance)?;
    }
    resources(world, order.service, instance)
}

/// The operating system and processor that the task definition asks for.
pub fn platform(world: &World, definition: &TaskDefinition, instance: InstanceId) -> Result<(), Refusal> {
    let capacity = &world.fleet.capacities[world.instances[instance].capacity];
    if definition.runs_on(capacity) { Ok(()) } else { Err(Refusal::Attribute) }
}

/// One constraint.
pub fn constrained(world: &World, constraint: &Constraint, order: &Order, instance: InstanceId) -> Result<(), Refusal> {
    match constraint {
        Constraint::DistinctInstance => {
            let group = &world.fleet.services[order.service].group;
            let taken =
                world.tasks_on(instance).any(|task| &world.fleet.services[world.tasks[task].service].group == group);
            if taken { Err(Refusal::DistinctInstance) } else { Ok(()) }
        }
        Constraint::MemberOf(expression) => {
            let subject = InstanceSubject { world, instance };
            if expression.matches(&subject) { Ok(()) } else { Err(Refusal::MemberOf) }
        }
    }
}

/// CPU, memory, GPUs, host ports and network interfaces; what is kept for daemons is not there for others.
pub fn resources(world: &World, service: ServiceId, instance: InstanceId) -> Result<(), Refusal> {
    let row = &world.instances[instance];
    let demand = &world.demands[service];
    let (free, need) = (world.room(instance, service), &demand.need);
    if free.cpu < need.cpu {
        return Err(Refusal::Cpu);
    }
    if free.memory < need.memory {
        return Err(Refusal::Memory);
    }
    if free.gpus < need.gpus {
        return Err(Refusal::Gpu);
    }
    let taken = |port| row.ports.binary_search(port).is_ok();
    if demand.takes_ports && world.fleet.definitions[demand.definition].ports.iter().any(taken) {
        return Err(Refusal::Ports);
    }
    if free.enis < need.enis {
        return Err(Refusal::Eni);
    }
    Ok(())
}
