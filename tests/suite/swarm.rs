//! Random fleets, workloads and failures from a seed: the invariants hold after every event, and when the failures have
//! stopped every service comes back to its desired count. The seed that fails is printed.

use longshore::engine::{Checking, Setup};
use longshore::experiment::explain::outcome::{Answer, OutageRow};
use longshore::experiment::{Options, explain, run};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use serde_json::{Value, json};

fn pick(rng: &mut StdRng, of: &[&'static str]) -> &'static str {
    of.choose(rng).copied().unwrap_or_default()
}

/// A random scenario in which all failures are over after two of ten days, and in which there is room for everything.
fn scenario(seed: u64) -> Value {
    let mut rng = StdRng::seed_from_u64(seed);
    let zones: Vec<String> = (0..rng.random_range(2..=4)).map(|zone| format!("zone-{zone}")).collect();
    let groups = rng.random_range(1..=2);
    let capacity: Vec<Value> = (0..groups)
        .map(|group| {
            json!({
                "name": format!("group-{group}"),
                "instanceType": pick(&mut rng, &["m5.large", "c5.xlarge", "m5.2xlarge"]),
                "count": rng.random_range(4..=9),
                "attributes": {"stack": pick(&mut rng, &["blue", "green"])},
                "managedDraining": pick(&mut rng, &["ENABLED", "DISABLED"]),
                "imagePullBehavior": pick(&mut rng, &["default", "prefer-cached", "always"]),
            })
        })
        .collect();
    let services = rng.random_range(1..=4);
    let mut definitions = Vec::new();
    let mut list = Vec::new();
    for service in 0..services {
        let mut container =
            json!({"name": "app", "cpu": 128 * rng.random_range(1..=3), "memory": 300, "memoryReservation": 200});
        if rng.random_bool(0.3) {
            container["healthCheck"] = json!({"interval": 10, "retries": 2});
        }
        if rng.random_bool(0.3) {
            container["restartPolicy"] = json!({"enabled": true, "restartAttemptPeriod": 60, "ignoredExitCodes": [0]});
        }
        let mut containers = vec![container];
        if rng.random_bool(0.2) {
            containers.push(json!({"name": "sidecar", "memory": 32, "essential": rng.random_bool(0.5)}));
        }
        definitions.push(json!({"family": format!("family-{service}"), "containerDefinitions": containers}));
        let mut row = json!({"name": format!("service-{service}"), "taskDefinition": format!("family-{service}"), "imageSize": "100MiB"});
        if rng.random_bool(0.15) {
            row["schedulingStrategy"] = json!("DAEMON");
        } else {
            row["desiredCount"] = json!(rng.random_range(1..=8));
            let strategies = [
                json!([{"type": "spread", "field": "attribute:ecs.availability-zone"}, {"type": "binpack", "field": "memory"}]),
                json!([{"type": "spread", "field": "instanceId"}]),
                json!([{"type": "binpack", "field": "cpu"}]),
                json!([{"type": "random"}]),
                json!([{"type": "spread", "field": "attribute:stack"}, {"type": "spread", "field": "host"}]),
            ];
            if rng.random_bool(0.8) {
                row["placementStrategy"] = strategies.choose(&mut rng).expect("some").clone();
            }
            let bounds = [(100, 200), (50, 100), (0, 100), (50, 150), (100, 150)];
            let (minimum, maximum) = *bounds.choose(&mut rng).expect("some");
            row["deploymentConfiguration"] = json!({"minimumHealthyPercent": minimum, "maximumPercent": maximum});
            if rng.random_bool(0.5) {
                row["loadBalancer"] =
                    json!({"healthCheckIntervalSeconds": 10, "deregistrationDelaySeconds": rng.random_range(0..=60)});
            }
            if rng.random_bool(0.3) {
                row["scheduledScaling"] = json!([
                    {"at": format!("{}h", rng.random_range(1..40)), "desiredCount": rng.random_range(1..=8)},
                    {"at": format!("{}h", rng.random_range(1..40)), "desiredCount": rng.random_range(1..=8)},
                ]);
            }
        }
        list.push(row);
    }
    let batches = if rng.random_bool(0.3) {
        json!([{
            "name": "batch", "taskDefinition": "family-0", "every": {"exponential": {"mean": "10m"}},
            "runTime": {"lognormal": {"median": "5m", "sigma": 1.0}}, "count": 200,
            "whenNoRoom": pick(&mut rng, &["fail", "wait"]),
        }])
    } else {
        json!([])
    };
    let kinds = [
        "containerCrash",
        "containerHang",
        "outOfMemory",
        "instanceFailure",
        "instanceReboot",
        "agentDisconnect",
        "instanceHang",
        "instanceRetirement",
        "correlatedGroup",
        "zoneOutage",
        "controlPlaneOutage",
        "imageRegistryOutage",
        "permissionRevoked",
    ];
    let failures: Vec<Value> = (0..rng.random_range(1..=10))
        .map(|_| {
            let kind = *kinds.choose(&mut rng).expect("some");
            let mut failure = json!({"type": kind, "at": format!("{}m", rng.random_range(1..2880))});
            if !matches!(kind, "containerCrash" | "outOfMemory" | "instanceFailure" | "instanceRetirement") {
                failure["lasts"] = json!(format!("{}s", rng.random_range(5..7200)));
            }
            match kind {
                "containerCrash" | "containerHang" => failure["target"] = json!({"share": "50%"}),
                "outOfMemory" => {
                    failure["target"] = json!({"share": "50%"});
                    failure["memoryUse"] = json!({"median": "300MiB", "sigma": 0.5});
                }
                "instanceFailure" => {
                    failure["target"] = json!({"count": rng.random_range(1..=2)});
                    failure["seen"] = json!(pick(&mut rng, &["impaired", "terminated"]));
                }
                "instanceReboot" | "agentDisconnect" | "instanceHang" | "instanceRetirement" => {
                    failure["target"] = json!({"count": rng.random_range(1..=2)});
                }
                "correlatedGroup" => {
                    failure["size"] = json!(3);
                    failure["target"] = json!({"count": 1});
                }
                "zoneOutage" => {
                    failure["target"] = json!({"count": 1});
                    failure["loses"] = json!(pick(&mut rng, &["power", "network"]));
                    failure["share"] = json!(pick(&mut rng, &["100%", "50%"]));
                    failure["controlPlane"] = json!("30%");
                }
                _ => {}
            }
            failure
        })
        .collect();
    json!({
        "name": format!("swarm-{seed}"),
        "seed": seed,
        "duration": "10d",
        "start": pick(&mut rng, &["running", "empty"]),
        "tieBreak": pick(&mut rng, &["random", "first"]),
        "zones": zones,
        "capacity": capacity,
        "taskDefinitions": definitions,
        "services": list,
        "runTask": batches,
        "failures": failures,
    })
}

/// What went wrong with a seed.
fn trial(seed: u64) -> Result<u64, String> {
    let json = scenario(seed);
    let text = serde_json::to_string_pretty(&json).expect("JSON");
    let plan = match longshore::scenario::load_text(&text, std::path::Path::new(".")) {
        Ok(loaded) => loaded.plan,
        Err(refused) => return Err(format!("seed {seed}: {}\n{text}", refused.problems.render(&refused.sources))),
    };
    let setup = Setup { checking: Checking::Every(1), ..Setup::default() };
    let mut engine = longshore::engine::build(&plan, setup);
    let outcome = longshore::experiment::single::finish(&plan, &mut engine, None);
    if let Some(broken) = &engine.broken {
        return Err(format!("seed {seed}: {broken}\n{text}"));
    }
    for (service, figures) in outcome.services.iter().enumerate() {
        let last = outcome.timeline.services[service].points.last();
        let (healthy, desired) = last.map_or((0, 0), |point| (point.healthy, point.desired));
        if healthy != desired {
            return Err(format!("seed {seed}: `{}` ends with {healthy} of {desired} tasks\n{text}", figures.name));
        }
        let lost: f64 = figures.lost.iter().map(|lost| lost.task_seconds).sum();
        let missing = (1.0 - figures.capacity_availability) * 864_000.0;
        // With a desired count that changes, the mean of the share and the missing tasks are two different sums.
        if json["services"][service]["scheduledScaling"].is_null() && figures.scheduling == "REPLICA" {
            let expected = missing * f64::from(figures.desired);
            if (lost - expected).abs() > 1e-3 * (1.0 + expected) {
                return Err(format!(
                    "seed {seed}: `{}` lost {expected} task-seconds, {lost} are booked\n{text}",
                    figures.name
                ));
            }
        }
    }
    Ok(outcome.events)
}

#[test]
fn random_fleets_survive_and_recover() {
    let (first, count) = match std::env::var("LONGSHORE_SWARM") {
        // `LONGSHORE_SWARM=1234` repeats one seed, `LONGSHORE_SWARM=0..5000` runs many.
        Ok(range) => match range.split_once("..") {
            Some((first, end)) => {
                let (first, end): (u64, u64) = (first.parse().expect("a seed"), end.parse().expect("a seed"));
                (first, end - first)
            }
            None => (range.parse().expect("a seed"), 1),
        },
        Err(_) => (0, 400),
    };
    let failed: Vec<String> = (first..first + count).into_par_iter().filter_map(|seed| trial(seed).err()).collect();
    assert!(failed.is_empty(), "{} of {count} seeds fail; the first:\n{}", failed.len(), failed[0]);
}

/// What explanations say agrees with what the run counts: as many outages, as long; the critical path fills each without a
/// gap, and its phases sum to it; what ends it is named.
#[test]
fn explanations_agree_with_the_run() {
    let failed: Vec<String> = (0..120u64).into_par_iter().filter_map(|seed| explained(seed).err()).collect();
    assert!(failed.is_empty(), "{} seeds fail; the first:\n{}", failed.len(), failed[0]);
}

fn explained(seed: u64) -> Result<(), String> {
    let text = scenario(seed).to_string();
    let plan = match longshore::scenario::load_text(&text, std::path::Path::new(".")) {
        Ok(loaded) => loaded.plan,
        Err(refused) => return Err(refused.problems.render(&refused.sources)),
    };
    let outcome = run(&plan, Options::default());
    let Answer::Outages(list) = explain::outages(&plan, None).answer else { return Err("no list".into()) };
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (1.0 + a.abs());
    for figures in &outcome.services {
        let of = |row: &&OutageRow| row.service == figures.name && row.kind == "outage";
        let lengths: Vec<f64> = list.outages.iter().filter(of).map(|row| row.length_seconds).collect();
        let longest = lengths.first().copied();
        let (count, known) = (figures.outages.count, figures.outages.longest_seconds);
        let same = longest.unwrap_or(0.0) == known.unwrap_or(0.0) || near(longest.unwrap_or(0.0), known.unwrap_or(0.0));
        if lengths.len() as u64 != count || !same {
            return Err(format!("seed {seed}, {}: {lengths:?}, but {count} up to {known:?}", figures.name));
        }
    }
    for row in list.outages.iter().take(4) {
        let found = explain::outage(&plan, None, row.number).map_err(|wrong| wrong.message)?;
        let Answer::Outage(outage) = &found.answer else { return Err("no outage".into()) };
        let wrong = |what: &str| Err(format!("seed {seed}, outage {}: {what}\n{outage:#?}", row.number));
        if outage.outage != *row {
            return wrong("another row");
        }
        let mut at = row.began_seconds;
        for stretch in &outage.path {
            if stretch.from_seconds != at || stretch.to_seconds <= at {
                return wrong("a gap in the path");
            }
            at = stretch.to_seconds;
        }
        if !near(at, row.began_seconds + row.length_seconds) {
            return wrong("the path does not reach the end");
        }
        if !near(outage.phases.iter().map(|phase| phase.seconds).sum(), row.length_seconds) {
            return wrong("the phases do not sum to the length");
        }
        if outage.courses.is_empty() || outage.courses.iter().any(|course| course.entries.is_empty()) {
            return wrong("a course without entries");
        }
        let shown =
            longshore::report::explain::text(&found, longshore::report::explain::Options { all: seed % 2 == 0 });
        if let Some(line) = shown.lines().find(|line| line.chars().count() > 100) {
            return wrong(&format!("wider than 100 columns: {line}"));
        }
    }
    Ok(())
}

/// The same seed gives the same figures, event for event.
#[test]
fn the_same_seed_repeats() {
    for seed in 0..20 {
        let text = scenario(seed).to_string();
        let Ok(loaded) = longshore::scenario::load_text(&text, std::path::Path::new(".")) else {
            panic!("seed {seed}")
        };
        let once = format!("{:?}", run(&loaded.plan, Options::default()));
        let again = format!("{:?}", run(&loaded.plan, Options::default()));
        assert_eq!(once, again, "seed {seed}");
    }
}
