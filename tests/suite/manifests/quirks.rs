//! What the API means by what is absent, empty or 0.

use longshore::base::time::Span;
use longshore::world::kubernetes::resources::{CPU, MEMORY};
use longshore::world::kubernetes::{Count, Effect, Probe, WorkloadKind};

use super::{good_text, inputs};

/// A pod with lines in its spec, at six spaces.
fn pod(lines: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: one}}\nspec:\n{lines}")
}

#[test]
fn absent_and_zero_requests_differ() {
    let manifests = good_text(&pod(
        "  containers:\n  - {name: a, image: \"a:1\", resources: {requests: {cpu: 0}}}\n  - {name: b, image: \"b:1\", resources: \
         {limits: {cpu: 0, memory: \"1\"}, requests: {}}}\n  - {name: c, image: \"c:1\"}\n",
    ));
    let containers = &manifests.workloads[0].template.spec.containers;
    assert_eq!((containers[0].requests.get(CPU), containers[0].requests.get(MEMORY)), (Some(0), None));
    assert_eq!((containers[1].requests.get(CPU), containers[1].requests.get(MEMORY)), (Some(0), Some(1)));
    assert_eq!(containers[2].requests.get(CPU), None);
}

#[test]
fn amounts_are_rounded_up() {
    let manifests = good_text(&pod(
        "  containers:\n  - name: a\n    image: a:1\n    resources: {requests: {cpu: 0.0001, memory: 100m, nvidia.com/gpu: 2}, limits: \
         {nvidia.com/gpu: \"2\"}}\n",
    ));
    let requests = &manifests.workloads[0].template.spec.containers[0].requests;
    assert_eq!((requests.get(CPU), requests.get(MEMORY), requests.get("nvidia.com/gpu")), (Some(1), Some(1), Some(2)));
}

#[test]
fn absent_and_empty_selectors_differ() {
    let manifests = good_text(&pod(
        "  containers: [{name: a, image: \"a:1\"}]\n  topologySpreadConstraints:\n  - {maxSkew: 1, topologyKey: zone, \
         whenUnsatisfiable: DoNotSchedule, labelSelector: {}}\n  - {maxSkew: 1, topologyKey: rack, whenUnsatisfiable: \
         DoNotSchedule, labelSelector: null}\n  affinity:\n    podAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n      \
         - {topologyKey: zone, labelSelector: {}, namespaceSelector: {}}\n",
    ));
    let spec = &manifests.workloads[0].template.spec;
    let constraints = &spec.topology_spread_constraints;
    assert!(constraints[0].label_selector.as_ref().is_some_and(|selector| selector.is_empty()));
    assert_eq!(constraints[1].label_selector, None);
    let term = &spec.affinity.pod_affinity.as_ref().expect("affinity").required[0];
    assert!(term.label_selector.is_some() && term.namespace_selector.is_some());
}

/// In Go a 0 is an absent field, and the default stands for both.
#[test]
fn a_probe_of_zeros_is_the_default() {
    let manifests = good_text(&pod(
        "  containers:\n  - name: a\n    image: a:1\n    livenessProbe: {tcpSocket: {port: 1}, periodSeconds: 0, timeoutSeconds: 0, \
         failureThreshold: 0, successThreshold: 0}\n",
    ));
    assert_eq!(manifests.workloads[0].template.containers[0].liveness, Some(Probe::default()));
}

#[test]
fn an_empty_effect_is_all_effects() {
    let manifests = good_text(&pod(
        "  containers: [{name: a, image: \"a:1\"}]\n  tolerations:\n  - {key: spot, operator: Exists, effect: \"\"}\n  - {key: gpu, \
         value: \"yes\", effect: NoExecute, tolerationSeconds: 0}\n",
    ));
    let tolerations = &manifests.workloads[0].template.spec.tolerations;
    assert_eq!((tolerations[0].effect, tolerations[1].effect), (None, Some(Effect::NoExecute)));
    assert_eq!(tolerations[1].toleration_seconds, Some(0));
    assert_eq!(tolerations.len(), 4);
}

#[test]
fn deployments_have_the_defaults_of_the_api() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {a: b}}\n  STRATEGY\n  \
                template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: a, image: \"a:1\"}]}\n";
    let read = |strategy: &str| {
        let manifests = good_text(&text.replace("STRATEGY", strategy));
        let workload = manifests.workloads.into_iter().next().expect("a workload");
        let WorkloadKind::Deployment { max_surge, max_unavailable, .. } = workload.kind else { panic!("a Deployment") };
        (workload.replicas, workload.template.termination_grace, max_surge, max_unavailable)
    };
    let (grace, quarter) = (Span::from_secs(30), Count::Percent(25));
    assert_eq!(read(""), (1, grace, quarter, quarter));
    assert_eq!(read("strategy: {rollingUpdate: {maxSurge: 0}}"), (1, grace, Count::Pods(0), quarter));
    assert_eq!(read("strategy: {type: Recreate}"), (1, grace, Count::Pods(0), Count::Percent(100)));
    assert_eq!(read("replicas: 0"), (0, grace, quarter, quarter));
}

