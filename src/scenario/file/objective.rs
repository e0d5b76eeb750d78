//! What is promised, as it is written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::units::{Duration, Share};

/// A promise; each field that is given is one objective.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "objective")]
pub struct ObjectiveFile {
    /// The service that it is about; every service where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// At least this service availability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Share>,
    /// At least this capacity availability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_availability: Option<Share>,
    /// No outage longer than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_outage: Option<Duration>,
    /// Always back at the desired count within this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovers_within: Option<Duration>,
    /// At most this share of requests lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_lost: Option<Share>,
    /// Still up, by its `upWhen`, when this is lost. It is judged on the placement at the start, and the loss of a zone is
    /// simulated; what else fails in a run does not matter. Of every service with a desired count where `service` is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survives: Option<LossFile>,
    /// At most this cost of the instances per month of 730 hours, in USD; not for a single service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub usd_per_month: Option<f64>,
    /// At most this share of CPU reserved in any zone on average; not for a single service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_reserved: Option<Share>,
    /// At most this share of memory reserved in any zone on average; not for a single service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_reserved: Option<Share>,
    /// At most so many placement attempts that found no instance; not for a single service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusals: Option<u64>,
}

/// What may be lost: `anyZone`, or `{instances: 2}`.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "loss")]
pub enum LossFile {
    /// Any one zone in which there are instances.
    AnyZone,
    /// Any so many instances at once.
    Instances(#[schemars(range(min = 1))] u32),
}
