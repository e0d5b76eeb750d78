//! An instance is lost and will not come back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::distribution::Distribution;
use crate::base::time::Span;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::instance::Host;
use crate::world::{IncidentId, InstanceId, World};

use super::instances::{InstanceEffect, Instances, Parts};
use super::{Build, settings};

/// What EC2 sees of the loss.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "choice for `seen`")]
pub enum Seen {
    /// The host is dead, and only a failing status check tells: Auto Scaling gives it a few minutes.
    Impaired,
    /// EC2 ends the instance itself (stopped or terminated): Auto Scaling replaces it at once.
    Terminated,
}

settings! {
    /// An instance is lost: its containers are dead, and it will not come back.
    InstanceFailure {
        /// What EC2 sees: `impaired` (default), a failing status check, or `terminated`, its end at once.
        seen: Seen,
    }
}

struct Lose {
    host: Host,
}

impl InstanceEffect for Lose {
    fn begin(&mut self, _: &World, instance: InstanceId, incident: IncidentId, out: &mut Commands) {
        // Held down for good: no outage that ends brings it back.
        out.push(match self.host {
            Host::Gone => Command::SetHost { instance, host: Host::Gone, incident },
            _ => Command::SetPower { instance, on: false, incident },
        });
    }
}

pub(super) fn build(given: &InstanceFailure, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    let target = build.target_of_hosts(given.target.as_ref(), when.as_ref())?;
    let parts = Parts {
        model: build.model,
        label: build.label("failure: instance failure"),
        when: when?,
        target,
        lasts: Distribution::Constant(Span::FOREVER),
        crews: None,
    };
    let host = if given.seen == Some(Seen::Terminated) { Host::Gone } else { Host::Down };
    Some(Box::new(Instances::new(parts, Lose { host })))
}
