//! `longshore compare` as its users meet it.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

const SCENARIO: &str = include_str!("../cli/valid.yaml");

const VARIANTS: &str = "
variants:
  - {name: as it is}
  - {name: binpack, set: {services.web.placementStrategy: [{type: binpack, field: memory}]}}
  - {name: eight, set: {services.web.desiredCount: 8, capacity.web-asg.count: 8}}
";

fn folder(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

/// Exit code, standard output, standard error.
fn compare(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("longshore"));
    let output = command.current_dir(folder).arg("compare").args(args).output().expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn everything_is_written_and_nothing_is_left_over() {
    let folder = folder(&[("web.yaml", format!("{SCENARIO}{VARIANTS}"))]);
    let (code, out, err) = compare(folder.path(), &["web.yaml", "--replications", "6"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    for wanted in ["3 variants under the same failures, 6 replications", "Against `as it is`", "Ranking: web: lost"] {
        assert!(out.contains(wanted), "{wanted}:\n{out}");
    }
    let result = folder.path().join("output/valid-comparison");
    for file in [
        "comparison.json",
        "comparison.csv",
        "variants.csv",
        "reasons.csv",
        "variant-3.yaml",
        "differences.svg",
        "cost-availability.svg",
        "packing-blast-radius.svg",
        "distributions.svg",
    ] {
        assert!(result.join(file).is_file(), "{file}");
    }
    let names: Vec<_> = fs::read_dir(folder.path().join("output")).expect("a folder").flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    // A result is replaced, and `--json` prints what it holds.
    let (code, out, _) = compare(folder.path(), &["web.yaml", "--replications", "6", "--json", "--baseline", "eight"]);
    assert_eq!(code, Some(0));
    assert_eq!(out, fs::read_to_string(result.join("comparison.json")).expect("a file"));
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(json["baseline"], "eight");
    assert_eq!(json["figures"][0]["differences"][0]["to"], "eight");
    assert_eq!(json["variants"][2]["changes"][0], "services.web.desiredCount=8");
}

#[test]
fn a_grid_and_several_files_are_compared_too() {
    let other = SCENARIO.replace("name: valid", "name: other").replace("count: 6", "count: 9");
    let folder = folder(&[("web.yaml", format!("{SCENARIO}{VARIANTS}")), ("other.yaml", other)]);
    let grid = [
        "web.yaml",
        "--replications",
        "3",
        "--json",
        "--vary",
        "services.web.desiredCount=6,7",
        "--vary",
        "services.web.placementStrategy=[{type: random}],[{type: binpack, field: cpu}]",
    ];
    let (code, out, err) = compare(folder.path(), &grid);
    assert_eq!(code, Some(0), "{err}");
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let names: Vec<&str> =
        json["variants"].as_array().expect("a list").iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(
        names,
        [
            "desiredCount 6, random",
            "desiredCount 6, binpack cpu",
            "desiredCount 7, random",
            "desiredCount 7, binpack cpu"
        ]
    );
    let (code, _, err) = compare(folder.path(), &["web.yaml", "other.yaml", "--replications", "3", "-q"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(folder.path().join("output/valid-and-other-comparison/comparison.json").is_file());
}

/// `run` runs the scenario as it stands.
#[test]
fn run_leaves_variants_alone() {
    let folder = folder(&[("with.yaml", format!("{SCENARIO}{VARIANTS}")), ("without.yaml", SCENARIO.to_owned())]);
    let run = |file: &str| {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("longshore"));
        let output = command.current_dir(folder.path()).args(["run", file, "--json"]).output().expect("starts");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(run("with.yaml"), run("without.yaml"));
}

/// Every mistake is answered with its place and what would be right; nothing runs and nothing is written.
#[test]
fn bad_input_is_refused_with_a_word_for_its_writer() {
    let broken = "
variants:
  - {name: as it is}
  - {name: as it is, set: {services.wbe.desiredCount: 3}}
  - {name: '', set: {services.web.desiredCount=3: 4}}
";
    let unsound = "
variants:
  - {name: as it is}
  - {name: unknown service, set: {services.wbe.desiredCount: 3}}
  - {name: too few, set: {services.web.desiredCount: -3}}
  - {name: too large, set: {capacity.web-asg.instanceType: t3.nano}}
";
    let misspelt = "
variants:
  - {nam: x, set: [a]}
";
    let other = SCENARIO.replace("name: valid", "name: other").replace("duration: 30d", "duration: 31d\nseed: 9");
    let folder = folder(&[
        ("plain.yaml", SCENARIO.to_owned()),
        ("variants.yaml", format!("{SCENARIO}{VARIANTS}")),
        ("broken.yaml", format!("{SCENARIO}{broken}")),
        ("unsound.yaml", format!("{SCENARIO}{unsound}")),
        ("misspelt.yaml", format!("{SCENARIO}{misspelt}")),
        ("other.yaml", other),
        ("copy.yaml", SCENARIO.to_owned()),
    ]);
    let cases: [&[&str]; 15] = [
        &["plain.yaml"],
        &["broken.yaml"],
        &["unsound.yaml"],
        &["misspelt.yaml"],
        &["variants.yaml", "--baseline", "binpak"],
        &["variants.yaml", "--figure", "services.web.outages.cuont", "--figure", "nothing.like.it"],
        &["plain.yaml", "--vary", "services.web.desiredCount"],
        &["plain.yaml", "--vary", "services.web.desiredCount=4"],
        &["plain.yaml", "--vary", "services.web.desiredCount=4,,4"],
        &["plain.yaml", "--vary", "services.wbe.desiredCount=4,5"],
        &["plain.yaml", "--vary", "services.web.placementStrategy=spread,random"],
        &["plain.yaml", "--vary", "seed=1,2"],
        &["plain.yaml", "--vary", "services.web.desiredCount=1,2,3,4,5", "--vary", "capacity.web-asg.count=2,3,4,5,6"],
        &["plain.yaml", "other.yaml"],
        &["plain.yaml", "other.yaml", "--vary", "seed=1,2"],
    ];
    let before = fs::read_dir(folder.path()).expect("a folder").count();
    let mut all = String::new();
    for args in cases {
        let (code, out, err) = compare(folder.path(), args);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{args:?}: {err}");
        all += &format!("compare {}\n{err}\n", args.join(" "));
        // The folder of the results may have been made for the journal, and is empty then.
        let left = fs::read_dir(folder.path().join("output")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{args:?} leaves something behind");
    }
    let after = fs::read_dir(folder.path()).expect("a folder").count();
    assert!(after <= before + 1, "something is left behind");
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("bad-comparisons", all);
    });
}
