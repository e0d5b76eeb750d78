//! Writes an expression back in its normal form.
//!
//! Parentheses stand wherever two kinds of connective meet, so that the text means the same whatever
//! precedence its reader assumes: AWS documents none.

use std::fmt::{self, Write as _};

use super::ast::{Comparison, Condition, Node, Quantity, TextField, TextTest};
use super::grammar::{ATTRIBUTE_PREFIX, is_connective};
use super::lexer::ends_word;

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Condition(condition) => write!(f, "{condition}"),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::All(parts) => joined(f, parts, " and "),
            Self::Any(parts) => joined(f, parts, " or "),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Node], connective: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(connective)?;
        }
        match part {
            Node::All(_) | Node::Any(_) => write!(f, "({part})")?,
            Node::Condition(_) | Node::Not(_) => write!(f, "{part}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { field, negated, test } => {
                write!(f, "{field} {}", operator(test, *negated))?;
                if *test != TextTest::Exists {
                    f.write_char(' ')?;
                }
                match test {
                    TextTest::Exists => Ok(()),
                    TextTest::Equals(value) => write_value(f, value),
                    TextTest::Matches(pattern) => write_quoted(f, pattern.as_str()),
                    TextTest::OneOf(values) => {
                        for (index, value) in values.iter().enumerate() {
                            f.write_str(if index == 0 { "[" } else { ", " })?;
                            write_value(f, value)?;
                        }
                        f.write_str("]")
                    }
                }
            }
            Self::Ordered { comparison, quantity } => {
                let symbol = match comparison {
                    Comparison::Equal => "==",
                    Comparison::NotEqual => "!=",
                    Comparison::Greater => ">",
                    Comparison::GreaterEqual => ">=",
                    Comparison::Less => "<",
                    Comparison::LessEqual => "<=",
                };
                match quantity {
                    Quantity::AgentVersion(version) => write!(f, "agentVersion {symbol} {version}"),
                    Quantity::RegisteredAt(instant) => write!(f, "registeredAt {symbol} {instant}"),
                    Quantity::RunningTasks(count) => write!(f, "runningTasksCount {symbol} {count}"),
                }
            }
        }
    }
}

fn operator(test: &TextTest, negated: bool) -> &'static str {
    match (test, negated) {
        (TextTest::Exists, false) => "exists",
        (TextTest::Exists, true) => "!exists",
        (TextTest::Equals(_), false) => "==",
        (TextTest::Equals(_), true) => "!=",
        (TextTest::OneOf(_), false) => "in",
        (TextTest::OneOf(_), true) => "!in",
        (TextTest::Matches(_), false) => "=~",
        (TextTest::Matches(_), true) => "!~",
    }
}

impl fmt::Display for TextField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AgentConnected => f.write_str("agentConnected"),
            Self::Ec2InstanceId => f.write_str("ec2InstanceId"),
            Self::TaskGroup => f.write_str("task:group"),
            Self::Attribute(name) => write!(f, "{ATTRIBUTE_PREFIX}{name}"),
        }
    }
}

fn write_value(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    if is_connective(value) || value.contains(ends_word) {
        return write_quoted(f, value);
    }
    f.write_str(value)
}

/// A value never holds both kinds of quote: unquoted it holds none, quoted only the other kind.
fn write_quoted(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    let quote = if value.contains('\'') { '"' } else { '\'' };
    f.write_char(quote)?;
    f.write_str(value)?;
    f.write_char(quote)
}
