//! The parsed form of an expression.

use super::pattern::Pattern;
use super::time::Instant;
use super::version::Version;

/// A condition, or conditions joined by `not`, `and`, `or`.
///
/// The constructors keep one form for each meaning (no list inside a list of the same kind, no
/// double negation), so two texts that differ only in needless parentheses compare equal.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Condition(Condition),
    Not(Box<Node>),
    /// `and`: two or more nodes, none of which is itself an `All`.
    All(Vec<Node>),
    /// `or`: two or more nodes, none of which is itself an `Any`.
    Any(Vec<Node>),
}

impl Node {
    pub(super) fn negate(node: Node) -> Node {
        match node {
            Node::Not(inner) => *inner,
            other => Node::Not(Box::new(other)),
        }
    }

    /// Joins `first` and `rest` with `and`.
    pub(super) fn all(first: Node, rest: Vec<Node>) -> Node {
        if rest.is_empty() {
            return first;
        }
        let mut parts = Vec::with_capacity(1 + rest.len());
        for node in std::iter::once(first).chain(rest) {
            match node {
                Node::All(inner) => parts.extend(inner),
                other => parts.push(other),
            }
        }
        Node::All(parts)
    }

    /// Joins `first` and `rest` with `or`.
    pub(super) fn any(first: Node, rest: Vec<Node>) -> Node {
        if rest.is_empty() {
            return first;
        }
        let mut parts = Vec::with_capacity(1 + rest.len());
        for node in std::iter::once(first).chain(rest) {
            match node {
                Node::Any(inner) => parts.extend(inner),
                other => parts.push(other),
            }
        }
        Node::Any(parts)
    }

    /// Calls `visit` with each condition, from left to right.
    pub(super) fn each_condition<'a>(&'a self, visit: &mut impl FnMut(&'a Condition)) {
        match self {
            Node::Condition(condition) => visit(condition),
            Node::Not(inner) => inner.each_condition(visit),
            Node::All(parts) | Node::Any(parts) => {
                for part in parts {
                    part.each_condition(visit);
                }
            }
        }
    }
}

/// One `subject operator argument`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// A test of a text. `negated` marks `!=`, `!in`, `!~`, `!exists`, each the exact opposite of
    /// its positive twin.
    Text { field: TextField, negated: bool, test: TextTest },
    /// A comparison of something that has an order.
    Ordered { comparison: Comparison, quantity: Quantity },
}

/// The subjects that are compared as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TextField {
    AgentConnected,
    Ec2InstanceId,
    TaskGroup,
    /// `attribute:NAME`, holding the name alone.
    Attribute(String),
}

/// The subjects that have an order, compared as version, date and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OrderedField {
    AgentVersion,
    RegisteredAt,
    RunningTasksCount,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TextTest {
    Exists,
    Equals(String),
    OneOf(Vec<String>),
    Matches(Pattern),
}

/// The right side of a comparison; its kind says what the left side is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    AgentVersion(Version),
    RegisteredAt(Instant),
    RunningTasks(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
}
