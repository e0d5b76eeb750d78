//! A scenario as it is written: camelCase, ECS's own names and shapes wherever ECS has them.

pub mod capacity;
pub mod kubernetes;
pub mod objective;
pub mod service;
pub mod task_definition;
pub mod variant;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::units::Duration;
use crate::failure::Failure;
use crate::platform::kubernetes::settings::SettingsFile;
use crate::platform::timings::TimingsSpec;

use capacity::CapacityFile;
use kubernetes::{ManifestFile, OrchestratorFile, WorkloadFile};
use objective::ObjectiveFile;
use service::{BatchFile, ServiceFile};
use task_definition::TaskDefinitionFile;
use variant::VariantFile;

/// A scenario: a fleet, its workload, what fails, and what is promised.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "scenario")]
pub struct Scenario {
    /// Its name, which also names the folder of its results.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// What it shows or asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where all randomness comes from: the same seed gives the same results to the byte. Default: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// How long to simulate, warm-up included.
    pub duration: Duration,
    /// The time at the start that is left out of every figure. Default: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warmup: Option<Duration>,
    /// How the run begins. Default: running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<StartFile>,
    /// What breaks a tie between instances that a strategy holds equally good. Default: random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tie_break: Option<TieBreakFile>,
    /// What places the containers. Default: ecs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orchestrator: Option<OrchestratorFile>,
    /// Availability Zones, two or more. Where nodes are given one by one their labels name the zones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 2))]
    pub zones: Vec<ZoneFile>,
    /// Groups of like instances.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1))]
    pub capacity: Vec<CapacityFile>,
    /// ECS task definitions, inline or `file: PATH`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1))]
    pub task_definitions: Vec<TaskDefinitionFile>,
    /// Kubernetes manifests: names of files, or the objects themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub manifests: Vec<ManifestFile>,
    /// What `kubectl get nodes,pods,deployments,… -A -o json` printed of a live cluster: where the run begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Settings of the Kubernetes controllers and its scheduler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<SettingsFile>,
    /// What manifests do not say of their workloads, by the workload's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub workloads: BTreeMap<String, WorkloadFile>,
    /// ECS services.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceFile>,
    /// Batches of standalone tasks that arrive over time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run_task: Vec<BatchFile>,
    /// What fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// How long things take, where the defaults do not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timings: Option<TimingsSpec>,
    /// What is promised: `run` ends with exit code 1 where one is missed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<ObjectiveFile>,
    /// What `compare` compares: the scenario with a few values changed. `run` runs the scenario as it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<VariantFile>,
}

/// How a run begins.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "start")]
pub enum StartFile {
    /// Every instance is up and every task runs, images are cached: a steady state.
    Running,
    /// Instances are ordered and services are created at time zero.
    Empty,
}

/// What breaks a tie.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "tie break")]
pub enum TieBreakFile {
    /// A seeded random choice.
    Random,
    /// The instance with the lowest id.
    First,
}

/// A zone: its name, or its name and weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "zone", extend("x-what" = "a zone's name, or {name, weight}"))]
pub enum ZoneFile {
    /// Its name.
    Name(String),
    /// Its name and weight.
    Weighted(WeightedZone),
}

/// A zone with a weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "zone")]
pub struct WeightedZone {
    /// Its name.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Its share of a `count` of instances, relative to the other zones. Default: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
}

impl ZoneFile {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            ZoneFile::Name(name) => name,
            ZoneFile::Weighted(zone) => &zone.name,
        }
    }

    /// Its weight.
    pub fn weight(&self) -> f64 {
        match self {
            ZoneFile::Name(_) => 1.0,
            ZoneFile::Weighted(zone) => zone.weight.unwrap_or(1.0),
        }
    }
}
