//! `binpack`: the instance with the least of a resource left.

use std::any::Any;

use crate::world::{InstanceId, ServiceId, TaskId, World};

use super::{Entry, Scene, Strategy, keep_least};

/// The resource that binpack looks at.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// CPU units.
    Cpu,
    /// Memory.
    Memory,
}

/// Packs tasks so that the fewest instances are in use: the candidate with the least remaining amount of the resource
/// that still has room (ECS Developer Guide, task placement strategies).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Binpack(pub Resource);

pub(super) const ENTRY: Entry = Entry {
    name: "binpack",
    summary: "the instance with the least CPU or memory left that still has room: fewest instances in use",
    fields: "cpu, memory",
    build: |field| match field.map(str::to_ascii_lowercase).as_deref() {
        Some("cpu") => Ok(Box::new(Binpack(Resource::Cpu))),
        Some("memory") => Ok(Box::new(Binpack(Resource::Memory))),
        Some(other) => Err(format!("binpack takes the field `cpu` or `memory`, found `{other}`")),
        None => Err("binpack needs a field: `cpu` or `memory`".into()),
    },
};

impl Strategy for Binpack {
    fn narrow(&self, scene: &Scene<'_>, candidates: &mut Vec<InstanceId>) {
        keep_least(candidates, |instance| {
            let open = scene.world.instances[instance].open();
            match self.0 {
                Resource::Cpu => open.cpu,
                Resource::Memory => open.memory,
            }
        });
    }

    fn narrow_to_stop(&self, world: &World, _service: ServiceId, candidates: &mut Vec<TaskId>) {
        // All tasks of a service are of one size: the most room after is the most room before.
        keep_least(candidates, |task: TaskId| {
            let open = world.instances[world.tasks[task].instance].open();
            std::cmp::Reverse(match self.0 {
                Resource::Cpu => open.cpu,
                Resource::Memory => open.memory,
            })
        });
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
