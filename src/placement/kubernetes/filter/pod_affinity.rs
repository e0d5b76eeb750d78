//! `InterPodAffinity`: required affinity and anti-affinity of the pod, and required anti-affinity of the pods that are there.

use std::collections::BTreeMap;

use crate::placement::kubernetes::plugin::Plugin;
use crate::placement::kubernetes::reason::{Reason, Rejection};
use crate::placement::kubernetes::snapshot::Snapshot;
use crate::placement::kubernetes::snapshot::node::NodeFacts;
use crate::placement::kubernetes::snapshot::template::Template;
use crate::placement::kubernetes::snapshot::term::Term;

/// Pods by domain: (key, value).
type Pairs<'a> = BTreeMap<(&'a str, &'a str), i64>;

/// What is counted before nodes are looked at.
#[derive(Clone, Debug, Default)]
pub struct State<'a> {
    /// Pods with required anti-affinity to the pod.
    existing: Pairs<'a>,
    /// Pods that match all terms of the pod's required affinity.
    affinity: Pairs<'a>,
    /// Pods that match a term of the pod's required anti-affinity.
    anti: Pairs<'a>,
}

fn add<'a>(pairs: &mut Pairs<'a>, term: &'a Term, node: &'a NodeFacts, delta: i64) {
    let Some(value) = node.labels.get(&term.key) else { return };
    let pair = (term.key.as_str(), value.as_str());
    let count = pairs.entry(pair).or_insert(0);
    *count += delta;
    if *count == 0 {
        pairs.remove(&pair);
    }
}

fn matches_all(terms: &[Term], other: &Template, snapshot: &Snapshot) -> bool {
    !terms.is_empty() && terms.iter().all(|term| term.covers(other, &snapshot.objects))
}

impl<'a> State<'a> {
    /// Counts the pods of all nodes; `None` where nothing can reject the pod.
    pub fn new(snapshot: &'a Snapshot, pod: &'a Template) -> Option<State<'a>> {
        let mut state = State::default();
        for (id, other) in snapshot.templates.iter() {
            let pods = &snapshot.by_template[id];
            if pods.is_empty() {
                continue;
            }
            let against = other.anti_affinity.required.iter().any(|term| term.covers(pod, &snapshot.objects));
            let wanted = matches_all(&pod.affinity.required, other, snapshot);
            let avoided = pod.anti_affinity.required.iter().any(|term| term.covers(other, &snapshot.objects));
            if against || wanted || avoided {
                for key in pods {
                    state.changed(snapshot, pod, other, &snapshot.nodes[snapshot.pods[*key].node].facts, 1);
                }
            }
        }
        let nothing =
            state.existing.is_empty() && pod.affinity.required.is_empty() && pod.anti_affinity.required.is_empty();
        (!nothing).then_some(state)
    }

    /// A pod comes or goes.
    pub fn changed(
        &mut self,
        snapshot: &'a Snapshot,
        pod: &'a Template,
        other: &'a Template,
        node: &'a NodeFacts,
        delta: i64,
    ) {
        for term in other.anti_affinity.required.iter().filter(|term| term.covers(pod, &snapshot.objects)) {
            add(&mut self.existing, term, node, delta);
        }
        if matches_all(&pod.affinity.required, other, snapshot) {
            for term in &pod.affinity.required {
                add(&mut self.affinity, term, node, delta);
            }
        }
        for term in pod.anti_affinity.required.iter().filter(|term| term.covers(other, &snapshot.objects)) {
            add(&mut self.anti, term, node, delta);
        }
    }

    /// The filter's word on a node.
    pub fn rejection(&self, snapshot: &Snapshot, pod: &Template, node: &NodeFacts) -> Option<Rejection> {
        if !self.affinity_holds(snapshot, pod, node) {
            return Some(Rejection::unresolvable(Plugin::InterPodAffinity, Reason::PodAffinity));
        }
        let there = |pairs: &Pairs, key: &str, value: &str| pairs.get(&(key, value)).is_some_and(|count| *count > 0);
        let avoided = |term: &Term| node.labels.get(&term.key).is_some_and(|value| there(&self.anti, &term.key, value));
        if pod.anti_affinity.required.iter().any(avoided) {
            return Some(Rejection::resolvable(Plugin::InterPodAffinity, Reason::PodAntiAffinity));
        }
        if !self.existing.is_empty() && node.labels.iter().any(|(key, value)| there(&self.existing, key, value)) {
            return Some(Rejection::resolvable(Plugin::InterPodAffinity, Reason::ExistingAntiAffinity));
        }
        None
    }

    fn affinity_holds(&self, snapshot: &Snapshot, pod: &Template, node: &NodeFacts) -> bool {
        let mut found = true;
        for term in &pod.affinity.required {
            let Some(value) = node.labels.get(&term.key) else { return false };
            found &= self.affinity.get(&(term.key.as_str(), value.as_str())).is_some_and(|count| *count > 0);
        }
        // The first pod of a group that wants to be together may go anywhere.
        found || (self.affinity.is_empty() && matches_all(&pod.affinity.required, pod, snapshot))
    }
}
