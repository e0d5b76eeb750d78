//! The fields of a mapping: those that are unknown, those that are missing, and the
//! values of the others.

use serde_json::Value as Json;

use super::super::node::{Key, Node};
use super::super::wording;
use super::shape::Shape;
use super::{Checker, say, values};
use crate::base::nearest::{all_of, nearest, one_of};
use crate::base::problem::Problem;

pub(super) fn check<'s>(checker: &mut Checker<'s>, node: &Node, entries: &[(Key, Node)], shape: &Shape<'s>) {
    let mut meant = Vec::new();
    for (key, value) in entries {
        let schemas = schemas_for(checker, &key.text, shape);
        if schemas.is_empty() && shape.others().any(|others| *others == Json::Bool(false)) {
            meant.extend(unknown(checker, key, entries, shape));
        }
        for schema in schemas {
            checker.check(value, schema);
        }
    }
    for name in shape.required() {
        // A field under a wrong name is one mistake, and was reported as that.
        let there = entries.iter().any(|(key, _)| key.text == name) || meant.contains(&name);
        if !there {
            missing(checker, node, name, shape);
        }
    }
    values::count(checker, node, entries.len(), shape, ["minProperties", "maxProperties"], "field");
}

/// The schemas that apply to the value of a key.
fn schemas_for<'s>(checker: &mut Checker<'s>, key: &str, shape: &Shape<'s>) -> Vec<&'s Json> {
    let named: Vec<_> = shape.properties().filter(|(name, _)| *name == key).map(|(_, schema)| schema).collect();
    if !named.is_empty() {
        return named;
    }
    let patterns = shape.all("patternProperties").filter_map(Json::as_object).flatten();
    let matched: Vec<_> =
        patterns.filter(|(pattern, _)| key_matches(checker, pattern, key)).map(|(_, schema)| schema).collect();
    if !matched.is_empty() {
        return matched;
    }
    shape.others().filter(|others| others.is_object()).collect()
}

fn key_matches<'s>(checker: &mut Checker<'s>, pattern: &'s str, key: &str) -> bool {
    match pattern {
        // What schemars writes for keys that are numbers; serde takes no other spelling.
        r"^\d+$" => key.parse::<u64>().is_ok_and(|number| number.to_string() == key),
        r"^-?\d+$" => key.parse::<i64>().is_ok_and(|number| number.to_string() == key),
        _ => checker.matches(pattern, key),
    }
}

/// Reports a field that is not known; returns the one that was meant, if that is clear.
fn unknown<'s>(checker: &mut Checker<'s>, key: &Key, entries: &[(Key, Node)], shape: &Shape<'s>) -> Option<&'s str> {
    let known: Vec<&str> = shape.properties().map(|(name, _)| name).collect();
    let there = |name: &&&str| entries.iter().any(|(key, _)| key.text == **name);
    // A field that is there already can hardly be meant.
    let free: Vec<&str> = known.iter().filter(|name| !there(name)).copied().collect();
    let meant = nearest(&key.text, free.iter().copied());
    let patterns = shape.all("patternProperties").filter_map(Json::as_object).flatten();
    let given = nearest(&key.text, known.iter().copied()).filter(|_| meant.is_none());
    // A field of the file that an edit misspells is not given twice: it is the one that was meant.
    let here = |name: &str| entries.iter().any(|(other, _)| other.text == name && other.at.file == key.at.file);
    let help = match meant.or(given) {
        Some(name) if given.is_some() && here(name) => Some(format!("`{name}` is given already; keep that one")),
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if !free.is_empty() => Some(format!("expected {}", one_of(free))),
        None if !known.is_empty() => Some(format!("there is only {}", all_of(known))),
        None => patterns.map(|(pattern, _)| say::key_pattern(pattern)).next(),
    };
    let name = wording::shorten(&key.text);
    let message = format!("unknown field `{name}`{}", say::inside(shape));
    let mut problem = Problem::error(message).located(key.at);
    problem.help = help;
    checker.problems.push(problem);
    meant
}

fn missing<'s>(checker: &mut Checker<'s>, node: &Node, name: &str, shape: &Shape<'s>) {
    let help = shape.properties().find(|(known, _)| *known == name).map(|(_, schema)| {
        let field = Shape::of(schema, checker.root);
        match say::description(&field) {
            Some(text) => format!("`{name}`: {text}"),
            None => format!("`{name}` takes {}", say::expected(&field)),
        }
    });
    let message = format!("missing field `{name}`{}", say::inside(shape));
    checker.report_with(node, message, help);
}
