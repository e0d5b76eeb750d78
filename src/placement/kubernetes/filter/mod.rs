//! Filters: which nodes a pod can go to. One file a plugin; the order is that of the profile.

pub mod fit;
pub mod node;
pub mod pod_affinity;
pub mod spread;

use super::plugin::Plugin;
use super::reason::Rejection;
use super::snapshot::node::{NodeFacts, NodeUse};
use super::snapshot::template::Template;
use super::snapshot::{NodeIndex, Snapshot};

/// What the filters know of a pod and of the cluster before they look at nodes (`PreFilter`).
#[derive(Clone, Debug)]
pub struct State<'a> {
    /// The cluster.
    pub snapshot: &'a Snapshot,
    /// The pod.
    pub pod: &'a Template,
    /// The only node that its controller allows.
    pub pin: Option<NodeIndex>,
    spread: Option<spread::State<'a>>,
    affinity: Option<pod_affinity::State<'a>>,
}

impl<'a> State<'a> {
    /// Counts what the filters need.
    pub fn new(snapshot: &'a Snapshot, pod: &'a Template, pin: Option<NodeIndex>) -> State<'a> {
        let on = |plugin| snapshot.settings.filters.contains(&plugin);
        State {
            snapshot,
            pod,
            pin,
            spread: (on(Plugin::PodTopologySpread) && !pod.hard.is_empty())
                .then(|| spread::State::new(snapshot, pod, pin)),
            affinity: on(Plugin::InterPodAffinity).then(|| pod_affinity::State::new(snapshot, pod)).flatten(),
        }
    }

    /// Whether the pod is pinned, and to this node.
    pub fn pinned(&self, node: NodeIndex) -> Option<bool> {
        self.pin.map(|pin| pin == node)
    }

    /// A pod comes to a node, or goes: the counts follow (`PreFilterExtensions`).
    pub fn changed(&mut self, other: &'a Template, node: NodeIndex, facts: &'a NodeFacts, delta: i64) {
        let pinned = self.pinned(node);
        if let Some(state) = &mut self.spread {
            state.changed(self.pod, other, facts, pinned, delta);
        }
        if let Some(state) = &mut self.affinity {
            state.changed(self.snapshot, self.pod, other, facts, delta);
        }
    }

    /// One plugin's word on a node.
    pub fn rejection_by(
        &self,
        plugin: Plugin,
        node: NodeIndex,
        facts: &NodeFacts,
        usage: &NodeUse,
    ) -> Option<Rejection> {
        match plugin {
            Plugin::NodeUnschedulable => node::unschedulable(self.pod, facts),
            Plugin::NodeName => node::name(self.pod, facts),
            Plugin::TaintToleration => node::taints(self.pod, facts),
            Plugin::NodeAffinity => node::affinity(self.pod, facts, self.pinned(node)),
            Plugin::NodePorts => node::ports(self.pod, usage),
            Plugin::NodeResourcesFit => fit::rejection(self.snapshot, self.pod, facts, usage),
            Plugin::PodTopologySpread => self.spread.as_ref().and_then(|state| state.rejection(self.pod, facts)),
            Plugin::InterPodAffinity => {
                self.affinity.as_ref().and_then(|state| state.rejection(self.snapshot, self.pod, facts))
            }
            Plugin::DefaultPreemption | Plugin::NodeResourcesBalancedAllocation | Plugin::ImageLocality => None,
        }
    }

    /// The first plugin's rejection.
    pub fn rejection(&self, node: NodeIndex, facts: &NodeFacts, usage: &NodeUse) -> Option<Rejection> {
        self.snapshot.settings.filters.iter().find_map(|plugin| self.rejection_by(*plugin, node, facts, usage))
    }

    /// The first rejection, where pods nominated to the node with at least the pod's priority are counted, and then
    /// where they are not.
    pub fn rejection_with_nominated(
        &mut self,
        node: NodeIndex,
        facts: &'a NodeFacts,
        usage: &NodeUse,
        own: Option<u64>,
    ) -> Option<Rejection> {
        let snapshot = self.snapshot;
        let nominated: Vec<&Template> = snapshot
            .nominated_to(node, self.pod.spec.priority, own)
            .map(|nomination| &snapshot.templates[nomination.template])
            .collect();
        if !nominated.is_empty() {
            let mut fuller = usage.clone();
            for other in &nominated {
                fuller.add(other);
                self.changed(other, node, facts, 1);
            }
            let rejection = self.rejection(node, facts, &fuller);
            for other in &nominated {
                self.changed(other, node, facts, -1);
            }
            if rejection.is_some() {
                return rejection;
            }
        }
        self.rejection(node, facts, usage)
    }
}
