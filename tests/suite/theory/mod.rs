//! Exact values: closed forms and solved Markov chains (`tests/data/theory`), each met by a scenario that the engine runs.
//!
//! For each case a scenario is built as text, loaded like any other and run in replications long enough that the standard
//! error is at most 2 % of the smaller of p and 1 - p. The exact value must lie within four standard errors (a wrong alarm
//! of 6e-5 per figure). `LONGSHORE_THEORY` names another file of the same form.
//!
//! Cases that need what this model does not have are listed by name with the reason.

pub mod build;
mod cases;
mod estimate;
mod failures;
mod jobs;
mod queues;
mod shared;

use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

use cases::{Verdict, run_case};

fn file() -> PathBuf {
    match std::env::var_os("LONGSHORE_THEORY") {
        Some(path) => path.into(),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/theory/visible.json"),
    }
}

/// Past the test harness, which keeps the output of tests that pass to itself.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[test]
fn exact_values_lie_in_the_interval() {
    let path = file();
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let json: Value = serde_json::from_str(&text).expect("the theory file is JSON");
    let cases = json["cases"].as_array().expect("a list of cases");
    let only = std::env::var("LONGSHORE_THEORY_ONLY").ok();
    let (mut checked, mut figures, mut skipped, mut failed) = (0, 0, Vec::new(), Vec::new());
    for case in cases {
        let id = case["id"].as_str().unwrap_or("?");
        if only.as_deref().is_some_and(|only| !id.contains(only)) {
            continue;
        }
        let started = std::time::Instant::now();
        match run_case(case) {
            Verdict::Skipped(reason) => skipped.push(format!("{id}: {reason}")),
            Verdict::Checked(results) => {
                checked += 1;
                for result in results {
                    figures += 1;
                    let line = format!(
                        "{id} {}: exact {:.6e}, found {:.6e} ± {:.1e} (95 %), {:+.2} standard errors, {:.1} s",
                        result.name,
                        result.exact,
                        result.found,
                        1.96 * result.error,
                        result.z(),
                        started.elapsed().as_secs_f64(),
                    );
                    say(&line);
                    if !result.holds() {
                        failed.push(line);
                    }
                }
            }
        }
    }
    skipped.iter().for_each(|line| say(&format!("skipped {line}")));
    say(&format!("theory: {checked} cases checked ({figures} figures), {} skipped", skipped.len()));
    assert!(failed.is_empty(), "{} figures outside four standard errors:\n{}", failed.len(), failed.join("\n"));
    assert!(checked > 0, "no case of {} could be checked", path.display());
}
