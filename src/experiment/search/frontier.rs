//! Cost against availability: which candidates are not beaten.

use super::outcome::CandidateOutcome;

/// Marks the candidates that no other beats: none is at most as dear and more available, or cheaper and at least as available.
/// What counts is the availability that is shown, the lower end of its interval: a candidate that failed after few
/// replications had no time for an outage, and its mean says little.
pub(super) fn mark(candidates: &mut [CandidateOutcome]) {
    let points: Vec<Option<(f64, f64)>> =
        candidates.iter().map(|one| Some((one.usd_per_month, one.availability.as_ref()?.low?))).collect();
    for (candidate, point) in candidates.iter_mut().zip(&points) {
        let beats = |&(cost, share): &(f64, f64), (own_cost, own_share): (f64, f64)| {
            cost <= own_cost && share >= own_share && (cost < own_cost || share > own_share)
        };
        candidate.on_frontier = point.is_some_and(|own| !points.iter().flatten().any(|other| beats(other, own)));
    }
}
