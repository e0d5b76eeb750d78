//! `TaintToleration`: the fewer taints with `PreferNoSchedule` the pod does not tolerate, the better.

use super::MAX;
use crate::placement::kubernetes::snapshot::node::NodeFacts;
use crate::placement::kubernetes::snapshot::template::Template;
use crate::world::kubernetes::Effect;

/// Taints that are not tolerated.
pub fn raw(pod: &Template, node: &NodeFacts) -> i64 {
    let soft = node.taints.iter().filter(|taint| taint.effect == Effect::PreferNoSchedule);
    soft.filter(|taint| !pod.spec.tolerations.iter().any(|toleration| toleration.tolerates(taint))).count() as i64
}

/// The score of a node, by the most among the nodes left.
#[inline]
pub fn normalised(raw: i64, max: i64) -> i64 {
    if max == 0 { MAX } else { MAX - MAX * raw / max }
}
