//! The control plane of the region is down.

use crate::base::distribution::{Distribution, Spec};
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::incident::Struck;
use crate::world::{IncidentId, World};

use super::episodes::{Episodes, Outage};
use super::{Build, settings};

settings! {
    /// Nothing is placed, launched or replaced; what runs runs on, and is restarted in place by its restart policy.
    ControlPlaneOutage {
        /// How long it lasts. Default: lognormal with median 4 h and sigma 0.8.
        lasts: Spec,
    }
}

struct Effect;

impl Outage for Effect {
    fn places(&self, _: &World) -> Vec<u32> {
        vec![0]
    }

    fn struck(&mut self, _: &World, _: u32, _: u64) -> Struck {
        Struck::Region
    }

    fn begin(&mut self, _: &World, _: u32, _: IncidentId, out: &mut Commands) {
        out.push(Command::SetControlPlane { up: false });
    }

    fn end(&mut self, _: &World, _: u32, out: &mut Commands) {
        out.push(Command::SetControlPlane { up: true });
    }
}

pub(super) fn build(given: &ControlPlaneOutage, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    build.refuse_target(given.target.is_some());
    let lasts =
        build.law("lasts", given.lasts.as_ref(), Distribution::LogNormal { mu: 14_400.0_f64.ln(), sigma: 0.8 })?;
    Some(Box::new(Episodes::new(build.model, build.label("failure: control plane outage"), when?, lasts, Effect)))
}
