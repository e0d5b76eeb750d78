//! The losses that a scenario promises to survive, as objectives beside those that the figures of runs decide.
//!
//! Chance plays no part in the verdict: the same starts and the same simulated losses decide for one run and for many.

use crate::experiment::outcome::{Verdict, VerdictOutcome};
use crate::metrics::outcome::ObjectiveOutcome;
use crate::scenario::Plan;
use crate::scenario::plan::{Loss, Survive};

use super::{Demand, Standing, demands, lose_zones, whole_standing};

/// The promise as a sentence.
pub fn sentence(plan: &Plan, promised: &Survive) -> String {
    format!("service `{}` stays up without {}", plan.fleet.services[promised.service].name, promised.loss)
}

/// Judges each loss that the scenario of a plan promises to survive, in the order of the scenario. Nothing is simulated
/// where it promises none.
///
/// # Errors
/// A broken invariant, a defect of Longshore.
pub fn judge(plan: &Plan) -> Result<Vec<ObjectiveOutcome>, String> {
    let demands = demands(plan, &[]);
    if demands.is_empty() {
        return Ok(Vec::new());
    }
    let mut standing = whole_standing(plan, &demands);
    if loses_a_zone(&demands) {
        lose_zones(plan, &mut standing)?;
    }
    Ok(judged(plan, &standing))
}

/// The same as verdicts over replications, none of which is needed.
///
/// # Errors
/// See [`judge`].
pub fn verdicts(plan: &Plan) -> Result<Vec<VerdictOutcome>, String> {
    Ok(judge(plan)?.into_iter().map(verdict).collect())
}

/// The verdicts where the standing is known, with the losses of zones simulated.
pub(in crate::experiment) fn verdicts_of(plan: &Plan, standing: &Standing) -> Vec<VerdictOutcome> {
    judged(plan, standing).into_iter().map(verdict).collect()
}

/// Whether the loss of a zone is among what must be survived.
pub(in crate::experiment) fn loses_a_zone(demands: &[Demand]) -> bool {
    demands.iter().any(|demand| demand.loss == Loss::Zone)
}

fn judged(plan: &Plan, standing: &Standing) -> Vec<ObjectiveOutcome> {
    let each = plan.survives.iter().map(|promised| {
        let name = &plan.fleet.services[promised.service].name;
        let rows = standing.losses.iter().filter(|row| row.of == promised.loss && row.service == *name);
        // The first of those that leave least beyond what is needed.
        let worst = rows.min_by_key(|row| i64::from(row.left) - i64::from(row.needed));
        let (found, met) = match worst {
            Some(row) => (row.found(), row.survives()),
            None => ("no instance at the start".to_owned(), false),
        };
        ObjectiveOutcome { objective: sentence(plan, promised), found, met }
    });
    each.collect()
}

fn verdict(judged: ObjectiveOutcome) -> VerdictOutcome {
    let ObjectiveOutcome { objective, found, met } = judged;
    let (verdict, met_share) = if met { (Verdict::Met, 1.0) } else { (Verdict::Missed, 0.0) };
    VerdictOutcome { objective, found, verdict, met_share, promise: None, decided_by: None }
}
