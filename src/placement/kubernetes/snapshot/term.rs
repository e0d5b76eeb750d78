//! Terms of pod affinity, and constraints of spreading, ready to be matched.

use crate::world::kubernetes::affinity::PodAffinityTerm;
use crate::world::kubernetes::selector::{LabelOperator, LabelRequirement};
use crate::world::kubernetes::spread::{InclusionPolicy, TopologySpreadConstraint};
use crate::world::kubernetes::{LabelSelector, Labels, PodSpec};

use super::objects::Objects;
use super::template::Template;

/// Which pods, in which namespaces, in which kind of domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The label of nodes whose values are the domains.
    pub key: String,
    selector: Option<LabelSelector>,
    namespaces: Vec<String>,
    namespace_selector: Option<LabelSelector>,
}

impl Term {
    /// The term of a pod.
    pub fn new(term: &PodAffinityTerm, pod: &PodSpec) -> Term {
        let mut selector = term.label_selector.clone();
        if let Some(selector) = &mut selector {
            let mut add = |keys: &[String], operator: LabelOperator| {
                for key in keys {
                    if let Some(value) = pod.labels.get(key) {
                        selector.match_expressions.push(LabelRequirement {
                            key: key.clone(),
                            operator,
                            values: vec![value.clone()],
                        });
                    }
                }
            };
            add(&term.match_label_keys, LabelOperator::In);
            add(&term.mismatch_label_keys, LabelOperator::NotIn);
        }
        let own = term.namespaces.is_empty() && term.namespace_selector.is_none();
        Term {
            key: term.topology_key.clone(),
            selector,
            namespaces: if own { vec![pod.namespace().to_owned()] } else { term.namespaces.clone() },
            namespace_selector: term.namespace_selector.clone(),
        }
    }

    /// Whether it is about a pod.
    pub fn covers(&self, pod: &Template, objects: &Objects) -> bool {
        let namespace = pod.spec.namespace();
        let there = self.namespaces.iter().any(|name| name == namespace)
            || self.namespace_selector.as_ref().is_some_and(|s| s.matches(objects.namespace_labels(namespace)));
        there && self.selector.as_ref().is_some_and(|selector| selector.matches(&pod.spec.labels))
    }
}

/// A constraint of spreading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// The label of nodes whose values are the domains.
    pub key: String,
    /// The most that a domain may have above the least.
    pub max_skew: i64,
    /// With fewer domains than this, the least is taken as 0.
    pub min_domains: usize,
    /// Only nodes that the pod's node selector and required node affinity allow count.
    pub honors_affinity: bool,
    /// Only nodes whose taints the pod tolerates count.
    pub honors_taints: bool,
    /// Whether the pod is among those that are counted.
    pub selects_itself: bool,
    selector: Option<LabelSelector>,
    namespace: String,
}

impl Constraint {
    /// A constraint of a pod with its selector, or with another one.
    pub fn new(constraint: &TopologySpreadConstraint, pod: &PodSpec, instead: Option<&LabelSelector>) -> Constraint {
        let mut selector = constraint.label_selector.clone();
        if let Some(selector) = &mut selector {
            let keys = constraint.match_label_keys.iter();
            let values = keys.filter_map(|key| Some((key.clone(), pod.labels.get(key)?.clone())));
            selector.match_expressions.extend(values.map(|(key, value)| LabelRequirement {
                key,
                operator: LabelOperator::In,
                values: vec![value],
            }));
        }
        let selector = instead.cloned().or(selector);
        Constraint {
            key: constraint.topology_key.clone(),
            max_skew: i64::from(constraint.max_skew),
            min_domains: constraint.min_domains.map_or(1, |least| least.max(0) as usize),
            honors_affinity: constraint.node_affinity_policy != Some(InclusionPolicy::Ignore),
            honors_taints: constraint.node_taints_policy == Some(InclusionPolicy::Honor),
            selects_itself: selector.as_ref().is_some_and(|selector| selector.matches(&pod.labels)),
            selector,
            namespace: pod.namespace().to_owned(),
        }
    }

    /// Whether a pod is counted, unless it is terminating. An empty selector counts none.
    pub fn counts(&self, pod: &Template) -> bool {
        self.selector.as_ref().is_some_and(|selector| !selector.is_empty()) && self.selects(pod)
    }

    /// Whether a pod is selected: the rule where pods are taken away and put back in preemption.
    pub fn selects(&self, pod: &Template) -> bool {
        pod.spec.namespace() == self.namespace
            && self.selector.as_ref().is_some_and(|selector| selector.matches(&pod.spec.labels))
    }
}

/// Whether a node has all the keys.
pub fn has_all(labels: &Labels, constraints: &[Constraint]) -> bool {
    constraints.iter().all(|constraint| labels.contains_key(&constraint.key))
}
