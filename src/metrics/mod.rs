//! What is measured. Each meter hears the facts, keeps what it needs, and writes its part of the [`outcome::Outcome`].
//!
//! Every figure's definition stands with its field in [`outcome`]; each meter's file says how it is counted.

pub mod attribution;
pub mod availability;
pub mod batches;
pub mod cost;
mod course;
pub mod event_log;
pub mod outcome;
pub mod packing;
pub mod placement;
pub mod replay;
pub mod requests;
pub mod snapshot;
pub mod timeline;
pub mod utilization;

use crate::world::World;
use crate::world::fact::{Fact, Topics};

use outcome::Outcome;

/// A part of the measurement.
pub trait Meter: Send {
    /// What it wants to hear of.
    fn topics(&self) -> Topics;

    /// Something happened.
    fn on_fact(&mut self, world: &World, fact: &Fact);

    /// A look at the world at regular times, for what is too dear to follow at each change.
    fn sample(&mut self, _world: &World) {}

    /// Forgets what it has seen and starts from the world as it is: the end of the warm-up.
    fn reset(&mut self, world: &World);

    /// Writes its figures.
    fn report(&mut self, world: &World, outcome: &mut Outcome);
}

/// A meter's entry in the registry.
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// What it measures, in a sentence.
    pub summary: &'static str,
    /// Makes one.
    pub make: fn(&World) -> Box<dyn Meter>,
}

/// Every meter that there is, in the order in which they report.
pub const REGISTRY: &[Entry] = &[
    availability::ENTRY,
    attribution::ENTRY,
    requests::ENTRY,
    batches::ENTRY,
    utilization::ENTRY,
    packing::ENTRY,
    placement::ENTRY,
    cost::ENTRY,
    timeline::ENTRY,
    snapshot::ENTRY,
];
