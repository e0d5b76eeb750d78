//! The word of filters and scores on a whole class of nodes.

use super::axis::{Axis, MISSING, Role};
use super::shape::{Class, Shape};
use crate::placement::kubernetes::plugin::Plugin;
use crate::placement::kubernetes::reason::Reason;
use crate::placement::kubernetes::score::{node_affinity, pod_affinity, spread, taints};
use crate::placement::kubernetes::snapshot::Snapshot;
use crate::placement::kubernetes::snapshot::template::Template;

/// What the filters say of a class, room left out.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its nodes are left.
    Left,
    /// It has no nodes.
    Empty,
    /// Rejected for what the nodes are.
    Fixed,
    /// Spreading: a label is missing.
    SpreadLabel,
    /// Spreading.
    Spread,
    /// Affinity.
    Affinity,
    /// Anti-affinity.
    Anti,
    /// Anti-affinity of pods that are there.
    Existing,
}

impl Verdict {
    /// The reason of a class with this verdict.
    pub fn reason(self, shape: &Shape, class: &Class) -> Option<Reason> {
        match self {
            Verdict::Left | Verdict::Empty => None,
            Verdict::Fixed => shape.fixed[class.fixed as usize].rejected.clone(),
            Verdict::SpreadLabel => Some(Reason::SpreadLabel),
            Verdict::Spread => Some(Reason::Spread),
            Verdict::Affinity => Some(Reason::PodAffinity),
            Verdict::Anti => Some(Reason::PodAntiAffinity),
            Verdict::Existing => Some(Reason::ExistingAntiAffinity),
        }
    }
}

/// The least count among the domains of a constraint, `minDomains` taken into account.
fn least(shape: &Shape, place: usize, min_domains: usize) -> i64 {
    let axis = &shape.axes[place];
    let (mut domains, mut least) = (0, i64::from(i32::MAX));
    if axis.per_node {
        for class in shape.classes.iter().filter(|class| class.nodes > 0) {
            // The two lowest numbers stand for nodes that do not count.
            if class.values[place] >= 0 {
                domains += class.nodes as usize;
                least = least.min(i64::from(class.values[place]));
            }
        }
    } else {
        for (sum, _) in axis.sums.iter().zip(&axis.nodes).filter(|(_, nodes)| **nodes > 0) {
            domains += 1;
            least = least.min(*sum);
        }
    }
    if domains < min_domains { 0 } else { least }
}

/// The verdict on each class.
pub fn verdicts(snapshot: &Snapshot, shape: &Shape, pod: &Template) -> Vec<Verdict> {
    let mut leasts = Vec::with_capacity(pod.hard.len());
    for (place, axis) in shape.axes.iter().enumerate() {
        if let Role::Hard(number) = axis.role {
            leasts.push(least(shape, place, pod.hard[number].min_domains));
        }
    }
    let of_role = |role: Role| shape.axes.iter().filter(move |axis| axis.role == role);
    let terms = &pod.affinity.required;
    let nobody = of_role(Role::Affinity).all(|axis| axis.all_matches == 0);
    let first = !terms.is_empty() && nobody && terms.iter().all(|term| term.covers(pod, &snapshot.objects));
    let of = |class: &Class| {
        if class.nodes == 0 {
            return Verdict::Empty;
        }
        if shape.fixed[class.fixed as usize].rejected.is_some() {
            return Verdict::Fixed;
        }
        let (mut found, mut lacks_label, mut anti, mut existing) = (true, false, false, false);
        for (axis, &value) in shape.axes.iter().zip(&class.values) {
            let amount = || axis.amount_of(value);
            match axis.role {
                Role::Hard(_) if value == MISSING => return Verdict::SpreadLabel,
                Role::Hard(number) => {
                    let constraint = &pod.hard[number];
                    let own = i64::from(constraint.selects_itself);
                    if amount() + own - leasts[number] > constraint.max_skew {
                        return Verdict::Spread;
                    }
                }
                Role::Affinity => {
                    lacks_label |= value == MISSING;
                    found &= amount() > 0;
                }
                Role::Anti => anti |= amount() > 0,
                Role::Existing => existing |= amount() > 0,
                Role::Soft(_) | Role::Score => {}
            }
        }
        if lacks_label || (!found && !first) {
            Verdict::Affinity
        } else if anti {
            Verdict::Anti
        } else if existing {
            Verdict::Existing
        } else {
            Verdict::Left
        }
    };
    shape.classes.iter().map(of).collect()
}

