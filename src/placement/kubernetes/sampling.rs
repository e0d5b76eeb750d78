//! Which nodes are looked at: all of them, or from where the last pod stopped until enough are left
//! (`numFeasibleNodesToFind`), in an order that takes the zones in turn.

use crate::world::kubernetes::ZONE_LABEL;

use super::snapshot::{NodeIndex, Snapshot};

const REGION_LABEL: &str = "topology.kubernetes.io/region";
/// Fewer nodes than this are always all looked at.
const LEAST: usize = 100;
/// The adaptive share, in per cent, is never below this.
const LEAST_PERCENT: usize = 5;

/// How many nodes left are enough.
pub fn enough(nodes: usize, percentage: u32) -> usize {
    if nodes < LEAST || percentage >= 100 {
        return nodes;
    }
    let percent = match percentage as usize {
        0 => 50usize.saturating_sub(nodes / 125).max(LEAST_PERCENT),
        percent => percent,
    };
    (nodes * percent / 100).max(LEAST).min(nodes)
}

/// The order of nodes and the place where the next search starts.
#[derive(Clone, Debug, Default)]
pub struct Sampling {
    order: Vec<NodeIndex>,
    next: usize,
}

impl Sampling {
    /// Nodes changed: the order is found anew.
    pub fn nodes_changed(&mut self) {
        self.order.clear();
    }

    /// All nodes in the order of the next search.
    pub fn order(&mut self, snapshot: &Snapshot) -> Vec<NodeIndex> {
        if self.order.len() != snapshot.live() {
            self.order = by_zones_in_turn(snapshot);
        }
        if self.order.is_empty() {
            return Vec::new();
        }
        let start = self.next % self.order.len();
        self.order[start..].iter().chain(&self.order[..start]).copied().collect()
    }

    /// So many nodes were looked at.
    pub fn looked_at(&mut self, nodes: usize) {
        if !self.order.is_empty() {
            self.next = (self.next + nodes) % self.order.len();
        }
    }
}

fn by_zones_in_turn(snapshot: &Snapshot) -> Vec<NodeIndex> {
    let mut zones: Vec<((&str, &str), Vec<NodeIndex>)> = Vec::new();
    for (node, row) in snapshot.live_nodes() {
        let label = |key: &str| row.facts.labels.get(key).map_or("", String::as_str);
        let zone = (label(REGION_LABEL), label(ZONE_LABEL));
        match zones.iter_mut().find(|(known, _)| *known == zone) {
            Some((_, list)) => list.push(node),
            None => zones.push((zone, vec![node])),
        }
    }
    let longest = zones.iter().map(|(_, list)| list.len()).max().unwrap_or(0);
    (0..longest).flat_map(|place| zones.iter().filter_map(move |(_, list)| list.get(place).copied())).collect()
}
