//! Instances in one order, in blocks that know the most that they can offer.
//!
//! The order is that of a key: a value (the free amount of a resource, or nothing) above the place on the ring. A block
//! holds up to 64 neighbours; beside the list of blocks stands, for some amounts of CPU, the most memory that an instance
//! of the block has free with at least so much CPU. A search reads this list and looks into few blocks in vain.

use crate::world::InstanceId;

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

#[derive(Clone, Debug)]
struct Block {
    len: usize,
    keys: [u64; FULL],
    cpu: [u32; FULL],
    memory: [u32; FULL],
    ids: [InstanceId; FULL],
}

impl Block {
    const EMPTY: Block =
        Block { len: 0, keys: [0; FULL], cpu: [0; FULL], memory: [0; FULL], ids: [InstanceId::NONE; FULL] };

    /// The first entry whose key is not below `key`.
    #[inline]
    fn position(&self, key: u64) -> usize {
        self.keys[..self.len].partition_point(|other| *other < key)
    }

    fn insert(&mut self, at: usize, key: u64, id: InstanceId, free: Free) {
        let len = self.len;
        self.keys.copy_within(at..len, at + 1);
        self.cpu.copy_within(at..len, at + 1);
        self.memory.copy_within(at..len, at + 1);
        self.ids.copy_within(at..len, at + 1);
        self.set(at, key, id, free);
        self.len += 1;
    }

    #[inline]
    fn set(&mut self, at: usize, key: u64, id: InstanceId, free: Free) {
        self.keys[at] = key;
        self.cpu[at] = free.cpu;
        self.memory[at] = free.memory;
        self.ids[at] = id;
    }

    fn remove(&mut self, at: usize) {
        let len = self.len;
        self.keys.copy_within(at + 1..len, at);
        self.cpu.copy_within(at + 1..len, at);
        self.memory.copy_within(at + 1..len, at);
        self.ids.copy_within(at + 1..len, at);
        self.len -= 1;
    }

    /// Appends the entries of `other` from `from` on.
    fn append(&mut self, other: &Block, from: usize) {
        for at in from..other.len {
            self.set(self.len, other.keys[at], other.ids[at], Free { cpu: other.cpu[at], memory: other.memory[at] });
            self.len += 1;
        }
    }

    /// One more than the most memory that an entry with at least so much CPU has free; 0 where none has the CPU.
    fn top(&self, level: u32) -> u32 {
        let entries = self.cpu[..self.len].iter().zip(&self.memory[..self.len]);
        entries.map(|(cpu, memory)| if *cpu >= level { memory + 1 } else { 0 }).max().unwrap_or(0)
    }
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
    /// For each level and block its [`Block::top`].
    tops: Vec<Vec<u32>>,
}

