//! `events.jsonl`: every fact of a run, one JSON object a line, with names instead of ids.
//!
//! The log is streamed, for it may be larger than memory. It holds the initial state and the warm-up too: who reads a
//! single event wants to know how it came to it.

mod line;

use std::fs::File;
use std::io::{BufWriter, Error, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use crate::world::World;
use crate::world::fact::{Fact, Topics};

use super::Meter;
use super::outcome::Outcome;

/// Bytes that are gathered before the file is written to.
const BUFFER: usize = 1 << 18;

/// The meter that writes the log.
pub struct EventLog {
    out: BufWriter<File>,
    fault: Fault,
}

/// What became of the log, to be asked once the run is over: a meter has no other way to tell.
#[derive(Clone, Default)]
pub struct Fault(Arc<Mutex<Option<Error>>>);

impl Fault {
    /// The first error of writing, once.
    pub fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn keep(&self, error: Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

impl EventLog {
    /// A log into a file that is open for writing.
    pub fn new(file: File) -> (EventLog, Fault) {
        let fault = Fault::default();
        (EventLog { out: BufWriter::with_capacity(BUFFER, file), fault: fault.clone() }, fault)
    }
}

impl Meter for EventLog {
    fn topics(&self) -> Topics {
        Topics::ALL
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        let line = line::of(world, fact);
        let written =
            serde_json::to_writer(&mut self.out, &line).map_err(Error::from).and_then(|()| self.out.write_all(b"\n"));
        if let Err(error) = written {
            self.fault.keep(error);
        }
    }

    fn reset(&mut self, _: &World) {}

    fn report(&mut self, _: &World, _: &mut Outcome) {
        if let Err(error) = self.out.flush() {
            self.fault.keep(error);
        }
    }
}
