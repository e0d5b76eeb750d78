//! Objects beside workloads.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::manifest::quantity::Quantity;
use crate::world::kubernetes::{LabelSelector, PreemptionPolicy, Taint};

use super::{IntOrString, Meta};

/// A PodDisruptionBudget.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PodDisruptionBudget")]
pub struct BudgetFile {
    /// Its name and labels.
    pub metadata: Meta,
    /// What is wanted.
    pub spec: PodDisruptionBudgetSpec,
}

/// What is wanted of a PodDisruptionBudget.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PodDisruptionBudgetSpec {
    /// So many must stay available.
    #[serde(default)]
    pub min_available: Option<IntOrString>,
    /// So many may be away.
    #[serde(default)]
    pub max_unavailable: Option<IntOrString>,
    /// Which pods it guards.
    #[serde(default)]
    pub selector: Option<LabelSelector>,
    /// IfHealthyBudget (default) or AlwaysAllow.
    #[serde(default)]
    pub unhealthy_pod_eviction_policy: Option<UnhealthyPodEvictionPolicy>,
}

/// Whether pods that are not ready may be evicted.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum UnhealthyPodEvictionPolicy {
    /// Where enough others are ready.
    IfHealthyBudget,
    /// Always.
    AlwaysAllow,
}

/// A PriorityClass.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PriorityClass")]
pub struct PriorityClassFile {
    /// Its name.
    pub metadata: Meta,
    /// The priority of its pods.
    pub value: i32,
    /// Whether it is that of pods that name none.
    #[serde(default)]
    pub global_default: bool,
    /// PreemptLowerPriority (default) or Never.
    #[serde(default)]
    pub preemption_policy: PreemptionPolicy,
}

/// A Service.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Service")]
pub struct ServiceFile {
    /// Its name and labels.
    pub metadata: Meta,
    /// What is wanted.
    pub spec: ServiceSpec,
}

/// What is wanted of a Service.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceSpec {
    /// Which pods it sends to.
    #[serde(default)]
    pub selector: Option<BTreeMap<String, String>>,
    /// ClusterIP (default), NodePort, LoadBalancer or ExternalName.
    #[serde(default, rename = "type")]
    pub kind: Option<ServiceType>,
}

/// How a Service is reached.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ServiceType {
    /// Within the cluster.
    ClusterIP,
    /// By a port of each node.
    NodePort,
    /// By a load balancer.
    LoadBalancer,
    /// It is a name for another one.
    ExternalName,
}

/// A Namespace.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Namespace")]
pub struct NamespaceFile {
    /// Its name and labels.
    pub metadata: Meta,
}

/// A Node.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Node")]
pub struct NodeFile {
    /// Its name and labels.
    pub metadata: Meta,
    /// What is wanted.
    #[serde(default)]
    pub spec: NodeSpec,
    /// What it has.
    #[serde(default)]
    pub status: NodeStatus,
}

/// What is wanted of a node.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSpec {
    /// Its taints.
    pub taints: Vec<Taint>,
    /// Whether it is cordoned.
    pub unschedulable: bool,
    /// The instance that it is.
    #[serde(rename = "providerID")]
    pub provider_id: Option<String>,
}

/// What a node has.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeStatus {
    /// What pods may ask for.
    pub allocatable: BTreeMap<String, Quantity>,
    /// All that it has.
    pub capacity: BTreeMap<String, Quantity>,
    /// The images on its disk.
    pub images: Vec<NodeImageFile>,
}

/// An image on the disk of a node.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "NodeImage")]
pub struct NodeImageFile {
    /// The names that it goes by.
    pub names: Vec<String>,
    /// Its size in bytes.
    pub size_bytes: u64,
}
