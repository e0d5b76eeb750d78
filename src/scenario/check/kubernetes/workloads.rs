//! Workloads: each becomes a service, a Job a batch.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::distribution::{Distribution, Spec};
use crate::base::nearest::instead;
use crate::base::time::{Span, Time};
use crate::placement::Policy;
use crate::platform::ecs::NoRoom;
use crate::scenario::file::Scenario;
use crate::scenario::file::kubernetes::WorkloadFile;
use crate::scenario::manifest::{Manifests, NodeImage, StartNode, names_of};
use crate::scenario::source::path::Path;
use crate::workload::run_task::Arrivals;
use crate::workload::scheduled_count::CountChange;
use crate::world::fleet::{
    Container, Image, NetworkMode, Scheduling, ServiceSpec, TargetGroup, TaskDefinition, UpWhen,
};
use crate::world::kubernetes::resources::MEMORY;
use crate::world::kubernetes::{KubernetesFleet, Workload, WorkloadKind};
use crate::world::{DefinitionId, ImageId, ServiceId};

use super::super::definitions::DEFAULT_IMAGE_MIB;
use super::{Checker, resources};

/// Containers of a pod that are told apart.
const MAX_CONTAINERS: usize = 16;

/// Pods of one workload: a slot is numbered with 20 bits.
const MAX_PODS: u32 = 1 << 20;

