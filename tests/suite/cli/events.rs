//! `events.jsonl`, and that the same seed gives the same bytes of every file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::{listing, longshore, said, with_valid};

#[test]
fn every_line_is_an_event_with_names() {
    let folder = with_valid();
    let said = said(longshore(folder.path()).args(["run", "valid.yaml", "--events", "-q"]));
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let text = fs::read_to_string(folder.path().join("output/valid/events.jsonl")).expect("events");
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let kinds: BTreeSet<&str> = events.iter().filter_map(|event| event["event"].as_str()).collect();
    for kind in ["taskPlaced", "taskStatus", "hostDown", "incidentBegan", "incidentEnded", "containerExited"] {
        assert!(kinds.contains(kind), "{kind} is not among {kinds:?}");
    }
    let seconds: Vec<f64> = events.iter().filter_map(|event| event["seconds"].as_f64()).collect();
    assert!(seconds.len() == events.len() && seconds.is_sorted());
    let placed = events.iter().find(|event| event["event"] == "taskPlaced").expect("a placement");
    assert!(placed["task"].as_str().is_some_and(|task| task.starts_with("web/")), "{placed}");
    assert!(placed["instance"].as_str().is_some_and(|instance| instance.starts_with("i-")), "{placed}");
    assert!(placed["zone"].as_str().is_some_and(|zone| zone.starts_with("us-east-1")), "{placed}");
    let outage = events.iter().find(|event| event["failure"] == "zoneOutage").expect("the outage");
    assert_eq!(outage["seconds"], 864_000.0);
}

/// A zone with several tasks dies in one instant: the count falls one by one, and each line begins where the one before it
/// ended.
#[test]
fn counts_go_on_where_they_stood() {
    let folder = with_valid();
    let said = said(longshore(folder.path()).args(["run", "valid.yaml", "--events", "-q"]));
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let text = fs::read_to_string(folder.path().join("output/valid/events.jsonl")).expect("events");
    let mut last: BTreeMap<(String, String), Value> = BTreeMap::new();
    let mut at_once = 0;
    let mut before = None;
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).expect("JSON");
        let kind = event["event"].as_str().expect("a name").to_owned();
        if ["healthyCount", "requestsLostShare", "desiredCount"].contains(&kind.as_str()) {
            let of = (kind, event["service"].as_str().expect("a service").to_owned());
            if let Some(known) = last.insert(of.clone(), event["to"].clone()) {
                assert_eq!(event["from"], known, "{event}");
            }
            let moment = Some((of, event["seconds"].clone()));
            at_once += u32::from(moment == before);
            before = moment;
        }
    }
    assert!(at_once > 0, "no count changes twice in one instant");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let folder = with_valid();
    for out in ["one", "two"] {
        let run = said(longshore(folder.path()).args([
            "run",
            "valid.yaml",
            "--events",
            "--png",
            "--html",
            "-q",
            "--out",
            out,
        ]));
        assert_eq!(run.code, Some(0), "{}", run.err);
    }
    let other =
        said(longshore(folder.path()).args(["run", "valid.yaml", "--events", "-q", "--out", "three", "--seed", "2"]));
    assert_eq!(other.code, Some(0), "{}", other.err);
    let [one, two, three] = ["one", "two", "three"].map(|name| folder.path().join(name));
    assert_eq!(listing(&one), listing(&two));
    for name in listing(&one) {
        let same = fs::read(one.join(&name)).expect("a file") == fs::read(two.join(&name)).expect("a file");
        assert!(same, "{}", name.display());
    }
    let events = |folder: &std::path::Path| fs::read(folder.join("events.jsonl")).expect("events");
    assert!(events(&one) != events(&three), "another seed gives another run");
}
