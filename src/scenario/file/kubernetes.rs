//! What a scenario says beside its Kubernetes manifests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::distribution::Spec;
use crate::base::units::Size;

use super::service::{ScheduledScaling, UpWhenFile};

/// What places the containers.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "orchestrator")]
pub enum OrchestratorFile {
    /// Amazon ECS on EC2.
    #[default]
    Ecs,
    /// Kubernetes, on Amazon EKS or as it is released.
    Kubernetes,
}

/// A manifest.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "manifest", extend("x-what" = "the name of a file of manifests, or a Kubernetes object"))]
pub enum ManifestFile {
    /// A file of one or more documents.
    File(String),
    /// An object, checked as if it stood in a file of its own.
    Inline(serde_json::Map<String, serde_json::Value>),
}

/// What a manifest does not say of its workload.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "workload")]
pub struct WorkloadFile {
    /// What "up" means. Default: at least one healthy pod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_when: Option<UpWhenFile>,
    /// Download size of its images. Default: 200MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_size: Option<Size>,
    /// Mean rate of requests to its Service, to turn lost shares into lost requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub requests_per_second: Option<f64>,
    /// How long a pod of a Job runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_time: Option<Spec>,
    /// Numbers of replicas that change at set times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scheduled_scaling: Vec<ScheduledScaling>,
}

/// A taint of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "taint")]
pub struct TaintFile {
    /// Its key.
    #[schemars(length(min = 1))]
    pub key: String,
    /// Its value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// What it does to pods that do not tolerate it.
    pub effect: EffectFile,
}

/// The effect of a taint.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "effect")]
pub enum EffectFile {
    /// No new pods.
    NoSchedule,
    /// New pods rather elsewhere.
    PreferNoSchedule,
    /// No new pods, and those that are there are evicted.
    NoExecute,
}
