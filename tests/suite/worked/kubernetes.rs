//! Kubernetes: time lines of the control loops, second for second.

use longshore::experiment::{Options, run};
use longshore::metrics::outcome::Outcome;

use super::sketch::{TIMINGS, by_zone, engine_at, healthy, outcome, plan};

/// The leases of the examples are renewed at the moment at which the kubelet falls silent, so that 50 s of grace end at a
/// whole number of seconds, when the node controller looks anyway (every 5 s). A pod takes 1 s for its sandbox and 2 s to
/// start; its image is there.
fn cluster(nodes: u32, pods_per_node: u32, kubernetes: &str, manifests: &str, more: &str) -> String {
    // 255 + 11 x 10 pods + 100 MiB are kept by the kubelet, and 6 % of the first core, 1 % of the second and so on.
    let vcpu = pods_per_node + 1;
    let memory = 465 + 1000 * pods_per_node;
    let sizes = if more.contains("workloads:") { "" } else { "workloads: {NAME: {imageSize: 0MiB}}" };
    let name = if manifests.contains("name: db") { "db" } else { "web" };
    let sizes = sizes.replace("NAME", name);
    format!(
        "name: worked
duration: 3h
tieBreak: first
orchestrator: kubernetes
kubernetes: {{{kubernetes}}}
zones: [a, b, c]
capacity:
  - name: nodes
    instanceType: {{vcpu: {vcpu}, memory: {memory}MiB}}
    maxPods: 10
    count: {nodes}
manifests:
{manifests}
{sizes}
{more}
{TIMINGS}  nodeLeaseAge: 0s
"
    )
}

