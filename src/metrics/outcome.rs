//! The figures of one run, as `summary.json` has them. Shares are numbers from 0 to 1, lengths of time are seconds, money
//! is US dollars. What comes from no observation is `null`.

use schemars::JsonSchema;
use serde::Serialize;

use super::replay::Replay;
use super::snapshot::Snapshot;
use super::timeline::Timeline;

/// Everything that one run has measured.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The scenario's name.
    pub scenario: String,
    /// The version of Longshore.
    pub version: String,
    /// The seed.
    pub seed: u64,
    /// The length of the run, warm-up included.
    pub duration_seconds: f64,
    /// The warm-up, which is left out of every figure.
    pub warmup_seconds: f64,
    /// Events that the engine handled.
    pub events: u64,
    /// Whether each objective was met.
    pub objectives: Vec<ObjectiveOutcome>,
    /// Services, in the order of the file.
    pub services: Vec<ServiceOutcome>,
    /// Batches of standalone tasks, in the order of the file.
    pub batches: Vec<BatchOutcome>,
    /// Zones, in the order of the file.
    pub zones: Vec<PlaceOutcome>,
    /// Groups of instances, in the order of the file.
    pub capacity: Vec<CapacityOutcome>,
    /// What placement was asked, and why it refused.
    pub placement: PlacementOutcome,
    /// What it costs.
    pub cost: CostOutcome,
    /// Failures, by model of the scenario.
    pub failures: Vec<FailureOutcome>,
    /// What the scenario asks for and the simulation leaves out.
    pub warnings: Vec<String>,
    /// Single incidents (`incidents.csv`).
    #[serde(skip)]
    pub incidents: Vec<IncidentOutcome>,
    /// The course of the run (`timeline.csv`).
    #[serde(skip)]
    pub timeline: Timeline,
    /// Which task sat where, at three moments.
    #[serde(skip)]
    pub snapshots: Vec<Snapshot>,
    /// The run in a form that can be shown again, where it was asked for.
    #[serde(skip)]
    pub replay: Option<Replay>,
}

/// An objective of the scenario and what became of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectiveOutcome {
    /// What was wanted, as a sentence.
    pub objective: String,
    /// What was found, as people write it.
    pub found: String,
    /// Whether it was met.
    pub met: bool,
}

/// Number, mean, 95th percentile and longest of some lengths of time.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LengthsOutcome {
    /// How many there were.
    pub count: u64,
    /// Their mean.
    pub mean_seconds: Option<f64>,
    /// Their 95th percentile: exact up to 4,096 of them, to 1 % beyond.
    pub p95_seconds: Option<f64>,
    /// The longest.
    pub longest_seconds: Option<f64>,
}

/// The figures of a service.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceOutcome {
    /// Its name.
    pub name: String,
    /// REPLICA or DAEMON.
    pub scheduling: String,
    /// The desired count at the end.
    pub desired: u32,
    /// What it takes to be up, in healthy tasks at the end's desired count.
    pub up_when_healthy: u32,
    /// The mean over time of min(healthy, desired) / desired: healthy tasks serve and are reached by users (with a load
    /// balancer: in rotation).
    pub capacity_availability: f64,
    /// The share of time in which at least `upWhen` tasks are healthy.
    pub service_availability: f64,
    /// -log10(1 - service availability); `null` without any downtime.
    pub nines: Option<f64>,
    /// Time below `upWhen` per year of 365 days.
    pub downtime_seconds_per_year: f64,
    /// The mean number of healthy tasks.
    pub mean_healthy: f64,
    /// The least number of healthy tasks.
    pub min_healthy: u32,
    /// Spells below `upWhen`. One that is not over at the end counts with the length that it has then.
    pub outages: LengthsOutcome,
    /// Mean time between failures: time up divided by the number of outages.
    pub mtbf_seconds: Option<f64>,
    /// Mean time to recovery: time down divided by the number of outages.
    pub mttr_seconds: Option<f64>,
    /// Spells below the desired count: the time until all tasks are healthy again.
    pub time_to_desired: LengthsOutcome,
    /// Healthy tasks missing to the desired count, integrated over time, in task-seconds.
    pub lost_task_seconds: f64,
    /// The same by what caused it and what it was spent on; sums to `lostTaskSeconds`.
    pub lost: Vec<LostOutcome>,
    /// Requests, for services with a load balancer.
    pub requests: Option<RequestsOutcome>,
    /// The largest share of the service's healthy tasks that one instance, one zone holds.
    pub blast_radius: BlastOutcome,
    /// Most tasks in a zone less fewest, over zones with instances in service.
    pub zone_imbalance: SpreadOutcome,
    /// Tasks that were started, by the reason for which the one before had stopped.
    pub tasks_started: u64,
    /// Tasks stopped, by ECS's stop code.
    pub tasks_stopped: Vec<CountOutcome>,
    /// Its share of the instances' cost: each task pays the larger of its CPU and memory share of its instance.
    pub usd: f64,
}

/// Lost task-time with its cause.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LostOutcome {
    /// The failure model's name; `start` for the initial start, `planned` for moves and drains.
    pub cause: String,
    /// What the slot was waiting for.
    pub phase: String,
    /// Task-seconds.
    pub task_seconds: f64,
}

/// A number of something.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountOutcome {
    /// Of what.
    pub name: String,
    /// How many.
    pub count: u64,
}

