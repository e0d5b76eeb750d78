//! No inert option: every failure model, strategy, delay and meter that is registered changes something somewhere.

use longshore::experiment::{Options, run};
use longshore::metrics::outcome::Outcome;
use longshore::platform::timings;
use serde_json::{Value, json};

/// A small world in which everything happens: checks, restarts, pulls, drains, batches, a load balancer, a full fleet.
fn rich() -> Value {
    json!({
        "name": "rich",
        "duration": "3d",
        "zones": ["a", "b", "c"],
        "capacity": [{
            "name": "group", "count": 6,
            "instanceType": {"vcpu": 4, "memory": "8GiB", "usdPerHour": 0.1},
            "attributes": {"stack": "blue"}, "imagePullBehavior": "always",
        }, {
            "name": "other", "count": 3, "instanceType": {"vcpu": 2, "memory": "16GiB", "usdPerHour": 0.1},
        }],
        "taskDefinitions": [
            {"family": "web", "networkMode": "awsvpc", "containerDefinitions": [{
                "name": "app", "cpu": 512, "memory": 1024, "memoryReservation": 768, "healthCheck": {"interval": 30},
            }]},
            {"family": "plain", "containerDefinitions": [{
                "name": "app", "cpu": 512, "memory": 1024, "restartPolicy": {"enabled": true, "restartAttemptPeriod": 60},
            }]},
            {"family": "job", "containerDefinitions": [{"name": "work", "cpu": 256, "memory": 256}]},
        ],
        "services": [
            {"name": "web", "taskDefinition": "web", "desiredCount": 6, "loadBalancer": {"requestsPerSecond": 10}},
            {"name": "plain", "taskDefinition": "plain", "desiredCount": 12, "availabilityZoneRebalancing": "ENABLED"},
        ],
        "runTask": [{
            "name": "jobs", "taskDefinition": "job", "every": {"exponential": {"mean": "5m"}}, "runTime": "20m",
            "whenNoRoom": "wait",
        }],
        "failures": [
            {"type": "containerCrash", "every": {"exponential": {"mean": "1d"}}},
            {"type": "containerHang", "every": {"exponential": {"mean": "2d"}}},
            {"type": "instanceFailure", "at": "6h", "target": {"count": 1}},
            {"type": "instanceFailure", "at": "30h", "seen": "terminated", "target": {"count": 2}},
            {"type": "instanceReboot", "at": "12h", "target": {"count": 1}},
            {"type": "instanceRetirement", "at": "18h", "target": {"count": 1}},
            {"type": "agentDisconnect", "at": "20h", "lasts": "10m", "target": {"count": 1}},
            {"type": "zoneOutage", "at": "1d", "lasts": "2h", "target": {"zones": ["b"]}},
            {"type": "imageRegistryOutage", "at": "29h50m", "lasts": "30m"},
            // All zones at once: launches fail everywhere for a while.
            {"type": "zoneOutage", "at": "2d", "lasts": "20m", "share": "40%", "lost": "100%"},
        ],
    })
}

fn outcome(scenario: &Value) -> Outcome {
    let text = serde_json::to_string_pretty(scenario).expect("JSON");
    match longshore::scenario::load_text(&text, std::path::Path::new(env!("CARGO_MANIFEST_DIR"))) {
        Ok(loaded) => run(&loaded.plan, Options::default()),
        Err(refused) => panic!("{}\n{text}", refused.problems.render(&refused.sources)),
    }
}

/// The figures without the list of failures, which names the models themselves.
fn figures(outcome: &Outcome) -> String {
    let mut outcome = outcome.clone();
    outcome.failures.clear();
    outcome.incidents.clear();
    outcome.events = 0;
    format!("{outcome:?}")
}

