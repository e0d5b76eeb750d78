//! The subjects and operators of the language and which go together.
//!
//! Source: Amazon ECS Developer Guide, "Cluster query language". The guide lists the operators of
//! every built-in subject, but none for `attribute:NAME` and `task:group`. Those two take the operators
//! on text here, and not `>` and its kin: how ECS would order such values is nowhere said.

use super::ast::{Comparison, OrderedField, TextField};

/// How the subject of an attribute begins.
pub(super) const ATTRIBUTE_PREFIX: &str = "attribute:";

/// The subjects with a fixed name.
pub(super) const SUBJECTS: [&str; 6] =
    ["agentConnected", "agentVersion", "ec2InstanceId", "registeredAt", "runningTasksCount", "task:group"];

/// The attributes ECS itself gives to container instances, the last three only where they apply
/// (ECS Developer Guide, "Task placement constraints"). Used for advice only: a user can add others.
pub(super) const BUILT_IN_ATTRIBUTES: [&str; 11] = [
    "ecs.ami-id",
    "ecs.availability-zone",
    "ecs.instance-type",
    "ecs.os-type",
    "ecs.os-family",
    "ecs.cpu-architecture",
    "ecs.vpc-id",
    "ecs.subnet-id",
    "ecs.awsvpc-trunk-id",
    "ecs.outpost-arn",
    "ecs.capability.external",
];

/// What a condition looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    Text(TextField),
    Ordered(OrderedField),
}

impl Field {
    /// The subject of this fixed name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "agentConnected" => Self::Text(TextField::AgentConnected),
            "agentVersion" => Self::Ordered(OrderedField::AgentVersion),
            "ec2InstanceId" => Self::Text(TextField::Ec2InstanceId),
            "registeredAt" => Self::Ordered(OrderedField::RegisteredAt),
            "runningTasksCount" => Self::Ordered(OrderedField::RunningTasksCount),
            "task:group" => Self::Text(TextField::TaskGroup),
            _ => return None,
        })
    }

    /// The operators the subject takes, for an error message.
    pub(super) fn allowed_operators(&self) -> &'static str {
        match self {
            Self::Text(field) if field.may_be_missing() => "`==`, `!=`, `in`, `!in`, `=~`, `!~`, `exists`, `!exists`",
            Self::Text(_) => "`==`, `!=`, `in`, `!in`, `=~`, `!~`",
            Self::Ordered(_) => "`==`, `!=`, `>`, `>=`, `<`, `<=`",
        }
    }
}

impl TextField {
    /// Whether an instance can be without it, so that `exists` makes sense.
    pub(super) fn may_be_missing(&self) -> bool {
        matches!(self, Self::TaskGroup | Self::Attribute(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Compare(Comparison),
    Exists { negated: bool },
    In { negated: bool },
    Matches { negated: bool },
}

/// The operators with both spellings, the symbol first. An operator whose symbol begins with
/// another's comes before it, so that the first symbol that fits is the right one.
pub(super) const OPERATORS: [(&str, &str, Operator); 12] = [
    ("==", "equals", Operator::Compare(Comparison::Equal)),
    ("!=", "not_equals", Operator::Compare(Comparison::NotEqual)),
    (">=", "greater_than_equal", Operator::Compare(Comparison::GreaterEqual)),
    (">", "greater_than", Operator::Compare(Comparison::Greater)),
    ("<=", "less_than_equal", Operator::Compare(Comparison::LessEqual)),
    ("<", "less_than", Operator::Compare(Comparison::Less)),
    ("=~", "matches", Operator::Matches { negated: false }),
    ("!~", "not_matches", Operator::Matches { negated: true }),
    ("exists", "exists", Operator::Exists { negated: false }),
    ("!exists", "not_exists", Operator::Exists { negated: true }),
    ("in", "in", Operator::In { negated: false }),
    ("!in", "not_in", Operator::In { negated: true }),
];

/// Whether a word joins conditions and so cannot be an unquoted argument.
pub(super) fn is_connective(word: &str) -> bool {
    matches!(word, "and" | "or" | "not")
}
