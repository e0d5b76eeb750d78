//! The scenario to begin with around a Kubernetes manifest or the dump of a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::base::problem::Sources;
use crate::scenario::manifest::{Input, Manifests, read_manifests};
use crate::scenario::source::node::Node;
use crate::scenario::source::read;
use crate::scenario::{Plan, Refused, load_text};
use crate::world::kubernetes::{HOSTNAME_LABEL, Workload, WorkloadKind};

use super::super::ending::Stop;
use super::starter::{folder, plain_name, quoted, relative};

const TEXT: &str = include_str!("kubernetes.yaml");

/// What the nodes may be: the first on which every pod fits is taken.
const TYPES: [&str; 9] = [
    "m5.large",
    "m5.2xlarge",
    "m5.8xlarge",
    "m5.24xlarge",
    "g4dn.xlarge",
    "g4dn.12xlarge",
    "p4d.24xlarge",
    "r5.24xlarge",
    "x1e.32xlarge",
];

/// Nodes at the least: two in each of the three zones.
const NODES: u32 = 6;

/// The share of the nodes that is to be taken, in per cent: what is left is for the pods of a zone that is lost.
const FILLED: i64 = 65;

/// Whether a file holds objects of Kubernetes rather than a task definition of ECS.
///
/// # Errors
/// The problems of a file that cannot be read.
pub(super) fn is_manifest(from: &Path) -> Result<bool, Stop> {
    let mut sources = Sources::new();
    let documents =
        read::read_documents(from, &mut sources).map_err(|faults| Stop::rendered(faults.render(&sources)))?;
    Ok(documents.iter().any(|document: &Node| document.get("apiVersion").is_some() && document.get("kind").is_some()))
}

/// A scenario around the manifests of a file.
pub(super) fn with_manifests(path: &Path, from: &Path) -> Result<String, Stop> {
    let mut sources = Sources::new();
    let inputs = [Input::File { path: from.to_owned(), at: None }];
    let manifests = read_manifests(&inputs, &mut sources).map_err(|faults| Stop::rendered(faults.render(&sources)))?;
    if manifests.workloads.is_empty() {
        let message = format!("`{}` holds no workload", from.display());
        return Err(Stop::bad_with(message, "give a Deployment, StatefulSet, DaemonSet, Job or Pod"));
    }
    if !manifests.nodes.is_empty() {
        let text = fill(path, from, &manifests, "# The nodes, and by their labels the zones, are those of the file.");
        return match load_text(&text, folder(path)) {
            Ok(_) => Ok(text),
            Err(refused) => Err(no_starter(&refused)),
        };
    }
    // What is wrong with the largest type is what is wrong with all.
    let mut last: Option<Refused> = None;
    for name in TYPES {
        let at_first = fill(path, from, &manifests, &group(name, NODES, &manifests));
        match load_text(&at_first, folder(path)) {
            Ok(loaded) => {
                let count = nodes_for(&loaded.plan, &manifests);
                let text = fill(path, from, &manifests, &group(name, count, &manifests));
                return match load_text(&text, folder(path)) {
                    Ok(_) => Ok(text),
                    Err(refused) => Err(no_starter(&refused)),
                };
            }
            Err(refused) => last = Some(refused),
        }
    }
    Err(last.map_or_else(|| Stop::bad("no starter could be made"), |refused| no_starter(&refused)))
}

fn no_starter(refused: &Refused) -> Stop {
    let why = refused.problems.render(&refused.sources);
    Stop::rendered(format!("{why}No starter could be made with these manifests\n"))
}

/// A group of nodes with the labels that pods select nodes by.
fn group(instance_type: &str, count: u32, manifests: &Manifests) -> String {
    let mut labels: BTreeMap<&str, &str> = BTreeMap::new();
    for workload in &manifests.workloads {
        for (key, value) in &workload.template.spec.node_selector {
            // What belongs to Kubernetes a node has of itself.
            if !key.contains("kubernetes.io/") {
                labels.entry(key).or_insert(value);
            }
        }
    }
    let labels: Vec<String> =
        labels.into_iter().map(|(key, value)| format!("{}: {}", text(key), text(value))).collect();
    let labels = match labels.is_empty() {
        true => String::new(),
        false => format!("\n    labels: {{{}}} # pods ask for them", labels.join(", ")),
    };
    format!(
        "zones: [us-east-1a, us-east-1b, us-east-1c]\n\n\
         # Groups of like nodes, spread over the zones: managed node groups.\n\
         capacity:\n  - name: main\n    instanceType: {instance_type} # `longshore catalog` lists the types\n    \
         count: {count}{labels}"
    )
}

