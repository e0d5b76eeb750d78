//! What manages pods.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::world::kubernetes::LabelSelector;

use super::pod::{PodSpecFile, TemplateFile};
use super::{IntOrString, Meta};

/// A Deployment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Deployment")]
pub struct DeploymentFile {
    /// Its name and labels.
    pub metadata: Meta,
    /// What is wanted.
    pub spec: DeploymentSpec,
}

/// What is wanted of a Deployment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentSpec {
    /// Pods wanted. Default: 1.
    #[serde(default)]
    pub replicas: Option<u32>,
    /// Which pods belong to it.
    pub selector: LabelSelector,
    /// Its pods.
    pub template: TemplateFile,
    /// How pods are replaced.
    #[serde(default)]
    pub strategy: Option<StrategyFile>,
    /// Seconds that a pod must be ready to count as available. Default: 0.
    #[serde(default)]
    pub min_ready_seconds: u32,
}

/// How a Deployment replaces pods.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "DeploymentStrategy")]
pub struct StrategyFile {
    /// RollingUpdate (default) or Recreate.
    #[serde(rename = "type")]
    pub kind: Option<StrategyType>,
    /// The pace of a rolling update.
    pub rolling_update: Option<RollingUpdate>,
}

/// The type of a strategy.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum StrategyType {
    /// A few at a time.
    RollingUpdate,
    /// All old pods end before new ones begin.
    Recreate,
}

/// The pace of a rolling update.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RollingUpdate {
    /// Pods above the desired count. Default: 25%.
    pub max_surge: Option<IntOrString>,
    /// Pods below the desired count. Default: 25%.
    pub max_unavailable: Option<IntOrString>,
}

/// A ReplicaSet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ReplicaSet")]
pub struct ReplicaSetFile {
    /// Its name and labels.
    pub metadata: Meta,
    /// What is wanted.
    pub spec: ReplicaSetSpec,
}

/// What is wanted of a ReplicaSet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicaSetSpec {
    /// Pods wanted. Default: 1.
    #[serde(default)]
    pub replicas: Option<u32>,
    /// Which pods belong to it.
    pub selector: LabelSelector,
    /// Its pods.
    pub template: TemplateFile,
    /// Seconds that a pod must be ready to count as available. Default: 0.
    #[serde(default)]
    pub min_ready_seconds: u32,
}

/// A StatefulSet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "StatefulSet")]
pub struct StatefulSetFile {
    /// Its name and labels.
    pub metadata: Meta,
    /// What is wanted.
    pub spec: StatefulSetSpec,
}

/// What is wanted of a StatefulSet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatefulSetSpec {
    /// Pods wanted. Default: 1.
    #[serde(default)]
    pub replicas: Option<u32>,
    /// Which pods belong to it.
    pub selector: LabelSelector,
    /// Its pods.
    pub template: TemplateFile,
    /// The Service that gives its pods their names.
    #[serde(default)]
    pub service_name: Option<String>,
    /// OrderedReady (default) or Parallel.
    #[serde(default)]
    pub pod_management_policy: Option<PodManagementPolicy>,
    /// Claims of volumes, one of each for each pod.
    #[serde(default)]
    pub volume_claim_templates: Vec<ClaimFile>,
    /// Seconds that a pod must be ready to count as available. Default: 0.
    #[serde(default)]
    pub min_ready_seconds: u32,
}

/// In what order the pods of a StatefulSet come and go.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum PodManagementPolicy {
    /// One after the other.
    OrderedReady,
    /// All at once.
    Parallel,
}

/// A claim of a volume.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "VolumeClaimTemplate")]
pub struct ClaimFile {
    /// Its name.
    #[serde(default)]
    pub metadata: Meta,
}

/// A DaemonSet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DaemonSet")]
pub struct DaemonSetFile {
    /// Its name and labels.
    pub metadata: Meta,
    /// What is wanted.
    pub spec: DaemonSetSpec,
}

/// What is wanted of a DaemonSet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DaemonSetSpec {
    /// Which pods belong to it.
    pub selector: LabelSelector,
    /// Its pods.
    pub template: TemplateFile,
}

/// A Job.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Job")]
pub struct JobFile {
    /// Its name and labels.
    pub metadata: Meta,
    /// What is wanted.
    pub spec: JobSpec,
    /// How far it is.
    #[serde(default)]
    pub status: JobStatus,
}

/// What is wanted of a Job.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobSpec {
    /// Its pods.
    pub template: TemplateFile,
    /// Pods that must succeed. Default: 1.
    #[serde(default)]
    pub completions: Option<u32>,
    /// Pods at a time. Default: 1.
    #[serde(default)]
    pub parallelism: Option<u32>,
    /// Failed pods until the Job fails. Default: 6.
    #[serde(default)]
    pub backoff_limit: Option<u32>,
    /// The Job ends after so many seconds.
    #[serde(default)]
    pub active_deadline_seconds: Option<u32>,
    /// NonIndexed (default) or Indexed.
    #[serde(default)]
    pub completion_mode: Option<CompletionMode>,
    /// Whether it is held back.
    #[serde(default)]
    pub suspend: bool,
    /// Filled in by the API server; given by hand only with `manualSelector`.
    #[serde(default)]
    pub selector: Option<LabelSelector>,
    /// Whether the selector is given by hand.
    #[serde(default)]
    pub manual_selector: bool,
}

/// How the pods of a Job are counted.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum CompletionMode {
    /// By their number.
    NonIndexed,
    /// Each has an index.
    Indexed,
}

/// How far a Job is.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct JobStatus {
    /// Pods that succeeded.
    pub succeeded: u32,
    /// Complete, Failed, Suspended.
    pub conditions: Vec<Condition>,
}

/// A condition of an object.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// True, False or Unknown.
    pub status: String,
}

/// A Pod.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Pod")]
pub struct PodFile {
    /// Its name and labels.
    pub metadata: Meta,
    /// What is wanted.
    pub spec: PodSpecFile,
    /// How it is.
    #[serde(default)]
    pub status: PodStatus,
}

/// How a pod is.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    /// Pending, Running, Succeeded, Failed or Unknown.
    pub phase: Option<String>,
    /// Ready among others.
    pub conditions: Vec<Condition>,
}
