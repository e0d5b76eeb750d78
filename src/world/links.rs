//! The lists that each task stands in: the tasks of its instance and those of its service.

use super::TaskId;

/// A task's neighbours. They stand apart from the rows of tasks, four tasks to a cache line: to put a task into its lists or
/// to take it out touches four neighbours, which in a large fleet would each be a cold row.
#[derive(Copy, Clone, Debug)]
pub struct Links {
    /// List of the tasks on the instance.
    pub next_on_instance: TaskId,
    /// The same list backwards.
    pub prev_on_instance: TaskId,
    /// List of the tasks of the service.
    pub next_in_service: TaskId,
    /// The same list backwards.
    pub prev_in_service: TaskId,
}

impl Links {
    /// Of a task that stands alone, or in no list.
    pub const NONE: Links = Links {
        next_on_instance: TaskId::NONE,
        prev_on_instance: TaskId::NONE,
        next_in_service: TaskId::NONE,
        prev_in_service: TaskId::NONE,
    };
}
