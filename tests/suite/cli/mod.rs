//! The program as its users meet it: commands, exit codes, messages, files.

mod bad_files;
mod bad_places;
mod commands;
mod events;
mod init_manifests;
mod interrupt;
mod results;
mod several;

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// The program, started in a folder.
fn longshore(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("longshore"));
    command.current_dir(folder).env_remove("RUST_BACKTRACE");
    command
}

/// A folder of its own with a scenario in it that is valid, named `valid.yaml`.
fn with_valid() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("valid.yaml"), include_str!("valid.yaml")).expect("a scenario");
    folder
}

/// What a run printed and how it ended, with the folder of the test left out of the text.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn said(command: &mut Command) -> Said {
    let output = command.output().expect("the program starts");
    Said {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Everything in a folder, hidden files too, sorted.
fn listing(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").file_name().into()).collect();
    names.sort();
    names
}

/// Compares with a reviewed text in `tests/suite/cli/snapshots/NAME.snap`.
fn snapshot(name: &str, text: &str) {
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}
