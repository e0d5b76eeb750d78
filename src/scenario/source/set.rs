//! `--set`: changing one value of a tree from the command line. Variants of a scenario change values in the same way.

mod axis;
mod target;
mod words;

pub use axis::{Axis, axis};
pub use words::Step;

use super::node::{Key, Node, Value};
use super::yaml;
use crate::base::nearest::{nearest, one_of};
use crate::base::problem::{FileId, Location, Problem, Problems, Sources};

/// Applies one edit such as `services.web.desiredCount=6`.
///
/// The path is cut at dots. An element of a list is meant by its position
/// (`failures.0.lasts` or `failures[0].lasts`) or by its `name` or `family`
/// (`services.web`). A key that holds a dot is written `tags["a.b"]`. What follows the
/// first `=` is read as YAML: `6`, `30d`, `[a, b]`, `{type: random}`; nothing at all
/// is `null`. Keys that are missing are made, elements of a list are not.
///
/// `sources` keeps the edit as a text of its own, so that a problem with the new value
/// is shown in the argument that brought it. Nothing changes if an error comes back.
pub fn set(tree: &mut Node, edit: &str, sources: &mut Sources) -> Result<(), Problems> {
    let file = sources.add_argument("--set", edit);
    let (steps, text, offset) = words::split(edit, file)?;
    let value = parse(text, offset, file)?;
    target::put(tree, &steps, value).map_err(Problems::from)
}

/// Puts a value where a path leads, as [`set`] does. The path is one that [`steps`] has cut.
pub fn put(tree: &mut Node, steps: &[Step], value: Node) -> Result<(), Problems> {
    target::put(tree, steps, value).map_err(Problems::from)
}

/// Cuts the path that stands in a key of a file.
pub fn steps(key: &Key) -> Result<Vec<Step>, Problems> {
    let here = |mut problem: Problem| {
        problem.at = Some(key.at);
        Problems::from(problem)
    };
    let text = format!("{}=", key.text);
    let (mut steps, rest, _) = words::split(&text, key.at.file).map_err(here)?;
    if !rest.is_empty() {
        let fault = Problem::error("a path has no `=` in it; the value stands behind the colon");
        return Err(here(fault));
    }
    steps.iter_mut().for_each(|step| step.at = key.at);
    Ok(steps)
}

/// The new value, its places counted in the whole edit.
fn parse(text: &str, offset: u32, file: FileId) -> Result<Node, Problems> {
    let mut node = yaml::parse(file, text).map_err(|faults| {
        let mut moved = Problems::new();
        moved.extend(faults.sorted().into_iter().cloned().map(|mut problem| {
            if let Some(at) = &mut problem.at {
                shift(at, offset);
            }
            problem
        }));
        moved
    })?;
    shift_all(&mut node, offset);
    Ok(node)
}

fn shift(at: &mut Location, offset: u32) {
    // Only the first line has the path in front of it.
    if at.line == 1 {
        at.column = at.column.saturating_add(offset);
    }
}

fn shift_all(node: &mut Node, offset: u32) {
    shift(&mut node.at, offset);
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| shift_all(item, offset)),
        Value::Map(entries) => {
            for (key, value) in entries {
                shift(&mut key.at, offset);
                shift_all(value, offset);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
