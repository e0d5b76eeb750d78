//! `replications.csv`: a row a replication, with its headline figures.

use std::io::{self, Write};

use crate::experiment::Experiment;
use crate::experiment::figures::{Catalog, Row, headline};

/// The sheet while it is written.
pub struct Replications<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
    seed: u64,
    names: Vec<&'a str>,
}

impl<'a> Replications<'a> {
    pub(super) fn new(experiment: &'a Experiment, out: &'a mut dyn Write) -> io::Result<Replications<'a>> {
        let names: Vec<&str> =
            experiment.figures.iter().map(|figure| &*figure.figure).filter(|name| headline(name)).collect();
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["replication", "seed"].iter().chain(&names)).map_err(io::Error::from)?;
        Ok(Replications { writer, seed: experiment.seed, names })
    }

    /// Adds a replication; a figure that comes from no observation is empty.
    pub fn row(&mut self, number: u64, row: &Row, catalog: &Catalog) -> io::Result<()> {
        let figures = self.names.iter().map(|name| {
            let value = catalog.find(name).and_then(|place| row.get(place));
            value.map_or_else(String::new, |value| value.to_string())
        });
        let cells = [number.to_string(), self.seed.to_string()].into_iter().chain(figures);
        self.writer.write_record(cells).map_err(io::Error::from)
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
