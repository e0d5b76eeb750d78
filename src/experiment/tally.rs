//! Running sums of rows: what an experiment knows of each figure, in memory that does not grow with the replications.

use crate::stats::confidence::Mean;
use crate::stats::sample::Sample;

use super::figures::{Catalog, Row, Worse, headline, worse};

/// What is known of one figure.
#[derive(Clone, Debug)]
pub struct Column {
    /// Number, mean and deviation of the replications that have the figure.
    pub mean: Mean,
    /// The least value and the replication of it, the first one of several.
    pub min: (f64, u64),
    /// The greatest.
    pub max: (f64, u64),
    /// The distribution, of headline figures.
    pub sample: Option<Sample>,
    /// Which end is the bad one.
    pub worse: Worse,
    /// Replications that have the element at all.
    pub present: u64,
}

impl Column {
    fn new(name: &str) -> Column {
        Column {
            mean: Mean::default(),
            min: (f64::INFINITY, 0),
            max: (f64::NEG_INFINITY, 0),
            sample: headline(name).then(Sample::default),
            worse: worse(name),
            present: 0,
        }
    }

    fn add(&mut self, number: u64, value: f64) {
        // The sum of nothing is -0.0.
        let value = value + 0.0;
        self.mean.add(value);
        if value < self.min.0 {
            self.min = (value, number);
        }
        if value > self.max.0 {
            self.max = (value, number);
        }
        if let Some(sample) = &mut self.sample {
            sample.add(value);
        }
    }

    /// The worst value with its replication; `None` where no replication has the figure.
    pub fn worst(&self) -> Option<(f64, u64)> {
        (self.mean.count > 0).then_some(if self.worse == Worse::Low { self.min } else { self.max })
    }
}

/// The columns of one plan.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Replications so far.
    pub replications: u64,
    columns: Vec<Option<Column>>,
    first: u64,
}

impl Tally {
    /// Adds a replication. They must come in the order of their numbers, so that sums are the same bit by bit however the
    /// work was shared.
    pub fn add(&mut self, number: u64, row: &Row, catalog: &Catalog) {
        if self.replications == 0 {
            self.first = number;
        }
        if self.columns.len() < row.len() {
            self.columns.resize(row.len(), None);
        }
        for place in 0..self.columns.len() {
            let has = row.has(place);
            if has && self.columns[place].is_none() {
                self.columns[place] = Some(self.column_of_zeros(&catalog.name(place)));
            }
            let Some(column) = &mut self.columns[place] else { continue };
            column.present += u64::from(has);
            if let Some(value) = row.get(place) {
                column.add(number, value);
            }
        }
        self.replications += 1;
    }

    /// The column of a figure that no replication before had: it was 0 in each.
    fn column_of_zeros(&self, name: &str) -> Column {
        let mut column = Column::new(name);
        for number in self.first..self.first + self.replications {
            column.add(number, 0.0);
        }
        column
    }

    /// The column of the figure at a place, where a replication had it.
    pub fn column(&self, place: usize) -> Option<&Column> {
        self.columns.get(place)?.as_ref()
    }
}
