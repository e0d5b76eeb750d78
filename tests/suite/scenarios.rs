//! Every shipped scenario loads without a problem, runs with the invariants checked, and repeats to the byte.

use std::path::{Path, PathBuf};

use longshore::engine::{Checking, Setup};
use longshore::experiment::{Options, run_checked};
use longshore::scenario::Plan;
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

fn loaded(path: &Path) -> Plan {
    let loaded = longshore::scenario::load(path, &[]);
    loaded.unwrap_or_else(|refused| panic!("{}", refused.problems.render(&refused.sources))).plan
}

/// The scenario that is written with the results needs no other file, and gives the same results.
fn runs_again(plan: &Plan) {
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let again = match longshore::scenario::load_text(&plan.resolved, elsewhere.path()) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{}: {}", plan.name, refused.problems.render(&refused.sources)),
    };
    assert!(again.resolved == plan.resolved, "{}: it is written otherwise", plan.name);
    let outcome = |plan: &Plan| format!("{:?}", longshore::experiment::run(plan, Options::default()));
    assert!(outcome(&again) == outcome(plan), "{}: the outcome differs", plan.name);
}

#[test]
fn results_of_shipped_scenarios_run_again() {
    let plans: Vec<Plan> = shipped().iter().map(|path| loaded(path)).collect();
    let kubernetes = plans.iter().filter(|plan| plan.fleet.kubernetes.is_some()).count();
    assert!(kubernetes >= 4 && plans.len() >= kubernetes + 10, "{kubernetes} of {} scenarios", plans.len());
    plans.par_iter().for_each(runs_again);
}

/// A percentage may be a number or a text, with a percent sign or as a share.
#[test]
fn what_up_means_is_kept_when_a_result_runs_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (given, needed) in [("66", 4), ("75%", 5), ("'0.9'", 6), ("7%", 1), ("33.4%", 3)] {
        let text = format!(
            "name: up\nduration: 3d\nzones: [a, b]\ncapacity: [{{name: g, instanceType: m5.large, count: 4}}]\n\
             taskDefinitions: [{{family: f, containerDefinitions: [{{name: c, cpu: 64, memory: 64}}]}}]\n\
             services: [{{name: web, taskDefinition: f, desiredCount: 6, upWhen: {{healthyPercent: {given}}}}}]\n\
             failures: [{{type: containerCrash, every: {{exponential: {{mean: 6h}}}}}}]\n"
        );
        let path = folder.path().join("case.yaml");
        std::fs::write(&path, text).expect("a file");
        let plan = loaded(&path);
        let outcome = longshore::experiment::run(&plan, Options::default());
        assert_eq!(outcome.services[0].up_when_healthy, needed, "{given}");
        runs_again(&plan);
    }
}

#[test]
fn the_result_of_a_cluster_runs_again() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/kubernetes");
    let plan = loaded(&folder.join("cluster.json"));
    assert!(!plan.resolved.contains("cluster.json"), "{}", plan.resolved);
    assert!(!plan.warnings.is_empty());
    runs_again(&plan);
}

#[test]
fn results_of_scenarios_with_tables_run_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    file("failures.csv", "at,failure,target,lasts\n1h,zoneOutage,a,90m\n\"5h\",instanceReboot,1,\n");
    file("repairs.csv", "what,hours\ndisk,0.5\nboard,3\n\"power, all\",1.25\n");
    file(
        "case.yaml",
        "name: tables\nduration: 30d\nzones: [a, b]\ncapacity: [{name: g, instanceType: m5.large, count: 4}]\n\
         taskDefinitions: [{family: f, containerDefinitions: [{name: c, cpu: 64, memory: 64}]}]\n\
         services: [{name: web, taskDefinition: f, desiredCount: 4}]\nfailures:\n  - {type: trace, file: failures.csv}\n  \
         - type: zoneOutage\n    every: {empirical: {file: repairs.csv, column: hours, unit: d}}\n    \
         lasts: {empirical: {file: repairs.csv, column: hours, unit: h}}\n",
    );
    let plan = loaded(&folder.path().join("case.yaml"));
    let outcome = longshore::experiment::run(&plan, Options::default());
    assert!(outcome.incidents.len() > 4, "{:?}", outcome.incidents);
    runs_again(&plan);
}
