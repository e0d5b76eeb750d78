//! The figures of a run as a row of numbers: what replications are averaged, compared and kept by.
//!
//! They are found in the serialized [`Outcome`], so that a new metric is picked up by itself. A figure's name is its path in
//! `summary.json`, elements of lists by their name: `services.web.serviceAvailability`. What the scenario fixes (seed,
//! length, warm-up) is left out; of an objective there is whether it was met, by its position.
//!
//! Lists may have an element in one run and not in another (a cause of lost task-time, a reason for a refusal). What is not
//! there counts as 0. `null` is another thing: a figure that comes from no observation, such as the mean length of outages
//! where there was none. It is left out of its statistics, whose `count` says so.

mod kind;
mod walk;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crate::metrics::outcome::Outcome;

pub use kind::{Kind, Worse, headline, is_neutral, worse};
pub use walk::{Leaf, walk};

/// A figure of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Its path in `summary.json`.
    pub name: Arc<str>,
    /// What sort of number it is.
    pub kind: Kind,
}

/// Left out of every row.
const LEFT_OUT: [&str; 3] = ["seed", "durationSeconds", "warmupSeconds"];
const LEFT_OUT_LISTS: [&str; 2] = ["objectives.", "warnings."];

/// `null`: a not-a-number that no arithmetic gives, exact through a file.
const NULL: u64 = 0x7ff8_0000_0000_0a11;
/// Not there.
const ABSENT: u64 = 0x7ff8_0000_0000_0ab5;

/// The figures of one run, at the places that its [`Catalog`] gives them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row(Vec<f64>);

impl Row {
    /// The value of the figure at a place; `None` where it is `null`, 0 where the run has no such element.
    pub fn get(&self, place: usize) -> Option<f64> {
        match self.0.get(place) {
            None => Some(0.0),
            Some(value) if !value.is_nan() => Some(*value),
            Some(value) if value.to_bits() == ABSENT => Some(0.0),
            Some(_) => None,
        }
    }

    /// Whether the run has the figure, be it `null`.
    pub fn has(&self, place: usize) -> bool {
        self.0.get(place).is_some_and(|value| value.to_bits() != ABSENT)
    }

    /// Places; what lies beyond is absent.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no figure.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bits, for a file; [`Row::from_bits`] takes them back.
    pub fn bits(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.0.iter().map(|value| value.to_bits())
    }

    /// The row of these bits.
    pub fn from_bits(bits: impl Iterator<Item = u64>) -> Row {
        Row(bits.map(f64::from_bits).collect())
    }
}

#[derive(Default)]
struct Known {
    figures: Vec<Figure>,
    places: HashMap<Arc<str>, usize>,
}

/// Every figure that was met so far in the runs of one scenario, each with a place of its own. Threads share it. Places
/// are given as figures are met and say nothing of their order: [`Catalog::order`] does.
#[derive(Default)]
pub struct Catalog(RwLock<Known>);

impl Catalog {
    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Number of figures.
    pub fn len(&self) -> usize {
        self.read().figures.len()
    }

    /// Whether none was met yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, by place.
    pub fn figures(&self) -> Vec<Figure> {
        self.read().figures.clone()
    }

    /// The name of the figure at a place; empty where there is none.
    pub fn name(&self, place: usize) -> Arc<str> {
        self.read().figures.get(place).map_or_else(|| "".into(), |figure| figure.name.clone())
    }

    /// The kind of the figure at a place.
    pub fn kind(&self, place: usize) -> Kind {
        self.read().figures.get(place).map_or(Kind::Number, |figure| figure.kind)
    }

    /// The place of a figure by its name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.read().places.get(name).copied()
    }

    /// The place of a figure, which is a new one where it was never met.
    pub fn place(&self, name: &str, kind: Kind) -> usize {
        if let Some(place) = self.find(name) {
            return place;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster.
        if let Some(place) = known.places.get(name) {
            return *place;
        }
        let name: Arc<str> = name.into();
        let place = known.figures.len();
        known.figures.push(Figure { name: name.clone(), kind });
        known.places.insert(name, place);
        place
    }

    /// The places in the order of `summary.json`: those of a run as it has them, what only other runs have behind its
    /// next relative, by name. The same whatever the order in which threads met them.
    pub fn order(&self, outcome_order: &[Arc<str>]) -> Vec<usize> {
        let known = self.read();
        let mut order: Vec<&str> = outcome_order.iter().map(|name| &**name).collect();
        let listed: HashSet<&str> = order.iter().copied().collect();
        let mut others: Vec<&str> =
            known.figures.iter().map(|figure| &*figure.name).filter(|name| !listed.contains(name)).collect();
        others.sort_unstable();
        for name in others {
            let common = |other: &str| name.split('.').zip(other.split('.')).take_while(|(a, b)| a == b).count();
            let most = order.iter().map(|other| common(other)).max().unwrap_or(0);
            let after = order.iter().rposition(|other| common(other) == most).map_or(0, |place| place + 1);
            order.insert(after, name);
        }
        order.iter().filter_map(|name| known.places.get(*name).copied()).collect()
    }
}

/// The name under which a row has whether the objective at a position was met.
pub fn objective(position: usize) -> String {
    format!("objectives.{position}.met")
}

