//! The placement strategies, one file each, and their registry.
//!
//! To add one: write its file, and add one line to [`REGISTRY`].

mod binpack;
mod random;
mod spread;

pub use binpack::{Binpack, Resource};
pub use random::Random;
pub use spread::{Field, Spread};

use std::any::Any;
use std::fmt::Debug;

use crate::world::command::Order;
use crate::world::{InstanceId, ServiceId, TaskId, World};

use super::tie::Ring;

/// What a strategy looks at.
pub struct Scene<'a> {
    /// The world at the moment of the decision.
    pub world: &'a World,
    /// What is to be placed.
    pub order: &'a Order,
    /// How ties are broken.
    pub ring: &'a Ring,
}

/// A placement strategy: one call a decision.
pub trait Strategy: Debug + Send + Sync + Any {
    /// Keeps the best of the candidates, which are at least two, sorted by id. At least one must stay.
    fn narrow(&self, scene: &Scene<'_>, candidates: &mut Vec<InstanceId>);

    /// Scale-in: keeps those of the tasks whose loss leaves the best result. A strategy without an opinion keeps all.
    fn narrow_to_stop(&self, _world: &World, _service: ServiceId, _candidates: &mut Vec<TaskId>) {}

    /// What it is called in an explanation.
    fn title(&self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// For an explanation: what it finds at each of the candidates, which are sorted by id. `narrow` must keep those with
    /// the least key, whatever the candidates. `None` from a strategy whose choice is no comparison.
    fn measures(&self, _scene: &Scene<'_>, _candidates: &[InstanceId]) -> Option<Vec<Measure>> {
        None
    }

    /// For the index, which knows some strategies by their type.
    fn as_any(&self) -> &dyn Any;
}

/// What a strategy finds at a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What it compares: the least wins.
    pub key: i64,
    /// The same in words.
    pub text: String,
}

/// A strategy, or a sentence that says what is wrong with its settings.
pub type Built = Result<Box<dyn Strategy>, String>;

/// A strategy's entry in the registry.
pub struct Entry {
    /// The `type` in a scenario file.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// What `field` may be, for people; empty where it takes none.
    pub fields: &'static str,
    /// Builds it from its `field`.
    pub build: fn(Option<&str>) -> Built,
}

/// Every strategy that there is.
pub const REGISTRY: &[Entry] = &[binpack::ENTRY, spread::ENTRY, random::ENTRY];

/// The strategy of a `type` and `field`.
///
/// # Errors
/// A sentence that says what is wrong and lists what would be right.
pub fn parse(name: &str, field: Option<&str>) -> Built {
    match REGISTRY.iter().find(|entry| entry.name == name) {
        Some(entry) => (entry.build)(field),
        None => {
            let names: Vec<_> = REGISTRY.iter().map(|entry| entry.name).collect();
            Err(format!("there is no placement strategy `{name}`; there are: {}", names.join(", ")))
        }
    }
}

/// Keeps the candidates with the least key.
fn keep_least<T: Copy, K: Ord + Copy>(candidates: &mut Vec<T>, mut key: impl FnMut(T) -> K) {
    let keys: Vec<K> = candidates.iter().map(|candidate| key(*candidate)).collect();
    if let Some(least) = keys.iter().min().copied() {
        let mut keys = keys.into_iter();
        candidates.retain(|_| keys.next() == Some(least));
    }
}
