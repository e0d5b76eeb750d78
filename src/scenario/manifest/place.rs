//! A place within an object, to point at while its typed twin is looked at.

use crate::base::problem::Location;
use crate::scenario::source::node::{Node, Value};

/// A value of an object's tree, and the key that it stands under.
#[derive(Copy, Clone)]
pub(super) struct Place<'t> {
    node: &'t Node,
    key: Location,
}

impl<'t> Place<'t> {
    /// The whole object.
    pub fn root(node: &'t Node) -> Self {
        Place { node, key: node.at }
    }

    /// The value of a field; where it is not there, what should hold it.
    #[must_use]
    pub fn key(self, name: &str) -> Self {
        match &self.node.value {
            Value::Map(entries) => match entries.iter().find(|(key, _)| key.text == name) {
                Some((key, node)) => Place { node, key: key.at },
                None => self,
            },
            _ => self,
        }
    }

    /// An entry of a list.
    #[must_use]
    pub fn index(self, index: usize) -> Self {
        match &self.node.value {
            Value::List(items) => items.get(index).map_or(self, |node| Place { node, key: node.at }),
            _ => self,
        }
    }

    /// Whether a field is there.
    pub fn has(self, name: &str) -> bool {
        self.node.get(name).is_some()
    }

    /// Where the value is written.
    pub fn at(self) -> Location {
        self.node.at
    }

    /// Where the key of the value is written.
    pub fn at_key(self) -> Location {
        self.key
    }
}
