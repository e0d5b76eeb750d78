//! What manages pods: Deployments, ReplicaSets, StatefulSets, DaemonSets and Jobs.

use crate::base::time::Span;
use crate::scenario::manifest::file::Meta;
use crate::scenario::manifest::file::pod::{RestartPolicyFile, TemplateFile};
use crate::scenario::manifest::file::workload::{
    CompletionMode, DaemonSetFile, DeploymentFile, JobFile, PodManagementPolicy, ReplicaSetFile, StatefulSetFile,
    StrategyFile, StrategyType,
};
use crate::scenario::manifest::objects::{Object, Objects};
use crate::scenario::manifest::place::Place;
use crate::world::kubernetes::{Count, LabelSelector, Owner, PodTemplate, SelectorOwner, Workload, WorkloadKind};

use super::pod::Around;
use super::{Checker, names};

/// What the ReplicaSet controller marks the pods of a revision with.
const HASH_LABEL: &str = "pod-template-hash";
/// The revision of a ReplicaSet.
const REVISION: &str = "deployment.kubernetes.io/revision";

/// Failed pods until a Job fails, where nobody says.
const BACKOFF_LIMIT: u32 = 6;

/// Pods of a Job that may be active at once: all of them are created in the same instant.
const MAX_AT_ONCE: u32 = 1 << 20;

/// A share of pods that a rolling update may be above or below the desired count by default.
const QUARTER: Count = Count::Percent(25);

/// A template with the object that it stands in.
struct Managed<'m> {
    kind: &'static str,
    api_version: &'static str,
    /// The kind and name that own the pods.
    owner: (&'static str, String),
    name: String,
    namespace: String,
    template: &'m TemplateFile,
    /// Of the object.
    root: Place<'m>,
    from_cluster: bool,
}

