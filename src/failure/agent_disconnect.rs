//! The container agent loses its connection; the host serves on.

use crate::base::distribution::{Distribution, Spec};
use crate::base::time::Span;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::{IncidentId, InstanceId, World};

use super::instances::{InstanceEffect, Instances, Parts};
use super::{Build, settings};

settings! {
    /// The container agent loses its connection: what runs serves on, ECS places nothing there and learns nothing from there.
    AgentDisconnect {
        /// How long it is disconnected; a boot ends it, for then another agent starts. Default: for ever.
        lasts: Spec,
    }
}

struct Effect;

impl InstanceEffect for Effect {
    fn begin(&mut self, _: &World, instance: InstanceId, incident: IncidentId, out: &mut Commands) {
        out.push(Command::SetSilent { instance, silent: true, incident });
    }

    fn end(&mut self, _: &World, instance: InstanceId, incident: IncidentId, out: &mut Commands) {
        out.push(Command::SetSilent { instance, silent: false, incident });
    }
}

pub(super) fn build(given: &AgentDisconnect, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    let target = build.target_of_hosts(given.target.as_ref(), when.as_ref())?;
    let parts = Parts {
        model: build.model,
        label: build.label("failure: agent disconnect"),
        when: when?,
        target,
        lasts: build.law("lasts", given.lasts.as_ref(), Distribution::Constant(Span::FOREVER))?,
        crews: None,
    };
    Some(Box::new(Instances::new(parts, Effect)))
}
