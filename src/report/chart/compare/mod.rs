//! Charts of a comparison: differences as a forest plot, cost against availability, packing against blast radius, and
//! distributions over the replications.

mod axis;
mod distribution;
mod forest;
mod labels;
mod scatter;
#[cfg(test)]
mod tests;

use crate::experiment::compare::outcome::{Comparison, FigureComparison};
use crate::report::words;

pub(super) use axis::Axis;
pub(super) use labels::{Named, write as write_names};

use super::Chart;
use super::palette::{Ink, SET};
use super::scene::Scene;

/// Every chart of a comparison.
pub fn all(comparison: &Comparison) -> Vec<Chart> {
    vec![
        Chart { name: "differences".into(), scene: forest::draw(comparison) },
        Chart { name: "cost-availability".into(), scene: scatter::cost(comparison) },
        Chart { name: "packing-blast-radius".into(), scene: scatter::packing(comparison) },
        Chart { name: "distributions".into(), scene: distribution::draw(comparison) },
    ]
}

/// What every chart says below its title.
fn subtitle(comparison: &Comparison, what: &str) -> String {
    format!(
        "{} · {} of {}{what}",
        words::shorten(&comparison.scenario, 50),
        words::plural(comparison.replications, "replication"),
        words::duration(comparison.duration_seconds)
    )
}

/// The colour of a variant; more than there are colours begin anew.
fn ink(variant: usize) -> Ink {
    // Yellow is too faint for a dot on white.
    const DARK: [Ink; 7] = [SET[0], SET[1], SET[2], SET[3], SET[4], SET[5], SET[7]];
    DARK[variant % DARK.len()]
}

/// A disc.
pub(super) fn dot(scene: &mut Scene, x: i32, y: i32, radius: i32, ink: Ink) {
    scene.disc(x, y, radius, ink);
}

/// A disc with a white heart.
pub(super) fn ring(scene: &mut Scene, x: i32, y: i32, radius: i32, ink: Ink) {
    dot(scene, x, y, radius, ink);
    dot(scene, x, y, radius - 3, Ink::WHITE);
}

/// The mean of a figure in each variant, with the interval where it is known.
fn means(figure: &FigureComparison) -> Vec<Option<(f64, f64, f64)>> {
    let of = |value: &crate::experiment::outcome::FigureOutcome| {
        let mean = value.mean?;
        Some((mean, value.low.unwrap_or(mean), value.high.unwrap_or(mean)))
    };
    figure.values.iter().map(of).collect()
}

/// How far the means of a figure lie apart.
fn variation(figure: &FigureComparison) -> f64 {
    let means: Vec<f64> = figure.values.iter().filter_map(|value| value.mean).collect();
    let (low, high) =
        means.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), mean| (low.min(*mean), high.max(*mean)));
    if high > low { high - low } else { 0.0 }
}
