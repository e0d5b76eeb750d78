//! Node labels that domains are made of: the domain of each node, by number.

use std::collections::HashMap;

use crate::placement::kubernetes::snapshot::{NodeIndex, Snapshot};

/// Stands where a node lacks the label.
pub const NO_DOMAIN: u32 = u32::MAX;

/// One label.
#[derive(Debug)]
pub struct Key {
    name: String,
    values: HashMap<String, u32>,
    /// Domain of each node.
    pub domain: Vec<u32>,
    /// Nodes of each domain.
    nodes: Vec<u32>,
    /// Domains with more than one node.
    shared: usize,
    /// How often it changed whether every domain is one node.
    pub flips: u64,
}

impl Key {
    /// Whether every domain is one node.
    pub fn is_per_node(&self) -> bool {
        self.shared == 0
    }

    /// Number of domains, empty ones among them.
    pub fn domains(&self) -> usize {
        self.nodes.len()
    }

    fn set(&mut self, node: usize, value: Option<&str>) {
        let before = self.is_per_node();
        if self.domain.len() <= node {
            self.domain.resize(node + 1, NO_DOMAIN);
        }
        let old = self.domain[node];
        if old != NO_DOMAIN {
            self.nodes[old as usize] -= 1;
            self.shared -= usize::from(self.nodes[old as usize] == 1);
        }
        self.domain[node] = match value {
            None => NO_DOMAIN,
            Some(value) => {
                let next = self.nodes.len() as u32;
                let domain = *self.values.entry(value.to_owned()).or_insert(next);
                if domain == next {
                    self.nodes.push(0);
                }
                self.nodes[domain as usize] += 1;
                self.shared += usize::from(self.nodes[domain as usize] == 2);
                domain
            }
        };
        self.flips += u64::from(before != self.is_per_node());
    }
}

/// All labels that matter so far.
#[derive(Debug, Default)]
pub struct Keys(pub Vec<Key>);

impl Keys {
    /// The number of a label.
    pub fn intern(&mut self, name: &str, snapshot: &Snapshot) -> usize {
        if let Some(known) = self.0.iter().position(|key| key.name == name) {
            return known;
        }
        let mut key = Key {
            name: name.to_owned(),
            values: HashMap::new(),
            domain: vec![NO_DOMAIN; snapshot.nodes.len()],
            nodes: Vec::new(),
            shared: 0,
            flips: 0,
        };
        for (node, row) in snapshot.live_nodes() {
            key.set(node.0 as usize, row.facts.labels.get(name).map(String::as_str));
        }
        self.0.push(key);
        self.0.len() - 1
    }

    /// A node came, or went.
    pub fn node_changed(&mut self, node: NodeIndex, snapshot: &Snapshot) {
        let row = &snapshot.nodes[node];
        for key in &mut self.0 {
            let value = row.live.then(|| row.facts.labels.get(&key.name)).flatten();
            key.set(node.0 as usize, value.map(String::as_str));
        }
    }
}
