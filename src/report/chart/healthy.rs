//! `healthy`: healthy against desired tasks over time, a panel for each service.

use crate::metrics::outcome::{Outcome, ServiceOutcome};
use crate::metrics::timeline::{Series, ServicePoint};
use crate::report::words;

use super::palette::Ink;
use super::plot::{self, Cell, Key, MOST_PANELS, Panel};
use super::scene::{Area, Scene};
use super::steps::{columns, path, runs};
use super::ticks;
use super::window::{self, Window};

const HEALTHY: Ink = Ink::BLUE;
const DESIRED: Ink = Ink::GREY;
const MISSING: Ink = Ink::VERMILION.alpha(0.38);
const UP: Ink = Ink::GREEN;

/// The chart.
pub(super) fn draw(outcome: &Outcome) -> Scene {
    let (window, focus) = window::choose(outcome);
    let title = match focus.filter(|_| window.is_cut()) {
        Some(focus) => focus.title("Healthy and desired tasks"),
        None => "Healthy and desired tasks".to_owned(),
    };
    let shown = pick(outcome);
    let left_out = outcome.timeline.services.len() - shown.len();
    let before = match left_out {
        0 => String::new(),
        _ => format!("worst {MOST_PANELS} of {} services · ", left_out + shown.len()),
    };
    let subtitle = window::describe(outcome, &window, focus, &before);
    let mut scene = Scene::titled(&title, &subtitle);
    let top = plot::overview(&mut scene, outcome, &window);
    let (mut missing, mut up) = (false, false);
    for (cell, series) in plot::grid(shown.len(), top).iter().zip(&shown) {
        let figures = outcome.services.iter().find(|service| service.name == series.name);
        let drawn = panel(&mut scene, cell, series, figures, &window, outcome);
        missing |= drawn.missing;
        up |= drawn.up;
    }
    if shown.is_empty() {
        super::message(
            &mut scene,
            "There is no service.",
            "Batches of standalone tasks have no desired count.",
            Ink::FAINT,
        );
        return scene;
    }
    let mut keys = vec![(Key::Line(HEALTHY), "healthy"), (Key::Dashes(DESIRED), "desired")];
    if missing {
        keys.push((Key::Area(MISSING), "missing"));
    }
    if up {
        keys.push((Key::Dots(UP), "needed to be up"));
    }
    plot::legend(&mut scene, &keys, outcome, &window);
    scene
}

/// What of the legend a panel has.
struct Drawn {
    missing: bool,
    up: bool,
}

/// The services to show, in the order of the file: all, or those that lost most.
fn pick(outcome: &Outcome) -> Vec<&Series<ServicePoint>> {
    let lost = |name: &str| {
        outcome.services.iter().find(|service| service.name == name).map_or(0.0, |service| service.lost_task_seconds)
    };
    let mut order: Vec<(usize, &Series<ServicePoint>)> = outcome.timeline.services.iter().enumerate().collect();
    order.sort_by(|a, b| lost(&b.1.name).total_cmp(&lost(&a.1.name)).then(a.0.cmp(&b.0)));
    order.truncate(MOST_PANELS);
    order.sort_by_key(|(place, _)| *place);
    order.into_iter().map(|(_, series)| series).collect()
}

/// One service.
fn panel(
    scene: &mut Scene,
    cell: &Cell,
    series: &Series<ServicePoint>,
    figures: Option<&ServiceOutcome>,
    window: &Window,
    outcome: &Outcome,
) -> Drawn {
    let mut drawn = Drawn { missing: false, up: false };
    let most = series.points.iter().map(|point| point.healthy.max(point.desired)).max().unwrap_or(0);
    // One task of air above, or a tenth where one is too thin to see.
    let top = (f64::from(most) * 1.1).max(f64::from(most) + 1.0);
    let panel = Panel { plot: cell.plot, time: window.shown, top };
    let numbers: Vec<(f64, String)> = ticks::whole(top, (cell.plot.height() / 30).max(2) as usize)
        .into_iter()
        .map(|value| (value, words::count(value as u64)))
        .collect();
    plot::ground(scene, &panel, cell, &numbers, outcome);

    let width = cell.plot.width();
    let healthy = columns(series.points.iter().map(|p| (p.seconds, f64::from(p.healthy))), window.shown, width);
    let desired = columns(series.points.iter().map(|p| (p.seconds, f64::from(p.desired))), window.shown, width);
    let levels = |x: usize| (panel.y(healthy[x].low), panel.y(desired[x].high));
    for (from, to, (below, above)) in runs(healthy.len(), levels) {
        // A column of its own is hidden below the line.
        drawn.missing |= below > above && to - from > 3;
        scene.fill(Area::new(cell.plot.left + from, above, cell.plot.left + to, below), MISSING);
    }
    let mut rest = Vec::new();
    if let Some(figures) = figures {
        if figures.up_when_healthy < figures.desired {
            drawn.up = true;
            let y = panel.y(f64::from(figures.up_when_healthy));
            scene.dashes((cell.plot.left, cell.plot.right), y, (2, 4), 2, UP);
        }
        rest.push(format!("{} desired", figures.desired));
        if width > 1000 {
            rest.push(format!("up from {}", figures.up_when_healthy));
        }
        rest.push(format!("{} healthy", words::availability(figures.capacity_availability)));
        rest.push(format!("{} up", words::availability(figures.service_availability)));
    }
    for (from, to, y) in runs(desired.len(), |x| panel.y(desired[x].last)) {
        scene.dashes((cell.plot.left + from, cell.plot.left + to), y, (8, 6), 2, DESIRED);
    }
    scene.steps(path(&healthy, &panel), 3, HEALTHY);
    plot::heading(scene, cell, &series.name, &rest.join(" · "));
    drawn
}
