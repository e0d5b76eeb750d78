//! `InterPodAffinity`: preferred terms of the pod, and terms of the pods that are there.

use std::collections::BTreeMap;

use super::{MAX, Scores};
use crate::placement::kubernetes::snapshot::template::Template;
use crate::placement::kubernetes::snapshot::term::Term;
use crate::placement::kubernetes::snapshot::{NodeIndex, Snapshot};

/// Terms that matter between the incoming pod and one that is there, with what each counts: the incoming pod's preferred terms
/// that cover the other, and the other's preferred terms and required affinity that cover the incoming one.
pub fn terms_between<'a>(
    snapshot: &'a Snapshot,
    pod: &'a Template,
    other: &'a Template,
) -> impl Iterator<Item = (i64, &'a Term)> {
    let hard = snapshot.settings.affinity.hard_pod_affinity_weight;
    let objects = &snapshot.objects;
    let own = (pod.affinity.preferred.iter().map(|(weight, term)| (*weight, term)))
        .chain(pod.anti_affinity.preferred.iter().map(|(weight, term)| (-weight, term)))
        .filter(move |(_, term)| term.covers(other, objects));
    let required = other.affinity.required.iter().filter(move |_| hard > 0).map(move |term| (hard, term));
    let theirs = required
        .chain(other.affinity.preferred.iter().map(|(weight, term)| (*weight, term)))
        .chain(other.anti_affinity.preferred.iter().map(|(weight, term)| (-weight, term)))
        .filter(move |(_, term)| term.covers(pod, objects));
    own.chain(theirs)
}

/// Whether the profile leaves out pods such as this one, which prefer nothing themselves.
pub fn left_out(snapshot: &Snapshot, pod: &Template) -> bool {
    snapshot.settings.affinity.ignore_preferred_terms_of_existing_pods
        && pod.affinity.preferred.is_empty()
        && pod.anti_affinity.preferred.is_empty()
}

/// The score of a node, by the least and the most among the nodes left. The quotient comes first, in double precision.
#[inline]
pub fn normalised(raw: i64, min: i64, max: i64) -> i64 {
    if max > min { (MAX as f64 * ((raw - min) as f64 / (max - min) as f64)) as i64 } else { 0 }
}

/// The scores of the nodes left; `None` where nothing matched anywhere.
pub fn scores(snapshot: &Snapshot, pod: &Template, nodes: &[NodeIndex]) -> Option<Scores> {
    if left_out(snapshot, pod) {
        return None;
    }
    let mut sums: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
    for (id, other) in snapshot.templates.iter() {
        let pods = &snapshot.by_template[id];
        if pods.is_empty() {
            continue;
        }
        for (weight, term) in terms_between(snapshot, pod, other) {
            for key in pods {
                let facts = &snapshot.nodes[snapshot.pods[*key].node].facts;
                if let Some(value) = facts.labels.get(&term.key) {
                    *sums.entry(&term.key).or_default().entry(value).or_insert(0) += weight;
                }
            }
        }
    }
    if sums.is_empty() {
        return None;
    }
    let raw_of = |node: &NodeIndex| {
        let labels = &snapshot.nodes[*node].facts.labels;
        let sum = |(key, values): (&&str, &BTreeMap<&str, i64>)| {
            labels.get(*key).and_then(|value| values.get(value.as_str())).copied().unwrap_or(0)
        };
        sums.iter().map(sum).sum()
    };
    let raw: Vec<i64> = nodes.iter().map(raw_of).collect();
    let (min, max) = (raw.iter().copied().min().unwrap_or(0), raw.iter().copied().max().unwrap_or(0));
    Some(Scores { normalised: raw.iter().map(|raw| normalised(*raw, min, max)).collect(), raw })
}
