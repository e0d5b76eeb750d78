//! Incidents: the root causes that lost time is booked to.

use crate::base::time::Time;

use super::{InstanceId, ModelId, ServiceId, TaskId, ZoneId};

/// What an incident struck.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Struck {
    /// All strikes of a stochastic container-level model: they are too many to be listed one by one.
    Containers,
    /// One task, with its service and slot.
    Task { task: TaskId, service: ServiceId, slot: u32 },
    /// All tasks of a service.
    Service(ServiceId),
    /// One instance, with the number of its launch.
    Instance { instance: InstanceId, serial: u32 },
    /// Several instances at once.
    Group { instances: u32 },
    /// A zone; `instances` of it were hit.
    Zone { zone: ZoneId, instances: u32 },
    /// A service of the region, such as the control plane.
    Region,
}

/// Something that went wrong.
#[derive(Clone, Debug)]
pub struct Incident {
    /// The failure model that did it.
    pub model: ModelId,
    /// What was struck.
    pub struck: Struck,
    /// When it began.
    pub opened: Time,
    /// When the cause was over (not its effects); `None` while it lasts or where it has no end of its own.
    pub closed: Option<Time>,
}
