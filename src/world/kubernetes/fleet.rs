//! What stands fixed before the first event, beside what every orchestrator has.

use std::collections::BTreeMap;

use crate::base::id::Table;
use crate::world::task::Target;
use crate::world::{CapacityId, ImageId, InstanceId, ServiceId, TaskId, World, ZoneId};

use super::object::{Budget, Cluster, Node};
use super::workload::Workload;

/// The Kubernetes side of a fleet.
#[derive(Clone, Debug, Default)]
pub struct KubernetesFleet {
    /// Namespaces, Services, selectors of workloads.
    pub cluster: Cluster,
    /// The workload behind each service and batch of the fleet.
    pub workloads: Table<ServiceId, Workload>,
    /// The nodes of each group of instances.
    pub groups: Table<CapacityId, NodeGroup>,
    /// Which services each budget of the cluster guards, in the order of the cluster's budgets.
    pub guarded: Vec<Vec<ServiceId>>,
    /// For each service, the nodes that its pods are bound to at the start, slot by slot, by the nodes' names; `None` and
    /// what is beyond the list is scheduled.
    pub bound: Table<ServiceId, Vec<Option<String>>>,
    /// The images on the disks of the nodes of the start, by the nodes' names.
    pub images: BTreeMap<String, Vec<ImageId>>,
}

/// The nodes that a group of instances becomes.
#[derive(Clone, Debug, Default)]
pub struct NodeGroup {
    /// A new node in each zone; its name follows from the instance.
    pub template: Table<ZoneId, Node>,
    /// The nodes that the first instances are, by their lanes, where they were given one by one.
    pub named: Vec<Node>,
}

impl KubernetesFleet {
    /// The node that an instance is, its name and host name label filled in.
    pub fn node(&self, world: &World, instance: InstanceId) -> Node {
        let row = &world.instances[instance];
        let group = &self.groups[row.capacity];
        let first = row.serial <= world.fleet.capacities.values().map(|capacity| capacity.count()).sum();
        if let Some(named) = group.named.get(row.lane as usize).filter(|_| first) {
            return named.clone();
        }
        let mut node = group.template[row.zone].clone();
        let bytes = row.serial.to_be_bytes();
        node.name = format!("ip-10-{}-{}-{}.ec2.internal", bytes[1], bytes[2], bytes[3]);
        node.labels.insert(super::HOSTNAME_LABEL.to_owned(), node.name.clone());
        node
    }

    /// The name of the node that an instance is.
    pub fn node_name(&self, world: &World, instance: InstanceId) -> String {
        self.node(world, instance).name
    }

    /// The budgets that guard a service, by their place.
    pub fn budgets_of(&self, service: ServiceId) -> impl Iterator<Item = usize> + '_ {
        (0..self.guarded.len()).filter(move |&place| self.guarded[place].contains(&service))
    }

    /// How many more pods a budget lets go.
    pub fn disruptions_allowed(&self, world: &World, budget: usize) -> u32 {
        self.budget_status(world, budget).disruptions_allowed()
    }

    /// The status of a budget at this moment.
    ///
    /// A pod is healthy while it is ready and not being deleted. The expected number is what the workloads want; a share is
    /// rounded up (Kubernetes, disruption controller).
    pub fn budget_status(&self, world: &World, budget: usize) -> BudgetStatus {
        let (expected, healthy) = self.guarded[budget].iter().fold((0, 0), |(expected, healthy), &service| {
            let ready = world.tasks_of(service).filter(|&task| is_healthy(world, task)).count() as u32;
            (expected + world.services[service].desired, healthy + ready)
        });
        let desired_healthy = must_stay(&self.cluster.budgets[budget], expected);
        BudgetStatus { current_healthy: healthy, desired_healthy }
    }
}

/// What the disruption controller writes into a budget's `status`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct BudgetStatus {
    /// Healthy pods.
    pub current_healthy: u32,
    /// Those that must stay.
    pub desired_healthy: u32,
}

impl BudgetStatus {
    /// How many healthy pods may go (`disruptionsAllowed`).
    pub fn disruptions_allowed(self) -> u32 {
        self.current_healthy.saturating_sub(self.desired_healthy)
    }

    /// Whether the budget is met, so that a running pod that is not ready may go, which takes nothing from it
    /// (`unhealthyPodEvictionPolicy: IfHealthyBudget`). A budget that asks for nothing is never met in this sense
    /// (Kubernetes, the eviction subresource of pods).
    pub fn is_met(self) -> bool {
        self.current_healthy >= self.desired_healthy && self.desired_healthy > 0
    }
}

/// Whether a pod counts as healthy for a budget.
pub fn is_healthy(world: &World, task: TaskId) -> bool {
    let row = &world.tasks[task];
    !row.stopping && row.target == Target::Healthy
}

/// The least number of healthy pods of `expected` (`status.desiredHealthy`).
fn must_stay(budget: &Budget, expected: u32) -> u32 {
    match (budget.min_available, budget.max_unavailable) {
        (Some(least), _) => least.of_rounded_up(expected),
        (None, Some(away)) => expected.saturating_sub(away.of_rounded_up(expected)),
        (None, None) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::kubernetes::Count;

    fn budget(min_available: Option<Count>, max_unavailable: Option<Count>) -> Budget {
        Budget {
            name: "guard".into(),
            namespace: "default".into(),
            selector: None,
            min_available,
            max_unavailable,
            evicts_unhealthy: false,
        }
    }

    /// Kubernetes, "Specifying a Disruption Budget": with seven pods, `minAvailable: 50%` keeps four, for the share is
    /// rounded up; `maxUnavailable: 30%` of seven lets three go, for 2.1 is rounded up too.
    #[test]
    fn shares_are_rounded_up() {
        assert_eq!(must_stay(&budget(Some(Count::Percent(50)), None), 7), 4);
        assert_eq!(must_stay(&budget(None, Some(Count::Percent(30))), 7), 4);
        assert_eq!(must_stay(&budget(Some(Count::Pods(2)), None), 3), 2);
        assert_eq!(must_stay(&budget(None, Some(Count::Pods(5))), 3), 0);
    }

    #[test]
    fn a_budget_is_met_with_none_to_spare() {
        let status = |current_healthy, desired_healthy| {
            let status = BudgetStatus { current_healthy, desired_healthy };
            (status.disruptions_allowed(), status.is_met())
        };
        assert_eq!(status(1, 2), (0, false));
        assert_eq!(status(2, 2), (0, true));
        assert_eq!(status(3, 2), (1, true));
        assert_eq!(status(0, 0), (0, false));
    }
}
