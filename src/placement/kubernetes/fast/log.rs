//! What changed on nodes, for caches that catch up when they are asked.

use crate::placement::kubernetes::snapshot::{NodeIndex, TemplateId};

/// A change on one node.
#[derive(Copy, Clone, Debug)]
pub struct Change {
    /// The node.
    pub node: NodeIndex,
    /// Whose pod came or went; none where the node itself changed.
    pub template: TemplateId,
    /// Pods that came.
    pub pods: i8,
    /// Pods that came and are not terminating.
    pub lasting: i8,
}

/// The last changes.
#[derive(Debug, Default)]
pub struct Log {
    entries: Vec<Change>,
    /// Number of the first entry.
    start: u64,
    /// A cache that is further behind looks at every node instead.
    limit: usize,
}

/// Caches of small clusters may lag so many changes.
const LEAST_LIMIT: usize = 256;

impl Log {
    /// Sets the number of rows of nodes.
    pub fn set_nodes(&mut self, nodes: usize) {
        self.limit = (2 * nodes).max(LEAST_LIMIT);
    }

    /// Writes a change down.
    pub fn push(&mut self, change: Change) {
        self.entries.push(change);
        if self.entries.len() > 4 * self.limit.max(LEAST_LIMIT) {
            let half = self.entries.len() / 2;
            self.entries.drain(..half);
            self.start += half as u64;
        }
    }

    /// The number of the next change.
    pub fn head(&self) -> u64 {
        self.start + self.entries.len() as u64
    }

    /// The changes from a number on; `None` where they are too many or forgotten.
    pub fn since(&self, number: u64) -> Option<&[Change]> {
        let place = number.checked_sub(self.start)? as usize;
        let changes = self.entries.get(place..)?;
        (changes.len() <= self.limit).then_some(changes)
    }
}
