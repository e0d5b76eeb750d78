//! Pods and their containers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::scenario::manifest::quantity::Quantity;
use crate::world::kubernetes::affinity::Affinity;
use crate::world::kubernetes::{PreemptionPolicy, Toleration, TopologySpreadConstraint};

use super::Meta;

/// A template of pods.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PodTemplate")]
pub struct TemplateFile {
    /// Labels and annotations of the pods.
    #[serde(default)]
    pub metadata: Meta,
    /// The pods.
    pub spec: PodSpecFile,
}

/// A pod as it is wanted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PodSpec")]
pub struct PodSpecFile {
    /// Its containers.
    pub containers: Vec<ContainerFile>,
    /// Containers that run before them, and sidecars.
    #[serde(default)]
    pub init_containers: Vec<ContainerFile>,
    /// Always (default), OnFailure or Never.
    #[serde(default)]
    pub restart_policy: Option<RestartPolicyFile>,
    /// Seconds from SIGTERM to SIGKILL. Default: 30.
    #[serde(default)]
    pub termination_grace_period_seconds: Option<u32>,
    /// Labels that a node must have.
    #[serde(default)]
    pub node_selector: BTreeMap<String, String>,
    /// The node that it asks for by name.
    #[serde(default)]
    pub node_name: Option<String>,
    /// Whether it uses the node's network: its ports are then ports of the node.
    #[serde(default)]
    pub host_network: bool,
    /// Affinity to nodes and pods.
    #[serde(default)]
    pub affinity: Option<Affinity>,
    /// Taints that it tolerates.
    #[serde(default)]
    pub tolerations: Vec<Toleration>,
    /// How pods are spread.
    #[serde(default)]
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
    /// Its priority class.
    #[serde(default)]
    pub priority_class_name: Option<String>,
    /// The value of its priority class, as the API server fills it in.
    #[serde(default)]
    pub priority: Option<i32>,
    /// PreemptLowerPriority or Never, as the API server fills it in.
    #[serde(default)]
    pub preemption_policy: Option<PreemptionPolicy>,
    /// What the runtime adds to the requests.
    #[serde(default)]
    pub overhead: Option<BTreeMap<String, Quantity>>,
    /// Requests and limits of the pod as a whole.
    #[serde(default)]
    pub resources: Option<ResourcesFile>,
    /// The scheduler that places it.
    #[serde(default)]
    pub scheduler_name: Option<String>,
    /// Its volumes.
    #[serde(default)]
    pub volumes: Vec<VolumeFile>,
}

/// A restart policy.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(rename = "RestartPolicy")]
pub enum RestartPolicyFile {
    /// Whenever a container ends.
    Always,
    /// Where it failed.
    OnFailure,
    /// Not at all.
    Never,
}

/// A container.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Container")]
pub struct ContainerFile {
    /// Its name.
    pub name: String,
    /// Its image.
    #[serde(default)]
    pub image: Option<String>,
    /// When the image is fetched.
    #[serde(default)]
    pub image_pull_policy: Option<PullPolicy>,
    /// Requests and limits.
    #[serde(default)]
    pub resources: ResourcesFile,
    /// Its ports.
    #[serde(default)]
    pub ports: Vec<PortFile>,
    /// Restarts it when it fails.
    #[serde(default)]
    pub liveness_probe: Option<ProbeFile>,
    /// Takes the pod out of its Services while it fails.
    #[serde(default)]
    pub readiness_probe: Option<ProbeFile>,
    /// Blocks the other probes until it passes.
    #[serde(default)]
    pub startup_probe: Option<ProbeFile>,
    /// `Always` on an init container makes it a sidecar.
    #[serde(default)]
    pub restart_policy: Option<RestartPolicyFile>,
    /// Hooks.
    #[serde(default)]
    #[expect(dead_code, reason = "here for its schema, by which a hook that would matter is found")]
    pub lifecycle: Option<LifecycleFile>,
}

/// Hooks of a container.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Lifecycle")]
pub struct LifecycleFile {}

/// When an image is fetched.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum PullPolicy {
    /// At each start.
    Always,
    /// Where the node does not have it.
    IfNotPresent,
    /// Never.
    Never,
}

/// Requests and limits.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "Resources")]
pub struct ResourcesFile {
    /// What is set aside.
    pub requests: BTreeMap<String, Quantity>,
    /// The most that may be used.
    pub limits: BTreeMap<String, Quantity>,
}

/// A port of a container.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ContainerPort")]
pub struct PortFile {
    /// The container's port, 1 to 65535.
    pub container_port: u16,
    /// The node's port; none by default.
    #[serde(default)]
    pub host_port: u16,
    /// The node's address that it holds.
    #[serde(default, rename = "hostIP")]
    pub host_ip: Option<String>,
    /// TCP (default), UDP or SCTP.
    #[serde(default)]
    pub protocol: Option<ProtocolFile>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
}

/// A transport protocol.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(rename = "Protocol")]
pub enum ProtocolFile {
    /// TCP.
    #[serde(rename = "TCP")]
    Tcp,
    /// UDP.
    #[serde(rename = "UDP")]
    Udp,
    /// SCTP.
    #[serde(rename = "SCTP")]
    Sctp,
}

impl ProtocolFile {
    /// As manifests have it.
    pub fn name(self) -> &'static str {
        match self {
            ProtocolFile::Tcp => "TCP",
            ProtocolFile::Udp => "UDP",
            ProtocolFile::Sctp => "SCTP",
        }
    }
}

/// A probe.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
#[schemars(rename = "Probe")]
pub struct ProbeFile {
    /// Seconds from the start of the container to the first probe. Default: 0.
    pub initial_delay_seconds: Option<u32>,
    /// Seconds between probes. Default: 10.
    pub period_seconds: Option<u32>,
    /// Seconds until a probe without an answer fails. Default: 1.
    pub timeout_seconds: Option<u32>,
    /// Passes in a row until it counts as passing. Default: 1.
    pub success_threshold: Option<u32>,
    /// Failures in a row until it counts as failing. Default: 3.
    pub failure_threshold: Option<u32>,
    /// Runs a command.
    pub exec: Option<BTreeMap<String, Value>>,
    /// Asks over HTTP.
    pub http_get: Option<BTreeMap<String, Value>>,
    /// Opens a connection.
    pub tcp_socket: Option<BTreeMap<String, Value>>,
    /// Asks over gRPC.
    pub grpc: Option<BTreeMap<String, Value>>,
}

/// A volume of a pod.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Volume")]
pub struct VolumeFile {
    /// Its name.
    pub name: String,
}
