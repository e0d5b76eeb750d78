//! Each command does what its help says.

use std::fs;

use serde_json::Value;

use super::{listing, longshore, said, snapshot, with_valid};

#[test]
fn alone_it_prints_its_help() {
    let folder = with_valid();
    let alone = said(&mut longshore(folder.path()));
    assert_eq!((alone.code, alone.err.as_str()), (Some(0), ""));
    assert!(alone.out.contains("Usage: longshore"), "{}", alone.out);
}

#[test]
fn helps() {
    let folder = with_valid();
    let mut all = String::new();
    for command in ["", "run", "explain", "plan", "validate", "init", "catalog", "list", "schema", "completions"] {
        let mut program = longshore(folder.path());
        program.args([command, "--help"].iter().filter(|word| !word.is_empty()));
        let said = said(&mut program);
        assert_eq!(said.code, Some(0), "{command}");
        all.push_str(&format!("$ longshore {command} --help\n{}\n", said.out));
    }
    snapshot("helps", &all);
}

#[test]
fn arguments_that_are_wrong() {
    let folder = with_valid();
    for arguments in [&["bogus"][..], &["run"], &["run", "valid.yaml", "--seed", "x"], &["list", "zones"], &["--nope"]]
    {
        let said = said(longshore(folder.path()).args(arguments));
        assert_eq!(said.code, Some(2), "{arguments:?}");
        assert!(said.err.starts_with("error: ") && said.out.is_empty(), "{arguments:?}: {}", said.err);
    }
}

/// A seed that is none is told what a seed is, also where it looks like an option.
#[test]
fn a_seed_that_is_none() {
    let folder = with_valid();
    for seed in ["-1", "x", "1.5", "9223372036854775808"] {
        let said = said(longshore(folder.path()).args(["run", "valid.yaml", "--seed", seed]));
        assert_eq!(said.code, Some(2), "{seed}");
        assert!(said.err.contains("a seed is a whole number from 0 to 9223372036854775807"), "{seed}: {}", said.err);
    }
}

/// An explanation is text within 100 columns or JSON, and leaves no file behind; a question that cannot be answered ends with
/// exit code 2 and says what would be right.
#[test]
fn explain_answers_or_says_why_not() {
    let folder = with_valid();
    let asked = |more: &[&str]| said(longshore(folder.path()).args([&["explain", "valid.yaml"], more].concat()));
    for more in [&[][..], &["--task", "web/0"], &["--at", "1h"], &["--at", "01:00:00"], &["--service", "web", "--all"]]
    {
        let said = asked(more);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{more:?}");
        assert!(said.out.lines().all(|line| line.chars().count() <= 100), "{}", said.out);
        assert!(said.out.starts_with("valid, seed "), "{}", said.out);
        let json = asked(&[more, &["--json"]].concat());
        let value: Value = serde_json::from_str(&json.out).expect("JSON");
        assert_eq!(value["scenario"], "valid");
        assert!(value["explains"].is_string(), "{value}");
    }
    assert_eq!(listing(folder.path()).len(), 1, "nothing is written");
    let wrong = [
        (&["--task", "web"][..], "web/17"),
        (&["--task", "wbe/0"], "there are: web"),
        (&["--task", "web/999"], "web/0 to"),
        (&["--task", "web/0", "--placement", "99"], "no placement 99"),
        (&["--service", "other"], "there are: web"),
        (&["--at", "900y"], "behind the end of the run"),
        (&["--at", "soon"], "not a duration"),
        (&["--outage", "99"], "outage"),
        (&["--outage", "1", "--at", "1h"], "cannot be used with"),
        (&["--set", "nope=1"], "nope"),
    ];
    for (more, text) in wrong {
        let said = asked(more);
        assert_eq!(said.code, Some(2), "{more:?}");
        assert!(said.err.contains(text) && said.out.is_empty(), "{more:?}: {}", said.err);
    }
}

#[test]
fn run_writes_results_and_prints_a_table() {
    let folder = with_valid();
    let said = said(longshore(folder.path()).args(["run", "valid.yaml"]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("web"), "{}", said.out);
    assert!(said.out.contains("output/valid"), "{}", said.out);
    let result = folder.path().join("output/valid");
    let summary: Value =
        serde_json::from_slice(&fs::read(result.join("summary.json")).expect("figures")).expect("JSON");
    assert_eq!(summary["scenario"], "valid");
    assert_eq!(listing(&folder.path().join("output")).len(), 1, "nothing half written is left");
    let again = longshore(folder.path()).args(["run", "output/valid/scenario.yaml", "--out", "again"]).output();
    assert_eq!(again.expect("runs").status.code(), Some(0), "the resolved scenario runs as well");
    let same = |name: &str| fs::read(result.join(name)).ok() == fs::read(folder.path().join("again").join(name)).ok();
    assert!(same("summary.json"), "and gives the same figures");
}

#[test]
fn a_missed_objective_ends_with_1() {
    let folder = with_valid();
    let edits = ["--set", "services.web.upWhen.healthy=6", "--set", "objectives.0.availability=99.999%"];
    let said = said(longshore(folder.path()).args(["run", "valid.yaml", "-q"]).args(edits));
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.err.starts_with("objective missed in `valid`: service `web`"), "{}", said.err);
    assert_eq!(said.out, "");
    assert!(folder.path().join("output/valid/summary.json").is_file(), "the results are there all the same");
}

