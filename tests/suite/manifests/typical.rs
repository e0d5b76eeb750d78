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
