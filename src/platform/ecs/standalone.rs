//! RunTask: standalone tasks are placed when they arrive and never replaced.
//!
//! Without a capacity provider RunTask fails when there is no room: the task is given up. With one the task waits in
//! PROVISIONING, in order of arrival, until there is room (ECS API, RunTask).

use std::collections::VecDeque;

use crate::base::id::Table;
use crate::world::command::{Command, Commands, Order};
use crate::world::{ServiceId, TaskId, World};

use super::Ecs;

/// What becomes of a standalone task that finds no room.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum NoRoom {
    /// RunTask reports a failure, and that is that.
    Fail,
    /// It waits, as with a capacity provider; at most so many of this batch wait at once.
    Wait { at_most: u32 },
}

/// Standalone tasks that wait for room.
#[derive(Debug)]
pub(super) struct Queues {
    no_room: Table<ServiceId, NoRoom>,
    /// In order of arrival over all batches; the first that finds no room makes the others wait.
    waiting: VecDeque<(ServiceId, u32)>,
    waiting_of: Table<ServiceId, u32>,
    /// The head of the line is with placement.
    in_flight: bool,
}

impl Queues {
    pub(super) fn new(no_room: Table<ServiceId, NoRoom>) -> Queues {
        let waiting_of = no_room.ids().map(|_| 0).collect();
        Queues { no_room, waiting: VecDeque::new(), waiting_of, in_flight: false }
    }
}

impl Ecs {
    pub(super) fn standalone_arrived(&mut self, world: &World, service: ServiceId, slot: u32, out: &mut Commands) {
        match self.standalone.no_room[service] {
            NoRoom::Fail if Self::control_plane_is_down(world) => out.push(Command::GiveUp { service, slot }),
            NoRoom::Fail => out.push(Command::Place(Order::anywhere(service, slot))),
            NoRoom::Wait { at_most } => {
                let queues = &mut self.standalone;
                let idle = queues.waiting.is_empty() && !queues.in_flight;
                if !idle && queues.waiting_of[service] >= at_most {
                    return out.push(Command::GiveUp { service, slot });
                }
                queues.waiting.push_back((service, slot));
                queues.waiting_of[service] += 1;
                if idle {
                    self.standalone_try(world, out);
                }
            }
        }
    }

    /// Sends the head of the line to placement.
    pub(super) fn standalone_try(&mut self, world: &World, out: &mut Commands) {
        if self.standalone.in_flight || Self::control_plane_is_down(world) {
            return;
        }
        if let Some(&(service, slot)) = self.standalone.waiting.front() {
            self.standalone.in_flight = true;
            out.push(Command::Place(Order::anywhere(service, slot)));
        }
    }

    pub(super) fn standalone_placed(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if self.standalone.waiting.front() == Some(&(row.service, row.slot)) {
            self.standalone.waiting.pop_front();
            self.standalone.waiting_of[row.service] -= 1;
            self.standalone.in_flight = false;
            self.standalone_try(world, out);
        }
    }

    pub(super) fn standalone_refused(&mut self, _world: &World, order: Order, out: &mut Commands) {
        let (service, slot) = (order.service, order.slot);
        match self.standalone.no_room[service] {
            NoRoom::Fail => out.push(Command::GiveUp { service, slot }),
            NoRoom::Wait { at_most } => {
                // The next room that appears brings the next attempt.
                self.standalone.in_flight = false;
                if at_most == 0 {
                    self.standalone.waiting.pop_front();
                    self.standalone.waiting_of[service] -= 1;
                    out.push(Command::GiveUp { service, slot });
                }
            }
        }
    }
}
