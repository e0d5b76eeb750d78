//! `NodeAffinity`: the weights of the preferred terms that hold.

use super::MAX;
use crate::placement::kubernetes::snapshot::node::NodeFacts;
use crate::placement::kubernetes::snapshot::template::{Template, term_holds};

/// Whether the pod prefers any nodes.
pub fn takes_part(pod: &Template) -> bool {
    pod.spec.affinity.node_affinity.as_ref().is_some_and(|affinity| !affinity.preferred.is_empty())
}

/// The sum of the weights.
pub fn raw(pod: &Template, node: &NodeFacts) -> i64 {
    let Some(affinity) = &pod.spec.affinity.node_affinity else { return 0 };
    let held = affinity.preferred.iter().filter(|preferred| term_holds(&preferred.preference, node));
    held.map(|preferred| i64::from(preferred.weight)).sum()
}

/// The score of a node, by the most among the nodes left.
#[inline]
pub fn normalised(raw: i64, max: i64) -> i64 {
    if max == 0 { 0 } else { MAX * raw / max }
}
