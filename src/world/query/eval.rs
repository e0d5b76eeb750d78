//! Answers an expression for one container instance.

use std::borrow::Cow;

use super::ast::{Comparison, Condition, Node, Quantity, TextField, TextTest};
use super::time::Instant;
use super::version::Version;

/// What an expression can ask of a container instance.
pub trait Subject {
    /// Whether ECS has a live connection to the container agent (`agentConnected`).
    fn agent_connected(&self) -> bool;

    /// The agent's version as it reports it, such as `1.105.1` (`agentVersion`). A text that does not
    /// begin with a version makes every comparison but `!=` false.
    fn agent_version(&self) -> &str;

    /// The EC2 instance ID (`ec2InstanceId`).
    fn ec2_instance_id(&self) -> Cow<'_, str>;

    /// When the instance registered with the cluster, in Unix seconds (`registeredAt`).
    fn registered_at_s(&self) -> i64;

    /// How many tasks run on the instance (`runningTasksCount`).
    fn running_tasks_count(&self) -> u32;

    /// Whether the instance runs a task whose group passes the test (`task:group`). May stop at the
    /// first that does.
    fn task_groups_any(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;

    /// Whether the instance runs a task of this group. Worth its own code where the groups are kept
    /// in a map.
    fn has_task_of_group(&self, group: &str) -> bool {
        self.task_groups_any(&mut |other| other == group)
    }

    /// The value of an attribute, or none if the instance lacks it. An attribute without a value is
    /// `Some("")`: it exists, and equals nothing.
    fn attribute(&self, name: &str) -> Option<&str>;
}

pub(super) fn matches(node: &Node, subject: &dyn Subject) -> bool {
    match node {
        Node::Condition(condition) => holds(condition, subject),
        Node::Not(inner) => !matches(inner, subject),
        Node::All(parts) => parts.iter().all(|part| matches(part, subject)),
        Node::Any(parts) => parts.iter().any(|part| matches(part, subject)),
    }
}

fn holds(condition: &Condition, subject: &dyn Subject) -> bool {
    match condition {
        Condition::Text { field, negated, test } => text_holds(field, test, subject) != *negated,
        Condition::Ordered { comparison, quantity } => {
            let order = match *quantity {
                Quantity::AgentVersion(right) => {
                    Version::parse_reported(subject.agent_version()).map(|left| left.cmp(&right))
                }
                Quantity::RegisteredAt(right) => Some(Instant(subject.registered_at_s()).cmp(&right)),
                Quantity::RunningTasks(right) => Some(u64::from(subject.running_tasks_count()).cmp(&right)),
            };
            match comparison {
                Comparison::NotEqual => order.is_none_or(|order| order.is_ne()),
                Comparison::Equal => order.is_some_and(|order| order.is_eq()),
                Comparison::Greater => order.is_some_and(|order| order.is_gt()),
                Comparison::GreaterEqual => order.is_some_and(|order| order.is_ge()),
                Comparison::Less => order.is_some_and(|order| order.is_lt()),
                Comparison::LessEqual => order.is_some_and(|order| order.is_le()),
            }
        }
    }
}

/// The positive form of the test.
fn text_holds(field: &TextField, test: &TextTest, subject: &dyn Subject) -> bool {
    match field {
        TextField::AgentConnected => value_passes(test, if subject.agent_connected() { "true" } else { "false" }),
        TextField::Ec2InstanceId => value_passes(test, &subject.ec2_instance_id()),
        TextField::Attribute(name) => subject.attribute(name).is_some_and(|value| value_passes(test, value)),
        TextField::TaskGroup => match test {
            TextTest::Equals(group) => subject.has_task_of_group(group),
            TextTest::OneOf(groups) => groups.iter().any(|group| subject.has_task_of_group(group)),
            TextTest::Exists | TextTest::Matches(_) => subject.task_groups_any(&mut |group| value_passes(test, group)),
        },
    }
}

fn value_passes(test: &TextTest, value: &str) -> bool {
    match test {
        TextTest::Exists => true,
        TextTest::Equals(wanted) => value == wanted,
        TextTest::OneOf(wanted) => wanted.iter().any(|one| value == one),
        TextTest::Matches(pattern) => pattern.matches(value),
    }
}