impl Checker<'_> {
    pub(super) fn workloads(&mut self, objects: &Objects) {
        for object in &objects.deployments {
            self.deployment(object, &objects.replica_sets);
        }
        for object in &objects.replica_sets {
            self.replica_set(object);
        }
        for object in &objects.stateful_sets {
            self.stateful_set(object);
        }
        for object in &objects.daemon_sets {
            self.daemon_set(object);
        }
        for object in &objects.jobs {
            self.job(object);
        }
    }

    fn add(&mut self, workload: Workload, root: Place) {
        self.out.workloads.push(workload);
        self.out.places.push(root.key("metadata").key("name").at());
    }

    /// Pods as the controller makes them.
    fn template(&mut self, managed: Managed) -> PodTemplate {
        let place = managed.root.key("spec").key("template");
        let policy = managed.template.spec.restart_policy;
        let is_job = managed.kind == "Job";
        let spec = place.key("spec");
        let fits = match policy {
            None | Some(RestartPolicyFile::Always) => !is_job,
            Some(_) => is_job,
        };
        if !fits && is_job {
            let at = if spec.has("restartPolicy") { spec.key("restartPolicy").at() } else { spec.at_key() };
            self.error(at, "the `restartPolicy` of a Job's pods must be `OnFailure` or `Never`");
        } else if !fits {
            let message = format!("the `restartPolicy` of a {}'s pods must be `Always`", managed.kind);
            self.error_with(spec.key("restartPolicy").at(), message, "leave it out; work that ends is a Job");
        }
        let (kind, name) = managed.owner;
        let owner =
            Owner { api_version: managed.api_version.to_owned(), kind: kind.to_owned(), name, controller: true };
        let around = Around {
            name: managed.name,
            namespace: managed.namespace,
            meta: &managed.template.metadata,
            meta_place: place.key("metadata"),
            owners: vec![owner],
            from_cluster: managed.from_cluster,
            daemon: managed.kind == "DaemonSet",
        };
        self.pod_with_life(&managed.template.spec, spec, around)
    }

    fn deployment(&mut self, object: &Object<DeploymentFile>, replica_sets: &[Object<ReplicaSetFile>]) {
        let Object { file, tree, from_cluster } = object;
        let (root, spec) = (Place::root(tree), &file.spec);
        let name = self.name(&file.metadata, root, names::dns_subdomain);
        let namespace = self.namespace(&file.metadata, root);
        self.own_selector(&spec.selector, &spec.template.metadata.labels, "Deployment", root.key("spec"));
        // In a dump the pods to come are those of the latest ReplicaSet.
        let current = replica_sets
            .iter()
            .filter(|set| {
                set.from_cluster && *from_cluster && is_owned(&set.file.metadata, &namespace, "Deployment", &name)
            })
            .max_by_key(|set| {
                let revision = set.file.metadata.annotations.get(REVISION).and_then(|text| text.parse::<u64>().ok());
                (revision, set.file.spec.replicas)
            });
        let set_name = current.and_then(|set| set.file.metadata.name.clone()).unwrap_or_else(|| name.clone());
        let mut template = self.template(Managed {
            kind: "Deployment",
            api_version: "apps/v1",
            owner: ("ReplicaSet", set_name.clone()),
            name: name.clone(),
            namespace: namespace.clone(),
            template: &spec.template,
            root,
            from_cluster: *from_cluster,
        });
        match current.and_then(|set| set.file.spec.template.metadata.labels.get(HASH_LABEL)) {
            Some(hash) => {
                template.spec.labels.insert(HASH_LABEL.to_owned(), hash.clone());
            }
            None => self.own(set_name, &namespace, "ReplicaSet", &spec.selector),
        }
        let (max_surge, max_unavailable) = self.strategy(spec.strategy.as_ref(), root.key("spec").key("strategy"));
        let kind = WorkloadKind::Deployment { max_surge, max_unavailable, min_ready: seconds(spec.min_ready_seconds) };
        let replicas = spec.replicas.unwrap_or(1);
        let selector = Some(spec.selector.clone());
        self.add(Workload { kind, name, namespace, replicas, selector, template }, root);
    }

    fn own(&mut self, name: String, namespace: &str, kind: &str, selector: &LabelSelector) {
        let owner = SelectorOwner {
            kind: kind.to_owned(),
            name,
            namespace: namespace.to_owned(),
            selector: Some(selector.clone()),
        };
        self.out.owners.push(owner);
    }

    fn strategy(&mut self, strategy: Option<&StrategyFile>, place: Place) -> (Count, Count) {
        let Some(strategy) = strategy else { return (QUARTER, QUARTER) };
        if strategy.kind == Some(StrategyType::Recreate) {
            if strategy.rolling_update.is_some() {
                let help = "leave `rollingUpdate` out, or write `type: RollingUpdate`";
                self.error_with(place.key("rollingUpdate").at_key(), "`Recreate` takes no `rollingUpdate`", help);
            } else {
                let help = "lost pods are replaced one by one, as they are in a cluster";
                self.warn(place.key("type").at(), "`Recreate` has no effect: no rollout is simulated", help);
            }
            return (Count::Pods(0), Count::Percent(100));
        }
        let Some(rolling) = &strategy.rolling_update else { return (QUARTER, QUARTER) };
        let place = place.key("rollingUpdate");
        let surge = rolling.max_surge.as_ref().map(|value| self.count(value, place.key("maxSurge")));
        let away = rolling.max_unavailable.as_ref().map(|value| self.count_of_all(value, place.key("maxUnavailable")));
        let (surge, away) = (surge.flatten().unwrap_or(QUARTER), away.flatten().unwrap_or(QUARTER));
        let none = |count| matches!(count, Count::Pods(0) | Count::Percent(0));
        if none(surge) && none(away) {
            let message = "`maxSurge` and `maxUnavailable` cannot both be 0: nothing could be replaced";
            self.error(place.key("maxUnavailable").at(), message);
        }
        (surge, away)
    }

    /// A ReplicaSet of a Deployment only owns pods; one on its own is as good as a Deployment.
    fn replica_set(&mut self, object: &Object<ReplicaSetFile>) {
        let Object { file, tree, from_cluster } = object;
        let (root, spec) = (Place::root(tree), &file.spec);
        let name = self.name(&file.metadata, root, names::dns_subdomain);
        let namespace = self.namespace(&file.metadata, root);
        self.own_selector(&spec.selector, &spec.template.metadata.labels, "ReplicaSet", root.key("spec"));
        self.own(name.clone(), &namespace, "ReplicaSet", &spec.selector);
        let owned = file.metadata.owner_references.iter().any(|owner| owner.controller);
        let managed = file.metadata.owner_references.iter().any(|owner| {
            let is_it = |workload: &Workload| workload.namespace == namespace && workload.name == owner.name;
            owner.controller && owner.kind == "Deployment" && self.out.workloads.iter().any(is_it)
        });
        let replicas = spec.replicas.unwrap_or(1);
        // What is left of a Deployment that is not here counts if it still has pods.
        if managed || (owned && replicas == 0) {
            return;
        }
        let template = self.template(Managed {
            kind: "ReplicaSet",
            api_version: "apps/v1",
            owner: ("ReplicaSet", name.clone()),
            name: name.clone(),
            namespace: namespace.clone(),
            template: &spec.template,
            root,
            from_cluster: *from_cluster,
        });
        let kind = WorkloadKind::Deployment {
            max_surge: QUARTER,
            max_unavailable: QUARTER,
            min_ready: seconds(spec.min_ready_seconds),
        };
        let selector = Some(spec.selector.clone());
        self.add(Workload { kind, name, namespace, replicas, selector, template }, root);
    }

    fn stateful_set(&mut self, object: &Object<StatefulSetFile>) {
        let Object { file, tree, from_cluster } = object;
        let (root, spec) = (Place::root(tree), &file.spec);
        // Each pod's name, with its number behind, must be a label.
        let name = self.name(&file.metadata, root, names::dns_label);
        let namespace = self.namespace(&file.metadata, root);
        let place = root.key("spec");
        self.own_selector(&spec.selector, &spec.template.metadata.labels, "StatefulSet", place);
        if let Some(service) = spec.service_name.as_deref().filter(|name| !name.is_empty()) {
            self.check_name(service, place.key("serviceName"), names::dns_subdomain);
        }
        for (index, claim) in spec.volume_claim_templates.iter().enumerate() {
            self.name(&claim.metadata, place.key("volumeClaimTemplates").index(index), names::dns_subdomain);
        }
        let template = self.template(Managed {
            kind: "StatefulSet",
            api_version: "apps/v1",
            owner: ("StatefulSet", name.clone()),
            name: name.clone(),
            namespace: namespace.clone(),
            template: &spec.template,
            root,
            from_cluster: *from_cluster,
        });
        self.own(name.clone(), &namespace, "StatefulSet", &spec.selector);
        let parallel = spec.pod_management_policy == Some(PodManagementPolicy::Parallel);
        if spec.min_ready_seconds > 0 && !parallel {
            let help = "the next pod is created as soon as the one before it is ready";
            self.warn(place.key("minReadySeconds").at_key(), "`minReadySeconds` has no effect", help);
        }
        let kind = WorkloadKind::StatefulSet {
            parallel,
            volumes: !spec.volume_claim_templates.is_empty(),
            min_ready: seconds(spec.min_ready_seconds),
        };
        let replicas = spec.replicas.unwrap_or(1);
        let selector = Some(spec.selector.clone());
        self.add(Workload { kind, name, namespace, replicas, selector, template }, root);
    }

    fn daemon_set(&mut self, object: &Object<DaemonSetFile>) {
        let Object { file, tree, from_cluster } = object;
        let (root, spec) = (Place::root(tree), &file.spec);
        let name = self.name(&file.metadata, root, names::dns_subdomain);
        let namespace = self.namespace(&file.metadata, root);
        self.own_selector(&spec.selector, &spec.template.metadata.labels, "DaemonSet", root.key("spec"));
        let template = self.template(Managed {
            kind: "DaemonSet",
            api_version: "apps/v1",
            owner: ("DaemonSet", name.clone()),
            name: name.clone(),
            namespace: namespace.clone(),
            template: &spec.template,
            root,
            from_cluster: *from_cluster,
        });
        let selector = Some(spec.selector.clone());
        let kind = WorkloadKind::DaemonSet;
        self.add(Workload { kind, name, namespace, replicas: 0, selector, template }, root);
    }

    fn job(&mut self, object: &Object<JobFile>) {
        let Object { file, tree, from_cluster } = object;
        let (root, spec) = (Place::root(tree), &file.spec);
        let name = self.name(&file.metadata, root, names::dns_subdomain);
        let namespace = self.namespace(&file.metadata, root);
        let place = root.key("spec");
        if let Some(selector) = &spec.selector {
            if spec.manual_selector || *from_cluster {
                self.selector(selector, place.key("selector"));
            } else {
                let help = "leave it out; the API server fills it in";
                self.error_with(place.key("selector").at_key(), "a Job takes no `selector` of its own", help);
            }
        }
        if spec.completion_mode == Some(CompletionMode::Indexed) && spec.completions.is_none() {
            self.error(place.key("completionMode").at(), "an indexed Job needs `completions`");
        }
        let parallelism = spec.parallelism.unwrap_or(1);
        let completions = match spec.completions {
            Some(completions) => completions,
            None if spec.parallelism.is_some_and(|pods| pods > 1) => {
                let help =
                    format!("it is taken to be done when {parallelism} pods have succeeded; write `completions`");
                self.warn(place.key("parallelism").at(), "a Job over a work queue is not simulated", help);
                parallelism
            }
            None => 1,
        };
        let template = self.template(Managed {
            kind: "Job",
            api_version: "batch/v1",
            owner: ("Job", name.clone()),
            name: name.clone(),
            namespace: namespace.clone(),
            template: &spec.template,
            root,
            from_cluster: *from_cluster,
        });
        let over = |condition: &&str| ["Complete", "Failed", "SuccessCriteriaMet", "FailureTarget"].contains(condition);
        let conditions = file.status.conditions.iter().filter(|condition| condition.status == "True");
        if conditions.map(|condition| condition.kind.as_str()).any(|kind| over(&kind)) {
            return;
        }
        if spec.suspend {
            self.warn(place.key("suspend").at(), format!("the Job `{name}` is suspended"), "it is left out");
            return;
        }
        let kind = WorkloadKind::Job {
            parallelism,
            backoff_limit: spec.backoff_limit.unwrap_or(BACKOFF_LIMIT),
            active_deadline: spec.active_deadline_seconds.map(seconds),
        };
        let replicas = completions.saturating_sub(file.status.succeeded);
        let at_once = parallelism.min(replicas);
        if at_once > MAX_AT_ONCE {
            let field = if spec.parallelism.is_some() { "parallelism" } else { "completions" };
            let message = format!("at most {MAX_AT_ONCE} pods of a Job at once, found {at_once}");
            self.error_with(place.key(field).at(), message, "give a lower `parallelism`");
        }
        let selector = spec.selector.clone();
        self.add(Workload { kind, name, namespace, replicas, selector, template }, root);
    }
}

fn seconds(value: u32) -> Span {
    Span::from_secs(u64::from(value))
}

/// Whether an object is managed by a certain other one.
fn is_owned(meta: &Meta, namespace: &str, kind: &str, name: &str) -> bool {
    let own = meta.namespace.as_deref().unwrap_or(crate::world::kubernetes::DEFAULT_NAMESPACE);
    own == namespace
        && meta.owner_references.iter().any(|owner| owner.controller && owner.kind == kind && owner.name == name)
}
