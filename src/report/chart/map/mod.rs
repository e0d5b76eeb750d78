//! `map-…`: which task sits on which instance in which zone, at one moment.
//!
//! Zones are columns, instances boxes, tasks squares. Fleets that are too large for boxes are counted by zone instead.

mod boxes;
mod counts;
mod legend;
mod look;

use crate::metrics::outcome::Outcome;
use crate::metrics::snapshot::{Snapshot, TaskState};
use crate::report::words;

use super::palette::Ink;
use super::scene::Scene;
use super::window;

use look::Look;

/// The most instances that are drawn as boxes.
const MOST_INSTANCES: usize = 200;

/// The most zones that fit beside one another.
const MOST_ZONES: usize = 9;

/// The chart.
pub(super) fn draw(outcome: &Outcome, snapshot: &Snapshot) -> Scene {
    let moment = match snapshot.moment {
        "start" => "at the start",
        "worst" => "at the worst moment",
        "end" => "at the end",
        other => other,
    };
    let tasks = || snapshot.instances.iter().flat_map(|instance| &instance.tasks);
    let serving = tasks().filter(|task| task.state == TaskState::Serving).count() as u64;
    let all = tasks().count() as u64;
    let rest = format!(
        " · {} · {} · {} of {} serve",
        words::moment(snapshot.seconds),
        words::plural(snapshot.instances.len() as u64, "instance"),
        words::count(serving),
        words::plural(all, "task"),
    );
    let subtitle = window::subtitle(outcome, &rest);
    let mut scene = Scene::titled(&format!("Tasks on instances {moment}"), &subtitle);
    if snapshot.instances.is_empty() {
        super::message(&mut scene, "There is no instance.", "At this moment the cluster has none.", Ink::FAINT);
        return scene;
    }
    let look = Look::of(outcome);
    let counted = snapshot.instances.len() > MOST_INSTANCES || snapshot.zones.len() > MOST_ZONES;
    let bottom = legend::draw(&mut scene, &look, snapshot, counted);
    if counted {
        counts::draw(&mut scene, &look, snapshot, bottom);
    } else {
        boxes::draw(&mut scene, &look, snapshot, bottom);
    }
    scene
}
