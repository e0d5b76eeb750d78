//! One value against a shape in which nothing is left to choose.

use serde_json::Value as Json;

use super::super::node::{Node, Value};
use super::super::read;
use super::shape::{Shape, is_type};
use super::{Checker, choose, fields, say};

pub(super) fn check<'s>(checker: &mut Checker<'s>, node: &Node, shape: &Shape<'s>) {
    if shape.never() {
        checker.report(node, "no value can stand here");
        return;
    }
    let fits = |types: &Json| match types {
        Json::String(name) => is_type(&node.value, name),
        Json::Array(names) => names.iter().filter_map(Json::as_str).any(|name| is_type(&node.value, name)),
        _ => true,
    };
    if !shape.all("type").all(fits) {
        return mistyped(checker, node, shape);
    }
    if !listed(checker, node, shape) {
        return;
    }
    match &node.value {
        Value::Int(_) | Value::Float(_) => number(checker, node, shape),
        Value::Text(text) => self::text(checker, node, text, shape),
        Value::List(items) => list(checker, node, items, shape),
        Value::Map(entries) => fields::check(checker, node, entries, shape),
        Value::Null | Value::Bool(_) => {}
    }
    if node.value != Value::Null {
        unit(checker, node, shape);
    }
}

fn mistyped<'s>(checker: &mut Checker<'s>, node: &Node, shape: &Shape<'s>) {
    // A whole number beyond an `i64` was read as a float.
    if let Value::Float(number) = node.value
        && number.is_finite()
        && number.abs() >= 9.2e18
        && shape.types().is_some_and(|types| types.contains(&"integer"))
    {
        let limit = if number > 0.0 { i64::MAX } else { i64::MIN };
        let size = if number > 0.0 { "large" } else { "small" };
        let most = if number > 0.0 { "most" } else { "least" };
        checker.report(node, format!("the number is too {size}; the {most} is {limit}"));
        return;
    }
    checker.report_kind(node, shape);
}

/// Whether the value is one of those listed, if they are listed.
fn listed<'s>(checker: &mut Checker<'s>, node: &Node, shape: &Shape<'s>) -> bool {
    let all = shape.all("enum").filter_map(Json::as_array);
    let mut missed = all.map(|values| values.iter().collect::<Vec<_>>());
    let json = match &node.value {
        // Lists and mappings are not listed by any type of ours, and costly to convert.
        Value::List(_) | Value::Map(_) => Json::Null,
        _ => node.to_json(),
    };
    let absent = |values: &Vec<&Json>| !values.contains(&&json);
    let missed = missed.find(absent).or_else(|| shape.all("const").map(|value| vec![value]).find(absent));
    let Some(values) = missed else { return true };
    let names: Option<Vec<&str>> = values.iter().map(|value| value.as_str()).collect();
    match (&node.value, names) {
        (Value::Text(text), Some(names)) => {
            choose::unknown(checker, node.at, text, &names, shape, "type");
        }
        _ => checker.report_kind(node, shape),
    }
    false
}

/// A limit of a number: the keyword, whether the value is beyond it, and how that is said.
type Limit = (&'static str, fn(f64, f64) -> bool, &'static str);

const LIMITS: [Limit; 4] = [
    ("minimum", |value, limit| value < limit, "is too small; the least is"),
    ("maximum", |value, limit| value > limit, "is too large; the most is"),
    ("exclusiveMinimum", |value, limit| value <= limit, "is too small; it must be more than"),
    ("exclusiveMaximum", |value, limit| value >= limit, "is too large; it must be less than"),
];

fn number<'s>(checker: &mut Checker<'s>, node: &Node, shape: &Shape<'s>) {
    #[expect(clippy::cast_precision_loss, reason = "exact limits are checked by format")]
    let value = match node.value {
        Value::Int(value) => value as f64,
        Value::Float(value) => value,
        _ => return,
    };
    let shown = match node.value {
        Value::Int(value) => value.to_string(),
        _ => read::number(value),
    };
    for (keyword, beyond, said) in LIMITS {
        let limits = shape.all(keyword).filter(|limit| limit.as_f64().is_some_and(|l| beyond(value, l)));
        if let Some(limit) = limits.min_by_key(|limit| limit.to_string().len()) {
            let limit = limit.to_string();
            let limit = limit.strip_suffix(".0").unwrap_or(&limit);
            checker.report(node, format!("`{shown}` {said} {limit}"));
            return;
        }
    }
    let Some(format) = shape.text("format") else {
        return;
    };
    if let (Value::Int(value), Some((least, most))) = (&node.value, range(format)) {
        if *value < least {
            checker.report(node, format!("`{shown}` is too small; the least is {least}"));
        } else if *value > most {
            checker.report(node, format!("`{shown}` is too large; the most is {most}"));
        }
    } else if format == "float" && value.abs() > f64::from(f32::MAX) {
        checker.report(node, format!("`{shown}` is too large; the most is {:e}", f32::MAX));
    }
}

