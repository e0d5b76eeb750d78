//! `cost-availability` and `packing-blast-radius`: variants as points between two figures.

use crate::experiment::compare::outcome::{Comparison, FigureComparison};
use crate::report::comparison::figures;
use crate::report::words;

use super::super::message;
use super::super::palette::Ink;
use super::super::scene::{Area, HEIGHT, MARGIN, Scene, Type, WIDTH};
use super::axis::Axis;
use super::labels::{self, Named};
use super::{dot, means, ring, subtitle, variation};

/// A point: its values with their intervals.
struct Point {
    name: String,
    x: (f64, f64, f64),
    y: (f64, f64, f64),
    marked: bool,
}

fn points(comparison: &Comparison, x: &FigureComparison, y: &FigureComparison) -> Vec<Point> {
    let (xs, ys) = (means(x), means(y));
    let variants = comparison.variants.iter().zip(xs).zip(ys);
    variants
        .filter_map(|((variant, x), y)| {
            Some(Point { name: variant.name.clone(), x: x?, y: y?, marked: variant.on_frontier })
        })
        .collect()
}

/// The service availability that is lowest in any variant; where none was ever below 100 %, the capacity availability.
fn availability(comparison: &Comparison) -> Option<&FigureComparison> {
    let least = |one: &FigureComparison| one.values.iter().filter_map(|value| value.mean).fold(1.0, f64::min);
    let worst = |end: &str| {
        let all = comparison.figures.iter().filter(|one| one.figure.ends_with(end));
        all.min_by(|a, b| least(a).total_cmp(&least(b)))
    };
    worst(".serviceAvailability").filter(|one| least(one) < 1.0).or_else(|| worst(".capacityAvailability"))
}

/// Cost against availability, with the Pareto frontier.
pub(super) fn cost(comparison: &Comparison) -> Scene {
    let (Some(x), Some(y)) = (comparison.figure("cost.usdPerMonth"), availability(comparison)) else {
        return nothing(comparison, "Cost against availability", "No service is in all variants.");
    };
    let below = subtitle(comparison, " · bars: 95 % interval of each mean by itself");
    let mut scene = Scene::titled("Cost against availability", &below);
    let plot = Area::new(MARGIN + 110, 150, WIDTH - MARGIN - 40, HEIGHT - 130);
    panel(&mut scene, comparison, x, y, plot, true);
    let kind = Type::new(18.0, Ink::FAINT);
    let y = HEIGHT - 26;
    let on = "on the Pareto frontier: none is shown to be better in one without being worse in another";
    dot(&mut scene, MARGIN + 8, y - 6, 9, Ink::BLUE);
    scene.text(on, MARGIN + 26, y, kind);
    let at = MARGIN + 26 + kind.width(on) + 30;
    ring(&mut scene, at + 8, y - 6, 9, Ink::GREY);
    let other = "another one is better";
    scene.text(other, at + 26, y, kind);
    let at = at + 26 + kind.width(other) + 30;
    scene.fill(Area::new(at, y - 8, at + 30, y - 5), Ink::SKY);
    scene.text("the frontier", at + 38, y, kind);
    scene
}

/// Packing against blast radius: how many instances are left empty, and how much one zone and one instance hold.
pub(super) fn packing(comparison: &Comparison) -> Scene {
    let title = "Packing against blast radius";
    let by = |ends: &str| {
        let all = comparison.figures.iter().filter(|one| one.figure.ends_with(ends));
        all.reduce(|best, one| if variation(one) > variation(best) { one } else { best })
    };
    let service = by("blastRadius.zone.mean").map(|one| figures::title(&one.figure).0);
    let of_service = |end: &str| {
        let service = service.as_deref()?;
        comparison.figure(&format!("services.{service}.blastRadius.{end}.mean"))
    };
    let (Some(x), Some(zone), Some(instance)) = (by(".emptyShare"), of_service("zone"), of_service("instance")) else {
        return nothing(comparison, title, "No service and no group of instances is in all variants.");
    };
    let mut scene = Scene::titled(title, &subtitle(comparison, ""));
    let half = (WIDTH - 2 * MARGIN) / 2;
    for (at, figure) in [zone, instance].into_iter().enumerate() {
        let left = MARGIN + at as i32 * half + 76;
        panel(&mut scene, comparison, x, figure, Area::new(left, 160, left + half - 130, HEIGHT - 130), false);
    }
    let text = "to the right: more instances without any task, which could be given back; upwards: more is lost when one fails";
    scene.text(text, MARGIN, HEIGHT - 26, Type::new(18.0, Ink::FAINT));
    scene
}

