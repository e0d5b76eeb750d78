//! The recorded run agrees with the measured one, and a report stays small: every shipped scenario.

use std::path::PathBuf;

use longshore::experiment::{self, Options};
use longshore::metrics::outcome::Outcome;
use longshore::metrics::replay::{Change, Recorder, Replay, State, TaskTruth};
use longshore::report;
use longshore::scenario;

const MOST_BYTES: u64 = 5_000_000;

fn recorded(path: &std::path::Path) -> (Outcome, String) {
    let loaded = scenario::load(path, &[]).unwrap_or_else(|_| panic!("{} is not accepted", path.display()));
    let meters: Vec<Box<dyn longshore::metrics::Meter>> = vec![Box::new(Recorder::new())];
    let outcome = experiment::run_checked(&loaded.plan, Options::default(), meters).expect("a sound world");
    (outcome, loaded.plan.resolved.clone())
}

/// Healthy tasks by service, counted over the cells.
fn cells(state: &State, services: usize) -> Vec<u32> {
    let mut counts = vec![0; services];
    for task in state.tasks.iter().flatten().filter(|task| task.truth == TaskTruth::Healthy) {
        counts[task.service as usize] += 1;
    }
    counts
}

/// At each moment the cells of a service that are shown as healthy are as many as the world counts, and every task sits on
/// an instance that is there, on a place of its own.
fn assert_consistent(replay: &Replay, services: usize, name: &str) -> usize {
    let mut state = State::default();
    for change in &replay.start {
        state.apply(change);
    }
    let mut moments = 0;
    let mut at = 0;
    loop {
        let counted: Vec<u32> = state.services.iter().map(|(healthy, _)| *healthy).collect();
        assert_eq!(cells(&state, services), counted, "{name}, before change {at}");
        let mut taken: Vec<(u32, u32)> = state.tasks.iter().flatten().map(|task| (task.instance, task.place)).collect();
        taken.sort_unstable();
        assert!(taken.windows(2).all(|pair| pair[0] != pair[1]), "{name}: two tasks on one place");
        let there = |row: u32| state.instances.get(row as usize).is_some_and(Option::is_some);
        assert!(taken.iter().all(|(instance, _)| there(*instance)), "{name}: a task on nothing");
        moments += 1;
        let Some((time, _)) = replay.changes.get(at) else { return moments };
        let time = *time;
        while let Some((next, change)) = replay.changes.get(at)
            && *next == time
        {
            state.apply(change);
            at += 1;
        }
    }
}

/// The counts at each point of the timeline, which another meter has measured, are those of the record.
fn assert_agrees(outcome: &Outcome, replay: &Replay, name: &str) {
    for (place, series) in outcome.timeline.services.iter().enumerate() {
        let mut counts = Vec::new();
        for change in &replay.start {
            if let Change::Service { service, healthy, desired } = *change
                && service as usize == place
            {
                counts.push((replay.began.seconds(), healthy, desired));
            }
        }
        for (time, change) in &replay.changes {
            if let Change::Service { service, healthy, desired } = *change
                && service as usize == place
            {
                match counts.last_mut() {
                    Some(last) if last.0 == time.seconds() => *last = (time.seconds(), healthy, desired),
                    _ => counts.push((time.seconds(), healthy, desired)),
                }
            }
        }
        for point in &series.points {
            let last = counts.partition_point(|count| count.0 <= point.seconds);
            let (_, healthy, desired) = counts[last - 1];
            assert_eq!(
                (healthy, desired),
                (point.healthy, point.desired),
                "{name}, {} at {}",
                series.name,
                point.seconds
            );
        }
    }
}

#[test]
fn the_record_of_every_shipped_scenario_agrees_and_its_report_is_small() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("scenarios") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let name = path.display().to_string();
        let (outcome, resolved) = recorded(&path);
        let replay = outcome.replay.as_ref().expect("a record");
        let services = outcome.snapshots[0].services.len();
        let moments = assert_consistent(replay, services, &name);
        assert!(moments > 3, "{name}: {moments} moments");
        if replay.step.is_zero() {
            assert_agrees(&outcome, replay, &name);
        }
        let to = tempfile::tempdir().expect("a folder");
        let options = report::Options { html: true, ..report::Options::default() };
        let files = report::write(&outcome, &resolved, &[], &to.path().join("out"), &options).expect("a result");
        let page = files.iter().find(|file| file.ends_with("report.html")).expect("a report");
        let bytes = std::fs::metadata(page).expect("its size").len();
        assert!(bytes < MOST_BYTES, "{name}: {bytes} bytes");
        seen += 1;
    }
    assert!(seen >= 12, "{seen} scenarios");
}
