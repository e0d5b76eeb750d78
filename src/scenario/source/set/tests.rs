use super::*;
use crate::scenario::source::read::read_text;
use serde_json::{Value as Json, json};

const TEXT: &str = "\
services:
  - name: web
    desiredCount: 3
  - name: db
tasks:
  - family: api
capacities: {main: {count: 2}}
failures:
  - lasts: 5m
empty:
other: {file: x.yaml}
";

fn edited(edit: &str) -> Result<Node, String> {
    let mut sources = Sources::new();
    let mut tree = read_text("a.yaml", TEXT, &mut sources).map_err(|p| p.render(&sources))?;
    match set(&mut tree, edit, &mut sources) {
        Ok(()) => Ok(tree),
        Err(problems) => Err(problems.render(&sources)),
    }
}

/// The value at a JSON pointer after an edit.
fn after(edit: &str, pointer: &str) -> Json {
    let json = edited(edit).unwrap_or_else(|problems| panic!("{edit}: {problems}")).to_json();
    json.pointer(pointer).unwrap_or_else(|| panic!("{edit}: {json}")).clone()
}

#[test]
fn finds_elements_by_name_and_position() {
    for edit in [
        "services.web.desiredCount=6",
        "services[0].desiredCount=6",
        "services.0.desiredCount=6",
        "services[web].desiredCount=6",
        "services.'web'.desiredCount = 6",
    ] {
        assert_eq!(after(edit, "/services/0/desiredCount"), json!(6), "{edit}");
    }
    assert_eq!(after("tasks.api.cpu=5", "/tasks/0/cpu"), json!(5));
    assert_eq!(after("failures.0.lasts=1h30m", "/failures/0/lasts"), json!("1h30m"));
    assert_eq!(after("services.db={name: new}", "/services/1"), json!({"name": "new"}));
}

#[test]
fn makes_missing_keys() {
    assert_eq!(after("seed=7", "/seed"), json!(7));
    assert_eq!(after("a.b.c=1", "/a/b/c"), json!(1));
    assert_eq!(after("empty.x=1", "/empty/x"), json!(1));
    assert_eq!(after(r#"tags["a.b=c"].d=1"#, "/tags/a.b=c/d"), json!(1));
    assert_eq!(after("services=", "/services"), Json::Null);
}

#[test]
fn reads_the_value_as_yaml() {
    for (text, value) in [
        ("[a, b]", json!(["a", "b"])),
        ("{type: random}", json!({"type": "random"})),
        ("30d", json!("30d")),
        ("'6'", json!("6")),
        ("a=b", json!("a=b")),
        ("no", json!("no")),
        ("99.5%", json!("99.5%")),
    ] {
        assert_eq!(after(&format!("x={text}"), "/x"), value, "{text}");
    }
}

#[test]
fn the_new_value_is_located_in_the_edit() {
    let tree = edited("services.web.x={a: 1}").expect("applies");
    let Some((key, node)) = tree.get("services").and_then(|services| match &services.value {
        Value::List(items) => match &items[0].value {
            Value::Map(entries) => entries.last(),
            _ => None,
        },
        _ => None,
    }) else {
        panic!("no such entry: {tree:?}");
    };
    assert_eq!((key.at.column, key.at.length), (14, 1));
    assert_eq!(node.at.column, 16);
    assert_eq!(node.get("a").map(|a| a.at.column), Some(20));
    assert_ne!(node.at.file, tree.at.file);
}

#[test]
fn faults_tell_what_to_do() {
    let edits = [
        "services.web.desiredCount",
        "=3",
        "services..x=3",
        "services.wbe.x=1",
        "services.zzz.x=1",
        "services.7.x=1",
        "failures.first.lasts=1",
        "services.web.desiredCount.x=1",
        "services[0=1",
        "services[]=1",
        "services[0]x=1",
        "'a=1",
        "x=[1, 2",
        "x={a: 1, a: 2}",
        "other.cpu=1",
        "x=a: b: c",
    ];
    let all: Vec<String> = edits
        .iter()
        .map(|edit| edited(edit).expect_err(edit))
        .map(|all| all.rsplit_once("\n\n").map_or(all.clone(), |(start, _)| start.to_owned()))
        .collect();
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn nothing_changes_when_it_fails() {
    let mut sources = Sources::new();
    let mut tree = read_text("a.yaml", TEXT, &mut sources).expect("reads");
    let before = tree.clone();
    for edit in ["empty.x=[", "services.zzz=1", "services.web.desiredCount.x=1"] {
        assert!(set(&mut tree, edit, &mut sources).is_err(), "{edit}");
        assert_eq!(tree, before, "{edit}");
    }
}

#[test]
fn a_path_without_end_is_refused() {
    let edit = format!("{}=1", vec!["a"; 1000].join("."));
    assert!(edited(&edit).expect_err("refused").contains("more than 32 steps"));
}

proptest::proptest! {
    #[test]
    fn no_edit_panics(edit in "[a-c0-2\\.\\[\\]=\"'é{}: ]{0,24}") {
        let _ = edited(&edit);
        let _ = edited(&format!("services.{edit}"));
    }
}