/// How many nodes the pods need, with room for those of a lost zone.
fn nodes_for(plan: &Plan, manifests: &Manifests) -> u32 {
    let node = plan.fleet.kubernetes.as_ref().and_then(|kubernetes| {
        let group = kubernetes.groups.values().next()?;
        group.template.values().next()
    });
    let Some(node) = node else { return NODES };
    let mut asked: BTreeMap<&str, i64> = BTreeMap::new();
    let mut each: BTreeMap<&str, i64> = BTreeMap::new();
    let mut pods: i64 = 0;
    let mut apart: i64 = 0;
    let requests: Vec<_> =
        manifests.workloads.iter().map(|workload| (workload, workload.template.spec.effective_requests())).collect();
    for (workload, requests) in &requests {
        let count = at_a_time(workload);
        let daemon = workload.kind == WorkloadKind::DaemonSet;
        pods = pods.saturating_add(count);
        for (name, amount) in &requests.0 {
            let sum = if daemon { each.entry(name).or_default() } else { asked.entry(name).or_default() };
            *sum = sum.saturating_add(amount.saturating_mul(if daemon { 1 } else { count }));
        }
        let anti = workload.template.spec.affinity.pod_anti_affinity.as_ref();
        if anti.is_some_and(|anti| anti.required.iter().any(|term| term.topology_key == HOSTNAME_LABEL)) {
            apart = apart.max(count);
        }
    }
    let free = |name: &str| {
        let all = node.allocatable.amount(name).saturating_sub(each.get(name).copied().unwrap_or(0));
        (all.saturating_mul(FILLED) / 100).max(1)
    };
    let by_room = asked.iter().map(|(name, amount)| amount.saturating_add(free(name) - 1) / free(name));
    let by_pods = pods.saturating_add(free("pods") - 1) / free("pods");
    let needed = by_room.chain([by_pods, apart, i64::from(NODES)]).max().unwrap_or_default();
    u32::try_from(needed.min(9_999)).unwrap_or(NODES).next_multiple_of(3)
}

/// Pods of a workload that take room at the same time.
fn at_a_time(workload: &Workload) -> i64 {
    i64::from(match workload.kind {
        WorkloadKind::DaemonSet => 0,
        WorkloadKind::Job { parallelism, .. } => parallelism.min(workload.replicas),
        _ => workload.replicas,
    })
}

fn fill(path: &Path, from: &Path, manifests: &Manifests, nodes: &str) -> String {
    let names = manifests.names();
    let file = quoted(&relative(from, path));
    let mut workloads = String::new();
    let mut promised = Vec::new();
    for (workload, name) in manifests.workloads.iter().zip(&names) {
        let name = text(name);
        let serves = !matches!(workload.kind, WorkloadKind::Job { .. } | WorkloadKind::DaemonSet);
        let line = match workload.kind {
            WorkloadKind::Job { .. } => "runTime: 10m # how long a pod runs".to_owned(),
            WorkloadKind::DaemonSet => "imageSize: 200MiB # what a node downloads".to_owned(),
            _ => {
                let healthy = (u64::from(workload.replicas) * 2).div_ceil(3).max(1);
                format!("upWhen: {{healthy: {healthy}}} # the workload counts as up while so many pods are ready")
            }
        };
        workloads.push_str(&format!("  {name}:\n    {line}\n"));
        if serves && workload.replicas > 0 {
            promised.push(format!("  - service: {name}\n    availability: 99.9%\n"));
        }
    }
    let objectives = match promised.is_empty() {
        true => String::new(),
        false => format!(
            "\n# `longshore run` ends with exit code 1 where one is missed.\nobjectives:\n{}",
            promised.concat()
        ),
    };
    let zones: BTreeSet<&str> = manifests.nodes.iter().filter_map(|start| start.zone()).collect();
    let lost = if manifests.nodes.is_empty() { Some("us-east-1b") } else { zones.iter().nth(1).copied() };
    let outage = lost.map(|zone| {
        format!("  - type: zoneOutage\n    at: 10d\n    lasts: 3h\n    target: {{zones: [{}]}}\n", text(zone))
    });
    let (source, description) = if manifests.pods.is_empty() {
        (
            format!("# Files as `kubectl apply` takes them.\nmanifests: [{file}]"),
            "The workloads of a manifest; a zone is lost for some hours, nodes and containers fail now and then",
        )
    } else {
        (
            format!("# As kubectl printed it: the run begins with its pods where they are.\ncluster: {file}"),
            "A cluster as it is; a zone is lost for some hours, nodes and containers fail now and then",
        )
    };
    let text = TEXT
        .replace("{name}", &quoted(&plain_name(path)))
        .replace("{description}", description)
        .replace("{nodes}", nodes)
        .replace("{source}", &source)
        .replace("{workloads}", workloads.trim_end())
        .replace("{outage}", &outage.unwrap_or_default())
        .replace("{objectives}", &objectives);
    format!("{}\n", text.trim_end())
}

/// A key or value within `{…}`: only what is plainly a word goes without quotes.
fn text(word: &str) -> String {
    let plain = quoted(word);
    if plain.contains(['/', '.']) && !plain.starts_with('"') { format!("\"{plain}\"") } else { plain }
}
