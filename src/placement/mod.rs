//! Where a task goes (ECS Developer Guide, task placement): resources, then constraints, then strategies in list order.
//!
//! [`scan::Scan`] is the rule as it is written: it looks at every instance. [`index::Index`] behind the same trait decides
//! alike and hardly grows with the number of instances. What breaks the last tie is not documented by AWS: here it is a seeded
//! random choice, or the lowest id with `tieBreak: first`.

pub mod explain;
pub mod fit;
pub mod index;
pub mod kubernetes;
pub mod policy;
pub mod scale_in;
pub mod scan;
pub mod strategy;
pub mod tie;

use crate::world::command::Order;
use crate::world::fact::Refusal;
use crate::world::{ImageId, InstanceId, ServiceId, TaskId, World};

pub use policy::{Constraint, Policy};

/// Chooses an instance for each order.
pub trait Placer: Send {
    /// The instance that the order goes to, or why there is none.
    fn choose(&mut self, world: &World, order: &Order) -> Result<InstanceId, Refusal>;

    /// Why an order goes where it goes, as the world stands; `None` from a placer that gives no reasons.
    fn explain(&mut self, _world: &World, _order: &Order) -> Option<explain::Explanation> {
        None
    }

    /// Tasks that are to give way to an order which has just been refused; none where nothing gives way to others.
    fn preempt(&mut self, _world: &World, _order: &Order) -> Vec<TaskId> {
        Vec::new()
    }

    /// The task of a service that scale-in stops next, among those that are wanted; `None` where there is none.
    fn choose_to_stop(&mut self, world: &World, service: ServiceId) -> Option<TaskId>;

    /// An instance was launched, registered, drained, forgotten, or its agent connected or disconnected.
    fn instance_changed(&mut self, _world: &World, _instance: InstanceId) {}

    /// An image is on an instance's disk now.
    fn image_cached(&mut self, _world: &World, _instance: InstanceId, _image: ImageId) {}

    /// A task was placed; the world already counts it.
    fn task_placed(&mut self, _world: &World, _task: TaskId) {}

    /// A task is no longer wanted; it still holds its resources.
    fn task_stopping(&mut self, _world: &World, _task: TaskId) {}

    /// A task has given its resources back; its row can still be read.
    fn task_ended(&mut self, _world: &World, _task: TaskId) {}
}
