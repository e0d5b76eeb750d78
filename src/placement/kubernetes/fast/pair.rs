//! A shape with a need: the nodes of each class by their score.

use super::log::Log;
use super::need::{NO_ROOM, Need};
use super::shape::{NO_CLASS, Shape};
use crate::placement::kubernetes::snapshot::NodeIndex;

/// In [`Pair::packed`]: the node has no room, or the row holds no node.
const OUT: u32 = u32::MAX;
/// Classes and scores above this cannot be packed.
const MOST: u32 = 0xfffe;

/// Nodes by class and score.
#[derive(Debug, Default)]
pub struct Pair {
    /// Class and score of each node.
    packed: Vec<u32>,
    /// Nodes by score, for each class.
    by_score: Vec<Vec<u32>>,
    /// Nodes with room, for each class.
    pub with_room: Vec<u32>,
    /// No class has a higher score than this; brought down when it is asked for.
    top: Vec<u32>,
    cursor: Option<u64>,
    generation: u64,
    /// Some class or score could not be packed.
    pub overflow: bool,
}

/// A class and a score.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The class.
    pub class: usize,
    /// The score, without what the class adds.
    pub score: u32,
}

impl Place {
    fn packed(self) -> u32 {
        (self.class as u32) << 16 | self.score
    }
}

impl Pair {
    /// Catches up; shape and need must have done so before.
    pub fn refresh(&mut self, shape: &Shape, need: &Need, log: &Log) {
        self.packed.resize(shape.class_of.len(), OUT);
        self.by_score.resize(shape.classes.len(), Vec::new());
        self.with_room.resize(shape.classes.len(), 0);
        self.top.resize(shape.classes.len(), 0);
        let changes = self.cursor.and_then(|cursor| log.since(cursor));
        match changes {
            Some(changes) if self.generation == shape.generation => {
                for change in changes {
                    self.look_at(shape, need, change.node.0 as usize);
                }
            }
            _ => {
                self.packed.fill(OUT);
                self.by_score.iter_mut().for_each(Vec::clear);
                self.with_room.fill(0);
                self.top.fill(0);
                self.overflow = false;
                for node in 0..self.packed.len() {
                    self.look_at(shape, need, node);
                }
            }
        }
        self.cursor = Some(log.head());
        self.generation = shape.generation;
    }

    fn look_at(&mut self, shape: &Shape, need: &Need, node: usize) {
        let (class, score) = (shape.class_of[node], need.base[node]);
        let new = if class == NO_CLASS || score == NO_ROOM {
            OUT
        } else if class > MOST || score as u32 > MOST {
            self.overflow = true;
            OUT
        } else {
            class << 16 | score as u32
        };
        let old = std::mem::replace(&mut self.packed[node], new);
        if old == new {
            return;
        }
        if old != OUT {
            let (class, score) = ((old >> 16) as usize, (old & 0xffff) as usize);
            self.by_score[class][score] -= 1;
            self.with_room[class] -= 1;
        }
        if new != OUT {
            let (class, score) = ((new >> 16) as usize, (new & 0xffff) as usize);
            let counts = &mut self.by_score[class];
            if counts.len() <= score {
                counts.resize(score + 1, 0);
            }
            counts[score] += 1;
            self.with_room[class] += 1;
            self.top[class] = self.top[class].max(score as u32);
        }
    }

    /// The best score of a class that has nodes with room, and how many have it.
    pub fn best(&mut self, class: usize) -> (u32, u32) {
        let counts = &self.by_score[class];
        let top = &mut self.top[class];
        while *top > 0 && counts[*top as usize] == 0 {
            *top -= 1;
        }
        (*top, counts[*top as usize])
    }

    /// The node that stands at a number among those at some places, in order of index.
    pub fn node_at(&self, places: &[Place], number: usize) -> Option<NodeIndex> {
        const STEP: usize = 64;
        let mut left = number;
        for (chunk, nodes) in self.packed.chunks(STEP).enumerate() {
            let here: usize = places.iter().map(|place| count(nodes, place.packed())).sum();
            if left >= here {
                left -= here;
                continue;
            }
            let is_there = |packed: u32| places.iter().any(|place| place.packed() == packed);
            let node = nodes.iter().enumerate().filter(|(_, packed)| is_there(**packed)).nth(left)?.0;
            return Some(NodeIndex((chunk * STEP + node) as u32));
        }
        None
    }

    /// The node with the lowest rank among those at some places.
    pub fn lowest(&self, places: &[Place], ranks: &[u32]) -> Option<NodeIndex> {
        let is_there = |packed: u32| places.iter().any(|place| place.packed() == packed);
        let there = self.packed.iter().enumerate().filter(|(_, packed)| is_there(**packed));
        there.min_by_key(|(node, _)| ranks[*node]).map(|(node, _)| NodeIndex(node as u32))
    }
}

#[inline]
fn count(nodes: &[u32], packed: u32) -> usize {
    nodes.iter().map(|other| u32::from(*other == packed)).sum::<u32>() as usize
}
