//! Kubernetes objects as far as they decide where a pod goes and what becomes of it, in the shapes of the v1 API.
//!
//! These are plain values: the scheduler (`placement`) turns them into what it can count with, the control loops
//! (`platform`) read them, manifests (`scenario`) become them. Amounts are integers: `cpu` in thousandths of a core,
//! `memory` and `ephemeral-storage` in bytes, everything else as a count.

pub mod affinity;
pub mod eks;
pub mod fleet;
pub mod object;
pub mod pod;
pub mod profile;
pub mod resources;
pub mod selector;
pub mod spread;
pub mod taint;
pub mod workload;

pub use affinity::Affinity;
pub use fleet::{BudgetStatus, KubernetesFleet, NodeGroup};
pub use object::{Budget, Cluster, Count, Namespace, Node, SelectorOwner, ServiceObject};
pub use pod::{ContainerPort, ContainerSpec, Owner, PodSpec, PreemptionPolicy};
pub use resources::ResourceList;
pub use selector::{LabelSelector, Labels};
pub use spread::TopologySpreadConstraint;
pub use taint::{Effect, Taint, Toleration};
pub use workload::{ContainerLife, PodTemplate, Probe, RestartPolicy, Workload, WorkloadKind};

/// The label that names a node's zone.
pub const ZONE_LABEL: &str = "topology.kubernetes.io/zone";
/// The label that names a node.
pub const HOSTNAME_LABEL: &str = "kubernetes.io/hostname";
/// The namespace of what names none.
pub const DEFAULT_NAMESPACE: &str = "default";
