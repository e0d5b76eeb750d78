//! What has happened: stated by `engine::apply` after each change, and heard by the families in a fixed order.

use super::command::Order;
use super::instance::Registration;
use super::service::Slot;
use super::task::{Health, Phase, Target};
use super::{IncidentId, InstanceId, ServiceId, TaskId, ZoneId};

/// Why an order could not be placed, in the words that ECS gives a caller (ECS Developer Guide, API failure reasons) or
/// that kube-scheduler writes into a pod's events.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The cluster has no container instance that could be asked.
    NoInstances,
    /// The only instances that would do have a disconnected agent or are draining.
    Agent,
    /// Operating system or processor do not match.
    Attribute,
    /// A `memberOf` constraint leaves none.
    MemberOf,
    /// `distinctInstance` leaves none.
    DistinctInstance,
    /// Not enough CPU.
    Cpu,
    /// Not enough memory.
    Memory,
    /// A host port is taken.
    Ports,
    /// No free network interface.
    Eni,
    /// Not enough GPUs.
    Gpu,
    /// Kubernetes: the cluster has no node.
    NoNodes,
    /// Kubernetes: the nodes that would do are cordoned.
    Unschedulable,
    /// Kubernetes: the nodes that would do have a taint that the pod does not tolerate.
    Taint,
    /// Kubernetes: no node has the labels or the name that the pod asks for.
    NodeAffinity,
    /// Kubernetes: the nodes that would do have the port taken.
    NodePorts,
    /// Kubernetes: not enough CPU.
    NodeCpu,
    /// Kubernetes: not enough memory.
    NodeMemory,
    /// Kubernetes: not enough of another resource.
    NodeResource,
    /// Kubernetes: the nodes that would do hold as many pods as they take.
    TooManyPods,
    /// Kubernetes: the pod's volume lies in another zone.
    VolumeZone,
    /// Kubernetes: a topology spread constraint leaves none.
    TopologySpread,
    /// Kubernetes: pod affinity leaves none.
    PodAffinity,
    /// Kubernetes: pod anti-affinity leaves none.
    PodAntiAffinity,
}

impl Refusal {
    /// All reasons, in the order in which an instance is looked at.
    pub const ALL: [Refusal; 23] = [
        Refusal::NoInstances,
        Refusal::Agent,
        Refusal::Attribute,
        Refusal::MemberOf,
        Refusal::DistinctInstance,
        Refusal::Cpu,
        Refusal::Memory,
        Refusal::Gpu,
        Refusal::Ports,
        Refusal::Eni,
        Refusal::NoNodes,
        Refusal::Unschedulable,
        Refusal::Taint,
        Refusal::NodeAffinity,
        Refusal::NodePorts,
        Refusal::NodeCpu,
        Refusal::NodeMemory,
        Refusal::NodeResource,
        Refusal::TooManyPods,
        Refusal::VolumeZone,
        Refusal::TopologySpread,
        Refusal::PodAffinity,
        Refusal::PodAntiAffinity,
    ];

    /// ECS's name of the reason, or kube-scheduler's.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::NoInstances => "no container instances",
            Refusal::Agent => "AGENT",
            Refusal::Attribute => "ATTRIBUTE",
            Refusal::MemberOf => "memberOf constraint unsatisfied",
            Refusal::DistinctInstance => "distinctInstance constraint unsatisfied",
            Refusal::Cpu => "RESOURCE:CPU",
            Refusal::Memory => "RESOURCE:MEMORY",
            Refusal::Ports => "RESOURCE:PORTS",
            Refusal::Eni => "RESOURCE:ENI",
            Refusal::Gpu => "RESOURCE:GPU",
            Refusal::NoNodes => "no nodes available to schedule pods",
            Refusal::Unschedulable => "node(s) were unschedulable",
            Refusal::Taint => "node(s) had untolerated taint",
            Refusal::NodeAffinity => "node(s) didn't match Pod's node affinity/selector",
            Refusal::NodePorts => "node(s) didn't have free ports for the requested pod ports",
            Refusal::NodeCpu => "Insufficient cpu",
            Refusal::NodeMemory => "Insufficient memory",
            Refusal::NodeResource => "Insufficient resource",
            Refusal::TooManyPods => "Too many pods",
            Refusal::VolumeZone => "node(s) had volume node affinity conflict",
            Refusal::TopologySpread => "node(s) didn't match pod topology spread constraints",
            Refusal::PodAffinity => "node(s) didn't match pod affinity rules",
            Refusal::PodAntiAffinity => "node(s) didn't match pod anti-affinity rules",
        }
    }

    /// `true` where a rule of the user leaves no instance, whatever room there is.
    pub fn is_constraint(self) -> bool {
        matches!(
            self,
            Refusal::Attribute
                | Refusal::MemberOf
                | Refusal::DistinctInstance
                | Refusal::NodeAffinity
                | Refusal::VolumeZone
                | Refusal::TopologySpread
                | Refusal::PodAffinity
                | Refusal::PodAntiAffinity
        )
    }
}

