//! A node as the scheduler counts it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::world::kubernetes::resources::PODS;
use crate::world::kubernetes::{Labels, Node, Taint};

use super::PodKey;
use super::requests::{Amounts, ResourceNames};
use super::template::{HostPort, Template};

/// What a node is.
#[derive(Clone, Debug)]
pub struct NodeFacts {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// Its taints.
    pub taints: Vec<Taint>,
    /// Cordoned.
    pub unschedulable: bool,
    /// What pods may ask for.
    pub allocatable: Amounts,
    /// How many pods it takes.
    pub allowed_pods: i64,
}

impl NodeFacts {
    /// The facts of a node.
    pub fn new(node: &Node, resources: &mut ResourceNames) -> NodeFacts {
        NodeFacts {
            name: node.name.clone(),
            labels: node.labels.clone(),
            taints: node.taints.clone(),
            unschedulable: node.unschedulable,
            allocatable: Amounts::of(&node.allocatable.0, resources),
            allowed_pods: node.allocatable.amount(PODS),
        }
    }
}

/// What the pods on a node hold.
#[derive(Clone, Debug, Default)]
pub struct NodeUse {
    /// Number of pods, terminating ones too.
    pub pods: i64,
    /// Sum of their requests.
    pub real: Amounts,
    /// Sum of cpu and memory as scores count them.
    pub scoring: [i64; 2],
    /// Ports that they hold, one entry a holder.
    pub ports: Vec<HostPort>,
}

impl NodeUse {
    /// A pod comes.
    pub fn add(&mut self, pod: &Template) {
        self.pods += 1;
        self.real.add(&pod.real, 1);
        self.scoring[0] += pod.scoring[0];
        self.scoring[1] += pod.scoring[1];
        self.ports.extend(pod.ports.iter().cloned());
    }

    /// A pod goes.
    pub fn remove(&mut self, pod: &Template) {
        self.pods -= 1;
        self.real.add(&pod.real, -1);
        self.scoring[0] -= pod.scoring[0];
        self.scoring[1] -= pod.scoring[1];
        for port in &pod.ports {
            if let Some(place) = self.ports.iter().position(|held| held == port) {
                self.ports.swap_remove(place);
            }
        }
    }
}

/// A row of the table of nodes.
#[derive(Clone, Debug)]
pub struct NodeRow {
    /// Whether the row holds a node.
    pub live: bool,
    /// What it is.
    pub facts: Arc<NodeFacts>,
    /// What its pods hold.
    pub usage: NodeUse,
    /// Its pods.
    pub pods: Vec<PodKey>,
    /// Its images by name with their sizes in bytes.
    pub images: BTreeMap<String, i64>,
}
