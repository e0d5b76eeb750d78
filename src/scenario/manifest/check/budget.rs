//! PodDisruptionBudgets.

use crate::scenario::manifest::file::object::{BudgetFile, UnhealthyPodEvictionPolicy};
use crate::scenario::manifest::objects::Object;
use crate::scenario::manifest::place::Place;
use crate::world::kubernetes::Budget;

use super::{Checker, names};

impl Checker<'_> {
    pub(super) fn budget(&mut self, object: &Object<BudgetFile>) {
        let Object { file, tree, from_cluster } = object;
        let (root, spec) = (Place::root(tree), &file.spec);
        let place = root.key("spec");
        let name = self.name(&file.metadata, root, names::dns_subdomain);
        let namespace = self.namespace(&file.metadata, root);
        match (&spec.min_available, &spec.max_unavailable) {
            (Some(_), Some(_)) => {
                let message = "`minAvailable` and `maxUnavailable` exclude each other";
                self.error_with(place.key("maxUnavailable").at_key(), message, "keep one of the two");
            }
            (None, None) => {
                let message = "the budget has neither `minAvailable` nor `maxUnavailable`";
                self.error_with(place.at_key(), message, "without one, every eviction is refused");
            }
            _ => {}
        }
        let min_available =
            spec.min_available.as_ref().map(|value| self.count_of_all(value, place.key("minAvailable")));
        let max_unavailable =
            spec.max_unavailable.as_ref().map(|value| self.count_of_all(value, place.key("maxUnavailable")));
        if let Some(selector) = &spec.selector {
            self.selector(selector, place.key("selector"));
        }
        let guards = |labels, of: &str| of == namespace && spec.selector.as_ref().is_some_and(|s| s.matches(labels));
        let mut templates = self.out.workloads.iter().map(|workload| &workload.template.spec);
        let mut pods = self.out.pods.iter().map(|start| &start.pod.spec);
        let guarded = templates.any(|spec| guards(&spec.labels, spec.namespace()))
            || pods.any(|spec| guards(&spec.labels, spec.namespace()));
        if !guarded && !from_cluster && !self.problems.has_errors() {
            let message = format!("the budget `{name}` guards no pod of these manifests");
            let help = "its selector must select labels of pods of the same namespace";
            self.warn(place.key("selector").at_key(), message, help);
        }
        self.out.budgets.push(Budget {
            name,
            namespace,
            selector: spec.selector.clone(),
            min_available: min_available.flatten(),
            max_unavailable: max_unavailable.flatten(),
            evicts_unhealthy: spec.unhealthy_pod_eviction_policy == Some(UnhealthyPodEvictionPolicy::AlwaysAllow),
        });
    }
}