/// Nothing is rolled out during a run, which makes all strategies alike; and a StatefulSet's next pod waits for readiness only.
#[test]
fn what_would_have_mattered_is_named() {
    let text = "apiVersion: apps/v1\nkind: KIND\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {a: b}}\n  LINE\n  \
                template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: a, image: \"a:1\"}]}\n";
    let said = |kind: &str, line: &str| {
        let manifests = good_text(&text.replace("KIND", kind).replace("LINE", line));
        manifests.warnings.sorted().iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(said("Deployment", "strategy: {type: Recreate}"), "`Recreate` has no effect: no rollout is simulated");
    assert_eq!(said("Deployment", "strategy: {type: RollingUpdate}"), "");
    assert_eq!(said("StatefulSet", "minReadySeconds: 5"), "`minReadySeconds` has no effect");
    assert_eq!(said("StatefulSet", "minReadySeconds: 5\n  podManagementPolicy: Parallel"), "");
}

/// Plugins that kube-scheduler has and that are not modelled may be named in a profile; what that does not do is said.
#[test]
fn a_profile_of_plugins_without_counterpart() {
    let text = "name: profile\nduration: 1d\norchestrator: kubernetes\nzones: [a, b]\ncapacity:\n  - {name: nodes, instanceType: m5.large, \
                count: 1}\nmanifests:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: web}\n    spec: {containers: [{name: main, \
                image: \"main:1\"}]}\nkubernetes:\n  schedulerProfile:\n    plugins:\n      filter: {disabled: [{name: VolumeZone}, \
                {name: \"*\"}]}\n    pluginConfig:\n      - name: NodeResourcesFit\n        args: {scoringStrategy: \
                {requestedToCapacityRatio: {shape: []}}}\n";
    let loaded = match longshore::scenario::load_text(text, std::path::Path::new(".")) {
        Ok(loaded) => loaded,
        Err(refused) => panic!("{}", refused.problems.render(&refused.sources)),
    };
    let said: Vec<&str> = loaded.warnings.sorted().iter().map(|problem| problem.message.as_str()).collect();
    let expected = [
        "`VolumeZone` has no counterpart here: to name it has no effect",
        "`requestedToCapacityRatio` has no effect but with `type: RequestedToCapacityRatio`",
    ];
    assert_eq!(said, expected);
    assert!(loaded.warnings.sorted().iter().all(|problem| problem.at.is_some()));
    let settings = loaded.plan.kubernetes.expect("a cluster").profile.settings();
    assert!(settings.filters.is_empty() && !settings.scores.is_empty());
}

#[test]
fn jobs_without_numbers() {
    let text = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  LINE\n  template:\n    spec: {restartPolicy: Never, \
                containers: [{name: a, image: \"a:1\"}]}\n";
    for (line, replicas, parallelism) in
        [("", 1, 1), ("completions: 5", 5, 1), ("parallelism: 3", 3, 3), ("completions: 2\n  parallelism: 0", 2, 0)]
    {
        let manifests = good_text(&text.replace("LINE", line));
        let job = &manifests.workloads[0];
        let expected = WorkloadKind::Job { parallelism, backoff_limit: 6, active_deadline: None };
        assert_eq!((job.replicas, &job.kind), (replicas, &expected), "{line}");
        assert_eq!(manifests.warnings.is_empty(), line != "parallelism: 3", "{line}");
    }
    let suspended = good_text(&text.replace("LINE", "suspend: true"));
    assert!(suspended.workloads.is_empty() && !suspended.warnings.is_empty());
}

#[test]
fn the_default_class_is_for_pods_that_name_none() {
    let class = "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: usual}\nvalue: 7\nglobalDefault: true\n";
    let plain = pod("  containers: [{name: a, image: \"a:1\"}]\n");
    let named = pod("  priorityClassName: system-cluster-critical\n  containers: [{name: a, image: \"a:1\"}]\n");
    let priority = |text: &str| good_text(text).workloads[0].template.spec.priority;
    assert_eq!(priority(&plain), 0);
    assert_eq!(priority(&format!("{plain}{class}")), 7);
    assert_eq!(priority(&format!("{named}{class}")), 2_000_000_000);
}

/// A dump of a thousand pods is read in one go: its size is above what a scenario may take.
#[test]
fn a_large_dump_is_read() {
    let filler = "x".repeat(10_000);
    let mut text = String::from("{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n");
    for n in 0..1000 {
        let comma = if n == 0 { "" } else { "," };
        text.push_str(&format!(
            "{comma}{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{{\"name\":\"p{n}\",\"uid\":\"u{n}\",\"annotations\":\
             {{\"a\":\"{filler}\"}}}},\"spec\":{{\"containers\":[{{\"name\":\"a\",\"image\":\"a:1\"}}]}}}}\n"
        ));
    }
    text.push_str("]}\n");
    assert!(text.len() > 8 << 20);
    assert_eq!(good_text(&text).workloads.len(), 1000);
}

/// Whatever a file holds, it is read or refused.
#[test]
fn odd_texts_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (number, text) in [
        "[]",
        "{}",
        "a",
        "---\n...\n",
        "apiVersion: 1\nkind: 2\n",
        "&a [*a]",
        "kind: List\napiVersion: v1\nitems: [1, [], null]",
    ]
    .into_iter()
    .enumerate()
    {
        let path = folder.path().join(format!("{number}.yaml"));
        std::fs::write(&path, text).expect("a file");
        let mut sources = longshore::base::problem::Sources::new();
        let refused = longshore::scenario::manifest::read_manifests(&inputs(&[path]), &mut sources);
        assert!(refused.is_err(), "{text}");
    }
}
