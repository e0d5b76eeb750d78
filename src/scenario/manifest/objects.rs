//! From files to typed objects whose structure is sound.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::base::problem::{Location, Problem, Problems, Sources};
use crate::scenario::source::node::{Node, Value};
use crate::scenario::source::{read, schema as structure};

use super::file::object::{BudgetFile, NamespaceFile, NodeFile, PriorityClassFile, ServiceFile};
use super::file::workload::{DaemonSetFile, DeploymentFile, JobFile, PodFile, ReplicaSetFile, StatefulSetFile};
use super::kind::{self, Kind, Meaning};
use super::quantity::Quantity;
use super::schema;
use super::sieve::{Sieve, drop_nulls, written};

/// How deep lists of lists are followed.
const MAX_LISTS: usize = 4;

/// Where manifests stand.
#[derive(Clone, Debug)]
pub enum Input {
    /// In a file of one or more documents, or in the dump of a cluster.
    File {
        /// The file.
        path: PathBuf,
        /// Where it is named, to be shown where it cannot be read.
        at: Option<Location>,
    },
    /// In the scenario itself.
    Inline(Node),
}

/// An object and the tree that it was read from.
pub(super) struct Object<T> {
    pub file: T,
    pub tree: Node,
    /// Whether it was read from a cluster, rather than written to be applied to one.
    pub from_cluster: bool,
}

/// All objects, by kind.
#[derive(Default)]
pub(super) struct Objects {
    pub deployments: Vec<Object<DeploymentFile>>,
    pub replica_sets: Vec<Object<ReplicaSetFile>>,
    pub stateful_sets: Vec<Object<StatefulSetFile>>,
    pub daemon_sets: Vec<Object<DaemonSetFile>>,
    pub jobs: Vec<Object<JobFile>>,
    pub pods: Vec<Object<PodFile>>,
    pub budgets: Vec<Object<BudgetFile>>,
    pub classes: Vec<Object<PriorityClassFile>>,
    pub services: Vec<Object<ServiceFile>>,
    pub namespaces: Vec<Object<NamespaceFile>>,
    pub nodes: Vec<Object<NodeFile>>,
    /// What was read, as it is written with the results.
    pub written: Vec<Json>,
}

/// Versions and kinds of a cluster's objects that a warning has named.
type Said = BTreeSet<(String, String)>;

/// An object of a kind that is read, not yet looked into.
struct Found {
    kind: Kind,
    tree: Node,
    from_cluster: bool,
}

/// What lists and documents gave so far.
struct Unfolded<'a> {
    found: &'a mut Vec<Found>,
    /// Objects that have no effect and that a warning names.
    named: &'a mut Vec<Json>,
    said: &'a mut Said,
}

/// Reads all files, and finds every problem of their structure.
pub(super) fn read(inputs: &[Input], sources: &mut Sources, problems: &mut Problems) -> Objects {
    let (mut found, mut named, mut said) = (Vec::new(), Vec::new(), Said::new());
    let mut unfold = |tree: Node, problems: &mut Problems| {
        unfold(tree, MAX_LISTS, &mut Unfolded { found: &mut found, named: &mut named, said: &mut said }, problems);
    };
    for input in inputs {
        let (path, at) = match input {
            Input::File { path, at } => (path, *at),
            Input::Inline(tree) => {
                unfold(tree.clone(), problems);
                continue;
            }
        };
        match read::read_documents(path, sources) {
            Ok(documents) => {
                for tree in documents {
                    unfold(tree, problems);
                }
            }
            // What has no place in the file is shown where the file is named.
            Err(faults) => problems.extend(faults.sorted().into_iter().cloned().map(|mut problem| {
                if problem.at.is_some_and(|at| is_template(sources.line(at.file, at.line))) {
                    problem.help = Some("this looks like a template: give what `helm template` makes of it".to_owned());
                }
                problem.at = problem.at.or(at);
                problem
            })),
        }
    }
    let found = without_duplicates(found, sources, problems);
    let mut objects = typed(found, problems);
    objects.written.extend(named);
    objects
}

