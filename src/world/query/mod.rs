//! The cluster query language of Amazon ECS, used by `memberOf` placement constraints.
//!
//! ```text
//! attribute:ecs.instance-type =~ m5\..* and not (task:group == database)
//! ```
//!
//! Source of the syntax: Amazon ECS Developer Guide, "Cluster query language"; of the limit on the
//! length: "Task placement constraints"; of the characters of attributes: the ECS API's `Attribute`.
//!
//! # Where the guide is silent
//!
//! * **Precedence.** `not` binds tighter than `and`, `and` tighter than `or`, as in most languages.
//!   [`Expression`]'s `Display` puts parentheses wherever connectives mix, so its text does not rely on that.
//! * **How much a pattern must match.** All of the value. The guide's own patterns (`g2.*`) end in `.*`,
//!   which would have no purpose if a part of the value were enough, and Java's `String.matches` works
//!   that way. Mind that the full stop is any character: `t3.*` takes `t3a.micro` as well. Constructs that
//!   only Java has, such as look-around and back-references, are an error.
//! * **What is not there.** `!=`, `!in`, `!~` and `!exists` are the exact opposite of `==`, `in`, `=~` and
//!   `exists`. So on an instance without the attribute the positive operators are false and the negative
//!   ones true, and `task:group != x` is true on an instance that runs no task of group x.
//! * **Order of attributes and groups.** `attribute:NAME` and `task:group` take the operators on text and
//!   `exists`, not `>` and its kin. `task:group exists` is true on an instance that runs any task.
//! * **Equality of ordered subjects.** `agentVersion`, `registeredAt` and `runningTasksCount` are compared
//!   as version, moment and number by `==` and `!=` too: `1.14` equals `1.14.0`. A date without a time is
//!   its midnight, one without a zone is UTC.
//! * **Case.** All words are in the case the guide prints them in.

mod argument;
mod ast;
mod display;
mod error;
mod eval;
mod grammar;
mod lexer;
mod parser;
mod pattern;
#[cfg(test)]
mod tests;
mod time;
mod version;

use std::collections::BTreeSet;
use std::fmt;

pub use error::QueryError;
pub use eval::Subject;

/// The most characters an expression may have (ECS Developer Guide, "Task placement constraints").
pub const MAX_CHARS: usize = 2000;

/// A parsed expression.
///
/// `Display` gives a normal form that parses to an equal expression, as long as the form itself keeps
/// to the limits on length and nesting; the added spaces and parentheses can make it longer than the
/// text it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression(ast::Node);

/// Reads an expression.
///
/// # Errors
///
/// The first fault in the text, with its column.
pub fn parse(text: &str) -> Result<Expression, QueryError> {
    let length = text.chars().count();
    if length > MAX_CHARS {
        let message = format!("an expression has at most {MAX_CHARS} characters, this one has {length}");
        return Err(QueryError::at(MAX_CHARS + 1, message));
    }
    parser::parse(text).map(Expression)
}

impl Expression {
    /// Whether the expression is true of a container instance.
    pub fn matches(&self, subject: &dyn Subject) -> bool {
        eval::matches(&self.0, subject)
    }

    /// Whether the answer depends on attributes alone. The simulator never changes the attributes of an
    /// instance, so such an answer can be kept for all instances with the same ones.
    pub fn is_static(&self) -> bool {
        let mut is_static = true;
        self.0.each_condition(&mut |condition| {
            let on_attribute = matches!(condition, ast::Condition::Text { field: ast::TextField::Attribute(_), .. });
            is_static &= on_attribute;
        });
        is_static
    }

    /// The names of the attributes the expression asks for, so that a caller can warn of one that no
    /// instance has.
    pub fn attributes(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.0.each_condition(&mut |condition| {
            if let ast::Condition::Text { field: ast::TextField::Attribute(name), .. } = condition {
                names.insert(name.as_str());
            }
        });
        names
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::str::FromStr for Expression {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        parse(text)
    }
}
