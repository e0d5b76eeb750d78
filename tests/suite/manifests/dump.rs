//! The dump of a live cluster, as `kubectl get -A -o json` prints it.

use longshore::base::time::{Span, Time};
use longshore::engine::{self, Setup};
use longshore::experiment::explain::placements::{Which, explain};
use longshore::world::kubernetes::resources::{CPU, MEMORY, PODS};
use longshore::world::kubernetes::{Count, Effect, WorkloadKind};

use serde_json::{Value, json};

use super::{good, good_text};

#[test]
fn a_small_cluster() {
    let (manifests, warnings) = good(&["cluster.json"]);
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("dump-warnings", warnings);
    });
    let nodes = &manifests.nodes;
    assert_eq!(nodes.iter().map(|start| start.node.name.as_str()).collect::<Vec<_>>(), ["node-a", "node-b", "node-c"]);
    let first = &nodes[0];
    assert_eq!((first.zone(), first.instance_type()), (Some("us-east-1a"), Some("m6i.large")));
    assert_eq!(first.provider_id.as_deref(), Some("aws:///us-east-1a/i-aaaaaaaaaaaaaaaaa"));
    let allocatable = &first.node.allocatable;
    assert_eq!((allocatable.get(CPU), allocatable.get(MEMORY)), (Some(1930), Some(7_244_720 * 1024)));
    assert_eq!((allocatable.get(PODS), first.capacity.get(CPU)), (Some(29), Some(2000)));
    assert_eq!(first.images[0].names, ["nginx@sha256:aaaa", "nginx:1.27"]);
    assert_eq!(first.images[0].bytes, 72_000_000);
    assert!(nodes[1].node.unschedulable && nodes[1].node.taints[0].effect == Effect::NoSchedule);

    // The Deployment, the Job that is not done, and the pending pod whose owner is unknown.
    let workloads: Vec<_> = manifests.workloads.iter().map(|w| (w.kind.name(), w.name.as_str(), w.replicas)).collect();
    assert_eq!(workloads, [("Deployment", "web", 4), ("Job", "import", 6), ("Pod", "runner-1", 1)]);
    assert_eq!(manifests.places.len(), 3);
    let web = &manifests.workloads[0].template.spec;
    assert_eq!(web.labels["pod-template-hash"], "5d8c", "new pods are those of the latest ReplicaSet");
    assert_eq!(web.owner_references[0].name, "web-5d8c");
    let owners: Vec<_> = manifests.owners.iter().map(|owner| (owner.kind.as_str(), owner.name.as_str())).collect();
    assert_eq!(owners, [("ReplicaSet", "web-6b7f"), ("ReplicaSet", "web-5d8c")]);

    // Ended, deleted and lost pods are no part of the start; pending ones are made anew by their owner.
    let pods: Vec<_> = manifests
        .pods
        .iter()
        .map(|start| {
            let spec = &start.pod.spec;
            (spec.name.as_str(), spec.node_name.as_deref().unwrap_or(""), start.workload, start.ready, spec.priority)
        })
        .collect();
    let expected = [
        ("web-5d8c-1", "node-a", Some(0), true, 0),
        ("web-5d8c-2", "node-b", Some(0), false, 0),
        ("static-node-a", "node-a", None, true, 2_000_001_000),
        ("important", "node-a", None, true, 5000),
    ];
    assert_eq!(pods, expected);
    assert_eq!(manifests.pods[0].pod.spec.tolerations.len(), 2, "those of the admission are not added twice");
    assert_eq!(manifests.pods[2].pod.spec.owner_references[0].kind, "Node");

    let cluster = manifests.cluster();
    assert_eq!((cluster.nodes.len(), cluster.pods.len(), cluster.workloads.len()), (3, 4, 2));
    assert_eq!(cluster.services[0].selector, None);
}

