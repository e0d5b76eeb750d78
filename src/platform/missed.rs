//! What an agent or a kubelet cannot see to while its host hangs, and does when the host answers again.

use crate::world::command::{Command, Commands};
use crate::world::instance::Host;
use crate::world::{InstanceId, TaskId, World};

/// What there was to do for a container.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Duty<E> {
    /// It had ended, in this way.
    Exited(E),
    /// It was time to start it again.
    Restart,
}

/// Duties of hosts that hang, in the order in which they came up.
#[derive(Clone, Debug)]
pub(super) struct Missed<E> {
    list: Vec<Entry<E>>,
}

#[derive(Clone, Debug)]
struct Entry<E> {
    instance: InstanceId,
    task: TaskId,
    container: u8,
    /// The run of the container that this is about.
    run: u32,
    duty: Duty<E>,
}

impl<E> Default for Missed<E> {
    fn default() -> Self {
        Missed { list: Vec::new() }
    }
}

impl<E: Copy> Missed<E> {
    /// A container has ended: noted where its host hangs.
    pub(super) fn ended(&mut self, world: &World, task: TaskId, container: u8, how: E) {
        if matches!(world.instances[world.tasks[task].instance].host, Host::Hung { .. }) {
            self.note(world, task, container, Duty::Exited(how));
        }
    }

    /// It is time to start a container again: at once, or when its host answers again.
    pub(super) fn restart(&mut self, world: &World, task: TaskId, container: u8, out: &mut Commands) {
        match world.instances[world.tasks[task].instance].host {
            Host::Up => out.push(Command::Start { task, container }),
            Host::Hung { .. } => self.note(world, task, container, Duty::Restart),
            _ => {}
        }
    }

    fn note(&mut self, world: &World, task: TaskId, container: u8, duty: Duty<E>) {
        let row = &world.tasks[task];
        let run = row.run_of(usize::from(container)).number;
        self.list.push(Entry { instance: row.instance, task, container, run, duty });
    }

    /// The host answers again: what was to be started is, and what ended there is returned. Tasks that are being stopped,
    /// containers that run anew and hosts that went down instead need nothing.
    pub(super) fn take(&mut self, world: &World, instance: InstanceId, out: &mut Commands) -> Vec<(TaskId, u8, E)> {
        let of_instance: Vec<Entry<E>> = self.list.extract_if(.., |entry| entry.instance == instance).collect();
        let is_open = |entry: &Entry<E>| {
            let row = &world.tasks[entry.task];
            let same = row.in_use() && row.instance == instance;
            same && !row.stopping
                && row.exited != u16::MAX
                && row.run_of(usize::from(entry.container)).number == entry.run
        };
        let mut ended = Vec::new();
        for Entry { task, container, duty, .. } in of_instance.into_iter().filter(is_open) {
            match duty {
                Duty::Exited(how) => ended.push((task, container, how)),
                Duty::Restart => out.push(Command::Start { task, container }),
            }
        }
        ended
    }

    /// The host went down or is gone: a boot begins with another state of its containers.
    pub(super) fn forget(&mut self, instance: InstanceId) {
        self.list.retain(|entry| entry.instance != instance);
    }
}