/// Something that has happened. Rows are as they are after it, unless said otherwise.
#[derive(Copy, Clone, Debug)]
pub enum Fact {
    /// The clock stands at zero, the instances are there; services may fill themselves.
    Began,
    /// The initial state is complete: from here on time passes.
    WarmedUp,

    /// A task was placed.
    Placed(TaskId),
    /// An order could not be placed.
    Refused { order: Order, refusal: Refusal },
    /// A task is to give way to one of higher priority of another service, which found no room.
    Preempted(TaskId),
    /// A standalone task arrived; it is the service's `arrived`th.
    Arrived { service: ServiceId, slot: u32 },
    /// A standalone task was given up.
    GivenUp { service: ServiceId, slot: u32 },
    /// ECS sees the task in another phase. At STOPPED the row is read for the last time.
    PhaseChanged { task: TaskId, from: Phase },
    /// ECS no longer wants the task.
    Stopping(TaskId),
    /// A service shall want so many tasks.
    ScaleAsked { service: ServiceId, desired: u32 },
    /// A service wants another number of tasks than `before`.
    DesiredChanged { service: ServiceId, before: u32 },

    /// A container started.
    Started { task: TaskId, container: u8 },
    /// A container's process ended by itself.
    Exited { task: TaskId, container: u8, incident: IncidentId, out_of_memory: bool },
    /// A container uses so much memory for a moment, in MiB, and its limit allows it.
    MemoryPeak { task: TaskId, container: u8, mib: u32, incident: IncidentId },
    /// A container hangs.
    Hung { task: TaskId, container: u8, incident: IncidentId },
    /// A container answers again.
    Unhung { task: TaskId, container: u8 },
    /// Truth: the task serves, or no longer.
    ServingChanged { task: TaskId, serves: bool },
    /// Belief: another health.
    HealthChanged { task: TaskId, from: Health },
    /// Belief: another state of its target.
    TargetChanged { task: TaskId, from: Target },
    /// Truth: a service has another number of healthy tasks than `before`.
    HealthyChanged { service: ServiceId, before: u32, after: u32 },
    /// Truth: the share of requests that a load-balanced service loses is another than `before`.
    LostShareChanged { service: ServiceId, before: f64, after: f64 },
    /// A slot changed: it serves or not, its cause, what it waits for.
    SlotChanged { service: ServiceId, slot: u32, before: Slot },

    /// An instance was ordered.
    Launched(InstanceId),
    /// The host is up, for the first time or again; no container runs on it yet.
    HostUp(InstanceId),
    /// The host hangs.
    HostHung(InstanceId),
    /// The host no longer hangs; its containers serve on.
    HostUnhung(InstanceId),
    /// The host is down; its containers are dead.
    HostDown(InstanceId),
    /// The host is gone for good.
    HostGone(InstanceId),
    /// The network to the instance changed: see its `cut_off`.
    CutOffChanged(InstanceId),
    /// ECS sees the instance in another state.
    Registered { instance: InstanceId, from: Registration },
    /// ECS sees the agent connected or not: see its `agent_connected`.
    AgentChanged(InstanceId),
    /// The orchestrator sees the node ready or not: see its `ready`.
    ReadyChanged(InstanceId),
    /// EC2 sees it impaired or well: see its `impaired`.
    ImpairedChanged(InstanceId),
    /// Auto Scaling has decided to end it.
    Condemned(InstanceId),
    /// The row is free.
    Forgotten(InstanceId),
    /// A task gave back resources on an instance, or an instance began to take tasks: what waits may fit now.
    RoomChanged(InstanceId),

