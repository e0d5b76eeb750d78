//! What a difference in lost task-time comes from.
//!
//! Lost task-time of a service is the exact sum of what it lost by each cause in each phase. So the mean difference of
//! two variants is the exact sum of the mean differences of these parts, the largest of which are the reasons.

use schemars::JsonSchema;
use serde::Serialize;

use crate::experiment::outcome::LEVEL;
use crate::metrics::outcome::Outcome;

use super::outcome::{FigureComparison, Verdict};
use super::sums::Sums;

/// A difference in lost task-time between two variants, and its parts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// The service.
    pub service: String,
    /// The variant.
    pub variant: String,
    /// The one that it is compared with: differences are the variant less this one, in task-seconds a replication.
    pub to: String,
    /// The mean difference in lost task-seconds.
    pub mean: f64,
    /// The lower end of its simultaneous interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// What is to be said of it.
    pub verdict: Verdict,
    /// What it consists of, the largest part first; together they are the mean difference.
    pub parts: Vec<Part>,
}

/// A part of a difference.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// The failure model's name; `start` for the initial start, `planned` for moves and drains.
    pub cause: String,
    /// Its type; `null` for what is no failure.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What the slots were waiting for.
    pub phase: String,
    /// The mean difference in task-seconds.
    pub mean: f64,
    /// The lower end of its 95 % interval, by itself.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// The reasons for every difference that is not zero throughout, service by service, pairs with the baseline first.
pub(super) fn of(names: &[&str], sums: &Sums, figures: &[FigureComparison], firsts: &[Outcome]) -> Vec<Reason> {
    let kind = |cause: &str| {
        let failures = firsts.iter().flat_map(|outcome| &outcome.failures);
        failures.into_iter().find(|failure| failure.name == cause).map(|failure| failure.kind.clone())
    };
    let mut reasons = Vec::new();
    for (at, service) in sums.services.iter().enumerate() {
        let name = format!("services.{service}.lostTaskSeconds");
        let Some(figure) = figures.iter().find(|figure| figure.figure == name) else { continue };
        for (position, (pair, whole)) in sums.pairs.iter().zip(&figure.differences).enumerate() {
            let mut parts: Vec<Part> = sums
                .lost
                .iter()
                .filter(|lost| lost.service == at && !lost.pairs[position].is_identical())
                .map(|lost| {
                    let paired = &lost.pairs[position];
                    let interval = paired.interval(LEVEL);
                    Part {
                        cause: lost.cause.clone(),
                        kind: kind(&lost.cause),
                        phase: lost.phase.clone(),
                        mean: paired.mean.mean,
                        low: interval.low,
                        high: interval.high,
                    }
                })
                .collect();
            if whole.verdict == Verdict::Identical && parts.is_empty() {
                continue;
            }
            // Found in any order, and the same in every run: by size, then by name.
            parts.sort_by(|a, b| {
                b.mean.abs().total_cmp(&a.mean.abs()).then_with(|| (&a.cause, &a.phase).cmp(&(&b.cause, &b.phase)))
            });
            reasons.push(Reason {
                service: service.clone(),
                variant: names[pair.variant].to_owned(),
                to: names[pair.to].to_owned(),
                mean: whole.mean.unwrap_or(0.0),
                low: whole.low,
                high: whole.high,
                verdict: whole.verdict,
                parts,
            });
        }
    }
    reasons
}
