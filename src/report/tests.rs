//! Whole results: replaced, refused, and never left half done.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

const NO_CHARTS: Options = Options { png: false, charts: false, html: false };

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn put(to: &Path, options: &Options) -> Result<Vec<PathBuf>, ReportError> {
    write(&sample::zone_outage(), "name: x\n", &[], to, options)
}

#[test]
fn a_result_holds_its_files_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let events = folder.path().join("temporary");
    fs::write(&events, "{}\n").unwrap();
    let to = folder.path().join("deep/out");
    let options = Options { png: true, charts: true, html: true };
    let files = write(&sample::zone_outage(), "name: x\n", &[("events.jsonl", &events)], &to, &options).unwrap();
    let expected = [
        "capacity.csv",
        "events.jsonl",
        "healthy.png",
        "healthy.svg",
        "incidents.csv",
        "lost-time.png",
        "lost-time.svg",
        "lost.csv",
        "map-end.png",
        "map-end.svg",
        "map-start.png",
        "map-start.svg",
        "map-worst.png",
        "map-worst.svg",
        "report.html",
        "scenario.yaml",
        "services.csv",
        "summary.json",
        "timeline.csv",
        "utilization.png",
        "utilization.svg",
        "zones.csv",
    ];
    assert_eq!(names(&to), expected);
    assert_eq!(files.len(), expected.len());
    assert!(files.iter().all(|file| file.is_file()));
    assert_eq!(names(folder.path()), ["deep"]);
    assert_eq!(names(to.parent().unwrap()), ["out"]);
    assert_eq!(fs::read_to_string(to.join("scenario.yaml")).unwrap(), "name: x\n");
}

#[test]
fn an_old_result_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("out");
    put(&to, &Options::default()).unwrap();
    assert!(to.join("healthy.svg").exists());
    put(&to, &NO_CHARTS).unwrap();
    assert!(!to.join("healthy.svg").exists());
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn an_empty_folder_is_taken_and_a_foreign_one_refused() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("out");
    fs::create_dir(&to).unwrap();
    put(&to, &NO_CHARTS).unwrap();

    fs::write(to.join("notes.md"), "mine").unwrap();
    let error = put(&to, &NO_CHARTS).unwrap_err().to_string();
    assert!(error.contains("`notes.md`"), "{error}");
    assert!(to.join("notes.md").exists());

    let foreign = folder.path().join("photos");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("summary.json"), "{\"coverage\": 1}").unwrap();
    assert!(matches!(put(&foreign, &NO_CHARTS), Err(ReportError::Foreign { .. })));
    assert!(matches!(check(&foreign), Err(ReportError::Foreign { .. })));
    assert_eq!(names(&foreign), ["summary.json"]);

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(put(&file, &NO_CHARTS), Err(ReportError::NotAFolder { .. })));
    assert_eq!(names(folder.path()), ["file", "out", "photos"]);
}

#[test]
fn an_error_leaves_the_old_result_and_no_partial_one() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("out");
    put(&to, &NO_CHARTS).unwrap();
    let before = names(&to);
    let nowhere = folder.path().join("nowhere");
    let result = write(&sample::quiet(), "", &[("events.jsonl", &nowhere)], &to, &NO_CHARTS);
    let error = result.unwrap_err().to_string();
    assert!(error.contains("nowhere"), "{error}");
    assert_eq!(names(&to), before);
    assert_eq!(fs::read_to_string(to.join("scenario.yaml")).unwrap(), "name: x\n");
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn a_target_below_a_file_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let error = put(&folder.path().join("file/out"), &NO_CHARTS).unwrap_err().to_string();
    assert!(error.contains("file"), "{error}");
}
