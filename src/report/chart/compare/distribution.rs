//! `distributions`: each replication of each variant as a dot, with the box of the middle half, the median and the mean.

use crate::experiment::compare::outcome::{Comparison, FigureComparison};
use crate::report::comparison::figures;

use super::super::message;
use super::super::palette::Ink;
use super::super::scene::{Area, HEIGHT, MARGIN, Scene, Type, WIDTH};
use super::axis::Axis;
use super::{dot, ink, subtitle};

/// Room for the names of variants.
const NAMES: i32 = 270;

/// The most panels.
const MOST: usize = 4;

/// The most dots of a variant: more are one area.
const DOTS: usize = 300;

/// The chart.
pub(super) fn draw(comparison: &Comparison) -> Scene {
    let title = "Lost task-time, replication by replication";
    let mut scene = Scene::titled(title, &subtitle(comparison, " · box: the middle half; bar: median; disc: mean"));
    let wanted = |one: &&FigureComparison| {
        one.figure.ends_with(".lostTaskSeconds") && one.samples.iter().flatten().any(|value| *value > 0.0)
    };
    let mut figures: Vec<&FigureComparison> = comparison.figures.iter().filter(wanted).collect();
    if figures.is_empty() {
        message(
            &mut scene,
            "No task-time was lost.",
            "In every replication of every variant all tasks were healthy.",
            Ink::GREEN,
        );
        return scene;
    }
    figures.truncate(if comparison.variants.len() > 12 { 1 } else { MOST });
    let across = if figures.len() > 1 { 2 } else { 1 };
    let down = figures.len().div_ceil(across);
    let (top, bottom) = (130, HEIGHT - 20);
    let height = (bottom - top) / down as i32;
    let width = (WIDTH - 2 * MARGIN - NAMES) / across as i32;
    for (at, one) in figures.iter().enumerate() {
        let (row, column) = ((at / across) as i32, (at % across) as i32);
        let left = MARGIN + NAMES + column * width;
        let plot = Area::new(left, top + row * height + 40, left + width - 40, top + (row + 1) * height - 66);
        panel(&mut scene, comparison, one, plot, column == 0);
    }
    scene
}

/// The value that a share of sorted values does not exceed.
fn quantile(sorted: &[f64], level: f64) -> f64 {
    let rank = ((level * sorted.len() as f64).ceil() as usize).clamp(1, sorted.len().max(1));
    sorted.get(rank - 1).copied().unwrap_or(0.0)
}

fn panel(scene: &mut Scene, comparison: &Comparison, one: &FigureComparison, plot: Area, with_names: bool) {
    let style = figures::style(comparison, one);
    let all = one.samples.iter().flatten().copied();
    let greatest = all.clone().fold(0.0, f64::max);
    let middle = one.samples.iter().map(|sorted| quantile(sorted, 0.5)).fold(0.0, f64::max);
    let axis = Axis::over(all, style, true, false);
    // A few very bad replications would press all others against the axis.
    let skewed = greatest > 8.0 * middle;
    let axis = if skewed { axis.rooted() } else { axis };
    let heading = Type::new(20.0, Ink::TEXT).bold();
    scene.text_within(&figures::full_title(&one.figure), plot.left, plot.top - 14, plot.width(), heading);
    axis.below(scene, plot, 7);
    let note = if skewed { " (distances go with the square root)" } else { "" };
    let kind = Type::new(17.0, Ink::FAINT).centred();
    scene.text(&format!("{}{note}", axis.unit), (plot.left + plot.right) / 2, plot.bottom + 50, kind);
    let pitch = f64::from(plot.height()) / one.samples.len().max(1) as f64;
    for (row, sorted) in one.samples.iter().enumerate() {
        let y = plot.top + ((row as f64 + 0.5) * pitch) as i32;
        if with_names && let Some(variant) = comparison.variants.get(row) {
            let kind = Type::new(if pitch < 22.0 { 15.0 } else { 19.0 }, Ink::TEXT).to_the_left();
            scene.text_within(&variant.name, plot.left - 16, y + 6, NAMES - 16, kind);
        }
        let mean = one.values.get(row).and_then(|value| value.mean);
        strip(scene, sorted, mean, &axis, plot, y, pitch, ink(row));
    }
}

#[expect(clippy::too_many_arguments, reason = "a strip is where it is and what it shows")]
fn strip(scene: &mut Scene, sorted: &[f64], mean: Option<f64>, axis: &Axis, plot: Area, y: i32, pitch: f64, ink: Ink) {
    if sorted.is_empty() {
        return;
    }
    let half = (pitch * 0.36).clamp(3.0, 46.0) as i32;
    let (low, median, high) = (quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75));
    let x = |value: f64| axis.x(plot, value);
    scene.fill(Area::new(x(low), y - half, x(high).max(x(low) + 2), y + half), ink.alpha(0.18));
    let step = sorted.len().div_ceil(DOTS);
    for (at, value) in sorted.iter().enumerate().step_by(step) {
        // Scattered up and down by a fixed pattern, so that equal values do not hide each other.
        let scatter = ((at / step) as i32 * 37 % 101 - 50) * half / 56;
        let (px, py) = (x(*value), y + scatter);
        scene.fill(Area::new(px - 2, py - 2, px + 2, py + 2), ink.alpha(0.55));
    }
    scene.fill(Area::new(x(median) - 2, y - half, x(median) + 2, y + half), ink);
    if let Some(mean) = mean {
        dot(scene, x(mean), y, (half - 1).clamp(3, 8), Ink::WHITE);
        dot(scene, x(mean), y, (half - 2).clamp(2, 6), Ink::TEXT);
    }
}
