//! Nodes: from groups of instances, as the EKS image sets them up, or from Node objects.

use std::collections::BTreeMap;

use crate::base::id::Table;
use crate::base::nearest::instead;
use crate::scenario::file::Scenario;
use crate::scenario::file::capacity::{CapacityFile, InstanceTypeFile};
use crate::scenario::file::kubernetes::EffectFile;
use crate::scenario::manifest::Manifests;
use crate::scenario::source::path::Path;
use crate::world::ZoneId;
use crate::world::catalog::{self, Arch};
use crate::world::fleet::{CapacitySpec, Os, PullBehavior, SuspendedProcesses, ZoneSpec};
use crate::world::kubernetes::{Effect, HOSTNAME_LABEL, KubernetesFleet, Node, NodeGroup, Taint, ZONE_LABEL, eks};

use super::{Checker, resources};

const INSTANCE_TYPE: &str = "node.kubernetes.io/instance-type";
const NODE_GROUP: &str = "eks.amazonaws.com/nodegroup";
/// Image data that a node downloads and unpacks in a second, as for groups of instances.
const PULL_MIB_PER_S: f64 = 50.0;

impl Checker<'_> {
    pub(super) fn node_groups(&mut self, scenario: &Scenario, manifests: &Manifests, kubernetes: &mut KubernetesFleet) {
        if scenario.capacity.is_empty() && manifests.nodes.is_empty() {
            let help = "add `capacity`, or Node objects to the manifests".to_owned();
            self.error(&Path::root(), "there are no nodes", Some(help));
        }
        if !manifests.nodes.is_empty() && scenario.zones.is_empty() {
            self.zones_of_nodes(manifests);
        } else if scenario.zones.is_empty() {
            let help = "add `zones: [us-east-1a, us-east-1b, us-east-1c]`".to_owned();
            self.error(&Path::root(), "missing field `zones` in a scenario", Some(help));
            return;
        }
        self.capacities(scenario);
        let given: Vec<&CapacityFile> = scenario.capacity.iter().collect();
        for (place, given) in given.into_iter().enumerate() {
            let at = Path::root().key("capacity").index(place);
            let group = self.group_of_capacity(given, &at, crate::world::CapacityId(place as u32));
            kubernetes.groups.push(group);
        }
        self.groups_of_nodes(manifests, kubernetes);
        // Kubernetes keeps no room for DaemonSets: their pods preempt others by their priority, or wait.
        for spec in self.fleet.capacities.values_mut() {
            spec.daemons = self.fleet.zones.ids().map(|_| Vec::new()).collect();
        }
        self.not_too_many();
    }

    /// The zones that the nodes' labels name, by name.
    fn zones_of_nodes(&mut self, manifests: &Manifests) {
        let mut names: Vec<&str> = manifests.nodes.iter().map(|start| zone_name(&start.node)).collect();
        names.sort_unstable();
        names.dedup();
        self.fleet.zones = names.into_iter().map(|name| ZoneSpec { name: name.to_owned(), weight: 1.0 }).collect();
    }

    /// A group of instances as a managed node group.
    fn group_of_capacity(&mut self, given: &CapacityFile, at: &Path, id: crate::world::CapacityId) -> NodeGroup {
        let spec = &self.fleet.capacities[id];
        let (name, memory) = (spec.instance_type.clone(), u64::from(spec.registered.memory));
        let (vcpu, gpus) = (spec.registered.cpu / 1024, spec.registered.gpus);
        let known = match &given.instance_type {
            InstanceTypeFile::Name(name) => catalog::find(name),
            InstanceTypeFile::Custom(_) => None,
        };
        let pods = given.max_pods.or(known.as_ref().map(eks::max_pods)).unwrap_or(eks::UNKNOWN_MAX_PODS);
        if vcpu == u32::MAX / 1024 {
            // The type is unknown, which has been reported.
            return NodeGroup::default();
        }
        let allocatable = eks::allocatable(vcpu, memory, pods, gpus);
        let registered = resources(&allocatable);
        if registered.memory == 0 {
            let message = format!(
                "of {memory} MiB nothing is left for pods: the kubelet keeps {} MiB for up to {pods} pods",
                eks::reserved_memory_mib(pods) + 100
            );
            self.error(&at.key("instanceType"), message, Some("lower `maxPods`, or take a larger type".into()));
        }
        let taints: Vec<Taint> = given
            .taints
            .iter()
            .map(|taint| Taint {
                key: taint.key.clone(),
                value: taint.value.clone(),
                effect: match taint.effect {
                    EffectFile::NoSchedule => Effect::NoSchedule,
                    EffectFile::PreferNoSchedule => Effect::PreferNoSchedule,
                    EffectFile::NoExecute => Effect::NoExecute,
                },
                time_added: None,
            })
            .collect();
        for (field, there) in
            [("attributes", !given.attributes.is_empty()), ("awsvpcTrunking", given.awsvpc_trunking.is_some())]
        {
            if there {
                let help = "label the nodes by `labels`".to_owned();
                self.error_at_key(&at.key(field), format!("`{field}` is ECS's"), Some(help));
            }
        }
        let arch = self.fleet.capacities[id].arch;
        let os = self.fleet.capacities[id].os;
        let template: Table<ZoneId, Node> = self
            .fleet
            .zones
            .values()
            .map(|zone| {
                let mut labels = own_labels(&zone.name, &name, arch, os);
                labels.insert(NODE_GROUP.into(), given.name.clone());
                labels.extend(given.labels.clone());
                Node {
                    name: String::new(),
                    labels,
                    taints: taints.clone(),
                    unschedulable: false,
                    allocatable: allocatable.clone(),
                }
            })
            .collect();
        let spec = &mut self.fleet.capacities[id];
        spec.registered = registered;
        spec.attributes = template.values().map(|node| node.labels.clone().into_iter().collect()).collect();
        NodeGroup { template, named: Vec::new() }
    }

    /// Node objects: those of one type and one node group make a group of like instances.
    fn groups_of_nodes(&mut self, manifests: &Manifests, kubernetes: &mut KubernetesFleet) {
        let mut groups: BTreeMap<(String, String, String), Vec<&Node>> = BTreeMap::new();
        for node in manifests.nodes.iter().map(|start| &start.node) {
            let label = |name: &str| node.labels.get(name).cloned().unwrap_or_default();
            let key = (label(NODE_GROUP), label(INSTANCE_TYPE), format!("{:?}", node.allocatable.0));
            groups.entry(key).or_default().push(node);
        }
        let mut names: Vec<String> = self.fleet.capacities.values().map(|spec| spec.name.clone()).collect();
        for ((group, kind, _), nodes) in groups {
            let name = (1..)
                .map(|nth| {
                    let base = [group.as_str(), kind.as_str(), "nodes"].into_iter().find(|name| !name.is_empty());
                    let base = base.unwrap_or("nodes");
                    if nth == 1 { base.to_owned() } else { format!("{base}-{nth}") }
                })
                .find(|name| !names.contains(name))
                .unwrap_or_default();
            names.push(name.clone());
            self.group_of_nodes(name, kind, &nodes, kubernetes);
        }
    }

    fn group_of_nodes(&mut self, name: String, kind: String, nodes: &[&Node], kubernetes: &mut KubernetesFleet) {
        let mut in_zone: Table<ZoneId, Vec<&Node>> = self.fleet.zones.ids().map(|_| Vec::new()).collect();
        for node in nodes {
            let zone = zone_name(node);
            let found = self.fleet.zones.iter().find(|(_, spec)| spec.name == zone).map(|(id, _)| id);
            match found {
                Some(id) => in_zone[id].push(node),
                None => {
                    let names: Vec<String> = self.fleet.zones.values().map(|spec| spec.name.clone()).collect();
                    let known: Vec<&str> = names.iter().map(String::as_str).collect();
                    let help = instead(zone, "zones", &known);
                    let message =
                        format!("node `{}` lies in zone `{zone}`, which the scenario does not have", node.name);
                    self.error(&Path::root().key("zones"), message, help);
                }
            }
        }
        let Some(first) = nodes.first() else { return };
        let known = catalog::find(&kind);
        let usd_per_hour = known.as_ref().map_or(0.0, |known| known.usd_per_hour);
        if known.is_none() {
            self.warn(
                &Path::root(),
                format!("node `{}` has no instance type of the catalogue: it costs nothing here", first.name),
            );
        }
        // Instances are launched one from each zone in turn: that numbers the places that they take.
        let rounds = in_zone.values().map(Vec::len).max().unwrap_or(0);
        let named: Vec<Node> = (0..rounds)
            .flat_map(|round| in_zone.values().filter_map(move |nodes| nodes.get(round)).collect::<Vec<_>>())
            .map(|node| (*node).clone())
            .collect();
        let template: Table<ZoneId, Node> = in_zone
            .iter()
            .map(|(zone, nodes)| {
                let mut node: Node = (*nodes.first().unwrap_or(first)).clone();
                node.name = String::new();
                node.unschedulable = false;
                node.labels.remove(HOSTNAME_LABEL);
                node.labels.insert(ZONE_LABEL.into(), self.fleet.zones[zone].name.clone());
                node
            })
            .collect();
        self.fleet.capacities.push(CapacitySpec {
            name,
            instance_type: if kind.is_empty() { "node".into() } else { kind },
            registered: resources(&first.allocatable),
            usd_per_hour,
            os: Os::Linux,
            arch: match first.labels.get("kubernetes.io/arch").map(String::as_str) {
                Some("arm64") => Arch::Arm64,
                _ => Arch::X86_64,
            },
            attributes: template.values().map(|node| node.labels.clone().into_iter().collect()).collect(),
            per_zone: in_zone.values().map(|nodes| nodes.len() as u32).collect(),
            pull_mib_per_s: PULL_MIB_PER_S,
            pull_behavior: PullBehavior::Default,
            suspended: SuspendedProcesses::default(),
            managed_draining: true,
            daemons: Table::new(),
        });
        kubernetes.groups.push(NodeGroup { template, named });
    }
}

fn zone_name(node: &Node) -> &str {
    node.labels.get(ZONE_LABEL).map_or("no-zone", String::as_str)
}

/// The labels that the kubelet and the cloud controller give a node.
fn own_labels(zone: &str, kind: &str, arch: Arch, os: Os) -> BTreeMap<String, String> {
    let region = zone.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let arch = match arch {
        Arch::X86_64 => "amd64",
        Arch::Arm64 => "arm64",
    };
    [
        (ZONE_LABEL, zone),
        ("topology.kubernetes.io/region", region),
        (INSTANCE_TYPE, kind),
        ("kubernetes.io/arch", arch),
        ("kubernetes.io/os", os.name()),
        ("eks.amazonaws.com/capacityType", "ON_DEMAND"),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .collect()
}
