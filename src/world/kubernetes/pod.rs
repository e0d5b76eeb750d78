//! A pod as it is specified.

use serde::{Deserialize, Serialize};

use super::affinity::Affinity;
use super::resources::ResourceList;
use super::selector::Labels;
use super::spread::TopologySpreadConstraint;
use super::taint::Toleration;

/// What decides where a pod goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    /// Its name.
    pub name: String,
    /// Its namespace; empty for `default`.
    pub namespace: String,
    /// Its labels.
    pub labels: Labels,
    /// What owns it.
    pub owner_references: Vec<Owner>,
    /// The node that it asks for by name, or is bound to.
    pub node_name: Option<String>,
    /// The value of its priority class.
    pub priority: i32,
    /// Whether it may make room for itself.
    pub preemption_policy: PreemptionPolicy,
    /// Containers.
    pub containers: Vec<ContainerSpec>,
    /// Init containers, sidecars among them.
    pub init_containers: Vec<ContainerSpec>,
    /// What the runtime adds.
    pub overhead: ResourceList,
    /// Requests of the pod as a whole (`spec.resources.requests`).
    pub pod_requests: Option<ResourceList>,
    /// Labels that a node must have.
    pub node_selector: Labels,
    /// Affinity to nodes and pods.
    pub affinity: Affinity,
    /// Taints that it tolerates.
    pub tolerations: Vec<Toleration>,
    /// How it is to be spread.
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
}

impl PodSpec {
    /// Its namespace.
    pub fn namespace(&self) -> &str {
        if self.namespace.is_empty() { super::DEFAULT_NAMESPACE } else { &self.namespace }
    }
}

/// A container or init container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerSpec {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// What is set aside for it.
    pub requests: ResourceList,
    /// Its ports.
    pub ports: Vec<ContainerPort>,
    /// `Always` on an init container makes it a sidecar, which runs as long as the pod.
    pub restart_policy: Option<String>,
}

impl ContainerSpec {
    /// Whether an init container is a sidecar.
    pub fn is_sidecar(&self) -> bool {
        self.restart_policy.as_deref() == Some("Always")
    }
}

/// A port of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerPort {
    /// The port of the node that it holds; 0 for none.
    pub host_port: u16,
    /// TCP, UDP or SCTP; empty for TCP.
    pub protocol: String,
    /// The address of the node that it holds; empty for all.
    #[serde(rename = "hostIP")]
    pub host_ip: String,
}

/// An owner of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Owner {
    /// Its API version.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Whether it manages the object.
    pub controller: bool,
}

/// Whether a pod may make room for itself.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum PreemptionPolicy {
    /// It may.
    #[default]
    PreemptLowerPriority,
    /// It waits.
    Never,
}
