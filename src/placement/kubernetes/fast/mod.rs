//! The same decisions without a look at every node.
//!
//! A total falls into two parts. One depends on the node and on the pod's requests alone ([`need`]): room, and the scores of
//! `NodeResourcesFit` and `NodeResourcesBalancedAllocation`. The other depends on what a node is to the pod and on the counts in its
//! domains; all nodes for which these are the same form a class ([`shape`]). The scores that are normalised by the least and the most among
//! the nodes left are the same for all nodes of a class, so integers may be truncated as they like: the best node of each class is
//! the one with the best score of the first part ([`pair`]), and the best of all is among those.
//!
//! Each of them remembers how much of the [`log`] of changes it has seen and catches up when it is asked, so that a pod that comes or goes
//! costs next to nothing to note.
//!
//! Left to the rule as it is written ([`super::plain`]): pods that name nodes or are pinned to one, searches that do not look at all nodes,
//! nodes with nominated pods of at least the same priority, another list of filters than the default one.

mod axis;
mod hash;
mod keys;
mod log;
mod need;
mod pair;
mod shape;
#[cfg(test)]
mod tests;
mod verdict;

use std::collections::HashMap;

use super::plain::Pending;
use super::plugin::Plugin;
use super::reason::Unfit;
use super::sampling;
use super::scheduler::Decision;
use super::snapshot::requests::Amounts;
use super::snapshot::template::{Named, Template};
use super::snapshot::{NodeIndex, Snapshot, TemplateId};
use super::tie::Tie;
use crate::world::kubernetes::PodSpec;
use keys::Keys;
use log::{Change, Log};
use need::{NO_ROOM, Need};
use pair::{Pair, Place};
use shape::{NO_CLASS, Shape};
use verdict::Verdict;

/// Most resources that a need can tell apart.
const MOST_RESOURCES: usize = 30;

/// What a template is made of.
#[derive(Debug)]
struct Parts {
    need: usize,
    shape: usize,
    pair: Pair,
}

/// All that is remembered between decisions.
#[derive(Debug, Default)]
pub struct Fast {
    log: Log,
    keys: Keys,
    needs: Vec<Need>,
    need_numbers: HashMap<(Amounts, Amounts), usize>,
    shapes: Vec<Shape>,
    shape_numbers: HashMap<String, usize>,
    parts: Vec<Option<Parts>>,
    /// Changes with what images are where, and with the number of nodes where there are images.
    images: u64,
    has_images: bool,
    /// Place of each node in the order of names.
    ranks: Vec<u32>,
    ranked: bool,
}

impl Fast {
    /// A node came, changed or went.
    pub fn node_changed(&mut self, snapshot: &Snapshot, node: NodeIndex) {
        self.log.set_nodes(snapshot.nodes.len());
        self.keys.node_changed(node, snapshot);
        self.log.push(Change { node, template: TemplateId::NONE, pods: 0, lasting: 0 });
        self.images += u64::from(self.has_images);
        self.ranked = false;
    }

    /// Taints or the cordon of a node changed.
    pub fn taints_changed(&mut self, node: NodeIndex) {
        self.log.push(Change { node, template: TemplateId::NONE, pods: 0, lasting: 0 });
    }

    /// Images of a node changed.
    pub fn images_changed(&mut self) {
        self.has_images = true;
        self.images += 1;
    }

    /// Pods came to a node, or went (below 0); `lasting` are those that are not terminating.
    #[inline]
    pub fn pods_changed(&mut self, node: NodeIndex, template: TemplateId, pods: i8, lasting: i8) {
        self.log.push(Change { node, template, pods, lasting });
    }

    /// Whether a pod can be decided on here.
    fn covers(snapshot: &Snapshot, pending: &Pending, pod: &Template) -> bool {
        let settings = &snapshot.settings;
        let priority = pod.spec.priority;
        let nominated = || {
            snapshot.nominations.iter().any(|nomination| {
                Some(nomination.pending) != pending.id
                    && snapshot.templates[nomination.template].spec.priority >= priority
            })
        };
        let default = Plugin::DEFAULT.iter().map(|(plugin, _)| *plugin).filter(|plugin| plugin.filters());
        pending.pin.is_none()
            && pod.named == Named::Any
            && snapshot.resources.count() <= MOST_RESOURCES
            && sampling::enough(snapshot.live(), settings.percentage) >= snapshot.live()
            && settings.filters.iter().copied().eq(default)
            && !nominated()
    }

    fn parts(&mut self, snapshot: &Snapshot, template: TemplateId) -> Parts {
        let pod = &snapshot.templates[template];
        let next = self.needs.len();
        let need = *self.need_numbers.entry((pod.real.clone(), pod.fit.clone())).or_insert(next);
        if need == next {
            self.needs.push(Need::new(snapshot, pod));
        }
        let next = self.shapes.len();
        let shape = *self.shape_numbers.entry(without_needs(&pod.spec)).or_insert(next);
        if shape == next {
            self.shapes.push(Shape::new(snapshot, &mut self.keys, template));
        }
        Parts { need, shape, pair: Pair::default() }
    }

