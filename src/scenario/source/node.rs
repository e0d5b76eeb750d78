//! The tree that a file is read into: plain values, each with its place.

use serde_json::Value as Json;

use super::path::{Path, Segment};
use crate::base::problem::Location;

/// A value and where it was written.
///
/// A value that came through a YAML alias or merge key has the place where its text
/// stands, not where it was used: that is the text to put right.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the value is written. For a mapping in lines of its own that is its first key.
    pub at: Location,
    /// What is written there.
    pub value: Value,
}

/// What can be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: `null`, `~`, or a key with nothing after it.
    Null,
    /// `true` or `false`. YAML 1.1's `yes` and `no` are text.
    Bool(bool),
    /// A whole number that an `i64` holds.
    Int(i64),
    /// Any other number; may be infinite or not a number.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping in the order written. Reading makes sure that a key is there once.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Where the key is written.
    pub at: Location,
    /// The key. `1:` and `true:` are the texts "1" and "true".
    pub text: String,
}

impl Node {
    /// A value at a place.
    pub fn new(at: Location, value: Value) -> Self {
        Self { at, value }
    }

    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        match &mut self.value {
            Value::Map(entries) => entries.iter_mut().find(|(k, _)| k.text == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The text of this value, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Where the value of a path is written; if it is not there, where the nearest
    /// value around it is.
    pub fn locate(&self, path: &Path) -> Location {
        self.walk(path).0.at
    }

    /// Where the last key of a path is written, to point at a field rather than at its
    /// value. As [`locate`](Self::locate) if the path does not end in a key that exists.
    pub fn locate_key(&self, path: &Path) -> Location {
        let (node, key) = self.walk(path);
        key.map_or(node.at, |key| key.at)
    }

    /// The deepest node on a path, and its key if the path ends there.
    fn walk(&self, path: &Path) -> (&Node, Option<&Key>) {
        let (mut node, mut key) = (self, None);
        for segment in path.segments() {
            let next = match (&node.value, segment) {
                (Value::Map(_), Segment::Key(name)) => node.entry(name).map(|(key, node)| (node, Some(key))),
                (Value::List(items), Segment::Index(index)) => items.get(*index).map(|node| (node, None)),
                _ => None,
            };
            match next {
                Some(step) => (node, key) = step,
                None => return (node, None),
            }
        }
        (node, key)
    }

    fn entry(&self, key: &str) -> Option<&(Key, Node)> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(k, _)| k.text == key),
            _ => None,
        }
    }

    /// The value without its places, ready for serde. JSON has no infinity and no
    /// "not a number": these become `null`, which the schema check refuses before.
    pub fn to_json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::from(*value),
            Value::Int(value) => Json::from(*value),
            Value::Float(value) => Json::from(*value),
            Value::Text(text) => Json::from(text.as_str()),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => entries.iter().map(|(key, node)| (key.text.clone(), node.to_json())).collect(),
        }
    }

    /// A tree of a JSON value that has no text of its own: all of it at one place.
    pub fn from_json(at: Location, json: &Json) -> Self {
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(whole) => Value::Int(whole),
                None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(items) => Value::List(items.iter().map(|item| Self::from_json(at, item)).collect()),
            Json::Object(fields) => {
                let key = |text: &String| Key { at, text: text.clone() };
                let entry = |(k, v)| (key(k), Self::from_json(at, v));
                Value::Map(fields.iter().map(entry).collect())
            }
        };
        Self { at, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::problem::Sources;
    use serde_json::json;

    fn tree(text: &str) -> Node {
        super::super::read::read_text("t.yaml", text, &mut Sources::new()).expect("reads")
    }

    #[test]
    fn locates_paths_and_the_nearest_around_them() {
        let tree = tree("services:\n  - name: web\n    cpu: 10\n  - name: db\n");
        let place = |at: Location| (at.line, at.column);
        let services = Path::root().key("services");
        let name = services.index(1).key("name");
        assert_eq!(place(tree.locate(&name)), (4, 11));
        assert_eq!(place(tree.locate_key(&name)), (4, 5));
        assert_eq!(place(tree.locate_key(&services.index(0))), (2, 5));
        assert_eq!(place(tree.locate_key(&services)), (1, 1));
        for missing in [services.index(1).key("image"), services.index(1).key("name").index(0).key("x")] {
            let nearest = if missing.segments().len() == 3 { (4, 5) } else { (4, 11) };
            assert_eq!(place(tree.locate(&missing)), nearest, "{missing}");
            assert_eq!(place(tree.locate_key(&missing)), nearest, "{missing}");
        }
        assert_eq!(place(tree.locate(&services.index(9))), place(tree.locate(&services)));
        assert_eq!(place(tree.locate(&Path::root())), (1, 1));
    }

    #[test]
    fn converts_to_json_and_back() {
        let node = tree("a: [1, 2.5, x, true, null]\nb: {c: -3}\nbig: 9223372036854775807\n");
        let json = json!({"a": [1, 2.5, "x", true, null], "b": {"c": -3}, "big": i64::MAX});
        assert_eq!(node.to_json(), json);
        assert_eq!(Node::from_json(node.at, &json).to_json(), json);
        assert_eq!(Node::new(node.at, Value::Float(f64::NAN)).to_json(), Json::Null);
    }
}
