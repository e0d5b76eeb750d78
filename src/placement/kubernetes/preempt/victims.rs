//! Which pods on a node have to go (`SelectVictimsOnNode`): all of lower priority leave, then as many as possible come back.

use std::cmp::Reverse;

use super::{Allowance, Candidate};
use crate::placement::kubernetes::filter;
use crate::placement::kubernetes::plain::Pending;
use crate::placement::kubernetes::reason::Reason;
use crate::placement::kubernetes::snapshot::objects::guards;
use crate::placement::kubernetes::snapshot::{NodeIndex, PodKey, Snapshot};

/// The order of importance: higher priority, then earlier start.
fn importance(snapshot: &Snapshot, key: PodKey) -> (Reverse<i32>, u64) {
    let row = &snapshot.pods[key];
    (Reverse(snapshot.templates[row.template].spec.priority), row.start.0)
}

/// The victims on a node, or why none would help. The counts of `state` are left as they were.
pub fn select<'a>(
    snapshot: &'a Snapshot,
    state: &mut filter::State<'a>,
    pending: &Pending,
    node: NodeIndex,
    allowances: &[Allowance],
) -> Result<Candidate, Vec<Reason>> {
    let row = &snapshot.nodes[node];
    let facts = &*row.facts;
    let template = |key: PodKey| &snapshot.templates[snapshot.pods[key].template];
    let mut lower: Vec<PodKey> =
        row.pods.iter().copied().filter(|key| template(*key).spec.priority < state.pod.spec.priority).collect();
    if lower.is_empty() {
        return Err(vec![Reason::NoVictims]);
    }
    lower.sort_by_key(|key| (importance(snapshot, *key), *key));
    let mut usage = row.usage.clone();
    for key in &lower {
        usage.remove(template(*key));
        state.changed(template(*key), node, facts, -1);
    }
    if let Some(rejection) = state.rejection_with_nominated(node, facts, &usage, pending.id) {
        for key in &lower {
            state.changed(template(*key), node, facts, 1);
        }
        return Err(rejection.reasons);
    }
    let (breaking, others) = by_budget(snapshot, &lower, allowances);
    let mut victims = Vec::new();
    let mut violations = 0;
    for (key, breaks) in breaking.iter().map(|key| (*key, true)).chain(others.iter().map(|key| (*key, false))) {
        usage.add(template(key));
        state.changed(template(key), node, facts, 1);
        if state.rejection_with_nominated(node, facts, &usage, pending.id).is_some() {
            usage.remove(template(key));
            state.changed(template(key), node, facts, -1);
            victims.push(key);
            violations += usize::from(breaks);
        }
    }
    for key in &victims {
        state.changed(template(*key), node, facts, 1);
    }
    victims.sort_by_key(|key| (importance(snapshot, *key), *key));
    if victims.is_empty() { Err(Vec::new()) } else { Ok(Candidate { node, victims, violations }) }
}

/// Pods whose eviction breaks a budget, and the others; charged in the order given.
fn by_budget(snapshot: &Snapshot, pods: &[PodKey], allowances: &[Allowance]) -> (Vec<PodKey>, Vec<PodKey>) {
    let mut left: Vec<i64> = allowances.iter().map(|allowance| allowance.allowed).collect();
    pods.iter().partition(|key| {
        let mut breaks = false;
        for (place, budget) in snapshot.objects.budgets.iter().enumerate() {
            let Some(allowance) = allowances.get(place) else { continue };
            let pod = &snapshot.templates[snapshot.pods[**key].template].spec;
            if guards(budget, pod) && !allowance.disrupted.contains(key) {
                left[place] -= 1;
                breaks |= left[place] < 0;
            }
        }
        breaks
    })
}
