//! One run from beginning to end.

use crate::base::time::{Span, Time};
use crate::engine::{self, Checking, Engine, Setup};
use crate::metrics::Meter;
use crate::metrics::outcome::Outcome;
use crate::scenario::Plan;

use super::{objectives, survive};

/// Looks at the world for what is too dear to follow at each change: 500, and fewer, down to 100, for a fleet of more
/// than 4,000 instances, where one look sees as much as many looks at a small fleet, and takes as long.
fn samples(plan: &Plan) -> u64 {
    let instances: u64 = plan.fleet.capacities.values().map(|capacity| u64::from(capacity.count())).sum();
    (2_000_000 / instances.max(1)).clamp(100, 500)
}

/// How a run is carried out.
#[derive(Default)]
pub struct Options<'a> {
    /// How the engine is built.
    pub setup: Setup,
    /// Told the share of the run that is done, now and then.
    pub progress: Option<&'a mut dyn FnMut(f64)>,
}

/// Runs a plan and measures it. Its objectives are judged, and so is what its scenario promises to survive, which takes the
/// starts of other replications and the simulated loss of each zone: see [`mod@survive`].
pub fn run(plan: &Plan, options: Options<'_>) -> Outcome {
    let (mut outcome, mut broken) = watched(plan, options, Vec::new());
    match survive::promise::judge(plan) {
        Ok(judged) => outcome.objectives.extend(judged),
        Err(fault) => broken = broken.or(Some(fault)),
    }
    debug_assert!(broken.is_none(), "{broken:?}");
    outcome
}

/// The same with further meters, for those who want to know of a broken invariant: a defect of Longshore that makes the
/// figures worthless.
///
/// # Errors
/// What does not hold, and when that was first seen.
pub fn run_checked(plan: &Plan, options: Options<'_>, meters: Vec<Box<dyn Meter>>) -> Result<Outcome, String> {
    let mut outcome = measure(plan, options, meters)?;
    outcome.objectives.extend(survive::promise::judge(plan)?);
    Ok(outcome)
}

/// A run as one of many: only what its own figures decide is judged.
///
/// # Errors
/// See [`run_checked`].
pub(super) fn measure(plan: &Plan, options: Options<'_>, meters: Vec<Box<dyn Meter>>) -> Result<Outcome, String> {
    match watched(plan, options, meters) {
        (outcome, None) => Ok(outcome),
        (_, Some(broken)) => Err(broken),
    }
}

fn watched(plan: &Plan, options: Options<'_>, meters: Vec<Box<dyn Meter>>) -> (Outcome, Option<String>) {
    let mut engine = engine::build_with(plan, options.setup, meters);
    let outcome = finish(plan, &mut engine, options.progress);
    if options.setup.checking != Checking::Off {
        engine.inspect();
    }
    (outcome, engine.broken)
}

/// Runs an engine to the end of its plan and asks its meters.
pub fn finish(plan: &Plan, engine: &mut Engine, mut progress: Option<&mut dyn FnMut(f64)>) -> Outcome {
    let warmup = Time::ZERO + plan.warmup;
    if !plan.warmup.is_zero() {
        engine.run_until(warmup);
    }
    engine.reset_meters();
    let measured = plan.duration.0 - plan.warmup.0;
    let samples = samples(plan);
    for sample in 1..=samples {
        // Sampled in the middle of each slice, so that the last one counts no more than the others.
        let middle =
            warmup + Span((u128::from(measured) * u128::from(2 * sample - 1) / u128::from(2 * samples)) as u64);
        engine.run_until(middle);
        engine.sample();
        if let Some(progress) = progress.as_mut() {
            progress(middle.0 as f64 / plan.duration.0.max(1) as f64);
        }
    }
    engine.run_until(Time::ZERO + plan.duration);
    report(plan, engine)
}

fn report(plan: &Plan, engine: &mut Engine) -> Outcome {
    let mut outcome = Outcome {
        scenario: plan.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: plan.seed,
        duration_seconds: plan.duration.seconds(),
        warmup_seconds: plan.warmup.seconds(),
        events: engine.events,
        warnings: plan.warnings.clone(),
        ..Outcome::default()
    };
    let (world, meters) = engine.meters();
    for meter in meters {
        meter.report(world, &mut outcome);
    }
    outcome.objectives = objectives::judge(plan, &outcome);
    outcome
}
