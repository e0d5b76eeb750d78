//! The program with replications: files, threads, kills, refusals.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

const REPLICATIONS: &str = "400";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("valid.yaml"), include_str!("../cli/valid.yaml")).expect("a scenario");
    folder
}

fn longshore(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("longshore"));
    command.current_dir(folder).args(["run", "valid.yaml", "--quiet"]).args(arguments);
    command
}

/// Runs it to its end and gives the exit code and what was said on standard error.
fn said(mut command: Command) -> (Option<i32>, String) {
    let output = command.output().expect("the program starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
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

fn whole(threads: &str, out: &str, folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut command = longshore(folder, &["--replications", REPLICATIONS, "--out", out]);
    command.env("RAYON_NUM_THREADS", threads);
    let (code, said) = said(command);
    assert_eq!(code, Some(0), "{said}");
    files(&folder.join(out))
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = folder();
    let one = whole("1", "one", folder.path());
    assert!(one.contains_key(Path::new("experiment.json")) && one.contains_key(Path::new("summary.json")));
    for threads in ["2", "5"] {
        assert!(one == whole(threads, "more", folder.path()), "{threads} threads");
    }
}

/// Killed again and again at random moments, it loses nothing that was written, and ends with the bytes of a run that was
/// left alone.
#[test]
fn killed_at_any_moment_it_goes_on() {
    let folder = folder();
    let alone = whole("2", "alone", folder.path());
    let journal = folder.path().join("killed.journal");
    let arguments = ["--replications", REPLICATIONS, "--out", "killed", "--resume"];
    let (mut kills, mut kept, mut random) = (0, 0, 17_u64);
    while !folder.path().join("killed").exists() {
        let mut program = longshore(folder.path(), &arguments)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        random = longshore::base::random::mix(random);
        // Later kills come later, so that it ends some time even on a slow machine.
        std::thread::sleep(Duration::from_micros(random % 60_000 + kills * 2_000));
        let _ = program.kill();
        let _ = program.wait();
        kills += 1;
        // All but a torn record at the end stays: the file gets no shorter than by one.
        let now = std::fs::metadata(&journal).map_or(0, |file| file.len());
        assert!(now + 20_000 >= kept || !journal.exists(), "{now} bytes after {kept}");
        kept = now;
        assert!(kills < 2_000, "it never ends");
    }
    eprintln!("killed {kills} times");
    // The last kill may have come between the result and the end of the journal.
    let (code, text) = said(longshore(folder.path(), &arguments));
    assert_eq!(code, Some(0), "{text}");
    assert!(!journal.exists());
    assert!(alone == files(&folder.path().join("killed")), "the bytes differ after {kills} kills");
    assert!(kills > 1, "it was never killed");
}

#[test]
fn what_is_not_finished_is_not_overwritten_and_another_experiment_is_refused() {
    let folder = folder();
    let mut program = longshore(folder.path(), &["--replications", "1000000", "--out", "here"])
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let journal = folder.path().join("here.journal");
    while std::fs::metadata(&journal).map_or(0, |file| file.len()) < 50_000 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let (code, text) = said(longshore(folder.path(), &["--replications", "10", "--out", "here", "--resume"]));
    assert!(code == Some(2) && text.contains("is being written by another run"), "{text}");
    let _ = program.kill();
    let _ = program.wait();
    let (code, text) = said(longshore(folder.path(), &["--replications", "10", "--out", "here"]));
    assert!(code == Some(2) && text.contains("not finished") && text.contains("--resume"), "{text}");
    for change in ["seed=9", "services.0.desiredCount=5"] {
        let arguments = ["--replications", "10", "--out", "here", "--resume", "--set", change];
        let (code, text) = said(longshore(folder.path(), &arguments));
        assert!(code == Some(2) && text.contains("was begun with scenario `valid`, seed 1"), "{change}: {text}");
    }
    // Ten replications may leave the objective undecided: that is an end too.
    let (code, text) = said(longshore(folder.path(), &["--replications", "10", "--out", "here", "--resume"]));
    assert!(matches!(code, Some(0 | 1)), "{text}");
    assert!(!journal.exists() && folder.path().join("here/experiment.json").exists());
}

/// Replication k by itself has the figures that it has among the others; 0 is the plain run.
#[test]
fn a_replication_runs_again_by_itself() {
    let folder = folder();
    let all = whole("2", "all", folder.path());
    let text = String::from_utf8_lossy(&all[Path::new("replications.csv")]).into_owned();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().expect("a head").split(',').collect();
    let column = head.iter().position(|name| *name == "services.web.lostTaskSeconds").expect("a column");
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len().to_string(), REPLICATIONS);
    for number in ["0", "7", "311"] {
        let (code, text) = said(longshore(folder.path(), &["--replication", number, "--out", "again"]));
        assert_eq!(code, Some(0), "{text}");
        let again = files(&folder.path().join("again"));
        let summary: Value = serde_json::from_slice(&again[Path::new("summary.json")]).expect("JSON");
        let row = rows.iter().find(|row| row[0] == number).expect("a row");
        let lost: f64 = row[column].parse().expect("a number");
        assert_eq!(summary["services"][0]["lostTaskSeconds"].as_f64(), Some(lost), "{number}");
        if number == "0" {
            assert!(again.iter().all(|(name, bytes)| all[name] == *bytes));
        }
    }
}

/// An objective that the interval straddles is undecided, and the exit code says that it is not shown to be met.
#[test]
fn objectives_are_judged_with_confidence() {
    let folder = folder();
    let judged = |objective: &str| {
        let objectives = format!("objectives=[{objective}]");
        let arguments = ["--replications", "30", "--out", "judged", "--set", &objectives];
        let (code, text) = said(longshore(folder.path(), &arguments));
        let found = files(&folder.path().join("judged"));
        let json: Value = serde_json::from_slice(&found[Path::new("experiment.json")]).expect("JSON");
        (code, text, json)
    };
    let (_, _, json) = judged("{service: web, availability: 50%}");
    let figure = json["figures"]
        .as_array()
        .expect("figures")
        .iter()
        .find(|figure| figure["figure"] == "services.web.capacityAvailability");
    let mean = figure.expect("a figure")["mean"].as_f64().expect("a mean");
    for (wanted, verdict, code) in [(0.5, "met", 0), (0.999_999, "missed", 1), (mean, "undecided", 1)] {
        let (found, text, json) = judged(&format!("{{service: web, capacityAvailability: {wanted}}}"));
        assert_eq!(json["objectives"][0]["verdict"], verdict, "{wanted}: {text}");
        assert_eq!(found, Some(code), "{wanted}: {text}");
    }
}

/// Where nothing ever happened, what is undecided tells how much more of that would decide it: ln 0.025 / ln 0.9995 is 7375.9.
#[test]
fn an_undecided_objective_says_what_would_tell() {
    let folder = folder();
    let set = ["--set", "failures=[]", "--set", "objectives=[{service: web, availability: 99.95%}]"];
    let (code, text) = said(longshore(folder.path(), &[&["--replications", "3"], set.as_slice()].concat()));
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("objective undecided (about 7,400 replications like these would tell)"), "{text}");
}

