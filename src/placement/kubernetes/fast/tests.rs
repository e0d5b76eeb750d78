//! The fast path beside the rule as it is written, on random clusters in churn.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

use crate::base::time::Time;
use crate::placement::kubernetes::profile::Profile;
use crate::placement::kubernetes::{NodeIndex, Pending, PodKey, Scheduler, TemplateId, Tie};
use crate::world::kubernetes::{Cluster, Namespace, Node, PodSpec, ServiceObject, Taint};

const HOST: &str = "kubernetes.io/hostname";
const ZONE: &str = "topology.kubernetes.io/zone";

struct Random(Xoshiro256PlusPlus);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0.random_range(0..bound)
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

fn taints(random: &mut Random) -> Vec<Taint> {
    let mut list = Vec::new();
    while random.one_in(4) {
        let taint = json!({
            "key": random.of(&["spot", "maint"]),
            "value": random.of(&["", "x"]),
            "effect": random.of(&["NoSchedule", "PreferNoSchedule", "PreferNoSchedule", "NoExecute"]),
        });
        list.push(serde_json::from_value(taint).expect("a taint"));
    }
    list
}

fn node(random: &mut Random, number: usize, same_host: bool) -> Node {
    let mut labels = BTreeMap::new();
    if !random.one_in(12) {
        let host = if same_host { "shared".to_owned() } else { format!("n{number}") };
        labels.insert(HOST.to_owned(), host);
    }
    if !random.one_in(8) {
        labels.insert(ZONE.to_owned(), random.of(&["a", "b", "c"]).to_owned());
    }
    if !random.one_in(3) {
        labels.insert("rack".to_owned(), format!("r{}", random.below(6)));
    }
    if random.one_in(2) {
        labels.insert("disk".to_owned(), random.of(&["ssd", "hdd"]).to_owned());
    }
    let mut allocatable = json!({
        "cpu": random.of(&[2000, 4000, 4000, 8000]),
        "memory": random.of(&[4i64, 8, 16]) << 30,
        "pods": random.of(&[4, 20, 110]),
    });
    if random.one_in(4) {
        allocatable["nvidia.com/gpu"] = json!(2);
    }
    Node {
        // The order of names is not that of indices.
        name: format!("n{}", (number * 7919) % 1000),
        labels,
        taints: taints(random),
        unschedulable: random.one_in(12),
        allocatable: serde_json::from_value(allocatable).expect("amounts"),
    }
}

fn selector(random: &mut Random) -> Value {
    match random.below(6) {
        0 => json!({}),
        1 => json!({"matchExpressions": [{"key": "app", "operator": "In", "values": ["a", "b"]}]}),
        2 => json!({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}),
        _ => json!({"matchLabels": {"app": random.of(&["a", "b", "c"])}}),
    }
}

fn term(random: &mut Random) -> Value {
    let mut term = json!({"labelSelector": selector(random), "topologyKey": random.of(&[HOST, HOST, ZONE, "rack"])});
    match random.below(8) {
        0 => term["namespaces"] = json!(["default", "prod"]),
        1 => term["namespaceSelector"] = json!({}),
        2 => term["namespaceSelector"] = json!({"matchLabels": {"team": "x"}}),
        _ => {}
    }
    term
}

fn terms(random: &mut Random, required: usize) -> Value {
    let mut result = json!({});
    if random.one_in(required) {
        let count = 1 + random.below(2);
        result["requiredDuringSchedulingIgnoredDuringExecution"] = (0..count).map(|_| term(random)).collect();
    }
    if random.one_in(2) {
        let count = 1 + random.below(2);
        let weighted = |random: &mut Random| json!({"weight": 1 + random.below(100), "podAffinityTerm": term(random)});
        result["preferredDuringSchedulingIgnoredDuringExecution"] = (0..count).map(|_| weighted(random)).collect();
    }
    result
}

fn constraint(random: &mut Random) -> Value {
    let mut constraint = json!({
        "maxSkew": 1 + random.below(3),
        "topologyKey": random.of(&[HOST, ZONE, ZONE, "rack"]),
        "whenUnsatisfiable": random.of(&["DoNotSchedule", "ScheduleAnyway", "ScheduleAnyway"]),
        "labelSelector": selector(random),
    });
    if constraint["whenUnsatisfiable"] == "DoNotSchedule" && random.one_in(3) {
        constraint["minDomains"] = json!(1 + random.below(5));
    }
    if random.one_in(4) {
        constraint["nodeAffinityPolicy"] = json!("Ignore");
    }
    if random.one_in(4) {
        constraint["nodeTaintsPolicy"] = json!("Honor");
    }
    if random.one_in(4) {
        constraint["matchLabelKeys"] = json!(["tier"]);
    }
    constraint
}

