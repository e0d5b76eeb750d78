//! The form of the recordings.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use longshore::base::time::Time;
use longshore::placement::kubernetes::plugin::Plugin;
use longshore::placement::kubernetes::{Allowance, NodeIndex, PodKey, Profile, Scheduler};
use longshore::world::kubernetes::{
    Budget, Cluster, LabelSelector, Namespace, Node, PodSpec, SelectorOwner, ServiceObject,
};
use serde::Deserialize;
use serde::de::IntoDeserializer;

#[derive(Deserialize)]
pub struct Recording {
    #[serde(default)]
    pub cases: Vec<Case>,
    #[serde(default)]
    pub runs: Vec<Run>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Objects {
    pub profile: Profile,
    pub nodes: Vec<Node>,
    pub pods: Vec<Pod>,
    pub services: Vec<ServiceObject>,
    pub workloads: Vec<SelectorOwner>,
    pub namespaces: Vec<Namespace>,
    pub pod_disruption_budgets: Vec<RecordedBudget>,
    pub nominated_pods: Vec<Pod>,
}

#[derive(Deserialize)]
pub struct Case {
    pub id: String,
    #[serde(flatten)]
    pub objects: Objects,
    pub pod: Pod,
    pub expected: Expected,
}

#[derive(Deserialize)]
pub struct Run {
    pub id: String,
    #[serde(flatten)]
    pub objects: Objects,
    pub events: Vec<Event>,
    pub steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Event {
    Pod(Box<Pod>),
    Delete(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub pod: String,
    pub node: Option<String>,
    pub feasible: usize,
    #[serde(default)]
    pub best_total: i64,
    #[serde(default)]
    pub best: Vec<String>,
    #[serde(default)]
    pub reasons: BTreeMap<String, usize>,
}

/// A pod with what is not part of its specification.
pub struct Pod {
    pub spec: PodSpec,
    pub more: More,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct More {
    pub start_time: u64,
    pub terminating: bool,
    pub nominated_node_name: String,
}

impl<'de> Deserialize<'de> for Pod {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Pod, D::Error> {
        let value = serde_json::Value::deserialize(from)?;
        let spec = PodSpec::deserialize(value.clone().into_deserializer());
        let more = More::deserialize(value.into_deserializer());
        match (spec, more) {
            (Ok(spec), Ok(more)) => Ok(Pod { spec, more }),
            (Err(error), _) | (_, Err(error)) => Err(serde::de::Error::custom(error)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedBudget {
    pub name: String,
    #[serde(default)]
    pub namespace: String,
    pub selector: Option<LabelSelector>,
    #[serde(default)]
    pub disruptions_allowed: i64,
    #[serde(default)]
    pub disrupted_pods: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Expected {
    #[serde(default)]
    pub score_plugins: Vec<Weighted>,
    #[serde(default)]
    pub skipped_score_plugins: Vec<String>,
    pub nodes: Vec<Verdict>,
    pub feasible_count: usize,
    #[serde(default)]
    pub best_total: i64,
    #[serde(default)]
    pub best: Vec<String>,
    pub preemption: Option<Preemption>,
}

#[derive(Deserialize)]
pub struct Weighted {
    pub name: String,
    pub weight: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub struct Verdict {
    pub name: String,
    pub feasible: bool,
    pub raw: Vec<i64>,
    pub scores: Vec<i64>,
    pub total: i64,
    pub rejected_by: Vec<String>,
    pub code: String,
    pub reasons: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preemption {
    pub status: String,
    #[serde(default)]
    pub message: String,
    pub potential_nodes: Vec<String>,
    pub candidates: Vec<Candidate>,
    pub nominated_nodes: Vec<String>,
}

#[derive(Deserialize)]
pub struct Candidate {
    pub node: String,
    pub victims: Vec<String>,
    #[serde(rename = "numPDBViolations")]
    pub violations: usize,
}

pub fn read(file: &Path) -> Recording {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut text = String::new();
    let unpacked = if file.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text)
    } else {
        (&bytes[..]).read_to_string(&mut text)
    };
    unpacked.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The recorded cluster in a scheduler.
pub struct Loaded {
    pub scheduler: Scheduler,
    pub pods: BTreeMap<PodKey, String>,
    pub allowances: Vec<Allowance>,
}

impl Objects {
    pub fn load(&self) -> Loaded {
        let points = self.profile.plugins.iter().flat_map(|plugins| plugins.points());
        for entry in points.flat_map(|(_, set)| set.enabled.iter().chain(&set.disabled)) {
            assert!(entry.name == "*" || Plugin::is_known(&entry.name), "{}", entry.name);
        }
        let budget = |budget: &RecordedBudget| Budget {
            name: budget.name.clone(),
            namespace: budget.namespace.clone(),
            selector: budget.selector.clone(),
            min_available: None,
            max_unavailable: None,
            evicts_unhealthy: false,
        };
        let cluster = Cluster {
            namespaces: self.namespaces.clone(),
            services: self.services.clone(),
            workloads: self.workloads.clone(),
            budgets: self.pod_disruption_budgets.iter().map(budget).collect(),
            ..Cluster::default()
        };
        let mut scheduler = Scheduler::new(&self.profile, &cluster);
        for node in &self.nodes {
            scheduler.add_node(node);
        }
        let mut pods = BTreeMap::new();
        for pod in &self.pods {
            let node = index(&scheduler, pod.spec.node_name.as_deref().expect("a bound pod"));
            let spec = PodSpec { node_name: None, ..pod.spec.clone() };
            let template = scheduler.template(&spec);
            let key = scheduler.add_pod(template, node, Time(pod.more.start_time));
            if pod.more.terminating {
                scheduler.set_terminating(key);
            }
            pods.insert(key, format!("{}/{}", spec.namespace(), spec.name));
        }
        for (number, pod) in self.nominated_pods.iter().enumerate() {
            let node = index(&scheduler, &pod.more.nominated_node_name);
            let template = scheduler.template(&pod.spec);
            scheduler.nominate(number as u64, template, node);
        }
        let key_of = |name: &String| {
            let named = |(_, full): &(&PodKey, &String)| full.rsplit('/').next() == Some(name);
            pods.iter().find(named).map(|(key, _)| *key)
        };
        let allowance = |budget: &RecordedBudget| Allowance {
            allowed: budget.disruptions_allowed,
            disrupted: budget.disrupted_pods.iter().filter_map(key_of).collect(),
        };
        let allowances = self.pod_disruption_budgets.iter().map(allowance).collect();
        Loaded { scheduler, pods, allowances }
    }
}

pub fn index(scheduler: &Scheduler, name: &str) -> NodeIndex {
    scheduler.snapshot().node_named(name).unwrap_or_else(|| panic!("no node `{name}`"))
}

pub fn name(scheduler: &Scheduler, node: NodeIndex) -> String {
    scheduler.snapshot().nodes[node].facts.name.clone()
}
