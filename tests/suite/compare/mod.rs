//! Comparisons: the very same failures in each variant, intervals that hold exact differences, the same bytes on any number
//! of threads, and words for bad input.

mod coverage;
mod program;
mod same_failures;

use longshore::engine::Checking;
use longshore::experiment::compare::outcome::Comparison;
use longshore::experiment::compare::{Contender, Design, compare};
use longshore::experiment::journal::{Journal, Start};
use longshore::scenario::Plan;
use serde_json::{Value, json};

fn plan(scenario: &Value) -> Plan {
    let text = serde_json::to_string_pretty(scenario).expect("JSON");
    match longshore::scenario::load_text(&text, std::path::Path::new(".")) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{}\n{text}", refused.problems.render(&refused.sources)),
    }
}

fn design(replications: u64) -> Design {
    Design { replications, precision: None, most: 0, baseline: 0, figures: Vec::new(), checking: Checking::Off }
}

fn compared(plans: &[(&str, Plan)], design: &Design, journal: Option<&Journal>) -> Comparison {
    let contenders: Vec<Contender> = plans.iter().map(|(name, plan)| Contender { name, changes: &[], plan }).collect();
    compare("test", &contenders, design, journal, |_| {}).unwrap_or_else(|error| panic!("{error}"))
}

/// Three zones, a web service, batches, and failures of all levels, under a placement strategy.
fn varied(strategy: &Value) -> Value {
    json!({
        "name": "varied",
        "duration": "20d",
        "zones": ["a", "b", "c"],
        "capacity": [{"name": "group", "instanceType": "m5.large", "count": 6}],
        "taskDefinitions": [
            {"family": "web", "containerDefinitions": [{
                "name": "app", "cpu": 512, "memory": 1024,
                "restartPolicy": {"enabled": true, "restartAttemptPeriod": 0},
            }]},
            {"family": "job", "containerDefinitions": [{"name": "work", "cpu": 64, "memory": 64}]},
        ],
        "services": [{
            "name": "web", "taskDefinition": "web", "desiredCount": 8, "placementStrategy": strategy,
            "availabilityZoneRebalancing": "DISABLED",
        }],
        "runTask": [{
            "name": "jobs", "taskDefinition": "job", "every": {"exponential": {"mean": "2h"}},
            "runTime": {"exponential": {"mean": "10m"}}, "placementStrategy": strategy, "whenNoRoom": "wait",
        }],
        "failures": [
            {"type": "zoneOutage", "every": {"exponential": {"mean": "30d"}}, "lasts": {"lognormal": {"median": "2h", "sigma": 0.8}}},
            {"type": "instanceFailure", "every": {"exponential": {"mean": "40d"}}},
            {"type": "imageRegistryOutage", "every": {"exponential": {"mean": "10d"}}, "lasts": {"exponential": {"mean": "1h"}}},
            {"type": "containerCrash", "every": {"exponential": {"mean": "5d"}}},
        ],
    })
}

fn strategies() -> [(&'static str, Value); 4] {
    [
        ("spread", json!([{"type": "spread", "field": "attribute:ecs.availability-zone"}])),
        ("binpack", json!([{"type": "binpack", "field": "memory"}])),
        ("spread instances", json!([{"type": "spread", "field": "instanceId"}])),
        ("random", json!([{"type": "random"}])),
    ]
}

fn plans() -> Vec<(&'static str, Plan)> {
    strategies().into_iter().map(|(name, strategy)| (name, plan(&varied(&strategy)))).collect()
}

#[test]
fn a_variant_is_identical_to_its_copy() {
    let [(_, strategy), ..] = strategies();
    let one = plan(&varied(&strategy));
    let found = compared(&[("one", one.clone()), ("other", one)], &design(10), None);
    assert!(found.figures.len() > 10, "{} figures", found.figures.len());
    for figure in &found.figures {
        for difference in &figure.differences {
            let verdict = serde_json::to_value(difference.verdict).expect("JSON");
            assert_eq!((verdict, difference.mean), (json!("identical"), Some(0.0)), "{}", figure.figure);
            assert_eq!((difference.p, difference.low, difference.high), (None, Some(0.0), Some(0.0)));
        }
        assert!(figure.ranking.iter().all(|rank| (rank.from, rank.to) == (1, 2)));
    }
    assert!(found.reasons.is_empty());
}

/// The parts of a difference in lost task-time add up to it.
#[test]
fn reasons_add_up() {
    let found = compared(&plans(), &design(12), None);
    assert!(!found.reasons.is_empty());
    for reason in &found.reasons {
        let sum: f64 = reason.parts.iter().map(|part| part.mean).sum();
        let size: f64 = reason.parts.iter().map(|part| part.mean.abs()).sum();
        assert!((sum - reason.mean).abs() <= 1e-9 * size.max(1.0), "{} to {}: {sum}", reason.variant, reason.to);
    }
}

fn bytes(comparison: &Comparison) -> String {
    serde_json::to_string_pretty(comparison).expect("JSON")
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let plans = plans();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| bytes(&compared(&plans, &design(9), None)))
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
}

/// What was written down is not run again, and the result is the same.
#[test]
fn a_comparison_goes_on_where_it_was() {
    let plans = plans();
    let list: Vec<&Plan> = plans.iter().map(|(_, plan)| plan).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.journal");
    let journal = Journal::open(&path, &list, Start::Anew).expect("a journal");
    compared(&plans, &design(4), Some(&journal));
    drop(journal);
    let journal = Journal::open(&path, &list, Start::Resume).expect("the journal");
    let resumed = compared(&plans, &design(9), Some(&journal));
    assert_eq!(bytes(&resumed), bytes(&compared(&plans, &design(9), None)));
    // Under another seed everything would be lost differently: what is found is what was written down.
    let others: Vec<(&str, Plan)> =
        plans.iter().map(|(name, plan)| (*name, Plan { seed: plan.seed + 1, ..plan.clone() })).collect();
    let lost = |found: &Comparison| {
        let figure = found.figure("services.web.lostTaskSeconds").expect("a figure");
        figure.values.iter().map(|value| value.mean).collect::<Vec<_>>()
    };
    assert_eq!(lost(&compared(&others, &design(9), Some(&journal))), lost(&resumed));
    assert_ne!(lost(&compared(&others, &design(9), None)), lost(&resumed));
    drop(journal);
    assert!(Journal::open(&path, &list[1..], Start::Resume).is_err(), "another comparison");
}
