//! One thing that is counted by domain: pods that a constraint of spreading selects, or that a term of affinity is about.

use super::keys::{Keys, NO_DOMAIN};
use crate::placement::kubernetes::snapshot::TemplateId;

/// What an axis is for.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The constraint with this number among those with `DoNotSchedule`.
    Hard(usize),
    /// The constraint with this number among those with `ScheduleAnyway`.
    Soft(usize),
    /// Pods that match all terms of the required affinity.
    Affinity,
    /// Pods that match a term of the required anti-affinity.
    Anti,
    /// Pods with required anti-affinity to the pod.
    Existing,
    /// The score of `InterPodAffinity`.
    Score,
}

/// In a class: the node lacks the label.
pub const MISSING: i32 = i32::MIN;
/// In a class: the node does not count.
pub const UNCOUNTED: i32 = i32::MIN + 1;

/// One axis.
#[derive(Debug)]
pub struct Axis {
    /// What it is for.
    pub role: Role,
    /// The label of its domains.
    pub key: usize,
    /// Pods of a host are counted on the node itself, whatever its labels say and whether it counts or not.
    pub host: bool,
    /// Terminating pods are left out.
    pub lasting: bool,
    /// Every domain is one node: a node's class holds the amount itself.
    pub per_node: bool,
    /// Amount on each node.
    amount: Vec<i32>,
    /// Matches on each node, whatever they amount to.
    matches: Vec<i32>,
    /// The domain in which each node is counted.
    counted_in: Vec<u32>,
    /// Amount of each domain.
    pub sums: Vec<i64>,
    /// Counted nodes of each domain.
    pub nodes: Vec<u32>,
    /// Matches on all counted nodes.
    pub all_matches: i64,
}

impl Axis {
    /// An axis without nodes.
    pub fn new(role: Role, key: usize, host: bool) -> Axis {
        Axis {
            role,
            key,
            host,
            lasting: matches!(role, Role::Hard(_) | Role::Soft(_)),
            per_node: false,
            amount: Vec::new(),
            matches: Vec::new(),
            counted_in: Vec::new(),
            sums: Vec::new(),
            nodes: Vec::new(),
            all_matches: 0,
        }
    }

    /// Forgets all nodes.
    pub fn clear(&mut self, keys: &Keys, nodes: usize) {
        let key = &keys.0[self.key];
        self.per_node = self.host || key.is_per_node();
        for column in [&mut self.amount, &mut self.matches] {
            column.clear();
            column.resize(nodes, 0);
        }
        self.counted_in.clear();
        self.counted_in.resize(nodes, NO_DOMAIN);
        self.sums.clear();
        self.nodes.clear();
        self.all_matches = 0;
        self.make_room(keys, nodes);
    }

    /// Makes room for nodes and domains that are new.
    pub fn make_room(&mut self, keys: &Keys, nodes: usize) {
        let domains = keys.0[self.key].domains();
        self.amount.resize(nodes, 0);
        self.matches.resize(nodes, 0);
        self.counted_in.resize(nodes, NO_DOMAIN);
        self.sums.resize(domains, 0);
        self.nodes.resize(domains, 0);
    }

    /// A node begins to count in a domain, or in none.
    pub fn count_in(&mut self, node: usize, domain: u32) {
        let old = std::mem::replace(&mut self.counted_in[node], domain);
        let amount = i64::from(self.amount[node]);
        let matches = i64::from(self.matches[node]);
        if old != NO_DOMAIN {
            self.sums[old as usize] -= amount;
            self.nodes[old as usize] -= 1;
            self.all_matches -= matches;
        }
        if domain != NO_DOMAIN {
            self.sums[domain as usize] += amount;
            self.nodes[domain as usize] += 1;
            self.all_matches += matches;
        }
    }

    /// Pods come to a node, or go.
    pub fn add(&mut self, node: usize, amount: i32, matches: i32) {
        self.amount[node] += amount;
        self.matches[node] += matches;
        let domain = self.counted_in[node];
        if domain != NO_DOMAIN {
            self.sums[domain as usize] += i64::from(amount);
            self.all_matches += i64::from(matches);
        }
    }

    /// What a node's class holds of this axis.
    pub fn value(&self, node: usize, domain: u32) -> i32 {
        if domain == NO_DOMAIN {
            MISSING
        } else if !self.per_node {
            domain as i32
        } else if self.host || self.counted_in[node] != NO_DOMAIN {
            self.amount[node]
        } else {
            UNCOUNTED
        }
    }

    /// The amount in the domain that a class's value stands for.
    pub fn amount_of(&self, value: i32) -> i64 {
        match value {
            MISSING | UNCOUNTED => 0,
            amount if self.per_node => i64::from(amount),
            domain => self.sums[domain as usize],
        }
    }
}

/// What a pod of a template adds to an axis.
#[derive(Copy, Clone, Debug)]
pub struct Effect {
    /// The axis.
    pub axis: usize,
    /// The amount.
    pub amount: i32,
    /// The matches.
    pub matches: i32,
}

/// Effects by template.
#[derive(Debug, Default)]
pub struct Effects(pub Vec<Vec<Effect>>);

impl Effects {
    /// The effects of a pod of a template.
    pub fn of(&self, template: TemplateId) -> &[Effect] {
        self.0.get(template.0 as usize).map_or(&[], Vec::as_slice)
    }
}
