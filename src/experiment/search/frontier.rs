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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::outcome::Verdict;
    use crate::experiment::search::outcome::AvailabilityOutcome;

    fn candidate(usd_per_month: f64, availability: Option<(f64, f64)>) -> CandidateOutcome {
        CandidateOutcome {
            instance_type: String::new(),
            zones: Vec::new(),
            changes: Vec::new(),
            per_zone: Vec::new(),
            instances: 1,
            usd_per_month,
            verdict: Verdict::Met,
            limited_by: String::new(),
            limit: String::new(),
            replications: 50,
            availability: availability.map(|(mean, low)| AvailabilityOutcome {
                service: "web".into(),
                mean,
                low: Some(low),
                high: Some(1.0),
            }),
            objectives: Vec::new(),
            losses: Vec::new(),
            on_frontier: false,
        }
    }

    fn marked(points: &[(f64, Option<(f64, f64)>)]) -> Vec<bool> {
        let mut list: Vec<CandidateOutcome> = points.iter().map(|(cost, share)| candidate(*cost, *share)).collect();
        mark(&mut list);
        list.iter().map(|one| one.on_frontier).collect()
    }

    /// One that failed after few replications, without an outage in any of them, does not beat a dearer one that is shown to
    /// be more available; nor is a dear one on the frontier for such luck.
    #[test]
    fn luck_of_few_replications_counts_for_nothing() {
        let points = [(500.0, Some((1.0, 0.9))), (600.0, Some((0.99999, 0.9999))), (700.0, Some((1.0, 0.9)))];
        assert_eq!(marked(&points), [true, true, false]);
    }

    /// Of equal ones both stay; as dear and less available, or dearer and no more available, is beaten; without a simulation
    /// there is nothing to mark.
    #[test]
    fn what_is_beaten_by_nothing_is_on_the_frontier() {
        let points = [
            (500.0, Some((0.99, 0.98))),
            (500.0, Some((0.98, 0.98))),
            (500.0, Some((0.99, 0.97))),
            (600.0, Some((0.99, 0.98))),
            (600.0, Some((0.99, 0.985))),
            (400.0, None),
        ];
        assert_eq!(marked(&points), [true, true, false, false, true, false]);
    }
}
