//! From a case's model to the text of a scenario.

use serde_json::{Value, json};

/// A duration in seconds as a scenario writes it.
pub fn secs(seconds: f64) -> Value {
    json!(format!("{seconds:.9}s"))
}

/// A law of the theory file as a scenario writes it.
pub fn law(given: &Value) -> Value {
    let number = |field: &str| given[field].as_f64().unwrap_or_else(|| panic!("{field} of {given}"));
    match given["dist"].as_str() {
        Some("exponential") => exponential(number("mean")),
        Some("weibull") => json!({"weibull": {"shape": number("shape"), "scale": secs(number("scale"))}}),
        Some("lognormal") => json!({"lognormal": {"mu": number("mu"), "sigma": number("sigma")}}),
        Some("gamma") => json!({"gamma": {"shape": number("shape"), "scale": secs(number("scale"))}}),
        Some("deterministic") => secs(number("value")),
        Some("uniform") => json!({"uniform": {"low": secs(number("low")), "high": secs(number("high"))}}),
        other => panic!("unknown law {other:?}"),
    }
}

pub fn exponential(mean: f64) -> Value {
    json!({"exponential": {"mean": secs(mean)}})
}

/// A scenario in which nothing takes time and a service is one container a task; what a case needs is put in place by
/// the setters.
pub struct Sketch {
    pub json: Value,
}

/// Delays that a case does not speak of are zero.
const ZERO: [&str; 20] = [
    "schedulerReaction",
    "provisioning",
    "eniAttachment",
    "containerStart",
    "containerRestart",
    "pullFailure",
    "targetRegistration",
    "containerStop",
    "deprovisioning",
    "instanceStateChange",
    "agentDisconnect",
    "agentReconnect",
    "statusCheck",
    "unhealthyDecision",
    "scalingReaction",
    "instanceLaunch",
    "instanceRegistration",
    "launchRetry",
    "zoneRebalance",
    "taskRebalance",
];

impl Sketch {
    /// `per_zone` instances in each zone, each with room for `slots` tasks.
    pub fn new(per_zone: &[u64], slots: u64) -> Sketch {
        let zones: Vec<String> = (0..per_zone.len().max(2)).map(|zone| format!("zone-{zone}")).collect();
        let mut count = serde_json::Map::new();
        for (zone, number) in per_zone.iter().enumerate() {
            count.insert(zones[zone].clone(), json!(number));
        }
        let mut timings: serde_json::Map<String, Value> =
            ZERO.iter().map(|name| ((*name).into(), json!("0s"))).collect();
        timings.insert("retry".into(), json!({"initial": "1s", "whenCapacityChanges": true}));
        Sketch {
            json: json!({
                "name": "theory",
                "duration": "1d",
                "tieBreak": "first",
                "zones": zones,
                "capacity": [{
                    "name": "group",
                    "instanceType": {"vcpu": slots, "memory": "1TiB"},
                    "count": count,
                }],
                "taskDefinitions": [{
                    "family": "one",
                    "containerDefinitions": [{"name": "c", "cpu": 1024, "memory": 64}],
                }],
                "services": [],
                "failures": [],
                "timings": timings,
            }),
        }
    }

    /// A single pod on Kubernetes, with the given CrashLoopBackOff.
    pub fn pod(crash_loop: Value) -> Sketch {
        let mut sketch = Sketch::new(&[1, 0], 1);
        let json = &mut sketch.json;
        json["orchestrator"] = json!("kubernetes");
        json["kubernetes"] = json!({"crashLoopBackOff": crash_loop});
        json["capacity"][0]["instanceType"]["vcpu"] = json!(2);
        json["manifests"] = json!([{
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "s"},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": {"app": "s"}},
                "template": {
                    "metadata": {"labels": {"app": "s"}},
                    "spec": {"containers": [{"name": "c", "image": "c:1"}]},
                },
            },
        }]);
        json["workloads"] = json!({"s": {"imageSize": "0MiB"}});
        for field in ["taskDefinitions", "services"] {
            json.as_object_mut().expect("an object").remove(field);
        }
        json["timings"].as_object_mut().expect("an object").remove("retry");
        sketch
    }

    /// A service of `desired` tasks that is up with `k` healthy ones.
    pub fn service(mut self, desired: u64, k: u64, placement: Value) -> Sketch {
        self.json["services"] = json!([{
            "name": "s",
            "taskDefinition": "one",
            "desiredCount": desired,
            "placementStrategy": placement,
            "availabilityZoneRebalancing": "DISABLED",
            "imageSize": "0MiB",
            "upWhen": {"healthy": k},
        }]);
        self
    }

    pub fn timing(mut self, name: &str, value: Value) -> Sketch {
        self.json["timings"][name] = value;
        self
    }

    pub fn failure(mut self, failure: Value) -> Sketch {
        self.json["failures"].as_array_mut().expect("a list").push(failure);
        self
    }

    /// Containers are restarted in place whatever their age.
    pub fn restarts_in_place(mut self, delay: Value) -> Sketch {
        self.json["taskDefinitions"][0]["containerDefinitions"][0]["restartPolicy"] =
            json!({"enabled": true, "restartAttemptPeriod": 0});
        self.timing("containerRestart", delay)
    }

    /// Auto Scaling leaves dead instances alone.
    pub fn keeps_instances(mut self) -> Sketch {
        self.json["capacity"][0]["suspendedProcesses"] = json!(["ReplaceUnhealthy", "AZRebalance"]);
        self
    }

    pub fn with(mut self, object: &str, field: &str, value: Value) -> Sketch {
        self.json.pointer_mut(object).unwrap_or_else(|| panic!("{object}"))[field] = value;
        self
    }
}

pub fn spread() -> Value {
    json!([{"type": "spread", "field": "instanceId"}])
}

pub fn binpack() -> Value {
    json!([{"type": "binpack", "field": "cpu"}])
}