#[test]
fn json_and_nothing_else() {
    let folder = with_valid();
    let one = said(longshore(folder.path()).args(["run", "valid.yaml", "--json", "--seed", "7"]));
    let value: Value = serde_json::from_str(&one.out).expect("JSON");
    assert_eq!(value["seed"], 7);
    let copy = include_str!("valid.yaml").replace("name: valid", "name: other");
    fs::write(folder.path().join("other.yaml"), copy).expect("a scenario");
    let two = said(longshore(folder.path()).args(["run", "valid.yaml", "other.yaml", "--json", "--quiet"]));
    assert_eq!(two.err, "");
    let value: Value = serde_json::from_str(&two.out).expect("JSON");
    assert_eq!((&value[0]["scenario"], &value[1]["scenario"]), (&"valid".into(), &"other".into()));
}

#[test]
fn check_finds_a_sound_world() {
    let folder = with_valid();
    let said = said(longshore(folder.path()).args(["run", "valid.yaml", "--check", "-q", "--set", "duration=300d"]));
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
}

#[test]
fn validate_counts_what_there_is() {
    let folder = with_valid();
    let said = said(longshore(folder.path()).args(["validate", "valid.yaml"]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    let line = "valid.yaml is valid: 3 zones, 6 instances, 1 service, 0 batches, 2 failures, 1 objective\n";
    assert_eq!(said.out, line);
    assert_eq!(listing(folder.path()).len(), 1, "nothing is written");
}

#[test]
fn catalog_is_plain() {
    let folder = with_valid();
    let said_of = |pattern: &str| said(longshore(folder.path()).args(["catalog", pattern]));
    snapshot("catalog", &said_of("m5.*").out);
    let none = said_of("m5.lrage");
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("did you mean `m5.large`?"), "{}", none.err);
    let all = said(longshore(folder.path()).arg("catalog"));
    assert_eq!(all.out.lines().count(), 1316);
}

#[test]
fn lists_come_from_the_registries() {
    let folder = with_valid();
    let mut all = String::new();
    for what in ["strategies", "failures", "metrics"] {
        all.push_str(&format!("{}\n", said(longshore(folder.path()).args(["list", what])).out));
    }
    for (name, _) in longshore::failure::REGISTRY {
        assert!(all.contains(&format!("\n{name} ")), "{name}");
    }
    for entry in longshore::placement::strategy::REGISTRY {
        assert!(all.contains(entry.name), "{}", entry.name);
    }
}

#[test]
fn schemas_are_json() {
    let folder = with_valid();
    for (of, field) in [("scenario", "taskDefinitions"), ("summary", "services"), ("experiment", "figures")] {
        let schema: Value =
            serde_json::from_str(&said(longshore(folder.path()).args(["schema", of])).out).expect("JSON");
        assert!(schema["properties"][field].is_object(), "{of}");
    }
}

#[test]
fn completions_for_each_shell() {
    let folder = with_valid();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = said(longshore(folder.path()).args(["completions", shell]));
        assert!(said.code == Some(0) && said.out.contains("validate"), "{shell}");
    }
}

#[test]
fn init_writes_a_scenario_that_runs() {
    let folder = with_valid();
    let first = said(longshore(folder.path()).args(["init", "shop.yaml"]));
    assert_eq!((first.code, first.err.as_str()), (Some(0), ""));
    let run = said(longshore(folder.path()).args(["run", "shop.yaml", "-q"]));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let text = fs::read(folder.path().join("shop.yaml")).expect("a scenario");
    let second = said(longshore(folder.path()).args(["init", "shop.yaml"]));
    assert_eq!(second.code, Some(2));
    assert!(second.err.contains("is there already"), "{}", second.err);
    assert_eq!(fs::read(folder.path().join("shop.yaml")).expect("a scenario"), text);
    let nowhere = said(longshore(folder.path()).args(["init", "none/shop.yaml"]));
    assert_eq!(nowhere.code, Some(2));
    assert_eq!(said(longshore(folder.path()).arg("init")).code, Some(0));
}

/// Task definitions as AWS prints them, from a folder of their own.
#[test]
fn init_takes_a_task_definition() {
    let folder = with_valid();
    fs::create_dir_all(folder.path().join("aws")).expect("a folder");
    let definition = r#"{"family": "api-v2", "networkMode": "awsvpc", "cpu": "1024", "memory": "20480",
        "containerDefinitions": [{"name": "api", "image": "api:1", "essential": true}]}"#;
    fs::write(folder.path().join("aws/plain.json"), definition).expect("a file");
    let described = format!(r#"{{"taskDefinition": {definition}, "tags": []}}"#);
    fs::write(folder.path().join("aws/described.json"), described).expect("a file");
    for name in ["plain", "described"] {
        let file = format!("{name}.yaml");
        let from = format!("aws/{name}.json");
        let init = said(longshore(folder.path()).args(["init", &file, "--from", &from]));
        assert_eq!((init.code, init.err.as_str()), (Some(0), ""));
        let text = fs::read_to_string(folder.path().join(&file)).expect("a scenario");
        assert!(text.contains(&format!("- file: {from}")) && text.contains("taskDefinition: api-v2"), "{text}");
        let run = said(longshore(folder.path()).args(["run", &file, "-q"]));
        assert_eq!(run.code, Some(0), "{}", run.err);
    }
    for from in ["valid.yaml", "aws/none.json"] {
        let init = said(longshore(folder.path()).args(["init", "--from", from]));
        assert_eq!(init.code, Some(2));
        assert!(init.out.is_empty() && init.err.starts_with("error: "), "{}", init.err);
    }
}
