//! The journal of an experiment: each replication is written down as it finishes, so that a killed experiment goes on where
//! it was.
//!
//! A file of records, each with its length and a checksum; a record is written by one call. The process may be killed at
//! any moment: what was handed to the operating system stays, and a torn record at the end is cut off at the next start.
//! Numbers are kept bit by bit. Replications stand in the order in which they finished, never more than
//! [`super::in_order::WINDOW`] out of order, so that a reader brings them into order with little memory.
//!
//! The head says what the replications are of: scenario, the files that it reads, seed and version. Another one is refused.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::base::random::mix;
use crate::scenario::Plan;

use super::figures::{Catalog, Kind, Row};
use super::replicate::Run;

/// What the file begins with; the number changes with the format.
const FORMAT: &str = "longshore journal 1";

/// The disk is asked to keep what it has at least so often: a power cut costs no more.
const SYNC: Duration = Duration::from_secs(2);

/// No record is longer; a greater length is a torn one.
const LONGEST: u32 = 1 << 28;

const FIGURE: u8 = b'F';
const RUNS: u8 = b'R';
const HEAD: u8 = b'H';

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Its replications are those of another experiment.
    #[error("{} was begun with {theirs}, and this is {ours}: the replications of one are not those of the other", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What stands in it.
        theirs: String,
        /// What was asked for.
        ours: String,
    },
    /// An experiment stands half done there, and nothing was said of it.
    #[error("{} holds {} of an experiment that was not finished", path.display(), replications(*done))]
    Unfinished {
        /// The file.
        path: PathBuf,
        /// Replications in it.
        done: u64,
    },
    /// Another process is at it.
    #[error("{} is being written by another run of longshore", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// It is no journal.
    #[error("{} is no journal of an experiment", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refuses.
    #[error("cannot {act} {}: {cause}", path.display())]
    Io {
        /// `read` or `write`.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

fn replications(number: u64) -> String {
    if number == 1 { "1 replication".into() } else { format!("{number} replications") }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut sum = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        sum = mix(sum ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    mix(sum)
}

/// What the replications of a plan are known by: its name, version, seed, and a checksum of everything that decides them.
/// Of several plans the first gives the name, and all the checksum.
fn identity(plans: &[&Plan]) -> String {
    let mut text = String::new();
    for plan in plans {
        text += &plan.resolved;
        text += &format!("{:?}{:?}{:?}{:?}", plan.timings, plan.batches, plan.fleet, plan.policies);
        let failures = serde_json::to_value(&plan.failures).unwrap_or(Json::Null);
        read_files(&failures, &plan.base, &mut text);
    }
    let Some(plan) = plans.first() else { return String::new() };
    let variants = if plans.len() > 1 { format!(", {} variants", plans.len()) } else { String::new() };
    let (name, seed, version) = (&plan.name, plan.seed, env!("CARGO_PKG_VERSION"));
    format!("scenario `{name}`{variants}, seed {seed}, version {version}, checksum {:016x}", hash(text.as_bytes()))
}

/// Adds the contents of every file that failures name.
fn read_files(value: &Json, base: &Path, text: &mut String) {
    match value {
        Json::Object(fields) => {
            for (key, value) in fields {
                if let ("file", Some(name)) = (key.as_str(), value.as_str()) {
                    // The plan was checked with the file; should it be gone, the run says so.
                    text.push_str(&String::from_utf8_lossy(&std::fs::read(base.join(name)).unwrap_or_default()));
                }
                read_files(value, base, text);
            }
        }
        Json::Array(values) => values.iter().for_each(|value| read_files(value, base, text)),
        _ => {}
    }
}

/// An open journal.
pub struct Journal {
    path: PathBuf,
    writer: Mutex<Writer>,
}

struct Writer {
    file: File,
    figures: usize,
    synced: Instant,
    record: Vec<u8>,
    fault: Option<io::Error>,
}

/// Whether a journal that is there is gone on with.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// There must be none.
    Anew,
    /// What is there counts.
    Resume,
}

impl Journal {
    /// Opens the journal of the replications of a plan, or of several that are compared, makes it where there is none, and locks it against other processes.
    ///
    /// # Errors
    /// It is that of another experiment, it is in use, it is there and `start` says that it must not be, or the disk fails.
    pub fn open(path: &Path, plans: &[&Plan], start: Start) -> Result<Journal, JournalError> {
        let cannot = |cause| JournalError::Io { act: "write", path: path.to_owned(), cause };
        if let Some(folder) = path.parent()
            && !folder.as_os_str().is_empty()
        {
            std::fs::create_dir_all(folder).map_err(cannot)?;
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::Busy { path: path.to_owned() }),
            // Some file systems have no locks; that is no reason not to simulate.
            Err(TryLockError::Error(_)) => {}
        }
        let writer = Writer { file, figures: 0, synced: Instant::now(), record: Vec::new(), fault: None };
        let journal = Journal { path: path.to_owned(), writer: Mutex::new(writer) };
        journal.begin(&identity(plans), start)?;
        Ok(journal)
    }

    fn begin(&self, ours: &str, start: Start) -> Result<(), JournalError> {
        let read = |cause| JournalError::Io { act: "read", path: self.path.clone(), cause };
        let write = |cause| JournalError::Io { act: "write", path: self.path.clone(), cause };
        let mut done = 0;
        let (mut theirs, mut whole) = (None, 0);
        records(&self.path, |record| match record {
            [HEAD, text @ ..] => theirs = Some(String::from_utf8_lossy(text).into_owned()),
            [RUNS, ..] => done += 1,
            _ => {}
        })
        .map(|end| whole = end)
        .map_err(read)?;
        let head = format!("{FORMAT}: {ours}");
        let mut writer = self.lock();
        match theirs {
            Some(theirs) if start == Start::Resume && theirs != head => {
                let theirs = theirs.strip_prefix(FORMAT).map_or(theirs.as_str(), |rest| rest.trim_start_matches(": "));
                return Err(JournalError::Other {
                    path: self.path.clone(),
                    theirs: theirs.to_owned(),
                    ours: ours.to_owned(),
                });
            }
            Some(_) if start == Start::Anew && done > 0 => {
                return Err(JournalError::Unfinished { path: self.path.clone(), done });
            }
            Some(theirs) if theirs == head => {
                // The torn end of a record that was being written when the process was killed.
                writer.file.set_len(whole).map_err(write)?;
                writer.file.seek(SeekFrom::Start(whole)).map_err(write)?;
            }
            other => {
                let length = writer.file.metadata().map_err(read)?.len();
                // A file that ends within its head was ours; anything else that is no journal is somebody else's.
                if other.is_none() && length > 0 && !is_ours(&mut writer.file).map_err(read)? {
                    return Err(JournalError::Foreign { path: self.path.clone() });
                }
                writer.file.set_len(0).map_err(write)?;
                writer.file.seek(SeekFrom::Start(0)).map_err(write)?;
                let text: Vec<u8> = [HEAD].into_iter().chain(head.bytes()).collect();
                writer.append(&[&text]).map_err(write)?;
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what is there: gives the catalog its figures in their places and each number's runs to `each`, in the order of
    /// the numbers as far as there is no gap; what lies behind the first gap is returned.
    ///
    /// # Errors
    /// The disk fails.
    pub fn replay(
        &self,
        catalog: &Catalog,
        mut each: impl FnMut(u64, Vec<Run>),
    ) -> Result<BTreeMap<u64, Vec<Run>>, JournalError> {
        let mut waiting = BTreeMap::new();
        let (mut due, mut figures) = (0, 0);
        records(&self.path, |record| match record {
            [FIGURE, kind, name @ ..] => {
                catalog.place(&String::from_utf8_lossy(name), kind_of(*kind));
                figures += 1;
            }
            [RUNS, content @ ..] => {
                if let Some((number, runs)) = runs_of(content)
                    && number >= due
                {
                    waiting.insert(number, runs);
                    while let Some(runs) = waiting.remove(&due) {
                        each(due, runs);
                        due += 1;
                    }
                }
            }
            _ => {}
        })
        .map_err(|cause| JournalError::Io { act: "read", path: self.path.clone(), cause })?;
        self.lock().figures = figures;
        Ok(waiting)
    }

    /// Writes a replication down. A fault of the disk is kept for [`Journal::fault`].
    pub fn write(&self, number: u64, runs: &[Run], catalog: &Catalog) {
        let mut writer = self.lock();
        if writer.fault.is_none()
            && let Err(fault) = writer.write(number, runs, catalog)
        {
            writer.fault = Some(fault);
        }
    }

    /// Why replications can no longer be written down.
    pub fn fault(&self) -> Option<JournalError> {
        let cause = self.lock().fault.take()?;
        Some(JournalError::Io { act: "write", path: self.path.clone(), cause })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Deletes it: the result is in its place.
    ///
    /// # Errors
    /// The disk fails.
    pub fn delete(self) -> Result<(), JournalError> {
        std::fs::remove_file(&self.path).map_err(|cause| JournalError::Io { act: "delete", path: self.path, cause })
    }
}

impl Writer {
    /// Writes records in one call.
    fn append(&mut self, contents: &[&[u8]]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for content in contents {
            bytes.extend((content.len() as u32).to_le_bytes());
            bytes.extend(hash(content).to_le_bytes());
            bytes.extend_from_slice(content);
        }
        self.file.write_all(&bytes)?;
        if self.synced.elapsed() >= SYNC {
            self.synced = Instant::now();
            self.file.sync_data()?;
        }
        Ok(())
    }

    fn write(&mut self, number: u64, runs: &[Run], catalog: &Catalog) -> io::Result<()> {
        // Every figure of a row is in the catalog before the row is handed over.
        let known = catalog.len();
        let names: Vec<Vec<u8>> = if known > self.figures {
            let figures = catalog.figures();
            figures[self.figures..known]
                .iter()
                .map(|figure| [FIGURE, figure.kind as u8].into_iter().chain(figure.name.bytes()).collect())
                .collect()
        } else {
            Vec::new()
        };
        self.figures = known;
        let mut record = std::mem::take(&mut self.record);
        record.clear();
        record.push(RUNS);
        record.extend(number.to_le_bytes());
        record.extend((runs.len() as u32).to_le_bytes());
        for run in runs {
            for (length, bits) in [
                (run.row.len(), &mut run.row.bits() as &mut dyn Iterator<Item = u64>),
                (run.course.len(), &mut run.course.iter().map(|value| value.to_bits())),
            ] {
                record.extend((length as u32).to_le_bytes());
                bits.for_each(|bits| record.extend(bits.to_le_bytes()));
            }
        }
        let contents: Vec<&[u8]> = names.iter().map(Vec::as_slice).chain([record.as_slice()]).collect();
        let done = self.append(&contents);
        self.record = record;
        done
    }
}

fn kind_of(byte: u8) -> Kind {
    let kinds = [Kind::Share, Kind::Seconds, Kind::Usd, Kind::Count, Kind::Number];
    kinds.into_iter().find(|kind| *kind as u8 == byte).unwrap_or(Kind::Number)
}

/// The number and the runs of a record; `None` where it is not one of ours.
fn runs_of(mut content: &[u8]) -> Option<(u64, Vec<Run>)> {
    let number = take(&mut content)?;
    let count = take_length(&mut content)?;
    let mut runs = Vec::new();
    for _ in 0..count {
        let mut list = || -> Option<Vec<u64>> {
            let length = take_length(&mut content)?;
            (0..length).map(|_| take(&mut content)).collect()
        };
        let (row, course) = (list()?, list()?);
        runs.push(Run {
            row: Row::from_bits(row.into_iter()),
            course: course.into_iter().map(f64::from_bits).collect(),
        });
    }
    Some((number, runs))
}

fn take(content: &mut &[u8]) -> Option<u64> {
    let (bytes, rest) = content.split_first_chunk()?;
    *content = rest;
    Some(u64::from_le_bytes(*bytes))
}

fn take_length(content: &mut &[u8]) -> Option<u32> {
    let (bytes, rest) = content.split_first_chunk()?;
    *content = rest;
    Some(u32::from_le_bytes(*bytes))
}

/// Gives each whole record to `each`, and the place at which the last one ends.
fn records(path: &Path, mut each: impl FnMut(&[u8])) -> io::Result<u64> {
    let mut reader = BufReader::with_capacity(1 << 18, File::open(path)?);
    let mut end = 0;
    let mut content = Vec::new();
    loop {
        let mut head = [0; 12];
        if !filled(&mut reader, &mut head)? {
            return Ok(end);
        }
        let (length, sum) = head.split_at(4);
        let length = length.try_into().map_or(u32::MAX, u32::from_le_bytes);
        if length > LONGEST {
            return Ok(end);
        }
        content.resize(length as usize, 0);
        if !filled(&mut reader, &mut content)? || sum != hash(&content).to_le_bytes() {
            return Ok(end);
        }
        each(&content);
        end += 12 + u64::from(length);
    }
}

/// Whether a file begins as a journal does, as far as it goes.
fn is_ours(file: &mut File) -> io::Result<bool> {
    let mut start = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(13 + FORMAT.len() as u64).read_to_end(&mut start)?;
    Ok(start.get(13..).is_none_or(|text| FORMAT.as_bytes().starts_with(text)))
}

/// Fills the buffer; false where the file ends before.
fn filled(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
