//! A pod's specification, compiled once for all pods that are made from it.

use crate::world::kubernetes::affinity::{NodeOperator, NodeRequirement, NodeSelectorTerm, PodAffinity};
use crate::world::kubernetes::spread::WhenUnsatisfiable;
use crate::world::kubernetes::{Effect, PodSpec, Taint, Toleration};

use super::node::NodeFacts;
use super::objects::Objects;
use super::requests::{Amounts, ResourceNames, Rule, incoming_for_fit, on_node_for_scores};
use super::term::{Constraint, Term};
use crate::placement::kubernetes::profile::Settings;

/// A port of a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort {
    /// The port.
    pub port: u16,
    /// TCP, UDP or SCTP.
    pub protocol: String,
    /// The address; `0.0.0.0` for all.
    pub ip: String,
}

const ALL_ADDRESSES: &str = "0.0.0.0";

impl HostPort {
    /// Whether two pods cannot hold the ports on one node.
    pub fn conflicts(&self, other: &HostPort) -> bool {
        self.port == other.port
            && self.protocol == other.protocol
            && (self.ip == other.ip || self.ip == ALL_ADDRESSES || other.ip == ALL_ADDRESSES)
    }
}

/// Terms of affinity to pods, or of anti-affinity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// All must hold.
    pub required: Vec<Term>,
    /// Preferred, with their weights.
    pub preferred: Vec<(i64, Term)>,
}

impl Terms {
    fn new(affinity: Option<&PodAffinity>, pod: &PodSpec) -> Terms {
        let Some(affinity) = affinity else { return Terms::default() };
        let weighted = |term: &crate::world::kubernetes::affinity::PreferredPods| {
            (i64::from(term.weight), Term::new(&term.pod_affinity_term, pod))
        };
        Terms {
            required: affinity.required.iter().map(|term| Term::new(term, pod)).collect(),
            preferred: affinity.preferred.iter().map(weighted).collect(),
        }
    }
}

/// The only nodes that a pod can go to by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Names do not matter.
    Any,
    /// One of these.
    These(Vec<String>),
    /// The terms contradict each other.
    Conflict,
}

/// A compiled pod.
#[derive(Clone, Debug)]
pub struct Template {
    /// The pod as it was specified.
    pub spec: PodSpec,
    /// Its request.
    pub real: Amounts,
    /// Its cpu and memory on a node as scores count them.
    pub scoring: [i64; 2],
    /// Its request as the score of `NodeResourcesFit` counts it.
    pub fit: Amounts,
    /// Ports that it holds on its node.
    pub ports: Vec<HostPort>,
    /// Nodes by name.
    pub named: Named,
    /// Constraints that must hold.
    pub hard: Vec<Constraint>,
    /// Constraints that give a score.
    pub soft: Vec<Constraint>,
    /// Whether nodes without one of the labels of `soft` get no score.
    pub needs_all_keys: bool,
    /// Affinity to pods.
    pub affinity: Terms,
    /// Anti-affinity to pods.
    pub anti_affinity: Terms,
    /// Images of its containers.
    pub images: Vec<String>,
}

impl Template {
    /// Compiles a pod.
    pub fn new(spec: &PodSpec, settings: &Settings, objects: &Objects, resources: &mut ResourceNames) -> Template {
        let own = &spec.topology_spread_constraints;
        let constraints = |when: WhenUnsatisfiable| -> Vec<Constraint> {
            if !own.is_empty() {
                let own = own.iter().filter(|constraint| constraint.when_unsatisfiable == when);
                return own.map(|constraint| Constraint::new(constraint, spec, None)).collect();
            }
            let Some(selector) = objects.default_selector(spec) else { return Vec::new() };
            let defaults = settings.default_constraints.iter().filter(|c| c.when_unsatisfiable == when);
            defaults.map(|constraint| Constraint::new(constraint, spec, Some(&selector))).collect()
        };
        let sidecars = spec.init_containers.iter().filter(|container| container.is_sidecar());
        let ports = spec.containers.iter().chain(sidecars).flat_map(|container| &container.ports);
        let or = |text: &str, default: &str| if text.is_empty() { default.to_owned() } else { text.to_owned() };
        Template {
            real: Amounts::of(&Rule::default().of_pod(spec), resources),
            scoring: on_node_for_scores(spec),
            fit: Amounts::of(&incoming_for_fit(spec), resources),
            ports: ports
                .filter(|port| port.host_port > 0)
                .map(|port| HostPort {
                    port: port.host_port,
                    protocol: or(&port.protocol, "TCP"),
                    ip: or(&port.host_ip, ALL_ADDRESSES),
                })
                .collect(),
            named: named(spec),
            hard: constraints(WhenUnsatisfiable::DoNotSchedule),
            soft: constraints(WhenUnsatisfiable::ScheduleAnyway),
            needs_all_keys: !own.is_empty() || !settings.system_defaulted,
            affinity: Terms::new(spec.affinity.pod_affinity.as_ref(), spec),
            anti_affinity: Terms::new(spec.affinity.pod_anti_affinity.as_ref(), spec),
            images: spec.init_containers.iter().chain(&spec.containers).map(|c| normalized_image(&c.image)).collect(),
            spec: spec.clone(),
        }
    }

