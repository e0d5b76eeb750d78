//! The progress bar: on a terminal, and only where there is something to wait for.

use std::io::{IsTerminal as _, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A run that is over by then shows no bar.
const PATIENCE: Duration = Duration::from_millis(700);

/// Steps of the bar; finer than any terminal is wide.
const STEPS: u64 = 1000;

const TEMPLATE: &str = "{msg} {wide_bar} {percent:>3} %, {eta} left";

/// The bar of one run.
pub(super) struct Progress {
    name: String,
    wanted: bool,
    since: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A bar for the run of a scenario.
    pub(super) fn new(name: &str, quiet: bool) -> Progress {
        let wanted = !quiet && stderr().is_terminal();
        Progress { name: name.to_owned(), wanted, since: Instant::now(), bar: None }
    }

    /// The share of the run that is done.
    pub(super) fn advance(&mut self, share: f64) {
        if !self.wanted || (self.bar.is_none() && self.since.elapsed() < PATIENCE) {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(STEPS).with_message(self.name.clone()).with_elapsed(self.since.elapsed());
            match ProgressStyle::with_template(TEMPLATE) {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        bar.set_position((share * STEPS as f64) as u64);
    }

    /// Takes the bar off the terminal.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
