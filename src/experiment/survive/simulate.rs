//! The loss of a zone, simulated.

use std::sync::Arc;

use rayon::prelude::*;

use crate::base::time::Span;
use crate::experiment::single::{Options, measure};
use crate::failure::Failure;
use crate::metrics::outcome::Outcome;
use crate::scenario::Plan;
use crate::scenario::plan::Loss;
use crate::world::fleet::FailureName;

use super::Standing;
use super::count::used;

/// When a zone is lost.
const LOST_AT: Span = Span::from_secs(600);

/// How long a zone's loss is followed.
const FOLLOWED: Span = Span::from_secs(7200);

/// Simulates the loss of each zone and adds what it shows to the rows of that zone.
///
/// # Errors
/// A broken invariant, a defect of Longshore.
pub fn lose_zones(plan: &Plan, standing: &mut Standing) -> Result<(), String> {
    let runs: Vec<(String, Outcome)> = used(plan)
        .into_par_iter()
        .map(|zone| {
            let name = plan.fleet.zones[zone].name.clone();
            let outcome = measure(&without(plan, &name)?, Options::default(), Vec::new())?;
            Ok((name, outcome))
        })
        .collect::<Result<_, String>>()?;
    for (name, outcome) in runs {
        for row in standing.losses.iter_mut().filter(|row| row.of == Loss::Zone && row.lost == name) {
            let Some(figures) = outcome.services.iter().find(|service| service.name == row.service) else { continue };
            row.left = row.left.min(figures.min_healthy);
            // A spell that is not over has the length that is left of the run.
            let longest = figures.time_to_desired.longest_seconds.unwrap_or(0.0);
            row.whole_again_seconds = (longest < FOLLOWED.seconds() - 1.0).then_some(longest);
        }
    }
    Ok(())
}

/// The plan with nothing failing but one zone, for good.
fn without(plan: &Plan, zone: &str) -> Result<Plan, String> {
    let json = serde_json::json!({
        "type": "zoneOutage",
        "name": format!("loss of {zone}"),
        "at": LOST_AT.to_string(),
        "lasts": "10y",
        "target": {"zones": [zone]},
    });
    let failure: Failure = serde_json::from_value(json).map_err(|error| format!("the loss of a zone: {error}"))?;
    let mut fleet = (*plan.fleet).clone();
    fleet.failures = [FailureName { name: failure.name().to_owned(), kind: failure.type_name() }].into_iter().collect();
    Ok(Plan {
        duration: Span(LOST_AT.0 + FOLLOWED.0),
        warmup: Span(0),
        starts_running: true,
        fleet: Arc::new(fleet),
        failures: vec![failure],
        count_changes: Vec::new(),
        objectives: Vec::new(),
        survives: Vec::new(),
        ..plan.clone()
    })
}
