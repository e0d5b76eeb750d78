//! What must hold for any document: what passes deserializes, and nothing panics.

use super::samples::{Scenario, full, schema};
use super::tests::{duration, passes, tree};
use super::*;
use crate::base::problem::Sources;
use proptest::prelude::*;
use serde::Deserialize as _;
use serde_json::json;

/// Any value, with the names that the sample types know among its keys and texts.
fn any_json() -> impl Strategy<Value = Json> {
    let word = prop::sample::select(vec![
        "name",
        "type",
        "spread",
        "random",
        "http",
        "none",
        "ec2",
        "30d",
        "512MiB",
        "min",
        "max",
        "steps",
        "field",
        "port",
        "x",
        "",
        "1",
        "low",
        "desiredCount",
        "every",
        "path",
        "left",
        "units",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-3i64..400).prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-2.0..2.0f64).prop_map(Json::from),
        word.clone().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map(word.clone().prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Changes the value number `at` (counted through the tree) of a document.
fn change(json: &mut Json, at: &mut usize, how: usize, new: &Json) -> bool {
    if *at == 0 {
        match (how, &mut *json) {
            (0, Json::Object(map)) if !map.is_empty() => {
                let key = map.keys().next().cloned().unwrap_or_default();
                map.remove(&key);
            }
            (1, Json::Object(map)) => {
                let key = map.keys().next_back().cloned().unwrap_or_default();
                map.insert(format!("{key}x"), new.clone());
            }
            (2, Json::Array(list)) => list.push(new.clone()),
            (3, Json::String(text)) => text.push('x'),
            _ => *json = new.clone(),
        }
        return true;
    }
    *at -= 1;
    match json {
        Json::Array(list) => list.iter_mut().any(|item| change(item, at, how, new)),
        Json::Object(map) => map.values_mut().any(|item| change(item, at, how, new)),
        _ => false,
    }
}

/// A right document with a few changes, many of which leave it right.
fn nearly_right() -> impl Strategy<Value = Json> {
    prop::collection::vec((0usize..75, 0usize..6, any_json()), 0..3).prop_map(|changes| {
        let mut json = full();
        for (mut at, how, new) in changes {
            change(&mut json, &mut at, how, &new);
        }
        json
    })
}

proptest! {
    // Few changes leave a document right, so it takes many to try both outcomes.
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn what_passes_deserializes(json in nearly_right()) {
        if passes(&json) {
            let result = Scenario::deserialize(&json);
            prop_assert!(result.is_ok(), "{json} {:?}", result.err());
        }
    }

    #[test]
    fn what_deserializes_passes(json in nearly_right()) {
        if Scenario::deserialize(&json).is_ok() && !passes(&json) {
            // Serde takes a struct as a list of its fields and a bare variant as a key; we
            // offer neither. It knows nothing of the limits that a schema sets.
            let mut problems = Problems::new();
            check_units(&tree(&json), &schema(), &[("duration", &duration)], &mut problems);
            let only_known = problems.sorted().iter().all(|problem| {
                problem.message.contains("found a list")
                    || problem.message.contains("takes no settings")
                    || problem.message.contains("is too ")
                    || problem.message.contains("must not be empty")
                    || problem.message.contains("at most 3 entries")
            });
            prop_assert!(only_known, "{json} {:?}", problems.sorted());
        }
    }

}

proptest! {
    #[test]
    fn no_tree_panics(json in any_json()) {
        let mut problems = Problems::new();
        let defs = &schema()["$defs"];
        for part in ["Service", "Placement", "Check", "Limits", "Port", "Cpu"] {
            let schema = json!({"$defs": defs, "$ref": format!("#/$defs/{part}")});
            check(&tree(&json), &schema, &mut problems);
        }
        problems.render(&Sources::new());
    }

    #[test]
    fn no_schema_panics(schema in any_schema(), json in any_json()) {
        check(&tree(&json), &schema, &mut Problems::new());
    }
}

/// Anything that has the words of a schema in it, in places right and wrong.
fn any_schema() -> impl Strategy<Value = Json> {
    let word = prop::sample::select(vec![
        "$ref",
        "$defs",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "prefixItems",
        "enum",
        "const",
        "oneOf",
        "anyOf",
        "allOf",
        "minimum",
        "maxItems",
        "minLength",
        "pattern",
        "x-what",
        "x-unit",
        "title",
        "description",
        "format",
        "a",
    ]);
    let leaf = prop_oneof![
        Just(json!("#")),
        Just(json!("#/$defs/a")),
        Just(json!("object")),
        Just(json!("string")),
        Just(json!("integer")),
        Just(json!("a")),
        Just(json!(1)),
        Just(json!(false)),
        Just(json!(["a", "type"])),
    ];
    leaf.prop_recursive(6, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map(word.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}
