//! In which zone Auto Scaling launches, and when a group is out of balance.

use crate::base::id::Table;
use crate::world::fact::Fact;
use crate::world::instance::Host;
use crate::world::{CapacityId, InstanceId, World, ZoneId};

/// Instances of each group in each zone that Auto Scaling counts: neither terminated nor about to be.
#[derive(Debug)]
pub(super) struct Counts(Table<CapacityId, Table<ZoneId, i64>>);

impl Counts {
    pub(super) fn new(groups: usize, zones: usize) -> Counts {
        Counts((0..groups).map(|_| (0..zones).map(|_| 0).collect()).collect())
    }

    /// Follows a launch, and an end or the decision to end.
    pub(super) fn follow(&mut self, world: &World, fact: &Fact) {
        let (instance, change) = match *fact {
            Fact::Launched(instance) => (instance, 1),
            Fact::Condemned(instance) if world.instances[instance].host != Host::Gone => (instance, -1),
            Fact::HostGone(instance) if !world.instances[instance].condemned => (instance, -1),
            _ => return,
        };
        let row = &world.instances[instance];
        self.0[row.capacity][row.zone] += change;
    }
}

/// Zones that a group uses: those that it was given instances in.
fn used(world: &World, capacity: CapacityId) -> impl Iterator<Item = ZoneId> + '_ {
    world.fleet.capacities[capacity].per_zone.iter().filter(|(_, count)| **count > 0).map(|(zone, _)| zone)
}

/// How far a zone lies below its share, so that zones with unequal counts stay unequal: negative when it has fewer.
fn level(world: &World, counts: &Counts, capacity: CapacityId, zone: ZoneId) -> i64 {
    counts.0[capacity][zone] - i64::from(world.fleet.capacities[capacity].per_zone[zone])
}

/// The zone of the next launch: the one furthest below its share among those that take launches (balanced best effort);
/// the first in the file where several are alike. `None` while all refuse.
pub(super) fn for_launch(world: &World, counts: &Counts, capacity: CapacityId) -> Option<ZoneId> {
    used(world, capacity)
        .filter(|&zone| world.zones[zone].launch_blocks == 0)
        .min_by_key(|&zone| level(world, counts, capacity, zone))
}

/// An instance to be moved and the zone to move it to, where two zones differ by more than one: the newest instance of
/// the zone that is furthest above its share.
pub(super) fn out_of_balance(world: &World, counts: &Counts, capacity: CapacityId) -> Option<(InstanceId, ZoneId)> {
    let level = |zone: &ZoneId| level(world, counts, capacity, *zone);
    let low = used(world, capacity).filter(|&zone| world.zones[zone].launch_blocks == 0).min_by_key(level)?;
    let high = used(world, capacity).max_by_key(level)?;
    if level(&high) - level(&low) < 2 {
        return None;
    }
    let newest = world
        .live_instances()
        .filter(|(_, row)| row.capacity == capacity && row.zone == high && row.host == Host::Up && !row.condemned)
        .max_by_key(|(_, row)| row.serial)?;
    Some((newest.0, low))
}
