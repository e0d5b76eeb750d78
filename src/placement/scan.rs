//! Placement as it is written down: look at every instance, keep the valid ones, narrow them by each strategy.
//!
//! This is the reference that the index is tested against, and the way for policies that the index does not know.

use std::sync::Arc;

use crate::base::id::Table;
use crate::world::command::Order;
use crate::world::fact::Refusal;
use crate::world::{InstanceId, ServiceId, TaskId, World};

use super::policy::Policy;
use super::strategy::Scene;
use super::tie::Ring;
use super::{Placer, explain, fit, scale_in};

/// The placer that looks at every instance.
pub struct Scan {
    policies: Arc<Table<ServiceId, Policy>>,
    ring: Ring,
    candidates: Vec<InstanceId>,
    /// The service whose constraints are left out.
    unconstrained: Option<ServiceId>,
}

impl Scan {
    /// A placer for the services of a fleet, by their policies.
    pub fn new(policies: Arc<Table<ServiceId, Policy>>, ring: Ring) -> Scan {
        Scan { policies, ring, candidates: Vec::new(), unconstrained: None }
    }

    /// The same, but for one service whose placement constraints are left out: what would be without them.
    pub fn without_constraints(policies: Arc<Table<ServiceId, Policy>>, ring: Ring, service: ServiceId) -> Scan {
        Scan { unconstrained: Some(service), ..Scan::new(policies, ring) }
    }

    /// All instances that may take the task, and the best of them; for those who explain a decision.
    pub fn narrow(&mut self, world: &World, order: &Order) -> Result<&[InstanceId], Refusal> {
        let policy = &self.policies[order.service];
        let free = Policy { strategies: Vec::new(), constraints: Vec::new() };
        let rules = if self.unconstrained == Some(order.service) { &free } else { policy };
        self.candidates.clear();
        let mut reasons = Reasons::default();
        for (instance, _) in world.live_instances() {
            match fit::check(world, rules, order, instance) {
                Ok(()) => self.candidates.push(instance),
                Err(refusal) => reasons.add(refusal, 1),
            }
        }
        if self.candidates.is_empty() {
            return Err(reasons.main());
        }
        let scene = Scene { world, order, ring: &self.ring };
        for strategy in &policy.strategies {
            if self.candidates.len() > 1 {
                strategy.narrow(&scene, &mut self.candidates);
            }
        }
        Ok(&self.candidates)
    }
}

/// How many instances cannot take a task for which reason.
#[derive(Copy, Clone, Debug, Default)]
pub struct Reasons([u32; Refusal::ALL.len()]);

impl Reasons {
    /// So many more instances with a reason.
    pub fn add(&mut self, reason: Refusal, count: u32) {
        self.0[reason as usize] += count;
    }

    /// So many fewer.
    pub fn take(&mut self, reason: Refusal, count: u32) {
        self.0[reason as usize] -= count;
    }

    /// The reason that stands for all instances: the one that was met furthest along the way, for it is what would have
    /// to change for the task to fit; a full instance says more than one that was never a candidate.
    pub fn main(&self) -> Refusal {
        let resources = [Refusal::Cpu, Refusal::Memory, Refusal::Gpu, Refusal::Ports, Refusal::Eni];
        let most = |group: &[Refusal]| {
            group.iter().copied().filter(|reason| self.0[*reason as usize] > 0).max_by_key(|reason| {
                // The earlier of two equally frequent ones, in the order in which an instance is looked at.
                (self.0[*reason as usize], std::cmp::Reverse(*reason))
            })
        };
        most(&resources)
            .or_else(|| most(&[Refusal::Attribute, Refusal::MemberOf, Refusal::DistinctInstance]))
            .or_else(|| most(&[Refusal::Agent]))
            .unwrap_or(Refusal::NoInstances)
    }
}

impl Placer for Scan {
    fn explain(&mut self, world: &World, order: &Order) -> Option<explain::Explanation> {
        Some(explain::by_policy(world, &self.policies[order.service], &self.ring, order))
    }

    fn choose_to_stop(&mut self, world: &World, service: ServiceId) -> Option<TaskId> {
        scale_in::choose(world, &self.policies[service], &self.ring, service)
    }

    fn choose(&mut self, world: &World, order: &Order) -> Result<InstanceId, Refusal> {
        let ring = self.ring;
        let start = ring.start(world, order);
        let tied = self.narrow(world, order)?;
        // `narrow` never leaves an empty list behind.
        tied.iter().copied().min_by_key(|instance| ring.distance(*instance, start)).ok_or(Refusal::NoInstances)
    }
}
