//! An instance goes down and boots again; its containers are dead.

use crate::base::distribution::{Distribution, Spec};
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::instance::Host;
use crate::world::{IncidentId, InstanceId, World};

use super::instances::{InstanceEffect, Instances, Parts};
use super::{Build, settings};

settings! {
    /// An instance goes down and boots again. One that is down for longer than the status check and Auto Scaling allow is
    /// replaced meanwhile.
    InstanceReboot {
        /// How long the host is down. Default: 1 min.
        lasts: Spec,
        /// Repairs that can be under way at once; further instances wait for their turn in the order in which they failed.
        /// Default: no limit.
        crews: u32,
    }
}

struct Effect;

impl InstanceEffect for Effect {
    fn begin(&mut self, _: &World, instance: InstanceId, incident: IncidentId, out: &mut Commands) {
        out.push(Command::SetPower { instance, on: false, incident });
    }

    fn end(&mut self, world: &World, instance: InstanceId, _: IncidentId, out: &mut Commands) {
        if world.instances[instance].host == Host::Down {
            out.push(Command::SetPower { instance, on: true, incident: IncidentId::NONE });
            out.push(Command::SetHost { instance, host: Host::Up, incident: IncidentId::NONE });
        }
    }
}

pub(super) fn build(given: &InstanceReboot, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    let target = build.target_of_hosts(given.target.as_ref(), when.as_ref())?;
    let parts = Parts {
        model: build.model,
        label: build.label("failure: instance reboot"),
        when: when?,
        target,
        lasts: build.law("lasts", given.lasts.as_ref(), Distribution::secs(60))?,
        crews: given.crews,
    };
    Some(Box::new(Instances::new(parts, Effect)))
}
