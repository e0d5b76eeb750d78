//! An instance's operating system hangs: nothing on it answers.

use crate::base::distribution::{Distribution, Spec};
use crate::base::time::Span;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::instance::Host;
use crate::world::{IncidentId, InstanceId, World};

use super::instances::{InstanceEffect, Instances, Parts};
use super::{Build, settings};

settings! {
    /// An instance's operating system hangs: nothing on it answers, its agent is silent, its processes stand still.
    InstanceHang {
        /// How long it hangs. Default: for ever, until something replaces it.
        lasts: Spec,
        /// Whether EC2's instance status check passes all the same, because the network interface still answers; then only a
        /// load balancer can tell. Default: false.
        passes_status_check: bool,
    }
}

struct Effect {
    passes_status_check: bool,
}

impl InstanceEffect for Effect {
    fn begin(&mut self, _: &World, instance: InstanceId, incident: IncidentId, out: &mut Commands) {
        let host = Host::Hung { passes_status_check: self.passes_status_check };
        out.push(Command::SetHost { instance, host, incident });
    }

    fn end(&mut self, world: &World, instance: InstanceId, _: IncidentId, out: &mut Commands) {
        if matches!(world.instances[instance].host, Host::Hung { .. }) {
            out.push(Command::SetHost { instance, host: Host::Up, incident: IncidentId::NONE });
        }
    }
}

pub(super) fn build(given: &InstanceHang, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    let target = build.target_of_hosts(given.target.as_ref(), when.as_ref())?;
    let parts = Parts {
        model: build.model,
        label: build.label("failure: instance hang"),
        when: when?,
        target,
        lasts: build.law("lasts", given.lasts.as_ref(), Distribution::Constant(Span::FOREVER))?,
        crews: None,
    };
    Some(Box::new(Instances::new(parts, Effect { passes_status_check: given.passes_status_check == Some(true) })))
}
