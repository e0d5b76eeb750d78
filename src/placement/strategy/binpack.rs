//! `binpack`: the instance with the least of a resource left.

use std::any::Any;

use crate::world::{InstanceId, ServiceId, TaskId, World};

use super::{Entry, Measure, Scene, Strategy, keep_least};

/// The resource that binpack looks at.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
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

impl Binpack {
    /// What an instance has left of the resource, open to tasks that no room is kept for.
    fn left(&self, world: &World, instance: InstanceId) -> u32 {
        let open = world.instances[instance].open();
        match self.0 {
            Resource::Cpu => open.cpu,
            Resource::Memory => open.memory,
        }
    }
}

impl Strategy for Binpack {
    fn narrow(&self, scene: &Scene<'_>, candidates: &mut Vec<InstanceId>) {
        keep_least(candidates, |instance| self.left(scene.world, instance));
    }

    fn title(&self) -> String {
        match self.0 {
            Resource::Cpu => "binpack by cpu".into(),
            Resource::Memory => "binpack by memory".into(),
        }
    }

    fn measures(&self, scene: &Scene<'_>, candidates: &[InstanceId]) -> Option<Vec<Measure>> {
        let unit = match self.0 {
            Resource::Cpu => "CPU units",
            Resource::Memory => "MiB",
        };
        let measure = |instance: &InstanceId| {
            let left = self.left(scene.world, *instance);
            Measure { key: left.into(), text: format!("{left} {unit} left") }
        };
        Some(candidates.iter().map(measure).collect())
    }

    fn narrow_to_stop(&self, world: &World, _service: ServiceId, candidates: &mut Vec<TaskId>) {
        // All tasks of a service are of one size: the most room after is the most room before.
        keep_least(candidates, |task: TaskId| std::cmp::Reverse(self.left(world, world.tasks[task].instance)));
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
