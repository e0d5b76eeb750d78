//! Where the delays of tasks and instances are drawn.
//!
//! The address of a delay is the life that it belongs to and its number within it: the nth task of a slot, the nth instance
//! of a place in its group, and the nth delay of that kind (see [`World::task_life`] and [`World::instance_life`]). Neither
//! the clock nor anything that happens elsewhere has a part in it: where two variants of a run come apart, what has nothing
//! to do with the difference goes on taking the same time.

use crate::base::distribution::Distribution;
use crate::base::random::Label;
use crate::base::time::Span;
use crate::world::{InstanceId, TaskId, World};

/// A kind of delay.
#[derive(Copy, Clone, Debug)]
pub(super) struct Kind {
    label: Label,
    /// Its place among the kinds that a life can meet more than once.
    place: Option<usize>,
}

impl Kind {
    /// A delay that each life meets once at most.
    pub(super) const fn once(text: &str) -> Kind {
        Kind { label: Label::new(text), place: None }
    }

    /// A delay that a life can meet again and again; `place` tells it from the others of its family.
    pub(super) const fn again(text: &str, place: usize) -> Kind {
        Kind { label: Label::new(text), place: Some(place) }
    }
}

/// The delays of one family: counts, by row, those of each kind that the life in the row has met.
///
/// Only random laws are drawn from, so that constant ones neither count nor cost anything.
#[derive(Clone, Debug)]
pub(super) struct Delays<const KINDS: usize> {
    tasks: Vec<[u16; KINDS]>,
    instances: Vec<[u16; KINDS]>,
}

impl<const KINDS: usize> Default for Delays<KINDS> {
    fn default() -> Self {
        Delays { tasks: Vec::new(), instances: Vec::new() }
    }
}

/// The number of the next draw of a kind, from 0.
fn next<const KINDS: usize>(rows: &mut Vec<[u16; KINDS]>, row: u32, kind: Kind) -> u64 {
    let Some(place) = kind.place else { return 0 };
    let row = row as usize;
    if rows.len() <= row {
        rows.resize(row + 1, [0; KINDS]);
    }
    let count = &mut rows[row][place];
    let nth = *count;
    *count = nth.wrapping_add(1);
    nth.into()
}

fn begin<const KINDS: usize>(rows: &mut [[u16; KINDS]], row: u32) {
    if let Some(row) = rows.get_mut(row as usize) {
        *row = [0; KINDS];
    }
}

impl<const KINDS: usize> Delays<KINDS> {
    /// A new task is in a row.
    pub(super) fn task_begins(&mut self, task: TaskId) {
        begin(&mut self.tasks, task.0);
    }

    /// A new instance is in a row.
    pub(super) fn instance_begins(&mut self, instance: InstanceId) {
        begin(&mut self.instances, instance.0);
    }

    /// A delay of a task. It belongs to the task's slot, and so does not depend on where the task is placed.
    pub(super) fn task(&mut self, world: &World, law: &Distribution, kind: Kind, task: TaskId) -> Span {
        if world.warming_up {
            return Span::ZERO;
        }
        law.sample(|| {
            let life = world.task_life(task);
            let nth = next(&mut self.tasks, task.0, kind);
            world.random.at(kind.label.with(nth), life.entity, life.nth)
        })
    }

    /// A delay of an instance. It belongs to the instance's place in its group.
    pub(super) fn instance(&mut self, world: &World, law: &Distribution, kind: Kind, instance: InstanceId) -> Span {
        if world.warming_up {
            return Span::ZERO;
        }
        law.sample(|| {
            let life = world.instance_life(instance);
            let nth = next(&mut self.instances, instance.0, kind);
            world.random.at(kind.label.with(nth), life.entity, life.nth)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOP: Kind = Kind::again("stop", 1);

    #[test]
    fn each_kind_is_numbered_within_its_life() {
        let mut rows: Vec<[u16; 2]> = Vec::new();
        let start = Kind::again("start", 0);
        assert_eq!([next(&mut rows, 3, start), next(&mut rows, 3, start), next(&mut rows, 3, STOP)], [0, 1, 0]);
        assert_eq!(next(&mut rows, 2, start), 0);
        begin(&mut rows, 3);
        assert_eq!([next(&mut rows, 3, start), next(&mut rows, 2, start)], [0, 1]);
        // A row that no random delay was drawn for.
        begin(&mut rows, 9);
        assert_eq!(next(&mut rows, 3, Kind::once("launch")), 0);
    }
}