/// What the plugins that normalise add to the total of nodes of each class; classes that are not left get nothing. `left` is the
/// number of nodes left in each class.
pub fn extras(snapshot: &Snapshot, shape: &Shape, pod: &Template, left: &[u32]) -> Vec<i64> {
    let mut extras = vec![0; shape.classes.len()];
    let weight =
        |plugin| snapshot.settings.scores.iter().find(|(other, _)| *other == plugin).map(|(_, weight)| *weight);
    let classes: Vec<usize> = (0..left.len()).filter(|class| left[*class] > 0).collect();
    let fixed = |class: usize| &shape.fixed[shape.classes[class].fixed as usize];
    if let Some(weight) = weight(Plugin::TaintToleration) {
        let max = classes.iter().map(|class| i64::from(fixed(*class).taints)).max().unwrap_or(0);
        for class in &classes {
            extras[*class] += weight * taints::normalised(i64::from(fixed(*class).taints), max);
        }
    }
    if let (Some(weight), true) = (weight(Plugin::NodeAffinity), node_affinity::takes_part(pod)) {
        let max = classes.iter().map(|class| i64::from(fixed(*class).preferred)).max().unwrap_or(0);
        for class in &classes {
            extras[*class] += weight * node_affinity::normalised(i64::from(fixed(*class).preferred), max);
        }
    }
    if let Some(weight) = weight(Plugin::ImageLocality) {
        for class in &classes {
            extras[*class] += weight * i64::from(fixed(*class).images);
        }
    }
    if let (Some(weight), false) = (weight(Plugin::PodTopologySpread), pod.soft.is_empty()) {
        let scored: Vec<usize> = classes.iter().copied().filter(|class| fixed(*class).spread).collect();
        let raw = spread_raw(shape, pod, &scored, left);
        let (min, max) = bounds(&raw);
        for (class, raw) in scored.iter().zip(&raw) {
            extras[*class] += weight * spread::normalised(*raw, min, max.max(0));
        }
    }
    if let Some(weight) = weight(Plugin::InterPodAffinity) {
        let axes = || shape.axes.iter().enumerate().filter(|(_, axis)| axis.role == Role::Score);
        if axes().any(|(_, axis)| axis.all_matches > 0) {
            let raw_of = |class: &usize| {
                axes().map(|(place, axis)| axis.amount_of(shape.classes[*class].values[place])).sum::<i64>()
            };
            let raw: Vec<i64> = classes.iter().map(raw_of).collect();
            let (min, max) = bounds(&raw);
            for (class, raw) in classes.iter().zip(&raw) {
                extras[*class] += weight * pod_affinity::normalised(*raw, min, max);
            }
        }
    }
    extras
}

fn bounds(raw: &[i64]) -> (i64, i64) {
    (raw.iter().copied().min().unwrap_or(0), raw.iter().copied().max().unwrap_or(0))
}

/// Raw scores of spreading of the classes that it scores.
fn spread_raw(shape: &Shape, pod: &Template, scored: &[usize], left: &[u32]) -> Vec<i64> {
    let mut sums = vec![0.0; scored.len()];
    for (place, axis) in shape.axes.iter().enumerate() {
        let Role::Soft(number) = axis.role else { continue };
        let value = |class: &usize| shape.classes[*class].values[place];
        let weight = spread::weight(domains(axis, scored, left, value));
        for (class, sum) in scored.iter().zip(&mut sums) {
            if value(class) != MISSING {
                *sum += spread::part(axis.amount_of(value(class)), pod.soft[number].max_skew, weight);
            }
        }
    }
    sums.into_iter().map(|sum: f64| sum.round() as i64).collect()
}

/// Number of domains among the nodes left; nodes without the label form one, unless domains are hosts.
fn domains(axis: &Axis, scored: &[usize], left: &[u32], value: impl Fn(&usize) -> i32) -> usize {
    if axis.host {
        return scored.iter().map(|class| left[*class] as usize).sum();
    }
    if axis.per_node {
        let missing = scored.iter().any(|class| value(class) == MISSING);
        let labelled = scored.iter().filter(|class| value(class) != MISSING);
        return usize::from(missing) + labelled.map(|class| left[*class] as usize).sum::<usize>();
    }
    let mut values: Vec<i32> = scored.iter().map(value).collect();
    values.sort_unstable();
    values.dedup();
    values.len()
}
