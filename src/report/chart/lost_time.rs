//! `lost-time`: lost task-time by cause, each bar cut into the phases of recovery that it was spent on.

use std::collections::BTreeMap;

use crate::metrics::outcome::Outcome;
use crate::report::words;
use crate::world::service::Loss;

use super::font;
use super::palette::{self, Ink};
use super::scene::{Area, HEIGHT, MARGIN, Scene, Type, WIDTH};
use super::ticks;
use super::window;

/// The most bars; what remains becomes one.
const MOST_BARS: usize = 10;

/// Room for the names of causes.
const NAMES: i32 = 320;
/// Room for the values behind the bars, the margin aside.
const VALUES: i32 = 320;

/// The place of a phase in the order in which phases usually come; others follow.
fn place(phase: &str) -> usize {
    Loss::ALL.iter().position(|loss| loss.name() == phase).unwrap_or(Loss::ALL.len())
}

/// A cause: its name, and task-seconds by phase.
struct Bar {
    name: String,
    phases: BTreeMap<(usize, String), f64>,
}

impl Bar {
    fn total(&self) -> f64 {
        self.phases.values().sum()
    }
}

/// What lost task-time, over all services, most first.
fn bars(outcome: &Outcome) -> Vec<Bar> {
    let mut causes: BTreeMap<&str, Bar> = BTreeMap::new();
    for lost in outcome.services.iter().flat_map(|service| &service.lost).filter(|lost| lost.task_seconds > 0.0) {
        let bar =
            causes.entry(&lost.cause).or_insert_with(|| Bar { name: cause(&lost.cause), phases: BTreeMap::new() });
        *bar.phases.entry((place(&lost.phase), lost.phase.clone())).or_default() += lost.task_seconds;
    }
    let mut bars: Vec<Bar> = causes.into_values().collect();
    // A stable sort of an ordered map: causes that lost as much stay in order of their names.
    bars.sort_by(|a, b| b.total().total_cmp(&a.total()));
    if bars.len() > MOST_BARS {
        let mut rest = Bar { name: format!("{} other causes", bars.len() - MOST_BARS + 1), phases: BTreeMap::new() };
        for bar in bars.drain(MOST_BARS - 1..) {
            for (phase, lost) in bar.phases {
                *rest.phases.entry(phase).or_default() += lost;
            }
        }
        bars.push(rest);
    }
    bars
}

/// What people call a cause that is no failure model.
fn cause(name: &str) -> String {
    match name {
        "start" => "initial start".to_owned(),
        "planned" => "planned moves and drains".to_owned(),
        other => words::clean(other),
    }
}

