//! What a loss leaves, as `plan.json` has it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::scenario::plan::Loss;

/// What a loss leaves of a service.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LossOutcome {
    /// The kind of loss.
    #[serde(skip)]
    pub of: Loss,
    /// What is lost: a zone by name, or `its fullest 2 instances`: those that hold most of the service.
    pub lost: String,
    /// The service.
    pub service: String,
    /// Healthy tasks left, the fewest in any of the starts that were looked at.
    pub left: u32,
    /// What it takes to be up.
    pub needed: u32,
    /// Its desired count.
    pub desired: u32,
    /// Of a zone: until the desired count was healthy again, with the zone still gone; `null` where it was not within two
    /// hours, or nobody looked.
    pub whole_again_seconds: Option<f64>,
}

impl LossOutcome {
    /// Whether the service stays up.
    pub fn survives(&self) -> bool {
        self.left >= self.needed
    }

    /// In words.
    pub fn sentence(&self) -> String {
        let LossOutcome { lost, service, left, needed, .. } = self;
        format!("without {lost} `{service}` has {left} healthy of the {needed} that it needs to be up")
    }

    /// What was found, for a report that names the service: `4 of 6 healthy without us-east-1a, 4 needed`.
    pub fn found(&self) -> String {
        let LossOutcome { lost, left, needed, desired, .. } = self;
        format!("{left} of {desired} healthy without {lost}, {needed} needed")
    }
}
