//! Kinds of objects: those that are read, those that decide nothing, and those that would have.

use crate::base::nearest::{nearest, one_of};

/// A kind that is read.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Deployment,
    ReplicaSet,
    StatefulSet,
    DaemonSet,
    Job,
    Pod,
    PodDisruptionBudget,
    PriorityClass,
    Service,
    Namespace,
    Node,
}

impl Kind {
    pub const ALL: [Kind; 11] = [
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Job,
        Kind::Pod,
        Kind::PodDisruptionBudget,
        Kind::PriorityClass,
        Kind::Service,
        Kind::Namespace,
        Kind::Node,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Deployment => "Deployment",
            Kind::ReplicaSet => "ReplicaSet",
            Kind::StatefulSet => "StatefulSet",
            Kind::DaemonSet => "DaemonSet",
            Kind::Job => "Job",
            Kind::Pod => "Pod",
            Kind::PodDisruptionBudget => "PodDisruptionBudget",
            Kind::PriorityClass => "PriorityClass",
            Kind::Service => "Service",
            Kind::Namespace => "Namespace",
            Kind::Node => "Node",
        }
    }

    pub fn api_version(self) -> &'static str {
        match self {
            Kind::Deployment | Kind::ReplicaSet | Kind::StatefulSet | Kind::DaemonSet => "apps/v1",
            Kind::Job => "batch/v1",
            Kind::Pod | Kind::Service | Kind::Namespace | Kind::Node => "v1",
            Kind::PodDisruptionBudget => "policy/v1",
            Kind::PriorityClass => "scheduling.k8s.io/v1",
        }
    }

    /// Whether its objects stand in no namespace.
    pub fn is_of_the_cluster(self) -> bool {
        matches!(self, Kind::PriorityClass | Kind::Namespace | Kind::Node)
    }
}

