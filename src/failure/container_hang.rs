//! A container stops answering: only a health check sees it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::distribution::{Distribution, Spec};
use crate::base::random::Label;
use crate::base::time::Span;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::{IncidentId, TaskId, World};

use super::container_crash::PerSpec;
use super::containers::{ContainerEffect, Containers, EFFECT, InVain, Per, Strike};
use super::{Build, settings};

/// What a check meets.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "answer")]
pub enum Answer {
    /// Nothing: the check fails when its time-out is over.
    Silence,
    /// An error: the check fails at once.
    Error,
}

settings! {
    /// A container stops answering, though its process is still there.
    ContainerHang {
        /// How long it hangs; for ever where left out, until something replaces it.
        lasts: Spec,
        /// What a check meets: `silence` (default) or `error`.
        answers: Answer,
        /// What has a clock: each `container` (default), or each `service`.
        per: PerSpec,
    }
}

struct Hang {
    lasts: Distribution,
    /// Hangs with an end, by the task, the container and its run.
    under_way: BTreeMap<(TaskId, u8), (u32, Vec<IncidentId>)>,
    silent: bool,
    label: Label,
}

impl ContainerEffect for Hang {
    fn strike(&mut self, world: &World, on: Strike, out: &mut Commands) -> bool {
        let Strike { task, container, incident, .. } = on;
        let run = world.tasks[task].run_of(usize::from(container)).number;
        out.push(Command::Hang { task, container, incident, silent: self.silent });
        let span = self.lasts.sample(|| on.rng(world, self.label));
        if span != Span::FOREVER {
            out.after(span, EFFECT, container, run, task.0);
            let hangs = self.under_way.entry((task, container)).or_default();
            if hangs.0 != run {
                *hangs = (run, Vec::new());
            }
            hangs.1.push(incident);
        }
        true
    }

    fn on_timer(&mut self, _world: &World, task: TaskId, event: Event, out: &mut Commands) {
        let container = event.small();
        // Those of one run are alike but for their ends: as many are left whichever is said to be over.
        if let Some(incident) = self.under_way.get_mut(&(task, container)).and_then(|(_, hangs)| hangs.pop()) {
            out.push(Command::Unhang { task, container, incident });
        }
    }
}

pub(super) fn build(given: &ContainerHang, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    let per = match given.per {
        None | Some(PerSpec::Container) => Per::Container,
        Some(PerSpec::Service) => Per::Service,
    };
    let when = build.when(given.every.as_ref(), given.at.as_ref());
    let target = build.target(given.target.as_ref(), when.as_ref())?;
    let lasts = build.law("lasts", given.lasts.as_ref(), Distribution::Constant(Span::FOREVER))?;
    Some(Box::new(Containers {
        model: build.model,
        label: build.label("failure: container hang"),
        when: when?,
        per,
        target,
        effect: Hang {
            lasts,
            under_way: BTreeMap::new(),
            silent: given.answers != Some(Answer::Error),
            label: build.label("failure: container hang: lasts"),
        },
        shared: IncidentId::NONE,
        strikes: vec![0; build.fleet.services.len()],
        in_vain: InVain::new(build.fleet),
    }))
}
