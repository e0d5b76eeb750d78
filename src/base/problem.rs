//! Problems in what a person wrote: what is wrong, where, and what to do.
//!
//! A reader collects problems instead of stopping at the first, so that a file is
//! put right in one go. [`Problems::render`] shows them as `rustc` would.

mod render;
mod sources;

use std::collections::BTreeSet;

pub use render::printable;
pub use sources::{FileId, Location, Sources};

/// How many problems are kept. A generated file can hold one mistake a million
/// times; nobody reads on, and the memory has better uses.
const KEPT: usize = 1000;

/// Whether a problem forbids going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing can be done until this is put right.
    Error,
    /// The run goes on, but likely not as the writer thinks.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it forbids going on.
    pub severity: Severity,
    /// Where it is; `None` where no text can be shown, as for a missing file.
    pub at: Option<Location>,
    /// What is wrong: one line, lower case, no full stop. May hold text of the
    /// user's; it is made safe for a terminal when it is shown.
    pub message: String,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

impl Problem {
    /// A problem that forbids going on.
    pub fn error(message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, at: None, message: message.into(), help: None }
    }

    /// A problem that the run survives.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// The same problem, with its place.
    pub fn located(mut self, at: impl Into<Option<Location>>) -> Self {
        self.at = at.into();
        self
    }

    /// The same problem, with what to do about it.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The problems found so far.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    errors: usize,
    dropped: usize,
}

impl Problems {
    /// No problem yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        self.errors += usize::from(problem.severity == Severity::Error);
        if self.kept.len() < KEPT {
            self.kept.push(problem);
        } else {
            self.dropped += 1;
        }
    }

    /// Adds all that another reader found.
    pub fn append(&mut self, other: Problems) {
        let dropped_errors = other.errors - other.kept_errors();
        self.extend(other.kept);
        self.errors += dropped_errors;
        self.dropped += other.dropped;
    }

    /// Whether one of them forbids going on.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// In the order of the text, those without a place first, and each but once:
    /// text used in several places through an alias is still wrong only once.
    pub fn sorted(&self) -> Vec<&Problem> {
        let mut seen = BTreeSet::new();
        let mut problems: Vec<&Problem> =
            self.kept.iter().filter(|problem| seen.insert((problem.at, problem.message.as_str()))).collect();
        problems.sort_by_key(|problem| problem.at);
        problems
    }

    fn kept_errors(&self) -> usize {
        self.kept.iter().filter(|problem| problem.severity == Severity::Error).count()
    }
}

impl Extend<Problem> for Problems {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, problems: T) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        let mut problems = Self::new();
        problems.push(problem);
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(sources: &mut Sources, line: u32, column: u32) -> Location {
        let file = sources.add("a.yaml", "one\ntwo\n");
        Location { file, line, column, length: 1 }
    }

    #[test]
    fn come_in_the_order_of_the_text_and_once_each() {
        let mut sources = Sources::new();
        let (first, second) = (at(&mut sources, 1, 2), at(&mut sources, 2, 1));
        let mut problems = Problems::new();
        problems.push(Problem::error("later").located(second));
        problems.push(Problem::error("sooner").located(first));
        problems.push(Problem::error("later").located(second).with_help("again"));
        problems.push(Problem::error("nowhere"));
        let messages: Vec<_> = problems.sorted().iter().map(|p| p.message.as_str()).collect();
        assert_eq!(messages, ["nowhere", "sooner", "later"]);
    }

    #[test]
    fn warnings_are_no_errors_and_the_number_kept_is_bounded() {
        let mut problems = Problems::from(Problem::warning("w"));
        assert!(!problems.is_empty() && !problems.has_errors());
        problems.extend((0..KEPT).map(|n| Problem::warning(n.to_string())));
        problems.push(Problem::error("the last one"));
        assert!(problems.has_errors(), "an error counts though it is not kept");

        let mut all = Problems::new();
        all.append(problems);
        assert!(all.has_errors());
        assert_eq!((all.kept.len(), all.dropped, all.errors), (KEPT, 2, 1));
    }
}
