//! Putting a schema into words.

use serde_json::Value as Json;

use super::super::node::{Node, Value};
use super::super::read;
use super::shape::Shape;
use crate::base::nearest::{join, one_of};

/// The phrase that a schema brings for what it expects.
pub(super) fn what(shape: &Shape) -> Option<String> {
    if let Some(phrase) = shape.text("x-what") {
        return Some(phrase.to_owned());
    }
    let unit = shape.text("x-unit")?;
    let examples: Vec<String> = examples(shape).map(str::to_owned).collect();
    Some(match examples.as_slice() {
        [] => with_article(unit),
        _ => format!("{} like {}", with_article(unit), join(examples, "or")),
    })
}

fn examples<'s>(shape: &Shape<'s>) -> impl Iterator<Item = &'s str> {
    let examples = shape.get("x-examples").and_then(Json::as_array);
    examples.into_iter().flatten().filter_map(Json::as_str)
}

/// What a shape expects, as in "expected …".
pub(super) fn expected(shape: &Shape) -> String {
    phrase(shape, false, 0)
}

/// What any of some branches expects; a phrase of the whole wins.
pub(super) fn expected_of(outer: &Shape, branches: &[Shape]) -> String {
    what(outer).unwrap_or_else(|| any_of(branches.iter().map(|branch| phrase(branch, true, 1))))
}

/// `brief` where other phrases stand beside it: "a mapping or a whole number".
fn phrase(shape: &Shape, brief: bool, depth: usize) -> String {
    if let Some(what) = what(shape) {
        return what;
    }
    if let Some(listed) = shape.listed() {
        let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let listed: Vec<String> = listed.into_iter().map(text).collect();
        return one_of(listed.iter().map(String::as_str));
    }
    if let Some(types) = shape.types() {
        let known = types.iter().filter(|name| **name != "null" || types.len() == 1);
        return any_of(known.map(|name| type_phrase(name, shape, brief)));
    }
    let branches: Vec<Shape> = shape.branches().filter(|branch| !branch.only_null()).collect();
    if branches.is_empty() || depth > 8 {
        return "another value".to_owned();
    }
    let brief = brief || branches.len() > 1;
    any_of(branches.iter().map(|branch| phrase(branch, brief, depth + 1)))
}

fn any_of(phrases: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for phrase in phrases {
        if !all.contains(&phrase) {
            all.push(phrase);
        }
    }
    join(all, "or")
}

fn type_phrase(name: &str, shape: &Shape, brief: bool) -> String {
    match name {
        "null" => "nothing".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "integer" => "a whole number".to_owned(),
        "number" => "a number".to_owned(),
        "string" => "text".to_owned(),
        "array" => "a list".to_owned(),
        "object" => match words(shape).filter(|_| !brief) {
            Some(words) => format!("a mapping that describes {}", with_article(&words)),
            None => "a mapping".to_owned(),
        },
        other => other.to_owned(),
    }
}

/// " in a service", or nothing where the type has no name.
pub(super) fn inside(shape: &Shape) -> String {
    words(shape).map(|words| format!(" in {}", with_article(&words))).unwrap_or_default()
}

/// " for a placement", or nothing where the type has no name.
pub(super) fn of(shape: &Shape) -> String {
    words(shape).map(|words| format!(" for {}", with_article(&words))).unwrap_or_default()
}