/// As if it were applied to the cluster: the running pods stay, and belong to it.
#[test]
fn a_manifest_takes_the_place_of_what_the_cluster_has() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("web.yaml");
    let text = std::fs::read_to_string(super::data().join("web.yaml")).expect("a manifest");
    std::fs::write(&path, text.replace("app.kubernetes.io/name", "app")).expect("a file");
    for order in [false, true] {
        let mut paths = vec![super::data().join("cluster.json"), path.clone()];
        if order {
            paths.reverse();
        }
        let mut sources = longshore::base::problem::Sources::new();
        let manifests = longshore::scenario::manifest::read_manifests(&super::inputs(&paths), &mut sources)
            .unwrap_or_else(|problems| panic!("{}", problems.render(&sources)));
        let web: Vec<_> = manifests.workloads.iter().filter(|workload| workload.name == "web").collect();
        assert_eq!((web.len(), web[0].replicas), (1, 6));
        let place = manifests.workloads.iter().position(|workload| workload.name == "web");
        assert_eq!(manifests.pods.iter().filter(|start| start.workload == place).count(), 2);
    }
}

#[test]
fn lists_of_one_kind_and_lists_in_documents() {
    let manifests = good_text(
        "apiVersion: v1\nkind: NodeList\nitems:\n- {apiVersion: v1, kind: Node, metadata: {name: a}, status: {capacity: {cpu: 2, \
         memory: 4Gi, pods: 10}}}\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  \
         - {apiVersion: v1, kind: Node, metadata: {name: b}, status: {capacity: {cpu: 2, memory: 4Gi}}}\n",
    );
    assert_eq!(manifests.nodes.len(), 2);
    let (a, b) = (&manifests.nodes[0].node, &manifests.nodes[1].node);
    assert_eq!(a.allocatable.get(PODS), Some(10));
    assert_eq!((b.allocatable.get(PODS), b.labels["kubernetes.io/hostname"].as_str()), (Some(110), "b"));
}

#[test]
fn a_replica_set_on_its_own_is_a_workload() {
    let manifests = good_text(
        "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {a: b}}\n  \
         template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: a, image: \"a:1\"}]}\n",
    );
    let quarter = Count::Percent(25);
    let WorkloadKind::Deployment { max_surge, .. } = manifests.workloads[0].kind else { panic!("a Deployment") };
    assert_eq!((manifests.workloads[0].replicas, max_surge), (2, quarter));
    assert_eq!(manifests.owners.len(), 1);
}

