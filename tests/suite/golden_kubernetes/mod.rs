//! Decisions recorded from kube-scheduler v1.34.1: every node's verdict and reasons, every score, the best set, victims, and
//! every step of placements in sequence.
//!
//! `LONGSHORE_GOLDEN_KUBERNETES` names a folder of recordings; without it, those under `tests/data/kubernetes` are read.

mod cases;
mod record;
mod runs;

use std::path::PathBuf;

/// Disagreements shown in full.
const SHOWN: usize = 40;

#[test]
fn golden_kubernetes() {
    let (mut cases, mut steps) = ((0, 0), (0, 0));
    let mut wrong = Vec::new();
    for file in files() {
        let recording = record::read(&file);
        for case in &recording.cases {
            let found = cases::disagreements(case);
            cases.1 += 1;
            cases.0 += usize::from(found.is_empty());
            wrong.extend(found.into_iter().map(|text| format!("{}: {text}", case.id)));
        }
        for run in &recording.runs {
            let (right, all, found) = runs::disagreements(run);
            steps.0 += right;
            steps.1 += all;
            wrong.extend(found.into_iter().map(|text| format!("{}: {text}", run.id)));
        }
    }
    println!("golden_kubernetes: {} of {} cases, {} of {} steps agree", cases.0, cases.1, steps.0, steps.1);
    assert!(cases.1 + steps.1 > 0, "no recordings were found");
    let shown = wrong.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} disagreements, the first of them:\n{shown}", wrong.len());
}

fn files() -> Vec<PathBuf> {
    let own = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/kubernetes");
    let folder = std::env::var_os("LONGSHORE_GOLDEN_KUBERNETES").map_or_else(own, PathBuf::from);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("");
        name.ends_with(".json") || name.ends_with(".json.gz")
    });
    files.sort();
    files
}