/// The name of the type in words: `InstanceFailure` is an "instance failure".
pub(super) fn words(shape: &Shape) -> Option<String> {
    let name = shape.name()?;
    let mut words = String::new();
    let mut before: Option<char> = None;
    for c in name.chars() {
        let begins = c.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || b.is_numeric());
        if begins || c == '_' {
            words.push(' ');
        }
        if c != '_' {
            words.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    // schemars numbers types of one name apart: `Service2` is still a service.
    let words = words.trim_end_matches(|c: char| c.is_ascii_digit()).trim().to_owned();
    (!words.is_empty()).then_some(words)
}

fn with_article(words: &str) -> String {
    // "A uniform distribution", as it is spoken.
    let an = words.starts_with(['a', 'e', 'i', 'o', 'u']) && !words.starts_with("uni");
    let article = if an { "an" } else { "a" };
    format!("{article} {words}")
}

/// The first sentence of a description, without its full stop.
pub(super) fn description(shape: &Shape) -> Option<String> {
    let text = shape.text("description")?.split_whitespace().collect::<Vec<_>>().join(" ");
    // A full stop within a sentence, as in "e.g. 5", has no capital after it.
    let ends = |(at, _): &(usize, &str)| text[at + 2..].starts_with(char::is_uppercase);
    let end = text.match_indices(". ").find(ends).map_or(text.len(), |(at, _)| at);
    let first = text[..end].trim_end_matches('.').to_owned();
    (!first.is_empty()).then_some(first)
}

/// What a pattern asks of text, for want of a phrase.
pub(super) fn pattern(pattern: &str) -> String {
    format!("it must match `{pattern}`")
}

/// What a pattern asks of the keys of a mapping.
pub(super) fn key_pattern(pattern: &str) -> String {
    match pattern {
        r"^\d+$" => "the keys are whole numbers from 0".to_owned(),
        r"^-?\d+$" => "the keys are whole numbers".to_owned(),
        _ => format!("a key must match `{pattern}`"),
    }
}

/// What to do about a value of the wrong kind.
pub(super) fn hint(node: &Node, shape: &Shape) -> Option<String> {
    hint_for(node, &shape.types().unwrap_or_default(), shape)
}

/// As [`hint`], for a value that may be of any of some types.
pub(super) fn hint_for(node: &Node, types: &[&str], shape: &Shape) -> Option<String> {
    let wants = |name| types.contains(&name);
    match &node.value {
        Value::Null => Some("give it a value, or leave the field out".to_owned()),
        Value::Text(text) if wants("integer") || wants("number") => number_hint(text),
        Value::Text(text) if wants("boolean") => match text.to_lowercase().as_str() {
            "yes" | "on" | "y" | "true" => Some("write `true`".to_owned()),
            "no" | "off" | "n" | "false" => Some("write `false`".to_owned()),
            _ => None,
        },
        Value::Text(_) if wants("object") => read::missing_space(&node.value).map(str::to_owned),
        Value::Float(number) if wants("integer") && number.fract() == 0.0 => Some(format!("write `{number:.0}`")),
        Value::Bool(_) | Value::Int(_) | Value::Float(_)
            if wants("string") && !wants("integer") && !wants("number") =>
        {
            Some(match (shape.text("x-unit"), examples(shape).next()) {
                (Some(_), Some(example)) => format!("add a unit, as in `{example}`"),
                _ => "put it in quotes".to_owned(),
            })
        }
        Value::List(_) => None,
        _ if wants("array") => Some("write it as a list: `[…]`, or lines that begin with `- `".to_owned()),
        _ => None,
    }
}

/// Text that looks like a number was quoted, or is written as YAML 1.2 does not read it.
fn number_hint(text: &str) -> Option<String> {
    let plain = text.replace('_', "");
    plain.parse::<f64>().ok().filter(|number| number.is_finite())?;
    let digits = plain.trim_start_matches(['+', '-']);
    Some(if plain != text {
        format!("write `{plain}`")
    } else if digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.") {
        "write it without the `0` in front".to_owned()
    } else {
        "write it without quotes".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_become_words() {
        for (name, expected) in [
            ("InstanceFailure", " in an instance failure"),
            ("Service2", " in a service"),
            ("Map_of_X", " in a map of x"),
            ("AZOutage", " in an azoutage"),
        ] {
            let schema = json!({"title": name});
            assert_eq!(inside(&Shape::of(&schema, &schema)), expected);
        }
    }

    #[test]
    fn descriptions_give_their_first_sentence() {
        let schema = json!({"description": "What it\n is (e.g. 3.5). And more."});
        let shape = Shape::of(&schema, &schema);
        assert_eq!(description(&shape).as_deref(), Some("What it is (e.g. 3.5)"));
        let schema = json!({"description": ""});
        assert_eq!(description(&Shape::of(&schema, &schema)), None);
    }
}
