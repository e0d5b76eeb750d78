//! A service's state: its slots and its counts.

use super::fleet::{Scheduling, ServiceSpec};
use super::{IncidentId, TaskId, ZoneId};
use crate::base::id::Table;

/// What a slot without a serving task is waiting for: the phase that lost task-time is booked to.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// Nobody who could act knows yet.
    Undetected,
    /// It is known; the scheduler has not acted yet.
    Reacting,
    /// No instance has room, and one is being launched or replaced.
    WaitingForInstance,
    /// No instance has room, and none is on its way.
    WaitingForCapacity,
    /// A placement constraint leaves no instance.
    Constraint,
    /// The control plane is down.
    ControlPlane,
    /// The service scheduler pauses between attempts, though there is room again.
    Throttled,
    /// Replacement is bounded by `maximumPercent` or `minimumHealthyPercent`.
    DeploymentBounds,
    /// PROVISIONING: network interface.
    Provisioning,
    /// The image is pulled.
    Pulling,
    /// Containers are created and started, or restarted in place.
    Starting,
    /// ACTIVATING: registration with the load balancer and its first check.
    Activating,
}

impl Loss {
    /// All phases, in the order in which they usually come.
    pub const ALL: [Loss; 12] = [
        Loss::Undetected,
        Loss::Reacting,
        Loss::WaitingForInstance,
        Loss::WaitingForCapacity,
        Loss::Constraint,
        Loss::ControlPlane,
        Loss::Throttled,
        Loss::DeploymentBounds,
        Loss::Provisioning,
        Loss::Pulling,
        Loss::Starting,
        Loss::Activating,
    ];

    /// The name in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Loss::Undetected => "undetected",
            Loss::Reacting => "reacting",
            Loss::WaitingForInstance => "waitingForInstance",
            Loss::WaitingForCapacity => "waitingForCapacity",
            Loss::Constraint => "blockedByConstraint",
            Loss::ControlPlane => "blockedByControlPlane",
            Loss::Throttled => "throttled",
            Loss::DeploymentBounds => "blockedByDeploymentBounds",
            Loss::Provisioning => "provisioning",
            Loss::Pulling => "pulling",
            Loss::Starting => "starting",
            Loss::Activating => "activating",
        }
    }

    /// The phase that has a [`Loss::name`].
    pub fn of(name: &str) -> Option<Loss> {
        Loss::ALL.into_iter().find(|loss| loss.name() == name)
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Loss::Undetected => "undetected",
            Loss::Reacting => "scheduler reacting",
            Loss::WaitingForInstance => "waiting for an instance",
            Loss::WaitingForCapacity => "waiting for capacity",
            Loss::Constraint => "blocked by a constraint",
            Loss::ControlPlane => "control plane down",
            Loss::Throttled => "throttled",
            Loss::DeploymentBounds => "blocked by deployment bounds",
            Loss::Provisioning => "provisioning",
            Loss::Pulling => "pulling the image",
            Loss::Starting => "starting",
            Loss::Activating => "activating",
        }
    }
}

/// One of the places that a service keeps filled.
///
/// A slot is what outlives a task: its replacement takes the same slot. Random lives are drawn by (service, slot, how
/// many lives the slot has had), so that the same slot meets the same crashes under every placement strategy; delays by
/// (service, slot, how many tasks the slot has had).
#[derive(Copy, Clone, Debug)]
pub struct Slot {
    /// Tasks that belong to it and are not stopping: 0 when vacant, 2 while one replaces another.
    pub tasks: u8,
    /// Tasks of it that serve now.
    pub up: u8,
    /// Container lives drawn so far.
    pub lives: u32,
    /// Tasks placed so far.
    pub placed: u32,
    /// Why it is short of a serving task; NONE at the start and while it serves.
    pub cause: IncidentId,
    /// What it is waiting for while it has no serving task.
    pub loss: Loss,
    /// The service wants it filled.
    pub wanted: bool,
}

impl Slot {
    /// A vacant slot.
    pub const VACANT: Slot =
        Slot { tasks: 0, up: 0, lives: 0, placed: 0, cause: IncidentId::NONE, loss: Loss::Reacting, wanted: false };
}

/// A row of the service table.
#[derive(Clone, Debug)]
pub struct Service {
    /// Tasks wanted now.
    pub desired: u32,
    /// Slots; a service with `desired` tasks fills the first `desired` ones. Empty for standalone tasks.
    pub slots: Vec<Slot>,
    /// Head of the list of its tasks.
    pub first_task: TaskId,
    /// Tasks in the list by the zone that they are in.
    pub in_zone: Table<ZoneId, u32>,
    /// Tasks that are wanted and not stopping, in any phase.
    pub live: u32,
    /// Tasks in RUNNING that are wanted (ECS's running count).
    pub running: u32,
    /// Tasks registered as targets and not draining.
    pub targets: u32,
    /// Targets that the load balancer sends to.
    pub in_rotation: u32,
    /// Targets in rotation that do not serve.
    pub dead_in_rotation: u32,
    /// Tasks in RUNNING, wanted, that serve: with a load balancer, registered ones.
    pub serving: u32,
    /// Standalone tasks that arrived so far, which numbers them.
    pub arrived: u32,
    /// Its load balancer sends to all targets where none is healthy.
    pub fails_open: bool,
}

impl Service {
    /// A service without tasks.
    pub fn new(spec: &ServiceSpec, zones: usize) -> Service {
        let slots = match spec.scheduling {
            Scheduling::Standalone => Vec::new(),
            Scheduling::Replica | Scheduling::Daemon => {
                vec![Slot { wanted: true, ..Slot::VACANT }; spec.desired as usize]
            }
        };
        Service {
            desired: spec.desired,
            slots,
            first_task: TaskId::NONE,
            in_zone: (0..zones).map(|_| 0).collect(),
            live: 0,
            running: 0,
            targets: 0,
            in_rotation: 0,
            dead_in_rotation: 0,
            serving: 0,
            arrived: 0,
            fails_open: spec.load_balancer.is_none_or(|group| group.fails_open),
        }
    }

    /// Healthy tasks, counted on truth: those that serve and that users reach. With a load balancer these are the
    /// serving ones in rotation; where no target is in rotation the load balancer sends to all registered ones
    /// (fail-open; Application Load Balancers User Guide, target group health).
    pub fn healthy(&self, load_balanced: bool) -> u32 {
        if load_balanced && (self.in_rotation > 0 || !self.fails_open) {
            self.in_rotation - self.dead_in_rotation
        } else {
            self.serving
        }
    }

    /// The share of requests that the load balancer sends to targets that do not answer, from 0 to 1; with no target
    /// at all every request is lost.
    pub fn lost_request_share(&self) -> f64 {
        if self.in_rotation > 0 {
            f64::from(self.dead_in_rotation) / f64::from(self.in_rotation)
        } else if self.targets > 0 && self.fails_open {
            f64::from(self.targets - self.serving) / f64::from(self.targets)
        } else {
            1.0
        }
    }
}
