//! Words and tools that every layer shares: time, ids, randomness, units, the event queue, problems.
//!
//! Nothing here knows of instances, tasks or services.

pub mod distribution;
pub mod huge_pages;
pub mod id;
pub mod nearest;
pub mod problem;
pub mod queue;
pub mod random;
pub mod slab;
pub mod time;
pub mod units;
