//! A Kubernetes scenario: nodes from `capacity` or from Node objects, services from workloads.

mod nodes;
mod profile;
mod workloads;

use std::sync::Arc;

use crate::platform::kubernetes::settings::Settings;
use crate::scenario::file::Scenario;
use crate::scenario::manifest::Manifests;
use crate::scenario::source::path::Path;
use crate::world::fleet::Resources;
use crate::world::kubernetes::resources::{CPU, MEMORY};
use crate::world::kubernetes::{KubernetesFleet, ResourceList};

use super::{Checker, deeper};
use crate::scenario::plan::KubernetesPlan;

/// Extended resources that the fleet's figures call GPUs.
const GPU: &str = "nvidia.com/gpu";

impl Checker<'_> {
    /// Fills the fleet from manifests.
    pub(super) fn kubernetes(&mut self, scenario: &Scenario, manifests: &Manifests) {
        self.only_of_ecs(scenario);
        let mut kubernetes = KubernetesFleet::default();
        kubernetes.cluster.namespaces = manifests.namespaces.clone();
        kubernetes.cluster.services = manifests.services.clone();
        kubernetes.cluster.budgets = manifests.budgets.clone();
        kubernetes.cluster.workloads = manifests.owners.clone();
        self.node_groups(scenario, manifests, &mut kubernetes);
        self.workloads(scenario, manifests, &mut kubernetes);
        self.fleet.kubernetes = Some(Box::new(kubernetes));
        self.fleet.evicts_for_memory = true;
    }

    /// Settings of the controllers and the scheduler's profile.
    pub(super) fn kubernetes_settings(&mut self, scenario: &Scenario) -> KubernetesPlan {
        let given = scenario.kubernetes.clone().unwrap_or_default();
        let at = Path::root().key("kubernetes");
        let mut faults = Vec::new();
        let settings = Settings::resolve(&given, |field, message| faults.push((field.to_owned(), message)));
        for (field, message) in faults {
            self.error(&deeper(at.clone(), &field), message, None);
        }
        let profile = given.scheduler_profile.unwrap_or_default();
        self.profile(&profile, &at.key("schedulerProfile"));
        KubernetesPlan { settings: Arc::new(settings), profile }
    }

    /// What belongs to ECS has no place in a Kubernetes scenario.
    fn only_of_ecs(&mut self, scenario: &Scenario) {
        for (field, there) in [
            ("taskDefinitions", !scenario.task_definitions.is_empty()),
            ("services", !scenario.services.is_empty()),
            ("runTask", !scenario.run_task.is_empty()),
        ] {
            if there {
                let help = "describe the workload by `manifests`, or leave `orchestrator` out for ECS".to_owned();
                let message = format!("`{field}` is ECS's, and this scenario runs on Kubernetes");
                self.error_at_key(&Path::root().key(field), message, Some(help));
            }
        }
    }

    /// What belongs to Kubernetes has no place in an ECS scenario.
    pub(super) fn only_of_kubernetes(&mut self, scenario: &Scenario) {
        for (field, there) in [
            ("manifests", !scenario.manifests.is_empty()),
            ("cluster", scenario.cluster.is_some()),
            ("kubernetes", scenario.kubernetes.is_some()),
            ("workloads", !scenario.workloads.is_empty()),
        ] {
            if there {
                let help = "add `orchestrator: kubernetes`".to_owned();
                let message = format!("`{field}` is for Kubernetes, and this scenario runs on ECS");
                self.error_at_key(&Path::root().key(field), message, Some(help));
            }
        }
        for (place, given) in scenario.capacity.iter().enumerate() {
            let at = Path::root().key("capacity").index(place);
            for (field, there) in [
                ("labels", !given.labels.is_empty()),
                ("taints", !given.taints.is_empty()),
                ("maxPods", given.max_pods.is_some()),
            ] {
                if there {
                    let help = "ECS knows `attributes`".to_owned();
                    self.error_at_key(&at.key(field), format!("`{field}` is for Kubernetes"), Some(help));
                }
            }
        }
    }
}

/// Amounts as the fleet counts them: CPU units of 1/1024 vCPU and whole MiB, rounded down, so that what fits a node here
/// fits it there too.
fn resources(list: &ResourceList) -> Resources {
    let whole = |amount: i64| u32::try_from(amount.max(0)).unwrap_or(u32::MAX);
    Resources {
        cpu: whole(list.amount(CPU).saturating_mul(1024) / 1000),
        memory: whole(list.amount(MEMORY) >> 20),
        gpus: whole(list.amount(GPU)),
        enis: 0,
    }
}
