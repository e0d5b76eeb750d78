//! Fields of the API that decide nothing here, and those that would have decided something but have no effect.

/// Fields of each type that decide neither where a pod goes nor what becomes of it.
const HARMLESS: &[(&str, &[&str])] = &[
    (
        "MetadataBlock",
        &[
            "generateName",
            "creationTimestamp",
            "deletionGracePeriodSeconds",
            "resourceVersion",
            "generation",
            "finalizers",
            "managedFields",
            "selfLink",
        ],
    ),
    ("OwnerReference", &["uid", "blockOwnerDeletion"]),
    ("Deployment", &["apiVersion", "kind", "status"]),
    ("ReplicaSet", &["apiVersion", "kind", "status"]),
    ("StatefulSet", &["apiVersion", "kind", "status"]),
    ("DaemonSet", &["apiVersion", "kind", "status"]),
    ("Job", &["apiVersion", "kind"]),
    ("Pod", &["apiVersion", "kind"]),
    ("PodDisruptionBudget", &["apiVersion", "kind", "status"]),
    ("PriorityClass", &["apiVersion", "kind", "description"]),
    ("Service", &["apiVersion", "kind", "status"]),
    ("Namespace", &["apiVersion", "kind", "spec", "status"]),
    ("Node", &["apiVersion", "kind"]),
    ("DeploymentSpec", &["revisionHistoryLimit", "progressDeadlineSeconds"]),
    (
        "StatefulSetSpec",
        &["revisionHistoryLimit", "updateStrategy", "ordinals", "persistentVolumeClaimRetentionPolicy"],
    ),
    ("DaemonSetSpec", &["revisionHistoryLimit", "updateStrategy", "minReadySeconds"]),
    ("JobSpec", &["ttlSecondsAfterFinished", "podReplacementPolicy"]),
    ("VolumeClaimTemplate", &["apiVersion", "kind", "spec", "status"]),
    (
        "PodSpec",
        &[
            "serviceAccountName",
            "serviceAccount",
            "automountServiceAccountToken",
            "dnsPolicy",
            "dnsConfig",
            "hostAliases",
            "hostname",
            "hostnameOverride",
            "subdomain",
            "setHostnameAsFQDN",
            "hostPID",
            "hostIPC",
            "hostUsers",
            "shareProcessNamespace",
            "securityContext",
            "imagePullSecrets",
            "enableServiceLinks",
            "ephemeralContainers",
            "os",
        ],
    ),
    (
        "Container",
        &[
            "command",
            "args",
            "env",
            "envFrom",
            "workingDir",
            "volumeMounts",
            "volumeDevices",
            "securityContext",
            "stdin",
            "stdinOnce",
            "tty",
            "terminationMessagePath",
            "terminationMessagePolicy",
            "resizePolicy",
        ],
    ),
    ("Lifecycle", &["postStart", "stopSignal"]),
    (
        "Volume",
        &[
            "emptyDir",
            "hostPath",
            "configMap",
            "secret",
            "projected",
            "downwardAPI",
            "nfs",
            "image",
            "gitRepo",
            "cephfs",
            "glusterfs",
            "azureFile",
            "quobyte",
            "portworxVolume",
            "flexVolume",
        ],
    ),
    (
        "ServiceSpec",
        &[
            "ports",
            "clusterIP",
            "clusterIPs",
            "externalIPs",
            "sessionAffinity",
            "sessionAffinityConfig",
            "loadBalancerIP",
            "loadBalancerSourceRanges",
            "loadBalancerClass",
            "externalName",
            "externalTrafficPolicy",
            "internalTrafficPolicy",
            "healthCheckNodePort",
            "publishNotReadyAddresses",
            "ipFamilies",
            "ipFamilyPolicy",
            "allocateLoadBalancerNodePorts",
            "trafficDistribution",
        ],
    ),
    ("NodeSpec", &["podCIDR", "podCIDRs", "configSource", "externalID"]),
];