    /// Launches in a zone fail from now on, or no longer.
    LaunchesChanged(ZoneId),
    /// The control plane went down or came back.
    ControlPlaneChanged,
    /// The registry went down or came back.
    RegistryChanged,
    /// The task execution role lost or regained its permission.
    RoleChanged,
    /// An incident began.
    Opened(IncidentId),
    /// The cause of an incident is over.
    Closed(IncidentId),
}

/// A set of topics, one bit each.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Topics(pub u32);

impl Topics {
    /// Placement: placed, refused, arrived, given up, desired count.
    pub const PLACEMENT: Topics = Topics(1);
    /// Phases of tasks.
    pub const PHASE: Topics = Topics(1 << 1);
    /// Containers: started, exited, hung.
    pub const CONTAINER: Topics = Topics(1 << 2);
    /// Whether a task serves.
    pub const SERVING: Topics = Topics(1 << 3);
    /// Beliefs on a task: health, target.
    pub const BELIEF: Topics = Topics(1 << 4);
    /// Healthy counts of services.
    pub const HEALTHY: Topics = Topics(1 << 5);
    /// Slots.
    pub const SLOT: Topics = Topics(1 << 6);
    /// Hosts: launched, up, down, gone, cut off.
    pub const HOST: Topics = Topics(1 << 7);
    /// Beliefs on an instance: registration, agent, status checks.
    pub const INSTANCE: Topics = Topics(1 << 8);
    /// Room for tasks.
    pub const ROOM: Topics = Topics(1 << 9);
    /// Zones and services of the region.
    pub const REGION: Topics = Topics(1 << 10);
    /// Incidents.
    pub const INCIDENT: Topics = Topics(1 << 11);
    /// The start.
    pub const START: Topics = Topics(1 << 12);
    /// Tasks that stop.
    pub const STOPPING: Topics = Topics(1 << 13);
    /// Everything.
    pub const ALL: Topics = Topics(u32::MAX);
    /// Number of topics.
    pub const COUNT: usize = 14;

    /// Both sets.
    pub const fn and(self, other: Topics) -> Topics {
        Topics(self.0 | other.0)
    }

    /// `true` where the bit at `index` is set.
    pub const fn has(self, index: usize) -> bool {
        self.0 >> index & 1 == 1
    }
}

impl Fact {
    /// The number of its topic: the bit in [`Topics`].
    pub fn topic(&self) -> usize {
        match self {
            Fact::Placed(_)
            | Fact::Refused { .. }
            | Fact::Preempted(_)
            | Fact::Arrived { .. }
            | Fact::GivenUp { .. }
            | Fact::ScaleAsked { .. }
            | Fact::DesiredChanged { .. } => 0,
            Fact::PhaseChanged { .. } => 1,
            Fact::Started { .. }
            | Fact::Exited { .. }
            | Fact::MemoryPeak { .. }
            | Fact::Hung { .. }
            | Fact::Unhung { .. } => 2,
            Fact::ServingChanged { .. } => 3,
            Fact::HealthChanged { .. } | Fact::TargetChanged { .. } => 4,
            Fact::HealthyChanged { .. } | Fact::LostShareChanged { .. } => 5,
            Fact::SlotChanged { .. } => 6,
            Fact::Launched(_)
            | Fact::HostUp(_)
            | Fact::HostHung(_)
            | Fact::HostUnhung(_)
            | Fact::HostDown(_)
            | Fact::HostGone(_)
            | Fact::CutOffChanged(_) => 7,
            Fact::Registered { .. }
            | Fact::AgentChanged(_)
            | Fact::ReadyChanged(_)
            | Fact::ImpairedChanged(_)
            | Fact::Condemned(_)
            | Fact::Forgotten(_) => 8,
            Fact::RoomChanged(_) => 9,
            Fact::LaunchesChanged(_) | Fact::ControlPlaneChanged | Fact::RegistryChanged | Fact::RoleChanged => 10,
            Fact::Opened(_) | Fact::Closed(_) => 11,
            Fact::Began | Fact::WarmedUp => 12,
            Fact::Stopping(_) => 13,
        }
    }
}
