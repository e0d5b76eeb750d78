//! Another desired count (ECS API, UpdateService).

use crate::world::command::{Command, Commands};
use crate::world::fleet::Scheduling;
use crate::world::{ServiceId, TaskId, World};

use super::{Ecs, Waiting};

impl Ecs {
    /// A REPLICA service shall have so many tasks: more slots are wanted, or tasks are stopped. A slot that has no task at
    /// the moment is given up before any task is.
    pub(super) fn scale(world: &World, service: ServiceId, desired: u32, out: &mut Commands) {
        let row = &world.services[service];
        if world.fleet.services[service].scheduling != Scheduling::Replica {
            return;
        }
        if desired > row.desired {
            let unwanted = (0..).filter(|slot| row.slots.get(*slot as usize).is_none_or(|slot| !slot.wanted));
            for slot in unwanted.take((desired - row.desired) as usize) {
                out.push(Command::Want { service, slot, wanted: true });
            }
            return;
        }
        let mut surplus = row.desired - desired;
        for (slot, _) in row.slots.iter().enumerate().filter(|(_, slot)| slot.wanted && slot.tasks == 0) {
            if surplus > 0 {
                surplus -= 1;
                out.push(Command::Want { service, slot: slot as u32, wanted: false });
            }
        }
        for _ in 0..surplus {
            out.push(Command::Shrink(service));
        }
    }

    /// Slots that have just become wanted get their tasks.
    pub(super) fn desired_changed(&mut self, world: &World, service: ServiceId, before: u32, out: &mut Commands) {
        let row = &world.services[service];
        if world.fleet.services[service].scheduling != Scheduling::Replica || row.desired <= before {
            return;
        }
        for (slot, _) in row.slots.iter().enumerate().filter(|(_, slot)| slot.wanted && slot.tasks == 0) {
            self.want(world, service, Waiting { slot: slot as u32, replaces: TaskId::NONE }, out);
        }
    }
}
