//! The queue of pending events.
//!
//! Few pending events are kept in a heap. Many are kept in a
//! calendar: buckets of time, each sorted only when it becomes the
//! earliest, so that the cost of an event does not grow with their number.
//!
//! Whatever the calendar holds is later than whatever is *near*: the rest of the
//! bucket being popped (the run) and the events pushed at or before that
//! bucket since it was begun (in the heap). With few events the calendar is off
//! and everything is near.

mod calendar;
mod heap;
mod pool;
mod ring;
mod run;
#[cfg(test)]
mod tests;
mod width;

use crate::base::time::Time;
use calendar::{Calendar, Review};
use heap::Heap;
use run::Run;

/// More near events than this turn the calendar on, or have it laid out anew.
const NEAR_AT_MOST: usize = 256;

/// Fewer pending events than this turn it off. Far below [`NEAR_AT_MOST`], so that
/// a number of pending events that wavers around either does not switch back and
/// forth.
const CALENDAR_BELOW: usize = NEAR_AT_MOST / 4;

/// An event and when it is due.
#[derive(Copy, Clone)]
struct Slot<E> {
    time: Time,
    event: E,
}

/// Pending events, popped by time and, among equal times, in the order in which
/// they were pushed.
///
/// An event may be pushed at any time, also before the last one popped: it is
/// then simply the next. Nothing is ever removed but by popping; a caller that
/// cancels events tells a stale one when it is popped.
///
/// A push and a pop take amortised constant time for the usual distributions and
/// logarithmic time for any.
pub struct Queue<E: Copy> {
    /// Near events that are not in the run. Of those at the same time as one in
    /// the run all were pushed after it.
    near: Heap<E>,
    /// What is left of the bucket being popped. Empty while the calendar is off.
    run: Run<E>,
    /// Events later than all near ones.
    calendar: Calendar<E>,
    /// Pending events.
    len: usize,
    /// How many events the heap may hold before the calendar is laid out anew.
    near_at_most: usize,
}

impl<E: Copy> Default for Queue<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Copy> Queue<E> {
    /// An empty queue.
    pub fn new() -> Self {
        Self { near: Heap::new(), run: Run::new(), calendar: Calendar::new(), len: 0, near_at_most: NEAR_AT_MOST }
    }

    /// Pending events.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no event is pending.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an event.
    #[inline]
    pub fn push(&mut self, time: Time, event: E) {
        if self.near.len() >= self.near_at_most {
            self.lay_out(None);
        }
        self.len += 1;
        self.place(time, event);
    }

    /// Takes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        loop {
            if let Some(slot) = self.run.first() {
                self.len -= 1;
                // At equal times the run goes first: its events are older.
                if self.near.peek_time().is_none_or(|time| slot.time <= time) {
                    self.run.skip();
                    return Some((slot.time, slot.event));
                }
                return self.near.pop();
            }
            if let Some(next) = self.near.pop() {
                self.len -= 1;
                return Some(next);
            }
            if self.len == 0 {
                return None;
            }
            self.bring_near();
        }
    }

    /// Time of the next event. Takes `&mut` because it may have to sort the next
    /// bucket.
    #[inline]
    pub fn peek_time(&mut self) -> Option<Time> {
        loop {
            match (self.run.peek_time(), self.near.peek_time()) {
                (Some(run), Some(near)) => return Some(run.min(near)),
                (None, None) if self.len > 0 => self.bring_near(),
                (run, near) => return run.or(near),
            }
        }
    }

    /// Forgets every pending event. Keeps the allocations, so that the next
    /// replication finds them.
    pub fn clear(&mut self) {
        self.near.clear();
        self.run.clear();
        self.calendar.clear();
        self.len = 0;
        self.near_at_most = NEAR_AT_MOST;
    }

    /// Puts an event where it belongs.
    #[inline]
    fn place(&mut self, time: Time, event: E) {
        if self.calendar.is_near(time) {
            self.near.push(time, event);
        } else {
            self.calendar.push(time, event);
        }
    }

    /// Makes some event near. At least one must be pending and none near.
    #[cold]
    #[inline(never)]
    fn bring_near(&mut self) {
        if self.len < CALENDAR_BELOW {
            let slots = self.take_all();
            self.clear();
            self.place_all(slots);
            return;
        }
        match self.calendar.review() {
            Review::Keep => self.near_at_most = self.near_limit(),
            Review::Guess => self.lay_out(None),
            Review::Use(shift) => self.lay_out(Some(shift)),
        }
        if self.near.is_empty() {
            self.calendar.advance(&mut self.run);
        }
    }

    /// Lays the calendar out for the events now pending, with buckets of the width
    /// whose logarithm is given, else of one guessed from those events.
    #[cold]
    #[inline(never)]
    fn lay_out(&mut self, shift: Option<u32>) {
        let slots = self.take_all();
        let start = slots.iter().map(|slot| slot.time).min().unwrap_or_default();
        let shift = shift.unwrap_or_else(|| width::guess_shift(&slots, start));
        self.calendar.lay_out(shift, start, slots.len());
        self.place_all(slots);
        self.near_at_most = self.near_limit();
    }

    /// How many near events to bear. Laying out moves every pending event, so the
    /// near ones must have become a good part of them first; and it cannot part
    /// events of one time, so it must not be tried again as long as it failed.
    fn near_limit(&self) -> usize {
        NEAR_AT_MOST.max(self.len / 4).max(2 * self.near.len())
    }

    /// Takes out every event, those at equal times in the order of their push.
    fn take_all(&mut self) -> Vec<Slot<E>> {
        let mut slots = Vec::with_capacity(self.len);
        // At equal times the run is older than the heap; neither shares a time
        // with the calendar.
        while let Some(slot) = self.run.first() {
            self.run.skip();
            slots.push(slot);
        }
        self.near.drain_sorted(&mut slots);
        self.calendar.drain(&mut slots);
        slots
    }

    /// Puts back what was [taken out](Self::take_all), in the same order.
    fn place_all(&mut self, slots: Vec<Slot<E>>) {
        self.len = slots.len();
        for Slot { time, event } in slots {
            self.place(time, event);
        }
    }
}