/// Visits each figure of a run.
fn each(outcome: &Outcome, path: &mut String, visit: &mut dyn FnMut(&str, Leaf)) {
    for (position, judged) in outcome.objectives.iter().enumerate() {
        visit(&objective(position), Leaf::Whole(f64::from(u8::from(judged.met))));
    }
    walk(outcome, path, &mut |name, leaf| {
        if !LEFT_OUT.contains(&name) && !LEFT_OUT_LISTS.iter().any(|list| name.starts_with(list)) {
            visit(name, leaf);
        }
    });
}

/// Reads rows. One a thread: it remembers the names, and after the first run finds most of them without a look-up.
pub struct Reader<'a> {
    catalog: &'a Catalog,
    /// Name and place in the order in which the last run had them.
    last: Vec<(Arc<str>, usize)>,
    places: HashMap<Arc<str>, usize>,
    path: String,
}

impl<'a> Reader<'a> {
    /// A reader of the runs that a catalog is kept of.
    pub fn new(catalog: &'a Catalog) -> Reader<'a> {
        Reader { catalog, last: Vec::new(), places: HashMap::new(), path: String::new() }
    }

    /// The figures of a run.
    pub fn read(&mut self, outcome: &Outcome) -> Row {
        let Reader { catalog, last, places, path } = self;
        let mut values = vec![f64::from_bits(ABSENT); places.len()];
        let mut next = 0;
        each(outcome, path, &mut |name, leaf| {
            // A run has mostly the figures of the one before; where it has one less, the next is looked for a little ahead.
            let ahead = last.get(next..).unwrap_or_default().iter().take(4).position(|(known, _)| **known == *name);
            let place = match ahead {
                Some(ahead) => {
                    next += ahead + 1;
                    last[next - 1].1
                }
                None => match places.get(name) {
                    Some(place) => {
                        // The run has its elements in another order.
                        next = last.iter().position(|(known, _)| **known == *name).map_or(next, |at| at + 1);
                        *place
                    }
                    None => {
                        let place = catalog.place(name, Kind::of(name, leaf));
                        let name: Arc<str> = name.into();
                        places.insert(name.clone(), place);
                        last.insert(next.min(last.len()), (name, place));
                        next += 1;
                        place
                    }
                },
            };
            if values.len() <= place {
                values.resize(place + 1, f64::from_bits(ABSENT));
            }
            values[place] = match leaf {
                Leaf::Whole(value) | Leaf::Number(value) => value,
                Leaf::Null => f64::from_bits(NULL),
            };
        });
        Row(values)
    }
}

/// The names of a run's figures, in its order.
pub fn names(outcome: &Outcome) -> Vec<Arc<str>> {
    let mut names = Vec::new();
    each(outcome, &mut String::new(), &mut |name, _| names.push(name.into()));
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::outcome::{LostOutcome, ServiceOutcome};

    fn outcome(lost: &[(&str, f64)], mttr: Option<f64>) -> Outcome {
        let lost = lost
            .iter()
            .map(|(cause, seconds)| LostOutcome {
                cause: (*cause).into(),
                phase: "pull".into(),
                task_seconds: *seconds,
            })
            .collect();
        let service = ServiceOutcome { name: "web".into(), mttr_seconds: mttr, lost, ..ServiceOutcome::default() };
        Outcome { services: vec![service], seed: 7, ..Outcome::default() }
    }

    #[test]
    fn what_is_absent_counts_as_zero_and_null_as_nothing() {
        let catalog = Catalog::default();
        let mut reader = Reader::new(&catalog);
        let first = reader.read(&outcome(&[("crash", 3.0)], None));
        let second = reader.read(&outcome(&[("zone", 5.0), ("crash", 4.0)], Some(60.0)));
        let place = |name: &str| catalog.find(name).unwrap_or_else(|| panic!("{name}"));
        let (crash, zone) =
            (place("services.web.lost.crash.pull.taskSeconds"), place("services.web.lost.zone.pull.taskSeconds"));
        assert_eq!((first.get(crash), first.get(zone)), (Some(3.0), Some(0.0)));
        assert_eq!((second.get(crash), second.get(zone)), (Some(4.0), Some(5.0)));
        let mttr = place("services.web.mttrSeconds");
        assert_eq!((first.get(mttr), second.get(mttr)), (None, Some(60.0)));
        assert!(first.has(mttr) && !first.has(zone));
        assert_eq!(catalog.find("seed"), None);
        let again = Row::from_bits(second.bits());
        assert_eq!((again.get(crash), again.get(mttr)), (Some(4.0), Some(60.0)));
    }

    /// Two readers that met the figures in another order agree on the order of the list.
    #[test]
    fn the_order_is_that_of_the_summary() {
        let (few, many) = (outcome(&[("b", 1.0)], None), outcome(&[("c", 1.0), ("b", 1.0), ("a", 1.0)], None));
        let listed = |first: &Outcome, second: &Outcome| -> Vec<Arc<str>> {
            let catalog = Catalog::default();
            let mut reader = Reader::new(&catalog);
            reader.read(first);
            reader.read(second);
            let figures = catalog.figures();
            catalog.order(&names(&few)).into_iter().map(|place| figures[place].name.clone()).collect()
        };
        let order = listed(&few, &many);
        assert_eq!(order, listed(&many, &few));
        let lost: Vec<&str> = order.iter().filter_map(|name| name.strip_prefix("services.web.lost.")).collect();
        assert_eq!(lost, ["b.pull.taskSeconds", "a.pull.taskSeconds", "c.pull.taskSeconds"]);
        assert_eq!(order.len(), names(&many).len());
    }
}
