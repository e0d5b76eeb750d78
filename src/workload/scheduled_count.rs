//! Desired counts that change at set times, as by scheduled scaling.

use crate::base::time::Time;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::fact::Topics;
use crate::world::{ServiceId, World};

/// A change of a desired count.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct CountChange {
    /// When.
    pub at: Time,
    /// Whose.
    pub service: ServiceId,
    /// To how many tasks.
    pub desired: u32,
}

/// The actor of all such changes.
pub struct ScheduledCount {
    changes: Vec<CountChange>,
}

impl ScheduledCount {
    /// The actor of these changes.
    pub fn new(changes: Vec<CountChange>) -> ScheduledCount {
        ScheduledCount { changes }
    }
}

impl Actor for ScheduledCount {
    fn topics(&self) -> Topics {
        Topics(0)
    }

    fn start(&mut self, _: &World, out: &mut Commands) {
        for (number, change) in self.changes.iter().enumerate() {
            out.wake_at(change.at, 0, 0, 0, number as u32);
        }
    }

    fn on_timer(&mut self, _: &World, _: u8, event: Event, out: &mut Commands) {
        let change = self.changes[event.target() as usize];
        out.push(Command::Scale { service: change.service, desired: change.desired });
    }
}