/// A cluster in which every setting of Kubernetes has something to bite on.
fn rich_on_kubernetes() -> Value {
    let workload = |kind: &str, name: &str, replicas: u32, extra: Value| {
        let labels = json!({"app": name});
        let mut pod = json!({
            "metadata": {"labels": labels},
            "spec": {"containers": [{
                "name": "app", "image": format!("{name}:1"),
                "resources": {"requests": {"cpu": "400m", "memory": "700Mi"}, "limits": {"memory": "1Gi"}},
                "readinessProbe": {"tcpSocket": {"port": 80}}, "livenessProbe": {"tcpSocket": {"port": 80}},
            }]},
        });
        for (key, value) in extra.as_object().expect("an object") {
            pod["spec"][key] = value.clone();
        }
        json!({
            "apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod},
        })
    };
    let mut scenario = rich();
    let fields = scenario.as_object_mut().expect("an object");
    for field in ["taskDefinitions", "services", "runTask"] {
        fields.remove(field);
    }
    scenario["orchestrator"] = json!("kubernetes");
    scenario["kubernetes"] = json!({"controlPlane": "upstream"});
    scenario["capacity"] = json!([
        {"name": "group", "count": 3, "instanceType": {"vcpu": 4, "memory": "8GiB", "usdPerHour": 0.1}, "maxPods": 20},
        {"name": "kept", "count": 9, "instanceType": {"vcpu": 4, "memory": "8GiB", "usdPerHour": 0.1}, "maxPods": 20,
         "suspendedProcesses": ["ReplaceUnhealthy", "AZRebalance"]},
    ]);
    scenario["manifests"] = json!([
        workload("Deployment", "web", 18, json!({})),
        workload("Deployment", "crashing", 2, json!({})),
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
         "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
    ]);
    scenario["workloads"] = json!({"web": {"requestsPerSecond": 10}});
    let failures = scenario["failures"].as_array_mut().expect("a list");
    failures.push(json!({"type": "containerCrash", "every": {"exponential": {"mean": "4m"}}, "target": {"services": ["crashing"]}}));
    failures.push(
        json!({"type": "zoneOutage", "loses": "network", "at": "40h", "lasts": "2h", "target": {"zones": ["a"]}}),
    );
    // While launches fail everywhere.
    failures.push(
        json!({"type": "instanceFailure", "seen": "terminated", "at": "48h5m", "target": {"capacity": ["group"]}}),
    );
    // Three of the four nodes of a zone, before anything else has struck one: partly down.
    failures.push(
        json!({"type": "agentDisconnect", "at": "2h", "lasts": "2h", "target": {"zones": ["c"], "capacity": ["kept"]}}),
    );
    scenario
}

#[test]
fn every_delay_changes_something() {
    let of_ecs = figures(&outcome(&rich()));
    let of_kubernetes = figures(&outcome(&rich_on_kubernetes()));
    let schema = longshore::scenario::schema();
    let known = schema["$defs"]["TimingsSpec"]["properties"].as_object().expect("the delays of the schema");
    assert!(known.len() > 15, "{known:?}");
    for name in known.keys() {
        let given = match name.as_str() {
            "retry" => json!({"retry": {"initial": "3m"}}),
            name => json!({name: "77s"}),
        };
        for (base, scenario, foreign) in [
            (&of_ecs, rich(), &timings::OF_KUBERNETES[..]),
            (&of_kubernetes, rich_on_kubernetes(), &timings::OF_ECS[..]),
        ] {
            let mut scenario = scenario;
            scenario["timings"] = given.clone();
            let outcome = outcome(&scenario);
            if foreign.contains(&name.as_str()) {
                assert!(
                    outcome.warnings.iter().any(|warning| warning.contains(name)),
                    "no warning of `timings.{name}`"
                );
            } else {
                assert_ne!(*base, figures(&outcome), "`timings.{name}` changes nothing in\n{scenario}");
            }
        }
    }
    for (field, value) in [("max", json!("20s")), ("whenCapacityChanges", json!(true))] {
        let mut scenario = rich();
        scenario["timings"] = json!({"retry": {field: value}});
        assert_ne!(of_ecs, figures(&outcome(&scenario)), "`timings.retry.{field}` changes nothing");
    }
}

#[test]
fn every_setting_of_kubernetes_changes_something() {
    let base = figures(&outcome(&rich_on_kubernetes()));
    let schema = longshore::scenario::schema();
    let known = schema["$defs"]["SettingsFile"]["properties"].as_object().expect("the settings of the schema");
    for name in known.keys() {
        let mut scenario = rich_on_kubernetes();
        scenario["kubernetes"][name] = match name.as_str() {
            "controlPlane" => json!("eks"),
            "nodeMonitorGracePeriod" => json!("20s"),
            "nodeMonitorPeriod" => json!("60s"),
            "nodeEvictionRate" => json!(0.001),
            // Of the four nodes of a zone three are cut off: a large zone where two nodes make one.
            "secondaryNodeEvictionRate" => json!(0.5),
            "unhealthyZoneThreshold" => json!("90%"),
            "largeClusterSizeThreshold" => json!(2),
            "serializeImagePulls" => json!(false),
            "crashLoopBackOff" => json!({"initial": "60s"}),
            "schedulerProfile" => json!({"pluginConfig": [{
                "name": "NodeResourcesFit",
                "args": {"scoringStrategy": {"type": "MostAllocated", "resources": [{"name": "cpu", "weight": 1}]}},
            }]}),
            other => panic!("no value to try for `kubernetes.{other}`"),
        };
        let mut base = base.clone();
        if name == "secondaryNodeEvictionRate" {
            let mut large = rich_on_kubernetes();
            large["kubernetes"]["largeClusterSizeThreshold"] = json!(2);
            scenario["kubernetes"]["largeClusterSizeThreshold"] = json!(2);
            base = figures(&outcome(&large));
        }
        if name == "serializeImagePulls" {
            // Pods of two images come to a node at once.
            let mut empty = rich_on_kubernetes();
            for of in [&mut empty, &mut scenario] {
                of["start"] = json!("empty");
                of["manifests"][0]["spec"]["replicas"] = json!(4);
            }
            base = figures(&outcome(&empty));
        }
        assert_ne!(base, figures(&outcome(&scenario)), "`kubernetes.{name}` changes nothing");
    }
    for (field, value) in [("max", json!("20s")), ("resetAfter", json!("1m")), ("firstRestartImmediate", json!(false))]
    {
        let mut scenario = rich_on_kubernetes();
        scenario["kubernetes"]["crashLoopBackOff"] = json!({field: value});
        assert_ne!(base, figures(&outcome(&scenario)), "`kubernetes.crashLoopBackOff.{field}` changes nothing");
    }
}

