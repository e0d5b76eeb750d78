//! Every shipped scenario loads without a problem, runs with the invariants checked, and repeats to the byte.

use std::path::PathBuf;

use longshore::engine::{Checking, Setup};
use longshore::experiment::{Options, run_checked};
use rayon::prelude::*;

fn shipped() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let folders = [folder.clone(), folder.join("benchmarks")];
    let mut list: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).expect("scenarios"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    list.sort();
    list
}

#[test]
fn every_shipped_scenario_runs_and_repeats() {
    let list = shipped();
    assert!(list.len() >= 10, "only {} scenarios", list.len());
    let failed: Vec<String> = list
        .par_iter()
        .filter_map(|path| {
            let name = path.display();
            let plan = match longshore::scenario::load(path, &[]) {
                Ok(loaded) => loaded.plan,
                Err(refused) => return Some(refused.problems.render(&refused.sources)),
            };
            let figures = |checking| {
                let setup = Setup { checking, ..Setup::default() };
                run_checked(&plan, Options { setup, progress: None }, Vec::new()).map(|outcome| format!("{outcome:?}"))
            };
            // Checking every event of the largest fleets would take minutes.
            match (figures(Checking::Every(97)), figures(Checking::Off)) {
                (Ok(once), Ok(again)) if once == again => None,
                (Ok(_), Ok(_)) => Some(format!("{name}: a second run differs")),
                (Err(broken), _) | (_, Err(broken)) => Some(format!("{name}: {broken}")),
            }
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The variants of the benchmarks are sound too, each under a name of its own.
#[test]
fn every_shipped_variant_loads() {
    let mut variants = 0;
    for path in shipped() {
        match longshore::scenario::load_variants(&path, &[], &[]) {
            Ok(loaded) => variants += loaded.list.len().saturating_sub(1),
            Err(refused) => panic!("{}", refused.problems.render(&refused.sources)),
        }
    }
    assert!(variants >= 12, "only {variants} variants");
}