/// Whether a line holds an action of a Helm chart.
fn is_template(line: Option<&str>) -> bool {
    line.is_some_and(|line| line.contains("{{") && line.contains("}}"))
}

/// Sorts an object by its kind; a list gives its items.
fn unfold(mut tree: Node, lists: usize, into: &mut Unfolded<'_>, problems: &mut Problems) {
    if !matches!(tree.value, Value::Map(_)) {
        let message = format!("expected an object of Kubernetes, found {}", read::kind(&tree.value));
        problems.push(Problem::error(message).located(tree.at).with_help("it begins with `apiVersion` and `kind`"));
        return;
    }
    drop_nulls(&mut tree);
    let Some((version, kind)) = identity(&tree, problems) else { return };
    match kind::meaning(&version, &kind) {
        Meaning::Read(kind) => {
            let from_cluster = is_from_cluster(&tree);
            into.found.push(Found { kind, tree, from_cluster });
        }
        Meaning::List => match tree.get_mut("items").map(|items| std::mem::replace(&mut items.value, Value::Null)) {
            Some(Value::List(items)) if lists > 0 => {
                items.into_iter().for_each(|item| unfold(item, lists - 1, into, problems));
            }
            Some(Value::List(_)) => problems.push(Problem::error("lists are nested too deep").located(tree.at)),
            _ => problems.push(Problem::error(format!("a `{kind}` needs a list of `items`")).located(tree.at)),
        },
        Meaning::Harmless => {}
        Meaning::Warn(message) => {
            // A dump has many of a kind.
            if !is_from_cluster(&tree) || into.said.insert((version.clone(), kind.clone())) {
                into.named.push(named(&version, &kind, &tree));
                let at = tree.get("kind").map_or(tree.at, |kind| kind.at);
                problems.push(Problem::warning(message).located(at));
            }
        }
        Meaning::Wrong { kind, message, help } => {
            let at = tree.get(if kind { "kind" } else { "apiVersion" }).map_or(tree.at, |field| field.at);
            let mut problem = Problem::error(message).located(at);
            problem.help = help;
            problems.push(problem);
        }
    }
}

/// As much of an object without effect as its warning takes.
fn named(version: &str, kind: &str, tree: &Node) -> Json {
    let of = |field: &str| tree.get("metadata").and_then(|metadata| metadata.get(field)).and_then(Node::as_text);
    let metadata: serde_json::Map<String, Json> = ["name", "namespace", "uid"]
        .into_iter()
        .filter_map(|field| of(field).map(|text| (field.to_owned(), Json::from(text))))
        .collect();
    serde_json::json!({"apiVersion": version, "kind": kind, "metadata": metadata})
}

/// Whether an object was read from a cluster: the API server gave it a `uid`.
fn is_from_cluster(tree: &Node) -> bool {
    tree.get("metadata").is_some_and(|metadata| metadata.get("uid").is_some())
}

/// The API version and kind of an object.
fn identity(tree: &Node, problems: &mut Problems) -> Option<(String, String)> {
    let mut text = |field: &str, example: &str| match tree.get(field) {
        Some(node) => match node.as_text().filter(|text| !text.is_empty()) {
            Some(text) => Some(text.to_owned()),
            None => {
                let message = format!("expected text, found {}", read::kind(&node.value));
                let help = format!("as in `{field}: {example}`");
                problems.push(Problem::error(message).located(node.at).with_help(help));
                None
            }
        },
        None => {
            let help = format!("every object of Kubernetes has one, as in `{field}: {example}`");
            problems.push(Problem::error(format!("missing field `{field}`")).located(tree.at).with_help(help));
            None
        }
    };
    let (version, kind) = (text("apiVersion", "apps/v1"), text("kind", "Deployment"));
    Some((version?, kind?))
}

