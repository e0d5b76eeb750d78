use super::samples::{Scenario, full, parse_duration, schema};
use super::*;
use crate::base::problem::{Location, Sources};
use crate::scenario::source::read::read_text;
use serde::Deserialize as _;
use serde_json::json;

/// The problems of a scenario in YAML, without the closing line.
fn faults(text: &str) -> String {
    faults_by(text, &schema())
}

fn faults_by(text: &str, schema: &Json) -> String {
    let mut sources = Sources::new();
    let node = read_text("a.yaml", text, &mut sources).expect("reads");
    let mut problems = Problems::new();
    check_units(&node, schema, &[("duration", &duration)], &mut problems);
    let all = problems.render(&sources);
    all.rsplit_once("\n\n").map_or(String::new(), |(problems, _)| problems.to_owned())
}

pub(super) fn duration(value: &Value) -> Result<(), String> {
    match value {
        Value::Text(text) => parse_duration(text),
        _ => Err("it is no text".to_owned()),
    }
}

/// Place, message and help of each problem, on a line each.
fn briefly(faults: &str) -> String {
    let one = |fault: &str| {
        let message = fault.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let place = fault.lines().find_map(|line| line.split_once("a.yaml:")).map_or("", |(_, p)| p);
        let help = fault.lines().find_map(|line| line.split_once("^ ").or(line.split_once("help: ")));
        format!("  {place} {message} / {}", help.map_or("-", |(_, help)| help))
    };
    faults.split("\n\n").map(one).collect::<Vec<_>>().join("\n")
}

/// The problems of a service whose other fields are right.
fn service(field: &str) -> String {
    let text = format!("name: a\nduration: 1d\nservices:\n- name: w\n  desiredCount: 1\n  {field}\n");
    format!("{field}\n{}", briefly(&faults(&text)))
}

/// The problems of a scenario whose other fields are right.
fn top(field: &str) -> String {
    format!("{field}\n{}", briefly(&faults(&format!("name: a\nduration: 1d\n{field}\n"))))
}

pub(super) fn tree(json: &Json) -> Node {
    let file = Sources::new().add("x", "");
    Node::from_json(Location { file, line: 1, column: 1, length: 0 }, json)
}

pub(super) fn passes(json: &Json) -> bool {
    let mut problems = Problems::new();
    check_units(&tree(json), &schema(), &[("duration", &duration)], &mut problems);
    problems.is_empty()
}

#[test]
fn a_right_document_passes_and_deserializes() {
    let yaml = serde_json::to_string(&full()).expect("json");
    assert_eq!(faults(&yaml), "");
    Scenario::deserialize(full()).expect("deserializes");
    assert_eq!(faults("name: a\nduration: 1h30m\n"), "");
}

#[test]
fn all_problems_come_at_once_and_are_shown_in_place() {
    let text = "\
nmae: shop
duration: abc
services:
  - name: web
    desired_count: 6
    placement: {type: sprad, field: zone}
  - name: db
    desiredCount: '3'
    weight: 2
";
    insta::assert_snapshot!(faults(text));
}

#[test]
fn values_of_the_wrong_kind() {
    let cases = [
        "memory: [1]",
        "memory: 5MB",
        "memory: -1",
        "memory: .inf",
        "weight: heavy",
        "weight: 1.5",
        "weight: -0.5",
        "weight: .nan",
        "weight: '0.5'",
        "ports: 80",
        "ports: [70000]",
        "ports: [-1]",
        "ports: [1.5]",
        "ports: [1, 2, 3, 4]",
        "window: [1]",
        "window: [1, 300]",
        "window: {a: 1}",
        "limits: text",
        "cpu: {units: 5.0}",
        "cpu: {units: 010}",
        "cpu: {units: 1_000}",
        "cpu: {units: 5, burst: yes}",
        "cpu: {burst: maybe}",
        "cpu: units:5",
        "cpu: 3",
        "ports: {a: 1}",
        "weight:",
        "ports:",
        "ports: [~]",
    ];
    insta::assert_snapshot!(cases.map(service).join("\n"));
    assert_eq!(service("weight: 1"), "weight: 1\n    / -", "the helper itself passes what is right");
}

