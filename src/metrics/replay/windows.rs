//! The parts of a run that are worth every detail: around the failures that took the most tasks.

use std::collections::BTreeMap;

use crate::base::time::{MICROS_PER_SECOND, Time};
use crate::world::incident::Struck;
use crate::world::service::Slot;
use crate::world::{IncidentId, ServiceId, World};

use super::Stretch;

/// Shown before a failure and after its last effect, in microseconds.
const MARGIN: u64 = 60 * MICROS_PER_SECOND;

/// Failures of which the window is asked for.
const MOST_WINDOWS: usize = 200;

struct Damage {
    began: Time,
    /// Slots that lost their serving task.
    hit: u32,
    /// Of these, the ones that are still without one.
    down: u32,
    /// When the last of them came or went.
    last: Time,
}

/// What each failure has done so far.
#[derive(Default)]
pub(super) struct Damages {
    incidents: BTreeMap<IncidentId, Damage>,
}

/// The incident of a slot, where it is one event with a beginning.
fn single(world: &World, cause: IncidentId) -> Option<Time> {
    let incident = world.incidents.get(cause)?;
    (incident.struck != Struck::Containers).then_some(incident.opened)
}

impl Damages {
    /// A slot changed.
    pub(super) fn slot(&mut self, world: &World, service: ServiceId, slot: u32, before: &Slot) {
        let Some(after) = world.services[service].slots.get(slot as usize) else { return };
        let (cause, is_down) = match (before.up > 0, after.up > 0) {
            (true, false) => (after.cause, true),
            (false, true) => (before.cause, false),
            _ => return,
        };
        let Some(began) = cause.is_some().then(|| single(world, cause)).flatten() else { return };
        let fresh = Damage { began, hit: 0, down: 0, last: began };
        let damage = self.incidents.entry(cause).or_insert(fresh);
        damage.last = world.now;
        if is_down {
            damage.hit += 1;
            damage.down += 1;
        } else {
            damage.down = damage.down.saturating_sub(1);
        }
    }

    /// The windows around the failures, those that took most tasks first; of equal ones, the earlier.
    pub(super) fn windows(&self, now: Time) -> Vec<Stretch> {
        let mut worst: Vec<&Damage> = self.incidents.values().filter(|damage| damage.hit > 0).collect();
        worst.sort_by_key(|damage| (std::cmp::Reverse(damage.hit), damage.began));
        worst.truncate(MOST_WINDOWS);
        let window = |damage: &Damage| {
            let end = if damage.down > 0 { now } else { Time(damage.last.0.saturating_add(MARGIN)).min(now) };
            (Time(damage.began.0.saturating_sub(MARGIN)), end)
        };
        worst.into_iter().map(window).collect()
    }
}
