//! Kubernetes manifests, and the dump of a live cluster, as the input of a run.
//!
//! The way in, each step a module: [`objects`] reads files of several documents and lists, sorts them by [`kind`], leaves
//! out what decides nothing ([`sieve`], [`fields`]) and finds every fault of structure with the [`schema`] of the types
//! in [`mod@file`]; [`check`] finds what the API server would refuse, fills in its defaults and resolves the rest.

mod check;
mod fields;
mod file;
mod kind;
mod objects;
mod place;
pub mod quantity;
mod schema;
mod sieve;

use crate::base::problem::{Location, Problems, Sources};
use crate::world::kubernetes::{
    Budget, Cluster, Labels, Namespace, Node, PodTemplate, ResourceList, SelectorOwner, ServiceObject, Workload,
    ZONE_LABEL,
};

pub use objects::Input;

/// The label that names a node's instance type.
pub const INSTANCE_TYPE_LABEL: &str = "node.kubernetes.io/instance-type";

/// What manifests and dumps hold, checked and with all defaults filled in.
#[derive(Debug, Default)]
pub struct Manifests {
    /// Workloads: Deployments, bare ReplicaSets (as Deployments), StatefulSets, DaemonSets, Jobs, and pods that are still to
    /// be placed and that nothing here manages.
    pub workloads: Vec<Workload>,
    /// Where each of the workloads is written.
    pub places: Vec<Location>,
    /// ReplicaSets and StatefulSets, whose pods are spread by default. Pods name theirs in `owner_references`.
    pub owners: Vec<SelectorOwner>,
    /// PodDisruptionBudgets.
    pub budgets: Vec<Budget>,
    /// Services.
    pub services: Vec<ServiceObject>,
    /// Namespaces that are written or used.
    pub namespaces: Vec<Namespace>,
    /// Nodes.
    pub nodes: Vec<StartNode>,
    /// Pods that run at the start.
    pub pods: Vec<StartPod>,
    /// What is suspicious or has no effect.
    pub warnings: Problems,
    /// The objects that were read, without the fields that decide nothing. A scenario that has them in place of its files gives
    /// the same results.
    pub written: Vec<serde_json::Map<String, serde_json::Value>>,
}

/// A node as it is at the start.
#[derive(Clone, Debug, Default)]
pub struct StartNode {
    /// What pods may ask for, labels, taints.
    pub node: Node,
    /// All that it has; empty where it is not written.
    pub capacity: ResourceList,
    /// The images on its disk.
    pub images: Vec<NodeImage>,
    /// The instance that it is, such as `aws:///us-east-1a/i-0123456789abcdef0`.
    pub provider_id: Option<String>,
    /// Where it is written.
    pub at: Option<Location>,
}

impl StartNode {
    /// The value of its zone label.
    pub fn zone(&self) -> Option<&str> {
        label(&self.node.labels, ZONE_LABEL)
    }

    /// The value of its instance type label.
    pub fn instance_type(&self) -> Option<&str> {
        label(&self.node.labels, INSTANCE_TYPE_LABEL)
    }
}

fn label<'l>(labels: &'l Labels, name: &str) -> Option<&'l str> {
    labels.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

/// An image on the disk of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeImage {
    /// The names that it goes by, with tags and digests.
    pub names: Vec<String>,
    /// Bytes.
    pub bytes: u64,
}

/// A pod that is bound to a node at the start.
#[derive(Clone, Debug)]
pub struct StartPod {
    /// The pod; `spec.node_name` is its node, one of [`Manifests::nodes`].
    pub pod: PodTemplate,
    /// The workload that it belongs to, by its place in [`Manifests::workloads`]; `None` for a pod that is on its own or whose
    /// owner is not known here.
    pub workload: Option<usize>,
    /// Whether its containers answer.
    pub ready: bool,
    /// Where it is written.
    pub at: Location,
}

impl Manifests {
    /// What each of the workloads is called in a scenario: its own name, with its namespace and kind before it where
    /// another has the same.
    pub fn names(&self) -> Vec<String> {
        names_of(&self.workloads)
    }

    /// The objects that never change during a run, with the nodes and pods of the start.
    pub fn cluster(&self) -> Cluster {
        Cluster {
            namespaces: self.namespaces.clone(),
            services: self.services.clone(),
            workloads: self.owners.clone(),
            budgets: self.budgets.clone(),
            nodes: self.nodes.iter().map(|start| start.node.clone()).collect(),
            pods: self.pods.iter().map(|start| start.pod.spec.clone()).collect(),
        }
    }
}

/// What each of some workloads is called in a scenario; see [`Manifests::names`].
pub fn names_of(workloads: &[Workload]) -> Vec<String> {
    workloads.iter().map(|workload| name_among(workload, workloads)).collect()
}

/// The name of a workload's service: its own, with its namespace and kind before it where another has the same.
fn name_among(workload: &Workload, all: &[Workload]) -> String {
    let same_name = |other: &&Workload| other.name == workload.name;
    let same_place = |other: &&Workload| same_name(other) && other.namespace == workload.namespace;
    if all.iter().filter(same_name).count() == 1 {
        workload.name.clone()
    } else if all.iter().filter(same_place).count() == 1 {
        format!("{}/{}", workload.namespace, workload.name)
    } else {
        format!("{}/{}/{}", workload.namespace, workload.kind.name(), workload.name)
    }
}

/// Reads manifests and dumps: YAML or JSON, several documents in a file, lists as `kubectl get -o json` prints them.
///
/// An object with a `uid` was read from a cluster: fields that are not known are left out with a warning, and a manifest of
/// the same name takes its place. All texts are kept in `sources`.
///
/// # Errors
/// Every problem that was found, each with its place; warnings among them.
pub fn read_manifests(inputs: &[Input], sources: &mut Sources) -> Result<Manifests, Problems> {
    let mut problems = Problems::new();
    let mut objects = objects::read(inputs, sources, &mut problems);
    let written = std::mem::take(&mut objects.written);
    let manifests = check::check(objects, &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    let written = written.into_iter().filter_map(|object| match object {
        serde_json::Value::Object(fields) => Some(fields),
        _ => None,
    });
    Ok(Manifests { warnings: problems, written: written.collect(), ..manifests })
}
