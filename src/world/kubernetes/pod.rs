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

impl PodSpec {
    /// What the pod as a whole asks for: the sum over containers and sidecars, or the peak while init containers run where
    /// that is more; pod-level requests in place of it where there are any; and the overhead. An init container's peak is its
    /// own request and that of the sidecars before it (kube-scheduler, `PodRequests`).
    pub fn effective_requests(&self) -> ResourceList {
        let mut running = ResourceList::default();
        for container in &self.containers {
            running.add(&container.requests);
        }
        let mut sidecars = ResourceList::default();
        let mut peak = ResourceList::default();
        for container in &self.init_containers {
            let mut now = sidecars.clone();
            now.add(&container.requests);
            if container.is_sidecar() {
                sidecars = now.clone();
            }
            peak.raise_to(&now);
        }
        running.add(&sidecars);
        running.raise_to(&peak);
        if let Some(whole) = &self.pod_requests {
            for (name, amount) in &whole.0 {
                running.set(name, *amount);
            }
        }
        running.add(&self.overhead);
        running
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::kubernetes::resources::CPU;

    fn container(cpu: i64, sidecar: bool) -> ContainerSpec {
        let mut container = ContainerSpec::default();
        container.requests.set(CPU, cpu);
        container.restart_policy = sidecar.then(|| "Always".to_owned());
        container
    }

    /// Containers 200m + 300m and a sidecar of 100m run together: 600m. Before that an init container of 450m runs with the
    /// sidecar declared before it: 550m, which is less; one of 700m without it is more.
    #[test]
    fn init_containers_count_at_their_peak() {
        let pod = |init: Vec<ContainerSpec>| PodSpec {
            containers: vec![container(200, false), container(300, false)],
            init_containers: init,
            ..PodSpec::default()
        };
        let asks = |pod: PodSpec| pod.effective_requests().amount(CPU);
        assert_eq!(asks(pod(vec![container(100, true), container(450, false)])), 600);
        assert_eq!(asks(pod(vec![container(700, false), container(100, true)])), 700);
    }
}