    /// The node for a pod, or why there is none; `None` where the rule has to be followed as it is written.
    pub fn decide(&mut self, snapshot: &Snapshot, pending: &Pending, tie: &mut Tie) -> Option<Result<Decision, Unfit>> {
        let template = pending.template;
        let pod = &snapshot.templates[template];
        if !Fast::covers(snapshot, pending, pod) {
            return None;
        }
        let place = template.0 as usize;
        if self.parts.len() <= place {
            self.parts.resize_with(snapshot.templates.len(), || None);
        }
        let mut parts = self.parts[place].take().unwrap_or_else(|| self.parts(snapshot, template));
        let images = if pod.images.is_empty() { 0 } else { self.images };
        let (need, shape) = (&mut self.needs[parts.need], &mut self.shapes[parts.shape]);
        need.refresh(snapshot, &self.log);
        shape.refresh(snapshot, &mut self.keys, &self.log, images);
        parts.pair.refresh(shape, need, &self.log);
        let result = if parts.pair.overflow {
            None
        } else {
            let verdicts = verdict::verdicts(snapshot, &self.shapes[parts.shape], pod);
            Some(self.choose(snapshot, pod, &mut parts, &verdicts, tie))
        };
        self.parts[place] = Some(parts);
        result
    }

    fn choose(
        &mut self,
        snapshot: &Snapshot,
        pod: &Template,
        parts: &mut Parts,
        verdicts: &[Verdict],
        tie: &mut Tie,
    ) -> Result<Decision, Unfit> {
        let shape = &self.shapes[parts.shape];
        let pair = &mut parts.pair;
        let is_left = |(verdict, nodes): (&Verdict, &u32)| if *verdict == Verdict::Left { *nodes } else { 0 };
        let left: Vec<u32> = verdicts.iter().zip(&pair.with_room).map(is_left).collect();
        let feasible = left.iter().map(|nodes| *nodes as usize).sum();
        if feasible == 0 {
            return Err(unfit(snapshot, shape, &self.needs[parts.need], verdicts));
        }
        let extras = verdict::extras(snapshot, shape, pod, &left);
        let (mut total, mut places, mut ties) = (i64::MIN, Vec::new(), 0);
        for class in (0..left.len()).filter(|class| left[*class] > 0) {
            let (score, nodes) = pair.best(class);
            let sum = i64::from(score) + extras[class];
            if sum > total {
                (total, ties) = (sum, 0);
                places.clear();
            }
            if sum == total {
                places.push(Place { class, score });
                ties += nodes as usize;
            }
        }
        let node = match tie {
            Tie::SmallestName => {
                self.rank(snapshot);
                pair.lowest(&places, &self.ranks)
            }
            Tie::Draw(_) if ties == 1 => pair.node_at(&places, 0),
            Tie::Draw(draw) => pair.node_at(&places, draw(ties)),
        };
        // A node is always found: the counts say how many there are.
        let node = node.unwrap_or(NodeIndex::NONE);
        Ok(Decision { node, feasible, total, ties })
    }

    fn rank(&mut self, snapshot: &Snapshot) {
        if std::mem::replace(&mut self.ranked, true) {
            return;
        }
        let mut names: Vec<_> = snapshot.live_nodes().map(|(node, row)| (&row.facts.name, node)).collect();
        names.sort();
        self.ranks.clear();
        self.ranks.resize(snapshot.nodes.len(), u32::MAX);
        for (rank, (_, node)) in names.into_iter().enumerate() {
            self.ranks[node.0 as usize] = rank as u32;
        }
    }
}

/// What tells shapes apart: the pod without its requests.
fn without_needs(spec: &PodSpec) -> String {
    let mut spec = spec.clone();
    spec.name.clear();
    spec.priority = 0;
    spec.preemption_policy = Default::default();
    spec.overhead = Default::default();
    spec.pod_requests = None;
    for container in spec.containers.iter_mut().chain(&mut spec.init_containers) {
        container.name.clear();
        container.requests = Default::default();
    }
    serde_json::to_string(&spec).unwrap_or_default()
}

/// Why no node is left: what the nodes are, then room, then spreading and affinity, as the filters stand.
fn unfit(snapshot: &Snapshot, shape: &Shape, need: &Need, verdicts: &[Verdict]) -> Unfit {
    let mut unfit = Unfit { nodes: snapshot.live(), ..Unfit::default() };
    let mut by_class = vec![0usize; verdicts.len()];
    let mut by_lack: Vec<(u32, usize)> = Vec::new();
    for (node, &class) in shape.class_of.iter().enumerate().filter(|(_, class)| **class != NO_CLASS) {
        if verdicts[class as usize] == Verdict::Fixed || need.base[node] != NO_ROOM {
            by_class[class as usize] += 1;
            continue;
        }
        let lack = need.lack[node];
        match by_lack.iter_mut().find(|(other, _)| *other == lack) {
            Some((_, nodes)) => *nodes += 1,
            None => by_lack.push((lack, 1)),
        }
    }
    for (lack, nodes) in by_lack {
        for reason in Need::reasons(snapshot, lack) {
            *unfit.reasons.entry(reason).or_insert(0) += nodes;
        }
    }
    for ((verdict, class), nodes) in verdicts.iter().zip(&shape.classes).zip(by_class) {
        if let (Some(reason), true) = (verdict.reason(shape, class), nodes > 0) {
            *unfit.reasons.entry(reason).or_insert(0) += nodes;
        }
    }
    unfit
}
