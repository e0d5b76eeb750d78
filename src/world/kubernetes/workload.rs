//! Workloads: what keeps pods running, and what the kubelet does with their containers.

use crate::base::time::Span;

use super::object::Count;
use super::pod::PodSpec;
use super::resources::ResourceList;
use super::selector::LabelSelector;

/// A workload: one service or batch of the fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// What manages its pods.
    pub kind: WorkloadKind,
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Pods wanted; for a DaemonSet 0, for a Job `completions`.
    pub replicas: u32,
    /// Which pods belong to it.
    pub selector: Option<LabelSelector>,
    /// Its pods.
    pub template: PodTemplate,
}

/// What manages the pods of a workload.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkloadKind {
    /// A Deployment and its ReplicaSet.
    Deployment {
        /// Pods above the desired count while it rolls.
        max_surge: Count,
        /// Pods below the desired count while it rolls.
        max_unavailable: Count,
        /// How long a pod must be ready to count as available.
        min_ready: Span,
    },
    /// A StatefulSet.
    StatefulSet {
        /// `podManagementPolicy: Parallel`: pods are not waited for in order.
        parallel: bool,
        /// It has volume claims: each pod is bound to the zone in which its volume was made.
        volumes: bool,
        /// How long a pod must be ready to count as available.
        min_ready: Span,
    },
    /// A DaemonSet.
    DaemonSet,
    /// A Job.
    Job {
        /// Pods at a time.
        parallelism: u32,
        /// Failed pods until the Job fails (`backoffLimit`).
        backoff_limit: u32,
        /// The Job ends after this (`activeDeadlineSeconds`).
        active_deadline: Option<Span>,
    },
    /// A pod that nothing manages.
    Pod,
}

impl WorkloadKind {
    /// The kind as manifests have it.
    pub fn name(&self) -> &'static str {
        match self {
            WorkloadKind::Deployment { .. } => "Deployment",
            WorkloadKind::StatefulSet { .. } => "StatefulSet",
            WorkloadKind::DaemonSet => "DaemonSet",
            WorkloadKind::Job { .. } => "Job",
            WorkloadKind::Pod => "Pod",
        }
    }
}

/// The pods of a workload.
#[derive(Clone, Debug, PartialEq)]
pub struct PodTemplate {
    /// What decides where a pod goes; its name is that of the workload.
    pub spec: PodSpec,
    /// What the kubelet does with each container, in the order of `spec.containers`, sidecars after them.
    pub containers: Vec<ContainerLife>,
    /// What the kubelet does with a container that ends.
    pub restart_policy: RestartPolicy,
    /// SIGTERM to SIGKILL (`terminationGracePeriodSeconds`).
    pub termination_grace: Span,
}

/// When the kubelet starts an ended container again.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub enum RestartPolicy {
    /// Always.
    #[default]
    Always,
    /// Where it failed.
    OnFailure,
    /// Never.
    Never,
}

/// What the kubelet does with a container.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainerLife {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// `imagePullPolicy: Always`, which is also the default of the tag `latest`.
    pub always_pulls: bool,
    /// Its limits; the one for memory is what the kernel kills at.
    pub limits: ResourceList,
    /// Blocks the other probes until it passes.
    pub startup: Option<Probe>,
    /// Restarts the container when it fails.
    pub liveness: Option<Probe>,
    /// Takes the pod out of its Services while it fails.
    pub readiness: Option<Probe>,
}

/// A probe.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// From the start of the container to the first probe. Default 0.
    pub initial_delay: Span,
    /// Between probes. Default 10 s, at least 1 s.
    pub period: Span,
    /// A probe without an answer fails after this. Default 1 s.
    pub timeout: Span,
    /// Passes in a row until it counts as passing. Default 1.
    pub success_threshold: u32,
    /// Failures in a row until it counts as failing. Default 3.
    pub failure_threshold: u32,
}

impl Default for Probe {
    fn default() -> Self {
        Probe {
            initial_delay: Span::ZERO,
            period: Span::from_secs(10),
            timeout: Span::from_secs(1),
            success_threshold: 1,
            failure_threshold: 3,
        }
    }
}
