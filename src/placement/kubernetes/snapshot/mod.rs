//! Nodes and pods as the scheduler counts them.

pub mod node;
pub mod objects;
pub mod requests;
pub mod template;
pub mod term;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::base::id::{Table, ids};
use crate::base::time::Time;
use crate::world::kubernetes::{Cluster, Node, PodSpec, Taint};

use super::profile::Settings;
use node::{NodeFacts, NodeRow, NodeUse};
use objects::Objects;
use requests::ResourceNames;
use template::Template;

ids! {
    /// A node; the row is used again once the node is gone.
    NodeIndex,
    /// What a pod is made from; pods of one template differ in name only.
    TemplateId,
    /// A pod that holds its requests on a node; the row is used again once the pod is gone.
    PodKey,
}

/// A pod on a node.
#[derive(Copy, Clone, Debug)]
pub struct PodRow {
    /// What it is made from.
    pub template: TemplateId,
    /// Where it is; none in a row that is free.
    pub node: NodeIndex,
    /// `status.startTime`: older pods are more important among those of one priority.
    pub start: Time,
    /// It has a deletion timestamp; it still holds its requests.
    pub terminating: bool,
    /// It is being deleted to make room for another pod.
    pub preempted: bool,
    /// Place in the list of its node.
    on_node: u32,
    /// Place in the list of its template.
    in_template: u32,
}

/// A pod that waits for room to be made on a node.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Nomination {
    /// The caller's id of the pending pod.
    pub pending: u64,
    /// What it is made from.
    pub template: TemplateId,
    /// The node.
    pub node: NodeIndex,
}

/// An image on nodes.
#[derive(Copy, Clone, Debug)]
struct Image {
    /// Bytes, as the first node that had it said.
    size: i64,
    /// Nodes that have it.
    nodes: u32,
}

/// All nodes and pods.
#[derive(Debug)]
pub struct Snapshot {
    /// What the profile comes to.
    pub settings: Settings,
    /// Namespaces, Services, controllers, budgets.
    pub objects: Objects,
    /// Names of resources.
    pub resources: ResourceNames,
    /// Rows of nodes, free ones among them.
    pub nodes: Table<NodeIndex, NodeRow>,
    /// Templates.
    pub templates: Table<TemplateId, Template>,
    /// Rows of pods, free ones among them.
    pub pods: Table<PodKey, PodRow>,
    /// Pods by template.
    pub by_template: Table<TemplateId, Vec<PodKey>>,
    /// Nominations in order of their making.
    pub nominations: Vec<Nomination>,
    /// Live nodes.
    live: usize,
    free_nodes: Vec<NodeIndex>,
    free_pods: Vec<PodKey>,
    /// Pods by priority.
    priorities: BTreeMap<i32, u32>,
    images: BTreeMap<String, Image>,
    compiled: HashMap<String, TemplateId>,
}

impl Snapshot {
    /// A cluster without nodes.
    pub fn new(settings: Settings, cluster: &Cluster) -> Snapshot {
        Snapshot {
            settings,
            objects: Objects::new(cluster),
            resources: ResourceNames::new(),
            nodes: Table::new(),
            templates: Table::new(),
            pods: Table::new(),
            by_template: Table::new(),
            nominations: Vec::new(),
            live: 0,
            free_nodes: Vec::new(),
            free_pods: Vec::new(),
            priorities: BTreeMap::new(),
            images: BTreeMap::new(),
            compiled: HashMap::new(),
        }
    }

    /// Number of nodes.
    pub fn live(&self) -> usize {
        self.live
    }

    /// All nodes in order of index.
    pub fn live_nodes(&self) -> impl Iterator<Item = (NodeIndex, &NodeRow)> {
        self.nodes.iter().filter(|(_, row)| row.live)
    }

    /// The node of a name.
    pub fn node_named(&self, name: &str) -> Option<NodeIndex> {
        self.live_nodes().find(|(_, row)| row.facts.name == name).map(|(index, _)| index)
    }

    /// Adds a node.
    pub fn add_node(&mut self, node: &Node) -> NodeIndex {
        let row = NodeRow {
            live: true,
            facts: Arc::new(NodeFacts::new(node, &mut self.resources)),
            usage: NodeUse::default(),
            pods: Vec::new(),
            images: BTreeMap::new(),
        };
        self.live += 1;
        match self.free_nodes.pop() {
            Some(index) => {
                self.nodes[index] = row;
                index
            }
            None => self.nodes.push(row),
        }
    }

    /// Takes a node away with all its pods and nominations; the pods' keys are no longer valid.
    pub fn remove_node(&mut self, node: NodeIndex) {
        if !self.nodes[node].live {
            return;
        }
        for pod in std::mem::take(&mut self.nodes[node].pods) {
            self.forget_pod(pod);
        }
        for image in std::mem::take(&mut self.nodes[node].images).into_keys() {
            self.image_gone(&image);
        }
        self.nominations.retain(|nomination| nomination.node != node);
        self.nodes[node].live = false;
        self.live -= 1;
        self.free_nodes.push(node);
    }

