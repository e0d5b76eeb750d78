//! Keeps the counts of services and slots in step with their tasks.
//!
//! Every change of a task is put between [`Applier::count`] before and [`Applier::recount`] after it. What a task counts
//! for is one byte of flags; the services' counts are sums of these flags, so they cannot drift from the rows.

use crate::world::fact::Fact;
use crate::world::service::Loss;
use crate::world::task::{Phase, Target};
use crate::world::{IncidentId, TaskId, World};

use super::Applier;

/// What a task counts for, one bit each.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) struct Counted(u8);

const LIVE: u8 = 1;
const RUNNING: u8 = 2;
const TARGET: u8 = 4;
const ROTATION: u8 = 8;
const DEAD: u8 = 16;
const SERVING: u8 = 32;
const UP: u8 = 64;
const SERVES: u8 = 128;

impl Counted {
    /// A row that is not in use.
    pub(super) const NOTHING: Counted = Counted(0);

    fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
}

/// What a task counts for as its row stands.
pub(super) fn counted(world: &World, task: TaskId) -> Counted {
    let row = &world.tasks[task];
    if !row.in_use() {
        return Counted::NOTHING;
    }
    let load_balanced = world.demands[row.service].load_balanced;
    let mut flags = 0;
    let mut set = |flag, on| flags |= if on { flag } else { 0 };
    let serves = world.serves(task);
    let live = !row.stopping;
    let running = live && row.phase == Phase::Running;
    let target = matches!(row.target, Target::Initial | Target::Healthy | Target::Unhealthy);
    let rotation = row.target == Target::Healthy;
    set(LIVE, live);
    set(RUNNING, running);
    set(TARGET, target);
    set(ROTATION, rotation);
    set(DEAD, rotation && !serves);
    set(SERVING, serves && if load_balanced { target } else { running });
    set(UP, serves && if load_balanced { rotation } else { running });
    set(SERVES, serves);
    Counted(flags)
}

impl Applier<'_> {
    /// Before a change of one task.
    pub(super) fn count(&self, task: TaskId) -> Counted {
        counted(self.world, task)
    }

    /// After the change: brings the counts up to date and states what became of them. `cause` is the incident that the
    /// change is due to, NONE where it has none.
    pub(super) fn recount(&mut self, task: TaskId, before: Counted, cause: IncidentId) {
        let after = counted(self.world, task);
        if after == before {
            return;
        }
        let row = &self.world.tasks[task];
        let (service, slot) = (row.service, row.slot);
        let load_balanced = self.is_load_balanced(service);
        let known_bad = row.stopping;
        let counts = &mut self.world.services[service];
        let healthy_before = counts.healthy(load_balanced);
        let lost_before = if load_balanced { counts.lost_request_share() } else { 0.0 };
        let moved = |count: &mut u32, flag| match (before.has(flag), after.has(flag)) {
            (false, true) => *count += 1,
            (true, false) => *count -= 1,
            _ => {}
        };
        moved(&mut counts.live, LIVE);
        moved(&mut counts.running, RUNNING);
        moved(&mut counts.targets, TARGET);
        moved(&mut counts.in_rotation, ROTATION);
        moved(&mut counts.dead_in_rotation, DEAD);
        moved(&mut counts.serving, SERVING);
        let healthy_after = counts.healthy(load_balanced);
        let lost_after = if load_balanced { counts.lost_request_share() } else { 0.0 };
        if let Some(row) = counts.slots.get_mut(slot as usize) {
            let was = *row;
            if before.has(LIVE) != after.has(LIVE) {
                if after.has(LIVE) { row.tasks += 1 } else { row.tasks -= 1 }
            }
            if before.has(UP) != after.has(UP) {
                if after.has(UP) { row.up += 1 } else { row.up -= 1 }
            }
            if was.up == 0 && row.up > 0 {
                row.cause = IncidentId::NONE;
            } else if was.up > 0 && row.up == 0 {
                row.cause = cause;
                row.loss = if known_bad { Loss::Reacting } else { Loss::Undetected };
            }
            if (was.up > 0) != (row.up > 0) {
                self.facts.push(Fact::SlotChanged { service, slot, before: was });
            }
        }
        if before.has(SERVES) != after.has(SERVES) {
            self.world.tasks[task].target_step += 1;
            self.facts.push(Fact::ServingChanged { task, serves: after.has(SERVES) });
        }
        if healthy_before != healthy_after {
            self.facts.push(Fact::HealthyChanged { service, before: healthy_before, after: healthy_after });
        }
        if lost_before != lost_after {
            self.facts.push(Fact::LostShareChanged { service, before: lost_before, after: lost_after });
        }
    }
}
