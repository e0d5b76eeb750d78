//! What must hold after every event, checked from the rows alone.

use super::fleet::{Resources, Scheduling};
use super::instance::Host;
use super::standing::Standings;
use super::task::{Phase, Target};
use super::{InstanceId, ServiceId, TaskId, World};

/// Checks everything.
///
/// # Errors
/// A sentence on the first thing that does not hold.
pub fn check(world: &World) -> Result<(), String> {
    for (id, _) in world.instances.iter() {
        instance(world, id)?;
    }
    for (id, task) in world.tasks.iter().filter(|(_, task)| task.in_use()) {
        if world.instances[task.instance].host == Host::Absent {
            return Err(format!("task {} sits on instance {}, whose row is free", id.0, task.instance.0));
        }
        if !world.tasks_of(task.service).any(|other| other == id) {
            return Err(format!("task {} is not in the list of its service", id.0));
        }
    }
    let standings = Standings::count(world);
    if standings != world.standings {
        return Err(format!("instances: {:?} counted, {standings:?} found", world.standings));
    }
    world.fleet.services.ids().try_for_each(|id| service(world, id))
}

/// Capacity is conserved, and the list of tasks agrees with the tasks.
fn instance(world: &World, id: InstanceId) -> Result<(), String> {
    let row = &world.instances[id];
    if !row.in_use() {
        return if row.task_count == 0 { Ok(()) } else { Err(format!("the free row {} has tasks", id.0)) };
    }
    let mut reserved = Resources::default();
    let mut ports = Vec::new();
    let mut tasks = 0;
    for task in world.tasks_on(id) {
        let task_row = &world.tasks[task];
        if task_row.instance != id || !task_row.in_use() {
            return Err(format!("task {} is in the list of instance {} but not on it", task.0, id.0));
        }
        let definition = &world.fleet.definitions[world.fleet.services[task_row.service].definition];
        reserved = reserved.plus(&definition.need);
        ports.extend(definition.ports.iter().copied());
        tasks += 1;
    }
    let registered = world.fleet.capacities[row.capacity].registered;
    if !registered.fits(&reserved) || registered.minus(&reserved) != row.free {
        return Err(format!("instance {}: {registered:?} less {reserved:?} is not {:?}", id.0, row.free));
    }
    let kept = world.kept_for_daemons(id);
    if kept != row.kept || !row.free.fits(&kept) {
        return Err(format!("instance {}: {:?} kept for daemons of {:?} free, {kept:?} due", id.0, row.kept, row.free));
    }
    ports.sort_unstable();
    if ports != row.ports {
        return Err(format!("instance {}: ports {:?} in use, {:?} booked", id.0, ports, row.ports));
    }
    if tasks != row.task_count {
        return Err(format!("instance {}: {tasks} tasks, {} counted", id.0, row.task_count));
    }
    Ok(())
}

/// The counts of a service and its slots agree with its tasks.
fn service(world: &World, id: ServiceId) -> Result<(), String> {
    let row = &world.services[id];
    let spec = &world.fleet.services[id];
    let load_balanced = spec.load_balancer.is_some();
    let tasks: Vec<TaskId> = world.tasks_of(id).collect();
    for (zone, counted) in row.in_zone.iter() {
        let here = |task: &&TaskId| world.instances[world.tasks[**task].instance].zone == zone;
        let found = tasks.iter().filter(here).count();
        if found != *counted as usize {
            return Err(format!("service `{}`: {counted} tasks in zone {} counted, {found} found", spec.name, zone.0));
        }
    }
    let number = |test: &dyn Fn(TaskId) -> bool| tasks.iter().filter(|&&task| test(task)).count() as u32;
    let registered =
        |task: TaskId| matches!(world.tasks[task].target, Target::Initial | Target::Healthy | Target::Unhealthy);
    let in_rotation = |task: TaskId| world.tasks[task].target == Target::Healthy;
    let running = |task: TaskId| world.tasks[task].phase == Phase::Running && !world.tasks[task].stopping;
    let counts: [(&str, u32, u32); 6] = [
        ("live", row.live, number(&|task| !world.tasks[task].stopping)),
        ("running", row.running, number(&running)),
        ("targets", row.targets, number(&registered)),
        ("in rotation", row.in_rotation, number(&in_rotation)),
        ("dead in rotation", row.dead_in_rotation, number(&|task| in_rotation(task) && !world.serves(task))),
        (
            "serving",
            row.serving,
            number(&|task| world.serves(task) && if load_balanced { registered(task) } else { running(task) }),
        ),
    ];
    for (name, counted, found) in counts {
        if counted != found {
            return Err(format!("service `{}`: {counted} {name} counted, {found} found", spec.name));
        }
    }
    if spec.scheduling == Scheduling::Standalone {
        return Ok(());
    }
    let wanted = row.slots.iter().filter(|slot| slot.wanted).count() as u32;
    if wanted != row.desired {
        return Err(format!("service `{}`: {} desired, {wanted} slots wanted", spec.name, row.desired));
    }
    for (number, slot) in row.slots.iter().enumerate() {
        let here = |task: &&TaskId| world.tasks[**task].slot as usize == number && !world.tasks[**task].stopping;
        let live = tasks.iter().filter(here).count();
        if live != usize::from(slot.tasks) {
            return Err(format!("service `{}`, slot {number}: {} tasks counted, {live} found", spec.name, slot.tasks));
        }
        let up = tasks
            .iter()
            .filter(here)
            .filter(|&&task| world.serves(task) && if load_balanced { in_rotation(task) } else { running(task) })
            .count();
        // A stopping task may still be up for the moment in which its target is deregistered.
        if up > usize::from(slot.up) {
            return Err(format!("service `{}`, slot {number}: {} up counted, {up} found", spec.name, slot.up));
        }
    }
    // A desired count that was lowered lowers the ceiling too, while replacements that were started before go on.
    let scaled = row.desired != spec.desired;
    let doubled: u32 = row.slots.iter().map(|slot| u32::from(slot.tasks.saturating_sub(1))).sum();
    let ceiling = spec.task_ceiling(row.desired).max(row.desired) + if scaled { doubled } else { 0 };
    if spec.scheduling == Scheduling::Replica && row.live > ceiling {
        return Err(format!(
            "service `{}`: {} tasks, more than maximumPercent allows ({ceiling})",
            spec.name, row.live
        ));
    }
    Ok(())
}
