//! The index decides as the scan does: whole runs of random scenarios, both deciding side by side.

mod blocks;
mod both;
mod scenarios;

use crate::base::time::{Span, Time};
use crate::engine::{Setup, build_around};
use crate::scenario;

use both::{Both, Tally};

/// Runs one random scenario with both placers.
fn run(seed: u64, tally: &Tally) {
    let folder = tempfile::tempdir().expect("a folder for the scenario");
    let path = folder.path().join("scenario.yaml");
    let load = |attempt: u64| {
        std::fs::write(&path, scenarios::random(seed + attempt * 1_000_000)).expect("the scenario is written");
        scenario::load(&path, &[])
    };
    // A scenario may be refused because a task fits no instance, say: then another one is written.
    let plan = match (0..100).find_map(|attempt| load(attempt).ok()) {
        Some(loaded) => loaded.plan,
        None => panic!("seed {seed}: none of a hundred scenarios can be run"),
    };
    let mut engine =
        build_around(&plan, Setup::default(), Vec::new(), |ring| Box::new(Both::new(seed, &plan, ring, tally.clone())));
    let mut now = Span::ZERO;
    while now < plan.duration {
        now = (now + Span::from_secs(3600)).min(plan.duration);
        engine.run_until(Time::ZERO + now);
    }
    tally.ran();
}

#[test]
fn decides_as_the_scan_does() {
    let tally = Tally::default();
    let seeds = std::env::var("LONGSHORE_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(150);
    for seed in 0..seeds {
        run(seed, &tally);
    }
    tally.judge();
}
