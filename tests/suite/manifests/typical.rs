//! Manifests as people write them.

use longshore::base::time::Span;
use longshore::world::kubernetes::resources::{CPU, EPHEMERAL_STORAGE, MEMORY};
use longshore::world::kubernetes::{
    Count, Effect, PreemptionPolicy, Probe, RestartPolicy, SelectorOwner, WorkloadKind,
};

use super::good;

#[test]
fn a_web_service() {
    let (manifests, warnings) = good(&["web.yaml"]);
    assert_eq!(warnings, "");
    let [web] = manifests.workloads.as_slice() else { panic!("one workload") };
    assert_eq!((web.name.as_str(), web.namespace.as_str(), web.replicas), ("web", "shop", 6));
    let rolling = WorkloadKind::Deployment {
        max_surge: Count::Pods(1),
        max_unavailable: Count::Percent(10),
        min_ready: Span::ZERO,
    };
    assert_eq!(web.kind, rolling);

    let spec = &web.template.spec;
    assert_eq!(spec.labels["tier"], "frontend");
    assert_eq!((spec.priority, spec.preemption_policy), (1000, PreemptionPolicy::Never));
    assert_eq!(web.template.termination_grace, Span::from_secs(45));
    assert_eq!(web.template.restart_policy, RestartPolicy::Always);
    let owner = &spec.owner_references[0];
    assert_eq!((owner.kind.as_str(), owner.name.as_str(), owner.controller), ("ReplicaSet", "web", true));
    let expected = SelectorOwner {
        kind: "ReplicaSet".into(),
        name: "web".into(),
        namespace: "shop".into(),
        selector: web.selector.clone(),
    };
    assert_eq!(manifests.owners, [expected]);

    // 0.5 Gi, and what has only a limit is requested in full.
    let nginx = &spec.containers[0].requests;
    assert_eq!((nginx.get(CPU), nginx.get(MEMORY)), (Some(250), Some(1 << 29)));
    assert_eq!(nginx.get(EPHEMERAL_STORAGE), Some(2_000_000_000));
    let life = &web.template.containers[0];
    assert_eq!((life.limits.get(MEMORY), life.limits.get(CPU)), (Some(1_000_000_000), None));
    assert!(life.always_pulls, "no tag is the tag `latest`");
    let liveness = Probe { initial_delay: Span::from_secs(15), ..Probe::default() };
    let readiness = Probe { period: Span::from_secs(5), success_threshold: 2, ..Probe::default() };
    assert_eq!((life.liveness, life.readiness, life.startup), (Some(liveness), Some(readiness), None));

    let [migrate, envoy] = spec.init_containers.as_slice() else { panic!("two init containers") };
    assert_eq!((migrate.requests.get(CPU), migrate.requests.get(MEMORY)), (Some(1000), Some(256 << 20)));
    assert!(!migrate.is_sidecar() && envoy.is_sidecar());
    let sidecar = &web.template.containers[1];
    assert_eq!((sidecar.name.as_str(), sidecar.always_pulls), ("envoy", false));
    assert_eq!(sidecar.startup.map(|probe| (probe.period, probe.failure_threshold)), Some((Span::from_secs(1), 30)));
    assert_eq!(web.template.containers.len(), 2, "init containers that end have no life of their own");

    // The toleration that is written stays; the one for `not-ready` is added.
    let seconds: Vec<_> = spec.tolerations.iter().map(|t| (t.key.as_str(), t.effect, t.toleration_seconds)).collect();
    let expected = [
        ("node.kubernetes.io/unreachable", Some(Effect::NoExecute), Some(30)),
        ("node.kubernetes.io/not-ready", Some(Effect::NoExecute), Some(300)),
    ];
    assert_eq!(seconds, expected);
    let [constraint] = spec.topology_spread_constraints.as_slice() else { panic!("a constraint") };
    assert_eq!(
        (constraint.max_skew, constraint.match_label_keys.as_slice()),
        (1, &["pod-template-hash".to_owned()][..])
    );
    let anti = spec.affinity.pod_anti_affinity.as_ref().expect("anti-affinity");
    assert_eq!((anti.preferred[0].weight, anti.required.len()), (100, 0));

    let [budget] = manifests.budgets.as_slice() else { panic!("a budget") };
    assert_eq!((budget.min_available, budget.max_unavailable), (Some(Count::Percent(75)), None));
    assert_eq!(manifests.services[0].selector.as_ref().map(|selector| selector.len()), Some(1));
    let namespace = manifests.namespaces.iter().find(|namespace| namespace.name == "shop").expect("the namespace");
    assert_eq!(namespace.labels["team"], "shop");
    assert_eq!(namespace.labels["kubernetes.io/metadata.name"], "shop");
}

#[test]
fn a_database_with_volumes() {
    let (manifests, warnings) = good(&["database.yaml"]);
    warned("database-warnings", &warnings);
    let db = &manifests.workloads[0];
    let kind = WorkloadKind::StatefulSet { parallel: true, volumes: true, min_ready: Span::from_secs(10) };
    assert_eq!((&db.kind, db.replicas, db.namespace.as_str()), (&kind, 3, "default"));
    assert_eq!(db.template.termination_grace, Span::from_secs(120));
    assert_eq!(db.template.spec.owner_references[0].kind, "StatefulSet");
    assert_eq!(manifests.owners[0].kind, "StatefulSet");
    assert!(!db.template.containers[0].always_pulls);
    assert!(manifests.budgets[0].evicts_unhealthy);
    assert_eq!(manifests.budgets[0].max_unavailable, Some(Count::Pods(1)));
}

#[test]
fn an_agent_on_every_node() {
    let (manifests, warnings) = good(&["agents.yaml"]);
    assert_eq!(warnings, "");
    let agent = &manifests.workloads[0];
    assert_eq!((&agent.kind, agent.replicas), (&WorkloadKind::DaemonSet, 0));
    let spec = &agent.template.spec;
    assert_eq!(spec.priority, 2_000_001_000);
    let port = &spec.containers[0].ports[0];
    assert_eq!((port.host_port, port.protocol.as_str(), port.host_ip.as_str()), (9100, "TCP", ""));
    // Its own one, and those that every DaemonSet gets, one more of them on the node's network.
    assert_eq!(spec.tolerations.len(), 8);
    assert!(spec.tolerations.iter().all(|toleration| toleration.toleration_seconds.is_none()));
}

#[test]
fn work_that_ends() {
    let (manifests, warnings) = good(&["batch.yaml"]);
    warned("batch-warnings", &warnings);
    let [render, once] = manifests.workloads.as_slice() else { panic!("two Jobs") };
    let deadline = Some(Span::from_secs(3600));
    let kind = WorkloadKind::Job { parallelism: 5, backoff_limit: 3, active_deadline: deadline };
    assert_eq!((&render.kind, render.replicas, render.template.restart_policy), (&kind, 20, RestartPolicy::Never));
    let requests = &render.template.spec.containers[0].requests;
    assert_eq!((requests.get(CPU), requests.get(MEMORY)), (Some(1500), Some(2_000_000_000)));
    assert_eq!(requests.get("nvidia.com/gpu"), Some(1));
    assert!(!render.template.containers[0].always_pulls, "a digest never changes");
    assert_eq!(once.template.restart_policy, RestartPolicy::OnFailure);
}

/// Compares warnings with a reviewed text.
fn warned(name: &str, warnings: &str) {
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, warnings);
    });
}