    /// Whether node selector and required node affinity hold on a node. A pod that is pinned to a node by its controller has
    /// that instead of its required node affinity, as the DaemonSet controller writes it.
    pub fn allows(&self, node: &NodeFacts, pinned: Option<bool>) -> bool {
        let labels = &node.labels;
        if !self.spec.node_selector.iter().all(|(key, value)| labels.get(key) == Some(value)) {
            return false;
        }
        if let Some(here) = pinned {
            return here;
        }
        let required = self.spec.affinity.node_affinity.as_ref().and_then(|affinity| affinity.required.as_ref());
        required.is_none_or(|terms| terms.node_selector_terms.iter().any(|term| term_holds(term, node)))
    }

    /// Whether the pod tolerates all taints of a node that keep pods away.
    pub fn tolerates(&self, node: &NodeFacts) -> bool {
        untolerated(&node.taints, &self.spec.tolerations).is_none()
    }

    /// Whether a node counts for a constraint of the pod.
    pub fn counts_node(&self, constraint: &Constraint, node: &NodeFacts, pinned: Option<bool>) -> bool {
        (!constraint.honors_affinity || self.allows(node, pinned))
            && (!constraint.honors_taints || self.tolerates(node))
    }
}

/// The first taint that keeps pods away and is not tolerated.
pub fn untolerated<'a>(taints: &'a [Taint], tolerations: &[Toleration]) -> Option<&'a Taint> {
    let keeps_away = |taint: &&Taint| matches!(taint.effect, Effect::NoSchedule | Effect::NoExecute);
    taints.iter().filter(keeps_away).find(|taint| !tolerations.iter().any(|t| t.tolerates(taint)))
}

/// Whether a term of a node selector holds; one without requirements holds nowhere.
pub fn term_holds(term: &NodeSelectorTerm, node: &NodeFacts) -> bool {
    if term.match_expressions.is_empty() && term.match_fields.is_empty() {
        return false;
    }
    let field_holds = |field: &NodeRequirement| {
        let [value] = &field.values[..] else { return false };
        field.key == FIELD_NAME
            && match field.operator {
                NodeOperator::In => *value == node.name,
                NodeOperator::NotIn => *value != node.name,
                _ => false,
            }
    };
    term.match_expressions.iter().all(|requirement| label_holds(requirement, node))
        && term.match_fields.iter().all(field_holds)
}

const FIELD_NAME: &str = "metadata.name";

fn label_holds(requirement: &NodeRequirement, node: &NodeFacts) -> bool {
    let value = node.labels.get(&requirement.key);
    let compared = |holds: fn(i64, i64) -> bool| {
        let [bound] = &requirement.values[..] else { return false };
        let numbers = value.and_then(|value| Some((value.parse().ok()?, bound.parse().ok()?)));
        numbers.is_some_and(|(value, bound)| holds(value, bound))
    };
    match requirement.operator {
        NodeOperator::In => value.is_some_and(|value| requirement.values.contains(value)),
        NodeOperator::NotIn => value.is_none_or(|value| !requirement.values.contains(value)),
        NodeOperator::Exists => value.is_some(),
        NodeOperator::DoesNotExist => value.is_none(),
        NodeOperator::Gt => compared(|value, bound| value > bound),
        NodeOperator::Lt => compared(|value, bound| value < bound),
    }
}

/// Names that the terms allow: they matter only where every term gives some.
fn named(spec: &PodSpec) -> Named {
    let Some(required) = spec.affinity.node_affinity.as_ref().and_then(|affinity| affinity.required.as_ref()) else {
        return Named::Any;
    };
    if required.node_selector_terms.is_empty() {
        return Named::Any;
    }
    let mut all: Vec<String> = Vec::new();
    for term in &required.node_selector_terms {
        let mut names: Option<Vec<String>> = None;
        for field in &term.match_fields {
            if field.key == FIELD_NAME && field.operator == NodeOperator::In {
                names = Some(match names {
                    None => field.values.clone(),
                    Some(names) => names.into_iter().filter(|name| field.values.contains(name)).collect(),
                });
            }
        }
        match names {
            None => return Named::Any,
            Some(names) => all.extend(names),
        }
    }
    all.sort();
    all.dedup();
    if all.is_empty() { Named::Conflict } else { Named::These(all) }
}

/// An image with its tag: `latest` where none is written.
pub fn normalized_image(name: &str) -> String {
    if name.rfind(':') <= name.rfind('/') { format!("{name}:latest") } else { name.to_owned() }
}
