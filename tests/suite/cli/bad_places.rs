//! Files that cannot be read and folders that cannot be written.

use std::fs;
use std::path::Path;
use std::process::Command as Plain;

use super::{listing, longshore, said, snapshot, with_valid};

#[test]
fn files_that_cannot_be_read() {
    let folder = with_valid();
    fs::create_dir(folder.path().join("folder")).expect("a folder");
    let cases = ["none.yaml", "vlaid.yaml", "folder", "none/at-all.yaml", "valid.yaml/x.yaml", ""];
    let mut all = String::new();
    for file in cases {
        let said = said(longshore(folder.path()).args(["run", file]));
        assert_eq!(said.code, Some(2), "{file}");
        all.push_str(&format!("run '{file}'\n{}\n", said.err));
    }
    snapshot("unreadable-files", &all);
}

#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = with_valid();
    let file = folder.path().join("valid.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("permissions");
    if fs::read(&file).is_ok() {
        eprintln!("skipped: whoever runs this test may read everything");
        return;
    }
    let said = said(longshore(folder.path()).args(["run", "valid.yaml"]));
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("may not be read"), "{}", said.err);
}

#[test]
fn a_file_of_100_megabytes() {
    let folder = with_valid();
    let file = fs::File::create(folder.path().join("large.yaml")).expect("a file");
    file.set_len(100 << 20).expect("a length");
    let said = said(longshore(folder.path()).args(["run", "large.yaml"]));
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("`large.yaml` is larger than 8 MiB"), "{}", said.err);
}

#[test]
fn a_pipe_without_end() {
    let folder = with_valid();
    let said = said(longshore(folder.path()).args(["run", "/dev/zero"]));
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("larger than 8 MiB"), "{}", said.err);
}

#[test]
fn folders_that_cannot_be_written() {
    let folder = with_valid();
    fs::write(folder.path().join("in-the-way"), "").expect("a file");
    for out in ["in-the-way", "in-the-way/deeper/still", "/proc/longshore", ".", "/", &"n".repeat(300)] {
        let said = said(longshore(folder.path()).args(["run", "valid.yaml", "--out", out]));
        assert_eq!(said.code, Some(2), "{out}: {}", said.err);
        assert!(said.err.starts_with("error: "), "{out}: {}", said.err);
        assert_eq!(said.err.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{out}: {}", said.err);
    }
    assert_eq!(listing(folder.path()), [Path::new("in-the-way"), Path::new("valid.yaml")]);
}

/// The default folder is in the way as well.
#[test]
fn a_file_named_output() {
    let folder = with_valid();
    fs::write(folder.path().join("output"), "mine").expect("a file");
    let said = said(longshore(folder.path()).args(["run", "valid.yaml"]));
    assert_eq!(said.code, Some(2), "{}", said.err);
    snapshot("output-is-a-file", &said.err);
    assert_eq!(fs::read_to_string(folder.path().join("output")).ok().as_deref(), Some("mine"));
}

#[test]
fn a_full_standard_output() {
    let folder = with_valid();
    for command in ["catalog", "schema"] {
        let full = fs::File::options().write(true).open("/dev/full").expect("/dev/full");
        let output = Plain::new(assert_cmd::cargo::cargo_bin!("longshore"))
            .arg(command)
            .current_dir(folder.path())
            .stdout(full)
            .output()
            .expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{command}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("cannot write to standard output: No space left"), "{said}");
    }
}

/// A disk with room for the folder and not for the results: a small tmpfs in a mount namespace of its own.
#[test]
fn a_full_disk() {
    let folder = with_valid();
    fs::create_dir(folder.path().join("disk")).expect("a folder");
    let script = r#"mount -t tmpfs -o size=4k tmpfs disk || exit 99
        "$0" run valid.yaml --events --out disk/result; code=$?
        ls -A disk | sed 's/^/left over: /'; exit $code"#;
    let started = Plain::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .arg(assert_cmd::cargo::cargo_bin!("longshore"))
        .current_dir(folder.path())
        .output();
    let output = match started {
        Ok(output) if output.status.code() != Some(99) => output,
        _ => {
            eprintln!("skipped: no disk of a few bytes can be had here (unshare and tmpfs)");
            return;
        }
    };
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("unshare") {
        eprintln!("skipped: no namespace can be had here: {said}");
        return;
    }
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: "), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "nothing is left on the disk");
}

#[test]
fn a_reader_who_goes_away() {
    let folder = with_valid();
    let script = r#"set -o pipefail; "$0" catalog | head -n 1; echo "code $?""#;
    let output = Plain::new("bash")
        .args(["-c", script])
        .arg(assert_cmd::cargo::cargo_bin!("longshore"))
        .current_dir(folder.path())
        .output()
        .expect("bash starts");
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.starts_with("type ") && out.ends_with("code 0\n"), "{out}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
