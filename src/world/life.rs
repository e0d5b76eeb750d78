//! The lives that random draws belong to.
//!
//! Rows of the tables are used again in an order that depends on everything that happens; what a draw belongs to must not. A
//! task is known by its slot and as the nth task there, an instance by its place in its group and as the nth instance there.
//! The task of a daemon belongs to its instance: its slot is only the number of a row.

use crate::base::random::mix;

use super::fleet::Scheduling;
use super::{InstanceId, ServiceId, TaskId, World};

/// Two parts of a draw's address (see [`crate::base::random`]).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// What has lives.
    pub entity: u64,
    /// Which of its lives.
    pub nth: u64,
}

impl World {
    /// What the draws of a service's slot belong to.
    #[inline]
    pub fn slot_entity(&self, service: ServiceId, slot: u32) -> u64 {
        if self.demands[service].scheduling == Scheduling::Daemon && (slot as usize) < self.instances.capacity() {
            let on = self.instance_life(InstanceId(slot));
            return mix(on.entity ^ mix(on.nth << 32 | u64::from(service.0)));
        }
        u64::from(service.0) << 32 | u64::from(slot)
    }

    /// The life of a task: as the nth of its slot, from 1.
    #[inline]
    pub fn task_life(&self, task: TaskId) -> Life {
        let row = &self.tasks[task];
        Life { entity: self.slot_entity(row.service, row.slot), nth: row.life.into() }
    }

    /// The life of a container that has just started or still runs: as the nth start of its slot, from 1; of a standalone
    /// task, as the nth of its own.
    #[inline]
    pub fn container_life(&self, task: TaskId, container: u8) -> Life {
        let row = &self.tasks[task];
        let nth = match self.services[row.service].slots.get(row.slot as usize) {
            Some(slot) => slot.lives,
            None => row.run_of(usize::from(container)).number.wrapping_sub(row.first_run),
        };
        Life { entity: self.slot_entity(row.service, row.slot), nth: nth.into() }
    }

    /// The life of an instance: as the nth of its place in its group, from 1.
    #[inline]
    pub fn instance_life(&self, instance: InstanceId) -> Life {
        let row = &self.instances[instance];
        Life { entity: u64::from(row.capacity.0) << 32 | u64::from(row.lane), nth: row.life.into() }
    }
}
