//! Reading what a person wrote, before anything is known of its meaning.
//!
//! The way in, each step a module:
//!
//! 1. [`read`] turns a YAML or JSON file into a tree of [`node`]s, each of which
//!    knows its line and column.
//! 2. [`mod@include`] puts the tree of another file where a `file:` reference stands.
//! 3. [`set`] applies `--set` edits to the tree.
//! 4. [`schema`] finds every structural problem of the tree at once.
//!
//! What passes converts with [`node::Node::to_json`] and deserializes with plain
//! serde; later checks speak of a [`path::Path`], and the tree tells where it is.

pub mod include;
pub mod node;
pub mod path;
pub mod read;
pub mod schema;
pub mod set;

mod wording;
mod yaml;
