//! What stands for what on a map: the colours and marks of services, the signs of states. The same on all maps of a run.

use crate::metrics::outcome::Outcome;
use crate::metrics::snapshot::{InstanceState, TaskState};

use super::super::palette::{Ink, SET};
use super::super::scene::{Area, Scene};

/// Marks for services beyond the first eight, which repeat the colours.
const MARKS: usize = 3;

/// The sign of a service.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(super) struct Sign {
    pub(super) ink: Ink,
    /// 0 for none, 1 for a dot, 2 for a bar.
    mark: usize,
}

impl Sign {
    /// For every service that has no sign of its own.
    pub(super) const OTHER: Sign = Sign { ink: Ink::TEXT, mark: 0 };
}

/// The signs of one run's services.
pub(super) struct Look {
    signs: Vec<Sign>,
}

impl Look {
    /// Signs for the services that have a task on any map of the run, in the order of the file.
    pub(super) fn of(outcome: &Outcome) -> Look {
        let tasks = || outcome.snapshots.iter().flat_map(|map| &map.instances).flat_map(|instance| &instance.tasks);
        let count = tasks().map(|task| task.service + 1).max().unwrap_or(0);
        let mut seen = vec![false; count];
        for task in tasks() {
            seen[task.service] = true;
        }
        let mut next = 0;
        let signs = seen.into_iter().map(|seen| {
            if !seen || next >= SET.len() * MARKS {
                return Sign::OTHER;
            }
            let sign = Sign { ink: SET[next % SET.len()], mark: next / SET.len() };
            next += 1;
            sign
        });
        Look { signs: signs.collect() }
    }

    /// The sign of a service.
    pub(super) fn sign(&self, service: usize) -> Sign {
        self.signs.get(service).copied().unwrap_or(Sign::OTHER)
    }
}

/// Draws a task as a square: full while it serves, hollow while it starts, faded while it stops, crossed out when dead.
pub(super) fn task(scene: &mut Scene, area: Area, sign: Sign, state: TaskState) {
    let size = area.width();
    match state {
        TaskState::Serving => scene.fill(area, sign.ink),
        TaskState::Starting => {
            scene.fill(area, Ink::WHITE);
            scene.frame(area, (size / 5).max(1), sign.ink);
        }
        TaskState::Stopping => {
            scene.fill(area, Ink::WHITE);
            scene.fill(area, sign.ink.alpha(0.35));
        }
        TaskState::Dead => {
            // In the very colour of the legend: a paler one may be that of another service.
            scene.fill(area, sign.ink);
            if size >= 12 {
                scene.frame(area, if size >= 20 { 2 } else { 1 }, Ink::TEXT);
            }
        }
    }
    // A small cross and a mark together would be neither.
    if sign.mark > 0 && size >= if state == TaskState::Dead { 14 } else { 7 } {
        let (third, ink) = (size / 3, if sign.ink.is_dark() { Ink::WHITE } else { Ink::TEXT });
        let ink = if matches!(state, TaskState::Serving | TaskState::Dead) { ink } else { Ink::TEXT };
        let (left, right) =
            if sign.mark == 1 { (area.left + third, area.right - third) } else { (area.left, area.right) };
        scene.fill(Area::new(left, area.top + third, right, area.bottom - third), ink);
    }
    if state == TaskState::Dead {
        let width = if size >= 14 { 2 } else { 1 };
        let (right, bottom) = (area.right - 1, area.bottom - 1);
        let ink = if sign.ink.is_dark() { Ink::WHITE } else { Ink::TEXT };
        scene.line((area.left, area.top), (right, bottom), width, ink);
        scene.line((area.left, bottom), (right, area.top), width, ink);
    }
}

/// How an instance in a state is shown: what to call it, its ground and its outline.
pub(super) fn instance(state: InstanceState) -> (&'static str, Ink, Ink) {
    match state {
        InstanceState::InService => ("in service", Ink::PALE, Ink::GREY),
        InstanceState::Starting => ("starting", Ink::SKY.alpha(0.3), Ink::BLUE),
        InstanceState::Draining => ("draining", Ink::YELLOW.alpha(0.35), Ink::ORANGE),
        InstanceState::AgentDisconnected => ("agent disconnected", Ink::PURPLE.alpha(0.3), Ink::PURPLE),
        InstanceState::Down => ("down", Ink::VERMILION.alpha(0.25), Ink::VERMILION),
        InstanceState::Gone => ("gone", Ink::GREY.alpha(0.45), Ink::TEXT),
    }
}

/// Reserved CPU.
pub(super) const CPU: Ink = Ink::BLUE.alpha(0.75);
/// Reserved memory.
pub(super) const MEMORY: Ink = Ink::ORANGE.alpha(0.75);

/// All states of instances, as the legend lists them.
pub(super) const INSTANCE_STATES: [InstanceState; 6] = [
    InstanceState::InService,
    InstanceState::Starting,
    InstanceState::Draining,
    InstanceState::AgentDisconnected,
    InstanceState::Down,
    InstanceState::Gone,
];

/// All states of tasks, with what to call them.
pub(super) const TASK_STATES: [(TaskState, &str); 4] = [
    (TaskState::Serving, "serving"),
    (TaskState::Starting, "starting"),
    (TaskState::Stopping, "stopping"),
    (TaskState::Dead, "not serving, and nobody knows yet"),
];
