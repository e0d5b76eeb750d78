//! What an explanation holds, as data: the text and the JSON are made of it. All times are seconds since the start of the
//! run.

use schemars::JsonSchema;
use serde::Serialize;

/// An explanation: what it explains, and of which run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// The scenario.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// Length of the run.
    pub duration_seconds: f64,
    /// What is explained.
    #[serde(flatten)]
    pub answer: Answer,
}

/// What is explained.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "explains", rename_all = "camelCase")]
pub enum Answer {
    /// The outages of a run, worst first.
    Outages(Outages),
    /// One outage, or one time in which a service was short of tasks.
    Outage(Box<Outage>),
    /// One moment, with the outage that it lies in or near.
    Moment(Box<Moment>),
    /// The placements of a slot, one of them in full.
    Placement(Box<SlotPlacements>),
}

/// The outages of a run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outages {
    /// Outages (below `upWhen`), the longest first; then the times in which a service was up and short of tasks, those that
    /// lost the most task-time first.
    pub outages: Vec<OutageRow>,
}

/// An outage in a list.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutageRow {
    /// Its number, from 1, for `--outage`.
    pub number: u32,
    /// The service.
    pub service: String,
    /// `outage`: below `upWhen`. `shortage`: up all the time, below the desired count.
    pub kind: String,
    /// When it began.
    pub began_seconds: f64,
    /// When it was over; null where it lasts to the end of the run.
    pub ended_seconds: Option<f64>,
    /// Its length, up to the end of the run where it is not over.
    pub length_seconds: f64,
    /// Desired tasks when it began.
    pub desired: u32,
    /// Healthy tasks that it would have taken: by `upWhen` for an outage, the desired count for a shortage.
    pub needed: u32,
    /// The fewest healthy tasks.
    pub fewest_healthy: u32,
    /// Task-time lost: desired less healthy tasks, summed over its length.
    pub lost_task_seconds: f64,
    /// The failures behind it, in order of appearance; empty where no failure is.
    pub causes: Vec<String>,
}

/// An outage explained.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outage {
    /// The outage.
    pub outage: OutageRow,
    /// What went wrong first: the incidents that the slots suffered from.
    pub roots: Vec<Root>,
    /// What ended it.
    pub ended_by: String,
    /// The critical path: whose absence each moment of the outage is put down to. Its stretches follow each other and fill the
    /// outage exactly. It is followed backwards from the slot whose return ended the outage.
    pub path: Vec<Stretch>,
    /// The same by phase: the seconds sum to the length of the outage.
    pub phases: Vec<PhaseShare>,
    /// What happened to the slots that were without a serving task, slots with the same course in one; the one that ended the
    /// outage first.
    pub courses: Vec<Course>,
    /// The same run with one thing changed from the moment before the outage on, the greatest saving first.
    pub what_if: Vec<WhatIf>,
    /// When the service had its desired count again, where that was later than the end of the outage.
    pub desired_again_seconds: Option<f64>,
}

/// A root cause.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Root {
    /// The failure's name.
    pub failure: String,
    /// Its type.
    pub kind: String,
    /// What it struck.
    pub struck: String,
    /// When.
    pub began_seconds: f64,
    /// When the cause itself was over; null where it lasts, or has no end of its own.
    pub ended_seconds: Option<f64>,
    /// Slots of the service that lost their serving task to it; 0 for an incident of the region that only stood in the way of
    /// recovery.
    pub slots: u32,
}

/// A stretch of the critical path: one slot in one phase.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Stretch {
    /// The slot.
    pub slot: String,
    /// What it waited for.
    pub phase: String,
    /// From when on.
    pub from_seconds: f64,
    /// Until when.
    pub to_seconds: f64,
}

/// Time spent in one phase.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhaseShare {
    /// The phase.
    pub phase: String,
    /// The same for people.
    pub title: String,
    /// Time on the critical path.
    pub seconds: f64,
    /// Its share of the outage.
    pub share: f64,
}

/// What kind of thing an entry tells.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Nature {
    /// What is.
    Truth,
    /// What somebody knows, or believes.
    Belief,
    /// What somebody does.
    Action,
    /// What is waited for.
    Wait,
}

/// What happened to slots with the same course.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Course {
    /// The slots; the entries are those of the first.
    pub slots: Vec<String>,
    /// When the first of them had no serving task any more.
    pub lost_seconds: f64,
    /// When the last of them served again; null where one did not within the run.
    pub back_seconds: Option<f64>,
    /// When somebody who could act first knew of it: of the first slot; null where nobody did.
    pub noticed_seconds: Option<f64>,
    /// Who that was.
    pub noticed_by: Option<String>,
    /// It was no surprise: the first slot's task was stopped or wanted on purpose, so that there was nothing to notice.
    pub planned: bool,
    /// The course of the first slot.
    pub entries: Vec<CourseEntry>,
    /// What the first slot waited for, and how long.
    pub phases: Vec<Stretch>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourseEntry {
    /// When.
    pub seconds: f64,
    /// Of what kind.
    pub nature: Nature,
    /// What.
    pub text: String,
}

/// The outage with one thing changed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhatIf {
    /// What is changed.
    pub change: String,
    /// How long the service is below what it needs then, in the same stretch of time; up to the end of the run where it does
    /// not come back.
    pub length_seconds: f64,
    /// By how much that is shorter; negative where it is longer.
    pub shorter_by_seconds: f64,
    /// Whether it is over before the run is.
    pub over: bool,
    /// `false` for a bound that nothing reaches, such as noticing everything at once.
    pub attainable: bool,
}

