//! Runs of a plan: one ([`run()`]), or many ([`replicate()`]).
//!
//! To compare plans or to search among them, run the same replications of each and fold their rows:
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::ops::ControlFlow;
//! use longshore::experiment::{Catalog, Conduct, Tally, replicate};
//! use longshore::scenario::Plan;
//! # fn example(one: Plan, other: Plan) {
//! let catalog = Catalog::default();
//! let mut tallies = [Tally::default(), Tally::default()];
//! let done = replicate(&[&one, &other], 0..100, BTreeMap::new(), &catalog, Conduct::default(), |number, runs| {
//!     // The rows of one number met the same failures: their difference is what the plans differ by.
//!     for (tally, run) in tallies.iter_mut().zip(&runs) {
//!         tally.add(number, &run.row, &catalog);
//!     }
//!     ControlFlow::Continue(())
//! });
//! if let (Ok(()), Some(place)) = (done, catalog.find("services.web.serviceAvailability")) {
//!     for column in tallies.iter().filter_map(|tally| tally.column(place)) {
//!         println!("{} {:?}", column.mean.mean, column.interval(longshore::experiment::Kind::Share));
//!     }
//! }
//! # }
//! ```
//!
//! * [`mod@compare`]: several plans under the same failures, their differences and the reasons;
//! * [`experiment`]: the whole of it on one plan, with a journal, a precision to reach, and verdicts;
//! * [`figures`]: the figures of a run as a row of numbers, by name;
//! * [`mod@replicate`]: many runs on all cores, in order; [`in_order`] is what it stands on;
//! * [`mod@search`]: the cheapest capacity that keeps the objectives;
//! * [`mod@survive`]: whether services stay up when a zone or some instances are lost;
//! * [`tally`]: mean, deviation, extremes, quantiles of each figure in fixed memory; [`outcome`] makes intervals of them.

pub mod campaign;
pub mod compare;
pub mod course;
pub mod explain;
pub mod figures;
pub mod in_order;
pub mod journal;
mod objectives;
pub mod outcome;
pub mod precision;
pub mod replicate;
pub mod search;
pub mod single;
pub mod survive;
pub mod tally;
pub mod warmup;
mod worst;

pub use campaign::{CampaignError, Design, experiment};
pub use compare::{CompareError, Contender, compare};
pub use figures::{Catalog, Kind, Reader, Row};
pub use journal::{Journal, JournalError};
pub use outcome::Experiment;
pub use precision::Precision;
pub use replicate::{Conduct, Run, replicate};
pub use search::{SearchError, search};
pub use single::{Options, run, run_checked};
pub use tally::{Column, Tally};
