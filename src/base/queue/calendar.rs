//! The calendar: far events by bucket of time, unsorted until their turn comes.

use super::Slot;
use super::heap::Heap;
use super::ring::Ring;
use super::run::Run;
use super::width;
use crate::base::time::Time;

/// Reach of the ring, as a multiple of what the pending events would fill were
/// they spread as densely as those popped now. In a steady state an event is
/// scheduled on average one such stretch ahead, so at most one in this many
/// falls beyond the ring, whatever the distribution (Markov's inequality).
const REACH: usize = 8;

/// Events later than the current bucket.
///
/// A bucket holds its events in the order they were pushed, so that ordering them
/// by time alone, stably, orders them by (time, order of push). For that, whatever
/// enters a bucket must do so in the order of its push: see [`advance`].
///
/// [`advance`]: Calendar::advance
pub(super) struct Calendar<E> {
    /// The buckets `current + 1 ..= current + buckets - 1`.
    ring: Ring<E>,
    /// Events later than every bucket of the ring.
    overflow: Heap<E>,
    /// Logarithm of the width of a bucket, in microseconds.
    shift: u32,
    /// Number of the current bucket: a time's bucket is the time >> `shift`.
    current: u64,
    /// Events held when the calendar was last laid out.
    laid_out_for: usize,
    /// Events and buckets passed since the width was last looked at.
    passed: width::Passed,
}

impl<E: Copy> Calendar<E> {
    /// A calendar that is off: no time is later than its current bucket.
    pub(super) fn new() -> Self {
        Self {
            ring: Ring::new(),
            overflow: Heap::new(),
            shift: 0,
            current: u64::MAX,
            laid_out_for: 0,
            passed: width::Passed::default(),
        }
    }

    /// Events held.
    pub(super) fn len(&self) -> usize {
        self.ring.len() + self.overflow.len()
    }

    /// Events there is room for.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.ring.room() + self.overflow.room()
    }

    /// Whether an event at this time belongs before the calendar, at or before
    /// its current bucket. Always so when the calendar is off.
    #[inline]
    pub(super) fn is_near(&self, time: Time) -> bool {
        time.0 >> self.shift <= self.current
    }

    /// Adds an event that is not [near](Self::is_near).
    #[inline]
    pub(super) fn push(&mut self, time: Time, event: E) {
        let number = time.0 >> self.shift;
        if number - self.current < self.ring.buckets() {
            self.ring.push(number, Slot { time, event });
        } else {
            self.overflow.push(time, event);
        }
    }

    /// Moves on to the next bucket that holds an event and hands its events to
    /// `run`. The calendar must hold an event.
    pub(super) fn advance(&mut self, run: &mut Run<E>) {
        if let Some(steps) = self.ring.distance_to_next(self.current) {
            self.current += steps;
            self.passed.buckets += steps;
        } else if let Some(time) = self.overflow.peek_time() {
            self.current = time.0 >> self.shift;
            self.passed.buckets += self.ring.buckets();
        }
        // The ring now reaches further. What it has come to reach goes from the
        // overflow into buckets at once, so before any push can: an overflowed
        // event was pushed before whatever will be pushed into its bucket.
        while let Some(time) = self.overflow.peek_time() {
            let number = time.0 >> self.shift;
            if number - self.current >= self.ring.buckets() {
                break;
            }
            if let Some((time, event)) = self.overflow.pop() {
                self.ring.push(number, Slot { time, event });
            }
        }
        let before = self.ring.len();
        run.refill(self.shift, |slots| self.ring.drain(self.current, slots));
        self.passed.events += before - self.ring.len();
    }

    /// Moves every event to the end of `out`, keeping the order of push among
    /// equal times.
    pub(super) fn drain(&mut self, out: &mut Vec<Slot<E>>) {
        self.ring.drain_all(self.current, out);
        self.overflow.drain_sorted(out);
    }

    /// Lays an empty calendar out from the bucket of `start` on, for `len` events.
    /// Events at equal times must then be pushed in the order of their push to the
    /// queue.
    pub(super) fn lay_out(&mut self, shift: u32, start: Time, len: usize) {
        self.shift = shift;
        self.current = start.0 >> shift;
        self.laid_out_for = len;
        self.passed = width::Passed::default();
        self.ring.reset(len * REACH / width::EVENTS);
    }

    /// Whether the calendar still suits what it holds.
    pub(super) fn review(&mut self) -> Review {
        let held = self.len();
        if held > 2 * self.laid_out_for {
            return Review::Guess;
        }
        // Laying out costs as much as popping some of the events held, so it is
        // not thought of before about as many have been popped.
        if self.passed.events < held / 2 {
            return Review::Keep;
        }
        let shift = std::mem::take(&mut self.passed).suited_shift(self.shift);
        let shrunk = held < self.laid_out_for / 4;
        if shift != self.shift || shrunk { Review::Use(shift) } else { Review::Keep }
    }

    /// Forgets every event and turns the calendar off; keeps the allocations.
    pub(super) fn clear(&mut self) {
        self.lay_out(0, Time(u64::MAX), 0);
        self.overflow.clear();
    }
}

/// What to do with a calendar.
pub(super) enum Review {
    /// Leave it.
    Keep,
    /// Lay it out anew, guessing at the width: too little was popped to tell.
    Guess,
    /// Lay it out anew with the width of this logarithm.
    Use(u32),
}
