//! Random clusters under Kubernetes.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::failures::failures;
use super::pick;

/// A random scenario in which all failures are over after two of ten days, and in which there is room for everything.
pub fn scenario(seed: u64) -> Value {
    let mut rng = StdRng::seed_from_u64(seed ^ 0x6b75_6265);
    let zones: Vec<String> = (0..rng.random_range(2..=4)).map(|zone| format!("zone-{zone}")).collect();
    let groups = rng.random_range(1..=2);
    let capacity: Vec<Value> = (0..groups)
        .map(|group| {
            json!({
                "name": format!("group-{group}"),
                "instanceType": pick(&mut rng, &["m5.large", "c5.xlarge", "m5.2xlarge"]),
                "count": rng.random_range(4..=9),
                "labels": {"stack": pick(&mut rng, &["blue", "green"])},
                "managedDraining": pick(&mut rng, &["ENABLED", "DISABLED"]),
            })
        })
        .collect();
    let mut manifests = Vec::new();
    let mut workloads = json!({});
    for number in 0..rng.random_range(1..=4) {
        let name = format!("service-{number}");
        let labels = json!({"app": name});
        let mut container = json!({
            "name": "app",
            "image": "app:1",
            "resources": {"requests": {"cpu": "150m", "memory": "200Mi"}, "limits": {"memory": "300Mi"}},
        });
        if rng.random_bool(0.5) {
            container["readinessProbe"] = json!({"tcpSocket": {"port": 80}, "periodSeconds": rng.random_range(2..=10)});
        }
        // What hangs for ever is only ever ended by a liveness probe.
        container["livenessProbe"] = json!({"tcpSocket": {"port": 80}});
        let mut pod = json!({"containers": [container]});
        match rng.random_range(0..4) {
            0 => {
                pod["topologySpreadConstraints"] = json!([{
                    "maxSkew": rng.random_range(1..=3),
                    "topologyKey": "topology.kubernetes.io/zone",
                    "whenUnsatisfiable": pick(&mut rng, &["DoNotSchedule", "ScheduleAnyway"]),
                    "labelSelector": {"matchLabels": labels},
                }]);
            }
            1 => {
                pod["affinity"] = json!({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{
                    "weight": 100,
                    "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": labels}},
                }]}});
            }
            _ => {}
        }
        let kind = match rng.random_range(0..8) {
            0 => "DaemonSet",
            1 => "StatefulSet",
            _ => "Deployment",
        };
        let mut spec = json!({
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        });
        if kind != "DaemonSet" {
            spec["replicas"] = json!(rng.random_range(1..=8));
        }
        if kind == "StatefulSet" {
            spec["serviceName"] = json!(name);
            spec["podManagementPolicy"] = json!(pick(&mut rng, &["OrderedReady", "Parallel"]));
            if rng.random_bool(0.5) {
                spec["volumeClaimTemplates"] = json!([{
                    "metadata": {"name": "data"},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                }]);
            }
        }
        manifests.push(json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}));
        if rng.random_bool(0.6) {
            manifests.push(json!({
                "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
                "spec": {"selector": labels, "ports": [{"port": 80}]},
            }));
        }
        if rng.random_bool(0.4) {
            manifests.push(json!({
                "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name},
                "spec": {"maxUnavailable": pick(&mut rng, &["25%", "50%"]), "selector": {"matchLabels": labels}},
            }));
        }
        workloads[&name] = json!({"imageSize": "100MiB"});
        if kind == "Deployment" && rng.random_bool(0.3) {
            workloads[&name]["scheduledScaling"] = json!([
                {"at": format!("{}h", rng.random_range(1..40)), "desiredCount": rng.random_range(1..=8)},
                {"at": format!("{}h", rng.random_range(1..40)), "desiredCount": rng.random_range(1..=8)},
            ]);
        }
    }
    let failures = failures(&mut rng);
    json!({
        "name": format!("swarm-{seed}"),
        "seed": seed,
        "duration": "10d",
        "orchestrator": "kubernetes",
        "kubernetes": {"controlPlane": pick(&mut rng, &["eks", "upstream"])},
        "start": pick(&mut rng, &["running", "empty"]),
        "tieBreak": pick(&mut rng, &["random", "first"]),
        "zones": zones,
        "capacity": capacity,
        "manifests": manifests,
        "workloads": workloads,
        "failures": failures,
    })
}
