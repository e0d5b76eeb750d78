//! Affinity, tolerations and spreading: what the API server refuses of them.

use crate::scenario::manifest::place::Place;
use crate::world::kubernetes::affinity::{
    Affinity, NodeAffinity, NodeOperator, NodeRequirement, NodeSelectorTerm, PodAffinity, PodAffinityTerm,
};
use crate::world::kubernetes::spread::WhenUnsatisfiable;
use crate::world::kubernetes::taint::TolerationOperator;
use crate::world::kubernetes::{Effect, LabelSelector, Toleration, TopologySpreadConstraint};

use super::{Checker, names};

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

impl Checker<'_> {
    pub(super) fn affinity(&mut self, affinity: &Affinity, place: Place) {
        if let Some(nodes) = &affinity.node_affinity {
            self.node_affinity(nodes, place.key("nodeAffinity"));
        }
        let pods = [("podAffinity", &affinity.pod_affinity), ("podAntiAffinity", &affinity.pod_anti_affinity)];
        for (name, pods) in pods {
            if let Some(pods) = pods {
                self.pod_affinity(pods, place.key(name));
            }
        }
    }

    fn node_affinity(&mut self, affinity: &NodeAffinity, place: Place) {
        if let Some(required) = &affinity.required {
            let terms = place.key(REQUIRED).key("nodeSelectorTerms");
            if required.node_selector_terms.is_empty() {
                self.error(terms.at(), "at least one term is needed");
            }
            for (index, term) in required.node_selector_terms.iter().enumerate() {
                self.node_term(term, terms.index(index));
            }
        }
        for (index, preferred) in affinity.preferred.iter().enumerate() {
            let place = place.key(PREFERRED).index(index);
            self.weight(preferred.weight, place);
            self.node_term(&preferred.preference, place.key("preference"));
        }
    }

    fn node_term(&mut self, term: &NodeSelectorTerm, place: Place) {
        for (index, requirement) in term.match_expressions.iter().enumerate() {
            let place = place.key("matchExpressions").index(index);
            self.label_key_value(&requirement.key, place.key("key"));
            self.node_requirement(requirement, place);
        }
        for (index, requirement) in term.match_fields.iter().enumerate() {
            let place = place.key("matchFields").index(index);
            if requirement.key != "metadata.name" {
                let message = format!("a node has no field `{}` to select by", requirement.key);
                self.error_with(place.key("key").at(), message, "the only one is `metadata.name`");
            }
            if !matches!(requirement.operator, NodeOperator::In | NodeOperator::NotIn) {
                self.error(place.key("operator").at(), "fields take only `In` and `NotIn`");
            } else if requirement.values.len() != 1 {
                let message = format!("a field takes one value, found {}", requirement.values.len());
                self.error(place.key("values").at(), message);
            }
        }
    }

    fn node_requirement(&mut self, requirement: &NodeRequirement, place: Place) {
        let NodeRequirement { operator, values, .. } = requirement;
        match operator {
            NodeOperator::Gt | NodeOperator::Lt => match values.as_slice() {
                [value] if value.parse::<i64>().is_ok() => {}
                [value] => {
                    let at = place.key("values").index(0).at();
                    self.error(at, format!("`{operator:?}` compares whole numbers, found `{value}`"));
                }
                _ => {
                    let message = format!("`{operator:?}` takes exactly one of `values`, found {}", values.len());
                    self.error(place.key("values").at(), message);
                }
            },
            NodeOperator::In | NodeOperator::NotIn => self.values(&format!("{operator:?}"), true, values, place),
            NodeOperator::Exists | NodeOperator::DoesNotExist => {
                self.values(&format!("{operator:?}"), false, values, place);
            }
        }
    }

    fn weight(&mut self, weight: i32, place: Place) {
        if !(1..=100).contains(&weight) {
            self.error(place.key("weight").at(), format!("a weight is 1 to 100, found {weight}"));
        }
    }

    fn pod_affinity(&mut self, affinity: &PodAffinity, place: Place) {
        for (index, term) in affinity.required.iter().enumerate() {
            self.pod_term(term, place.key(REQUIRED).index(index));
        }
        for (index, preferred) in affinity.preferred.iter().enumerate() {
            let place = place.key(PREFERRED).index(index);
            self.weight(preferred.weight, place);
            self.pod_term(&preferred.pod_affinity_term, place.key("podAffinityTerm"));
        }
    }

    fn pod_term(&mut self, term: &PodAffinityTerm, place: Place) {
        if let Some(selector) = &term.label_selector {
            self.selector(selector, place.key("labelSelector"));
        }
        if let Some(selector) = &term.namespace_selector {
            self.selector(selector, place.key("namespaceSelector"));
        }
        for (index, namespace) in term.namespaces.iter().enumerate() {
            self.check_name(namespace, place.key("namespaces").index(index), names::dns_label);
        }
        self.topology_key(&term.topology_key, place);
        self.match_keys(&term.match_label_keys, "matchLabelKeys", term.label_selector.as_ref(), place);
        self.match_keys(&term.mismatch_label_keys, "mismatchLabelKeys", term.label_selector.as_ref(), place);
        if let Some(key) = term.mismatch_label_keys.iter().find(|key| term.match_label_keys.contains(key)) {
            let message = format!("`{key}` stands under `matchLabelKeys` too");
            self.error(place.key("mismatchLabelKeys").at(), message);
        }
    }

    fn topology_key(&mut self, key: &str, place: Place) {
        let place = place.key("topologyKey");
        if key.is_empty() {
            let help = "name a label of nodes, such as topology.kubernetes.io/zone or kubernetes.io/hostname";
            self.error_with(place.at(), "`topologyKey` must not be empty", help);
        } else {
            self.label_key_value(key, place);
        }
    }

    fn match_keys(&mut self, keys: &[String], field: &str, selector: Option<&LabelSelector>, place: Place) {
        if let Some(first) = keys.first()
            && selector.is_none()
        {
            let message = format!("`{field}` (`{first}`) needs a `labelSelector`");
            self.error(place.key(field).at(), message);
        }
        for (index, key) in keys.iter().enumerate() {
            let at = place.key(field).index(index);
            self.label_key_value(key, at);
            // The API server itself writes the keys of pod affinity into `matchExpressions`.
            if selector.is_some_and(|selector| selector.match_labels.contains_key(key)) {
                self.error(at.at(), format!("`{key}` stands in the `labelSelector` too"));
            }
        }
    }

    pub(super) fn spread(&mut self, constraints: &[TopologySpreadConstraint], place: Place) {
        for (index, constraint) in constraints.iter().enumerate() {
            let place = place.index(index);
            if constraint.max_skew < 1 {
                self.error(
                    place.key("maxSkew").at(),
                    format!("`maxSkew` is at least 1, found {}", constraint.max_skew),
                );
            }
            self.topology_key(&constraint.topology_key, place);
            if let Some(domains) = constraint.min_domains {
                let min = place.key("minDomains");
                if domains < 1 {
                    self.error(min.at(), format!("`minDomains` is at least 1, found {domains}"));
                } else if constraint.when_unsatisfiable != WhenUnsatisfiable::DoNotSchedule {
                    let help = "leave it out, or write `whenUnsatisfiable: DoNotSchedule`";
                    self.error_with(min.at_key(), "`minDomains` goes only with `DoNotSchedule`", help);
                }
            }
            if let Some(selector) = &constraint.label_selector {
                self.selector(selector, place.key("labelSelector"));
            }
            self.match_keys(&constraint.match_label_keys, "matchLabelKeys", constraint.label_selector.as_ref(), place);
            let same = |other: &TopologySpreadConstraint| {
                other.topology_key == constraint.topology_key
                    && other.when_unsatisfiable == constraint.when_unsatisfiable
            };
            if constraints[..index].iter().any(same) {
                let message = format!(
                    "a second constraint over `{}` with `{:?}`",
                    constraint.topology_key, constraint.when_unsatisfiable
                );
                self.error(place.key("topologyKey").at(), message);
            }
        }
    }

    pub(super) fn tolerations(&mut self, tolerations: &[Toleration], place: Place) {
        for (index, toleration) in tolerations.iter().enumerate() {
            let place = place.index(index);
            if !toleration.key.is_empty() {
                if let Err(why) = names::qualified(&toleration.key) {
                    let message = format!("`{}` cannot be the key of a taint", toleration.key);
                    self.error_with(place.key("key").at(), message, why);
                }
            } else if toleration.operator != TolerationOperator::Exists {
                let help = "name the taint's key; `operator: Exists` without a key tolerates everything";
                self.error_with(place.at(), "a toleration without a key must have the operator `Exists`", help);
            }
            if toleration.operator == TolerationOperator::Exists && !toleration.value.is_empty() {
                let help = "leave `value` out, or write `operator: Equal`";
                self.error_with(place.key("value").at(), "`Exists` takes no `value`", help);
            }
            if let Err(why) = names::label_value(&toleration.value) {
                let message = format!("`{}` cannot be the value of a taint", toleration.value);
                self.error_with(place.key("value").at(), message, why);
            }
            if toleration.toleration_seconds.is_some() && toleration.effect != Some(Effect::NoExecute) {
                let help = "only `effect: NoExecute` evicts pods, at once or after a time";
                self.error_with(
                    place.key("tolerationSeconds").at_key(),
                    "`tolerationSeconds` goes only with `NoExecute`",
                    help,
                );
            }
        }
    }
}