/// The page is the same on any number of threads; its replay is that of the worst replication, which the command that it
/// gives shows too.
#[test]
fn the_page_shows_the_worst_replication() {
    let folder = folder();
    let page_of = |threads: &str| {
        let mut command = longshore(folder.path(), &["--replications", "60", "--html", "--png", "--out", "many"]);
        command.env("RAYON_NUM_THREADS", threads);
        let (code, text) = said(command);
        assert!(matches!(code, Some(0 | 1)), "{text}");
        files(&folder.path().join("many"))
    };
    let many = page_of("1");
    assert!(many == page_of("3"));
    assert!(many.contains_key(Path::new("replications.svg")) && many.contains_key(Path::new("replications.png")));
    let text =
        |files: &BTreeMap<PathBuf, Vec<u8>>| String::from_utf8(files[Path::new("report.html")].clone()).expect("UTF-8");
    let page = text(&many);
    let json: Value = serde_json::from_slice(&many[Path::new("experiment.json")]).expect("JSON");
    let number = json["worst"]["replication"].to_string();
    assert_ne!(number, "0", "the test needs another replication than the first to be the worst");
    let command = format!("longshore run scenario.yaml --replication {number} --html --out replication-{number}");
    assert!(page.contains(&format!("<code>{command}</code>")));
    let mut alone = Command::new(assert_cmd::cargo::cargo_bin!("longshore"));
    alone.current_dir(folder.path().join("many")).args(command.split(' ').skip(1)).arg("--quiet");
    let (code, said) = said(alone);
    assert!(matches!(code, Some(0 | 1)), "{said}");
    let alone = text(&files(&folder.path().join("many").join(format!("replication-{number}"))));
    let replay = |page: &str| {
        let start = page.find("id=\"replay-data\"").expect("a replay");
        page[start..start + page[start..].find("</script>").expect("its end")].to_owned()
    };
    assert!(replay(&page) == replay(&alone));
    let mean = json["figures"]
        .as_array()
        .and_then(|figures| figures.iter().find(|figure| figure["figure"] == "services.web.outages.count"))
        .and_then(|figure| figure["mean"].as_f64())
        .expect("a mean");
    let row = page.split("<tr>").find(|row| row.contains(">outages</span>")).expect("a row");
    let cell = row.split("<td class=\"number\">").nth(1).and_then(|cell| cell.split('<').next()).expect("a cell");
    let shown: f64 = cell.replace(',', "").parse().expect("a number");
    assert!((shown - mean).abs() <= 0.005 * mean.abs(), "{shown} for {mean}");
}
