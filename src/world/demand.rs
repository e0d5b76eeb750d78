//! What is asked of a service at every change of one of its tasks.

use super::DefinitionId;
use super::fleet::{Fleet, Resources, Scheduling, ServiceSpec};

/// The few constants of a service that each change of a task needs, side by side. The specifications that they come from are
/// large and would each be a cold row in a fleet of many services.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// What a task takes off an instance.
    pub need: Resources,
    /// The task definition.
    pub definition: DefinitionId,
    /// One bit for each container whose end ends the task.
    pub essential: u16,
    /// How its tasks are wanted.
    pub scheduling: Scheduling,
    /// Whether it has a load balancer.
    pub load_balanced: bool,
    /// Whether its tasks hold ports of the instance.
    pub takes_ports: bool,
}

impl Demand {
    /// Of a service of a fleet.
    pub fn of(fleet: &Fleet, spec: &ServiceSpec) -> Demand {
        let definition = &fleet.definitions[spec.definition];
        Demand {
            need: definition.need,
            definition: spec.definition,
            essential: definition.essential,
            scheduling: spec.scheduling,
            load_balanced: spec.load_balancer.is_some(),
            takes_ports: !definition.ports.is_empty(),
        }
    }
}