impl Checker<'_> {
    pub(super) fn workloads(&mut self, scenario: &Scenario, manifests: &Manifests, kubernetes: &mut KubernetesFleet) {
        let all = with_strays(manifests);
        if all.is_empty() {
            let help = "add a Deployment, StatefulSet, DaemonSet, Job or Pod".to_owned();
            self.error(&Path::root(), "the manifests hold no workload", Some(help));
        }
        let (names, sizes) = (names_of(&all), sizes_on_nodes(manifests));
        for given in scenario.workloads.keys() {
            if !names.contains(given) {
                let known: Vec<&str> = names.iter().map(String::as_str).collect();
                let help = instead(given, "workloads", &known);
                let at = Path::root().key("workloads").key(given.as_str());
                self.error_at_key(&at, format!("the manifests hold no workload `{given}`"), help);
            }
        }
        for (place, (workload, name)) in all.iter().zip(&names).enumerate() {
            let given = scenario.workloads.get(name).cloned().unwrap_or_default();
            let at = Path::root().key("workloads").key(name.as_str());
            let definition = self.pod_definition(workload, name, &given, &sizes, &at);
            let service = self.workload(workload, name, definition, &given, scenario, manifests, &at);
            self.fits_a_node(workload, name, kubernetes);
            kubernetes.bound.push(bound(place, workload, manifests));
            kubernetes.workloads.push(workload.clone());
            debug_assert_eq!(kubernetes.workloads.len(), service.0 as usize + 1);
        }
        kubernetes.images = self.images_of_nodes(manifests);
        kubernetes.guarded = manifests
            .budgets
            .iter()
            .map(|budget| {
                let guards = |workload: &Workload| {
                    workload.namespace == budget.namespace
                        && budget
                            .selector
                            .as_ref()
                            .is_some_and(|selector| selector.matches(&workload.template.spec.labels))
                };
                kubernetes.workloads.iter().filter(|(_, work)| guards(work)).map(|(id, _)| id).collect()
            })
            .collect();
    }

    /// The containers of a pod, as the fleet knows them.
    fn pod_definition(
        &mut self,
        workload: &Workload,
        name: &str,
        given: &WorkloadFile,
        sizes: &BTreeMap<&str, f64>,
        at: &Path,
    ) -> DefinitionId {
        let template = &workload.template;
        if template.containers.len() > MAX_CONTAINERS {
            let message = format!(
                "a pod of `{name}` has {} containers: at most {MAX_CONTAINERS} are told apart",
                template.containers.len()
            );
            self.error(at, message, None);
        }
        let size = given.image_size.map(|size| size.0);
        let containers: Vec<Container> = template
            .containers
            .iter()
            .take(MAX_CONTAINERS)
            .map(|container| Container {
                name: container.name.clone(),
                image: self.image_of(&container.image, size.or_else(|| sizes.get(container.image.as_str()).copied())),
                health_check: None,
                restart: None,
                hard_limit: container.limits.get(MEMORY).map(|bytes| u32::try_from(bytes >> 20).unwrap_or(u32::MAX)),
                stop_timeout: Some(template.termination_grace),
            })
            .collect();
        let essential = ((1u32 << containers.len()) - 1) as u16;
        self.fleet.definitions.push(TaskDefinition {
            family: name.to_owned(),
            need: resources(&template.spec.effective_requests()),
            ports: Vec::new(),
            network: NetworkMode::Bridge,
            containers,
            essential,
            os: None,
            arch: None,
        })
    }

    /// The images of the fleet that nodes have from the start.
    fn images_of_nodes(&self, manifests: &Manifests) -> BTreeMap<String, Vec<ImageId>> {
        let known: BTreeMap<&str, ImageId> =
            self.fleet.images.iter().map(|(id, image)| (image.name.as_str(), id)).collect();
        let of_node = |start: &StartNode| -> BTreeSet<ImageId> {
            let names = start.images.iter().flat_map(names_of_image);
            names.filter_map(|name| known.get(name).copied()).collect()
        };
        let all = manifests.nodes.iter().map(|start| (start.node.name.clone(), of_node(start)));
        all.filter(|(_, images)| !images.is_empty())
            .map(|(name, images)| (name, images.into_iter().collect()))
            .collect()
    }

    fn image_of(&mut self, name: &str, size: Option<f64>) -> ImageId {
        let found = self.fleet.images.iter().find(|(_, image)| image.name == name).map(|(id, _)| id);
        match found {
            Some(id) => {
                if let Some(size) = size {
                    let row = &mut self.fleet.images[id];
                    row.size_mib = if row.size_mib == DEFAULT_IMAGE_MIB { size } else { row.size_mib.max(size) };
                }
                id
            }
            None => {
                self.fleet.images.push(Image { name: name.to_owned(), size_mib: size.unwrap_or(DEFAULT_IMAGE_MIB) })
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn workload(
        &mut self,
        workload: &Workload,
        name: &str,
        definition: DefinitionId,
        given: &WorkloadFile,
        scenario: &Scenario,
        manifests: &Manifests,
        at: &Path,
    ) -> ServiceId {
        let scheduling = match workload.kind {
            WorkloadKind::Deployment { .. } | WorkloadKind::StatefulSet { .. } | WorkloadKind::Pod => {
                Scheduling::Replica
            }
            WorkloadKind::DaemonSet => Scheduling::Daemon,
            WorkloadKind::Job { .. } => Scheduling::Standalone,
        };
        let desired = if scheduling == Scheduling::Replica { workload.replicas } else { 0 };
        if desired > MAX_PODS {
            self.error(at, format!("at most {MAX_PODS} pods a workload, found {desired}"), None);
        }
        let labels = &workload.template.spec.labels;
        let serves = manifests.services.iter().any(|service| {
            let selects = |selector: &std::collections::BTreeMap<String, String>| {
                !selector.is_empty() && selector.iter().all(|(key, value)| labels.get(key) == Some(value))
            };
            service.namespace() == workload.namespace && service.selector.as_ref().is_some_and(selects)
        });
        if given.requests_per_second.is_some() && !serves {
            let help = "add a Service to the manifests".to_owned();
            let message = format!("no Service sends requests to `{name}`");
            self.error(&at.key("requestsPerSecond"), message, Some(help));
        }
        // The kubelet's probes stand for the checks of a load balancer; the spans of these are not read.
        let load_balancer = (serves && scheduling == Scheduling::Replica).then_some(TargetGroup {
            interval: Span::from_secs(10),
            timeout: Span::from_secs(1),
            healthy_threshold: 1,
            unhealthy_threshold: 3,
            deregistration_delay: Span::ZERO,
            fails_open: false,
            requests_per_second: given.requests_per_second,
        });
        let up_when = match &given.up_when {
            None => UpWhen::Healthy(1),
            Some(condition) => self.condition(condition, Some(desired), at),
        };
        self.policies.push(Policy { strategies: Vec::new(), constraints: Vec::new() });
        self.no_room.push(NoRoom::Wait { at_most: u32::MAX });
        let service = self.fleet.services.push(ServiceSpec {
            name: name.to_owned(),
            group: format!("{}:{name}", workload.kind.name()),
            definition,
            scheduling,
            desired,
            minimum_healthy_percent: 0,
            maximum_percent: 100,
            az_rebalancing: false,
            grace: Span::ZERO,
            load_balancer,
            up_when,
        });
        self.run_time(workload, service, given.run_time.as_ref(), name, at);
        let scales = matches!(workload.kind, WorkloadKind::Deployment { .. } | WorkloadKind::StatefulSet { .. });
        if !scales && !given.scheduled_scaling.is_empty() {
            let message = format!("a {} does not scale", workload.kind.name());
            self.error(&at.key("scheduledScaling"), message, None);
        }
        for (place, action) in given.scheduled_scaling.iter().enumerate() {
            if action.at.0 > scenario.duration.0 && !scenario.duration.0.is_zero() {
                let path = at.key("scheduledScaling").index(place).key("at");
                let message = format!("the run ends at {}, before this action", scenario.duration.0);
                self.error(&path, message, Some("lengthen `duration`, or let it come earlier".into()));
            }
        }
        self.count_changes.extend(given.scheduled_scaling.iter().map(|action| CountChange {
            at: Time::ZERO + action.at.0,
            service,
            desired: action.desired_count,
        }));
        service
    }

    /// How long a pod of a Job runs.
    fn run_time(&mut self, workload: &Workload, service: ServiceId, given: Option<&Spec>, name: &str, at: &Path) {
        let WorkloadKind::Job { active_deadline, .. } = workload.kind else {
            if given.is_some() {
                self.error(&at.key("runTime"), format!("`{name}` is no Job: its pods run for ever"), None);
            }
            return;
        };
        let run_time = match given.map(|spec| spec.resolve(self.base)) {
            Some(Ok(run_time)) => Some(run_time),
            Some(Err(error)) => return self.error(&at.key("runTime"), error, None),
            None => {
                let end = match active_deadline {
                    Some(deadline) => format!("its `activeDeadlineSeconds` ({deadline})"),
                    None => "the end of the run".into(),
                };
                let message = format!(
                    "how long a pod of the Job `{name}` runs, no manifest says: it runs to {end}; \
                     `workloads.{name}.runTime` sets it"
                );
                let help =
                    format!("add `workloads: {{{name}: {{runTime: 10m}}}}`, or `--set workloads.{name}.runTime=10m`");
                self.warn_with(&Path::root(), message, &help);
                None
            }
        };
        // The Job's controller creates the pods.
        let (every, count, starts_at) = (Distribution::ZERO, Some(0), Time::ZERO);
        self.batches.push(Arrivals { service, every, count, starts_at, run_time });
    }

    /// A pod that asks for more than any node has can never run.
    fn fits_a_node(&mut self, workload: &Workload, name: &str, kubernetes: &KubernetesFleet) {
        let asks = workload.template.spec.effective_requests();
        let nodes: Vec<_> = kubernetes.groups.values().filter_map(|group| group.template.values().next()).collect();
        let fits = |node: &&crate::world::kubernetes::Node| {
            asks.0.iter().all(|(resource, amount)| *amount <= node.allocatable.amount(resource))
        };
        if nodes.is_empty() || nodes.iter().any(fits) {
            return;
        }
        let short = asks
            .0
            .iter()
            .find(|(resource, amount)| nodes.iter().all(|node| **amount > node.allocatable.amount(resource)));
        let message = match short {
            Some((resource, amount)) => {
                let most = nodes.iter().map(|node| node.allocatable.amount(resource)).max().unwrap_or(0);
                format!(
                    "a pod of `{name}` asks for {} of {resource}, and no node has more than {}",
                    shown(resource, *amount),
                    shown(resource, most)
                )
            }
            None => format!("a pod of `{name}` fits no node: none has enough of all that it asks for"),
        };
        self.error(&Path::root().key("manifests"), message, Some("see `capacity`".into()));
    }
}

/// The names by which a container may mean an image of a node: without a tag it means the latest.
fn names_of_image(image: &NodeImage) -> impl Iterator<Item = &str> {
    image.names.iter().flat_map(|name| [Some(name.as_str()), name.strip_suffix(":latest")]).flatten()
}

/// The sizes of images in MiB, as the nodes that have them say.
fn sizes_on_nodes(manifests: &Manifests) -> BTreeMap<&str, f64> {
    let mut sizes = BTreeMap::new();
    for image in manifests.nodes.iter().flat_map(|start| &start.images).filter(|image| image.bytes > 0) {
        for name in names_of_image(image) {
            sizes.insert(name, image.bytes as f64 / 1_048_576.0);
        }
    }
    sizes
}

/// A quantity as Kubernetes writes it.
fn shown(resource: &str, amount: i64) -> String {
    match resource {
        "cpu" => format!("{amount}m"),
        "memory" | "ephemeral-storage" => format!("{}Mi", amount >> 20),
        _ => amount.to_string(),
    }
}

/// The workloads, and each bound pod that belongs to none of them as a workload of its own: it takes room like any other.
fn with_strays(manifests: &Manifests) -> Vec<Workload> {
    let strays = manifests.pods.iter().filter(|start| start.workload.is_none()).map(|start| Workload {
        kind: WorkloadKind::Pod,
        name: start.pod.spec.name.clone(),
        namespace: start.pod.spec.namespace().to_owned(),
        replicas: 1,
        selector: None,
        template: start.pod.clone(),
    });
    manifests.workloads.iter().cloned().chain(strays).collect()
}

/// The nodes that the pods of a workload are bound to at the start, slot by slot.
fn bound(place: usize, workload: &Workload, manifests: &Manifests) -> Vec<Option<String>> {
    if place >= manifests.workloads.len() {
        return vec![workload.template.spec.node_name.clone()];
    }
    if workload.replicas > MAX_PODS {
        // Refused for its number of pods: a list of that length is of no use, and would take more memory than there is.
        return Vec::new();
    }
    let mine = manifests.pods.iter().filter(|start| start.workload == Some(place)).map(|start| &start.pod.spec);
    let mut nodes: Vec<Option<String>> = Vec::new();
    for (nth, pod) in mine.enumerate() {
        // A StatefulSet's pods are numbered; the others take the slots as they come.
        let slot = match workload.kind {
            WorkloadKind::StatefulSet { .. } => {
                pod.name.rsplit_once('-').and_then(|(_, ordinal)| ordinal.parse().ok()).unwrap_or(nth)
            }
            _ => nth,
        };
        if slot < workload.replicas as usize {
            if nodes.len() <= slot {
                nodes.resize(slot + 1, None);
            }
            nodes[slot] = pod.node_name.clone();
        }
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::problem::{Location, Sources};
    use crate::scenario::manifest::StartPod;
    use crate::world::kubernetes::{PodSpec, PodTemplate, RestartPolicy};

    /// The slots of a StatefulSet of so many replicas whose pod `db-N` is bound.
    fn slots(replicas: u32, ordinal: u32) -> usize {
        let pod = |name: String, node_name: Option<String>| PodTemplate {
            spec: PodSpec { name, node_name, ..PodSpec::default() },
            containers: Vec::new(),
            restart_policy: RestartPolicy::Always,
            termination_grace: Span::ZERO,
        };
        let file = Sources::default().add(std::path::Path::new("dump.json"), "{}");
        let at = Location { file, line: 1, column: 1, length: 0 };
        let mut manifests = Manifests::default();
        let workload = Workload {
            kind: WorkloadKind::StatefulSet { parallel: false, volumes: false, min_ready: Span::ZERO },
            name: "db".into(),
            namespace: "default".into(),
            replicas,
            selector: None,
            template: pod("db".into(), None),
        };
        manifests.workloads.push(workload.clone());
        let bound_pod = pod(format!("db-{ordinal}"), Some("node-a".into()));
        manifests.pods.push(StartPod { pod: bound_pod, workload: Some(0), ready: true, at });
        bound(0, &workload, &manifests).len()
    }

    #[test]
    fn no_list_is_made_for_more_pods_than_a_workload_may_have() {
        assert_eq!(slots(8, 7), 8);
        assert_eq!(slots(8, 8), 0, "beyond the replicas");
        assert_eq!(slots(MAX_PODS + 1, MAX_PODS), 0);
    }
}
