//! Why a pod does not fit: the scheduler's own words, and the message that `kubectl describe` shows.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::plugin::Plugin;

/// Why a node was rejected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Cordoned.
    Unschedulable,
    /// Not the one that the pod asks for.
    NodeName,
    /// The first taint that is not tolerated.
    Taint {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
    },
    /// Node selector or required node affinity.
    NodeAffinity,
    /// Not among the nodes that the pod names.
    NotNamed,
    /// The names contradict each other: no node can do.
    NamesConflict,
    /// Ports that are taken.
    Ports,
    /// No room for one more pod.
    TooManyPods,
    /// Not enough of a resource.
    Insufficient(Arc<str>),
    /// Spreading.
    Spread,
    /// The node lacks a label that spreading goes by.
    SpreadLabel,
    /// Affinity to pods.
    PodAffinity,
    /// Anti-affinity to pods.
    PodAntiAffinity,
    /// Anti-affinity of pods that are there.
    ExistingAntiAffinity,
    /// Preemption: no pod on the node has a lower priority.
    NoVictims,
    /// Preemption: it could not help on the node.
    PreemptionHelpsNot,
}

/// Kinds of reasons.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonClass {
    /// Not enough cpu.
    Cpu,
    /// Not enough memory.
    Memory,
    /// Not enough of another resource.
    OtherResource,
    /// No room for one more pod.
    TooManyPods,
    /// Ports that are taken.
    Ports,
    /// A taint.
    Taint,
    /// Node selector or node affinity.
    NodeAffinity,
    /// A node asked for by name.
    NodeName,
    /// Cordoned.
    Unschedulable,
    /// Spreading.
    TopologySpread,
    /// Affinity to pods.
    PodAffinity,
    /// Anti-affinity, the pod's own or that of others.
    PodAntiAffinity,
    /// There is no node.
    NoNodes,
}

impl Reason {
    /// Its kind.
    pub fn class(&self) -> ReasonClass {
        match self {
            Reason::Unschedulable => ReasonClass::Unschedulable,
            Reason::NodeName => ReasonClass::NodeName,
            Reason::Taint { .. } => ReasonClass::Taint,
            Reason::NodeAffinity | Reason::NotNamed | Reason::NamesConflict => ReasonClass::NodeAffinity,
            Reason::Ports => ReasonClass::Ports,
            Reason::TooManyPods => ReasonClass::TooManyPods,
            Reason::Insufficient(name) => match &**name {
                "cpu" => ReasonClass::Cpu,
                "memory" => ReasonClass::Memory,
                _ => ReasonClass::OtherResource,
            },
            Reason::Spread | Reason::SpreadLabel => ReasonClass::TopologySpread,
            Reason::PodAffinity => ReasonClass::PodAffinity,
            Reason::PodAntiAffinity | Reason::ExistingAntiAffinity => ReasonClass::PodAntiAffinity,
            Reason::NoVictims | Reason::PreemptionHelpsNot => ReasonClass::NoNodes,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Unschedulable => out.write_str("node(s) were unschedulable"),
            Reason::NodeName => out.write_str("node(s) didn't match the requested node name"),
            Reason::Taint { key, value } => write!(out, "node(s) had untolerated taint {{{key}: {value}}}"),
            Reason::NodeAffinity => out.write_str("node(s) didn't match Pod's node affinity/selector"),
            Reason::NotNamed => out.write_str("node(s) didn't satisfy plugin(s) [NodeAffinity]"),
            Reason::NamesConflict => out.write_str("pod affinity terms conflict"),
            Reason::Ports => out.write_str("node(s) didn't have free ports for the requested pod ports"),
            Reason::TooManyPods => out.write_str("Too many pods"),
            Reason::Insufficient(resource) => write!(out, "Insufficient {resource}"),
            Reason::Spread => out.write_str("node(s) didn't match pod topology spread constraints"),
            Reason::SpreadLabel => {
                out.write_str("node(s) didn't match pod topology spread constraints (missing required label)")
            }
            Reason::PodAffinity => out.write_str("node(s) didn't match pod affinity rules"),
            Reason::PodAntiAffinity => out.write_str("node(s) didn't match pod anti-affinity rules"),
            Reason::ExistingAntiAffinity => out.write_str("node(s) didn't satisfy existing pods anti-affinity rules"),
            Reason::NoVictims => out.write_str("No preemption victims found for incoming pod"),
            Reason::PreemptionHelpsNot => out.write_str("Preemption is not helpful for scheduling"),
        }
    }
}

/// A node's rejection by one plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Which plugin.
    pub plugin: Plugin,
    /// Whether taking pods away might help (`Unschedulable`), or cannot (`UnschedulableAndUnresolvable`).
    pub resolvable: bool,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Rejection {
    /// A rejection that taking pods away might undo.
    pub fn resolvable(plugin: Plugin, reason: Reason) -> Rejection {
        Rejection { plugin, resolvable: true, reasons: vec![reason] }
    }

    /// A rejection that taking pods away cannot undo.
    pub fn unresolvable(plugin: Plugin, reason: Reason) -> Rejection {
        Rejection { plugin, resolvable: false, reasons: vec![reason] }
    }
}

/// Why no node was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfit {
    /// Nodes in the cluster.
    pub nodes: usize,
    /// Nodes by reason; a node with several reasons stands under each.
    pub reasons: BTreeMap<Reason, usize>,
    /// The pod was refused before any node was looked at.
    pub whole_pod: bool,
}

impl Unfit {
    /// Counts a node's reasons.
    pub fn count(&mut self, reasons: &[Reason]) {
        for reason in reasons {
            match self.reasons.get_mut(reason) {
                Some(count) => *count += 1,
                None => {
                    self.reasons.insert(reason.clone(), 1);
                }
            }
        }
    }

    /// The reason that most nodes have; of several the first in the order of the plugins.
    pub fn dominating(&self) -> ReasonClass {
        let most = self.reasons.iter().rev().max_by_key(|(_, count)| **count);
        most.map_or(ReasonClass::NoNodes, |(reason, _)| reason.class())
    }

    /// What the scheduler writes into its event: `0/12 nodes are available: 3 Insufficient cpu, …`.
    pub fn message(&self) -> String {
        if self.nodes == 0 {
            return "no nodes available to schedule pods".into();
        }
        let mut text = format!("0/{} nodes are available:", self.nodes);
        if self.whole_pod {
            for reason in self.reasons.keys() {
                text += &format!(" {reason}.");
            }
            return text;
        }
        // As texts, counts included: 10 stands before 2.
        let mut list: Vec<String> = self.reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        list.sort();
        if !list.is_empty() {
            text += &format!(" {}.", list.join(", "));
        }
        text
    }

    /// The message with what preemption said.
    pub fn message_with(&self, preemption: &str) -> String {
        if preemption.is_empty() { self.message() } else { format!("{} {preemption}", self.message()) }
    }
}
