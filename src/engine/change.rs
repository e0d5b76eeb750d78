//! One thing changed in the middle of a run: what would have been, with everything before it as it was.

use std::sync::Arc;

use crate::platform::timings::Timings;
use crate::world::command::Command;
use crate::world::fleet::Fleet;

use super::Engine;

/// What is other from now on.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The fleet, with the same zones, groups, images, definitions and services, whose settings may differ.
    pub fleet: Option<Arc<Fleet>>,
    /// How long things take.
    pub timings: Option<Arc<Timings>>,
    /// Changes of the world, made as in an initial state: whatever takes time takes none.
    pub commands: Vec<Command>,
}

impl Engine {
    /// Goes on with the change. Delays that have begun end when they would have ended.
    pub fn change(&mut self, change: Change) {
        if let Some(fleet) = change.fleet {
            self.world.fleet = fleet;
        }
        if let Some(timings) = change.timings {
            for actor in &mut self.actors {
                actor.adopt(&timings);
            }
        }
        if change.commands.is_empty() {
            return;
        }
        let now = self.world.now;
        self.world.warming_up = true;
        self.out.enter(now, 0);
        for command in change.commands {
            self.out.push(command);
        }
        self.settle();
        while self.queue.peek_time() == Some(now) {
            self.step();
        }
        self.world.warming_up = false;
    }
}
