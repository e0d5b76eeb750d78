//! A first-in-first-out 4-ary heap.
//!
//! It holds the whole queue while few events are pending, and in a large queue
//! the two ends the calendar does not reach: what falls before its first bucket
//! and what falls after its last.

use super::Slot;
use crate::base::time::Time;

/// Children of a node. Four 16-byte keys fill one cache line, so that choosing
/// the least child costs at most one miss.
const ARITY: usize = 4;

/// Place of the root. Leaving the first three places empty puts the children of
/// every node in one group (of node `p`: group `p - 2`).
const ROOT: usize = ARITY - 1;

/// Key of an empty place. It is above every real key, so a group need not know
/// how many of its places are taken.
const EMPTY: u128 = u128::MAX;

/// The keys of four siblings, on a cache line of their own. A key is the time in
/// its high half and the number of the push in its low half.
#[derive(Copy, Clone)]
#[repr(align(64))]
struct Keys([u128; ARITY]);

impl Keys {
    /// The least key and its place. Written as a knockout without branches:
    /// which sibling wins is random, so a branch on it would be mispredicted.
    #[inline(always)]
    fn least(&self) -> (u128, usize) {
        let [a, b, c, d] = self.0;
        let (left, l) = if b < a { (b, 1) } else { (a, 0) };
        let (right, r) = if d < c { (d, 3) } else { (c, 2) };
        if right < left { (right, r) } else { (left, l) }
    }
}

/// A min-heap by (time, order of push).
///
/// The event popped last leaves a hole at the root. A simulator mostly schedules
/// right after it pops, and a push into the hole costs one descent where filling
/// the hole and then adding a leaf would cost a descent and an ascent.
pub(super) struct Heap<E> {
    /// Groups of keys; empty places hold [`EMPTY`], but for the hole.
    keys: Vec<Keys>,
    /// The event of each key, place by place. Apart from the keys, because a
    /// descent compares every key of a group and moves one event.
    events: Vec<[E; ARITY]>,
    /// Events held, not counting the hole.
    len: usize,
    /// Whether the root is the hole.
    hole: bool,
    /// Number of the next push. Starts again when the heap runs empty.
    next: u64,
}

impl<E: Copy> Heap<E> {
    pub(super) fn new() -> Self {
        Self { keys: Vec::new(), events: Vec::new(), len: 0, hole: false, next: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Time of the earliest event.
    #[inline]
    pub(super) fn peek_time(&self) -> Option<Time> {
        if self.len == 0 {
            return None;
        }
        let key = if self.hole { self.keys[1].least().0 } else { self.keys[0].0[ROOT] };
        Some(time_of(key))
    }

    #[inline]
    pub(super) fn push(&mut self, time: Time, event: E) {
        let key = (u128::from(time.0) << 64) | u128::from(self.next);
        self.next += 1;
        self.len += 1;
        if self.hole {
            self.hole = false;
            self.sink(key, event);
        } else {
            self.rise(ROOT + self.len - 1, key, event);
        }
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<(Time, E)> {
        if self.len == 0 {
            return None;
        }
        if self.hole {
            self.fill_hole();
        }
        let key = self.keys[0].0[ROOT];
        let event = self.events[0][ROOT];
        self.len -= 1;
        if self.len == 0 {
            self.keys[0].0[ROOT] = EMPTY;
            self.next = 0;
        } else {
            self.hole = true;
        }
        Some((time_of(key), event))
    }

    /// Forgets every event; keeps the allocations.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.events.clear();
        self.len = 0;
        self.hole = false;
        self.next = 0;
    }

    /// Moves every event to the end of `out`, in order.
    pub(super) fn drain_sorted(&mut self, out: &mut Vec<Slot<E>>) {
        if self.hole {
            self.fill_hole();
        }
        let mut all: Vec<(u128, E)> = Vec::with_capacity(self.len);
        for (keys, events) in self.keys.iter().zip(&self.events) {
            all.extend(keys.0.into_iter().zip(*events).filter(|&(key, _)| key != EMPTY));
        }
        all.sort_unstable_by_key(|&(key, _)| key);
        out.extend(all.into_iter().map(|(key, event)| Slot { time: time_of(key), event }));
        self.clear();
    }

    /// Events there is room for.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.keys.capacity() * ARITY
    }

    /// Puts the last leaf into the hole. At least one event must be held.
    #[inline]
    fn fill_hole(&mut self) {
        let last = ROOT + self.len;
        let (group, place) = (last / ARITY, last % ARITY);
        let key = std::mem::replace(&mut self.keys[group].0[place], EMPTY);
        let event = self.events[group][place];
        self.hole = false;
        self.sink(key, event);
    }

    /// Carries an entry down from the root to where no child is before it.
    #[inline]
    fn sink(&mut self, key: u128, event: E) {
        let mut at = ROOT;
        loop {
            let group = at - (ROOT - 1);
            let Some(children) = self.keys.get(group) else {
                break;
            };
            let (least, place) = children.least();
            if key < least {
                break;
            }
            let moved = self.events[group][place];
            self.put(at, least, moved);
            at = group * ARITY + place;
        }
        self.put(at, key, event);
    }

    /// Carries an entry up from the leaf `at` to where its parent is before it.
    #[inline]
    fn rise(&mut self, mut at: usize, key: u128, event: E) {
        if at / ARITY == self.keys.len() {
            self.keys.push(Keys([EMPTY; ARITY]));
            self.events.push([event; ARITY]);
        }
        while at != ROOT {
            let parent = at / ARITY + (ROOT - 1);
            let above = self.keys[parent / ARITY].0[parent % ARITY];
            if above < key {
                break;
            }
            let moved = self.events[parent / ARITY][parent % ARITY];
            self.put(at, above, moved);
            at = parent;
        }
        self.put(at, key, event);
    }

    #[inline(always)]
    fn put(&mut self, at: usize, key: u128, event: E) {
        self.keys[at / ARITY].0[at % ARITY] = key;
        self.events[at / ARITY][at % ARITY] = event;
    }
}

/// The time in a key.
#[inline(always)]
fn time_of(key: u128) -> Time {
    Time((key >> 64) as u64)
}