/// API versions that are no more: the version, the kinds that it had, and the release that left it out.
const REMOVED: [(&str, &[&str], &str); 12] = [
    ("extensions/v1beta1", &["Deployment", "ReplicaSet", "DaemonSet"], "1.16"),
    ("apps/v1beta1", &["Deployment", "StatefulSet"], "1.16"),
    ("apps/v1beta2", &["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"], "1.16"),
    ("batch/v1beta1", &["CronJob"], "1.25"),
    ("batch/v2alpha1", &["CronJob"], "1.21"),
    ("policy/v1beta1", &["PodDisruptionBudget", "PodSecurityPolicy"], "1.25"),
    ("scheduling.k8s.io/v1beta1", &["PriorityClass"], "1.22"),
    ("scheduling.k8s.io/v1alpha1", &["PriorityClass"], "1.17"),
    ("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], "1.25"),
    ("autoscaling/v2beta2", &["HorizontalPodAutoscaler"], "1.26"),
    ("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], "1.22"),
    ("node.k8s.io/v1beta1", &["RuntimeClass"], "1.25"),
];

/// All kinds of the API groups whose kinds are read; those of other groups may be anybody's.
const GROUPS: [(&str, &[&str]); 5] = [
    (
        "v1",
        &[
            "Pod",
            "Service",
            "Namespace",
            "Node",
            "Binding",
            "ComponentStatus",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "List",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "ServiceAccount",
        ],
    ),
    ("apps/v1", &["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ControllerRevision"]),
    ("batch/v1", &["Job", "CronJob"]),
    ("policy/v1", &["PodDisruptionBudget", "Eviction"]),
    ("scheduling.k8s.io/v1", &["PriorityClass"]),
];

/// Kinds that would have changed something, and what.
const WITHOUT_EFFECT: [(&str, &str); 24] = [
    ("CronJob", "the Jobs that it starts take no room here; write one of them as a Job"),
    ("ReplicationController", "its pods take no room here; write it as a Deployment"),
    ("HorizontalPodAutoscaler", "the number of pods stays as written"),
    ("VerticalPodAutoscaler", "requests stay as written"),
    ("ScaledObject", "the number of pods stays as written"),
    ("LimitRange", "it would have set requests and limits where pods give none"),
    ("ResourceQuota", "it would have refused pods beyond the quota"),
    ("PersistentVolume", "volumes bind no pod to a node or zone here"),
    ("PersistentVolumeClaim", "volumes bind no pod to a node or zone here"),
    ("StorageClass", "volumes bind no pod to a node or zone here"),
    ("RuntimeClass", "it would have added overhead and chosen nodes"),
    ("ResourceClaim", "devices are not claimed: nodes without them are taken too"),
    ("ResourceClaimTemplate", "devices are not claimed: nodes without them are taken too"),
    ("DeviceClass", "devices are not claimed: nodes without them are taken too"),
    ("MutatingWebhookConfiguration", "webhooks may have changed pods"),
    ("MutatingAdmissionPolicy", "it may have changed pods"),
    ("NodePool", "nodes come from the scenario"),
    ("EC2NodeClass", "nodes come from the scenario"),
    ("Provisioner", "nodes come from the scenario"),
    ("Rollout", "its pods take no room here; write it as a Deployment"),
    ("Workload", "pods are placed one by one"),
    ("PodGroup", "pods are placed one by one"),
    ("DeschedulerPolicy", "running pods are not moved"),
    ("KubeSchedulerConfiguration", "write its profile as `kubernetes.schedulerProfile` into the scenario"),
];

/// Kinds that decide neither where a pod goes nor what becomes of it.
const HARMLESS: [&str; 41] = [
    "ConfigMap",
    "Secret",
    "ServiceAccount",
    "Endpoints",
    "EndpointSlice",
    "Event",
    "Lease",
    "Role",
    "RoleBinding",
    "ClusterRole",
    "ClusterRoleBinding",
    "Ingress",
    "IngressClass",
    "NetworkPolicy",
    "ControllerRevision",
    "PodTemplate",
    "ComponentStatus",
    "CustomResourceDefinition",
    "APIService",
    "ValidatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "CertificateSigningRequest",
    "CSIDriver",
    "CSINode",
    "VolumeAttachment",
    "FlowSchema",
    "PriorityLevelConfiguration",
    "Certificate",
    "Issuer",
    "ClusterIssuer",
    "ServiceMonitor",
    "PodMonitor",
    "PrometheusRule",
    "VirtualService",
    "DestinationRule",
    "Gateway",
    "HTTPRoute",
    "NodeClaim",
    "NodeMetrics",
    "PodMetrics",
];

/// What is to be done with an object.
pub(super) enum Meaning {
    /// It is read.
    Read(Kind),
    /// It is a list of objects.
    List,
    /// It is left out without a word.
    Harmless,
    /// It is left out, with a warning that says why it matters.
    Warn(String),
    /// It cannot be: what is wrong and what to write.
    Wrong {
        /// Whether the kind is wrong, or else the version.
        kind: bool,
        message: String,
        help: Option<String>,
    },
}

/// What a kind of an API version means.
pub(super) fn meaning(version: &str, kind: &str) -> Meaning {
    if kind.ends_with("List")
        && (kind == "List" || Kind::ALL.iter().any(|known| kind == format!("{}List", known.name())))
    {
        return Meaning::List;
    }
    if let Some((_, _, release)) = REMOVED.iter().find(|(gone, kinds, _)| *gone == version && kinds.contains(&kind)) {
        let help = current(kind).map(|now| format!("write `{now}`"));
        let message = format!("`{version}` has no `{kind}` any more since Kubernetes {release}");
        return Meaning::Wrong { kind: false, message, help };
    }
    if let Some(known) = Kind::ALL.into_iter().find(|known| known.name() == kind) {
        if known.api_version() == version {
            return Meaning::Read(known);
        }
        // A group of somebody's own may have a kind of the same name.
        if version.contains('.') && !version.split('/').next().is_some_and(|group| group.ends_with(".k8s.io")) {
            return Meaning::Warn(format!("`{kind}` of `{version}` is not known and is left out"));
        }
        let message = format!("there is no `{kind}` in `{version}`");
        return Meaning::Wrong { kind: false, message, help: Some(format!("write `{}`", known.api_version())) };
    }
    if let Some((_, kinds)) = GROUPS.iter().find(|(group, _)| *group == version)
        && !kinds.contains(&kind)
    {
        let help = match nearest(kind, Kind::ALL.iter().map(|known| known.name())) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("it has {}", one_of(kinds.iter().copied())),
        };
        let message = format!("there is no `{kind}` in `{version}`");
        return Meaning::Wrong { kind: true, message, help: Some(help) };
    }
    if let Some((_, why)) = WITHOUT_EFFECT.iter().find(|(name, _)| *name == kind) {
        return Meaning::Warn(format!("`{kind}` has no effect: {why}"));
    }
    if HARMLESS.contains(&kind) {
        return Meaning::Harmless;
    }
    Meaning::Warn(format!("the kind `{kind}` of `{version}` is not known and is left out"))
}

/// The version that a kind has now.
fn current(kind: &str) -> Option<&'static str> {
    let known = Kind::ALL.into_iter().find(|known| known.name() == kind).map(Kind::api_version);
    known.or(match kind {
        "CronJob" => Some("batch/v1"),
        "HorizontalPodAutoscaler" => Some("autoscaling/v2"),
        "Ingress" | "IngressClass" => Some("networking.k8s.io/v1"),
        "RuntimeClass" => Some("node.k8s.io/v1"),
        _ => None,
    })
}
