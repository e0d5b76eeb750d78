//! What depends on a node and on a pod's requests alone: whether there is room, and the scores of `NodeResourcesFit` and
//! `NodeResourcesBalancedAllocation`, weighted.

use super::log::Log;
use crate::placement::kubernetes::filter::fit::ignored;
use crate::placement::kubernetes::plugin::Plugin;
use crate::placement::kubernetes::reason::Reason;
use crate::placement::kubernetes::score::{balanced, fit};
use crate::placement::kubernetes::snapshot::requests::ResourceIndex;
use crate::placement::kubernetes::snapshot::template::Template;
use crate::placement::kubernetes::snapshot::{NodeIndex, Snapshot};

/// In [`Need::base`]: no room.
pub const NO_ROOM: i32 = -1;

/// One set of requests.
#[derive(Debug)]
pub struct Need {
    /// Requests above 0 that the filter looks at.
    requests: Vec<(ResourceIndex, i64)>,
    fit: Option<(fit::Rule, i64)>,
    balanced: Option<(balanced::Rule, i64)>,
    /// Weighted score of each node, or [`NO_ROOM`].
    pub base: Vec<i32>,
    /// What each node lacks: bit 0 for pods, then by resource.
    pub lack: Vec<u32>,
    cursor: Option<u64>,
}

impl Need {
    /// The need of a pod.
    pub fn new(snapshot: &Snapshot, pod: &Template) -> Need {
        let weight = |plugin| snapshot.settings.scores.iter().find(|(other, _)| *other == plugin).map(|(_, w)| *w);
        Need {
            requests: pod.real.iter().filter(|(index, r)| *r > 0 && !ignored(snapshot, *index)).collect(),
            fit: weight(Plugin::NodeResourcesFit).map(|weight| (fit::Rule::new(snapshot, pod), weight)),
            balanced: weight(Plugin::NodeResourcesBalancedAllocation)
                .and_then(|weight| Some((balanced::Rule::new(snapshot, pod)?, weight))),
            base: Vec::new(),
            lack: Vec::new(),
            cursor: None,
        }
    }

    /// Catches up.
    pub fn refresh(&mut self, snapshot: &Snapshot, log: &Log) {
        self.base.resize(snapshot.nodes.len(), NO_ROOM);
        self.lack.resize(snapshot.nodes.len(), 0);
        match self.cursor.and_then(|cursor| log.since(cursor)) {
            Some(changes) => changes.iter().for_each(|change| self.look_at(snapshot, change.node)),
            None => snapshot.nodes.ids().for_each(|node| self.look_at(snapshot, node)),
        }
        self.cursor = Some(log.head());
    }

    fn look_at(&mut self, snapshot: &Snapshot, node: NodeIndex) {
        let row = &snapshot.nodes[node];
        let (facts, usage) = (&*row.facts, &row.usage);
        let mut lack = u32::from(usage.pods + 1 > facts.allowed_pods);
        for &(index, request) in &self.requests {
            lack |= u32::from(request > facts.allocatable.get(index) - usage.real.get(index)) << (index + 1);
        }
        let place = node.0 as usize;
        self.lack[place] = lack;
        self.base[place] = if lack != 0 || !row.live {
            NO_ROOM
        } else {
            let fit = self.fit.as_ref().map_or(0, |(rule, weight)| rule.score(facts, usage) * weight);
            let balanced = self.balanced.as_ref().map_or(0, |(rule, weight)| rule.score(facts, usage) * weight);
            (fit + balanced) as i32
        };
    }

    /// The reasons that [`Need::lack`] stands for.
    pub fn reasons(snapshot: &Snapshot, lack: u32) -> Vec<Reason> {
        let pods = (lack & 1 != 0).then_some(Reason::TooManyPods);
        let resources = (0..31).filter(|index| lack >> (index + 1) & 1 != 0);
        pods.into_iter().chain(resources.map(|index| Reason::Insufficient(snapshot.resources.name(index)))).collect()
    }
}
