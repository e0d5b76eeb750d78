//! The image registry cannot be reached: only cached images start.

use crate::base::distribution::{Distribution, Spec};
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::incident::Struck;
use crate::world::{IncidentId, World};

use super::episodes::{Episodes, Outage};
use super::{Build, settings};

settings! {
    /// Images cannot be pulled; instances that have one cached still start it.
    ImageRegistryOutage {
        /// How long it lasts. Default: 1 h.
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
        out.push(Command::SetRegistry { up: false });
    }

    fn end(&mut self, _: &World, _: u32, out: &mut Commands) {
        out.push(Command::SetRegistry { up: true });
    }
}

pub(super) fn build(given: &ImageRegistryOutage, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    build.refuse_target(given.target.is_some());
    let lasts = build.law("lasts", given.lasts.as_ref(), Distribution::secs(3600))?;
    Some(Box::new(Episodes::new(build.model, build.label("failure: image registry outage"), when?, lasts, Effect)))
}
