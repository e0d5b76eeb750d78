//! Rows that are taken and given back: the lowest memory for things that come and go.

use std::collections::VecDeque;

use super::id::{Id, Table};

/// A table whose rows are reused. Rows are given out again in the order in which they were given back, so that a
/// stale reference meets its own row again as late as possible.
#[derive(Clone, Debug)]
pub struct Slab<I, T> {
    rows: Table<I, T>,
    free: VecDeque<I>,
}

impl<I: Id, T> Slab<I, T> {
    /// An empty slab.
    pub fn new() -> Self {
        Slab { rows: Table::new(), free: VecDeque::new() }
    }

    /// The id that the next [`Slab::take`] gives: a row to be reused, or a new one.
    pub fn take(&mut self, new: impl FnOnce() -> T) -> I {
        match self.free.pop_front() {
            Some(id) => id,
            None => self.rows.push(new()),
        }
    }

    /// Gives the row back. The caller must have ended everything that refers to it.
    pub fn give_back(&mut self, id: I) {
        self.free.push_back(id);
    }

    /// Rows ever used at once: the upper end of the ids.
    pub fn capacity(&self) -> usize {
        self.rows.len()
    }

    /// Rows in use.
    pub fn in_use(&self) -> usize {
        self.rows.len() - self.free.len()
    }

    /// All rows, used and free, in order of id; the row itself says whether it is in use.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.rows.iter()
    }
}

impl<I: Id, T> Default for Slab<I, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Id, T> std::ops::Index<I> for Slab<I, T> {
    type Output = T;
    fn index(&self, id: I) -> &T {
        &self.rows[id]
    }
}

impl<I: Id, T> std::ops::IndexMut<I> for Slab<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id]
    }
}
