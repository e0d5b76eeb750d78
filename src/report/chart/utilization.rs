//! `utilization`: CPU and memory reserved over time, a panel for each zone.

use crate::metrics::outcome::Outcome;
use crate::metrics::timeline::{Series, ZonePoint};
use crate::report::words;

use super::palette::Ink;
use super::plot::{self, Cell, Key, MOST_PANELS, Panel};
use super::scene::{Area, Scene};
use super::steps::{columns, path_and_range, runs};
use super::window::{self, Window};

const CPU: Ink = Ink::BLUE;
const MEMORY: Ink = Ink::ORANGE;
/// How much a range covers.
const RANGE: f64 = 0.3;
const EMPTY: Ink = Ink::PURPLE.alpha(0.25);

/// The chart.
pub(super) fn draw(outcome: &Outcome) -> Scene {
    let (window, focus) = window::choose(outcome);
    let title = match focus.filter(|_| window.is_cut()) {
        Some(focus) => focus.title("CPU and memory reserved"),
        None => "CPU and memory reserved".to_owned(),
    };
    let zones = &outcome.timeline.zones;
    let before = match zones.len() {
        0..=MOST_PANELS => String::new(),
        all => format!("the first {MOST_PANELS} zones of {all} · "),
    };
    let subtitle = window::describe(outcome, &window, focus, &before);
    let mut scene = Scene::titled(&title, &subtitle);
    let top = plot::overview(&mut scene, outcome, &window);
    let shown = &zones[..zones.len().min(MOST_PANELS)];
    let (mut has_range, mut has_empty) = (false, false);
    for (cell, series) in plot::grid(shown.len(), top).iter().zip(shown) {
        let drawn = panel(&mut scene, cell, series, &window, outcome);
        has_range |= drawn.0;
        has_empty |= drawn.1;
    }
    if shown.is_empty() {
        super::message(&mut scene, "There is no zone.", "Nothing was measured of where tasks run.", Ink::FAINT);
        return scene;
    }
    let mut keys = vec![(Key::Line(CPU), "CPU reserved"), (Key::Line(MEMORY), "memory reserved")];
    if has_empty {
        keys.push((Key::Area(EMPTY), "no instance registered"));
    }
    if has_range {
        keys.push((Key::Area(CPU.alpha(RANGE)), "range while changing"));
    }
    plot::legend(&mut scene, &keys, outcome, &window);
    scene
}

/// One zone. Whether it changes so often that there is a range, and whether it has a time without instances.
fn panel(
    scene: &mut Scene,
    cell: &Cell,
    series: &Series<ZonePoint>,
    window: &Window,
    outcome: &Outcome,
) -> (bool, bool) {
    // Some air above, so that a full zone's line is seen as a whole.
    let panel = Panel { plot: cell.plot, time: window.shown, top: 1.06 };
    let marks: &[f64] = if cell.plot.height() > 140 { &[0.0, 0.25, 0.5, 0.75, 1.0] } else { &[0.0, 0.5, 1.0] };
    let numbers: Vec<(f64, String)> = marks.iter().map(|share| (*share, format!("{:.0} %", share * 100.0))).collect();
    plot::ground(scene, &panel, cell, &numbers, outcome);
    let width = cell.plot.width();
    let of = |value: fn(&ZonePoint) -> f64| {
        columns(series.points.iter().map(|point| (point.seconds, value(point))), window.shown, width)
    };
    let instances = of(|point| f64::from(point.instances));
    let mut has_empty = false;
    for (from, to, is_empty) in runs(instances.len(), |x| instances[x].high == 0.0) {
        if is_empty {
            has_empty = true;
            scene.fill(Area { left: cell.plot.left + from, right: cell.plot.left + to, ..cell.plot }, EMPTY);
        }
    }
    let lines = [
        (path_and_range(&of(|point| point.memory), &panel), MEMORY),
        (path_and_range(&of(|point| point.cpu), &panel), CPU),
    ];
    // Ranges below both lines, so that neither hides the other.
    for ((_, range), ink) in &lines {
        range.iter().for_each(|area| scene.fill(*area, ink.alpha(RANGE)));
    }
    let has_range = lines.iter().any(|((_, range), _)| !range.is_empty());
    // The one below is wider, so that it is seen where both are the same.
    for (((path, _), ink), width) in lines.into_iter().zip([5, 3]) {
        scene.steps(path, width, ink);
    }
    let rest = outcome.zones.iter().find(|zone| zone.name == series.name).map(|zone| {
        format!(
            "on average CPU {}, memory {}, {} instance{} in service",
            words::percent(zone.cpu_reserved.mean),
            words::percent(zone.memory_reserved.mean),
            words::three_digits(zone.instances_in_service.mean),
            if zone.instances_in_service.mean == 1.0 { "" } else { "s" },
        )
    });
    plot::heading(scene, cell, &series.name, &rest.unwrap_or_default());
    (has_range, has_empty)
}
