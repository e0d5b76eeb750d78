//! Nodes.

use crate::scenario::manifest::file::object::NodeFile;
use crate::scenario::manifest::objects::Object;
use crate::scenario::manifest::place::Place;
use crate::scenario::manifest::{NodeImage, StartNode};
use crate::world::kubernetes::resources::{CPU, MEMORY, PODS};
use crate::world::kubernetes::{HOSTNAME_LABEL, Node, ResourceList};

use super::{Checker, names};

/// Pods that a kubelet takes where nobody says (`maxPods`).
const MAX_PODS: i64 = 110;

impl Checker<'_> {
    pub(super) fn nodes(&mut self, objects: &[Object<NodeFile>]) {
        for object in objects {
            let start = self.node(object);
            self.out.nodes.push(start);
        }
    }

    fn node(&mut self, object: &Object<NodeFile>) -> StartNode {
        let Object { file, tree, .. } = object;
        let root = Place::root(tree);
        let name = self.name(&file.metadata, root, names::dns_subdomain);
        self.labels(&file.metadata.labels, root.key("metadata").key("labels"));
        for (index, taint) in file.spec.taints.iter().enumerate() {
            let place = root.key("spec").key("taints").index(index);
            if let Err(why) = names::qualified(&taint.key) {
                self.error_with(place.key("key").at(), format!("`{}` cannot be the key of a taint", taint.key), why);
            }
            if let Err(why) = names::label_value(&taint.value) {
                self.error_with(
                    place.key("value").at(),
                    format!("`{}` cannot be the value of a taint", taint.value),
                    why,
                );
            }
            let same = |other: &crate::world::kubernetes::Taint| other.key == taint.key && other.effect == taint.effect;
            if file.spec.taints[..index].iter().any(same) {
                let message = format!("a second taint `{}` with the effect `{:?}`", taint.key, taint.effect);
                self.error(place.at(), message);
            }
        }
        let status = root.key("status");
        let capacity = self.node_amounts(&file.status.capacity, status.key("capacity"));
        let mut allocatable = match file.status.allocatable.is_empty() {
            true => capacity.clone(),
            false => self.node_amounts(&file.status.allocatable, status.key("allocatable")),
        };
        let (given, place) = match file.status.allocatable.is_empty() {
            true => (&file.status.capacity, root.key("metadata").key("name")),
            false => (&file.status.allocatable, status.key("allocatable")),
        };
        for needed in [CPU, MEMORY] {
            if !given.contains_key(needed) {
                let message = format!("the node `{name}` has no `{needed}` that pods could ask for");
                self.error_with(place.at_key(), message, "give it under `status.allocatable`");
            }
        }
        if !given.contains_key(PODS) {
            let message = format!("the node `{name}` does not say how many pods it takes");
            self.warn(place.at_key(), message, format!("{MAX_PODS} is taken, as a kubelet would"));
            allocatable.set(PODS, MAX_PODS);
        }
        let mut labels = file.metadata.labels.clone();
        labels.entry(HOSTNAME_LABEL.to_owned()).or_insert_with(|| name.clone());
        let images = &file.status.images;
        StartNode {
            node: Node {
                name,
                labels,
                taints: file.spec.taints.clone(),
                unschedulable: file.spec.unschedulable,
                allocatable,
            },
            capacity,
            images: images
                .iter()
                .map(|image| NodeImage { names: image.names.clone(), bytes: image.size_bytes })
                .collect(),
            provider_id: file.spec.provider_id.clone().filter(|id| !id.is_empty()),
            at: Some(root.key("metadata").key("name").at()),
        }
    }

    /// What a node has: resources that no pod asks for by this name, such as attachable volumes, are kept.
    fn node_amounts(
        &mut self,
        file: &std::collections::BTreeMap<String, crate::scenario::manifest::quantity::Quantity>,
        place: Place,
    ) -> ResourceList {
        let mut list = ResourceList::default();
        for (name, quantity) in file {
            if let Some(amount) = self.amount(name, *quantity, place.key(name)) {
                list.set(name, amount);
            }
        }
        list
    }
}
