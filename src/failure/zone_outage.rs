//! An Availability Zone loses power or network, as a whole or in part.
//!
//! AZ events usually hit a fraction of the zone, last hours with a long tail, make launches in the zone fail, and in about
//! half of them control-plane calls of the whole region fail as well: just when replacements are wanted. Afterwards the
//! hosts come back one by one, and a few do not come back at all.

use std::collections::BTreeMap;

use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::distribution::{Distribution, Spec};
use crate::base::random::Label;
use crate::base::units::Share;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::event::{Event, short_step};
use crate::world::incident::Struck;
use crate::world::instance::Host;
use crate::world::{IncidentId, InstanceId, World, ZoneId};

use super::build::Build;
use super::episodes::{Episodes, OWN, Outage};
use super::settings;
use super::target::Target;

/// What a zone loses.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "loss")]
pub enum Loses {
    /// Power: hosts go down, and boot when it is back.
    Power,
    /// Network: hosts and their containers run on, and nothing reaches them.
    Network,
}

settings! {
    /// A zone loses power or network. Each zone has a clock of its own.
    ZoneOutage {
        /// How long it lasts. Default: lognormal with median 3 h and sigma 0.8.
        lasts: Spec,
        /// What is lost: `power` (default) or `network`.
        loses: Loses,
        /// The share of the zone's instances that is hit, chosen at random. Default: 100 %.
        share: Share,
        /// From the end of the outage to each hit host being up again, drawn for each. Default: none for the network,
        /// lognormal with median 5 min and sigma 0.8 for power.
        recovery: Spec,
        /// The share of the hit hosts that never come back (power only). Default: 3 %.
        lost: Share,
        /// Whether launches in the zone fail while it lasts. Default: true.
        blocks_launches: bool,
        /// The probability that the region's control plane is down as long as the zone. Default: 0 %.
        control_plane: Share,
    }
}

/// An outage under way.
struct Hit {
    /// Struck instances, each with the number of its launch.
    instances: Vec<(InstanceId, u32)>,
    control_plane: bool,
    /// Which outage of its zone it is.
    nth: u64,
}

struct Effect {
    target: Target,
    label: Label,
    loses: Loses,
    share: f64,
    recovery: Distribution,
    lost: f64,
    blocks_launches: bool,
    control_plane: f64,
    hits: BTreeMap<u32, Hit>,
}

impl Effect {
    fn back(&self, world: &World, instance: InstanceId, serial: u32, out: &mut Commands) {
        let row = &world.instances[instance];
        if row.serial != serial {
            return;
        }
        match self.loses {
            Loses::Network => {
                out.push(Command::SetCutOff { instance, cut_off: false, incident: IncidentId::NONE });
            }
            Loses::Power if row.host == Host::Down => {
                out.push(Command::SetHost { instance, host: Host::Up, incident: IncidentId::NONE });
            }
            Loses::Power => {}
        }
    }
}

impl Outage for Effect {
    fn places(&self, world: &World) -> Vec<u32> {
        world.fleet.zones.ids().filter(|zone| self.target.has_zone(*zone)).map(|zone| zone.0).collect()
    }

    fn chosen(&mut self, world: &World, nth: u64) -> Vec<u32> {
        let mut rng = world.random.at(self.label.with(1), 0, nth);
        self.target.choose(self.places(world), &mut rng)
    }

    fn struck(&mut self, world: &World, place: u32, nth: u64) -> Struck {
        let zone = ZoneId(place);
        let mut rng = world.random.at(self.label, place.into(), nth);
        let all: Vec<InstanceId> = world
            .live_instances()
            .filter(|(id, row)| {
                let there = row.host != Host::Gone;
                row.zone == zone && there && self.target.has_instance(world, *id)
            })
            .map(|(id, _)| id)
            .collect();
        let share = Target { share: (self.share < 1.0).then_some(self.share), ..Target::default() };
        let struck = if self.share > 0.0 { share.choose(all, &mut rng) } else { Vec::new() };
        let instances: Vec<(InstanceId, u32)> =
            struck.into_iter().map(|instance| (instance, world.instances[instance].serial)).collect();
        let hit = instances.len() as u32;
        let control_plane = rng.random::<f64>() < self.control_plane;
        self.hits.insert(place, Hit { instances, control_plane, nth });
        Struck::Zone { zone, instances: hit }
    }

    fn begin(&mut self, _: &World, place: u32, incident: IncidentId, out: &mut Commands) {
        if self.blocks_launches {
            out.push(Command::BlockLaunches { zone: ZoneId(place), blocked: true });
        }
        let Some(hit) = self.hits.get(&place) else { return };
        if hit.control_plane {
            out.push(Command::SetControlPlane { up: false });
        }
        for &(instance, _) in &hit.instances {
            out.push(match self.loses {
                Loses::Power => Command::SetPower { instance, on: false, incident },
                Loses::Network => Command::SetCutOff { instance, cut_off: true, incident },
            });
        }
    }

    fn end(&mut self, world: &World, place: u32, out: &mut Commands) {
        if self.blocks_launches {
            out.push(Command::BlockLaunches { zone: ZoneId(place), blocked: false });
        }
        let Some(hit) = self.hits.remove(&place) else { return };
        if hit.control_plane {
            out.push(Command::SetControlPlane { up: true });
        }
        for (instance, serial) in hit.instances {
            if world.instances[instance].serial != serial {
                continue;
            }
            let life = world.instance_life(instance);
            let mut rng = world.random.at(self.label.with(2).with(hit.nth), life.entity, life.nth);
            // What is lost stays down for good, whatever else of the zone comes back later.
            if self.loses == Loses::Power && rng.random::<f64>() < self.lost {
                continue;
            }
            if self.loses == Loses::Power {
                out.push(Command::SetPower { instance, on: true, incident: IncidentId::NONE });
            }
            let label = self.label.with(3).with(hit.nth);
            let span = self.recovery.sample(|| world.random.at(label, life.entity, life.nth));
            if span.is_zero() {
                self.back(world, instance, serial, out);
            } else {
                out.after(span, OWN, 0, serial, instance.0);
            }
        }
    }

    fn on_timer(&mut self, world: &World, event: Event, out: &mut Commands) {
        // A second outage of the zone meanwhile holds what it struck itself.
        let instance = InstanceId(event.target());
        let serial = world.instances[instance].serial;
        if short_step(serial) == event.step() {
            self.back(world, instance, serial, out);
        }
    }
}

pub(super) fn build(given: &ZoneOutage, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    let target = build.target_of_hosts(given.target.as_ref(), when.as_ref())?;
    let lasts = Distribution::LogNormal { mu: 10_800.0_f64.ln(), sigma: 0.8 };
    let lasts = build.law("lasts", given.lasts.as_ref(), lasts)?;
    let loses = given.loses.unwrap_or(Loses::Power);
    let recovery = match loses {
        Loses::Power => Distribution::LogNormal { mu: 300.0_f64.ln(), sigma: 0.8 },
        Loses::Network => Distribution::ZERO,
    };
    let effect = Effect {
        target,
        label: build.label("failure: zone outage: strike"),
        loses,
        share: given.share.map_or(1.0, |share| share.0),
        recovery: build.law("recovery", given.recovery.as_ref(), recovery)?,
        lost: given.lost.map_or(0.03, |share| share.0),
        blocks_launches: given.blocks_launches.unwrap_or(true),
        control_plane: given.control_plane.map_or(0.0, |share| share.0),
        hits: BTreeMap::new(),
    };
    Some(Box::new(Episodes::new(build.model, build.label("failure: zone outage"), when?, lasts, effect)))
}
