//! Objects beside pods that decide where pods go and which may be evicted.

use serde::{Deserialize, Serialize};

use super::pod::PodSpec;
use super::resources::ResourceList;
use super::selector::{LabelSelector, Labels};
use super::taint::Taint;

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// Its taints.
    pub taints: Vec<Taint>,
    /// Cordoned.
    pub unschedulable: bool,
    /// What pods may ask for.
    pub allocatable: ResourceList,
}

/// A Service, as a selector of pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceObject {
    /// Its name.
    pub name: String,
    /// Its namespace; empty for `default`.
    pub namespace: String,
    /// Which pods it sends to; none where absent.
    pub selector: Option<Labels>,
}

impl ServiceObject {
    /// Its namespace.
    pub fn namespace(&self) -> &str {
        if self.namespace.is_empty() { super::DEFAULT_NAMESPACE } else { &self.namespace }
    }
}

/// A controller that selects pods: the scheduler's default spreading looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SelectorOwner {
    /// `ReplicaSet`, `StatefulSet` or `ReplicationController`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its namespace; empty for `default`.
    pub namespace: String,
    /// Which pods it selects.
    pub selector: Option<LabelSelector>,
}

/// A namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
}

/// A number of pods, or a share of them.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Pods(u32),
    /// Per cent.
    Percent(u32),
}

impl Count {
    /// The number, of `total`, a share rounded up.
    pub fn of_rounded_up(self, total: u32) -> u32 {
        match self {
            Count::Pods(pods) => pods,
            Count::Percent(percent) => (u64::from(total) * u64::from(percent)).div_ceil(100) as u32,
        }
    }

    /// The number, of `total`, a share rounded down.
    pub fn of_rounded_down(self, total: u32) -> u32 {
        match self {
            Count::Pods(pods) => pods,
            Count::Percent(percent) => (u64::from(total) * u64::from(percent) / 100) as u32,
        }
    }
}

/// A PodDisruptionBudget: exactly one of the two bounds is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Which pods it guards; an absent one guards none, an empty one all of the namespace.
    pub selector: Option<LabelSelector>,
    /// So many must stay available; a share is rounded up.
    pub min_available: Option<Count>,
    /// So many may be away; a share is rounded up.
    pub max_unavailable: Option<Count>,
    /// `AlwaysAllow`: pods that are not ready may always be evicted.
    pub evicts_unhealthy: bool,
}

/// Objects of a cluster that never change during a run.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Namespaces with labels.
    pub namespaces: Vec<Namespace>,
    /// Services.
    pub services: Vec<ServiceObject>,
    /// ReplicaSets, StatefulSets, ReplicationControllers.
    pub workloads: Vec<SelectorOwner>,
    /// PodDisruptionBudgets.
    pub budgets: Vec<Budget>,
    /// Nodes as they are at the start, by the instance that they are; see the fleet's capacities.
    pub nodes: Vec<Node>,
    /// Pods that are bound at the start.
    pub pods: Vec<PodSpec>,
}