/// A Deployment, spread over the zones as far as that is possible. `pod` holds further fields of its container.
fn deployment(name: &str, replicas: u32, pod: &str, container: &str) -> String {
    format!(
        "  - apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: {name}}}
    spec:
      replicas: {replicas}
      selector: {{matchLabels: {{app: {name}}}}}
      template:
        metadata: {{labels: {{app: {name}}}}}
        spec:
{pod}
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: ScheduleAnyway
              labelSelector: {{matchLabels: {{app: {name}}}}}
          containers:
            - name: main
              image: main:1
              resources: {{requests: {{cpu: \"1\", memory: 1000Mi}}}}
{container}
"
    )
}

fn changes(text: &str) -> Vec<(f64, u32)> {
    healthy(&outcome(text))
}

fn lost(outcome: &Outcome, phase: &str) -> f64 {
    outcome.services[0].lost.iter().filter(|lost| lost.phase == phase).map(|lost| lost.task_seconds).sum()
}

/// A container that dies 4 s after each start. The first restart comes at once, then after 10, 20, 40, 80, 160, 300, 300 s …
/// (CrashLoopBackOff); each restart itself takes 1 s. The pod keeps its node.
#[test]
fn a_crash_loop() {
    let crash = "failures: [{type: containerCrash, every: 4s}]";
    let text = cluster(3, 1, "", &deployment("web", 1, "", ""), crash);
    let found = changes(&text);
    let starts = [0.0, 5.0, 20.0, 45.0, 90.0, 175.0, 340.0, 645.0, 950.0];
    let expected: Vec<(f64, u32)> = starts.iter().flat_map(|&start| [(start, 1), (start + 4.0, 0)]).collect();
    assert_eq!(found[..expected.len()], expected);
    // What the back-off took is booked as throttled: 10 + 20 + 40 + 80 + 160 s of the first six restarts and so on.
    assert!(lost(&outcome(&text), "throttled") > 10.0 + 20.0 + 40.0 + 80.0 + 160.0);
}

/// One of six nodes dies at 1000 s and is not replaced. `Ready: Unknown` at 1050; one of two nodes of its zone is not ready,
/// so the zone counts as normal and the `NoExecute` taint comes at once; after 300 s of toleration, at 1350, the pod is
/// deleted and its ReplicaSet makes another: 1351, 1353. The pod on the dead node stays in deletion: nobody confirms it.
#[test]
fn a_node_is_lost() {
    let manifests = deployment("web", 3, "", "");
    let failure =
        "failures: [{type: instanceFailure, at: 1000s, target: {matching: runningTasksCount == 1, zones: [a]}}]";
    let text = cluster(6, 2, "", &manifests, failure)
        .replace("count: 6", "count: 6\n    suspendedProcesses: [ReplaceUnhealthy]");
    let outcome = outcome(&text);
    assert_eq!(healthy(&outcome), [(0.0, 3), (1000.0, 2), (1353.0, 3)]);
    assert_eq!(lost(&outcome, "undetected"), 350.0);
}

/// With `nodeMonitorGracePeriod: 40s`, as before v1.32, the same takes 10 s less.
#[test]
fn an_older_grace_period() {
    let failure = "failures: [{type: instanceFailure, at: 1000s, target: {zones: [a]}}]";
    let text = cluster(3, 2, "nodeMonitorGracePeriod: 40s", &deployment("web", 3, "", ""), failure)
        .replace("count: 3", "count: 3\n    suspendedProcesses: [ReplaceUnhealthy]");
    assert_eq!(changes(&text), [(0.0, 3), (1000.0, 2), (1343.0, 3)]);
}

/// A toleration of 30 s in place of 300.
#[test]
fn a_shorter_toleration() {
    let pod = "          tolerations:
            - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 30}";
    let failure = "failures: [{type: instanceFailure, at: 1000s, target: {zones: [a]}}]";
    let text = cluster(3, 2, "", &deployment("web", 3, pod, ""), failure)
        .replace("count: 3", "count: 3\n    suspendedProcesses: [ReplaceUnhealthy]");
    assert_eq!(changes(&text), [(0.0, 3), (1000.0, 2), (1083.0, 3)]);
}

const ZONE_LOSS: &str = "failures: [{type: zoneOutage, loses: network, at: 1000s, lasts: 1h, target: {zones: [a]}}]";

fn zone_loss(control_plane: &str) -> String {
    cluster(6, 4, &format!("controlPlane: {control_plane}"), &deployment("web", 6, "", ""), ZONE_LOSS)
        .replace("count: 6", "count: 6\n    suspendedProcesses: [ReplaceUnhealthy, AZRebalance]")
}

/// A zone with two of six nodes is cut off at 1000 s for an hour. Upstream: both are `Ready: Unknown` at 1050; the zone is
/// fully down, which leaves its rate at 0.1 nodes a second: the first is tainted at 1050, the second at 1060. Their pods are
/// deleted at 1350 and 1360; substitutes run at 1353 and 1363.
#[test]
fn a_zone_is_lost_upstream() {
    let found = changes(&zone_loss("upstream"));
    assert_eq!(found[..4], [(0.0, 6), (1000.0, 4), (1353.0, 5), (1363.0, 6)]);
}

/// EKS does not evict from a zone that is wholly unreachable: the pods stay bound and serve again as soon as the network is
/// back, at 4600 s; nothing has been moved.
#[test]
fn a_zone_is_lost_on_eks() {
    assert_eq!(changes(&zone_loss("eks")), [(0.0, 6), (1000.0, 4), (4600.0, 6)]);
    assert_eq!(by_zone(&engine_at(&zone_loss("eks"), 5000), "web"), [2, 2, 2]);
}

/// Where Auto Scaling replaces the dead instances the node goes with them. Power is lost at 1000 s: `Ready: Unknown` at
/// 1050; status check 1120, decision 1300: EC2 has no such instance any more. The cloud controller looks at 1305 and deletes
/// the nodes; the garbage collector sees that at 1320, waits 40 s, and deletes the pods at 1360: 1361, 1363.
#[test]
fn a_dead_instance_takes_its_node_with_it() {
    let loss = "failures: [{type: zoneOutage, at: 1000s, lasts: 1h, lost: 0%, target: {zones: [a]}}]";
    let text = cluster(6, 4, "controlPlane: eks", &deployment("web", 6, "", ""), loss);
    assert_eq!(changes(&text)[..3], [(0.0, 6), (1000.0, 4), (1363.0, 6)]);
}

/// A node reboots within the grace period: its pods stay bound, their containers start again on it. Down at 1000 for 20 s,
/// the kubelet reports 10 s later, containers run at 1032.
#[test]
fn a_reboot_keeps_the_pods() {
    let failure = "failures: [{type: instanceReboot, at: 1000s, lasts: 20s, target: {zones: [a]}}]";
    let text = cluster(3, 2, "", &deployment("web", 3, "", ""), failure);
    assert_eq!(changes(&text), [(0.0, 3), (1000.0, 2), (1032.0, 3)]);
}

/// The kubelet is disconnected for 10 min while its pod serves on: unlike ECS, Kubernetes evicts it. `Ready: Unknown` at
/// 1050, deleted at 1350, a substitute runs at 1353, so that for a while there are four. When the kubelet is back at 1600
/// it ends the old pod within 1 s.
#[test]
fn a_disconnected_kubelet() {
    let failure = "failures: [{type: agentDisconnect, at: 1000s, lasts: 10m, target: {zones: [a]}}]";
    let text = cluster(3, 2, "", &deployment("web", 3, "", ""), failure)
        .replace("count: 3", "count: 3\n    suspendedProcesses: [ReplaceUnhealthy]");
    assert_eq!(changes(&text), [(0.0, 3), (1350.0, 2), (1353.0, 3)]);
    let pods = |at| by_zone(&engine_at(&text, at), "web").iter().sum::<u32>();
    assert_eq!((pods(1349), pods(1354), pods(1602)), (3, 4, 3));
}

const SERVICE: &str = "  - apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {selector: {app: web}, ports: [{port: 80}]}
";

/// A container hangs and gives no answer. Its readiness probe (every 5 s, 2 failures, time-out 1 s) takes it out of the
/// Service; its liveness probe (every 10 s, 3 failures) has it killed. It started at 0, hangs at 1002: readiness fails at
/// 1005 and 1010, with the time-out 1011; liveness at 1010, 1020, 1030, with the time-out 1031; then 30 s of grace, for a
/// hanging process does not hear SIGTERM, and 1 s to restart: 1062. It passes its readiness probe 0 s after its start.
#[test]
fn a_hang_is_seen_by_probes() {
    let probes = "              readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 5, failureThreshold: 2}
              livenessProbe: {tcpSocket: {port: 80}}";
    let manifests = format!("{}{SERVICE}", deployment("web", 2, "", probes));
    let failure = "failures: [{type: containerHang, answers: silence, at: 1002s, target: {count: 1}}]";
    let outcome = outcome(&cluster(3, 1, "", &manifests, failure));
    assert_eq!(healthy(&outcome), [(0.0, 2), (1002.0, 1), (1062.0, 2)]);
    // Half of the requests go to the dead endpoint for 9 s of the run's 10,800 s.
    let requests = outcome.services[0].requests.as_ref().expect("a Service");
    assert!((requests.lost_share - 0.5 * 9.0 / 10_800.0).abs() < 1e-9, "{requests:?}");
}

/// An instance hangs from 1000 to 1030 s and a container ends there at 1010: its kubelet finds it when the host answers and
/// restarts it at once, 1031, whether the control plane is there or not.
#[test]
fn a_kubelet_sees_to_what_a_hang_has_hidden() {
    let failures = "  - {type: instanceHang, at: 1000s, lasts: 30s, target: {zones: [a]}}
  - {type: containerCrash, at: 1010s, target: {zones: [a]}}";
    let manifests = deployment("web", 3, "", "");
    let wanted = [(0.0, 3), (1000.0, 2), (1031.0, 3)];
    assert_eq!(changes(&cluster(3, 1, "", &manifests, &format!("failures:\n{failures}"))), wanted);
    let outage = "  - {type: controlPlaneOutage, at: 990s, lasts: 1000s}";
    assert_eq!(changes(&cluster(3, 1, "", &manifests, &format!("failures:\n{failures}\n{outage}"))), wanted);
}

/// Two nodes are drained at once; a budget keeps two of three pods. The first eviction is allowed at 1000 s, the second
/// when the first substitute is ready: SIGTERM takes 1 s, but the substitute is created at once: 1001, 1003. The next
/// attempt follows at once, for a pod has become ready: its substitute is there at 1006.
#[test]
fn a_drain_waits_for_the_budget() {
    let budget = "  - apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: web}
    spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
";
    let manifests = format!("{}{budget}", deployment("web", 3, "", ""));
    let failure = "failures: [{type: instanceRetirement, at: 1000s, target: {zones: [a, b]}}]";
    let text = cluster(3, 4, "", &manifests, failure);
    assert_eq!(changes(&text), [(0.0, 3), (1000.0, 2), (1006.0, 3)]);
}

/// A budget for `web`.
fn budget(spec: &str) -> String {
    format!(
        "  - apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {{name: web}}
    spec: {{{spec}, selector: {{matchLabels: {{app: web}}}}}}
"
    )
}

/// A budget keeps two of three pods. One hangs at 1002 s and is not ready from 1011 on; its node is drained at 1100. The
/// budget is met without it, with none to spare: it is evicted at once, and its substitute runs at 1103. With a budget of
/// three, which is not met, it stays until the node group loses patience after 15 min: 2000, 2003.
#[test]
fn a_drain_takes_an_unready_pod_whose_budget_is_met() {
    let probe = "              readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 5, failureThreshold: 2}";
    let failures = "failures:
  - {type: containerHang, answers: silence, at: 1002s, target: {zones: [a]}}
  - {type: instanceRetirement, at: 1100s, target: {zones: [a]}}";
    let with = |spec: &str| {
        let manifests = format!("{}{}", deployment("web", 3, "", probe), budget(spec));
        changes(&cluster(3, 4, "", &manifests, failures))
    };
    assert_eq!(with("minAvailable: 2"), [(0.0, 3), (1002.0, 2), (1103.0, 3)]);
    assert_eq!(with("minAvailable: 3"), [(0.0, 3), (1002.0, 2), (2003.0, 3)]);
}

/// A budget keeps all pods. A fourth is wanted at 999 s and bound to the node in zone a, which is drained at 1000.5, before
/// its container runs: it is evicted whatever the budget says, and its substitute runs at 1003.5. The node's ready pod
/// stays for 15 min: 1900.5, 1903.5.
#[test]
fn a_drain_takes_a_pod_that_does_not_run_yet() {
    let manifests = format!("{}{}", deployment("web", 3, "", ""), budget("minAvailable: 100%"));
    let more = "workloads: {web: {scheduledScaling: [{at: 999s, desiredCount: 4}], imageSize: 0MiB}}
failures: [{type: instanceRetirement, at: 1000500ms, target: {zones: [a]}}]";
    let found = changes(&cluster(3, 4, "", &manifests, more));
    assert_eq!(found, [(0.0, 3), (1003.5, 4), (1900.5, 3), (1903.5, 4)]);
}

/// A budget keeps all of three pods, one of whose nodes is drained at 1000 s. It reboots at 1100 and its pod runs again at
/// 1132. The node group's patience is over at 1900 all the same: deleted then, its substitute runs at 1903. Where the
/// control plane is down from 1890 to 1953, the node group tries again every 5 s: 1955, 1958.
#[test]
fn a_drain_outlasts_a_reboot_and_the_control_plane() {
    let with = |more: &str| {
        let failures = format!(
            "failures:
  - {{type: instanceRetirement, at: 1000s, target: {{zones: [a]}}}}
  - {{type: instanceReboot, at: 1100s, lasts: 20s, target: {{matching: runningTasksCount == 1, zones: [a]}}}}
{more}"
        );
        let manifests = format!("{}{}", deployment("web", 3, "", ""), budget("minAvailable: 3"));
        changes(&cluster(3, 4, "", &manifests, &failures))
    };
    assert_eq!(with(""), [(0.0, 3), (1100.0, 2), (1132.0, 3), (1900.0, 2), (1903.0, 3)]);
    let outage = "  - {type: controlPlaneOutage, at: 1890s, lasts: 63s}";
    assert_eq!(with(outage), [(0.0, 3), (1100.0, 2), (1132.0, 3), (1955.0, 2), (1958.0, 3)]);
}

/// The taint of an unreachable node is tolerated for longer than time is counted: the pod stays until its node is back.
#[test]
fn a_toleration_beyond_all_time() {
    let pod = "          tolerations:
            - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 18446744073710}";
    let failure = "failures: [{type: agentDisconnect, at: 1000s, lasts: 10m, target: {zones: [a]}}]";
    let text = cluster(3, 2, "", &deployment("web", 3, pod, ""), failure);
    assert_eq!(changes(&text), [(0.0, 3)]);
}

/// The cluster is full of three pods of low priority when one of high priority is wanted at 1000 s. It takes the place of
/// one of them: deleted at 1000, gone at 1001, and tried again then; it runs at 1004. The one that gave way finds no room.
#[test]
fn preemption() {
    let classes = "  - {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}
";
    let manifests = format!(
        "{}{}{classes}",
        deployment("low", 3, "", ""),
        deployment("high", 0, "          priorityClassName: high", "")
    );
    let scaling = "workloads: {high: {scheduledScaling: [{at: 1000s, desiredCount: 1}]}}";
    let outcome = outcome(&cluster(3, 1, "", &manifests, scaling));
    let of = |name: &str| {
        let service = outcome.timeline.services.iter().position(|service| service.name == name).expect("a service");
        let points = &outcome.timeline.services[service].points;
        points.iter().map(|point| (point.seconds, point.healthy)).collect::<Vec<_>>()
    };
    assert_eq!(of("low").last().map(|point| point.1), Some(2));
    assert!(of("low").contains(&(1000.0, 2)), "{:?}", of("low"));
    assert!(of("high").contains(&(1004.0, 1)), "{:?}", of("high"));
}

/// Three nodes with room for one pod each are full of `other` when it is scaled down by one at 1000.3 s: room for one at 1001.3.
/// `web` is wanted at 1000.5 s and is refused, which gives it a back-off up to 1001.5. As the scheduler has nothing else to
/// do it does not wait for that: bound at 1001.3, it runs at 1004.3. `busy`, which is wanted too, gets nothing.
///
/// Of two that back off it takes the one whose back-off ends in an earlier second: `web` of priority 0 before `busy` of
/// priority 1000, which was tried first at 1001.2 and backs off up to 1002.2. Where both end in the same second, it goes by
/// priority, although the back-off of `web` ends first.
#[test]
fn a_back_off_is_cut_short_while_nothing_else_is_to_do() {
    let classes = "  - {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000, preemptionPolicy: Never}
";
    let manifests = format!(
        "{}{}{}{classes}",
        deployment("other", 3, "", ""),
        deployment("web", 0, "", ""),
        deployment("busy", 0, "          priorityClassName: high", "")
    );
    let first_running = |busy_at: &str| {
        let scaling = format!(
            "workloads:
  other: {{scheduledScaling: [{{at: 1000300ms, desiredCount: 2}}], imageSize: 0MiB}}
  web: {{scheduledScaling: [{{at: 1000500ms, desiredCount: 1}}]}}
  busy: {{scheduledScaling: [{{at: {busy_at}, desiredCount: 1}}]}}"
        );
        let outcome = outcome(&cluster(3, 1, "", &manifests, &scaling));
        ["web", "busy"].map(|name| {
            let service = outcome.timeline.services.iter().find(|service| service.name == name).expect("a service");
            service.points.iter().find(|point| point.healthy == 1).map(|point| point.seconds)
        })
    };
    assert_eq!(first_running("1001200ms"), [Some(1004.3), None]);
    assert_eq!(first_running("1000600ms"), [None, Some(1004.3)]);
}

/// A StatefulSet with a volume in each zone. Its zone is cut off from 1000 s for an hour: `db-0` is deleted at 1350, but its
/// node does not confirm it, so no other `db-0` is made; and none could run elsewhere, for its volume lies there. At 4600 the
/// network is back and the pod serves again; at 4610 the kubelet reports and ends it, as it was told (1 s), and only then
/// `db-0` is made anew: 4611, 4612, 4614.
#[test]
fn a_stateful_set_stays_with_its_volume() {
    let manifests = deployment("db", 3, "", "")
        .replace("kind: Deployment", "kind: StatefulSet")
        .replace("      replicas: 3", "      serviceName: db\n      replicas: 3")
        + "      volumeClaimTemplates:
        - metadata: {name: data}
          spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
";
    let text = cluster(6, 2, "controlPlane: upstream", &manifests, ZONE_LOSS)
        .replace("count: 6", "count: 6\n    suspendedProcesses: [ReplaceUnhealthy, AZRebalance]");
    assert_eq!(changes(&text), [(0.0, 3), (1000.0, 2), (4614.0, 3)]);
}

/// Memory runs short on a node. Three pods of 1000Mi on three nodes with room for one each; a fourth node is empty. At
/// 1000 s one of them uses 1500 MiB, which no limit of its own forbids but which its node does not have: the kubelet ends it
/// at once, and its ReplicaSet makes another: 1001, 1003. Its node takes no new pod for five minutes, so it goes elsewhere.
#[test]
fn memory_runs_short_on_a_node() {
    let peak = "failures: [{type: outOfMemory, memoryUse: {median: 1500MiB, sigma: 0}, at: 1000s, target: {count: 1}}]";
    let text = cluster(4, 1, "", &deployment("web", 3, "", ""), peak);
    let outcome = outcome(&text);
    assert_eq!(healthy(&outcome), [(0.0, 3), (1000.0, 2), (1003.0, 3)]);
    assert_eq!(outcome.failures[0].lost_task_seconds, 3.0);
    let pressed = |at| engine_at(&text, at).world.live_instances().filter(|(_, row)| row.pressed).count();
    assert_eq!((pressed(1299), pressed(1301)), (1, 0));
    let moved = engine_at(&text, 1010);
    let busy = moved.world.live_instances().filter(|(_, row)| row.pressed && row.task_count > 0).count();
    assert_eq!(busy, 0);
}

/// A Job of three completions, two at a time, 100 s each, one of whose pods crashes at 50 s. The first two run from 3 s on,
/// one of them is done at 103. The crashed one's successor waits for the end of the back-off of 10 s at 60 and runs from 63
/// to 163; the third runs from 106 to 206.
#[test]
fn a_job_tries_again() {
    let job = "  - apiVersion: batch/v1
    kind: Job
    metadata: {name: web}
    spec:
      completions: 3
      parallelism: 2
      template:
        spec:
          restartPolicy: Never
          containers:
            - {name: main, image: main:1, resources: {requests: {cpu: \"1\", memory: 1000Mi}}}
";
    let more = "workloads: {web: {runTime: 100s, imageSize: 0MiB}}
failures: [{type: containerCrash, at: 50s, target: {count: 1}}]";
    let text = cluster(3, 1, "", job, more);
    let outcome = outcome(&text);
    let batch = &outcome.batches[0];
    assert_eq!((batch.arrived, batch.completed, batch.failed, batch.given_up), (4, 3, 1, 0));
    assert_eq!(batch.response.longest_seconds, Some(103.0));
    let running = |at| by_zone(&engine_at(&text, at), "web").iter().sum::<u32>();
    assert_eq!((running(49), running(59), running(62), running(110), running(170), running(207)), (2, 1, 2, 2, 1, 0));
}

/// 300 Jobs of one pod each, as the dump of a cluster may hold them, all of which have room at once. The pod of Job number
/// n runs from 3 s on for 100 + n s.
#[test]
fn hundreds_of_jobs() {
    let job = |nth: u32| {
        format!(
            "  - apiVersion: batch/v1
    kind: Job
    metadata: {{name: job-{nth}}}
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - {{name: main, image: main:1, resources: {{requests: {{cpu: \"1\", memory: 1000Mi}}}}}}
"
        )
    };
    let manifests: String = (0..300).map(job).collect();
    let times: String =
        (0..300).map(|nth| format!("  job-{nth}: {{runTime: {}s, imageSize: 0MiB}}\n", 100 + nth)).collect();
    let text = cluster(30, 10, "", &manifests, &format!("workloads:\n{times}"));
    let outcome = run(&plan(&text), Options::default());
    let found: Vec<_> = outcome
        .batches
        .iter()
        .map(|batch| (batch.name.clone(), batch.arrived, batch.completed, batch.response.longest_seconds))
        .collect();
    let expected: Vec<_> = (0..300).map(|nth| (format!("job-{nth}"), 1, 1, Some(f64::from(103 + nth)))).collect();
    assert_eq!(found, expected);
}
