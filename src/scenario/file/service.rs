//! Services and batches of standalone tasks as they are written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::base::distribution::Spec;
use crate::base::units::{Duration, Share, Size};

use super::capacity::Switch;
use super::task_definition::ConstraintFile;

/// An ECS service (ECS API, CreateService).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "service")]
pub struct ServiceFile {
    /// Its name.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The family of its task definition.
    pub task_definition: String,
    /// How many tasks; not for DAEMON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1000000))]
    pub desired_count: Option<u32>,
    /// Other desired counts from certain times on; not for DAEMON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scheduled_scaling: Vec<ScheduledScaling>,
    /// REPLICA (default) or DAEMON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduling_strategy: Option<SchedulingFile>,
    /// Placement strategies in order, at most five. Default: spread over the zones, then over instances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 5))]
    pub placement_strategy: Option<Vec<StrategyFile>>,
    /// Placement constraints, at most ten together with the task definition's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placement_constraints: Vec<ConstraintFile>,
    /// Whether ECS moves tasks until the zones are balanced. Default: ENABLED where it is possible (first strategy a spread
    /// over the zones or none given, maximumPercent above 100, not DAEMON), as for services created since June 2025.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone_rebalancing: Option<Switch>,
    /// Health is ignored so long after a task started. Default: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_grace_period_seconds: Option<u32>,
    /// Bounds of replacement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_configuration: Option<DeploymentConfiguration>,
    /// A load balancer in front of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<LoadBalancerFile>,
    /// What is downloaded for each container image of its tasks. Default: 200MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_size: Option<Size>,
    /// What "up" means. Default: one healthy task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_when: Option<UpWhenFile>,
}

/// Another desired count from a time on (Application Auto Scaling, scheduled action).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "scheduled action")]
pub struct ScheduledScaling {
    /// When, after the start of the run.
    pub at: Duration,
    /// How many tasks from then on.
    #[schemars(range(max = 1000000))]
    pub desired_count: u32,
}

/// A batch of standalone tasks (ECS API, RunTask).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "batch")]
pub struct BatchFile {
    /// Its name.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The family of its task definition.
    pub task_definition: String,
    /// How many tasks arrive in all. Default: as many as the run has time for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// From one arrival to the next; exponential for a Poisson process, 0s for all at once.
    pub every: Spec,
    /// When the first may arrive. Default: 0s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Duration>,
    /// How long a task runs.
    pub run_time: Spec,
    /// Placement strategies in order, at most five. Default: random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 5))]
    pub placement_strategy: Option<Vec<StrategyFile>>,
    /// Placement constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placement_constraints: Vec<ConstraintFile>,
    /// Its task group. Default: family:FAMILY.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What becomes of a task that finds no room: `fail` (RunTask without a capacity provider, default) or `wait` (with
    /// one: PROVISIONING, in order of arrival).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when_no_room: Option<NoRoomFile>,
    /// With `wait`: how many may wait at once before further ones fail. Default: 500, the quota of a cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_waiting: Option<u32>,
    /// What is downloaded for each container image. Default: 200MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_size: Option<Size>,
}

/// What becomes of a standalone task that finds no room.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "choice")]
pub enum NoRoomFile {
    /// It is given up.
    Fail,
    /// It waits.
    Wait,
}

/// How a service's tasks are wanted.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "scheduling strategy")]
pub enum SchedulingFile {
    /// A number of tasks.
    Replica,
    /// One task on each instance that matches.
    Daemon,
}

/// A placement strategy (ECS API, PlacementStrategy).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "placement strategy")]
pub struct StrategyFile {
    /// `binpack`, `spread` or `random`; `longshore list strategies` shows all.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it looks at: `cpu`, `memory`, `instanceId`, `attribute:NAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Bounds of replacement (ECS API, DeploymentConfiguration).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "deployment configuration")]
pub struct DeploymentConfiguration {
    /// Healthy tasks that must stay while others are replaced on purpose, in percent of desired, rounded up. Default: 100;
    /// 0 for DAEMON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 100))]
    pub minimum_healthy_percent: Option<u32>,
    /// Running and pending tasks allowed, in percent of desired, rounded down. Default: 200; 100 for DAEMON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 100, max = 200))]
    pub maximum_percent: Option<u32>,
    /// Accepted and without effect: nothing is deployed during a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_circuit_breaker: Option<serde_json::Value>,
    /// Accepted and without effect: nothing is deployed during a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarms: Option<serde_json::Value>,
    /// Accepted and without effect: nothing is deployed during a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<String>,
}

/// An Application Load Balancer's target group (Elastic Load Balancing API, TargetGroup).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "load balancer")]
pub struct LoadBalancerFile {
    /// Between checks of a target. Default: 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 5, max = 300))]
    pub health_check_interval_seconds: Option<u32>,
    /// A check without an answer fails after this. Default: 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 120))]
    pub health_check_timeout_seconds: Option<u32>,
    /// Consecutive passes until an unhealthy target is healthy. Default: 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 10))]
    pub healthy_threshold_count: Option<u32>,
    /// Consecutive failures until a healthy target is unhealthy. Default: 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 10))]
    pub unhealthy_threshold_count: Option<u32>,
    /// How long a target drains after it was deregistered. Default: 300.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 3600))]
    pub deregistration_delay_seconds: Option<u32>,
    /// Mean rate of requests, to turn lost shares into lost requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub requests_per_second: Option<f64>,
}

/// What "up" means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "condition")]
pub enum UpWhenFile {
    /// At least so many healthy tasks.
    Healthy(u32),
    /// At least so many percent of the desired count, rounded up: 66 or 66%.
    HealthyPercent(PercentFile),
}

/// A percentage: a number from 0 to 100, or a text such as `66%`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "percentage", extend("x-what" = "a percentage like 66 or 66%"))]
pub enum PercentFile {
    /// From 0 to 100.
    Number(f64),
    /// With a percent sign.
    Text(Share),
}

/// A share is written with a percent sign again: as a bare number, 0.75 would be read as 0.75 %.
impl Serialize for PercentFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            PercentFile::Number(percent) => serializer.serialize_f64(*percent),
            PercentFile::Text(share) => serializer.serialize_str(&share.as_percent()),
        }
    }
}
