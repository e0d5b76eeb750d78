//! `longshore init --from` a Kubernetes manifest, or the dump of a cluster.

use std::fs;
use std::path::Path;

use super::{longshore, said, snapshot, with_valid};

fn data(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kubernetes").join(name)).expect("a file")
}

/// Whatever the manifest, what is written is valid.
#[test]
fn a_scenario_around_manifests() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("k8s")).expect("a folder");
    for name in ["web.yaml", "database.yaml", "agents.yaml", "batch.yaml", "cluster.json"] {
        fs::write(folder.path().join("k8s").join(name), data(name)).expect("a file");
        let file = format!("around-{name}").replace(".json", ".yaml");
        let init = said(longshore(folder.path()).args(["init", &file, "--from", &format!("k8s/{name}")]));
        assert_eq!(init.code, Some(0), "{name}: {}", init.err);
        let validate = said(longshore(folder.path()).args(["validate", &file]));
        assert_eq!(validate.code, Some(0), "{name}: {}", validate.err);
        let text = fs::read_to_string(folder.path().join(&file)).expect("a scenario");
        snapshot(&format!("init-from-{name}"), &text);
    }
}

/// Pods that must be apart get a node each, and labels that they ask for are there.
#[test]
fn nodes_are_enough_for_the_pods() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = data("web.yaml")
        .replace("replicas: 6", "replicas: 20")
        .replace("kubernetes.io/os: linux", "pool: web")
        .replace("preferredDuringSchedulingIgnoredDuringExecution", "requiredDuringSchedulingIgnoredDuringExecution")
        .replace("            - weight: 100\n              podAffinityTerm:\n", "            - namespaces: [shop]\n")
        .replace(
            "                topologyKey: kubernetes.io/hostname\n                labelSelector:",
            "              topologyKey: kubernetes.io/hostname\n              labelSelector:",
        );
    fs::write(folder.path().join("web.yaml"), text).expect("a file");
    let init = said(longshore(folder.path()).args(["init", "--from", "web.yaml"]));
    assert_eq!(init.code, Some(0), "{}", init.err);
    assert!(init.out.contains("count: 21\n    labels: {pool: web}"), "{}", init.out);
}

#[test]
fn manifests_that_make_no_scenario() {
    let folder = with_valid();
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n";
    fs::write(folder.path().join("service.yaml"), service).expect("a file");
    let large = data("agents.yaml").replace("memory: 30Mi", "memory: 30Ti");
    fs::write(folder.path().join("large.yaml"), large).expect("a file");
    let broken = data("web.yaml").replace("replicas: 6", "replcas: 6");
    fs::write(folder.path().join("broken.yaml"), broken).expect("a file");
    let mut all = String::new();
    for name in ["service.yaml", "large.yaml", "broken.yaml"] {
        let init = said(longshore(folder.path()).args(["init", "--from", name]));
        assert_eq!((init.code, init.out.as_str()), (Some(2), ""), "{name}");
        all.push_str(&format!("init --from {name}\n{}\n", init.err));
    }
    snapshot("init-from-bad-manifests", &all);
}
