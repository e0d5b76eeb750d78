//! Which branch of a `oneOf` or `anyOf` the writer meant, so that problems speak of
//! that branch alone and not of all that could have stood there.

use serde_json::Value as Json;

use super::super::node::{Node, Value};
use super::super::{read, wording};
use super::shape::Shape;
use super::{Checker, say};
use crate::base::nearest::{nearest, one_of};
use crate::base::problem::{Location, Problem};

/// The branch for a value; `None` after reporting why there is none.
pub(super) fn choose<'s>(
    checker: &mut Checker<'s>,
    node: &Node,
    outer: &Shape<'s>,
    branches: Vec<Shape<'s>>,
) -> Option<Shape<'s>> {
    let null = node.value == Value::Null;
    if null && let Some(branch) = branches.iter().find(|branch| branch.admits(node)) {
        return Some(branch.clone());
    }
    // `null` stands for "may be left out"; it only blurs what is said of other values.
    let mut some: Vec<Shape> = branches.into_iter().filter(|branch| !branch.only_null()).collect();
    if some.len() < 2 {
        return some.pop().or_else(|| {
            checker.report_kind(node, outer);
            None
        });
    }
    if let Some(tag) = tag_of(&some) {
        return by_tag(checker, node, outer, some, tag);
    }
    let choice = Choice::of(&some);
    match choice {
        Some(choice) => by_name(checker, node, outer, some, &choice),
        None => by_likeness(checker, node, outer, some),
    }
}

/// The field that tells the branches of an internally tagged enum apart.
fn tag_of<'s>(branches: &[Shape<'s>]) -> Option<&'s str> {
    let tagged = |branch: &Shape<'s>, name: &str| tag_value(branch, name).is_some();
    let (first, rest) = branches.split_first()?;
    let mut names = first.required().filter(|name| tagged(first, name));
    names.find(|name| rest.iter().all(|branch| tagged(branch, name)))
}

/// The only text that a required field of a branch may have.
fn tag_value<'s>(branch: &Shape<'s>, field: &str) -> Option<&'s str> {
    branch.required().find(|name| *name == field)?;
    let (_, schema) = branch.properties().find(|(name, _)| *name == field)?;
    match schema.get("const") {
        Some(value) => value.as_str(),
        None => match schema.get("enum")?.as_array()?.as_slice() {
            [only] => only.as_str(),
            _ => None,
        },
    }
}

fn by_tag<'s>(
    checker: &mut Checker<'s>,
    node: &Node,
    outer: &Shape<'s>,
    branches: Vec<Shape<'s>>,
    tag: &str,
) -> Option<Shape<'s>> {
    let values: Vec<&str> = branches.iter().filter_map(|branch| tag_value(branch, tag)).collect();
    let list = || format!("`{tag}` is {}", one_of(values.iter().copied()));
    let Value::Map(entries) = &node.value else {
        let message = format!("expected a mapping with a `{tag}`{}, found {}", say::of(outer), read::kind(&node.value));
        let meant = node.as_text().and_then(|text| nearest(text, values.iter().copied()));
        let help = match meant {
            Some(value) => format!("write `{{{tag}: {value}}}`"),
            None => read::missing_space(&node.value).map_or_else(list, str::to_owned),
        };
        checker.report_with(node, message, Some(help));
        return None;
    };
    let Some(found) = node.get(tag) else {
        let slip = entries.iter().find(|(key, _)| nearest(&key.text, [tag]).is_some());
        if let Some((key, _)) = slip {
            let message = format!("unknown field `{}`{}", key.text, say::inside(outer));
            let help = format!("did you mean `{tag}`?");
            checker.problems.push(Problem::error(message).located(key.at).with_help(help));
        } else {
            let message = format!("missing field `{tag}`{}", say::inside(outer));
            checker.report_with(node, message, Some(list()));
        }
        return None;
    };
    let Some(text) = found.as_text() else {
        let names = one_of(values.iter().copied());
        let message = format!("expected {names}, found {}", read::kind(&found.value));
        checker.report(found, message);
        return None;
    };
    let mut fitting: Vec<Shape> = Vec::new();
    for branch in &branches {
        if tag_value(branch, tag) == Some(text) {
            fitting.push(branch.clone());
        }
    }
    if fitting.len() > 1 {
        return by_likeness(checker, node, outer, fitting);
    }
    let branch = fitting.pop();
    if branch.is_none() {
        unknown(checker, found.at, text, &values, outer, tag);
    }
    branch
}

/// Reports a name that is none of those that are known.
pub(super) fn unknown(checker: &mut Checker, at: Location, name: &str, known: &[&str], outer: &Shape, noun: &str) {
    let what = say::words(outer).unwrap_or_else(|| noun.to_owned());
    let what = if noun == "type" || what == noun { what } else { format!("{what} {noun}") };
    let message = format!("unknown {} `{}`", what.trim(), wording::shorten(name));
    let help = match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("expected {}", one_of(known.iter().copied())),
    };
    checker.problems.push(Problem::error(message).located(at).with_help(help));
}

