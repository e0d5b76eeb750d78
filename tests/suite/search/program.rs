//! The program: the same bytes on any number of threads and however often it is killed; exit codes and messages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::tasks;

const MORE: &str = "failures:
  - {type: instanceFailure, every: {exponential: {mean: 5d}}}
objectives: [{service: web, availability: 99.9%}]
";

fn folder(more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = tasks(6, 5, "attribute:ecs.availability-zone", more);
    std::fs::write(folder.path().join("case.yaml"), text).expect("a scenario");
    folder
}

fn longshore(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("longshore"));
    command.current_dir(folder).args(["plan", "case.yaml"]).args(arguments);
    command
}

/// Exit code, standard output, standard error.
fn said(mut command: Command) -> (Option<i32>, String, String) {
    let output = command.output().expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| {
            let entry = entry.expect("an entry");
            (entry.file_name().into(), std::fs::read(entry.path()).expect("a file"))
        })
        .collect()
}

const ARGUMENTS: [&str; 6] = ["--quiet", "--types", "c5.large,c5.xlarge", "--replications", "800", "--all"];

fn whole(threads: &str, folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut command = longshore(folder, &ARGUMENTS);
    command.args(["--out", "whole", "--png"]).env("RAYON_NUM_THREADS", threads);
    let (code, _, err) = said(command);
    assert_eq!(code, Some(0), "{err}");
    files(&folder.join("whole"))
}

#[test]
fn neither_threads_nor_kills_change_a_byte() {
    let folder = folder(MORE);
    let one = whole("1", folder.path());
    for name in ["plan.json", "plan.csv", "scenario.yaml", "cost-availability.svg", "cost-availability.png"] {
        assert!(one.contains_key(Path::new(name)), "{name}");
    }
    assert!(one == whole("2", folder.path()), "two threads");
    // The chosen capacity is a scenario that runs.
    let mut program = Command::new(assert_cmd::cargo::cargo_bin!("longshore"));
    let valid =
        program.current_dir(folder.path()).args(["validate", "whole/scenario.yaml"]).output().expect("it starts");
    assert!(valid.status.success(), "{}", String::from_utf8_lossy(&valid.stderr));
    let (mut kills, mut random) = (0, 23_u64);
    while !folder.path().join("killed").exists() {
        let mut program = longshore(folder.path(), &ARGUMENTS)
            .args(["--out", "killed", "--png", "--resume"])
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        random = longshore::base::random::mix(random);
        // Later kills come later, so that it ends some time even on a slow machine.
        std::thread::sleep(Duration::from_micros(random % 60_000 + kills * 4_000));
        let _ = program.kill();
        let _ = program.wait();
        kills += 1;
    }
    assert!(kills > 1, "it was never killed before its end");
    assert!(one == files(&folder.path().join("killed")), "after {kills} kills");
}

#[test]
fn what_cannot_be_met_ends_with_1() {
    let folder = folder(MORE);
    let (code, out, err) = said(longshore(folder.path(), &["--survive", "zone"]));
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("nothing in the range keeps all promises of `case`"), "{err}");
    assert!(err.contains("holds at least 2 of the 6 tasks"), "{err}");
    assert!(out.contains("✗ Nothing in the range"), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    let (code, _, err) = said(longshore(folder.path(), &["--count", "1..2", "--out", "few"]));
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("at least 3 instances"), "{err}");
}

#[test]
fn bad_input_is_refused() {
    let promised = folder(MORE);
    let nothing = folder("");
    let jobs = tempfile::tempdir().expect("a temporary folder");
    let batch = include_str!("../../../scenarios/batch-queue.yaml");
    std::fs::write(jobs.path().join("case.yaml"), batch).expect("a scenario");
    let wrong: [(&Path, &[&str], &str); 12] = [
        (nothing.path(), &[], "promises nothing"),
        (jobs.path(), &["--survive", "zone"], "there is nothing to survive a loss"),
        (promised.path(), &["--types", "c5.lrage"], "did you mean `c5.large`?"),
        (promised.path(), &["--types", "c5.large,zz*"], "no instance type fits `zz*`"),
        (promised.path(), &["--capacity", "gruop"], "did you mean `group`?"),
        (promised.path(), &["--zones", "2..5"], "5 zones are asked for, and the scenario has 3 zones"),
        (promised.path(), &["--zones", "3..2"], "nothing lies between 3 and 2"),
        (promised.path(), &["--count", "0"], "is not a number from 1"),
        (promised.path(), &["--survive", "rack"], "write `zone`, or `instances=2`"),
        (promised.path(), &["--survive", "instances=0"], "is not a number of instances"),
        (promised.path(), &["--confidence", "100%"], "give a share from 50 %"),
        (promised.path(), &["--set", "services.wbe.desiredCount=3"], "wbe"),
    ];
    for (folder, arguments, expected) in wrong {
        let (code, out, err) = said(longshore(folder, arguments));
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}: {err}");
        assert!(err.contains(expected), "{arguments:?}: {err}");
        assert!(!folder.join("output").exists(), "{arguments:?} leaves files");
    }
}
