//! Differences that are known exactly lie in their intervals as often as these say, and where there is none, hardly ever is
//! one found.

use longshore::experiment::compare::outcome::{Comparison, Verdict};
use longshore::scenario::Plan;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::{compared, design, plan};
use crate::theory::build::{Sketch, exponential, secs, spread};

/// One container with a law of its lives, 100 s on average to restart: in the long run it is available up / (up + 100 s),
/// whatever the laws (Cox, Renewal Theory).
fn two_state(life: Value, length: f64) -> Plan {
    let sketch = Sketch::new(&[1, 0], 1)
        .service(1, 1, spread())
        .restarts_in_place(exponential(100.0))
        .failure(json!({"type": "containerCrash", "every": life}))
        .with("", "duration", secs(length * 1.2))
        .with("", "warmup", secs(length * 0.2));
    plan(&sketch.json)
}

/// Comparisons with seeds of their own.
fn many(plans: &[(&str, Plan)], experiments: u64, replications: u64) -> Vec<Comparison> {
    let one = |seed: u64| {
        let mut plans = plans.to_vec();
        plans.iter_mut().for_each(|(_, plan)| plan.seed = 5000 + seed);
        compared(&plans, &design(replications), None)
    };
    (0..experiments).into_par_iter().map(one).collect()
}

/// 900 s against 1,900 s of life: 0.9 against 0.95. With 200 experiments the share that holds it is within 4 points of
/// 95 % in 99 % of the cases.
#[test]
fn the_exact_difference_lies_in_19_of_20_intervals() {
    let plans =
        [("short", two_state(exponential(900.0), 20_000.0)), ("long", two_state(exponential(1900.0), 20_000.0))];
    let mut held = 0;
    for found in many(&plans, 200, 20) {
        let difference = &found.figure("services.s.serviceAvailability").expect("a figure").differences[0];
        let (low, high) = (difference.single_low.expect("an end"), difference.single_high.expect("an end"));
        held += u32::from((low..=high).contains(&0.05));
        assert!(difference.low.expect("an end") <= low && high <= difference.high.expect("an end"));
    }
    let share = f64::from(held) / 200.0;
    eprintln!("a difference of 0.05: {:.1} % of 200 intervals hold it", share * 100.0);
    assert!((0.905..=0.99).contains(&share), "{share}");
}

/// Four laws of one mean: the same availability, and not the same lives. In 5 % of the experiments at most, whatever the
/// number of comparisons, is any pair told apart in any figure of the service. With 200 experiments more than 10 % have a
/// probability of 0.1 %.
#[test]
fn where_there_is_no_difference_none_is_found() {
    let gamma = |shape: f64| json!({"gamma": {"shape": shape, "scale": secs(900.0 / shape)}});
    let length = 40_000.0;
    let plans = [
        ("exponential", two_state(exponential(900.0), length)),
        ("gamma", two_state(gamma(2.0), length)),
        ("gamma of four", two_state(gamma(4.0), length)),
        ("uniform", two_state(json!({"uniform": {"low": secs(300.0), "high": secs(1500.0)}}), length)),
    ];
    let (mut wrong, mut wrong_alone) = (0, 0);
    for found in many(&plans, 200, 15) {
        let figure = found.figure("services.s.serviceAvailability").expect("a figure");
        let told = |verdict: Verdict| matches!(verdict, Verdict::Better | Verdict::Worse);
        wrong += u32::from(figure.differences.iter().any(|one| told(one.verdict)));
        let alone = |p: Option<f64>| p.is_some_and(|p| p < 0.05);
        wrong_alone += u32::from(figure.differences.iter().any(|one| alone(one.p)));
    }
    eprintln!("no difference: told apart in {wrong} of 200 experiments; without the correction in {wrong_alone}");
    assert!(wrong <= 20, "{wrong}");
    assert!(wrong_alone > wrong, "the correction corrects nothing");
}

/// Holm never has a smaller p than the comparison by itself, nor a larger one than Bonferroni.
#[test]
fn adjusted_p_values_are_between_alone_and_bonferroni() {
    let plans = [
        ("a", two_state(exponential(900.0), 20_000.0)),
        // Another law of the same mean: the same availability in the long run. A slightly longer mean would be told apart, for
        // the restarts of the same lives take as long.
        ("b", two_state(json!({"gamma": {"shape": 2.0, "scale": secs(450.0)}}), 20_000.0)),
        ("c", two_state(exponential(1900.0), 20_000.0)),
    ];
    let found = compared(&plans, &design(30), None);
    let all = found.figures.iter().flat_map(|figure| &figure.differences);
    let mut seen = 0;
    for (p, holm) in all.filter_map(|one| Some((one.p?, one.p_holm?))) {
        assert!(p <= holm && holm <= (p * found.comparisons as f64).min(1.0) + 1e-12, "{p} {holm}");
        seen += 1;
    }
    assert!(seen >= 6, "{seen}");
    let figure = found.figure("services.s.serviceAvailability").expect("a figure");
    let places: Vec<_> = figure.ranking.iter().map(|rank| (rank.from, rank.to)).collect();
    assert_eq!(places, [(2, 3), (2, 3), (1, 1)], "{:?}", figure.differences);
}
