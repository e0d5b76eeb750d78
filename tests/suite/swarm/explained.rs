//! Explanations of random scenarios.

use longshore::experiment::explain::outcome::{Answer, OutageRow};
use longshore::experiment::{Options, explain, run};
use rayon::prelude::*;
use serde_json::Value;

use super::{ecs, kubernetes};

/// What explanations say agrees with what the run counts: as many outages, as long; the critical path fills each without a
/// gap, and its phases sum to it; what ends it is named.
#[test]
fn explanations_agree_with_the_run() {
    for scenario in [ecs::scenario, kubernetes::scenario] {
        let failed: Vec<String> =
            (0..60u64).into_par_iter().filter_map(|seed| explained(seed, scenario).err()).collect();
        assert!(failed.is_empty(), "{} seeds fail; the first:\n{}", failed.len(), failed[0]);
    }
}

fn explained(seed: u64, scenario: fn(u64) -> Value) -> Result<(), String> {
    let text = scenario(seed).to_string();
    let plan = match longshore::scenario::load_text(&text, std::path::Path::new(".")) {
        Ok(loaded) => loaded.plan,
        Err(refused) => return Err(refused.problems.render(&refused.sources)),
    };
    let outcome = run(&plan, Options::default());
    let Answer::Outages(list) = explain::outages(&plan, None).answer else { return Err("no list".into()) };
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (1.0 + a.abs());
    for figures in &outcome.services {
        let of = |row: &&OutageRow| row.service == figures.name && row.kind == "outage";
        let lengths: Vec<f64> = list.outages.iter().filter(of).map(|row| row.length_seconds).collect();
        let longest = lengths.first().copied();
        let (count, known) = (figures.outages.count, figures.outages.longest_seconds);
        let same = longest.unwrap_or(0.0) == known.unwrap_or(0.0) || near(longest.unwrap_or(0.0), known.unwrap_or(0.0));
        if lengths.len() as u64 != count || !same {
            return Err(format!("seed {seed}, {}: {lengths:?}, but {count} up to {known:?}", figures.name));
        }
    }
    for row in list.outages.iter().take(4) {
        let found = explain::outage(&plan, None, row.number).map_err(|wrong| wrong.message)?;
        let Answer::Outage(outage) = &found.answer else { return Err("no outage".into()) };
        let wrong = |what: &str| Err(format!("seed {seed}, outage {}: {what}\n{outage:#?}", row.number));
        if outage.outage != *row {
            return wrong("another row");
        }
        let mut at = row.began_seconds;
        for stretch in &outage.path {
            if stretch.from_seconds != at || stretch.to_seconds <= at {
                return wrong("a gap in the path");
            }
            at = stretch.to_seconds;
        }
        if !near(at, row.began_seconds + row.length_seconds) {
            return wrong("the path does not reach the end");
        }
        if !near(outage.phases.iter().map(|phase| phase.seconds).sum(), row.length_seconds) {
            return wrong("the phases do not sum to the length");
        }
        if outage.courses.is_empty() || outage.courses.iter().any(|course| course.entries.is_empty()) {
            return wrong("a course without entries");
        }
        let shown = longshore::report::explain::text(
            &found,
            longshore::report::explain::Options { all: seed.is_multiple_of(2) },
        );
        if let Some(line) = shown.lines().find(|line| line.chars().count() > 100) {
            return wrong(&format!("wider than 100 columns: {line}"));
        }
    }
    Ok(())
}
