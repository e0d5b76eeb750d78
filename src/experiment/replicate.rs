//! Replications of one plan or of several, on all cores, each reduced to its row of figures.
//!
//! Replication `k` is addressed by its number: its random draws depend on (seed, k) alone, so it is the same whether it
//! runs by itself or among a million, and replication `k` of two plans of one seed meets the same failures. What a run
//! leaves beside its figures (course, incidents, maps) is dropped at once; [`super::run`] with the number gives it again.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use crate::engine::{Checking, Setup};
use crate::scenario::Plan;

use super::course::{Course, SAMPLED};
use super::figures::{Catalog, Reader, Row};
use super::in_order::in_order;
use super::single::{Options, measure};

/// What is kept of one replication of one plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// Its figures.
    pub row: Row,
    /// How its load developed, of the first [`SAMPLED`] replications only: see [`super::warmup`].
    pub course: Vec<f64>,
}

/// What comes of the replications of a number, one [`Run`] a plan in the order of the plans; or what invariant broke, with
/// `Checking` on.
pub type Runs = Result<Vec<Run>, String>;

/// Hears of a replication of each plan.
pub type Finished<'a> = dyn Fn(u64, &[Run]) + Sync + 'a;

/// How replications are carried out.
#[derive(Copy, Clone, Default)]
pub struct Conduct<'a> {
    /// How often invariants are checked.
    pub checking: Checking,
    /// Told each replication as it finishes, on the thread that ran it and in any order: for writing it down.
    pub finished: Option<&'a Finished<'a>>,
}

/// Runs the replications `numbers` of each plan and hands them to `sink` in the order of their numbers, the plans of a
/// number together, until it breaks. All share one catalog: a figure of the same name has the same place in each plan's
/// rows. `ready` are replications that are known already.
pub fn replicate(
    plans: &[&Plan],
    numbers: Range<u64>,
    ready: BTreeMap<u64, Vec<Run>>,
    catalog: &Catalog,
    conduct: Conduct<'_>,
    mut sink: impl FnMut(u64, Vec<Run>) -> ControlFlow<()> + Send,
) -> Result<(), String> {
    let ready = ready.into_iter().map(|(number, runs)| (number, Ok(runs))).collect();
    let job = |reader: &mut Reader<'_>, number: u64| -> Runs {
        let runs = plans.iter().map(|plan| one(plan, number, reader, conduct.checking)).collect::<Runs>()?;
        if let Some(finished) = conduct.finished {
            finished(number, &runs);
        }
        Ok(runs)
    };
    let mut broken = None;
    in_order(
        numbers,
        ready,
        || Reader::new(catalog),
        job,
        |number, runs| match runs {
            Ok(runs) => sink(number, runs),
            Err(fault) => {
                broken = Some(format!("replication {number}: {fault}"));
                ControlFlow::Break(())
            }
        },
    );
    broken.map_or(Ok(()), Err)
}

fn one(plan: &Plan, replication: u64, reader: &mut Reader<'_>, checking: Checking) -> Result<Run, String> {
    let setup = Setup { replication, checking, ..Setup::default() };
    let (meters, course) = match replication {
        0..SAMPLED => {
            let (meter, course) = Course::follow(plan);
            (vec![meter], Some(course))
        }
        _ => (Vec::new(), None),
    };
    let outcome = measure(plan, Options { setup, progress: None }, meters)?;
    Ok(Run { row: reader.read(&outcome), course: course.map(|course| course.take()).unwrap_or_default() })
}
