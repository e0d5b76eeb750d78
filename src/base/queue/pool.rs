//! Storage of the calendar's buckets: chunks of one size, handed out and taken
//! back.

use super::Slot;

/// Entries in a chunk. With the engine's 16-byte entries a chunk is four cache
/// lines: large enough that links are rare, small enough that the half-empty
/// last chunk of every bucket wastes little.
pub(super) const CHUNK: usize = 16;

/// No chunk.
pub(super) const NONE: u32 = u32::MAX;

/// One chunk, starting on a cache line so that no 16-byte entry straddles two.
#[derive(Copy, Clone)]
#[repr(align(64))]
struct Chunk<E>([Slot<E>; CHUNK]);

/// All chunks, those in use and those free. It grows to the most ever in use at
/// once and no further.
pub(super) struct Pool<E> {
    chunks: Vec<Chunk<E>>,
    /// For each chunk in use the one before it in its bucket; for each free one
    /// the next free one.
    links: Vec<u32>,
    /// The chunk freed last, which is handed out first: it is still in cache.
    free: u32,
}

impl<E: Copy> Pool<E> {
    pub(super) fn new() -> Self {
        Self { chunks: Vec::new(), links: Vec::new(), free: NONE }
    }

    /// Hands out a chunk that follows `before` and holds `first` in its first
    /// place; the other places hold anything.
    #[inline]
    pub(super) fn take(&mut self, before: u32, first: Slot<E>) -> u32 {
        let id = self.free;
        if id == NONE {
            return self.grow(before, first);
        }
        self.free = std::mem::replace(&mut self.links[id as usize], before);
        self.chunks[id as usize].0[0] = first;
        id
    }

    #[cold]
    fn grow(&mut self, before: u32, first: Slot<E>) -> u32 {
        let id = u32::try_from(self.chunks.len()).ok().filter(|&id| id != NONE);
        let id = id.expect("fewer than 2^32 chunks of pending events");
        // Filling all places with the first entry spares an "absent" entry.
        self.chunks.push(Chunk([first; CHUNK]));
        self.links.push(before);
        id
    }

    #[inline]
    pub(super) fn put(&mut self, id: u32, place: usize, slot: Slot<E>) {
        self.chunks[id as usize].0[place] = slot;
    }

    /// Appends the `len` entries of the bucket that ends in chunk `last` to
    /// `out`, in the order they were put, and takes its chunks back.
    pub(super) fn drain(&mut self, last: u32, len: usize, out: &mut Vec<Slot<E>>) {
        if len == 0 {
            return;
        }
        // The links lead backwards, so reserve the room and fill it from its end.
        let start = out.len();
        out.resize(start + len, self.chunks[last as usize].0[0]);
        let mut room = &mut out[start..];
        let mut id = last;
        while !room.is_empty() {
            let held = (room.len() - 1) % CHUNK + 1;
            let (rest, into) = room.split_at_mut(room.len() - held);
            into.copy_from_slice(&self.chunks[id as usize].0[..held]);
            room = rest;
            let before = std::mem::replace(&mut self.links[id as usize], self.free);
            self.free = id;
            id = before;
        }
    }

    /// Entries there is room for.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.chunks.capacity() * CHUNK
    }

    /// Takes every chunk back.
    pub(super) fn clear(&mut self) {
        self.chunks.clear();
        self.links.clear();
        self.free = NONE;
    }
}
