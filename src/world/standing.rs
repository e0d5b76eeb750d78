//! What an instance counts for. `engine::apply` keeps the sums over all instances, so that no decision has to look at each.

use super::World;
use super::ZoneId;
use super::instance::{Host, Instance, Registration};
use crate::base::id::Table;

/// What one instance counts for.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Placement takes it into account.
    pub accepts: bool,
    /// It is being launched, boots, or has not registered yet.
    pub arriving: bool,
    /// It is neither terminated nor about to be replaced.
    pub lasting: bool,
}

impl Standing {
    /// What a row counts for; a free one for nothing.
    pub fn of(row: &Instance) -> Standing {
        Standing {
            accepts: row.accepts_tasks(),
            arriving: row.host == Host::Launching || row.registration == Registration::None && row.host == Host::Up,
            lasting: row.in_use() && row.host != Host::Gone && !row.condemned,
        }
    }
}

/// The sums over all instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    /// How many placement takes into account in each zone.
    pub accepting: Table<ZoneId, u32>,
    /// How many are arriving.
    pub arriving: u32,
    /// How many are lasting.
    pub lasting: u32,
}

impl Standings {
    /// No instance yet.
    pub fn new(zones: usize) -> Standings {
        Standings { accepting: (0..zones).map(|_| 0).collect(), arriving: 0, lasting: 0 }
    }

    /// An instance counts for something else than before.
    pub fn change(&mut self, zone: ZoneId, before: Standing, after: Standing) {
        let moved = |count: &mut u32, before: bool, after: bool| match (before, after) {
            (false, true) => *count += 1,
            (true, false) => *count -= 1,
            _ => {}
        };
        moved(&mut self.accepting[zone], before.accepts, after.accepts);
        moved(&mut self.arriving, before.arriving, after.arriving);
        moved(&mut self.lasting, before.lasting, after.lasting);
    }

    /// The sums as the rows give them, for checks.
    pub fn count(world: &World) -> Standings {
        let mut standings = Standings::new(world.fleet.zones.len());
        for (_, row) in world.live_instances() {
            standings.change(row.zone, Standing::default(), Standing::of(row));
        }
        standings
    }
}
