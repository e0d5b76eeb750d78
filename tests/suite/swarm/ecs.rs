//! Random fleets under ECS.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::failures::failures;
use super::pick;

/// A random scenario in which all failures are over after two of ten days, and in which there is room for everything.
pub fn scenario(seed: u64) -> Value {
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
    let failures = failures(&mut rng);
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
