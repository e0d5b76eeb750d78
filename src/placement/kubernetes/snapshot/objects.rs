//! Namespaces, Services, controllers and budgets: they do not change during a run.

use std::collections::BTreeMap;

use crate::world::kubernetes::selector::{LabelOperator, LabelRequirement};
use crate::world::kubernetes::{
    Budget, Cluster, DEFAULT_NAMESPACE, LabelSelector, Labels, PodSpec, SelectorOwner, ServiceObject,
};

/// What the scheduler looks up beside nodes and pods.
#[derive(Clone, Debug)]
pub struct Objects {
    namespaces: BTreeMap<String, Labels>,
    services: Vec<ServiceObject>,
    owners: Vec<SelectorOwner>,
    /// PodDisruptionBudgets in the order in which they are charged.
    pub budgets: Vec<Budget>,
    no_labels: Labels,
}

fn namespace(name: &str) -> &str {
    if name.is_empty() { DEFAULT_NAMESPACE } else { name }
}

impl Objects {
    /// Those of a cluster.
    pub fn new(cluster: &Cluster) -> Objects {
        Objects {
            namespaces: cluster.namespaces.iter().map(|n| (n.name.clone(), n.labels.clone())).collect(),
            services: cluster.services.clone(),
            owners: cluster.workloads.clone(),
            budgets: cluster.budgets.clone(),
            no_labels: Labels::new(),
        }
    }

    /// Labels of a namespace; none for one that is not listed.
    pub fn namespace_labels(&self, name: &str) -> &Labels {
        self.namespaces.get(name).unwrap_or(&self.no_labels)
    }

    /// The selector of default spreading: the selectors of the Services that select the pod, merged, and that of its controller;
    /// `None` where it is empty (`helper.DefaultSelector`).
    pub fn default_selector(&self, pod: &PodSpec) -> Option<LabelSelector> {
        let mut labels = Labels::new();
        for service in self.services.iter().filter(|service| namespace(&service.namespace) == pod.namespace()) {
            let Some(selector) = &service.selector else { continue };
            if selector.iter().all(|(key, value)| pod.labels.get(key) == Some(value)) {
                labels.extend(selector.clone());
            }
        }
        let mut requirements = Vec::new();
        if let Some(owner) = pod.owner_references.iter().find(|owner| owner.controller) {
            let known = match (owner.api_version.as_str(), owner.kind.as_str()) {
                ("v1", "ReplicationController") | ("apps/v1", "ReplicaSet" | "StatefulSet") => {
                    self.owners.iter().find(|other| {
                        other.kind == owner.kind
                            && other.name == owner.name
                            && namespace(&other.namespace) == pod.namespace()
                    })
                }
                _ => None,
            };
            if let Some(selector) = known.and_then(|owner| owner.selector.as_ref()) {
                if owner.kind == "ReplicationController" {
                    labels.extend(selector.match_labels.clone());
                } else {
                    requirements.extend(selector.match_labels.iter().map(|(key, value)| LabelRequirement {
                        key: key.clone(),
                        operator: LabelOperator::In,
                        values: vec![value.clone()],
                    }));
                    requirements.extend(selector.match_expressions.clone());
                }
            }
        }
        let selector = LabelSelector { match_labels: labels, match_expressions: requirements };
        (!selector.is_empty()).then_some(selector)
    }
}

/// Whether a budget guards a pod; an absent or empty selector guards none here.
pub fn guards(budget: &Budget, pod: &PodSpec) -> bool {
    !pod.labels.is_empty()
        && namespace(&budget.namespace) == pod.namespace()
        && budget.selector.as_ref().is_some_and(|selector| !selector.is_empty() && selector.matches(&pod.labels))
}
