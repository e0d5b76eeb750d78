//! A task: what its processes do, and what ECS and the load balancer believe of it.

use crate::base::time::Time;

use super::{InstanceId, ServiceId, TaskId};

/// ECS's `lastStatus` (ECS Developer Guide, task lifecycle), as ECS knows it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Before launch: network interface, capacity.
    Provisioning,
    /// Waits for the agent: image pull, container creation.
    Pending,
    /// After launch: registration with target groups.
    Activating,
    /// Runs.
    Running,
    /// Before stop: deregistration from target groups.
    Deactivating,
    /// SIGTERM, then SIGKILL.
    Stopping,
    /// After stop: network interface detached.
    Deprovisioning,
    /// Over: the row is free.
    Stopped,
}

impl Phase {
    /// The name as ECS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Provisioning => "PROVISIONING",
            Phase::Pending => "PENDING",
            Phase::Activating => "ACTIVATING",
            Phase::Running => "RUNNING",
            Phase::Deactivating => "DEACTIVATING",
            Phase::Stopping => "STOPPING",
            Phase::Deprovisioning => "DEPROVISIONING",
            Phase::Stopped => "STOPPED",
        }
    }
}

/// ECS's `healthStatus` of a task with container health checks.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// No check, or none finished yet.
    Unknown,
    /// All essential containers with a check pass it.
    Healthy,
    /// An essential container fails its check.
    Unhealthy,
}

/// The load balancer's state of a target.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Not registered.
    None,
    /// Registered, no check passed yet.
    Initial,
    /// In rotation.
    Healthy,
    /// Out of rotation.
    Unhealthy,
    /// Deregistered; finishes what it has.
    Draining,
}

/// Why a task stopped (ECS API, Task.stopCode), or why a pod was deleted (Kubernetes, DisruptionTarget condition).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum StopCode {
    /// It never ran: image or permission.
    TaskFailedToStart,
    /// An essential container ended.
    EssentialContainerExited,
    /// The service scheduler stopped it: unhealthy, surplus, draining.
    ServiceSchedulerInitiated,
    /// Its instance ended.
    TerminationNotice,
    /// Kubernetes: evicted through the Eviction API, within its disruption budget.
    EvictionApi,
    /// Kubernetes: its node had a `NoExecute` taint for longer than it tolerates.
    TaintManager,
    /// Kubernetes: its node is gone.
    PodGc,
    /// Kubernetes: it gave way to a pod of higher priority.
    Preemption,
    /// Kubernetes: the kubelet ended it, for lack of memory or because the node shut down.
    Kubelet,
    /// Kubernetes: its workload no longer wants it, or it has done its work.
    Controller,
}

impl StopCode {
    /// The name as ECS writes it.
    pub fn name(self) -> &'static str {
        match self {
            StopCode::TaskFailedToStart => "TaskFailedToStart",
            StopCode::EssentialContainerExited => "EssentialContainerExited",
            StopCode::ServiceSchedulerInitiated => "ServiceSchedulerInitiated",
            StopCode::TerminationNotice => "TerminationNotice",
            StopCode::EvictionApi => "EvictionByEvictionAPI",
            StopCode::TaintManager => "DeletionByTaintManager",
            StopCode::PodGc => "DeletionByPodGC",
            StopCode::Preemption => "PreemptionByScheduler",
            StopCode::Kubelet => "TerminationByKubelet",
            StopCode::Controller => "DeletedByController",
        }
    }
}

/// The run of one container: from a start to the next.
#[derive(Copy, Clone, Debug, Default)]
pub struct Run {
    /// When it last started.
    pub started_at: Time,
    /// Number of the start within this row, never used twice.
    pub number: u32,
}

/// A row of the task table. What most changes look at fills the first of its two cache lines: in a large fleet nearly every step
/// of a task meets a cold row.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Task {
    /// Its service or batch.
    pub service: ServiceId,
    /// The slot of the service; for a standalone task the number of its arrival.
    pub slot: u32,
    /// Where it is placed.
    pub instance: InstanceId,
    /// The unhealthy task that it replaces (start-first), or NONE.
    pub replaces: TaskId,
    /// Belief: its last status.
    pub phase: Phase,
    /// Belief: its health by container checks.
    pub health: Health,
    /// Belief: its target's state.
    pub target: Target,
    /// `desiredStatus` is STOPPED: it no longer counts for its service.
    pub stopping: bool,
    /// Why it stops, where it does.
    pub stop_code: Option<StopCode>,
    /// Truth: its containers have been started.
    pub started: bool,
    /// Truth: a hanging container gives no answer at all (a check runs into its timeout) instead of an error.
    pub silent: bool,
    /// Truth: one bit for each container that has exited and was not restarted.
    pub exited: u16,
    /// Truth: one bit for each exited container that the agent is about to restart in place.
    pub restarting: u16,
    /// Truth: one bit for each container that hangs.
    pub hung: u16,
    /// When its phase last changed.
    pub phase_since: Time,
    /// The number of this task among those that its slot has had, from 1.
    pub life: u32,
    /// The number of the last run in this row before this task.
    pub first_run: u32,
    /// Bumped at each change of phase; never reset.
    pub phase_step: u32,
    /// Bumped at each change that a container health check could see; never reset.
    pub health_step: u32,
    /// Bumped at each change that a target's check could see; never reset.
    pub target_step: u32,
    /// Runs started in this row so far; never reset.
    pub run_counter: u32,
    /// When its containers first started.
    pub started_at: Time,
    /// When it was placed.
    pub placed_at: Time,
    /// The run of the first container.
    pub run: Run,
    /// Runs of the others.
    pub other_runs: Option<Box<[Run]>>,
}

// What the first lines hold is what makes large fleets fast.
const _: () = assert!(std::mem::offset_of!(Task, started_at) == 64 && std::mem::size_of::<Task>() == 128);

impl Task {
    /// A free row.
    pub fn free_row() -> Task {
        Task {
            service: ServiceId::NONE,
            slot: 0,
            instance: InstanceId::NONE,
            replaces: TaskId::NONE,
            phase: Phase::Stopped,
            health: Health::Unknown,
            target: Target::None,
            stopping: false,
            stop_code: None,
            started: false,
            exited: 0,
            restarting: 0,
            hung: 0,
            silent: false,
            life: 0,
            first_run: 0,
            placed_at: Time::ZERO,
            phase_since: Time::ZERO,
            started_at: Time::ZERO,
            run: Run::default(),
            other_runs: None,
            run_counter: 0,
            phase_step: 0,
            health_step: 0,
            target_step: 0,
        }
    }

    /// `true` where the row stands for a task.
    pub fn in_use(&self) -> bool {
        self.phase != Phase::Stopped
    }

    /// All essential containers run (hanging ones too).
    pub fn process_up(&self, essential: u16) -> bool {
        self.started && self.exited & essential == 0
    }

    /// The last run of a container.
    pub fn run_of(&self, container: usize) -> Run {
        match (container, &self.other_runs) {
            (0, _) => self.run,
            (_, Some(runs)) => runs.get(container - 1).copied().unwrap_or_default(),
            (_, None) => Run::default(),
        }
    }
}
