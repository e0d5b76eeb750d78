//! A scenario that stands among results is a scenario: it runs anywhere, to the same results.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{longshore, said};

const SCENARIO: &str = "name: shop
duration: 10d
orchestrator: kubernetes
zones: [a, b, c]
capacity: [{name: nodes, instanceType: m5.large, count: 3}]
manifests: [k8s/all.yaml]
failures: [{type: zoneOutage, at: 1d, lasts: 2h}]
objectives: [{service: web, availability: 50%}]
variants: [{name: three}, {name: six, set: {capacity.nodes.count: 6}}]
";

const MANIFESTS: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  strategy: {type: Recreate}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: \"main:1\", env: [{name: A, value: hidden}], resources: {requests: {cpu: 0.5, memory: 64Mi}}}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {schedule: \"0 0 * * *\"}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 9}
";

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("k8s")).expect("a folder");
    fs::write(folder.path().join("shop.yaml"), SCENARIO).expect("a file");
    fs::write(folder.path().join("k8s/all.yaml"), MANIFESTS).expect("a file");
    folder
}

/// What has no effect is named whether or not there is anything else to say, and stands with the results.
#[test]
fn warnings_about_manifests_are_told() {
    let folder = folder();
    let told = ["`CronJob` has no effect", "`HorizontalPodAutoscaler` has no effect", "`Recreate` has no effect"];
    for arguments in [["validate", "shop.yaml"].as_slice(), &["run", "shop.yaml", "--quiet"]] {
        let found = said(longshore(folder.path()).args(arguments));
        assert_eq!(found.code, Some(0), "{}", found.err);
        for message in told {
            assert!(found.err.contains(message), "{arguments:?}: {}", found.err);
        }
    }
    let summary: Value = serde_json::from_str(&text(&folder.path().join("output/shop/summary.json"))).expect("JSON");
    let warnings: Vec<&str> =
        summary["warnings"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    for message in told {
        assert!(warnings.iter().any(|warning| warning.starts_with(message)), "{warnings:?}");
    }
}

#[test]
fn the_scenario_of_a_result_runs_to_the_same_result() {
    let folder = folder();
    let ended = |arguments: &[&str]| {
        let found = said(longshore(folder.path()).args(arguments).arg("--quiet"));
        assert_eq!(found.code, Some(0), "{arguments:?}: {}", found.err);
    };
    let same = |one: &str, other: &str| {
        assert_eq!(text(&folder.path().join(one)), text(&folder.path().join(other)), "{one} and {other}");
    };
    ended(&["run", "shop.yaml", "--out", "one"]);
    ended(&["run", "one/scenario.yaml", "--out", "two"]);
    same("one/summary.json", "two/summary.json");
    same("one/scenario.yaml", "two/scenario.yaml");
    assert!(!text(&folder.path().join("one/scenario.yaml")).contains("hidden"), "what decides nothing is left out");
    ended(&["compare", "shop.yaml", "--replications", "2", "--out", "compared"]);
    ended(&["run", "compared/variant-2.yaml", "--out", "three"]);
    ended(&["run", "shop.yaml", "--set", "capacity.nodes.count=6", "--out", "four"]);
    same("three/summary.json", "four/summary.json");
    ended(&["plan", "shop.yaml", "--count", "3..6", "--replications", "800", "--out", "planned"]);
    ended(&["run", "planned/scenario.yaml", "--out", "five"]);
}