/// A moment explained.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    /// The moment.
    pub at_seconds: f64,
    /// Each service as it stands.
    pub services: Vec<ServiceState>,
    /// What is believed of an instance and is not so.
    pub mistaken: Vec<String>,
    /// How the outage lies to the moment: `covers`, `before` or `after`.
    pub relation: Option<String>,
    /// The outage that covers it, or the nearest.
    pub outage: Option<Outage>,
}

/// A service at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceState {
    /// Its name.
    pub service: String,
    /// Desired tasks.
    pub desired: u32,
    /// Healthy tasks.
    pub healthy: u32,
    /// Healthy tasks that `upWhen` asks for.
    pub needed: u32,
    /// Whether it is up.
    pub up: bool,
    /// Slots without a serving task by what they wait for.
    pub waiting: Vec<Waiting>,
}

/// Slots that wait for the same.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// What they wait for.
    pub phase: String,
    /// The same for people.
    pub title: String,
    /// The slots.
    pub slots: Vec<String>,
}

/// The placements of a slot.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotPlacements {
    /// The slot, as `service/number`.
    pub slot: String,
    /// What the orchestrator calls tasks and instances.
    pub words: Words,
    /// Every attempt to place it, in order.
    pub attempts: Vec<Attempt>,
    /// The attempt that is explained.
    pub explained: Decision,
}

/// What the orchestrator calls things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Words {
    /// `task` or `pod`.
    pub task: String,
    /// `instance` or `node`.
    pub instance: String,
}

/// An attempt to place a slot.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Its number, from 1, for `--placement`.
    pub number: u32,
    /// When.
    pub seconds: f64,
    /// Why it was needed.
    pub why: String,
    /// The instance that it went to; null where there was none.
    pub instance: Option<String>,
    /// The instance's zone.
    pub zone: Option<String>,
    /// Why there was none.
    pub refusal: Option<String>,
    /// The instance on which others were told to make room after this refusal; null where none were.
    pub nominated: Option<String>,
    /// The slots of those that were told to give way.
    pub victims: Vec<String>,
}

/// One decision in full.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// The attempt.
    pub attempt: Attempt,
    /// Why only one instance was looked at; null where the ranking decided.
    pub only_because: Option<String>,
    /// The room that had been made for the task before; null where none had.
    pub nomination: Option<Nomination>,
    /// The steps of the ranking, in order; empty where scores rank.
    pub steps: Vec<DecisionStep>,
    /// The scores that rank; null where steps do, or where only one instance was looked at.
    pub scoring: Option<Scoring>,
    /// What decides between instances that every step leaves equal.
    pub tie_break: String,
    /// Instances that could take the task, best first.
    pub ranked: Vec<Ranked>,
    /// Instances that could not.
    pub excluded: Vec<Excluded>,
}

/// Room that was made for a task.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Nomination {
    /// Where.
    pub instance: String,
    /// The slots of the tasks that gave way, or are still about to.
    pub victims: Vec<String>,
}

/// Scores that rank, and which of them decided.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Scoring {
    /// Who gives scores, in the order of the values of each instance.
    pub plugins: Vec<PluginWeight>,
    /// Plugins that step aside for this task.
    pub skipped: Vec<String>,
    /// How many instances reach the highest total.
    pub tied: u32,
    /// The plugin by which the chosen instance is most ahead of the next; or that there was a tie, and what broke it.
    pub decided_by: Option<String>,
    /// The weighted scores in which the chosen instance and the next one differ, the greatest lead first; empty for a tie.
    pub lead: Vec<Lead>,
}

/// A plugin that gives scores.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PluginWeight {
    /// Its name.
    pub plugin: String,
    /// What a column of its scores is called.
    pub title: String,
    /// What its score is multiplied by.
    pub weight: i64,
}

/// How far one plugin puts the chosen instance ahead of the next.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lead {
    /// The plugin.
    pub plugin: String,
    /// By so much of the total; negative where it speaks for the other one.
    pub by: i64,
}

/// A step of a ranking.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionStep {
    /// What it is called.
    pub title: String,
    /// Instances that were level before it.
    pub before: u32,
    /// Instances that it left level.
    pub after: u32,
}

/// An instance that could take a task.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ranked {
    /// Its place; 1 was chosen.
    pub rank: u32,
    /// The instance.
    pub instance: String,
    /// Its zone.
    pub zone: String,
    /// Its group.
    pub capacity: String,
    /// What each step found; empty where scores rank.
    pub values: Vec<String>,
    /// Each plugin's score, 0 to 100, in the order of the plugins; empty where steps rank.
    pub scores: Vec<i64>,
    /// The same times the weights.
    pub weighted: Vec<i64>,
    /// The sum of the weighted scores; null where there are none.
    pub total: Option<i64>,
    /// The step that put it behind the first, from 0; null for the first, and where the tie-break did.
    pub behind_at: Option<u32>,
    /// What is wrong with its host in truth, which the decision did not know.
    pub unknown_trouble: Option<String>,
}

/// An instance that could not take a task.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Excluded {
    /// The instance.
    pub instance: String,
    /// Its zone.
    pub zone: String,
    /// Its group.
    pub capacity: String,
    /// The rule that it failed first.
    pub by: String,
    /// With what it failed it.
    pub detail: String,
}
