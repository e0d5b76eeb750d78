//! Ctrl-C in the middle of a long run.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{listing, with_valid};

#[test]
fn ctrl_c_leaves_nothing_behind() {
    let folder = with_valid();
    let temporary = folder.path().join("temporary");
    std::fs::create_dir(&temporary).expect("a folder");
    let mut program = Command::new(assert_cmd::cargo::cargo_bin!("longshore"))
        .args(["run", "valid.yaml", "--events", "--set", "duration=1000y", "--set", "failures.1.every=20m"])
        .current_dir(folder.path())
        .env("TMPDIR", &temporary)
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // The log of events is begun after the listener: once it is there, Ctrl-C is heard.
    let since = Instant::now();
    while listing(&temporary).is_empty() && since.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(program.try_wait().expect("a status"), None, "the run is long enough to be interrupted");
    let killed = Command::new("kill").args(["-INT", &program.id().to_string()]).status().expect("kill starts");
    assert!(killed.success());
    let output = program.wait_with_output().expect("an end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted"), "{said}");
    assert!(listing(&temporary).is_empty(), "{:?}", listing(&temporary));
    assert_eq!(listing(folder.path()).len(), 2, "{:?}", listing(folder.path()));
}
