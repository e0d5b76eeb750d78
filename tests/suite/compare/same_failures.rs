//! Common random numbers: every variant meets the very same crashes, outages and arrivals.

use longshore::engine::Setup;
use longshore::experiment::{Options, run};
use longshore::metrics::outcome::Outcome;
use serde_json::{Value, json};

use super::{compared, design, plan, strategies, varied};

fn outcome(scenario: &Value, replication: u64) -> Outcome {
    run(&plan(scenario), Options { setup: Setup { replication, ..Setup::default() }, progress: None })
}

/// When each failure began and ended, and what it struck. Crashes of containers are one incident: see below.
fn incidents(outcome: &Outcome) -> Vec<(String, String, u64, Option<u64>)> {
    let micros = |seconds: f64| (seconds * 1e6).round() as u64;
    outcome
        .incidents
        .iter()
        .filter(|incident| !incident.failure.starts_with("containerCrash"))
        .map(|incident| {
            let ended = incident.ended_seconds.map(micros);
            (incident.failure.clone(), incident.struck.clone(), micros(incident.began_seconds), ended)
        })
        .collect()
}

#[test]
fn outages_failures_and_arrivals_are_the_same_under_every_strategy() {
    let mut zones = 0;
    let mut instances = 0;
    for replication in 0..8 {
        let outcomes: Vec<Outcome> =
            strategies().iter().map(|(_, strategy)| outcome(&varied(strategy), replication)).collect();
        let first = incidents(&outcomes[0]);
        zones += first.iter().filter(|one| one.0.starts_with("zoneOutage")).count();
        instances += first.iter().filter(|one| one.0.starts_with("instanceFailure")).count();
        for other in &outcomes[1..] {
            assert_eq!(incidents(other), first, "replication {replication}");
            assert_eq!(other.batches[0].arrived, outcomes[0].batches[0].arrived, "replication {replication}");
        }
    }
    assert!(
        zones >= 5 && instances >= 10,
        "{zones} outages of zones, {instances} of instances: too few to show anything"
    );
}

/// With crashes alone, restarted in place, where a task sits cannot matter: every figure of the service is the same to the last
/// bit in each replication, because the lives of each slot are.
#[test]
fn lives_of_containers_are_the_same_under_every_strategy() {
    let plans: Vec<_> = strategies()
        .into_iter()
        .map(|(name, strategy)| {
            let mut scenario = varied(&strategy);
            scenario["failures"] = json!([{"type": "containerCrash", "every": {"exponential": {"mean": "8h"}}}]);
            (name, plan(&scenario))
        })
        .collect();
    let found = compared(&plans, &design(10), None);
    let lost = found.figure("services.web.lostTaskSeconds").expect("a figure");
    assert!(lost.values.iter().all(|value| value.mean.is_some_and(|mean| mean > 100.0)), "{lost:?}");
    let placed = ["blastRadius", "fragmentation", "emptyShare"];
    let of_services = found.figures.iter().filter(|figure| figure.figure.starts_with("services."));
    for figure in of_services.filter(|figure| !placed.iter().any(|name| figure.figure.contains(name))) {
        let same = figure.differences.iter().all(|difference| difference.differing == 0);
        assert!(same, "{} differs", figure.figure);
    }
}

/// A second seed, and a second replication, meet other failures: the test above could fail.
#[test]
fn other_replications_meet_other_failures() {
    let [(_, strategy), ..] = strategies();
    let scenario = varied(&strategy);
    assert_ne!(incidents(&outcome(&scenario, 0)), incidents(&outcome(&scenario, 1)));
}
