//! A service's placement rules, resolved.

use crate::world::query::Expression;

use super::strategy::Strategy;

/// A rule that an instance must meet (ECS Developer Guide, task placement constraints).
#[derive(Clone, Debug)]
pub enum Constraint {
    /// Every task of the group on another instance.
    DistinctInstance,
    /// The instance matches an expression of the cluster query language.
    MemberOf(Expression),
}

/// How the tasks of one service or batch are placed.
#[derive(Debug)]
pub struct Policy {
    /// In list order; the first sorts, each further one breaks ties. Empty: any instance.
    pub strategies: Vec<Box<dyn Strategy>>,
    /// All must hold: those of the task definition and those of the service.
    pub constraints: Vec<Constraint>,
}

/// What breaks the last tie.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
pub enum TieBreak {
    /// A seeded random choice.
    #[default]
    Random,
    /// The lowest instance id.
    First,
}
