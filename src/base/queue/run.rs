//! The bucket being popped, in order.

use super::Slot;
use crate::base::time::Time;

/// A bucket's events, sorted by time and, where times are equal, by the order in
/// which they were pushed.
///
/// The events stay where they are; what is sorted is one word for each, its time
/// within the bucket above its index. Words sort without branches, and the index
/// makes the sort stable for nothing.
pub(super) struct Run<E> {
    /// The events, in the order they were pushed.
    slots: Vec<Slot<E>>,
    /// The sorted words, of which only the low bits (`mask`) are read.
    order: Vec<u64>,
    /// Bits of a word that are the index.
    mask: u64,
    /// Events already popped.
    next: usize,
}

impl<E: Copy> Run<E> {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), order: Vec::new(), mask: 0, next: 0 }
    }

    /// Starts a new run from the events that `fill` appends. Their times must
    /// agree in all but the low `shift` bits.
    pub(super) fn refill(&mut self, shift: u32, fill: impl FnOnce(&mut Vec<Slot<E>>)) {
        self.clear();
        fill(&mut self.slots);
        let index_bits = usize::BITS - self.slots.len().leading_zeros();
        self.mask = (1 << index_bits) - 1;
        if shift + index_bits <= u64::BITS {
            let within = (1_u64 << shift) - 1;
            let words = self.slots.iter().enumerate();
            let words = words.map(|(i, slot)| ((slot.time.0 & within) << index_bits) | i as u64);
            self.order.extend(words);
            self.order.sort_unstable();
        } else {
            // Too wide or too full for one word: sort the events themselves.
            self.slots.sort_by_key(|slot| slot.time);
            self.order.extend(0..self.slots.len() as u64);
        }
    }

    /// The earliest event left.
    #[inline]
    pub(super) fn first(&self) -> Option<Slot<E>> {
        let word = self.order.get(self.next)?;
        Some(self.slots[(word & self.mask) as usize])
    }

    /// Time of the earliest event left.
    #[inline]
    pub(super) fn peek_time(&self) -> Option<Time> {
        self.first().map(|slot| slot.time)
    }

    /// Drops the earliest event left.
    #[inline]
    pub(super) fn skip(&mut self) {
        self.next += 1;
    }

    /// Forgets every event; keeps the allocations.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.order.clear();
        self.next = 0;
    }
}
