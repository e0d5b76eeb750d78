//! What is wrong with an expression, where, and what would be right.

use std::fmt;

/// The first fault found in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Where the fault begins: the first character of the expression is column 1. Counted in
    /// characters, not bytes. One past the last character when something is missing at the end.
    pub column: usize,
    /// What is wrong, in one line and without a full stop.
    pub message: String,
    /// What to write instead, where that can be said.
    pub help: Option<String>,
}

impl QueryError {
    /// A fault at a column, without help so far.
    pub(super) fn at(column: usize, message: impl Into<String>) -> Self {
        Self { column, message: message.into(), help: None }
    }

    /// The same fault with advice.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for QueryError {}