/// The variants of an enum that is told by a name alone, or by the single key of a mapping.
struct Choice<'s> {
    bare: Vec<&'s str>,
    keyed: Vec<&'s str>,
}

impl<'s> Choice<'s> {
    fn of(branches: &[Shape<'s>]) -> Option<Self> {
        let mut choice = Self { bare: Vec::new(), keyed: Vec::new() };
        for branch in branches {
            match branch.names() {
                Some(names) => choice.bare.extend(names),
                None => choice.keyed.push(only_key(branch)?),
            }
        }
        Some(choice)
    }
}

/// The key of a branch that is a mapping of just that key.
fn only_key<'s>(branch: &Shape<'s>) -> Option<&'s str> {
    let closed = branch.others().any(|others| *others == Json::Bool(false));
    let mut properties = branch.properties();
    match (properties.next(), properties.next()) {
        (Some((name, _)), None) if closed && branch.required().eq([name]) => Some(name),
        _ => None,
    }
}

fn by_name<'s>(
    checker: &mut Checker<'s>,
    node: &Node,
    outer: &Shape<'s>,
    branches: Vec<Shape<'s>>,
    choice: &Choice<'s>,
) -> Option<Shape<'s>> {
    let known: Vec<&str> = choice.bare.iter().chain(&choice.keyed).copied().collect();
    match &node.value {
        Value::Text(text) if choice.bare.contains(&text.as_str()) => {
            let bare = |branch: &Shape| branch.names().is_some_and(|n| n.contains(&text.as_str()));
            return branches.into_iter().find(bare);
        }
        Value::Text(text) if choice.keyed.contains(&text.as_str()) => {
            let message = format!("`{text}` needs settings");
            let help = format!("write `{text}:` and its settings below it");
            checker.report_with(node, message, Some(help));
        }
        Value::Text(text) => unknown(checker, node.at, text, &known, outer, "type"),
        Value::Map(entries) if !choice.keyed.is_empty() => match entries.as_slice() {
            [(key, _)] if choice.keyed.contains(&key.text.as_str()) => {
                let keyed = |branch: &Shape| only_key(branch) == Some(key.text.as_str());
                return branches.into_iter().find(keyed);
            }
            [(key, value)] if choice.bare.contains(&key.text.as_str()) => {
                let message = format!("`{}` takes no settings", key.text);
                let help = format!("write just `{}`", key.text);
                checker.report_with(value, message, Some(help));
            }
            [(key, _)] => unknown(checker, key.at, &key.text, &known, outer, "type"),
            many => {
                let names = one_of(known.iter().copied());
                let message = format!("expected just one key, found {}", many.len());
                checker.report_with(node, message, Some(format!("the key is {names}")));
            }
        },
        other => {
            let message = format!("expected {}, found {}", one_of(known), read::kind(other));
            checker.report_with(node, message, None);
        }
    }
    None
}

/// For an untagged enum: by kind, then by what fits, then by the fields in common.
fn by_likeness<'s>(
    checker: &mut Checker<'s>,
    node: &Node,
    outer: &Shape<'s>,
    branches: Vec<Shape<'s>>,
) -> Option<Shape<'s>> {
    let mut fitting: Vec<Shape> = Vec::new();
    for branch in &branches {
        if branch.admits(node) {
            fitting.push(branch.clone());
        }
    }
    if fitting.len() < 2 {
        return fitting.pop().or_else(|| {
            let types: Vec<&str> = branches.iter().filter_map(Shape::types).flatten().collect();
            let phrase = say::expected_of(outer, &branches);
            let message = format!("expected {phrase}, found {}", read::kind(&node.value));
            checker.report_with(node, message, say::hint_for(node, &types, outer));
            None
        });
    }
    let mut best: Option<(usize, usize, Shape)> = None;
    for branch in fitting {
        let problems = checker.problems_with(node, &branch);
        if problems == 0 {
            return Some(branch);
        }
        let strange = strange_keys(node, &branch);
        if best.as_ref().is_none_or(|(s, p, _)| (strange, problems) < (*s, *p)) {
            best = Some((strange, problems, branch));
        }
    }
    best.map(|(.., branch)| branch)
}

/// How many keys of a mapping a branch does not know.
fn strange_keys(node: &Node, branch: &Shape) -> usize {
    match &node.value {
        Value::Map(entries) => {
            let known = |key: &str| branch.properties().any(|(name, _)| name == key);
            entries.iter().filter(|(key, _)| !known(&key.text)).count()
        }
        _ => 0,
    }
}
