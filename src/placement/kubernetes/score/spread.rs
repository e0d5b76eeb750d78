//! `PodTopologySpread`, constraints with `ScheduleAnyway`: the fewer pods in a node's domains, the better.

use std::collections::{BTreeMap, BTreeSet};

use super::{MAX, Scores};
use crate::placement::kubernetes::snapshot::template::Template;
use crate::placement::kubernetes::snapshot::term::{Constraint, has_all};
use crate::placement::kubernetes::snapshot::{NodeIndex, Snapshot};
use crate::world::kubernetes::HOSTNAME_LABEL;

/// What one domain adds to a node's raw score.
#[inline]
pub fn part(count: i64, max_skew: i64, weight: f64) -> f64 {
    count as f64 * weight + (max_skew - 1) as f64
}

/// How much a pod in a domain weighs, by the number of domains.
#[inline]
pub fn weight(domains: usize) -> f64 {
    ((domains + 2) as f64).ln()
}

/// The score of a node, by the least and the most among the nodes left.
#[inline]
pub fn normalised(raw: i64, min: i64, max: i64) -> i64 {
    if max == 0 { MAX } else { MAX * (max + min - raw) / max }
}

/// The scores of the nodes left; `None` without such constraints.
pub fn scores(snapshot: &Snapshot, pod: &Template, pin: Option<NodeIndex>, nodes: &[NodeIndex]) -> Option<Scores> {
    if pod.soft.is_empty() {
        return None;
    }
    let labels = |node: NodeIndex| &snapshot.nodes[node].facts.labels;
    let counts_for_all = |node: NodeIndex| !pod.needs_all_keys || has_all(labels(node), &pod.soft);
    let scored: Vec<bool> = nodes.iter().map(|node| counts_for_all(*node)).collect();
    let hosts = scored.iter().filter(|scored| **scored).count();
    let mut tables = Vec::new();
    for constraint in &pod.soft {
        let value = |node: NodeIndex| labels(node).get(&constraint.key).map_or("", String::as_str);
        if constraint.key == HOSTNAME_LABEL {
            tables.push((weight(hosts), host_counts(snapshot, constraint)));
            continue;
        }
        let domains: BTreeSet<&str> =
            nodes.iter().zip(&scored).filter(|(_, scored)| **scored).map(|(node, _)| value(*node)).collect();
        let mut counts = BTreeMap::new();
        each_counted(snapshot, constraint, |node| {
            let facts = &snapshot.nodes[node].facts;
            if counts_for_all(node) && pod.counts_node(constraint, facts, pin.map(|pin| pin == node)) {
                *counts.entry(value(node)).or_insert(0) += 1;
            }
        });
        tables.push((weight(domains.len()), counts));
    }
    let raw_of = |node: NodeIndex| {
        let mut sum = 0.0;
        for (constraint, (weight, counts)) in pod.soft.iter().zip(&tables) {
            let Some(value) = labels(node).get(&constraint.key) else { continue };
            let domain = if constraint.key == HOSTNAME_LABEL { &snapshot.nodes[node].facts.name } else { value };
            sum += part(counts.get(domain.as_str()).copied().unwrap_or(0), constraint.max_skew, *weight);
        }
        sum.round() as i64
    };
    let raw: Vec<i64> =
        nodes.iter().zip(&scored).map(|(node, scored)| if *scored { raw_of(*node) } else { 0 }).collect();
    let of_scored = || raw.iter().zip(&scored).filter(|(_, scored)| **scored).map(|(raw, _)| *raw);
    let (min, max) = (of_scored().min().unwrap_or(i64::MAX), of_scored().max().unwrap_or(0).max(0));
    let normalised =
        raw.iter().zip(&scored).map(|(raw, scored)| if *scored { normalised(*raw, min, max) } else { 0 }).collect();
    Some(Scores { raw, normalised })
}

/// Pods of a host are counted on the node itself, whatever its labels say and whether the node counts or not.
fn host_counts<'a>(snapshot: &'a Snapshot, constraint: &Constraint) -> BTreeMap<&'a str, i64> {
    let mut counts = BTreeMap::new();
    each_counted(snapshot, constraint, |node| {
        *counts.entry(snapshot.nodes[node].facts.name.as_str()).or_insert(0) += 1;
    });
    counts
}

/// Calls for the node of each pod that a constraint counts.
fn each_counted(snapshot: &Snapshot, constraint: &Constraint, mut call: impl FnMut(NodeIndex)) {
    for (id, other) in snapshot.templates.iter() {
        let pods = &snapshot.by_template[id];
        if pods.is_empty() || !constraint.counts(other) {
            continue;
        }
        for row in pods.iter().map(|key| &snapshot.pods[*key]).filter(|row| !row.terminating) {
            call(row.node);
        }
    }
}
