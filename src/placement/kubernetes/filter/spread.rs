//! `PodTopologySpread`, constraints with `DoNotSchedule`: `count + self - least <= maxSkew`.

use std::collections::BTreeMap;

use crate::placement::kubernetes::plugin::Plugin;
use crate::placement::kubernetes::reason::{Reason, Rejection};
use crate::placement::kubernetes::snapshot::node::NodeFacts;
use crate::placement::kubernetes::snapshot::template::Template;
use crate::placement::kubernetes::snapshot::term::has_all;
use crate::placement::kubernetes::snapshot::{NodeIndex, Snapshot, TemplateId};

/// Pods by domain, for each constraint.
#[derive(Clone, Debug)]
pub struct State<'a> {
    counts: Vec<BTreeMap<&'a str, i64>>,
    /// The least of each constraint, `minDomains` taken into account.
    least: Vec<i64>,
}

impl<'a> State<'a> {
    /// Counts the pods of all nodes that count.
    pub fn new(snapshot: &'a Snapshot, pod: &'a Template, pin: Option<NodeIndex>) -> State<'a> {
        let mut counts = vec![BTreeMap::new(); pod.hard.len()];
        for (node, row) in snapshot.live_nodes() {
            let facts = &*row.facts;
            if !has_all(&facts.labels, &pod.hard) {
                continue;
            }
            for (constraint, counts) in pod.hard.iter().zip(&mut counts) {
                if pod.counts_node(constraint, facts, pin.map(|pin| pin == node)) {
                    counts.entry(facts.labels[&constraint.key].as_str()).or_insert(0);
                }
            }
        }
        for (place, constraint) in pod.hard.iter().enumerate() {
            let counted = |id: &TemplateId| constraint.counts(&snapshot.templates[*id]);
            for template in snapshot.templates.ids().filter(|id| !snapshot.by_template[*id].is_empty()).filter(counted)
            {
                for key in &snapshot.by_template[template] {
                    let row = &snapshot.pods[*key];
                    let facts = &*snapshot.nodes[row.node].facts;
                    let pinned = pin.map(|pin| pin == row.node);
                    if !row.terminating
                        && has_all(&facts.labels, &pod.hard)
                        && pod.counts_node(constraint, facts, pinned)
                    {
                        *counts[place].entry(facts.labels[&constraint.key].as_str()).or_insert(0) += 1;
                    }
                }
            }
        }
        let mut state = State { least: vec![0; counts.len()], counts };
        state.find_least(pod);
        state
    }

    fn find_least(&mut self, pod: &Template) {
        for ((constraint, counts), least) in pod.hard.iter().zip(&self.counts).zip(&mut self.least) {
            let few = counts.len() < constraint.min_domains;
            *least = if few { 0 } else { counts.values().copied().min().unwrap_or(i64::from(i32::MAX)) };
        }
    }

    /// A pod comes or goes. Terminating pods and empty selectors are no exception here, unlike where pods are counted.
    pub fn changed(&mut self, pod: &Template, other: &Template, node: &'a NodeFacts, pinned: Option<bool>, delta: i64) {
        if !has_all(&node.labels, &pod.hard) {
            return;
        }
        let mut touched = false;
        for (constraint, counts) in pod.hard.iter().zip(&mut self.counts) {
            if constraint.selects(other) && pod.counts_node(constraint, node, pinned) {
                *counts.entry(node.labels[&constraint.key].as_str()).or_insert(0) += delta;
                touched = true;
            }
        }
        if touched {
            self.find_least(pod);
        }
    }

    /// The filter's word on a node.
    pub fn rejection(&self, pod: &Template, node: &NodeFacts) -> Option<Rejection> {
        for (place, constraint) in pod.hard.iter().enumerate() {
            let Some(domain) = node.labels.get(&constraint.key) else {
                return Some(Rejection::unresolvable(Plugin::PodTopologySpread, Reason::SpreadLabel));
            };
            let count = self.counts[place].get(domain.as_str()).copied().unwrap_or(0);
            if count + i64::from(constraint.selects_itself) - self.least[place] > constraint.max_skew {
                return Some(Rejection::resolvable(Plugin::PodTopologySpread, Reason::Spread));
            }
        }
        None
    }
}
