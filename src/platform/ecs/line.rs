//! The line of tasks that a service waits to place, and what their slots have been told that they wait for.
//!
//! In a fleet that is overloaded for long a line is long, and each attempt says once more what all of them wait for. So the
//! line remembers what it last said and to whom: a slot that has heard it does not hear it again.

use std::collections::VecDeque;

use crate::world::TaskId;
use crate::world::service::Loss;

/// A task that is to be placed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) slot: u32,
    /// The task that it replaces, or NONE.
    pub(super) replaces: TaskId,
}

/// Tasks to be placed, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    queue: VecDeque<Waiting>,
    /// Slots whose vacancy stands in the queue, one bit each.
    vacancies: Vec<u64>,
    /// Those in the queue that replace a task. What their slots wait for may change without a word from here, as the task
    /// that is to be replaced may fail: they are told each time.
    replacing: Vec<Waiting>,
    /// What was last told.
    said: Option<Loss>,
    /// The first has been put back and told nothing or something else.
    first_missed: bool,
    /// How many after that have heard it.
    heard: usize,
}

impl Line {
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn contains(&self, waiting: Waiting) -> bool {
        if waiting.replaces.is_some() {
            return self.replacing.contains(&waiting);
        }
        self.vacancies.get(waiting.slot as usize / 64).is_some_and(|word| word >> (waiting.slot % 64) & 1 == 1)
    }

    /// At the end.
    pub(super) fn push(&mut self, waiting: Waiting) {
        self.note(waiting);
        self.queue.push_back(waiting);
    }

    /// Back to where it was taken from.
    pub(super) fn put_back(&mut self, waiting: Waiting) {
        self.note(waiting);
        self.queue.push_front(waiting);
        // A line that has heard something else altogether is told as a whole anyway.
        self.heard += usize::from(self.first_missed);
        self.first_missed = true;
    }

    pub(super) fn pop(&mut self) -> Option<Waiting> {
        let first = self.queue.pop_front()?;
        if self.first_missed {
            self.first_missed = false;
        } else {
            self.heard = self.heard.saturating_sub(1);
        }
        self.forget(first);
        Some(first)
    }

    /// Takes out whatever concerns a slot.
    pub(super) fn drop_slot(&mut self, slot: u32) {
        let before = self.queue.len();
        let of_slot: Vec<Waiting> = self.queue.iter().filter(|waiting| waiting.slot == slot).copied().collect();
        for waiting in of_slot {
            self.forget(waiting);
        }
        self.queue.retain(|waiting| waiting.slot != slot);
        if self.queue.len() < before {
            // Who has heard what is no longer known: all are told again.
            (self.said, self.first_missed, self.heard) = (None, false, 0);
        }
    }

    /// All have heard this, and none replaces a task.
    pub(super) fn has_heard(&self, loss: Loss) -> bool {
        self.said == Some(loss) && !self.first_missed && self.heard == self.queue.len() && self.replacing.is_empty()
    }

    /// Says what they wait for, to those that have not heard it.
    pub(super) fn say(&mut self, loss: Loss, mut tell: impl FnMut(u32)) {
        if self.said == Some(loss) {
            let skipped = usize::from(self.first_missed);
            self.queue.iter().take(skipped).for_each(|waiting| tell(waiting.slot));
            self.replacing.iter().for_each(|waiting| tell(waiting.slot));
            self.queue.range((skipped + self.heard).min(self.queue.len())..).for_each(|waiting| tell(waiting.slot));
        } else {
            self.queue.iter().for_each(|waiting| tell(waiting.slot));
        }
        (self.said, self.first_missed, self.heard) = (Some(loss), false, self.queue.len());
    }

    fn note(&mut self, waiting: Waiting) {
        if waiting.replaces.is_some() {
            return self.replacing.push(waiting);
        }
        let word = waiting.slot as usize / 64;
        if self.vacancies.len() <= word {
            self.vacancies.resize(word + 1, 0);
        }
        self.vacancies[word] |= 1 << (waiting.slot % 64);
    }

    fn forget(&mut self, waiting: Waiting) {
        if waiting.replaces.is_some() {
            self.replacing.retain(|other| *other != waiting);
        } else {
            self.vacancies[waiting.slot as usize / 64] &= !(1 << (waiting.slot % 64));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vacancy(slot: u32) -> Waiting {
        Waiting { slot, replaces: TaskId::NONE }
    }

    fn say(line: &mut Line, loss: Loss) -> Vec<u32> {
        let mut told = Vec::new();
        line.say(loss, |slot| told.push(slot));
        told
    }

    /// Whoever comes later is told alone; another phase is told to all; one that was taken and put back is told again.
    #[test]
    fn nobody_is_told_twice() {
        let mut line = Line::default();
        (0..3).for_each(|slot| line.push(vacancy(slot)));
        assert_eq!(say(&mut line, Loss::WaitingForCapacity), [0, 1, 2]);
        line.push(vacancy(3));
        assert!(!line.has_heard(Loss::WaitingForCapacity));
        assert_eq!(say(&mut line, Loss::WaitingForCapacity), [3]);
        assert!(line.has_heard(Loss::WaitingForCapacity));
        assert_eq!(say(&mut line, Loss::Throttled), [0, 1, 2, 3]);
        let first = line.pop().expect("four are waiting");
        assert!(!line.contains(first) && line.contains(vacancy(1)));
        line.put_back(first);
        assert_eq!(say(&mut line, Loss::Throttled), [0]);
        line.pop();
        line.push(vacancy(4));
        assert_eq!(say(&mut line, Loss::Throttled), [4]);
    }

    /// A slot whose task is to be replaced may have been told something else meanwhile.
    #[test]
    fn replacements_are_told_each_time() {
        let mut line = Line::default();
        line.push(vacancy(0));
        line.push(Waiting { slot: 1, replaces: TaskId(7) });
        assert_eq!(say(&mut line, Loss::WaitingForCapacity), [0, 1]);
        assert_eq!(say(&mut line, Loss::WaitingForCapacity), [1]);
        line.drop_slot(1);
        assert!(!line.contains(Waiting { slot: 1, replaces: TaskId(7) }));
        assert_eq!(say(&mut line, Loss::WaitingForCapacity), [0]);
    }
}
