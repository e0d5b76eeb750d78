//! A rack or partition fails: a fixed group of instances at once.
//!
//! The places of each capacity group in each zone are cut into groups of `size`; each such group has a clock of its own,
//! and all of its instances go down together and come back together.

use std::collections::BTreeMap;

use crate::base::distribution::{Distribution, Spec};
use crate::base::random::Label;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::fleet::CapacitySpec;
use crate::world::incident::Struck;
use crate::world::instance::Host;
use crate::world::{IncidentId, InstanceId, World};

use super::build::Build;
use super::episodes::{Episodes, Outage};
use super::settings;
use super::target::Target;

settings! {
    /// A rack or partition fails: a fixed group of instances of one zone goes down at once.
    CorrelatedGroup {
        /// Instances in a group. Default: 20.
        size: u32,
        /// How long the group is down. Default: uniform 1 h to 6 h.
        lasts: Spec,
    }
}

struct Effect {
    target: Target,
    label: Label,
    size: u32,
    struck: BTreeMap<u32, Vec<(InstanceId, u32)>>,
}

impl Effect {
    /// Those that can be struck. What is down already is held down as well, so that it does not come back before its group.
    fn hosts(&self, world: &World) -> Vec<InstanceId> {
        let there = |host: Host| !matches!(host, Host::Absent | Host::Launching | Host::Gone);
        let struck = |id: &InstanceId| there(world.instances[*id].host) && self.target.has_instance(world, *id);
        world.live_instances().map(|(id, _)| id).filter(struck).collect()
    }
}

/// The number of a group: all groups of the fleet are numbered through, by capacity, zone and rank.
fn group_of(world: &World, instance: InstanceId, size: u32) -> u32 {
    let row = &world.instances[instance];
    let mut first = 0;
    for (capacity, spec) in world.fleet.capacities.iter() {
        for (zone, count) in spec.per_zone.iter() {
            if capacity == row.capacity && zone == row.zone {
                // Each zone has one place in each round. One that was moved to another zone may lie beyond its last.
                return first + (spec.round_of(row.lane) / size).min(count.div_ceil(size).saturating_sub(1));
            }
            first += count.div_ceil(size);
        }
    }
    first
}

fn groups(world: &World, size: u32) -> u32 {
    let of = |spec: &CapacitySpec| -> u32 { spec.per_zone.values().map(|count| count.div_ceil(size)).sum() };
    world.fleet.capacities.values().map(of).sum()
}

impl Outage for Effect {
    fn places(&self, world: &World) -> Vec<u32> {
        (0..groups(world, self.size)).collect()
    }

    fn chosen(&mut self, world: &World, nth: u64) -> Vec<u32> {
        let mut rng = world.random.at(self.label, 0, nth);
        let mut places: Vec<u32> = self.hosts(world).into_iter().map(|id| group_of(world, id, self.size)).collect();
        places.sort_unstable();
        places.dedup();
        self.target.choose(places, &mut rng)
    }

    fn struck(&mut self, world: &World, place: u32, _: u64) -> Struck {
        let mut hit = self.hosts(world);
        hit.retain(|instance| group_of(world, *instance, self.size) == place);
        let instances = hit.len() as u32;
        let hit = hit.into_iter().map(|instance| (instance, world.instances[instance].serial)).collect();
        self.struck.insert(place, hit);
        Struck::Group { instances }
    }

    fn begin(&mut self, _: &World, place: u32, incident: IncidentId, out: &mut Commands) {
        for &(instance, _) in self.struck.get(&place).into_iter().flatten() {
            out.push(Command::SetPower { instance, on: false, incident });
        }
    }

    fn end(&mut self, world: &World, place: u32, out: &mut Commands) {
        for (instance, serial) in self.struck.remove(&place).into_iter().flatten() {
            let row = &world.instances[instance];
            if row.serial == serial && row.host == Host::Down {
                out.push(Command::SetPower { instance, on: true, incident: IncidentId::NONE });
                out.push(Command::SetHost { instance, host: Host::Up, incident: IncidentId::NONE });
            }
        }
    }
}

pub(super) fn build(given: &CorrelatedGroup, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    let target = build.target_of_hosts(given.target.as_ref(), when.as_ref())?;
    let lasts = build.law("lasts", given.lasts.as_ref(), Distribution::Uniform { low: 3_600.0, high: 21_600.0 })?;
    let size = given.size.unwrap_or(20);
    if size == 0 {
        build.problem("size", "a group has at least one instance", Some("give a size of 1 or more".into()));
        return None;
    }
    let label = build.label("failure: correlated group: choice");
    let effect = Effect { target, label, size, struck: BTreeMap::new() };
    Some(Box::new(Episodes::new(build.model, build.label("failure: correlated group"), when?, lasts, effect)))
}
