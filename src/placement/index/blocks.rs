//! Instances in one order, in blocks that know the most that they can offer.
//!
//! The order is that of a key: a value (the free amount of a resource, or nothing) above the place on the ring, by which an
//! instance is known here. A block holds up to 64 neighbours; beside the list of blocks stands, for some amounts of CPU, a
//! bound on the memory that an instance of the block has free with at least so much CPU. A search reads this list and looks
//! into few blocks in vain. A bound rises with what comes into the block; it falls when a search has looked in vain.

use std::cell::Cell;

/// The most entries of a block.
const FULL: usize = 64;
/// A block with fewer entries is joined to a neighbour if both together leave room to grow.
const THIN: usize = 12;
/// The most entries of a block right after it was joined.
const JOINED: usize = 40;

/// What an instance has free, as far as blocks know it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Free {
    /// CPU units.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
}

/// What a search needs.
#[derive(Copy, Clone, Debug)]
pub struct Need {
    /// CPU units.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
    /// The highest of [`Levels`] that does not exceed `cpu`.
    pub level: usize,
}

/// Amounts of CPU that blocks know their most free memory for, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels(Vec<u32>);

impl Levels {
    /// More than that cost more to keep than they save; the amounts between two levels are found by looking.
    const MOST: usize = 8;

    /// Levels for tasks that need these amounts of CPU.
    pub fn new(needs: impl IntoIterator<Item = u32>) -> Levels {
        let mut all: Vec<u32> = needs.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        if all.is_empty() {
            all.push(0);
        }
        let count = all.len().min(Self::MOST);
        Levels((0..count).map(|index| all[index * all.len() / count]).collect())
    }

    /// The level for a task's CPU, which is one of those that the levels were made for.
    pub fn of(&self, cpu: u32) -> usize {
        self.0.partition_point(|level| *level <= cpu).saturating_sub(1)
    }
}

/// An instance in the order.
#[derive(Copy, Clone, Debug)]
struct Entry {
    key: u64,
    free: Free,
}

impl Entry {
    const NONE: Entry = Entry { key: 0, free: Free { cpu: 0, memory: 0 } };
}

#[derive(Clone, Debug)]
#[repr(align(64))]
struct Block {
    entries: [Entry; FULL],
    len: usize,
}

impl Block {
    const EMPTY: Block = Block { entries: [Entry::NONE; FULL], len: 0 };

    fn entries(&self) -> &[Entry] {
        &self.entries[..self.len]
    }

    /// The first entry whose key is not below `key`.
    #[inline]
    fn position(&self, key: u64) -> usize {
        self.entries().partition_point(|entry| entry.key < key)
    }

    fn insert(&mut self, at: usize, entry: Entry) {
        self.entries.copy_within(at..self.len, at + 1);
        self.entries[at] = entry;
        self.len += 1;
    }

    fn remove(&mut self, at: usize) {
        self.entries.copy_within(at + 1..self.len, at);
        self.len -= 1;
    }

    /// Appends entries, for which there must be room.
    fn append(&mut self, entries: &[Entry]) {
        self.entries[self.len..self.len + entries.len()].copy_from_slice(entries);
        self.len += entries.len();
    }

    /// One more than the most memory that an entry with at least so much CPU has free; 0 where none has the CPU.
    fn top(&self, level: u32) -> u32 {
        let tops = self.entries().iter().map(|entry| if entry.free.cpu >= level { entry.free.memory + 1 } else { 0 });
        tops.max().unwrap_or(0)
    }
}

/// What a search has found.
#[derive(Copy, Clone, Debug)]
pub struct Hit {
    /// The instance's key.
    pub key: u64,
    rank: usize,
}

/// Where an instance stood in [`Blocks`] when it was last looked for.
#[derive(Copy, Clone, Debug, Default)]
pub struct Spot {
    rank: u32,
    at: u32,
}

/// The instances of a pool in one order.
#[derive(Clone, Debug)]
pub struct Blocks {
    levels: Levels,
    /// Storage in no order.
    blocks: Vec<Block>,
    unused: Vec<u32>,
    /// The blocks in order.
    order: Vec<u32>,
    /// No key of the block is below its fence, none of the block before it is not.
    fences: Vec<u64>,
    /// For each level and block no less than its [`Block::top`].
    tops: Vec<Vec<Cell<u32>>>,
}

impl Blocks {
    /// An empty list.
    pub fn new(levels: Levels) -> Blocks {
        let tops = vec![vec![Cell::new(0)]; levels.0.len()];
        Blocks { levels, blocks: vec![Block::EMPTY], unused: Vec::new(), order: vec![0], fences: vec![0], tops }
    }

