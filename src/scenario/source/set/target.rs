//! Finding the place that a path means, and putting the value there.

use super::*;
use crate::scenario::source::read;

/// The fields that give an element of a list its name.
const NAMES: [&str; 2] = ["name", "family"];

/// Puts the value where the steps lead, making mappings on the way as needed.
pub(super) fn put(tree: &mut Node, steps: &[Step], value: Node) -> Result<(), Problem> {
    let mut node = tree;
    let mut way = String::new();
    for (position, step) in steps.iter().enumerate() {
        let kept = is_reference(node);
        // A key with nothing after it is an empty mapping to whoever sets something in it.
        if node.value == Value::Null {
            node.value = Value::Map(Vec::new());
        }
        node = match &mut node.value {
            Value::List(items) => {
                let index = index(items, step, &way)?;
                &mut items[index]
            }
            Value::Map(_) if kept && step.name != "file" => {
                let fault = format!("{} is kept in another file", named(&way));
                return Err(Problem::error(fault).located(step.at).with_help("change that file"));
            }
            Value::Map(entries) => {
                let found = entries.iter().position(|(key, _)| key.text == step.name);
                let index = found.unwrap_or(entries.len());
                if found.is_none() {
                    let key = Key { at: step.at, text: step.name.clone() };
                    entries.push((key, Node::new(value.at, Value::Null)));
                }
                &mut entries[index].1
            }
            other => {
                let found = read::kind(other);
                let fault = format!("{} is {found}; there is no `{}` in it", named(&way), step.name);
                return Err(Problem::error(fault).located(step.at));
            }
        };
        if position > 0 {
            way.push('.');
        }
        way.push_str(&step.name);
    }
    *node = value;
    Ok(())
}

fn is_reference(node: &Node) -> bool {
    matches!(&node.value, Value::Map(entries) if entries.len() == 1 && entries[0].0.text == "file")
}

fn named(way: &str) -> String {
    if way.is_empty() { "the scenario".to_owned() } else { format!("`{way}`") }
}

/// The element that a step means: the one at this position, or the one of this name.
fn index(items: &[Node], step: &Step, way: &str) -> Result<usize, Problem> {
    let named = named(way);
    if !step.name.is_empty() && step.name.bytes().all(|byte| byte.is_ascii_digit()) {
        let index = step.name.parse().unwrap_or(usize::MAX);
        if index < items.len() {
            return Ok(index);
        }
        let help = match items.len() {
            0 => "it is empty".to_owned(),
            1 => "its only element is at 0".to_owned(),
            many => format!("its {many} elements are at 0 to {}", many - 1),
        };
        let fault = Problem::error(format!("{named} has no element at {index}"));
        return Err(fault.located(step.at).with_help(help));
    }
    let mut found = (0..items.len()).filter(|i| names(&items[*i]).any(|name| name == step.name));
    match (found.next(), found.next()) {
        (Some(index), None) => Ok(index),
        (Some(first), Some(second)) => {
            let fault = format!("{named} has several elements named `{}`", step.name);
            let help = format!("use the position: {first} or {second}");
            Err(Problem::error(fault).located(step.at).with_help(help))
        }
        (None, _) => {
            let fault = Problem::error(format!("{named} has no element named `{}`", step.name));
            let known: Vec<&str> = items.iter().flat_map(names).collect();
            let help = match nearest(&step.name, known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None if !known.is_empty() => format!("there is {}", one_of(known)),
                None => "its elements have no name; use a position, the first is 0".to_owned(),
            };
            Err(fault.located(step.at).with_help(help))
        }
    }
}

fn names(item: &Node) -> impl Iterator<Item = &str> {
    NAMES.iter().filter_map(|field| item.get(field)?.as_text())
}