/// A Job of a dump says nothing of how long its pods run. The one that is done is left out; the others go on where they are,
/// one of them until its deadline of 600 s and the other to the end of the run, with a warning that names the setting. Each
/// has its pod on the node that the scheduler would not choose: half of `crowded` is taken by a pod
/// that nobody manages, `free` is empty.
#[test]
fn jobs_without_a_run_time_run_on() {
    let node = |name: &str| {
        json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "uid": name, "labels": {"topology.kubernetes.io/zone": "a", "kubernetes.io/hostname": name}},
            "status": {"allocatable": {"cpu": "8", "memory": "8Gi", "pods": "10"}, "capacity": {"cpu": "8", "memory": "8Gi", "pods": "10"}},
        })
    };
    let spec = |policy: &str| {
        json!({
            "restartPolicy": policy,
            "containers": [{"name": "main", "image": "main:1", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}],
        })
    };
    let job = |name: &str, deadline: Value, status: Value| {
        json!({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "uid": name},
            "spec": {
                "completions": 1, "parallelism": 1, "activeDeadlineSeconds": deadline,
                "template": {"metadata": {"labels": {"job": name}}, "spec": spec("Never")},
            },
            "status": status,
        })
    };
    let pod = |owner: &str| {
        let mut spec = spec("Never");
        spec["nodeName"] = "crowded".into();
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {
                "name": format!("{owner}-x"), "uid": format!("{owner}-x"), "labels": {"job": owner},
                "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": owner, "controller": true}],
            },
            "spec": spec, "status": {"phase": "Running"},
        })
    };
    let done = json!({"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]});
    let busy = json!({"active": 1});
    let other = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "static", "uid": "static"},
        "spec": {"nodeName": "crowded", "containers": [{"name": "main", "image": "main:1", "resources": {"requests": {"cpu": "4"}}}]},
        "status": {"phase": "Running"},
    });
    let dump = json!({"apiVersion": "v1", "kind": "List", "items": [
        node("crowded"), node("free"), other,
        job("done", Value::Null, done), job("import", Value::Null, busy.clone()), job("report", 600.into(), busy),
        pod("import"), pod("report"),
    ]});
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("dump.json");
    std::fs::write(&path, dump.to_string()).expect("a file");
    let edits = ["duration=1h".to_owned()];
    let loaded = match longshore::scenario::load(&path, &edits) {
        Ok(loaded) => loaded,
        Err(refused) => panic!("{}", refused.problems.render(&refused.sources)),
    };
    let said = loaded.warnings.render(&loaded.sources);
    for part in [
        "of the Job `import` runs, no manifest says: it runs to the end of the run; `workloads.import.runTime` sets it",
        "of the Job `report` runs, no manifest says: it runs to its `activeDeadlineSeconds` (10m)",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let at = |seconds| {
        let mut engine = engine::build(&loaded.plan, Setup::default());
        engine.run_until(Time::ZERO + Span::from_secs(seconds));
        let world = &engine.world;
        let of = world.fleet.kubernetes.as_deref().expect("a cluster");
        let mut running: Vec<(String, String)> = world
            .fleet
            .services
            .iter()
            .flat_map(|(service, spec)| world.tasks_of(service).map(move |task| (spec.name.clone(), task)))
            .map(|(name, task)| (name, of.node_name(world, world.tasks[task].instance)))
            .collect();
        running.sort();
        running
    };
    let on_crowded = |name: &str| (name.to_owned(), "crowded".to_owned());
    assert_eq!(at(599), [on_crowded("import"), on_crowded("report"), on_crowded("static")]);
    assert_eq!(at(3599), [on_crowded("import"), on_crowded("static")]);
    let outcome = longshore::experiment::run(&loaded.plan, longshore::experiment::Options::default());
    let import = &outcome.batches[0];
    assert_eq!((import.name.as_str(), import.arrived, import.completed, import.failed), ("import", 1, 0, 0));
    let report = &outcome.batches[1];
    assert_eq!((report.name.as_str(), report.arrived, report.completed, report.failed), ("report", 1, 0, 1));
}

/// What nodes have on their disks they need not fetch, and the scheduler counts it. `app` is 500 MiB and on one of two nodes:
/// 262,144,000 bytes after the share of nodes, of which 24,117,248 count for nothing and 1,048,576,000 for all:
/// 238,026,752 / 1,024,458,752 = 23 per cent.
#[test]
fn images_of_nodes_are_there_from_the_start() {
    let node = |name: &str, images: Value| {
        json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "uid": name, "labels": {"topology.kubernetes.io/zone": "a", "kubernetes.io/hostname": name}},
            "status": {
                "allocatable": {"cpu": "8", "memory": "8Gi", "pods": "10"},
                "capacity": {"cpu": "8", "memory": "8Gi", "pods": "10"},
                "images": images,
            },
        })
    };
    let web = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "uid": "web"},
        "spec": {
            "replicas": 1, "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "main", "image": "app", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}]},
            },
        },
    });
    let stocked = json!([{"names": ["app@sha256:aaaa", "app:latest"], "sizeBytes": 524_288_000}]);
    let dump =
        json!({"apiVersion": "v1", "kind": "List", "items": [node("bare", json!([])), node("stocked", stocked), web]});
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("dump.json");
    std::fs::write(&path, dump.to_string()).expect("a file");
    let plan = match longshore::scenario::load(&path, &["tieBreak=first".to_owned()]) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{}", refused.problems.render(&refused.sources)),
    };
    assert_eq!(plan.fleet.images.values().map(|image| image.size_mib).collect::<Vec<_>>(), [500.0]);
    let slot = longshore::experiment::explain::slot(&plan, "web/0").expect("a slot");
    let found = explain(&plan, &slot, Which::First).expect("explained").explained;
    let images =
        found.scoring.as_ref().and_then(|scoring| scoring.plugins.iter().position(|one| one.title == "images"));
    let images = images.expect("a score for images");
    let scores: Vec<(&str, i64)> = found.ranked.iter().map(|row| (row.instance.as_str(), row.scores[images])).collect();
    assert_eq!(scores, [("stocked", 23), ("bare", 0)]);
}