    /// The block that a key belongs to, by its rank.
    #[inline]
    fn rank(&self, key: u64) -> usize {
        self.fences.partition_point(|fence| *fence <= key) - 1
    }

    #[inline]
    fn block(&self, rank: usize) -> &Block {
        &self.blocks[self.order[rank] as usize]
    }

    /// Adds an instance under a key that no other has.
    pub fn insert(&mut self, key: u64, free: Free) {
        self.insert_at(self.rank(key), key, free);
    }

    fn insert_at(&mut self, mut rank: usize, key: u64, free: Free) {
        if self.block(rank).len == FULL {
            self.split(rank);
            rank += usize::from(self.fences[rank + 1] <= key);
        }
        let block = &mut self.blocks[self.order[rank] as usize];
        let at = block.position(key);
        debug_assert!(at == block.len || block.entries[at].key != key);
        block.insert(at, Entry { key, free });
        self.raise(rank, free);
    }

    /// Takes an instance out.
    pub fn remove(&mut self, key: u64) {
        self.remove_at(self.rank(key), key);
    }

    /// The same where the block is known; `true` if blocks were joined, so that ranks have changed.
    fn remove_at(&mut self, rank: usize, key: u64) -> bool {
        let block = &mut self.blocks[self.order[rank] as usize];
        let at = block.position(key);
        debug_assert_eq!(block.entries[at].key, key);
        block.remove(at);
        block.len < THIN && self.join(rank)
    }

    /// An instance has something else free, and perhaps stands elsewhere in the order because of that.
    pub fn change(&mut self, old: u64, new: u64, free: Free) {
        let rank = self.rank(old);
        let stays = self.fences[rank] <= new && self.fences.get(rank + 1).is_none_or(|next| new < *next);
        if !stays {
            // The new block is on the known side of the old one.
            let to = if new < old {
                self.fences[..rank].partition_point(|fence| *fence <= new) - 1
            } else {
                rank + self.fences[rank + 1..].partition_point(|fence| *fence <= new)
            };
            let joined = self.remove_at(rank, old);
            return self.insert_at(if joined { self.rank(new) } else { to }, new, free);
        }
        let block = &mut self.blocks[self.order[rank] as usize];
        let from = block.position(old);
        debug_assert_eq!(block.entries[from].key, old);
        let to = if new > old {
            let to = block.position(new) - 1;
            block.entries.copy_within(from + 1..=to, from);
            to
        } else if new < old {
            let to = block.position(new);
            block.entries.copy_within(to..from, to + 1);
            to
        } else {
            from
        };
        block.entries[to] = Entry { key: new, free };
        self.raise(rank, free);
    }

    /// An instance has something else free, but stands where it stood. `spot` says where that was when it was last looked
    /// for, and is brought up to date: blocks seldom move under an order that never changes.
    #[inline]
    pub fn update(&mut self, key: u64, free: Free, spot: &mut Spot) {
        let known = self.order.get(spot.rank as usize).and_then(|slot| {
            let block = &self.blocks[*slot as usize];
            block.entries().get(spot.at as usize).filter(|entry| entry.key == key)
        });
        if known.is_none() {
            let rank = self.rank(key);
            *spot = Spot { rank: rank as u32, at: self.block(rank).position(key) as u32 };
        }
        let rank = spot.rank as usize;
        let entry = &mut self.blocks[self.order[rank] as usize].entries[spot.at as usize];
        debug_assert_eq!(entry.key, key);
        entry.free = free;
        self.raise(rank, free);
    }

    /// The first instance from the key `from` up to but not including `below` that has what is needed and that `admits`
    /// takes.
    #[inline]
    pub fn first(&self, from: u64, below: u64, need: Need, admits: impl FnMut(u64) -> bool) -> Option<Hit> {
        self.first_from(self.rank(from), from, below, need, admits)
    }

    /// The same where the key is not before that of `hit`, and probably close to it.
    #[inline]
    pub fn first_after(
        &self,
        hit: Hit,
        from: u64,
        below: u64,
        need: Need,
        admits: impl FnMut(u64) -> bool,
    ) -> Option<Hit> {
        let further = &self.fences[hit.rank + 1..];
        let is_here = further.first().is_none_or(|next| from < *next);
        let rank = if is_here { hit.rank } else { hit.rank + further.partition_point(|fence| *fence <= from) };
        self.first_from(rank, from, below, need, admits)
    }