/// Fields of each type that would have changed something, and what.
const WITHOUT_EFFECT: &[(&str, &str, &str)] = &[
    ("DeploymentSpec", "paused", "the Deployment is taken to go on"),
    ("JobSpec", "podFailurePolicy", "every failed pod counts against `backoffLimit`"),
    ("JobSpec", "backoffLimitPerIndex", "failures count for the whole Job"),
    ("JobSpec", "maxFailedIndexes", "failures count for the whole Job"),
    ("JobSpec", "successPolicy", "the Job ends when all its pods have succeeded"),
    ("JobSpec", "managedBy", "the Job is managed as usual"),
    ("PodSpec", "schedulingGates", "pods do not wait for a gate to be removed"),
    ("PodSpec", "resourceClaims", "devices are not claimed: nodes without them are taken too"),
    ("PodSpec", "runtimeClassName", "write the class's overhead into `overhead` and its nodes into `nodeSelector`"),
    ("PodSpec", "readinessGates", "a pod is ready when its containers are"),
    ("PodSpec", "activeDeadlineSeconds", "the pod runs on"),
    ("PodSpec", "schedulingGroup", "pods are placed one by one"),
    ("PodSpec", "workloadRef", "pods are placed one by one"),
    ("Container", "restartPolicyRules", "exit codes make no difference"),
    ("Resources", "claims", "devices are not claimed: nodes without them are taken too"),
    ("Lifecycle", "preStop", "the hook takes no time; it would have run within the grace period"),
    ("Probe", "terminationGracePeriodSeconds", "the pod's own grace period is used"),
    ("Volume", "persistentVolumeClaim", VOLUME),
    ("Volume", "ephemeral", VOLUME),
    ("Volume", "csi", VOLUME),
    ("Volume", "awsElasticBlockStore", VOLUME),
    ("Volume", "gcePersistentDisk", VOLUME),
    ("Volume", "azureDisk", VOLUME),
    ("Volume", "iscsi", VOLUME),
    ("Volume", "fc", VOLUME),
    ("Volume", "rbd", VOLUME),
    ("Volume", "cinder", VOLUME),
    ("Volume", "vsphereVolume", VOLUME),
    ("Volume", "local", VOLUME),
    ("Volume", "scaleIO", VOLUME),
    ("Volume", "storageos", VOLUME),
    ("Volume", "flocker", VOLUME),
    ("Volume", "photonPersistentDisk", VOLUME),
];

const VOLUME: &str = "the pod may go to any zone; only claims of a StatefulSet bind to one";

/// What a type holds that only tells how things are.
const STATUS: [&str; 5] = ["NodeStatus", "NodeImage", "PodStatus", "JobStatus", "Condition"];

/// The fields of a type that decide nothing here.
pub(super) fn harmless(of: &str) -> &'static [&'static str] {
    HARMLESS.iter().find(|(name, _)| *name == of).map_or(&[], |(_, fields)| fields)
}

/// The fields of a type that would have changed something.
pub(super) fn without_effect(of: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    WITHOUT_EFFECT.iter().filter(move |(name, ..)| *name == of).map(|(_, field, why)| (*field, *why))
}

/// Whether a type only tells how things are: what else it holds is of no interest.
pub(super) fn is_status(name: &str) -> bool {
    STATUS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::super::kind::Kind;
    use super::super::schema;
    use super::*;

    /// A table that names a type that nobody has would silently do nothing.
    #[test]
    fn every_type_of_the_tables_is_there() {
        let schemas: Vec<_> = Kind::ALL.iter().map(|kind| schema::of(*kind)).collect();
        let there = |name: &str| {
            schemas.iter().any(|schema| {
                schema["title"] == name || schema["$defs"].as_object().is_some_and(|defs| defs.contains_key(name))
            })
        };
        let named = HARMLESS.iter().map(|(name, _)| *name).chain(WITHOUT_EFFECT.iter().map(|(name, ..)| *name));
        for name in named.chain(STATUS) {
            assert!(there(name), "{name}");
        }
    }
}
