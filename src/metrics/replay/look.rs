//! A task and an instance as the replay shows them: what is, what is believed, and a place that they keep.

use crate::base::id::Id;
use crate::world::instance::{Host, Registration};
use crate::world::task::{Health, Phase, Target};
use crate::world::{InstanceId, ServiceId, TaskId, World};

/// What is with a task.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TaskTruth {
    /// Its containers have not been started yet.
    NotStarted,
    /// It serves and users reach it: it counts as healthy.
    Healthy,
    /// It works, and no user reaches it.
    Unreached,
    /// It does not serve.
    Dead,
}

/// What the control plane believes of a task.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TaskBelief {
    /// On its way.
    Starting,
    /// Running and well.
    Running,
    /// A check fails.
    Unhealthy,
    /// No longer wanted.
    Stopping,
}

/// What is with a host.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum HostTruth {
    /// Launching or booting.
    Launching,
    /// Works.
    Up,
    /// Hangs.
    Hung,
    /// Without power, crashed or rebooting.
    Down,
    /// Works, and nothing reaches it.
    CutOff,
    /// Ended for good.
    Gone,
}

/// What the control plane believes of an instance.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum HostBelief {
    /// It does not know it.
    Unknown,
    /// It places tasks on it.
    TakesTasks,
    /// It hears nothing from it.
    Unheard,
    /// It lets its tasks go.
    Draining,
    /// It knows that it is impaired.
    Impaired,
}

/// A task on its instance.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct TaskAt {
    /// Its service or batch.
    pub service: u32,
    /// Its slot.
    pub slot: u32,
    /// Its instance's row.
    pub instance: u32,
    /// Its place on the instance: the lowest that was free.
    pub place: u32,
    /// What is.
    pub truth: TaskTruth,
    /// What is believed.
    pub belief: TaskBelief,
}

/// An instance in its zone.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct InstanceAt {
    /// Its group.
    pub capacity: u32,
    /// Its zone.
    pub zone: u32,
    /// Its place in the zone: the lowest that was free.
    pub place: u32,
    /// Number of its launch.
    pub serial: u32,
    /// What is.
    pub truth: HostTruth,
    /// What is believed.
    pub belief: HostBelief,
}

/// Places that are taken, by zone and by instance.
#[derive(Default)]
pub(super) struct Places {
    zones: Vec<Vec<bool>>,
    instances: Vec<Vec<bool>>,
}

/// Takes the lowest free place.
fn take(lists: &mut Vec<Vec<bool>>, of: usize) -> u32 {
    if lists.len() <= of {
        lists.resize_with(of + 1, Vec::new);
    }
    let taken = &mut lists[of];
    let place = taken.iter().position(|taken| !taken).unwrap_or(taken.len());
    if place == taken.len() {
        taken.push(true);
    } else {
        taken[place] = true;
    }
    place as u32
}

fn free(lists: &mut [Vec<bool>], of: usize, place: u32) {
    if let Some(taken) = lists.get_mut(of).and_then(|list| list.get_mut(place as usize)) {
        *taken = false;
    }
}

/// A task as it is now. `before` is how it was last seen in its row.
pub(super) fn task_at(world: &World, task: TaskId, before: Option<TaskAt>, places: &mut Places) -> Option<TaskAt> {
    let row = &world.tasks[task];
    if !row.in_use() || row.instance.is_none() {
        if let Some(before) = before {
            free(&mut places.instances, before.instance as usize, before.place);
        }
        return None;
    }
    let place = match before {
        Some(before) if before.instance == row.instance.0 => before.place,
        _ => take(&mut places.instances, row.instance.index()),
    };
    Some(TaskAt {
        service: row.service.0,
        slot: row.slot,
        instance: row.instance.0,
        place,
        truth: task_truth(world, task),
        belief: task_belief(world, task),
    })
}

fn task_truth(world: &World, task: TaskId) -> TaskTruth {
    let row = &world.tasks[task];
    if !row.started {
        return TaskTruth::NotStarted;
    }
    if !world.serves(task) {
        return TaskTruth::Dead;
    }
    let is_target = matches!(row.target, Target::Initial | Target::Healthy | Target::Unhealthy);
    // The same rule as `Service::healthy`, for a single task.
    let is_reached = match world.fleet.services[row.service].load_balancer {
        Some(_) if goes_by_rotation(world, row.service) => row.target == Target::Healthy,
        Some(_) => is_target,
        None => row.phase == Phase::Running && !row.stopping,
    };
    if is_reached { TaskTruth::Healthy } else { TaskTruth::Unreached }
}

/// Whether the load balancer of a service sends to what is in rotation only; otherwise it sends to all registered targets.
pub(super) fn goes_by_rotation(world: &World, service: ServiceId) -> bool {
    let service = &world.services[service];
    service.in_rotation > 0 || !service.fails_open
}

fn task_belief(world: &World, task: TaskId) -> TaskBelief {
    let row = &world.tasks[task];
    if row.stopping || row.phase > Phase::Running {
        TaskBelief::Stopping
    } else if row.health == Health::Unhealthy || row.target == Target::Unhealthy {
        TaskBelief::Unhealthy
    } else if row.phase == Phase::Running {
        TaskBelief::Running
    } else {
        TaskBelief::Starting
    }
}

/// An instance as it is now. `before` is how it was last seen in its row.
pub(super) fn instance_at(
    world: &World,
    instance: InstanceId,
    before: Option<InstanceAt>,
    places: &mut Places,
) -> Option<InstanceAt> {
    let row = &world.instances[instance];
    let free_place = |places: &mut Places| {
        if let Some(before) = before {
            free(&mut places.zones, before.zone as usize, before.place);
        }
    };
    if !row.in_use() {
        free_place(places);
        return None;
    }
    let place = match before {
        Some(before) if before.serial == row.serial => before.place,
        _ => {
            free_place(places);
            take(&mut places.zones, row.zone.index())
        }
    };
    let truth = match row.host {
        Host::Launching | Host::Absent => HostTruth::Launching,
        Host::Up if row.cut_off => HostTruth::CutOff,
        Host::Up => HostTruth::Up,
        Host::Hung { .. } => HostTruth::Hung,
        Host::Down => HostTruth::Down,
        Host::Gone => HostTruth::Gone,
    };
    let belief = match row.registration {
        Registration::None => HostBelief::Unknown,
        Registration::Draining => HostBelief::Draining,
        Registration::Active if row.impaired => HostBelief::Impaired,
        Registration::Active if row.ready => HostBelief::TakesTasks,
        Registration::Active => HostBelief::Unheard,
    };
    Some(InstanceAt { capacity: row.capacity.0, zone: row.zone.0, place, serial: row.serial, truth, belief })
}
