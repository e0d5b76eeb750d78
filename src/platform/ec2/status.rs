//! EC2's status check of each instance: since when it has been failing without a break.

use crate::world::instance::{Host, Instance};
use crate::world::{InstanceId, World};

/// What a change made of an instance's status check.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It begins to fail.
    Fails,
    /// It passes again.
    Passes,
    /// It goes on as before.
    None,
}

/// The checks of all instances, by row.
#[derive(Debug, Default)]
pub(super) struct Checks(Vec<Check>);

#[derive(Copy, Clone, Debug, Default)]
struct Check {
    failing: bool,
    /// Counts turns, so that a timer of an earlier failure is known as stale.
    step: u32,
}

impl Checks {
    /// The host or its network has changed.
    pub(super) fn look(&mut self, world: &World, instance: InstanceId) -> Turn {
        if self.0.len() <= instance.0 as usize {
            self.0.resize(instance.0 as usize + 1, Check::default());
        }
        let check = &mut self.0[instance.0 as usize];
        let failing = fails(&world.instances[instance]);
        if failing == check.failing {
            return Turn::None;
        }
        *check = Check { failing, step: check.step + 1 };
        if failing { Turn::Fails } else { Turn::Passes }
    }

    /// Stands for the failure under way.
    pub(super) fn step(&self, instance: InstanceId) -> u32 {
        self.0.get(instance.0 as usize).map_or(0, |check| check.step)
    }
}

/// Whether the check fails as things are: the host is down, or nothing reaches it. A hanging host may answer all the same.
fn fails(row: &Instance) -> bool {
    match row.host {
        Host::Down => true,
        Host::Up => row.cut_off,
        Host::Hung { passes_status_check } => row.cut_off || !passes_status_check,
        Host::Absent | Host::Launching | Host::Gone => false,
    }
}