    #[inline]
    fn first_from(
        &self,
        mut rank: usize,
        from: u64,
        below: u64,
        need: Need,
        mut admits: impl FnMut(u64) -> bool,
    ) -> Option<Hit> {
        let tops = &self.tops[need.level];
        let mut start = None;
        loop {
            if tops[rank].get() > need.memory {
                let block = self.block(rank);
                let mut fits = false;
                for entry in &block.entries()[start.unwrap_or_else(|| block.position(from))..] {
                    if entry.free.cpu >= need.cpu && entry.free.memory >= need.memory {
                        if entry.key >= below {
                            return None;
                        }
                        if admits(entry.key) {
                            return Some(Hit { key: entry.key, rank });
                        }
                        fits = true;
                    }
                }
                if !fits {
                    tops[rank].set(block.top(self.levels.0[need.level]));
                }
            }
            start = Some(0);
            rank += 1 + tops[rank + 1..].iter().position(|top| top.get() > need.memory)?;
            if self.fences[rank] >= below {
                return None;
            }
        }
    }

    /// A block takes in an instance with that much free.
    #[inline]
    fn raise(&mut self, rank: usize, free: Free) {
        for (level, tops) in self.levels.0.iter().zip(&mut self.tops) {
            if *level > free.cpu {
                break;
            }
            let top = tops[rank].get_mut();
            *top = (*top).max(free.memory + 1);
        }
    }

    /// Looks at a block anew.
    fn recount(&mut self, rank: usize) {
        let block = &self.blocks[self.order[rank] as usize];
        for (level, tops) in self.levels.0.iter().zip(&self.tops) {
            tops[rank].set(block.top(*level));
        }
    }

    /// Moves the upper half of a full block into a block of its own.
    fn split(&mut self, rank: usize) {
        let slot = self.unused.pop().unwrap_or_else(|| {
            self.blocks.push(Block::EMPTY);
            self.blocks.len() as u32 - 1
        });
        let lower = self.order[rank] as usize;
        let [lower, upper] = self.blocks.get_disjoint_mut([lower, slot as usize]).expect("two different blocks");
        upper.len = 0;
        upper.append(&lower.entries[FULL / 2..]);
        lower.len = FULL / 2;
        let fence = upper.entries[0].key;
        self.order.insert(rank + 1, slot);
        self.fences.insert(rank + 1, fence);
        for tops in &mut self.tops {
            tops.insert(rank + 1, Cell::new(0));
        }
        self.recount(rank);
        self.recount(rank + 1);
    }

    /// Joins a thin block to a neighbour, if that leaves room; whether it does.
    fn join(&mut self, rank: usize) -> bool {
        let len = |rank: usize| self.block(rank).len;
        let fits = |lower: usize| lower + 1 < self.order.len() && len(lower) + len(lower + 1) <= JOINED;
        let lower = match rank.checked_sub(1).filter(|lower| fits(*lower)) {
            Some(lower) => lower,
            None if fits(rank) => rank,
            None => return false,
        };
        let slots = [self.order[lower] as usize, self.order[lower + 1] as usize];
        let [into, from] = self.blocks.get_disjoint_mut(slots).expect("two different blocks");
        into.append(from.entries());
        self.unused.push(self.order.remove(lower + 1));
        self.fences.remove(lower + 1);
        for tops in &mut self.tops {
            tops.remove(lower + 1);
        }
        self.recount(lower);
        true
    }

    /// All entries in order, for checks.
    pub fn entries(&self) -> impl Iterator<Item = (u64, Free)> + '_ {
        let blocks = self.order.iter().map(|slot| &self.blocks[*slot as usize]);
        blocks.flat_map(|block| block.entries().iter().map(|entry| (entry.key, entry.free)))
    }

    /// Checks order, fences and bounds.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify(&self) -> Result<(), String> {
        for rank in 0..self.order.len() {
            let block = self.block(rank);
            let next = self.fences.get(rank + 1).copied().unwrap_or(u64::MAX);
            if block.entries().iter().any(|entry| entry.key < self.fences[rank] || entry.key >= next) {
                return Err(format!("a key of block {rank} is outside of its fences"));
            }
            if !block.entries().is_sorted_by(|a, b| a.key < b.key) {
                return Err(format!("block {rank} is out of order"));
            }
            for (level, tops) in self.levels.0.iter().zip(&self.tops) {
                if tops[rank].get() < block.top(*level) {
                    return Err(format!("block {rank} offers {}, more than {}", block.top(*level), tops[rank].get()));
                }
            }
        }
        Ok(())
    }
}