#[test]
fn enums_are_told_by_what_was_meant() {
    let cases = [
        "placement: random",
        "placement: spraed",
        "placement: {}",
        "placement: {type: 3}",
        "placement: {typ: random}",
        "placement: {type: random, field: x}",
        "placement: {type: spread}",
        "placement: {type: spread, feild: x}",
        "placement: {type: binpack, x: 1, field: y}",
        "placement: type:random",
        "placement: [random]",
        "launch: EC2",
        "launch: moon",
        "launch: 2",
        "launch: [ec2]",
        "check: http",
        "check: nnoe",
        "check: {none: 1}",
        "check: {htpp: {}}",
        "check: {http: {path: /}}",
        "check: {http: {path: /, every: 5}, tcp: {port: 1}}",
        "check: {tcp: {port: x}}",
        "check: 3",
        "check: {http: {path: /, every: 5}}",
        "check: {http: {path: /, every: 5x}}",
        "limits: {min: 1}",
        "limits: {min: 1, max: x}",
        "limits: {steps: [a], every: 1d}",
        "limits: {step: [1]}",
        "limits: {}",
    ];
    insta::assert_snapshot!(cases.map(service).join("\n"));
}

#[test]
fn fields_and_keys() {
    let cases = [
        "Seed: 1",
        "seeds: 1",
        "zzz: 1",
        "seed: -1",
        "seed: 99999999999999999999",
        "tags: {a: 1}",
        "tags: [a]",
        "failures: {x: {rate: -1}}",
        "failures: {x: {}}",
        "failures: {x: {rate: 1, y: 2}}",
        "failures: {x: }",
        "levels: {lo: 1}",
        "levels: {low: 200}",
        "numbered: {a: b}",
        "numbered: {01: b}",
        "tree: {left: {rihgt: {}}}",
        "services: {web: {}}",
        "services: [web]",
        "services: [{}]",
        "services: [{name: '', desiredCount: 1}]",
    ];
    insta::assert_snapshot!(cases.map(top).join("\n"));
}

#[test]
fn keywords_that_derive_rarely_writes() {
    let cases = [
        (json!({"properties": {"a": {"exclusiveMinimum": 0}}}), "a: 0"),
        (json!({"properties": {"a": {"exclusiveMaximum": 5}}}), "a: 5"),
        (json!({"properties": {"a": {"minItems": 2}}}), "a: [1]"),
        (json!({"properties": {"a": {"minLength": 2, "maxLength": 3}}}), "a: x"),
        (json!({"properties": {"a": {"uniqueItems": true}}}), "a: [x, y, x]"),
        (json!({"properties": {"a": {"type": "string", "pattern": "^[a-z]+$"}}}), "a: X"),
        (json!({"properties": {"a": {"const": 3}}}), "a: 4"),
        (json!({"properties": {"a": {"enum": [1, 2, "x"]}}}), "a: 3"),
        (json!({"properties": {"a": false}}), "a: 4"),
        (json!({"additionalProperties": {"type": "integer"}}), "a: x"),
        (json!({"patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": false}), "y: 1"),
        (json!({"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}), "b: 1"),
        (json!({"maxProperties": 1}), "a: 1\nb: 2"),
        (json!({"properties": {"a": {"type": "number", "format": "float"}}}), "a: 1e300"),
    ];
    let all: Vec<String> =
        cases.iter().map(|(schema, text)| format!("{schema} {text}\n{}", briefly(&faults_by(text, schema)))).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn schemas_that_refer_to_themselves_end() {
    let circle = json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}});
    assert_eq!(faults_by("a: 1", &circle), "");
    let choice = json!({"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "string"}]}}});
    faults_by("a: 1", &choice);
    let twice = json!({"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [
        {"additionalProperties": {"$ref": "#/$defs/a"}}, {"additionalProperties": {"$ref": "#/$defs/a"}, "minProperties": 2}]}}});
    let deep = format!("{}1{}", "{a: ".repeat(20), "}".repeat(20));
    faults_by(&format!("a: {deep}"), &twice);
    let odd = json!({"$ref": "#/nowhere", "type": 3, "properties": [], "oneOf": [], "pattern": "("});
    faults_by("a: 1", &odd);
    for schema in [json!(null), json!(true), json!(3)] {
        faults_by("a: 1", &schema);
    }
}

#[test]
fn a_tree_of_any_depth_is_walked_safely() {
    let mut node = tree(&json!({}));
    for _ in 0..1000 {
        let key = super::super::node::Key { at: node.at, text: "left".to_owned() };
        node = Node::new(node.at, Value::Map(vec![(key, node)]));
    }
    let mut problems = Problems::new();
    check(&node, &schema()["$defs"]["Tree"], &mut problems);
    let root = schema();
    let inner = json!({"$defs": root["$defs"], "$ref": "#/$defs/Tree"});
    check(&node, &inner, &mut problems);
    assert_eq!(problems.sorted()[0].message, "values are nested too deep");
}