#[test]
fn every_failure_changes_something() {
    let mut quiet = rich();
    quiet["failures"] = json!([]);
    let base = figures(&outcome(&quiet));
    for (name, _) in longshore::failure::REGISTRY {
        let failure = match *name {
            "outOfMemory" => json!({"type": name, "at": "1d", "memoryUse": {"median": "2GiB", "sigma": 0.1}}),
            "trace" => json!({"type": name, "file": "tests/data/trace.csv"}),
            // These strike what is starting: something must start meanwhile.
            "controlPlaneOutage" | "imageRegistryOutage" | "permissionRevoked" => {
                json!({"type": name, "at": "1d", "lasts": "6h"})
            }
            "agentDisconnect" => json!({"type": name, "at": "1d", "lasts": "6h"}),
            _ => json!({"type": name, "at": "1d"}),
        };
        let mut scenario = quiet.clone();
        let crash = json!({"type": "instanceFailure", "seen": "terminated", "at": "25h", "target": {"count": 2}});
        let strikes_starts = ["controlPlaneOutage", "imageRegistryOutage", "permissionRevoked"].contains(name);
        scenario["failures"] = if strikes_starts { json!([failure, crash.clone()]) } else { json!([failure]) };
        let base = if strikes_starts {
            let mut with_crash = quiet.clone();
            with_crash["failures"] = json!([crash]);
            figures(&outcome(&with_crash))
        } else {
            base.clone()
        };
        assert_ne!(base, figures(&outcome(&scenario)), "`{name}` changes nothing");
    }
}

#[test]
fn every_strategy_changes_something() {
    let mut seen: Vec<(String, String)> = Vec::new();
    for entry in longshore::placement::strategy::REGISTRY {
        let fields: Vec<Option<&str>> = match entry.fields {
            "" => vec![None],
            list => list.split(", ").map(Some).collect(),
        };
        for field in fields {
            let field =
                field.map(|field| if field == "attribute:NAME" { "attribute:ecs.availability-zone" } else { field });
            let mut scenario = rich();
            // Other shapes than 1:2, so that CPU and memory order instances differently.
            scenario["taskDefinitions"][1]["containerDefinitions"][0]["memory"] = json!(2048);
            scenario["taskDefinitions"][2]["containerDefinitions"][0]["cpu"] = json!(1024);
            scenario["services"][1]["availabilityZoneRebalancing"] = json!("DISABLED");
            let mut strategy = json!({"type": entry.name});
            if let Some(field) = field {
                strategy["field"] = json!(field);
            }
            scenario["services"][1]["placementStrategy"] = json!([strategy]);
            let name = format!("{} {}", entry.name, field.unwrap_or(""));
            let figures = figures(&outcome(&scenario));
            // `host` is another name of `instanceId`.
            if let Some((other, _)) = seen.iter().find(|(_, known)| *known == figures) {
                assert!(
                    name.contains("host") && other.contains("instanceId"),
                    "`{name}` does just what `{other}` does"
                );
            }
            seen.push((name, figures));
        }
    }
}

/// Every meter writes something into the outcome that is not there without it.
#[test]
fn every_meter_reports_something() {
    use longshore::metrics::REGISTRY;
    let text = rich().to_string();
    let Ok(loaded) = longshore::scenario::load_text(&text, std::path::Path::new(".")) else { panic!("rich is fine") };
    let mut engine = longshore::engine::build(&loaded.plan, Default::default());
    longshore::experiment::single::finish(&loaded.plan, &mut engine, None);
    let world = engine.world.clone();
    let (_, meters) = engine.meters();
    // The timeline and the snapshots are handed over by their report: they are looked at first.
    for place in (0..REGISTRY.len()).rev() {
        let mut alone = Outcome::default();
        for earlier in &mut meters[..place.min(5)] {
            earlier.report(&world, &mut alone);
        }
        let before = format!("{alone:?}");
        meters[place].report(&world, &mut alone);
        assert_ne!(before, format!("{alone:?}"), "the meter `{}` reports nothing", REGISTRY[place].name);
    }
}