    /// Sets the taints of a node.
    pub fn set_taints(&mut self, node: NodeIndex, taints: Vec<Taint>) {
        Arc::make_mut(&mut self.nodes[node].facts).taints = taints;
    }

    /// Cordons a node, or takes the cordon away.
    pub fn set_unschedulable(&mut self, node: NodeIndex, unschedulable: bool) {
        Arc::make_mut(&mut self.nodes[node].facts).unschedulable = unschedulable;
    }

    /// The node has an image of `size` bytes; a `size` of 0 takes it away.
    pub fn set_image(&mut self, node: NodeIndex, image: &str, size: i64) {
        let name = template::normalized_image(image);
        if size == 0 {
            if self.nodes[node].images.remove(&name).is_some() {
                self.image_gone(&name);
            }
            return;
        }
        let known = self.images.entry(name.clone()).or_insert(Image { size, nodes: 0 });
        if self.nodes[node].images.insert(name, known.size).is_none() {
            known.nodes += 1;
        }
    }

    fn image_gone(&mut self, name: &str) {
        let Some(image) = self.images.get_mut(name) else { return };
        image.nodes -= 1;
        if image.nodes == 0 {
            self.images.remove(name);
        }
    }

    /// Nodes that have an image.
    pub fn nodes_with_image(&self, name: &str) -> u32 {
        self.images.get(name).map_or(0, |image| image.nodes)
    }

    /// The template of a pod; pods that differ in name only share one.
    pub fn template(&mut self, spec: &PodSpec) -> TemplateId {
        let mut key = spec.clone();
        key.name.clear();
        // Maps and lists in the order of the text: equal texts are equal pods.
        let text = serde_json::to_string(&key).unwrap_or_default();
        if let Some(known) = self.compiled.get(&text) {
            return *known;
        }
        let template = Template::new(spec, &self.settings, &self.objects, &mut self.resources);
        let id = self.templates.push(template);
        self.by_template.push(Vec::new());
        self.compiled.insert(text, id);
        id
    }

    /// Puts a pod on a node.
    pub fn add_pod(&mut self, template: TemplateId, node: NodeIndex, start: Time) -> PodKey {
        let row = PodRow {
            template,
            node,
            start,
            terminating: false,
            preempted: false,
            on_node: self.nodes[node].pods.len() as u32,
            in_template: self.by_template[template].len() as u32,
        };
        let key = match self.free_pods.pop() {
            Some(key) => {
                self.pods[key] = row;
                key
            }
            None => self.pods.push(row),
        };
        let template_row = &self.templates[template];
        self.nodes[node].pods.push(key);
        self.nodes[node].usage.add(template_row);
        self.by_template[template].push(key);
        *self.priorities.entry(template_row.spec.priority).or_insert(0) += 1;
        key
    }

    /// Takes a pod away.
    pub fn remove_pod(&mut self, pod: PodKey) {
        let row = self.pods[pod];
        if row.node.is_none() {
            return;
        }
        let list = &mut self.nodes[row.node].pods;
        list.swap_remove(row.on_node as usize);
        if let Some(moved) = list.get(row.on_node as usize) {
            self.pods[*moved].on_node = row.on_node;
        }
        self.nodes[row.node].usage.remove(&self.templates[row.template]);
        self.forget_pod(pod);
    }

    fn forget_pod(&mut self, pod: PodKey) {
        let row = self.pods[pod];
        let list = &mut self.by_template[row.template];
        list.swap_remove(row.in_template as usize);
        if let Some(moved) = list.get(row.in_template as usize) {
            self.pods[*moved].in_template = row.in_template;
        }
        let priority = self.templates[row.template].spec.priority;
        if let Some(count) = self.priorities.get_mut(&priority) {
            *count -= 1;
            if *count == 0 {
                self.priorities.remove(&priority);
            }
        }
        self.pods[pod].node = NodeIndex::NONE;
        self.free_pods.push(pod);
    }

    /// The lowest priority of a pod on a node.
    pub fn lowest_priority(&self) -> Option<i32> {
        self.priorities.keys().next().copied()
    }

    /// Nominations to a node that a pod of this priority must respect, itself left out.
    pub fn nominated_to(&self, node: NodeIndex, priority: i32, own: Option<u64>) -> impl Iterator<Item = &Nomination> {
        self.nominations.iter().filter(move |nomination| {
            nomination.node == node
                && Some(nomination.pending) != own
                && self.templates[nomination.template].spec.priority >= priority
        })
    }
}