fn pod(random: &mut Random) -> PodSpec {
    let mut labels = json!({"app": random.of(&["a", "b", "c"])});
    if random.one_in(2) {
        labels["tier"] = json!(random.of(&["fe", "be"]));
    }
    let mut requests = json!({});
    if !random.one_in(5) {
        requests["cpu"] = json!(random.of(&[0, 100, 250, 500, 1500]));
    }
    if !random.one_in(5) {
        requests["memory"] = json!(random.of(&[64i64, 512, 1000, 3000]) << 20);
    }
    if random.one_in(12) {
        requests["nvidia.com/gpu"] = json!(1);
    }
    let mut container = json!({"image": random.of(&["one", "two:1"]), "requests": requests});
    if random.one_in(10) {
        container["ports"] = json!([{"hostPort": random.of(&[80, 81]), "hostIP": random.of(&["", "10.0.0.1"])}]);
    }
    let mut pod = json!({
        "namespace": random.of(&["", "", "prod"]),
        "labels": labels,
        "priority": random.of(&[0, 0, 10]),
        "containers": [container],
    });
    if random.one_in(4) {
        let count = 1 + random.below(3);
        pod["topologySpreadConstraints"] = (0..count).map(|_| constraint(random)).collect();
    }
    let mut affinity = json!({});
    if random.one_in(4) {
        affinity["podAffinity"] = terms(random, 4);
    }
    if random.one_in(4) {
        affinity["podAntiAffinity"] = terms(random, 3);
    }
    if random.one_in(5) {
        affinity["nodeAffinity"] = json!({"preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 1 + random.below(100), "preference": {"matchExpressions": [
                {"key": "disk", "operator": "In", "values": ["ssd"]}]}},
            {"weight": 30, "preference": {"matchExpressions": [{"key": "rack", "operator": "Exists"}]}},
        ]});
    }
    if random.one_in(6) {
        let terms = json!({"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "disk", "operator": random.of(&["Exists", "DoesNotExist"])}]},
            {"matchExpressions": [{"key": ZONE, "operator": "In", "values": ["a"]}]},
        ]});
        affinity["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] = terms;
    }
    pod["affinity"] = affinity;
    if random.one_in(8) {
        pod["nodeSelector"] = json!({ZONE: "b"});
    }
    if random.one_in(4) {
        pod["tolerations"] = json!([{"key": "spot", "operator": "Exists"}]);
    }
    serde_json::from_value(pod).expect("a pod")
}

fn cluster(random: &mut Random) -> Cluster {
    let mut cluster = Cluster::default();
    let labels = BTreeMap::from([("team".to_owned(), "x".to_owned())]);
    cluster.namespaces.push(Namespace { name: "prod".into(), labels });
    if random.one_in(2) {
        let selector = BTreeMap::from([("app".to_owned(), "a".to_owned())]);
        cluster.services.push(ServiceObject { name: "s".into(), selector: Some(selector), ..Default::default() });
    }
    cluster
}

