//! Pods that are written as such: those of a dump, which run already, and those to be placed.

use crate::scenario::manifest::StartPod;
use crate::scenario::manifest::file::workload::PodFile;
use crate::scenario::manifest::objects::Object;
use crate::scenario::manifest::place::Place;
use crate::world::kubernetes::{Owner, Workload, WorkloadKind};

use super::pod::Around;
use super::{Checker, names};

impl Checker<'_> {
    pub(super) fn pods(&mut self, objects: &[Object<PodFile>]) {
        for object in objects {
            self.single(object);
        }
    }

    fn single(&mut self, object: &Object<PodFile>) {
        let Object { file, tree, from_cluster } = object;
        let phase = file.status.phase.as_deref().unwrap_or_default();
        if ["Succeeded", "Failed"].contains(&phase) {
            return;
        }
        let root = Place::root(tree);
        let name = self.name(&file.metadata, root, names::dns_subdomain);
        let namespace = self.namespace(&file.metadata, root);
        if file.metadata.deletion_timestamp.is_some() {
            let message = format!("the pod `{name}` is being deleted");
            self.warn(root.key("metadata").key("name").at(), message, "it is left out");
            return;
        }
        let owners: Vec<Owner> = file
            .metadata
            .owner_references
            .iter()
            .map(|owner| Owner {
                api_version: owner.api_version.clone(),
                kind: owner.kind.clone(),
                name: owner.name.clone(),
                controller: owner.controller,
            })
            .collect();
        let manager = owners.iter().find(|owner| owner.controller).cloned();
        let workload = manager.as_ref().and_then(|owner| self.workload_of(owner, &namespace, file));
        let around = Around {
            name: name.clone(),
            namespace: namespace.clone(),
            meta: &file.metadata,
            meta_place: root.key("metadata"),
            owners,
            from_cluster: *from_cluster,
            daemon: false,
        };
        let pod = self.pod_with_life(&file.spec, root.key("spec"), around);
        let at = root.key("metadata").key("name").at();
        match pod.spec.node_name.clone() {
            // What the scheduler or a person bound and a kubelet has seen.
            Some(node) if !phase.is_empty() => {
                if !self.out.nodes.iter().any(|start| start.node.name == node) {
                    let message = format!("the pod `{name}` runs on the node `{node}`, which is not here");
                    self.warn(root.key("spec").key("nodeName").at(), message, "the pod is left out");
                    return;
                }
                let ready = |kind: &str, status: &str| kind == "Ready" && status == "True";
                let ready = file.status.conditions.iter().any(|condition| ready(&condition.kind, &condition.status));
                self.out.pods.push(StartPod { pod, workload, ready, at });
            }
            // Its owner makes it anew, and it is placed then.
            None if workload.is_some() => {}
            _ => {
                if let Some(owner) = manager {
                    let message =
                        format!("the {} `{}`, which owns the pod `{name}`, is not here", owner.kind, owner.name);
                    self.warn(at, message, "the pod is placed as one that nothing manages");
                }
                let kind = WorkloadKind::Pod;
                self.out.workloads.push(Workload { kind, name, namespace, replicas: 1, selector: None, template: pod });
                self.out.places.push(at);
            }
        }
    }

    /// The workload that manages a pod, through its ReplicaSet where it is a Deployment.
    fn workload_of(&self, owner: &Owner, namespace: &str, file: &PodFile) -> Option<usize> {
        let named = |kind: &str, name: &str| {
            self.out.workloads.iter().position(|workload| {
                workload.kind.name() == kind && workload.name == name && workload.namespace == namespace
            })
        };
        match owner.kind.as_str() {
            "ReplicaSet" => {
                // A Deployment names its ReplicaSets after itself, with a hash behind that its pods have as a label.
                let hash = file.metadata.labels.get("pod-template-hash");
                let deployment = hash.and_then(|hash| owner.name.strip_suffix(hash.as_str())?.strip_suffix('-'));
                let found = deployment.and_then(|name| named("Deployment", name));
                found.filter(|place| self.selects(*place, file)).or_else(|| named("Deployment", &owner.name))
            }
            kind => named(kind, &owner.name),
        }
    }

    fn selects(&self, workload: usize, file: &PodFile) -> bool {
        let selector = self.out.workloads.get(workload).and_then(|workload| workload.selector.as_ref());
        selector.is_some_and(|selector| selector.matches(&file.metadata.labels))
    }
}
