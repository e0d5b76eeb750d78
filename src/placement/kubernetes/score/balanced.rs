//! `NodeResourcesBalancedAllocation`: the nearer the used shares of the resources to each other, the better. Real requests,
//! double precision.

use super::MAX;
use crate::placement::kubernetes::snapshot::Snapshot;
use crate::placement::kubernetes::snapshot::node::{NodeFacts, NodeUse};
use crate::placement::kubernetes::snapshot::requests::{EPHEMERAL_INDEX, ResourceIndex};
use crate::placement::kubernetes::snapshot::template::Template;

/// The rule for one pod.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Resource and request.
    resources: Vec<(ResourceIndex, i64)>,
}

impl Rule {
    /// The rule of the profile for a pod; `None` where the pod requests none of the resources.
    pub fn new(snapshot: &Snapshot, pod: &Template) -> Option<Rule> {
        let known = snapshot.settings.balanced.iter().filter_map(|resource| snapshot.resources.find(&resource.name));
        let all: Vec<_> = known.map(|index| (index, pod.real.get(index))).collect();
        if all.iter().all(|(_, request)| *request == 0) {
            return None;
        }
        // An extended resource that the pod does not ask for is left out.
        let resources = all.into_iter().filter(|(index, request)| *index <= EPHEMERAL_INDEX || *request != 0);
        Some(Rule { resources: resources.collect() })
    }

    /// The score of a node.
    #[inline]
    pub fn score(&self, node: &NodeFacts, usage: &NodeUse) -> i64 {
        let share = |&(index, request): &(ResourceIndex, i64)| {
            let allocatable = node.allocatable.get(index);
            (allocatable != 0).then(|| ((usage.real.get(index) + request) as f64 / allocatable as f64).min(1.0))
        };
        let deviation = match &self.resources[..] {
            [first, second] => match (share(first), share(second)) {
                (Some(first), Some(second)) => ((first - second) / 2.0).abs(),
                _ => 0.0,
            },
            resources => {
                let shares: Vec<f64> = resources.iter().filter_map(share).collect();
                match &shares[..] {
                    [first, second] => ((first - second) / 2.0).abs(),
                    [_, _, ..] => {
                        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
                        let squares: f64 = shares.iter().map(|share| (share - mean) * (share - mean)).sum();
                        (squares / shares.len() as f64).sqrt()
                    }
                    _ => 0.0,
                }
            }
        };
        ((1.0 - deviation) * MAX as f64) as i64
    }
}
