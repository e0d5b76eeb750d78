//! Amounts of resources by name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Amounts by resource name: `cpu` in thousandths of a core, `memory` and `ephemeral-storage` in bytes, `pods` and
/// extended resources as counts. A name that is absent and a name with amount 0 are different things: for scores an
/// absent request counts as a default, an explicit 0 as 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceList(pub BTreeMap<String, i64>);

/// Thousandths of a core.
pub const CPU: &str = "cpu";
/// Bytes of memory.
pub const MEMORY: &str = "memory";
/// Bytes on the node's own disk.
pub const EPHEMERAL_STORAGE: &str = "ephemeral-storage";
/// Pods that a node takes.
pub const PODS: &str = "pods";

impl ResourceList {
    /// The amount of a resource; `None` where the list does not name it.
    pub fn get(&self, name: &str) -> Option<i64> {
        self.0.get(name).copied()
    }

    /// The amount of a resource, 0 where the list does not name it.
    pub fn amount(&self, name: &str) -> i64 {
        self.get(name).unwrap_or(0)
    }

    /// Adds the amounts of another list.
    pub fn add(&mut self, other: &ResourceList) {
        for (name, amount) in &other.0 {
            *self.0.entry(name.clone()).or_insert(0) += amount;
        }
    }

    /// Raises each amount to that of another list where it is less.
    pub fn raise_to(&mut self, other: &ResourceList) {
        for (name, amount) in &other.0 {
            let mine = self.0.entry(name.clone()).or_insert(0);
            *mine = (*mine).max(*amount);
        }
    }

    /// Sets the amount of a resource.
    pub fn set(&mut self, name: &str, amount: i64) {
        self.0.insert(name.to_owned(), amount);
    }
}
