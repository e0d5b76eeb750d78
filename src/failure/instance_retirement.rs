//! An instance is retired with notice: drained, then replaced.
//!
//! EC2 announces the retirement of an instance ahead; whoever acts on it in time drains the instance and lets Auto Scaling
//! replace it. With `managedDraining: DISABLED` its tasks die without notice.

use crate::base::distribution::Distribution;
use crate::base::time::Span;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::{IncidentId, InstanceId, World};

use super::instances::{InstanceEffect, Instances, Parts};
use super::{Build, settings};

settings! {
    /// An instance is retired with notice: ECS drains it where the group has managed draining, and Auto Scaling replaces it.
    InstanceRetirement {}
}

struct Retire;

impl InstanceEffect for Retire {
    fn begin(&mut self, _: &World, instance: InstanceId, _: IncidentId, out: &mut Commands) {
        out.push(Command::Condemn(instance));
    }
}

pub(super) fn build(given: &InstanceRetirement, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    let target = build.target_of_hosts(given.target.as_ref(), when.as_ref())?;
    let parts = Parts {
        model: build.model,
        label: build.label("failure: instance retirement"),
        when: when?,
        target,
        lasts: Distribution::Constant(Span::FOREVER),
        crews: None,
    };
    Some(Box::new(Instances::new(parts, Retire)))
}
