//! Over many independent experiments, a 95 % interval holds a value that is known exactly in about 95 % of them.

use longshore::engine::Checking;
use longshore::experiment::{Design, Experiment, Precision, experiment};
use longshore::scenario::Plan;
use serde_json::json;

use super::plan;
use crate::theory::build::{Sketch, exponential, secs, spread};

/// One container that lives Exp(up) and takes Exp(down) to restart, from its steady state on: its availability in the
/// long run is up / (up + down).
fn two_state(up: f64, down: f64, length: f64) -> Plan {
    let sketch = Sketch::new(&[1, 0], 1)
        .service(1, 1, spread())
        .restarts_in_place(exponential(down))
        .failure(json!({"type": "containerCrash", "every": exponential(up)}))
        .with("", "duration", secs(length * 1.2))
        .with("", "warmup", secs(length * 0.2));
    plan(&sketch.json.to_string())
}

fn run(plan: &Plan, replications: u64, precision: Option<Precision>, most: u64) -> Experiment {
    let design = Design { replications, precision, most, checking: Checking::Off };
    experiment(plan, &design, None, |_| {}).expect("an experiment")
}

fn interval(experiment: &Experiment, name: &str) -> (f64, f64, f64) {
    let found = experiment.figures.iter().find(|figure| &*figure.figure == name).unwrap_or_else(|| panic!("{name}"));
    (found.low.expect("a lower end"), found.high.expect("an upper end"), found.mean.expect("a mean"))
}

/// Of `experiments`, each with a seed of its own, the share whose interval holds `exact`.
fn held(plan: &mut Plan, experiments: u64, replications: u64, name: &str, exact: f64) -> f64 {
    let mut held = 0;
    for seed in 0..experiments {
        plan.seed = 1000 + seed;
        let (low, high, _) = interval(&run(plan, replications, None, 0), name);
        held += u32::from((low..=high).contains(&exact));
    }
    f64::from(held) / experiments as f64
}

/// Availability 0.9 (far from the ends: Student's t) and 0.999 with a handful of outages in all (near 1). With 300
/// experiments the share that is found is within 3.2 points of 95 % in 99 % of the cases.
#[test]
fn intervals_hold_the_exact_availability_in_19_of_20_experiments() {
    let name = "services.s.serviceAvailability";
    let mut often = two_state(900.0, 100.0, 40_000.0);
    let found = held(&mut often, 300, 15, name, 0.9);
    eprintln!("two states, availability 0.9, 15 replications: {:.1} % of 300 intervals hold it", found * 100.0);
    assert!((0.91..=0.985).contains(&found), "{found}");

    // About one outage in two replications, 20 in all: the mean of a few lengths among zeros.
    let mut rarely = two_state(99_900.0, 100.0, 50_000.0);
    let found = held(&mut rarely, 300, 40, name, 0.999);
    eprintln!("two states, availability 0.999, 40 replications: {:.1} % of 300 intervals hold it", found * 100.0);
    assert!((0.91..=1.0).contains(&found), "{found}");
}

/// The precision that is asked for is there at the end, and the number of replications is about what it takes: with the
/// coefficient of variation c of a replication, (1.96 c / 0.1)^2, and up to 1.2^2 of that for two looks.
#[test]
fn the_precision_is_reached_and_not_by_luck() {
    let plan = two_state(900.0, 100.0, 20_000.0);
    let wanted = Precision { relative: 0.05, of: vec!["services.s.serviceAvailability".into()] };
    let found = run(&plan, 1, Some(wanted.clone()), 100_000);
    let precision = found.precision.as_ref().expect("a precision");
    assert!(precision.reached && precision.looks >= 2, "{precision:?}");
    assert!(precision.figures[0].reached.expect("a half-width") <= 0.05);
    let (low, high, mean) = interval(&found, "services.s.serviceAvailability");
    assert!((high - low) / 2.0 <= 0.05 * (1.0 - mean));
    // Over a renewal cycle: variance of the time down about 2 λμ/(λ+μ)^3 per second (Cox, Renewal Theory).
    let (fail, repair) = (1.0 / 900.0, 1.0 / 100.0);
    let variance: f64 = 2.0 * fail * repair / f64::powi(fail + repair, 3) / 20_000.0;
    let takes = (1.96 * variance.sqrt() / 0.1 / 0.05).powi(2);
    let ratio = found.replications as f64 / takes;
    assert!((0.7..=2.5).contains(&ratio), "{} replications, expected about {takes:.0}", found.replications);

    let found = run(&plan, 1, Some(Precision { relative: 0.001, ..wanted }), 30);
    assert_eq!((found.replications, found.precision.expect("a precision").reached), (30, false));
}

/// A figure that nothing moves is a constant; the worst replication is the one with the least availability.
#[test]
fn constants_and_the_worst_replication() {
    let plan = two_state(9_000.0, 1000.0, 20_000.0);
    let found = run(&plan, 30, None, 0);
    let (low, high, mean) = interval(&found, "services.s.desired");
    assert_eq!((low, high), (mean, mean));
    let availability = found.figures.iter().find(|figure| &*figure.figure == "services.s.serviceAvailability");
    let availability = availability.expect("a figure");
    assert_eq!(Some(found.worst.replication), availability.worst_replication);
    assert_eq!(found.worst.service_availability, availability.min);
}