/// What the integer type behind a `format` can hold, within what a tree can.
fn range(format: &str) -> Option<(i64, i64)> {
    Some(match format {
        "uint8" => (0, i64::from(u8::MAX)),
        "uint16" => (0, i64::from(u16::MAX)),
        "uint32" => (0, i64::from(u32::MAX)),
        "uint" | "uint64" | "uint128" => (0, i64::MAX),
        "int8" => (i64::from(i8::MIN), i64::from(i8::MAX)),
        "int16" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "int32" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => return None,
    })
}

fn text<'s>(checker: &mut Checker<'s>, node: &Node, text: &str, shape: &Shape<'s>) {
    if text.is_empty() && shape.get("minLength").is_some_and(|least| *least != 0) {
        let message = match say::what(shape) {
            Some(what) => format!("expected {what}, found empty text"),
            None => "this must not be empty".to_owned(),
        };
        checker.report(node, message);
        return;
    }
    count(checker, node, text.chars().count(), shape, ["minLength", "maxLength"], "character");
    let patterns: Vec<&str> = shape.all("pattern").filter_map(Json::as_str).collect();
    if let Some(pattern) = patterns.into_iter().find(|pattern| !checker.matches(pattern, text)) {
        let help = say::what(shape).is_none().then(|| say::pattern(pattern));
        let message = format!("expected {}, found {}", say::expected(shape), read::kind(&node.value));
        checker.report_with(node, message, help);
    }
}

fn list<'s>(checker: &mut Checker<'s>, node: &Node, items: &[Node], shape: &Shape<'s>) {
    let first = shape.get("prefixItems").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let rest = shape.get("items");
    for (index, item) in items.iter().enumerate() {
        if let Some(schema) = first.get(index).or(rest).filter(|schema| **schema != Json::Bool(false)) {
            checker.check(item, schema);
        }
    }
    count(checker, node, items.len(), shape, ["minItems", "maxItems"], "entry");
    if shape.get("uniqueItems") == Some(&Json::Bool(true)) {
        let mut seen = std::collections::HashSet::new();
        for item in items {
            if !seen.insert(item.to_json().to_string()) {
                checker.report(item, format!("{} is listed twice", read::kind(&item.value)));
            }
        }
    }
}

/// How many characters, entries or fields there may be.
pub(super) fn count<'s>(
    checker: &mut Checker<'s>,
    node: &Node,
    found: usize,
    shape: &Shape<'s>,
    [least, most]: [&str; 2],
    noun: &str,
) {
    let limit = |keyword| shape.get(keyword).and_then(Json::as_u64);
    let (least, most) = (limit(least), limit(most));
    let found = found as u64;
    if least.is_none_or(|least| found >= least) && most.is_none_or(|most| found <= most) {
        return;
    }
    let plural = if noun == "entry" { "entries".to_owned() } else { format!("{noun}s") };
    let counted = |n: u64| format!("{n} {}", if n == 1 { noun } else { &plural });
    let expected = match (least, most) {
        (Some(least), Some(most)) if least == most => counted(least),
        (Some(least), Some(most)) => format!("{least} to {}", counted(most)),
        (Some(least), None) => format!("at least {}", counted(least)),
        (None, Some(most)) => format!("at most {}", counted(most)),
        (None, None) => return,
    };
    checker.report_with(node, format!("expected {expected}, found {found}"), say::description(shape));
}

/// The grammar of a unit, if the caller gave one.
fn unit<'s>(checker: &mut Checker<'s>, node: &Node, shape: &Shape<'s>) {
    let Some(unit) = shape.text("x-unit") else {
        return;
    };
    let rule = checker.units.iter().find(|(name, _)| *name == unit);
    if let Some((_, rule)) = rule
        && let Err(reason) = rule(&node.value)
    {
        let message = format!("expected {}, found {}", say::expected(shape), read::kind(&node.value));
        checker.report_with(node, message, Some(reason));
    }
}