/// The chart.
pub(super) fn draw(outcome: &Outcome) -> Scene {
    let bars = bars(outcome);
    let total: f64 = bars.iter().map(Bar::total).sum();
    let length = words::duration(outcome.duration_seconds - outcome.warmup_seconds);
    if total <= 0.0 {
        let subtitle = window::subtitle(outcome, &format!(" · {length}, all services"));
        let mut scene = Scene::titled("Lost task-time by cause and phase", &subtitle);
        if outcome.services.is_empty() {
            super::message(
                &mut scene,
                "There is no service.",
                "Batches of standalone tasks have no desired count.",
                Ink::FAINT,
            );
            return scene;
        }
        let below = format!("Every desired task was healthy for the whole {length}.");
        super::message(&mut scene, "No task-time was lost.", &below, Ink::GREEN);
        return scene;
    }
    let rest = format!(" · {} in {length}, all services", words::task_time(total));
    let subtitle = window::subtitle(outcome, &rest);
    let mut scene = Scene::titled("Lost task-time by cause and phase", &subtitle);
    let top = legend(&mut scene, &bars);
    let most = bars.first().map_or(0.0, Bar::total);
    let pitch = ((HEIGHT - 110 - top) / bars.len() as i32).min(210);
    let thick = (pitch * 2 / 3).min(120);
    let plot = Area::new(MARGIN + NAMES, top, WIDTH - MARGIN - VALUES, top + pitch * bars.len() as i32);
    let (unit, length) = words::task_unit(most);
    let scale = f64::from(plot.width()) / most;
    axis(&mut scene, plot, unit, most / length);

    for (n, bar) in bars.iter().enumerate() {
        let upper = plot.top + n as i32 * pitch + (pitch - thick) / 2;
        let baseline = upper + thick / 2 + 8;
        let kind = Type::new(22.0, Ink::TEXT);
        let lines = font::two_lines(&bar.name, kind.size, false, f64::from(NAMES - 18));
        for (at, line) in lines.iter().enumerate() {
            let line_at = baseline + at as i32 * 26 - 13 * (lines.len() as i32 - 1);
            scene.text(line, plot.left - 18, line_at, kind.to_the_left());
        }
        let mut lost = 0.0;
        for ((_, phase), seconds) in &bar.phases {
            let left = plot.left + (lost * scale).round() as i32;
            lost += seconds;
            let right = plot.left + (lost * scale).round() as i32;
            part(&mut scene, Area::new(left, upper, right, upper + thick), palette::phase(phase), seconds / length);
        }
        let value = format!("{} {unit}", words::three_digits(bar.total() / length));
        let right = plot.left + (bar.total() * scale).round() as i32 + 14;
        let width = scene.text_within(&value, right, baseline, VALUES, kind.bold());
        let share = format!("({})", words::percent(bar.total() / total));
        if right + width + 10 + kind.width(&share) <= WIDTH - 10 {
            scene.text(&share, right + width + 10, baseline, Type::new(22.0, Ink::FAINT));
        }
    }
    scene
}

/// A phase's part of a bar, with its value where it fits.
fn part(scene: &mut Scene, area: Area, ink: Ink, value: f64) {
    // A white seam tells neighbours apart where their colours do not.
    let seam = if area.width() > 4 { 2 } else { 0 };
    scene.fill(Area { right: area.right - seam, ..area }, ink);
    let text = words::digits(value, 2);
    let kind = Type::new(18.0, if ink.is_dark() { Ink::WHITE } else { Ink::TEXT }).centred();
    if kind.width(&text) + 14 < area.width() {
        scene.text(&text, (area.left + area.right - seam) / 2, (area.top + area.bottom) / 2 + 6, kind);
    }
}

/// The axis below the bars: a grid, numbers, and the unit.
fn axis(scene: &mut Scene, plot: Area, unit: &str, most: f64) {
    for value in ticks::multiples(ticks::step(most, 8), most) {
        let x = plot.left + (value / most * f64::from(plot.width())).round() as i32;
        scene.fill(Area::new(x, plot.top, x + 1, plot.bottom), Ink::GRID);
        let kind = Type::new(18.0, Ink::FAINT).centred();
        scene.text(&words::three_digits(value), x, plot.bottom + 26, kind);
    }
    scene.fill(Area::new(plot.left, plot.top, plot.left + 2, plot.bottom), Ink::AXIS);
    let one = unit.trim_end_matches('s');
    let what = match unit {
        "task-seconds" => "second",
        "task-minutes" => "minute",
        "task-hours" => "hour",
        _ => "day",
    };
    let text = format!("{unit} lost (one {one}: one desired task that is not healthy for one {what})");
    scene.text(&text, (plot.left + plot.right) / 2, plot.bottom + 66, Type::new(20.0, Ink::FAINT).centred());
}

/// The phases that occur, and the height below which there is room.
fn legend(scene: &mut Scene, bars: &[Bar]) -> i32 {
    let mut phases: Vec<&(usize, String)> = bars.iter().flat_map(|bar| bar.phases.keys()).collect();
    phases.sort();
    phases.dedup();
    let kind = Type::new(20.0, Ink::TEXT);
    let (mut x, mut y) = (MARGIN, 146);
    for (_, phase) in phases {
        let text = words::phase(phase);
        let width = 32 + kind.width(&text);
        if x > MARGIN && x + width > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + 32);
        }
        scene.fill(Area::new(x, y - 17, x + 22, y + 3), palette::phase(phase));
        scene.text(&text, x + 32, y, kind);
        x += width + 34;
    }
    y + 34
}
