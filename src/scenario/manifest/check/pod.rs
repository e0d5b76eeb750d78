//! Pods and templates of pods.

use std::collections::BTreeMap;

use crate::base::time::Span;
use crate::scenario::manifest::file::Meta;
use crate::scenario::manifest::file::pod::{PodSpecFile, RestartPolicyFile};
use crate::scenario::manifest::place::Place;
use crate::world::kubernetes::{Owner, PodSpec, PodTemplate, ResourceList, RestartPolicy};

use super::container::Seen;
use super::{Checker, defaults, names};

/// SIGTERM to SIGKILL where nobody says, in seconds.
const GRACE_SECONDS: u32 = 30;

/// What is known of a pod from outside its `spec`.
pub(super) struct Around<'m> {
    /// The name of the workload or pod.
    pub name: String,
    pub namespace: String,
    /// Labels of the pod, and their place.
    pub meta: &'m Meta,
    pub meta_place: Place<'m>,
    pub owners: Vec<Owner>,
    pub from_cluster: bool,
    /// Whether a DaemonSet made it.
    pub daemon: bool,
}

impl Checker<'_> {
    /// A pod, with all defaults of the API server and its admission controllers.
    pub(super) fn pod(&mut self, spec: &PodSpecFile, place: Place, around: Around) -> PodTemplate {
        self.labels(&around.meta.labels, around.meta_place.key("labels"));
        let (mut containers, mut lives, mut sidecars, mut init_containers) = (vec![], vec![], vec![], vec![]);
        let mut seen = Seen::default();
        for (index, file) in spec.init_containers.iter().enumerate() {
            let (container, life) =
                self.container(file, spec, place.key("initContainers").index(index), true, &mut seen);
            if container.is_sidecar() {
                sidecars.push(life);
            }
            init_containers.push(container);
        }
        for (index, file) in spec.containers.iter().enumerate() {
            let (container, life) = self.container(file, spec, place.key("containers").index(index), false, &mut seen);
            containers.push(container);
            lives.push(life);
        }
        lives.append(&mut sidecars);
        if containers.is_empty() {
            self.error(place.key("containers").at(), "a pod needs at least one container");
        }
        self.volumes(spec, place.key("volumes"));
        self.labels(&spec.node_selector, place.key("nodeSelector"));
        let affinity = spec.affinity.clone().unwrap_or_default();
        self.affinity(&affinity, place.key("affinity"));
        self.tolerations(&spec.tolerations, place.key("tolerations"));
        self.spread(&spec.topology_spread_constraints, place.key("topologySpreadConstraints"));
        let mut tolerations = spec.tolerations.clone();
        if around.daemon {
            defaults::daemon(&mut tolerations, spec.host_network);
        }
        defaults::admit(&mut tolerations);
        let (priority, preemption_policy) = self.priority(spec, place, around.from_cluster);
        if let Some(scheduler) = spec.scheduler_name.as_deref().filter(|name| !["", "default-scheduler"].contains(name))
        {
            let message = format!("the scheduler `{scheduler}` is not simulated");
            let help = "the default scheduler places the pods in its stead";
            self.warn(place.key("schedulerName").at(), message, help);
        }
        let overhead =
            spec.overhead.as_ref().map(|given| self.amounts(given, place.key("overhead"))).unwrap_or_default();
        let pod_requests = self.pod_requests(spec, &containers, place);
        let node_name = spec.node_name.clone().filter(|name| !name.is_empty());
        let spec = PodSpec {
            name: around.name,
            namespace: around.namespace,
            labels: around.meta.labels.clone(),
            owner_references: around.owners,
            node_name,
            priority,
            preemption_policy,
            containers,
            init_containers,
            overhead,
            pod_requests,
            node_selector: spec.node_selector.clone(),
            affinity,
            tolerations,
            topology_spread_constraints: spec.topology_spread_constraints.clone(),
        };
        PodTemplate { spec, containers: lives, restart_policy: RestartPolicy::Always, termination_grace: Span::ZERO }
    }

    /// The same, with what the kubelet does when the pod's containers end or are to end.
    pub(super) fn pod_with_life(&mut self, spec: &PodSpecFile, place: Place, around: Around) -> PodTemplate {
        let grace = spec.termination_grace_period_seconds.unwrap_or(GRACE_SECONDS);
        PodTemplate {
            restart_policy: match spec.restart_policy {
                None | Some(RestartPolicyFile::Always) => RestartPolicy::Always,
                Some(RestartPolicyFile::OnFailure) => RestartPolicy::OnFailure,
                Some(RestartPolicyFile::Never) => RestartPolicy::Never,
            },
            termination_grace: Span::from_secs(u64::from(grace)),
            ..self.pod(spec, place, around)
        }
    }

    /// What the pod as a whole asks for, at least what its containers ask for together.
    fn pod_requests(
        &mut self,
        spec: &PodSpecFile,
        containers: &[crate::world::kubernetes::ContainerSpec],
        place: Place,
    ) -> Option<ResourceList> {
        let given = spec.resources.as_ref()?;
        let place = place.key("resources");
        let (requests, _) = self.resources(given, place);
        for (name, amount) in &requests.0 {
            let sum = containers.iter().map(|container| container.requests.amount(name)).fold(0, i64::saturating_add);
            if sum > *amount {
                let message = format!("the containers together request more `{name}` than the pod as a whole");
                self.error(place.key("requests").key(name).at(), message);
            }
        }
        (!requests.0.is_empty()).then_some(requests)
    }

    fn volumes(&mut self, spec: &PodSpecFile, place: Place) {
        let mut seen: BTreeMap<&str, ()> = BTreeMap::new();
        for (index, volume) in spec.volumes.iter().enumerate() {
            let place = place.index(index).key("name");
            self.check_name(&volume.name, place, names::dns_label);
            if seen.insert(&volume.name, ()).is_some() {
                self.error(place.at(), format!("a second volume named `{}`", volume.name));
            }
        }
    }
}
