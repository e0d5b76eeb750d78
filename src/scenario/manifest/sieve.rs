//! Takes out of an object what decides nothing, and names what would have.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::base::problem::{Problem, Problems};
use crate::scenario::source::node::{Key, Node, Value};

use super::fields;

/// Drops fields without a value: to Kubernetes they are not there.
pub(super) fn drop_nulls(node: &mut Node) {
    match &mut node.value {
        Value::Map(entries) => {
            entries.retain(|(key, value)| value.value != Value::Null && key.text != "managedFields");
            entries.iter_mut().for_each(|(_, value)| drop_nulls(value));
        }
        Value::List(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// An object without what decides nothing, to be written with the results: read again it gives the same objects and the
/// same warnings.
pub(super) fn written(node: &Node, root: &Json, lenient: bool) -> Json {
    let mut node = node.clone();
    let (mut said, mut problems) = (BTreeSet::new(), Problems::new());
    let kept = |name: &str| node.get(name).map(|field| (name.to_owned(), field.to_json()));
    let identity: Vec<(String, Json)> = ["apiVersion", "kind"].into_iter().filter_map(kept).collect();
    Sieve { root, lenient, keeps_told: true, said: &mut said, problems: &mut problems }.object(&mut node);
    let mut json = node.to_json();
    if let Some(fields) = json.as_object_mut() {
        fields.extend(identity);
    }
    json
}

/// Takes out what decides nothing.
pub(super) struct Sieve<'a> {
    /// The schema of the kind.
    pub root: &'a Json,
    /// Whether the object came from a cluster: a newer one may have fields that are not known here.
    pub lenient: bool,
    /// Whether what a warning names stays where it is, and nothing is said.
    pub keeps_told: bool,
    /// What was said already of objects from a cluster, which repeat themselves.
    pub said: &'a mut BTreeSet<(String, String)>,
    pub problems: &'a mut Problems,
}

impl<'a> Sieve<'a> {
    /// Goes through an object of the root's type.
    pub fn object(&mut self, node: &mut Node) {
        let name = self.root.get("title").and_then(Json::as_str).unwrap_or_default();
        self.value(node, self.root, name);
    }

    fn value(&mut self, node: &mut Node, schema: &'a Json, name: &'a str) {
        let (schema, name) = self.resolve(schema, name);
        match &mut node.value {
            Value::Map(entries) => {
                if let Some(known) = schema.get("properties").and_then(Json::as_object) {
                    entries.retain_mut(|(key, value)| match known.get(&key.text) {
                        Some(Json::Bool(true)) if self.keeps_told => is_told(key, value, name),
                        Some(Json::Bool(true)) => {
                            self.without_effect(key, value, name);
                            false
                        }
                        // In Go the empty text of a choice is an absent one.
                        Some(schema) if is_empty_text(&value.value) && self.is_choice(schema) => false,
                        Some(schema) => {
                            self.value(value, schema, "");
                            true
                        }
                        None if fields::is_status(name) => false,
                        None if self.lenient && !self.keeps_told => {
                            self.unknown(key, name);
                            false
                        }
                        // The check of the structure tells.
                        None => true,
                    });
                } else if let Some(others) = schema.get("additionalProperties").filter(|others| others.is_object()) {
                    entries.iter_mut().for_each(|(_, value)| self.value(value, others, ""));
                }
            }
            Value::List(items) => {
                if let Some(schema) = schema.get("items") {
                    items.iter_mut().for_each(|item| self.value(item, schema, ""));
                }
            }
            _ => {}
        }
    }

    /// Follows references, and goes past "or null".
    fn resolve(&self, schema: &'a Json, name: &'a str) -> (&'a Json, &'a str) {
        let (mut schema, mut name) = (schema, name);
        // No type of ours refers to itself at once.
        for _ in 0..8 {
            if let Some(target) = schema.get("$ref").and_then(Json::as_str) {
                name = target.rsplit('/').next().unwrap_or_default();
                schema = target.strip_prefix('#').and_then(|path| self.root.pointer(path)).unwrap_or(&Json::Null);
            } else if let Some(branches) = schema.get("anyOf").and_then(Json::as_array) {
                let some = |branch: &&Json| branch.get("type").and_then(Json::as_str) != Some("null");
                match branches.iter().find(some) {
                    Some(branch) => schema = branch,
                    None => break,
                }
            } else {
                break;
            }
        }
        (schema, name)
    }

    /// Whether a schema is that of a few words to choose from.
    fn is_choice(&self, schema: &'a Json) -> bool {
        let (schema, _) = self.resolve(schema, "");
        let consts = schema.get("oneOf").and_then(Json::as_array);
        schema.get("enum").is_some() || consts.is_some_and(|all| all.iter().all(|one| one.get("const").is_some()))
    }

    fn without_effect(&mut self, key: &Key, value: &Node, name: &str) {
        let Some((_, why)) = fields::without_effect(name).find(|(field, _)| *field == key.text) else { return };
        if is_empty(&value.value) || (self.lenient && !self.said.insert((name.to_owned(), key.text.clone()))) {
            return;
        }
        let message = format!("`{}` has no effect", key.text);
        self.problems.push(Problem::warning(message).located(key.at).with_help(why));
    }

    fn unknown(&mut self, key: &Key, name: &str) {
        if self.said.insert((name.to_owned(), key.text.clone())) {
            let message = format!("the field `{}` is not known and is left out", key.text);
            self.problems.push(Problem::warning(message).located(key.at));
        }
    }
}

/// Whether a warning names a field that has no effect.
fn is_told(key: &Key, value: &Node, name: &str) -> bool {
    !is_empty(&value.value) && fields::without_effect(name).any(|(field, _)| *field == key.text)
}

fn is_empty_text(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.is_empty())
}

/// Whether a value says no more than an absent one.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(_) | Value::Bool(true) | Value::Int(_) | Value::Float(_) => false,
    }
}
