//! `NodeUnschedulable`, `NodeName`, `TaintToleration`, `NodeAffinity`, `NodePorts`.

use crate::placement::kubernetes::plugin::Plugin;
use crate::placement::kubernetes::reason::{Reason, Rejection};
use crate::placement::kubernetes::snapshot::node::{NodeFacts, NodeUse};
use crate::placement::kubernetes::snapshot::template::{Template, untolerated};
use crate::world::kubernetes::{Effect, Taint};

/// Cordoned nodes are refused, unless the pod tolerates the taint that stands for it.
pub fn unschedulable(pod: &Template, node: &NodeFacts) -> Option<Rejection> {
    if !node.unschedulable {
        return None;
    }
    let taint = Taint {
        key: "node.kubernetes.io/unschedulable".into(),
        value: String::new(),
        effect: Effect::NoSchedule,
        time_added: None,
    };
    let tolerated = pod.spec.tolerations.iter().any(|toleration| toleration.tolerates(&taint));
    (!tolerated).then(|| Rejection::unresolvable(Plugin::NodeUnschedulable, Reason::Unschedulable))
}

/// The node that the pod asks for.
pub fn name(pod: &Template, node: &NodeFacts) -> Option<Rejection> {
    let other = pod.spec.node_name.as_ref().is_some_and(|name| !name.is_empty() && *name != node.name);
    other.then(|| Rejection::unresolvable(Plugin::NodeName, Reason::NodeName))
}

/// Taints that keep pods away.
pub fn taints(pod: &Template, node: &NodeFacts) -> Option<Rejection> {
    untolerated(&node.taints, &pod.spec.tolerations).map(|taint| {
        let reason = Reason::Taint { key: taint.key.clone(), value: taint.value.clone() };
        Rejection::unresolvable(Plugin::TaintToleration, reason)
    })
}

/// Node selector and required node affinity.
pub fn affinity(pod: &Template, node: &NodeFacts, pinned: Option<bool>) -> Option<Rejection> {
    (!pod.allows(node, pinned)).then(|| Rejection::unresolvable(Plugin::NodeAffinity, Reason::NodeAffinity))
}

/// Ports that pods on the node hold.
pub fn ports(pod: &Template, usage: &NodeUse) -> Option<Rejection> {
    let taken = pod.ports.iter().any(|port| usage.ports.iter().any(|held| held.conflicts(port)));
    taken.then(|| Rejection::resolvable(Plugin::NodePorts, Reason::Ports))
}