fn nothing(comparison: &Comparison, title: &str, why: &str) -> Scene {
    let mut scene = Scene::titled(title, &subtitle(comparison, ""));
    message(&mut scene, "There is nothing to draw.", why, Ink::FAINT);
    scene
}

fn panel(
    scene: &mut Scene,
    comparison: &Comparison,
    x: &FigureComparison,
    y: &FigureComparison,
    plot: Area,
    with_frontier: bool,
) {
    let points = points(comparison, x, y);
    let of = |value: fn(&Point) -> (f64, f64, f64)| points.iter().map(value).collect::<Vec<_>>();
    let across = Axis::around(&of(|point| point.x), figures::style(comparison, x));
    let up = Axis::around(&of(|point| point.y), figures::style(comparison, y));
    across.below(scene, plot, if plot.width() > 900 { 8 } else { 5 });
    up.beside(scene, plot, 7);
    let kind = Type::new(19.0, Ink::TEXT);
    let named = |figure: &FigureComparison, unit: &str| {
        let title = figures::full_title(&figure.figure);
        if unit.is_empty() { title } else { format!("{title} ({unit})") }
    };
    scene.text_within(&named(y, &up.unit), plot.left - 60, plot.top - 16, plot.width() + 60, kind.bold());
    scene.text_within(&named(x, &across.unit), plot.left, plot.bottom + 52, plot.width(), kind.bold());
    if with_frontier {
        frontier(scene, &points, &across, &up, plot);
    }
    let mut names = Vec::new();
    for (at, point) in points.iter().enumerate() {
        let (px, py) = (across.x(plot, point.x.0), up.y(plot, point.y.0));
        let ink = match (with_frontier, point.marked) {
            (true, true) => Ink::BLUE,
            (true, false) => Ink::GREY,
            (false, _) => super::ink(at),
        };
        let (left, right) = (across.x(plot, point.x.1), across.x(plot, point.x.2));
        let (lower, upper) = (up.y(plot, point.y.1), up.y(plot, point.y.2));
        scene.fill(Area::new(left, py - 1, right, py + 1), ink.alpha(0.6));
        scene.fill(Area::new(px - 1, upper, px + 1, lower), ink.alpha(0.6));
        if with_frontier && !point.marked {
            ring(scene, px, py, 9, ink);
        } else {
            dot(scene, px, py, 9, ink);
        }
        names.push(Named { x: px, y: py, name: words::clean(&point.name), bold: point.marked && with_frontier });
    }
    labels::write(scene, &names, plot);
}

/// The line of the best availability for at most so much money, over the variants on the frontier.
fn frontier(scene: &mut Scene, points: &[Point], across: &Axis, up: &Axis, plot: Area) {
    let mut on: Vec<&Point> = points.iter().filter(|point| point.marked).collect();
    on.sort_by(|a, b| a.x.0.total_cmp(&b.x.0).then(b.y.0.total_cmp(&a.y.0)));
    let mut steps: Vec<(i32, i32)> = Vec::new();
    let mut best = f64::NEG_INFINITY;
    for point in on.into_iter() {
        if point.y.0 > best {
            best = point.y.0;
            let (x, y) = (across.x(plot, point.x.0), up.y(plot, point.y.0));
            if let Some((_, before)) = steps.last().copied() {
                steps.push((x, before));
            }
            steps.push((x, y));
        }
    }
    if let Some((_, last)) = steps.last().copied() {
        steps.push((plot.right, last));
    }
    scene.steps(steps, 3, Ink::SKY);
}