impl Blocks {
    /// An empty list.
    pub fn new(levels: Levels) -> Blocks {
        let tops = vec![vec![0]; levels.0.len()];
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
    pub fn insert(&mut self, key: u64, id: InstanceId, free: Free) {
        let mut rank = self.rank(key);
        if self.block(rank).len == FULL {
            self.split(rank);
            rank = self.rank(key);
        }
        let block = &mut self.blocks[self.order[rank] as usize];
        let at = block.position(key);
        debug_assert!(at == block.len || block.keys[at] != key);
        block.insert(at, key, id, free);
        self.raise(rank, free);
    }

    /// Takes an instance out.
    pub fn remove(&mut self, key: u64) {
        let rank = self.rank(key);
        let block = &mut self.blocks[self.order[rank] as usize];
        let at = block.position(key);
        debug_assert_eq!(block.keys[at], key);
        let free = Free { cpu: block.cpu[at], memory: block.memory[at] };
        block.remove(at);
        let len = block.len;
        self.lower(rank, free);
        if len < THIN {
            self.join(rank);
        }
    }

    /// An instance has something else free, and perhaps stands elsewhere in the order because of that.
    pub fn change(&mut self, old: u64, new: u64, id: InstanceId, free: Free) {
        let rank = self.rank(old);
        let stays = self.fences[rank] <= new && self.fences.get(rank + 1).is_none_or(|next| new < *next);
        if !stays {
            self.remove(old);
            return self.insert(new, id, free);
        }
        let block = &mut self.blocks[self.order[rank] as usize];
        let from = block.position(old);
        debug_assert_eq!(block.keys[from], old);
        let before = Free { cpu: block.cpu[from], memory: block.memory[from] };
        if new > old {
            let to = block.position(new) - 1;
            block.keys.copy_within(from + 1..=to, from);
            block.cpu.copy_within(from + 1..=to, from);
            block.memory.copy_within(from + 1..=to, from);
            block.ids.copy_within(from + 1..=to, from);
            block.set(to, new, id, free);
        } else {
            let to = block.position(new);
            block.keys.copy_within(to..from, to + 1);
            block.cpu.copy_within(to..from, to + 1);
            block.memory.copy_within(to..from, to + 1);
            block.ids.copy_within(to..from, to + 1);
            block.set(to, new, id, free);
        }
        self.raise(rank, free);
        self.lower(rank, before);
    }

    /// The first instance with a key from `from` up to but not including `below` that has what is needed and that
    /// `admits` takes, with its key.
    #[inline]
    pub fn first(
        &self,
        from: u64,
        below: u64,
        need: Need,
        mut admits: impl FnMut(InstanceId) -> bool,
    ) -> Option<(u64, InstanceId)> {
        let tops = &self.tops[need.level];
        let mut rank = self.rank(from);
        let mut at = None;
        loop {
            if tops[rank] > need.memory {
                let block = self.block(rank);
                let start = at.unwrap_or_else(|| block.position(from));
                for at in start..block.len {
                    if block.cpu[at] >= need.cpu && block.memory[at] >= need.memory {
                        if block.keys[at] >= below {
                            return None;
                        }
                        if admits(block.ids[at]) {
                            return Some((block.keys[at], block.ids[at]));
                        }
                    }
                }
            }
            at = Some(0);
            rank += 1 + tops[rank + 1..].iter().position(|top| *top > need.memory)?;
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
            tops[rank] = tops[rank].max(free.memory + 1);
        }
    }

    /// A block has lost an instance with that much free.
    #[inline]
    fn lower(&mut self, rank: usize, free: Free) {
        for (level, tops) in self.levels.0.iter().zip(&mut self.tops) {
            if *level > free.cpu {
                break;
            }
            if tops[rank] == free.memory + 1 {
                tops[rank] = self.blocks[self.order[rank] as usize].top(*level);
            }
        }
    }

    /// Looks at a block anew.
    fn recount(&mut self, rank: usize) {
        for (level, tops) in self.levels.0.iter().zip(&mut self.tops) {
            tops[rank] = self.blocks[self.order[rank] as usize].top(*level);
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
        upper.append(lower, FULL / 2);
        lower.len = FULL / 2;
        let fence = upper.keys[0];
        self.order.insert(rank + 1, slot);
        self.fences.insert(rank + 1, fence);
        for tops in &mut self.tops {
            tops.insert(rank + 1, 0);
        }
        self.recount(rank);
        self.recount(rank + 1);
    }

    /// Joins a thin block to a neighbour, if that leaves room.
    fn join(&mut self, rank: usize) {
        let fits = |lower: usize| lower + 1 < self.order.len() && self.len(lower) + self.len(lower + 1) <= JOINED;
        let lower = match rank.checked_sub(1).filter(|lower| fits(*lower)) {
            Some(lower) => lower,
            None if fits(rank) => rank,
            None => return,
        };
        let slots = [self.order[lower] as usize, self.order[lower + 1] as usize];
        let [into, from] = self.blocks.get_disjoint_mut(slots).expect("two different blocks");
        into.append(from, 0);
        self.unused.push(self.order.remove(lower + 1));
        self.fences.remove(lower + 1);
        for tops in &mut self.tops {
            tops.remove(lower + 1);
        }
        self.recount(lower);
    }

    fn len(&self, rank: usize) -> usize {
        self.block(rank).len
    }

    /// All entries in order, for checks.
    pub fn entries(&self) -> impl Iterator<Item = (u64, InstanceId, Free)> + '_ {
        self.order.iter().flat_map(|slot| {
            let block = &self.blocks[*slot as usize];
            (0..block.len)
                .map(|at| (block.keys[at], block.ids[at], Free { cpu: block.cpu[at], memory: block.memory[at] }))
        })
    }

    /// Checks order, fences and tops.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify(&self) -> Result<(), String> {
        for rank in 0..self.order.len() {
            let block = self.block(rank);
            let keys = &block.keys[..block.len];
            let next = self.fences.get(rank + 1).copied().unwrap_or(u64::MAX);
            if keys.iter().any(|key| *key < self.fences[rank] || *key >= next) {
                return Err(format!("a key of block {rank} is outside of its fences"));
            }
            if !keys.is_sorted_by(|a, b| a < b) {
                return Err(format!("block {rank} is out of order"));
            }
            for (level, tops) in self.levels.0.iter().zip(&self.tops) {
                if tops[rank] != block.top(*level) {
                    return Err(format!("block {rank} offers {}, not {}", block.top(*level), tops[rank]));
                }
            }
        }
        Ok(())
    }
}
