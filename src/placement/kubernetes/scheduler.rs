//! The scheduler: nodes and pods as they change, decisions on pods that wait.

use super::fast::Fast;
use super::plain::{self, Filtered, Pending, Scored};
use super::plugin::Plugin;
use super::preempt::{self, Allowance, Attempt};
use super::profile::Profile;
use super::reason::{Rejection, Unfit};
use super::sampling::{self, Sampling};
use super::snapshot::{NodeIndex, Nomination, PodKey, Snapshot, TemplateId};
use super::tie::Tie;
use crate::base::time::Time;
use crate::world::kubernetes::{Cluster, Node, PodSpec, Taint};

/// A node for a pod.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The node.
    pub node: NodeIndex,
    /// Nodes left by the filters.
    pub feasible: usize,
    /// The highest total.
    pub total: i64,
    /// Nodes that reach it.
    pub ties: usize,
}

/// All that the plugins say of all nodes.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The filters' word.
    pub filtered: Filtered,
    /// For each rejected node, all plugins that reject it when each is asked alone.
    pub rejected_by: Vec<Vec<Plugin>>,
    /// The scores of the nodes left.
    pub scored: Scored,
}

impl Evaluation {
    /// The rejection of a node.
    pub fn rejection(&self, node: NodeIndex) -> Option<&Rejection> {
        self.filtered.rejected.iter().find(|(other, _)| *other == node).map(|(_, rejection)| rejection)
    }
}

/// The scheduler of one cluster.
#[derive(Debug)]
pub struct Scheduler {
    pub(super) snapshot: Snapshot,
    sampling: Sampling,
    pub(super) fast: Fast,
}

impl Scheduler {
    /// A scheduler with a profile, for a cluster whose nodes and pods are added one by one; those that `cluster` lists are not.
    pub fn new(profile: &Profile, cluster: &Cluster) -> Scheduler {
        Scheduler {
            snapshot: Snapshot::new(profile.settings(), cluster),
            sampling: Sampling::default(),
            fast: Fast::default(),
        }
    }

    /// What it knows of the cluster.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Adds a node.
    pub fn add_node(&mut self, node: &Node) -> NodeIndex {
        self.sampling.nodes_changed();
        let index = self.snapshot.add_node(node);
        self.fast.node_changed(&self.snapshot, index);
        index
    }

    /// Takes a node away, with its pods and with nominations to it; their keys are no longer valid.
    pub fn remove_node(&mut self, node: NodeIndex) {
        for pod in self.snapshot.nodes[node].pods.clone() {
            self.remove_pod(pod);
        }
        self.sampling.nodes_changed();
        self.snapshot.remove_node(node);
        self.fast.node_changed(&self.snapshot, node);
    }

    /// Sets all taints of a node.
    pub fn set_node_taints(&mut self, node: NodeIndex, taints: Vec<Taint>) {
        self.snapshot.set_taints(node, taints);
        self.fast.taints_changed(node);
    }

    /// Cordons a node, or takes the cordon away.
    pub fn set_node_unschedulable(&mut self, node: NodeIndex, unschedulable: bool) {
        self.snapshot.set_unschedulable(node, unschedulable);
        self.fast.taints_changed(node);
    }

    /// The node has an image of so many bytes; 0 takes it away.
    pub fn set_node_image(&mut self, node: NodeIndex, image: &str, bytes: i64) {
        self.snapshot.set_image(node, image, bytes);
        self.fast.images_changed();
    }

    /// The template of a pod. Its name does not matter: pods that differ in nothing else share one.
    pub fn template(&mut self, spec: &PodSpec) -> TemplateId {
        self.snapshot.template(spec)
    }

    /// Puts a pod on a node.
    pub fn add_pod(&mut self, template: TemplateId, node: NodeIndex, start: Time) -> PodKey {
        self.fast.pods_changed(node, template, 1, 1);
        self.snapshot.add_pod(template, node, start)
    }

    /// A pod has a deletion timestamp; it still holds its requests.
    pub fn set_terminating(&mut self, pod: PodKey) {
        let row = &mut self.snapshot.pods[pod];
        if !std::mem::replace(&mut row.terminating, true) {
            self.fast.pods_changed(row.node, row.template, 0, -1);
        }
    }

    /// A pod is being deleted to make room for another one.
    pub fn set_preempted(&mut self, pod: PodKey) {
        self.snapshot.pods[pod].preempted = true;
        self.set_terminating(pod);
    }

    /// Takes a pod away.
    pub fn remove_pod(&mut self, pod: PodKey) {
        let row = &self.snapshot.pods[pod];
        if row.node.is_some() {
            self.fast.pods_changed(row.node, row.template, -1, -i8::from(!row.terminating));
            self.snapshot.remove_pod(pod);
        }
    }

