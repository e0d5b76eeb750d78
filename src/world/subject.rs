//! A container instance as the cluster query language sees it.

use std::borrow::Cow;

use super::fleet::CapacitySpec;
use super::query::Subject;
use super::{InstanceId, World, ZoneId};

/// The container agent that every instance runs: the newest that the facts were read from.
pub const AGENT_VERSION: &str = "1.105.1";

/// The Unix time of the start of every run, 2025-01-01T00:00:00Z, for `registeredAt`.
pub const START_UNIX_SECONDS: i64 = 1_735_689_600;

/// One instance of the world.
pub struct InstanceSubject<'a> {
    /// The world.
    pub world: &'a World,
    /// The instance.
    pub instance: InstanceId,
}

impl Subject for InstanceSubject<'_> {
    fn agent_connected(&self) -> bool {
        self.world.instances[self.instance].agent_connected
    }

    fn agent_version(&self) -> &str {
        AGENT_VERSION
    }

    fn ec2_instance_id(&self) -> Cow<'_, str> {
        self.world.instances[self.instance].ec2_id().into()
    }

    fn registered_at_s(&self) -> i64 {
        START_UNIX_SECONDS + self.world.instances[self.instance].registered_at.seconds() as i64
    }

    fn running_tasks_count(&self) -> u32 {
        let running = |task| self.world.tasks[task].phase == super::task::Phase::Running;
        self.world.tasks_on(self.instance).filter(|&task| running(task)).count() as u32
    }

    fn task_groups_any(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let services = &self.world.fleet.services;
        self.world.tasks_on(self.instance).any(|task| test(&services[self.world.tasks[task].service].group))
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let row = &self.world.instances[self.instance];
        self.world.fleet.capacities[row.capacity].attribute(row.zone, name)
    }
}

/// A fresh instance of a group in a zone, of which only the attributes are known: all that a static expression asks for.
pub struct FreshSubject<'a> {
    /// The group.
    pub capacity: &'a CapacitySpec,
    /// The zone.
    pub zone: ZoneId,
}

impl Subject for FreshSubject<'_> {
    fn agent_connected(&self) -> bool {
        true
    }

    fn agent_version(&self) -> &str {
        AGENT_VERSION
    }

    fn ec2_instance_id(&self) -> Cow<'_, str> {
        "".into()
    }

    fn registered_at_s(&self) -> i64 {
        0
    }

    fn running_tasks_count(&self) -> u32 {
        0
    }

    fn task_groups_any(&self, _: &mut dyn FnMut(&str) -> bool) -> bool {
        false
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.capacity.attribute(self.zone, name)
    }
}
