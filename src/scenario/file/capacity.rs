//! Groups of like instances as they are written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::units::Size;

/// A group of like instances: an Auto Scaling group behind a capacity provider.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "capacity")]
pub struct CapacityFile {
    /// Its name.
    #[schemars(length(min = 1))]
    pub name: String,
    /// An EC2 instance type of the catalogue, or a custom type in full.
    pub instance_type: InstanceTypeFile,
    /// How many: a number that is spread over the zones by their weights, or a number for each zone.
    pub count: CountFile,
    /// Memory that the agent does not offer to tasks (ECS_RESERVED_MEMORY). Default: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_memory: Option<Size>,
    /// Custom attributes of the instances.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// The operating system. Default: LINUX.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operating_system: Option<OsFile>,
    /// Whether the account has opted in to ENI trunking, which raises the number of awsvpc tasks. Default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awsvpc_trunking: Option<bool>,
    /// Image data that an instance downloads and unpacks in a second. Default: 50MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pull_per_second: Option<Size>,
    /// When the agent pulls (ECS_IMAGE_PULL_BEHAVIOR). Default: default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pull_behavior: Option<PullBehaviorFile>,
    /// Auto Scaling processes that are suspended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspended_processes: Vec<ProcessFile>,
    /// Whether ECS drains an instance before Auto Scaling ends it on purpose. Default: ENABLED.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_draining: Option<Switch>,
    /// Labels of the nodes, for Kubernetes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Taints of the nodes, for Kubernetes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taints: Vec<super::kubernetes::TaintFile>,
    /// Pods that a node takes, for Kubernetes. Default: what the EKS image computes for the instance type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub max_pods: Option<u32>,
    /// Price of an instance-hour in USD, where it is not the catalogue's on-demand price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub usd_per_hour: Option<f64>,
}

/// An instance type by name, or in full.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "instance type", extend("x-what" = "an instance type like m5.large, or {vcpu, memory, …}"))]
pub enum InstanceTypeFile {
    /// A type of the catalogue.
    Name(String),
    /// A custom type.
    Custom(CustomType),
}

/// A custom instance type.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "custom instance type")]
pub struct CustomType {
    /// Its name. Default: custom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// vCPUs.
    #[schemars(range(min = 1, max = 100000))]
    pub vcpu: u32,
    /// Memory that it registers with ECS: nothing is taken off for the kernel.
    pub memory: Size,
    /// Whole GPUs. Default: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpus: Option<u32>,
    /// Tasks in awsvpc mode that it has network interfaces for. Default: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awsvpc_tasks: Option<u32>,
    /// The processor. Default: X86_64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_architecture: Option<ArchFile>,
    /// Price of an instance-hour in USD. Default: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub usd_per_hour: Option<f64>,
}

/// A number of instances in all, or for each zone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "count", extend("x-what" = "a number of instances, or a number for each zone like {us-east-1a: 2, us-east-1b: 1}"))]
pub enum CountFile {
    /// In all.
    Total(u32),
    /// For each zone.
    PerZone(BTreeMap<String, u32>),
}

/// An operating system.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "operating system")]
pub enum OsFile {
    /// Linux.
    Linux,
    /// Windows Server.
    Windows,
}

/// A processor architecture, as ECS writes it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "cpu architecture")]
pub enum ArchFile {
    /// 64-bit x86.
    #[serde(rename = "X86_64")]
    X86,
    /// 64-bit ARM.
    #[serde(rename = "ARM64")]
    Arm,
}

/// When the agent pulls an image.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(title = "image pull behavior")]
pub enum PullBehaviorFile {
    /// Asks the registry; a cached image serves where it cannot be reached.
    Default,
    /// Pulls every time; fails where the registry cannot be reached.
    Always,
    /// Pulls once for each instance.
    Once,
    /// Uses the cached image if there is one.
    PreferCached,
}

/// An Auto Scaling process.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Auto Scaling process")]
pub enum ProcessFile {
    /// Launching instances.
    Launch,
    /// Replacing unhealthy or ended instances.
    ReplaceUnhealthy,
    /// Balancing the group over its zones.
    #[serde(rename = "AZRebalance")]
    AzRebalance,
}

/// On or off, as ECS writes it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "switch")]
pub enum Switch {
    /// On.
    Enabled,
    /// Off.
    Disabled,
}
