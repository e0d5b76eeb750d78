//! Checking a tree against the JSON Schema of the types that it will become.
//!
//! Serde stops at the first fault and knows no place; this finds all of them, each
//! where it is written. It understands what schemars emits for derived types, and
//! these keys of our own, which a hand-written `JsonSchema` may carry:
//!
//! - `x-what`: what is expected, as a phrase: "a memory size like 512MiB or 2GiB".
//! - `x-unit` with `x-examples`: a kind of value with its own grammar. The phrase is
//!   made of them, and a [`UnitRule`] of that name may check the grammar.
//!
//! It differs from a validator where serde does: `5.0` is no integer, a number must
//! fit the Rust type that `format` names, and fields that one part of a schema allows
//! are known to all parts beside it (`allOf`, the chosen branch of an enum).
//! A tree that passes deserializes, as far as its types say in their schema what they take.

mod choose;
mod fields;
mod say;
mod shape;
mod values;

use std::collections::HashMap;

use regex::Regex;
use serde_json::Value as Json;

use super::node::{Node, Value};
use crate::base::problem::{Problem, Problems};

use shape::Shape;

/// How deep the walk goes. Trees that were read are shallower; a tree may be built too.
const MAX_DEPTH: usize = 256;

/// How many values may be looked at, in all, to find the branches of untagged enums that
/// fit. Such enums within each other multiply the work. Once it is used up, the first
/// branch of the right kind is taken.
const TRIAL_STEPS: usize = 500_000;

/// Checks the grammar of a kind of value (`x-unit`); the reason why it does not fit
/// reads like "it has no unit".
pub type UnitRule<'a> = (&'a str, &'a dyn Fn(&Value) -> Result<(), String>);

/// Adds every structural problem of a tree to `problems`.
pub fn check(node: &Node, schema: &Json, problems: &mut Problems) {
    check_units(node, schema, &[], problems);
}

/// As [`check`], with the grammars of units.
pub fn check_units(node: &Node, schema: &Json, units: &[UnitRule], problems: &mut Problems) {
    let mut checker = Checker {
        root: schema,
        units,
        patterns: HashMap::new(),
        problems: Problems::new(),
        depth: 0,
        trying: false,
        steps: TRIAL_STEPS,
    };
    checker.check(node, schema);
    problems.append(checker.problems);
}

struct Checker<'s> {
    /// The whole schema, in which `$ref` is looked up.
    root: &'s Json,
    units: &'s [UnitRule<'s>],
    /// Compiled patterns; `None` for one that is no regular expression.
    patterns: HashMap<&'s str, Option<Regex>>,
    problems: Problems,
    depth: usize,
    /// Whether a branch is being tried.
    trying: bool,
    /// How many steps are left for trying.
    steps: usize,
}

impl<'s> Checker<'s> {
    fn check(&mut self, node: &Node, schema: &'s Json) {
        let shape = Shape::of(schema, self.root);
        self.check_shape(node, shape);
    }

    fn check_shape(&mut self, node: &Node, mut shape: Shape<'s>) {
        if self.trying {
            let Some(left) = self.steps.checked_sub(1) else {
                return;
            };
            self.steps = left;
        }
        if self.depth == MAX_DEPTH {
            self.report(node, "values are nested too deep");
            return;
        }
        self.depth += 1;
        let mut chosen = true;
        while let (true, Some(branches)) = (chosen, shape.next_branches()) {
            match choose::choose(self, node, &shape, branches) {
                Some(branch) => shape.absorb(branch),
                // What is wrong was reported; what else the schema says is then moot.
                None => chosen = false,
            }
        }
        if chosen {
            values::check(self, node, &shape);
        }
        self.depth -= 1;
    }

    /// How many problems a value has with a branch, without reporting them.
    fn problems_with(&mut self, node: &Node, branch: &Shape<'s>) -> usize {
        let outer = std::mem::replace(&mut self.trying, true);
        let kept = std::mem::take(&mut self.problems);
        self.check_shape(node, branch.clone());
        let found = std::mem::replace(&mut self.problems, kept);
        self.trying = outer;
        found.sorted().len()
    }

    fn matches(&mut self, pattern: &'s str, text: &str) -> bool {
        let compiled = self.patterns.entry(pattern).or_insert_with(|| Regex::new(pattern).ok());
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }

    fn report(&mut self, node: &Node, message: impl Into<String>) {
        self.problems.push(Problem::error(message).located(node.at));
    }

    fn report_with(&mut self, node: &Node, message: impl Into<String>, help: Option<String>) {
        let mut problem = Problem::error(message).located(node.at);
        problem.help = help;
        self.problems.push(problem);
    }

    /// The usual problem: another kind of value than the schema wants.
    fn report_kind(&mut self, node: &Node, shape: &Shape<'s>) {
        let expected = say::expected(shape);
        let message = format!("expected {expected}, found {}", super::read::kind(&node.value));
        self.report_with(node, message, say::hint(node, shape));
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
