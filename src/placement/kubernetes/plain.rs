//! The rule as it is written: every node, every plugin. What the fast path decides must be what stands here.

use super::filter;
use super::plugin::Plugin;
use super::reason::{Reason, Rejection, Unfit};
use super::score;
use super::snapshot::template::{Named, Template};
use super::snapshot::{NodeIndex, Snapshot, TemplateId};

/// A pod that waits for a node.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What it is made from.
    pub template: TemplateId,
    /// The only node that its controller made it for; stands for the required node affinity of its template, as the
    /// DaemonSet controller writes it.
    pub pin: Option<NodeIndex>,
    /// The caller's id, under which it may be nominated.
    pub id: Option<u64>,
    /// The node that it is nominated to: tried first.
    pub nominated: Option<NodeIndex>,
}

impl Pending {
    /// A pod of a template, nothing more.
    pub fn of(template: TemplateId) -> Pending {
        Pending { template, pin: None, id: None, nominated: None }
    }
}

/// The word of the filters on all nodes that were looked at.
#[derive(Clone, Debug, Default)]
pub struct Filtered {
    /// Nodes left, in the order in which they were looked at.
    pub feasible: Vec<NodeIndex>,
    /// Nodes rejected.
    pub rejected: Vec<(NodeIndex, Rejection)>,
    /// The pod was refused before any node was looked at.
    pub whole_pod: bool,
}

impl Filtered {
    /// The same as counts of reasons.
    pub fn unfit(&self, snapshot: &Snapshot) -> Unfit {
        let mut unfit = Unfit { nodes: snapshot.live(), whole_pod: self.whole_pod, ..Unfit::default() };
        for (_, rejection) in &self.rejected {
            unfit.count(&rejection.reasons);
        }
        unfit
    }
}

/// Which nodes a pod's own names leave (`PreFilter` of `NodeAffinity`).
pub enum Allowed {
    /// All.
    All,
    /// One of these names.
    These(Vec<NodeIndex>),
    /// None: the names contradict each other.
    None,
}

/// The nodes that a pod's names leave.
pub fn allowed(snapshot: &Snapshot, pod: &Template, pin: Option<NodeIndex>) -> Allowed {
    if !snapshot.settings.filters.contains(&Plugin::NodeAffinity) {
        return Allowed::All;
    }
    if let Some(pin) = pin {
        return Allowed::These(vec![pin]);
    }
    match &pod.named {
        Named::Any => Allowed::All,
        Named::Conflict => Allowed::None,
        Named::These(names) => {
            let nodes = snapshot.live_nodes().filter(|(_, row)| names.contains(&row.facts.name));
            Allowed::These(nodes.map(|(index, _)| index).collect())
        }
    }
}

/// Runs the filters over nodes in an order, until `enough` are left.
pub fn filter(
    snapshot: &Snapshot,
    pending: &Pending,
    order: impl Iterator<Item = NodeIndex>,
    enough: usize,
) -> Filtered {
    let pod = &snapshot.templates[pending.template];
    let mut result = Filtered::default();
    let only = match allowed(snapshot, pod, pending.pin) {
        Allowed::All => None,
        Allowed::These(nodes) => Some(nodes),
        Allowed::None => {
            let conflict = Rejection::unresolvable(Plugin::NodeAffinity, Reason::NamesConflict);
            result.rejected = order.map(|node| (node, conflict.clone())).collect();
            result.whole_pod = true;
            return result;
        }
    };
    let mut state = filter::State::new(snapshot, pod, pending.pin);
    for node in order {
        if only.as_ref().is_some_and(|only| !only.contains(&node)) {
            let rejection = Rejection::unresolvable(Plugin::NodeAffinity, Reason::NotNamed);
            result.rejected.push((node, rejection));
            continue;
        }
        let row = &snapshot.nodes[node];
        match state.rejection_with_nominated(node, &row.facts, &row.usage, pending.id) {
            Some(rejection) => result.rejected.push((node, rejection)),
            None => {
                result.feasible.push(node);
                if result.feasible.len() == enough {
                    break;
                }
            }
        }
    }
    result
}

/// All plugins that reject a node when each is asked alone, nominated pods left out.
pub fn rejected_by(snapshot: &Snapshot, pending: &Pending, nodes: &[NodeIndex]) -> Vec<Vec<Plugin>> {
    let pod = &snapshot.templates[pending.template];
    let state = filter::State::new(snapshot, pod, pending.pin);
    let of = |node: &NodeIndex| {
        let row = &snapshot.nodes[*node];
        let rejects = |plugin: &&Plugin| state.rejection_by(**plugin, *node, &row.facts, &row.usage).is_some();
        snapshot.settings.filters.iter().filter(rejects).copied().collect()
    };
    nodes.iter().map(of).collect()
}

/// Scores of the nodes left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scored {
    /// Plugins that took part, with their weights.
    pub plugins: Vec<(Plugin, i64)>,
    /// Plugins that stepped aside for this pod.
    pub skipped: Vec<Plugin>,
    /// Scores by plugin, each in the order of the nodes.
    pub scores: Vec<score::Scores>,
    /// Weighted sums in the order of the nodes.
    pub totals: Vec<i64>,
}

impl Scored {
    /// The highest total and the places that reach it.
    pub fn best(&self) -> (i64, Vec<usize>) {
        let best = self.totals.iter().copied().max().unwrap_or(0);
        let places = self.totals.iter().enumerate().filter(|(_, total)| **total == best);
        (best, places.map(|(place, _)| place).collect())
    }
}

/// Scores nodes.
pub fn scores(snapshot: &Snapshot, pending: &Pending, nodes: &[NodeIndex]) -> Scored {
    let pod = &snapshot.templates[pending.template];
    let mut scored = Scored { totals: vec![0; nodes.len()], ..Scored::default() };
    for &(plugin, weight) in &snapshot.settings.scores {
        let Some(scores) = score::of(plugin, snapshot, pod, pending.pin, nodes) else {
            scored.skipped.push(plugin);
            continue;
        };
        for (total, score) in scored.totals.iter_mut().zip(&scores.normalised) {
            *total += weight * score;
        }
        scored.plugins.push((plugin, weight));
        scored.scores.push(scores);
    }
    scored
}
