//! The calendar's window: a ring of buckets, each holding its events in the
//! order they were pushed.

use super::Slot;
use super::pool::{CHUNK, NONE, Pool};

/// Buckets whose occupancy is one word; the fewest a ring has.
const WORD: usize = u64::BITS as usize;

/// One bucket: a chain of chunks, all full but the last.
#[derive(Copy, Clone)]
struct Bucket {
    /// Last chunk; meaningless while the bucket is empty.
    last: u32,
    /// Events held.
    len: u32,
}

const EMPTY: Bucket = Bucket { last: NONE, len: 0 };

/// A power of two of buckets. Bucket numbers run on without end and are reduced
/// to a place in the ring here.
pub(super) struct Ring<E> {
    buckets: Vec<Bucket>,
    /// One bit for each bucket, set while it holds an event: an empty stretch is
    /// crossed 64 buckets at a time.
    occupied: Vec<u64>,
    pool: Pool<E>,
    /// Events held in all buckets.
    len: usize,
}

impl<E: Copy> Ring<E> {
    pub(super) fn new() -> Self {
        let mut ring = Self { buckets: Vec::new(), occupied: Vec::new(), pool: Pool::new(), len: 0 };
        ring.reset(WORD);
        ring
    }

    /// Empties the ring and gives it at least `buckets` buckets.
    pub(super) fn reset(&mut self, buckets: usize) {
        let buckets = buckets.next_power_of_two().max(WORD);
        self.buckets.clear();
        self.buckets.resize(buckets, EMPTY);
        self.occupied.clear();
        self.occupied.resize(buckets / WORD, 0);
        self.pool.clear();
        self.len = 0;
    }

    /// Number of buckets.
    #[inline]
    pub(super) fn buckets(&self) -> u64 {
        self.buckets.len() as u64
    }

    /// Events held.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Events there is room for.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.pool.room()
    }

    #[inline]
    fn place(&self, number: u64) -> usize {
        number as usize & (self.buckets.len() - 1)
    }

    #[inline]
    pub(super) fn push(&mut self, number: u64, slot: Slot<E>) {
        let place = self.place(number);
        let bucket = &mut self.buckets[place];
        let at = bucket.len as usize % CHUNK;
        if at == 0 {
            if bucket.len == 0 {
                self.occupied[place / WORD] |= 1 << (place % WORD);
            }
            bucket.last = self.pool.take(bucket.last, slot);
        } else {
            self.pool.put(bucket.last, at, slot);
        }
        bucket.len = bucket.len.checked_add(1).expect("fewer than 2^32 events in a bucket");
        self.len += 1;
    }

    /// How far after bucket `number` the next bucket with an event is, the bucket
    /// itself left out; `None` if no other holds any.
    pub(super) fn distance_to_next(&self, number: u64) -> Option<u64> {
        let start = self.place(number.wrapping_add(1));
        let words = self.occupied.len();
        let mut word = start / WORD;
        let mut bits = self.occupied[word] & (u64::MAX << (start % WORD));
        // One more than there are words: the first is looked at again, for the
        // bits before the start.
        for _ in 0..=words {
            if bits != 0 {
                let found = word * WORD + bits.trailing_zeros() as usize;
                let steps = found.wrapping_sub(start) & (self.buckets.len() - 1);
                return Some(steps as u64 + 1);
            }
            word = (word + 1) % words;
            bits = self.occupied[word];
        }
        None
    }

    /// Moves the events of bucket `number` to the end of `out`, in the order they
    /// were pushed.
    pub(super) fn drain(&mut self, number: u64, out: &mut Vec<Slot<E>>) {
        let place = self.place(number);
        let bucket = std::mem::replace(&mut self.buckets[place], EMPTY);
        self.occupied[place / WORD] &= !(1 << (place % WORD));
        self.len -= bucket.len as usize;
        self.pool.drain(bucket.last, bucket.len as usize, out);
    }

    /// Moves every event to the end of `out`, bucket by bucket from `number` on.
    pub(super) fn drain_all(&mut self, mut number: u64, out: &mut Vec<Slot<E>>) {
        self.drain(number, out);
        while let Some(steps) = self.distance_to_next(number) {
            number = number.wrapping_add(steps);
            self.drain(number, out);
        }
    }
}