/// A manifest stands for what the cluster has under its name, as if it were applied; two manifests of a name are a mistake.
fn without_duplicates(found: Vec<Found>, sources: &Sources, problems: &mut Problems) -> Vec<Found> {
    let mut first: BTreeMap<(Kind, String, String), usize> = BTreeMap::new();
    let mut kept: Vec<Option<Found>> = Vec::with_capacity(found.len());
    for object in found {
        let metadata = object.tree.get("metadata");
        let field = |name: &str| metadata.and_then(|metadata| metadata.get(name)).and_then(Node::as_text);
        let Some(name) = field("name") else {
            kept.push(Some(object));
            continue;
        };
        let namespace = if object.kind.is_of_the_cluster() { "" } else { field("namespace").unwrap_or("default") };
        let key = (object.kind, namespace.to_owned(), name.to_owned());
        let place = *first.entry(key).or_insert(kept.len());
        match kept.get_mut(place) {
            None => kept.push(Some(object)),
            Some(before) => {
                let from_cluster = before.as_ref().is_some_and(|before| before.from_cluster);
                if from_cluster && !object.from_cluster {
                    *before = Some(object);
                } else if from_cluster || !object.from_cluster {
                    let where_to =
                        if namespace.is_empty() { String::new() } else { format!(" in the namespace `{namespace}`") };
                    let message = format!("a second {} `{name}`{where_to}", object.kind.name());
                    let at = metadata.and_then(|metadata| metadata.get("name")).map(|name| name.at);
                    let mut problem = Problem::error(message).located(at);
                    problem.help =
                        before.as_ref().map(|before| format!("the first is at {}", sources.describe(before.tree.at)));
                    problems.push(problem);
                }
            }
        }
    }
    kept.into_iter().flatten().collect()
}

fn typed(found: Vec<Found>, problems: &mut Problems) -> Objects {
    let mut schemas: BTreeMap<Kind, Json> = BTreeMap::new();
    let mut said = BTreeSet::new();
    let mut objects = Objects::default();
    for Found { kind, mut tree, from_cluster } in found {
        let schema = schemas.entry(kind).or_insert_with(|| schema::of(kind));
        let mut faults = Problems::new();
        objects.written.push(written(&tree, schema, from_cluster));
        Sieve { root: schema, lenient: from_cluster, keeps_told: false, said: &mut said, problems: &mut faults }
            .object(&mut tree);
        structure::check_units(&tree, schema, &[("quantity", &quantity)], &mut faults);
        let sound = !faults.has_errors();
        problems.append(faults);
        if !sound {
            continue;
        }
        let object = Found { kind, tree, from_cluster };
        match kind {
            Kind::Deployment => objects.deployments.extend(of_type(object, problems)),
            Kind::ReplicaSet => objects.replica_sets.extend(of_type(object, problems)),
            Kind::StatefulSet => objects.stateful_sets.extend(of_type(object, problems)),
            Kind::DaemonSet => objects.daemon_sets.extend(of_type(object, problems)),
            Kind::Job => objects.jobs.extend(of_type(object, problems)),
            Kind::Pod => objects.pods.extend(of_type(object, problems)),
            Kind::PodDisruptionBudget => objects.budgets.extend(of_type(object, problems)),
            Kind::PriorityClass => objects.classes.extend(of_type(object, problems)),
            Kind::Service => objects.services.extend(of_type(object, problems)),
            Kind::Namespace => objects.namespaces.extend(of_type(object, problems)),
            Kind::Node => objects.nodes.extend(of_type(object, problems)),
        }
    }
    objects
}

fn of_type<T: DeserializeOwned>(found: Found, problems: &mut Problems) -> Option<Object<T>> {
    let Found { tree, from_cluster, .. } = found;
    match serde_json::from_value(tree.to_json()) {
        Ok(file) => Some(Object { file, tree, from_cluster }),
        Err(error) => {
            // What passes the check deserializes; should the two ever disagree, the user still learns what serde says.
            problems.push(Problem::error(error.to_string()).located(tree.at));
            None
        }
    }
}

fn quantity(value: &Value) -> Result<(), String> {
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        _ => return Ok(()),
    };
    Quantity::parse(&text).map(drop).map_err(|error| error.to_string())
}
