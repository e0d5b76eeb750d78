//! On which node room is made (`pickOneNodeForPreemption`).

use super::Candidate;
use crate::placement::kubernetes::snapshot::{PodKey, Snapshot};

/// The candidates that are left after all criteria: fewest violations, lowest highest priority, smallest sum of priorities,
/// fewest victims, latest start of the oldest among the most important victims.
pub fn best(snapshot: &Snapshot, candidates: &[Candidate]) -> Vec<usize> {
    let priority = |key: &PodKey| i64::from(snapshot.templates[snapshot.pods[*key].template].spec.priority);
    let highest = |candidate: &Candidate| candidate.victims.iter().map(priority).max().unwrap_or(i64::MIN);
    // Each victim adds 2^31 so that negative priorities do not make more victims look better.
    let sum = |candidate: &Candidate| candidate.victims.iter().map(|key| priority(key) + (1 << 31)).sum::<i64>();
    let oldest = |candidate: &Candidate| {
        let top = highest(candidate);
        let starts = candidate.victims.iter().filter(|key| priority(key) == top);
        -starts.map(|key| snapshot.pods[*key].start.0 as i64).min().unwrap_or(0)
    };
    let criteria: [&dyn Fn(&Candidate) -> i64; 5] = [
        &|candidate| candidate.violations as i64,
        &highest,
        &sum,
        &|candidate| candidate.victims.len() as i64,
        &oldest,
    ];
    let mut left: Vec<usize> = (0..candidates.len()).collect();
    for criterion in criteria {
        let Some(least) = left.iter().map(|place| criterion(&candidates[*place])).min() else { break };
        left.retain(|place| criterion(&candidates[*place]) == least);
    }
    left
}
