//! Pods placed per second by the Kubernetes scheduler, all nodes scored, against kube-scheduler v1.34.1 on the same work.
//!
//! Node i: 32 cores, 128 GiB, 110 pods, zone i mod 3; empty at the start. Pod i: label `app` = `app-(i mod 20)`, requests by
//! (i div 20) mod 4 from 100m and 128 MiB to 1000m and 2 GiB; all fit. `plain` pods have no constraints; `spread` pods spread over zones
//! (`maxSkew` 1, `DoNotSchedule`) and hosts (`maxSkew` 1, `ScheduleAnyway`); `affinity` pods prefer hosts without pods of their app. Ties are
//! broken at random. Timed are the decision and the noting of the pod on its node, for all pods of a run; templates are compiled
//! before, what is remembered of them is not.
//!
//! The real scheduler's figures are those of its scheduling cycle in one process without an API server, on two cores. A ratio is
//! printed beside each run; it compares machines only as far as they are alike.

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use longshore::base::time::Time;
use longshore::placement::kubernetes::{Pending, Profile, Scheduler, TemplateId, Tie};
use longshore::world::kubernetes::{Cluster, Node, PodSpec};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

const APPS: usize = 20;
const REQUESTS: [(i64, i64); 4] = [(100, 128), (250, 512), (500, 1024), (1000, 2048)];
const WORKLOADS: [&str; 3] = ["plain", "spread", "affinity"];
/// Nodes, pods, and the real scheduler's pods per second on the three workloads.
const SIZES: [(usize, usize, [f64; 3]); 3] = [
    (100, 3_000, [3938.0, 2167.0, 1675.0]),
    (1_000, 10_000, [582.0, 358.0, 272.0]),
    (5_000, 2_000, [139.0, 87.9, 120.0]),
];

fn node(number: usize) -> Node {
    let name = format!("node-{number:05}");
    let node = json!({
        "name": name,
        "labels": {
            "kubernetes.io/hostname": name,
            "topology.kubernetes.io/zone": format!("zone-{}", number % 3),
        },
        "allocatable": {"cpu": 32_000, "memory": 128i64 << 30, "pods": 110},
    });
    serde_json::from_value(node).expect("a node")
}

fn pod(workload: &str, app: usize, (cpu, mebibytes): (i64, i64)) -> PodSpec {
    let app = format!("app-{app}");
    let selector = json!({"matchLabels": {"app": app}});
    let constraint = |key: &str, when: &str| -> Value {
        json!({"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": when, "labelSelector": selector})
    };
    let mut pod = json!({
        "labels": {"app": app},
        "containers": [{"requests": {"cpu": cpu, "memory": mebibytes << 20}}],
    });
    match workload {
        "spread" => {
            pod["topologySpreadConstraints"] = json!([
                constraint("topology.kubernetes.io/zone", "DoNotSchedule"),
                constraint("kubernetes.io/hostname", "ScheduleAnyway"),
            ]);
        }
        "affinity" => {
            pod["affinity"] = json!({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 100, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": selector}}
            ]}});
        }
        _ => {}
    }
    serde_json::from_value(pod).expect("a pod")
}

/// Places all pods of a run; how long that took.
fn run(workload: &str, nodes: usize, pods: usize) -> Duration {
    let mut scheduler = Scheduler::new(&Profile::default(), &Cluster::default());
    for number in 0..nodes {
        scheduler.add_node(&node(number));
    }
    let templates: Vec<TemplateId> = (REQUESTS.iter())
        .flat_map(|requests| (0..APPS).map(|app| pod(workload, app, *requests)))
        .map(|pod| scheduler.template(&pod))
        .collect();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let start = Instant::now();
    for number in 0..pods {
        // Apps change with every pod, requests with every twenty: as the templates stand.
        let template = templates[number % templates.len()];
        let mut draw = |ties: usize| random.random_range(0..ties);
        let decision = scheduler.schedule(&Pending::of(template), &mut Tie::Draw(&mut draw)).expect("all pods fit");
        scheduler.add_pod(template, decision.node, Time(0));
    }
    start.elapsed()
}

fn kubernetes(c: &mut Criterion) {
    for (nodes, pods, real) in SIZES {
        let mut group = c.benchmark_group(format!("kubernetes_{nodes}_nodes_{pods}_pods"));
        group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
        for (workload, real) in WORKLOADS.into_iter().zip(real) {
            let mut best = Duration::MAX;
            group.bench_function(workload, |bencher| {
                bencher.iter_custom(|times| {
                    let runs = (0..times).map(|_| run(workload, nodes, pods));
                    runs.inspect(|took| best = best.min(*took)).sum()
                });
            });
            let rate = pods as f64 / best.as_secs_f64();
            println!(
                "{workload}: {rate:.0} pods/s in the best run, {:.0} times the real scheduler's {real}",
                rate / real
            );
        }
        group.finish();
    }
}

criterion_group!(benches, kubernetes);
criterion_main!(benches);
