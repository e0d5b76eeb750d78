//! `NodeResourcesFit`: requests against what is left, whatever is really used.

use crate::placement::kubernetes::plugin::Plugin;
use crate::placement::kubernetes::reason::{Reason, Rejection};
use crate::placement::kubernetes::snapshot::Snapshot;
use crate::placement::kubernetes::snapshot::node::{NodeFacts, NodeUse};
use crate::placement::kubernetes::snapshot::requests::{EPHEMERAL_INDEX, ResourceIndex};
use crate::placement::kubernetes::snapshot::template::Template;

/// Whether the filter leaves a resource out, by the arguments of the profile.
pub fn ignored(snapshot: &Snapshot, index: ResourceIndex) -> bool {
    let args = &snapshot.settings.fit;
    if index <= EPHEMERAL_INDEX || (args.ignored_resources.is_empty() && args.ignored_resource_groups.is_empty()) {
        return false;
    }
    let name = snapshot.resources.name(index);
    let group = name.split_once('/').map(|(group, _)| group);
    args.ignored_resources.iter().any(|ignored| **ignored == *name)
        || args.ignored_resource_groups.iter().any(|ignored| Some(ignored.as_str()) == group)
}

/// All resources that the node lacks; a request above what the whole node has cannot be helped.
pub fn rejection(snapshot: &Snapshot, pod: &Template, node: &NodeFacts, usage: &NodeUse) -> Option<Rejection> {
    let mut reasons = Vec::new();
    let mut resolvable = true;
    if usage.pods + 1 > node.allowed_pods {
        reasons.push(Reason::TooManyPods);
    }
    for (index, request) in pod.real.iter().filter(|(_, request)| *request > 0) {
        let allocatable = node.allocatable.get(index);
        if request > allocatable - usage.real.get(index) && !ignored(snapshot, index) {
            reasons.push(Reason::Insufficient(snapshot.resources.name(index)));
            resolvable &= request <= allocatable;
        }
    }
    (!reasons.is_empty()).then_some(Rejection { plugin: Plugin::NodeResourcesFit, resolvable, reasons })
}
