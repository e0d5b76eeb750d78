//! From what a person wrote to a resolved plan.
//!
//! [`source`] reads located trees and checks their structure; [`mod@file`] holds the types of a scenario as it is written, [`manifest`] Kubernetes manifests;
//! [`check`] finds every problem of meaning at once; [`plan`] is what is left when there is none: names are ids, units are
//! numbers, defaults are filled in.

pub mod check;
pub mod file;
pub mod load;
pub mod manifest;
pub mod plan;
mod sound;
pub mod source;
pub mod variants;

pub use load::{Loaded, Refused, load, load_text, schema};
pub use plan::Plan;
pub use variants::{Variant, Variants, load_variants};
