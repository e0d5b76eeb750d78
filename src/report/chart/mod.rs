//! Charts, as they go on a slide: 1600 by 900 pixels, SVG and PNG from the same scene.
//!
//! The same outcome gives the same bytes: nothing here depends on the clock, on hashing, or on fonts of the machine.

mod compare;
mod font;
mod healthy;
mod lost_time;
mod map;
mod nines;
mod paint;
mod palette;
mod plot;
mod replications;
mod scene;
mod search;
mod steps;
#[cfg(test)]
mod tests;
mod ticks;
mod utilization;
mod window;

use std::io::{self, Write};

use crate::experiment::Experiment;
use crate::experiment::search::outcome::CapacityPlan;
use crate::metrics::outcome::Outcome;

pub use compare::all as of_comparison;
use palette::Ink;
use scene::{HEIGHT, Scene, Type, WIDTH};

/// The chart of a search for capacity.
pub fn of_search(plan: &CapacityPlan) -> Chart {
    Chart { name: "cost-availability".into(), scene: search::draw(plan) }
}

/// The chart of an experiment: how the replications lie.
pub fn of_experiment(experiment: &Experiment) -> Chart {
    Chart { name: "replications".into(), scene: replications::draw(experiment) }
}

/// A chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The name of its file, without the end.
    pub name: String,
    scene: Scene,
}

impl Chart {
    /// Writes it as SVG.
    pub fn write_svg(&self, out: &mut dyn Write) -> io::Result<()> {
        paint::svg(&self.scene, out)
    }

    /// Writes it as PNG.
    pub fn write_png(&self, out: &mut dyn Write) -> io::Result<()> {
        paint::png(&self.scene, out)
    }
}

/// Every chart of an outcome.
pub fn all(outcome: &Outcome) -> Vec<Chart> {
    let mut charts = vec![
        Chart { name: "healthy".into(), scene: healthy::draw(outcome) },
        Chart { name: "utilization".into(), scene: utilization::draw(outcome) },
        Chart { name: "lost-time".into(), scene: lost_time::draw(outcome) },
    ];
    let maps = outcome.snapshots.iter();
    charts.extend(
        maps.map(|snapshot| Chart { name: format!("map-{}", snapshot.moment), scene: map::draw(outcome, snapshot) }),
    );
    charts
}

/// The part of the run that the charts over time show, in seconds since its start.
pub(super) fn shown(outcome: &Outcome) -> (f64, f64) {
    window::choose(outcome).0.shown
}

/// The colours of services, in the order in which they are given out, as CSS has them.
pub(super) fn set_colours() -> Vec<String> {
    palette::SET.iter().map(|Ink { rgb: (r, g, b), .. }| format!("#{r:02x}{g:02x}{b:02x}")).collect()
}

/// A statement in the middle of the page, where there is nothing to draw.
fn message(scene: &mut Scene, main: &str, below: &str, ink: Ink) {
    let (x, y) = (WIDTH / 2, HEIGHT / 2);
    scene.text(main, x, y, Type::new(44.0, ink).bold().centred());
    scene.text(below, x, y + 52, Type::new(24.0, Ink::FAINT).centred());
}
