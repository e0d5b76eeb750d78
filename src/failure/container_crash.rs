//! A container's process ends by itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::{IncidentId, World};

use super::containers::{ContainerEffect, Containers, InVain, Per, Strike};
use super::{Build, settings};

/// What has a clock of its own.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "choice for `per`")]
pub enum PerSpec {
    /// Each container.
    Container,
    /// Each service: all of its containers are struck at once, as by a request that none of them survives.
    Service,
}

settings! {
    /// A container's process ends with an error.
    ContainerCrash {
        /// What has a clock: each `container` (default), or each `service`, whose containers then all crash at once.
        per: PerSpec,
    }
}

struct Crash;

impl ContainerEffect for Crash {
    fn strike(&mut self, _: &World, on: Strike, out: &mut Commands) -> bool {
        let Strike { task, container, incident, .. } = on;
        out.push(Command::Exit { task, container, incident, out_of_memory: false });
        true
    }
}

pub(super) fn build(given: &ContainerCrash, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let per = match given.per {
        None | Some(PerSpec::Container) => Per::Container,
        Some(PerSpec::Service) => Per::Service,
    };
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    let target = build.target(given.target.as_ref(), when.as_ref())?;
    Some(Box::new(Containers {
        model: build.model,
        label: build.label("failure: container crash"),
        when: when?,
        per,
        target,
        effect: Crash,
        shared: IncidentId::NONE,
        strikes: vec![0; build.fleet.services.len()],
        in_vain: InVain::new(build.fleet),
    }))
}