    /// A pending pod waits for room on a node.
    pub fn nominate(&mut self, pending: u64, template: TemplateId, node: NodeIndex) {
        self.unnominate(pending);
        self.snapshot.nominations.push(Nomination { pending, template, node });
    }

    /// It waits no longer.
    pub fn unnominate(&mut self, pending: u64) {
        self.snapshot.nominations.retain(|nomination| nomination.pending != pending);
    }

    /// The node for a pod, or why there is none. The pod is not added.
    pub fn schedule(&mut self, pending: &Pending, tie: &mut Tie) -> Result<Decision, Unfit> {
        let Scheduler { snapshot, fast, .. } = self;
        if pending.nominated.is_none()
            && let Some(decided) = fast.decide(snapshot, pending, tie)
        {
            return decided;
        }
        self.schedule_plainly(pending, tie)
    }

    /// The same, by the rule as it is written.
    pub fn schedule_plainly(&mut self, pending: &Pending, tie: &mut Tie) -> Result<Decision, Unfit> {
        if let Some(decision) = self.nominated(pending) {
            return Ok(decision);
        }
        let snapshot = &self.snapshot;
        let enough = sampling::enough(snapshot.live(), snapshot.settings.percentage);
        let filtered = if enough < snapshot.live() {
            let order = self.sampling.order(snapshot);
            let filtered = plain::filter(snapshot, pending, order.into_iter(), enough);
            self.sampling.looked_at(filtered.feasible.len() + filtered.rejected.len());
            filtered
        } else {
            plain::filter(snapshot, pending, snapshot.live_nodes().map(|(node, _)| node), usize::MAX)
        };
        if filtered.feasible.is_empty() {
            return Err(filtered.unfit(snapshot));
        }
        let (total, places) = plain::scores(snapshot, pending, &filtered.feasible).best();
        let best: Vec<NodeIndex> = places.iter().map(|place| filtered.feasible[*place]).collect();
        let node = tie.among(&best, |node| snapshot.nodes[*node].facts.name.as_str());
        Ok(Decision { node, feasible: filtered.feasible.len(), total, ties: best.len() })
    }

    /// The node that the pod is nominated to, where the filters let it pass.
    pub(super) fn nominated(&self, pending: &Pending) -> Option<Decision> {
        let node = pending.nominated.filter(|node| self.snapshot.nodes[*node].live)?;
        let filtered = plain::filter(&self.snapshot, pending, std::iter::once(node), usize::MAX);
        let left = filtered.feasible.contains(&node);
        left.then_some(Decision { node, feasible: 1, total: 0, ties: 1 })
    }

    /// Looks for room for a pod that fits nowhere. `allowances` are those of the cluster's budgets, in their order.
    pub fn preempt(&self, pending: &Pending, allowances: &[Allowance], tie: &mut Tie) -> Attempt {
        preempt::attempt(&self.snapshot, pending, allowances, tie)
    }

    /// Whether any pod has a priority below that of the pending one: without, [`Scheduler::preempt`] finds nothing.
    pub fn may_preempt(&self, pending: &Pending) -> bool {
        let priority = self.snapshot.templates[pending.template].spec.priority;
        self.snapshot.lowest_priority().is_some_and(|lowest| lowest < priority)
    }

    /// What the next decision on a pod rests on: the filters' word on the nodes that are looked at, and the scores of those
    /// left. A nomination is left out of account.
    pub fn considered(&self, pending: &Pending) -> (Filtered, Scored) {
        let snapshot = &self.snapshot;
        let enough = sampling::enough(snapshot.live(), snapshot.settings.percentage);
        let filtered = match enough < snapshot.live() {
            true => plain::filter(snapshot, pending, self.sampling.clone().order(snapshot).into_iter(), enough),
            false => plain::filter(snapshot, pending, snapshot.live_nodes().map(|(node, _)| node), usize::MAX),
        };
        let scored = plain::scores(snapshot, pending, &filtered.feasible);
        (filtered, scored)
    }

    /// All that the plugins say of all nodes.
    pub fn evaluate(&self, pending: &Pending) -> Evaluation {
        let snapshot = &self.snapshot;
        let filtered = plain::filter(snapshot, pending, snapshot.live_nodes().map(|(node, _)| node), usize::MAX);
        let rejected: Vec<NodeIndex> = filtered.rejected.iter().map(|(node, _)| *node).collect();
        Evaluation {
            rejected_by: plain::rejected_by(snapshot, pending, &rejected),
            scored: plain::scores(snapshot, pending, &filtered.feasible),
            filtered,
        }
    }
}