fn profile(random: &mut Random) -> Profile {
    let profile = match random.below(6) {
        0 => json!({"pluginConfig": [{"name": "NodeResourcesFit", "args": {"scoringStrategy": {"type": "MostAllocated",
                "resources": [{"name": "cpu", "weight": 3}, {"name": "nvidia.com/gpu", "weight": 5}]}}}]}),
        1 => json!({"plugins": {"multiPoint": {"enabled": [
                {"name": "PodTopologySpread", "weight": 9}, {"name": "InterPodAffinity", "weight": 7}]}}}),
        2 => json!({"plugins": {"score": {"disabled": [{"name": "TaintToleration"}]}},
                "pluginConfig": [{"name": "InterPodAffinity", "args": {"hardPodAffinityWeight": 40}}]}),
        3 => json!({"pluginConfig": [
                {"name": "InterPodAffinity", "args": {"ignorePreferredTermsOfExistingPods": true}},
                {"name": "PodTopologySpread", "args": {"defaultingType": "List", "defaultConstraints": [
                    {"maxSkew": 2, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule"},
                    {"maxSkew": 1, "topologyKey": "rack", "whenUnsatisfiable": "ScheduleAnyway"}]}}]}),
        _ => json!({}),
    };
    serde_json::from_value(profile).expect("a profile")
}

/// Counts of what was compared.
#[derive(Default)]
struct Seen {
    decisions: usize,
    ties: usize,
    refusals: usize,
}

struct Churn {
    scheduler: Scheduler,
    random: Random,
    templates: Vec<TemplateId>,
    pods: Vec<PodKey>,
    nodes: Vec<NodeIndex>,
    made: usize,
    same_hosts: bool,
}

impl Churn {
    fn new(seed: u64) -> Churn {
        let mut random = Random(Xoshiro256PlusPlus::seed_from_u64(seed));
        let (profile, cluster) = (profile(&mut random), cluster(&mut random));
        let same_hosts = random.one_in(4);
        let scheduler = Scheduler::new(&profile, &cluster);
        let mut churn = Churn {
            scheduler,
            random,
            templates: Vec::new(),
            pods: Vec::new(),
            nodes: Vec::new(),
            made: 0,
            same_hosts,
        };
        for _ in 0..3 + churn.random.below(20) {
            churn.add_node();
        }
        for _ in 0..4 {
            churn.add_template();
        }
        churn
    }

    fn add_node(&mut self) {
        let shared = self.same_hosts && self.random.one_in(5);
        let node = node(&mut self.random, self.made, shared);
        self.made += 1;
        self.nodes.push(self.scheduler.add_node(&node));
    }

    fn add_template(&mut self) {
        let spec = pod(&mut self.random);
        self.templates.push(self.scheduler.template(&spec));
    }

    fn some_node(&mut self) -> NodeIndex {
        let place = self.random.below(self.nodes.len());
        self.nodes[place]
    }

    fn step(&mut self, seen: &mut Seen) {
        match self.random.below(40) {
            0 if self.templates.len() < 40 => self.add_template(),
            1 => self.add_node(),
            2 if self.nodes.len() > 3 => {
                let place = self.random.below(self.nodes.len());
                let node = self.nodes.swap_remove(place);
                self.pods.retain(|pod| self.scheduler.snapshot.pods[*pod].node != node);
                self.scheduler.remove_node(node);
            }
            3 => {
                let (node, taints) = (self.some_node(), taints(&mut self.random));
                self.scheduler.set_node_taints(node, taints);
            }
            4 => {
                let (node, cordoned) = (self.some_node(), self.random.one_in(3));
                self.scheduler.set_node_unschedulable(node, cordoned);
            }
            5 => {
                let (node, size) = (self.some_node(), self.random.of(&[0, 300 << 20, 900 << 20]));
                let image = self.random.of(&["one:latest", "two:1"]);
                self.scheduler.set_node_image(node, image, size);
            }
            6..=8 if !self.pods.is_empty() => {
                let pod = self.pods[self.random.below(self.pods.len())];
                self.scheduler.set_terminating(pod);
            }
            9..=16 if !self.pods.is_empty() => {
                let place = self.random.below(self.pods.len());
                self.scheduler.remove_pod(self.pods.swap_remove(place));
            }
            _ => self.place(seen),
        }
    }

    fn place(&mut self, seen: &mut Seen) {
        let template = self.random.of(&self.templates);
        let pending = Pending::of(template);
        let seed = self.random.below(1 << 30);
        let plainly = |scheduler: &mut Scheduler, tie: &mut Tie| scheduler.schedule_plainly(&pending, tie);
        let expected = plainly(&mut self.scheduler, &mut Tie::SmallestName);
        let Scheduler { snapshot, fast, .. } = &mut self.scheduler;
        let found = fast.decide(snapshot, &pending, &mut Tie::SmallestName).expect("a pod that is covered");
        assert_eq!(expected, found, "the smallest name, {:#?}", snapshot.templates[template].spec);
        let mut draw = |ties: usize| seed % ties;
        let expected = plainly(&mut self.scheduler, &mut Tie::Draw(&mut draw));
        let Scheduler { snapshot, fast, .. } = &mut self.scheduler;
        let found = fast.decide(snapshot, &pending, &mut Tie::Draw(&mut draw)).expect("a pod that is covered");
        assert_eq!(expected, found, "drawn");
        seen.decisions += 1;
        match found {
            Ok(decision) => {
                seen.ties += usize::from(decision.ties > 1);
                self.pods.push(self.scheduler.add_pod(template, decision.node, Time(0)));
            }
            Err(unfit) => {
                seen.refusals += 1;
                assert_eq!(unfit.nodes, self.nodes.len());
            }
        }
    }
}

#[test]
fn both_decide_alike() {
    let mut seen = Seen::default();
    for seed in 0..300 {
        let mut churn = Churn::new(seed);
        for step in 0..200 {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| churn.step(&mut seen)));
            if let Err(cause) = outcome {
                eprintln!("seed {seed}, step {step}");
                std::panic::resume_unwind(cause);
            }
        }
    }
    // The comparison must have had something to compare.
    assert!(seen.decisions > 20_000 && seen.ties > 1_000 && seen.refusals > 1_000);
}
