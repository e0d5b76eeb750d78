//! What the families of cases share: how a plan is made and run, and for how long.

use longshore::engine::Setup;
use longshore::experiment::{Options, run};
use longshore::metrics::outcome::Outcome;
use longshore::scenario::Plan;
use longshore::stats::confidence::Mean;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::build::{Sketch, law, secs, spread};
use super::cases::Verdict;
use super::estimate::Figure;

/// The standard error allowed, as a share of the smaller of p and 1 - p.
pub(super) const ALLOWED: f64 = 0.02;

/// What the run is made long enough for; `LONGSHORE_THEORY_ERROR` asks for another precision, to look into a doubt.
pub(super) fn wanted() -> f64 {
    std::env::var("LONGSHORE_THEORY_ERROR").ok().and_then(|text| text.parse().ok()).unwrap_or(0.018)
}

/// Replications of a long-run case.
pub(super) const REPLICATIONS: u64 = 40;

/// The part of each replication that is left out at its start.
pub(super) const WARMUP: f64 = 0.1;

/// More simulated container lives than this are not worth the wait; such cases call for a rare-event method.
pub(super) const MOST_LIVES: f64 = 3.0e7;

pub(super) const YEAR: f64 = 31_536_000.0;

pub(super) fn plan(sketch: &Sketch) -> Plan {
    let text = serde_json::to_string_pretty(&sketch.json).expect("JSON");
    match longshore::scenario::load_text(&text, std::path::Path::new(".")) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{}\n{text}", refused.problems.render(&refused.sources)),
    }
}

pub(super) fn outcomes(plan: &Plan, replications: u64) -> Vec<Outcome> {
    let one = |replication| run(plan, Options { setup: Setup { replication, ..Setup::default() }, progress: None });
    (0..replications).into_par_iter().map(one).collect()
}

pub(super) fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or_else(|| panic!("{field} of {value}"))
}

pub(super) fn whole(value: &Value, field: &str) -> u64 {
    value[field].as_u64().unwrap_or_else(|| panic!("{field} of {value}"))
}

pub(super) fn mean_of(law: &Value) -> f64 {
    let text = super::build::law(law);
    let spec: longshore::base::distribution::Spec = serde_json::from_value(text).expect("a law");
    spec.resolve(std::path::Path::new(".")).expect("a law").mean()
}

pub(super) fn mean(outcomes: &[Outcome], of: impl Fn(&Outcome) -> f64) -> Mean {
    let mut mean = Mean::default();
    outcomes.iter().for_each(|outcome| mean.add(of(outcome)));
    mean
}

/// A case whose figure is a long-run share of time: runs it long enough for the error that is wanted.
///
/// `lives_per_second` is the rate at which containers die, to tell how much work it is.
pub(super) fn long_run(case: &Value, sketch: Sketch, lives_per_second: f64, share: fn(&Outcome) -> f64) -> Verdict {
    let expected = &case["expected"];
    let primary = case["primary_metric"].as_str().unwrap_or("");
    let up = case["tolerance"].as_object().and_then(|tolerance| {
        tolerance.iter().find(|(_, rule)| rule["T_total_s_for_2pct_ci95_on_minor_prob"].is_f64())
    });
    let exact = number(expected, primary);
    let minor = exact.min(1.0 - exact);
    let variance = up.and_then(|(_, rule)| rule["asymptotic_variance_s"].as_f64());
    // Where no variance is given, outages that come independently of each other give its size, with some to spare.
    let total = match variance {
        Some(variance) => variance / (wanted() * minor).powi(2),
        None => {
            let outage = expected["mean_service_outage_s"].as_f64().unwrap_or(1.0 / lives_per_second);
            4.0 * outage / (minor * wanted() * wanted())
        }
    };
    let lives = total / (1.0 - WARMUP) * lives_per_second;
    if lives > MOST_LIVES * (0.018 / wanted()).powi(2) {
        return Verdict::Skipped(format!(
            "needs {:.0} simulated years ({lives:.0} lives) for a standard error of {}: a rare-event method",
            total / YEAR,
            wanted()
        ));
    }
    let each = total / REPLICATIONS as f64 / (1.0 - WARMUP);
    // Not shorter than some quiet times, or the warm-up would not be one.
    let each = each.max(40.0 / lives_per_second).min(990.0 * YEAR);
    let sketch = seeded(case, sketch).with("", "duration", secs(each)).with("", "warmup", secs(each * WARMUP));
    let outcomes = outcomes(&plan(&sketch), REPLICATIONS);
    let share = mean(&outcomes, share);
    let measured = each * (1.0 - WARMUP) * REPLICATIONS as f64;
    let error = variance.map_or(share.error(), |variance| (variance / measured).sqrt());
    let mut figures = vec![Figure { name: primary.into(), exact, found: share.mean, error, allowed: ALLOWED * minor }];
    if let Some(exact) = expected["mean_number_up"].as_f64() {
        let healthy = mean(&outcomes, |outcome| outcome.services[0].mean_healthy);
        figures.push(Figure::of_mean("mean_number_up", exact, &healthy, f64::INFINITY));
    }
    if let Some(exact) = expected["service_outages_per_year"].as_f64() {
        let years = each * (1.0 - WARMUP) / YEAR;
        let outages = mean(&outcomes, |outcome| outcome.services[0].outages.count as f64 / years);
        figures.push(Figure::of_mean("service_outages_per_year", exact, &outages, f64::INFINITY));
    }
    Verdict::Checked(figures)
}

pub(super) fn unavailable(outcome: &Outcome) -> f64 {
    1.0 - outcome.services[0].service_availability
}

pub(super) fn available(outcome: &Outcome) -> f64 {
    outcome.services[0].service_availability
}

pub(super) fn crash(every: Value) -> Value {
    json!({"type": "containerCrash", "every": every})
}

pub(super) fn reboot(every: Value, lasts: Value) -> Value {
    json!({"type": "instanceReboot", "every": every, "lasts": lasts})
}

/// One container on each of n instances.
pub(super) fn dedicated(n: u64, k: u64, up: &Value, down: &Value) -> Sketch {
    Sketch::new(&[n, 0], 1).service(n, k, spread()).timing("containerStart", law(down)).failure(crash(law(up)))
}

/// Each case has a seed of its own: the same outages in several cases would make their errors alike.
pub(super) fn seeded(case: &Value, sketch: Sketch) -> Sketch {
    let id = case["id"].as_str().unwrap_or("");
    let seed = id.bytes().fold(17u64, |seed, byte| seed.wrapping_mul(131).wrapping_add(byte.into()));
    sketch.with("", "seed", json!(seed % 1_000_000_007))
}
