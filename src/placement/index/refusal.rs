//! Why there is no instance, from counts: the same reason that looking at every instance gives.
//!
//! A cluster without room is asked again and again, so a refusal must not cost a look at every instance. The reason is the
//! most frequent one among instances that lack something; only where none lacks anything do constraints and then agents
//! count (see [`crate::placement::scan`]).

use crate::placement::{Placer, scan};
use crate::world::command::Order;
use crate::world::fact::Refusal;
use crate::world::{InstanceId, World};

use super::Index;
use super::pools::NOWHERE;
use super::rules::{Outcome, Rule};

impl Index {
    /// Why an order without a pin finds no instance.
    pub(super) fn reason(&mut self, world: &World, order: &Order) -> Refusal {
        let rule = &self.rules[order.service];
        let reasons = if self.accepting == 0 {
            let mut reasons = scan::Reasons::default();
            reasons.add(Refusal::Agent, world.instances.in_use() as u32);
            Some(reasons)
        } else if !rule.dynamic.is_empty() || order.zone.is_some() && !self.zones_apart() {
            None
        } else if rule.scarce {
            Some(self.by_row(world, order, rule))
        } else {
            Some(self.by_count(order))
        };
        match reasons {
            Some(reasons) => reasons.main(),
            // What depends on the instance is looked at on each.
            None => self.scan.choose(world, order).err().unwrap_or(Refusal::NoInstances),
        }
    }

    /// Every pool lies in one zone.
    fn zones_apart(&self) -> bool {
        self.partition.pools.iter().all(|common| common.zone.is_some())
    }

    /// What a pool makes of an order. One outside of the order's zone says no before anything else is looked at, as a
    /// failing `memberOf` would.
    fn outcome(&self, order: &Order, rule: &Rule, pool: usize) -> Outcome {
        if order.zone.is_some() && self.partition.pools[pool].zone != Some(order.zone) {
            Outcome::MemberOf { after_distinct: false }
        } else {
            rule.outcomes[pool]
        }
    }

    /// Only CPU and memory can be lacking: counts are enough.
    fn by_count(&mut self, order: &Order) -> scan::Reasons {
        if self.rules[order.service].distinct {
            self.groups.tidy_up(order.service);
        }
        let rule = &self.rules[order.service];
        let mut reasons = scan::Reasons::default();
        // Ranks from here on have the CPU.
        let enough = self.rank(rule.need.cpu) as usize;
        for (number, pool) in self.pools.iter().enumerate() {
            let without: u32 = pool.by_rank[..enough].iter().sum();
            let with: u32 = pool.by_rank[enough..].iter().sum();
            match self.outcome(order, rule, number) {
                Outcome::Open => {
                    reasons.add(Refusal::Cpu, without);
                    reasons.add(Refusal::Memory, with);
                }
                Outcome::Attribute => reasons.add(Refusal::Attribute, without + with),
                Outcome::MemberOf { .. } => reasons.add(Refusal::MemberOf, without + with),
            }
        }
        if rule.distinct {
            for holder in self.groups.holders(order.service) {
                let row = &self.rows[holder.0 as usize];
                if row.pool == NOWHERE {
                    continue;
                }
                let instead = match self.outcome(order, rule, usize::from(row.pool)) {
                    Outcome::Open if row.free.cpu < rule.need.cpu => Refusal::Cpu,
                    Outcome::Open => Refusal::Memory,
                    Outcome::MemberOf { after_distinct: true } => Refusal::MemberOf,
                    _ => continue,
                };
                reasons.take(instead, 1);
                reasons.add(Refusal::DistinctInstance, 1);
            }
        }
        reasons
    }

    /// GPUs, ports or network interfaces can be lacking as well: each row is looked at, but nothing else.
    fn by_row(&self, world: &World, order: &Order, rule: &Rule) -> scan::Reasons {
        let mut reasons = scan::Reasons::default();
        let definition = &world.fleet.definitions[rule.definition];
        for (number, row) in self.rows.iter().enumerate() {
            if row.pool == NOWHERE {
                continue;
            }
            let instance = InstanceId(number as u32);
            let held = || rule.distinct && self.groups.on(order.service, instance).is_some();
            let reason = match self.outcome(order, rule, usize::from(row.pool)) {
                Outcome::Attribute => Refusal::Attribute,
                Outcome::MemberOf { after_distinct: true } if held() => Refusal::DistinctInstance,
                Outcome::MemberOf { .. } => Refusal::MemberOf,
                Outcome::Open if held() => Refusal::DistinctInstance,
                Outcome::Open if row.free.cpu < definition.need.cpu => Refusal::Cpu,
                Outcome::Open if row.free.memory < definition.need.memory => Refusal::Memory,
                Outcome::Open if row.gpus < definition.need.gpus => Refusal::Gpu,
                Outcome::Open => {
                    let ports = &world.instances[instance].ports;
                    let taken = definition.ports.iter().any(|port| ports.binary_search(port).is_ok());
                    if taken { Refusal::Ports } else { Refusal::Eni }
                }
            };
            reasons.add(reason, 1);
        }
        reasons
    }

    /// Why a pinned order is refused, given what the pinned instance says: every other one fails the pin, as it would fail
    /// a `memberOf`.
    pub(super) fn pinned_reason(&self, world: &World, refusal: Refusal) -> Refusal {
        let mut reasons = scan::Reasons::default();
        if self.accepting == 0 {
            reasons.add(Refusal::Agent, world.instances.in_use() as u32);
            return reasons.main();
        }
        let others = if refusal == Refusal::Agent { self.accepting } else { self.accepting - 1 };
        reasons.add(Refusal::MemberOf, others);
        if refusal != Refusal::Agent {
            reasons.add(refusal, 1);
        }
        reasons.main()
    }
}
