//! What a search has found, as `plan.json` has it. Shares are numbers from 0 to 1, lengths of time are seconds, money is US
//! dollars a month of 730 hours.

use schemars::JsonSchema;
use serde::Serialize;

use crate::experiment::outcome::{Verdict, VerdictOutcome};
use crate::experiment::survive::outcome::LossOutcome;

/// Everything that a search has found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapacityPlan {
    /// The scenario's name.
    pub scenario: String,
    /// The version of Longshore.
    pub version: String,
    /// The seed. All candidates meet the same failures.
    pub seed: u64,
    /// The length of each replication, warm-up included.
    pub duration_seconds: f64,
    /// The warm-up, which is left out of every figure.
    pub warmup_seconds: f64,
    /// The group whose instances were searched.
    pub group: String,
    /// The probability with which an objective that is called met is met, and one that is called missed is missed. It holds
    /// for each objective of each candidate by itself, however often the data were looked at.
    pub confidence: f64,
    /// The most looks at the data of a candidate; intervals are wide enough for all of them.
    pub looks: u32,
    /// The most replications of a candidate.
    pub most_replications: u64,
    /// Replications of all candidates together.
    pub replications: u64,
    /// What was asked of each candidate.
    pub promises: Vec<String>,
    /// The place of the cheapest candidate that keeps all promises; `null` where there is none.
    pub chosen: Option<usize>,
    /// Why one instance fewer does not do.
    pub one_fewer: String,
    /// Where there is no answer: what stands in the way.
    pub nearest: Option<String>,
    /// Each instance type in each number of zones, in the order in which they were searched: by the cost of the least number
    /// that could hold the tasks.
    pub lines: Vec<LineOutcome>,
    /// Every candidate that was looked at, in that order.
    pub candidates: Vec<CandidateOutcome>,
    /// What else is to be said, such as that one instance more made it worse.
    pub notes: Vec<String>,
    /// What the scenario asks for and the simulation leaves out.
    pub warnings: Vec<String>,
}

/// How the search along a line ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LineState {
    /// A number was found that keeps all promises.
    Found,
    /// No number in the range keeps them.
    NotFound,
    /// Every number that could keep them costs at least as much as one of another line that does.
    Dearer,
    /// No number can.
    Impossible,
}

/// An instance type in a number of zones.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineOutcome {
    /// The instance type.
    pub instance_type: String,
    /// The zones that the group stands in.
    pub zones: Vec<String>,
    /// The price of an instance-hour.
    pub usd_per_hour: f64,
    /// The least number of instances that could hold what must be held; `null` where none can.
    pub least: Option<u32>,
    /// What makes it the least.
    pub least_why: String,
    /// How the search ended.
    pub state: LineState,
    /// The place of the least candidate that keeps all promises.
    pub candidate: Option<usize>,
    /// Where one was found: why one instance fewer does not do.
    pub one_fewer: String,
    /// Where none was found: why.
    pub why: String,
}

/// A number of instances of a type in some zones.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CandidateOutcome {
    /// The instance type.
    pub instance_type: String,
    /// The zones that the group stands in.
    pub zones: Vec<String>,
    /// What makes the scenario this candidate, as `--set` of `longshore run` takes it.
    pub changes: Vec<String>,
    /// Its instances in each of the zones.
    pub per_zone: Vec<u32>,
    /// Its instances.
    pub instances: u32,
    /// What all instances of the scenario cost a month, other groups included, while none fails.
    pub usd_per_month: f64,
    /// Whether it keeps all promises, as far as is known.
    pub verdict: Verdict,
    /// What limits it, in a word or two: `room`, `loss of us-east-1b`, `availability`; empty where all promises are kept.
    pub limited_by: String,
    /// The promise that it breaks, or that is not shown to be kept, with what was found; empty where all are kept.
    pub limit: String,
    /// Replications that it took; 0 where it fails before any simulation.
    pub replications: u64,
    /// The service whose availability is lowest; `null` without simulation.
    pub availability: Option<AvailabilityOutcome>,
    /// The objectives of the scenario; empty where it fails before any simulation.
    pub objectives: Vec<VerdictOutcome>,
    /// What is left after each loss that must be survived.
    pub losses: Vec<LossOutcome>,
    /// No candidate that was simulated is both cheaper, or as cheap, and shown to be more available (by the lower end of the
    /// interval).
    pub on_frontier: bool,
}

impl CandidateOutcome {
    /// Whether it is shown to keep all promises.
    pub fn keeps(&self) -> bool {
        self.verdict == Verdict::Met
    }

    /// Whether more replications could show that it keeps all promises, and more instances could not: each objective that is
    /// open was met in every replication.
    pub fn wants_replications(&self) -> bool {
        let open = || self.objectives.iter().filter(|one| one.verdict != Verdict::Met);
        self.verdict == Verdict::Undecided
            && open().all(|one| one.verdict == Verdict::Undecided && one.met_share >= 1.0)
    }
}

/// The service availability of a service.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityOutcome {
    /// The service.
    pub service: String,
    /// The mean over the replications.
    pub mean: f64,
    /// The lower end of its interval, which is the one that decides; `null` where it is not known.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}