/// Requests that users sent to a load-balanced service.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestsOutcome {
    /// The share of requests that found no answer.
    pub lost_share: f64,
    /// The share sent to a target that did not answer while the load balancer still believed in it.
    pub lost_to_dead_targets_share: f64,
    /// The share that found no registered target at all.
    pub lost_without_target_share: f64,
    /// Requests lost to dead targets, where `requestsPerSecond` is given.
    pub lost_to_dead_targets: Option<f64>,
    /// Requests that found no target.
    pub lost_without_target: Option<f64>,
}

/// Mean and greatest.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpreadOutcome {
    /// The mean over time.
    pub mean: f64,
    /// The greatest seen.
    pub max: f64,
}

/// How much of a service one instance or one zone holds.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlastOutcome {
    /// One instance.
    pub instance: SpreadOutcome,
    /// One zone.
    pub zone: SpreadOutcome,
}

/// The figures of a batch of standalone tasks.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchOutcome {
    /// Its name.
    pub name: String,
    /// Tasks that arrived.
    pub arrived: u64,
    /// Tasks that were placed.
    pub placed: u64,
    /// Tasks that found no room and were given up.
    pub given_up: u64,
    /// `givenUp` / `arrived`.
    pub given_up_share: f64,
    /// Tasks that ran to their end.
    pub completed: u64,
    /// Tasks that stopped before.
    pub failed: u64,
    /// From arrival to placement, of the placed ones.
    pub wait: LengthsOutcome,
    /// The share of the placed ones that had to wait at all.
    pub waited_share: f64,
    /// From arrival to the end, of the completed ones.
    pub response: LengthsOutcome,
    /// Mean number of tasks waiting for room.
    pub mean_waiting: f64,
    /// Mean number of tasks placed and not stopped.
    pub mean_placed: f64,
}

/// Mean over time, 95th percentile over time, greatest.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageOutcome {
    /// The mean over time.
    pub mean: f64,
    /// Not exceeded for 95 % of the time, to 0.1 percentage points.
    pub p95: f64,
    /// The greatest.
    pub max: f64,
}

/// The figures of a zone.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaceOutcome {
    /// Its name.
    pub name: String,
    /// Reserved CPU over registered CPU.
    pub cpu_reserved: UsageOutcome,
    /// Reserved memory over registered memory.
    pub memory_reserved: UsageOutcome,
    /// Tasks that hold resources.
    pub tasks: SpreadOutcome,
    /// Instances whose host works.
    pub instances_in_service: MinMaxOutcome,
}

/// Mean, least and greatest.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MinMaxOutcome {
    /// The mean over time.
    pub mean: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

/// The figures of a group of instances.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapacityOutcome {
    /// As for a zone.
    #[serde(flatten)]
    pub place: PlaceOutcome,
    /// The instance type.
    pub instance_type: String,
    /// CPU reserved on a single instance over all instances and samples.
    pub instance_cpu_reserved: UsageOutcome,
    /// Memory reserved on a single instance over all instances and samples.
    pub instance_memory_reserved: UsageOutcome,
    /// Tasks on a single instance over all instances and samples.
    pub instance_tasks: SpreadOutcome,
    /// Free room that no task of the workload fits into, as a share of all registered room: the mean of CPU and memory.
    pub fragmentation: SpreadOutcome,
    /// The share of the instances that take tasks and have none: what packing frees.
    pub empty_share: f64,
    /// Instances launched, those of the start included.
    pub launched: u64,
    /// Hours of instances, from launch to end.
    pub instance_hours: f64,
    /// Their price.
    pub usd: f64,
    /// The part of it that no task has reserved.
    pub idle_share: f64,
}

/// What placement was asked and how it answered.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlacementOutcome {
    /// Attempts.
    pub attempts: u64,
    /// Tasks placed.
    pub placed: u64,
    /// Attempts that found no instance.
    pub refusals: u64,
    /// The same by ECS's reason.
    pub refused: Vec<CountOutcome>,
    /// From the moment a service's slot fell vacant to the placement of its next task.
    pub pending: LengthsOutcome,
}

/// What it costs.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostOutcome {
    /// Instances, over the measured time.
    pub usd: f64,
    /// The same per month of 730 hours.
    pub usd_per_month: f64,
    /// The share that no task has reserved.
    pub idle_share: f64,
}

/// A failure model of the scenario.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailureOutcome {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// How often it struck; of container-level models, containers struck.
    pub strikes: u64,
    /// Slots that lost their serving task by it.
    pub tasks_lost: u64,
    /// Task-seconds lost by it, over all services.
    pub lost_task_seconds: f64,
}

/// A single incident (a row of `incidents.csv`).
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncidentOutcome {
    /// Its number.
    pub incident: u32,
    /// The failure model's name.
    pub failure: String,
    /// What it struck.
    pub struck: String,
    /// When it began.
    pub began_seconds: f64,
    /// When its cause was over; empty where it had no end of its own.
    pub ended_seconds: Option<f64>,
    /// From its beginning to the first reaction of the orchestrator to a task that it took.
    pub detected_after_seconds: Option<f64>,
    /// From its beginning to the moment at which every slot that it had emptied served again.
    pub recovered_after_seconds: Option<f64>,
    /// Slots that lost their serving task by it.
    pub tasks_lost: u64,
    /// Task-seconds lost by it.
    pub lost_task_seconds: f64,
}
