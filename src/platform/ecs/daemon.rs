//! DAEMON services: one task on each ACTIVE instance that meets the constraints (ECS Developer Guide, service scheduler).
//!
//! The slot of a daemon's task is numbered like the instance's row; the service wants it filled as long as the instance
//! is one that may run it.

use crate::world::command::{Command, Commands};
use crate::world::fleet::Scheduling;
use crate::world::{InstanceId, ServiceId, TaskId, World};

use super::{Ecs, Waiting};

impl Ecs {
    /// An instance has become ACTIVE or its agent has come back.
    pub(super) fn daemons_on(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        for (service, spec) in world.fleet.services.iter() {
            if spec.scheduling == Scheduling::Daemon {
                let there = world.services[service].slots.get(instance.0 as usize).is_some_and(|slot| slot.tasks > 0);
                if !there {
                    self.want(world, service, Waiting { slot: instance.0, replaces: TaskId::NONE }, out);
                }
            }
        }
    }

    pub(super) fn daemon_placed(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if !world.services[row.service].slots[row.slot as usize].wanted {
            out.push(Command::Want { service: row.service, slot: row.slot, wanted: true });
        }
    }

    pub(super) fn daemon_unwanted(&mut self, world: &World, service: ServiceId, slot: u32, out: &mut Commands) {
        if world.services[service].slots.get(slot as usize).is_some_and(|slot| slot.wanted) {
            out.push(Command::Want { service, slot, wanted: false });
        }
        self.services[service].waiting.drop_slot(slot);
    }
}
