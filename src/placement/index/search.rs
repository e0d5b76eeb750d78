//! The search: the strategies one after the other, over pools and blocks.
//!
//! What the strategies keep is always the candidates with the least of some list of keys. So the search asks for the least
//! value of the first key, then goes on among the instances that have it: pools whose values have equally few tasks,
//! instances without a task of the group, instances with so much of a resource free. What is left in the end is the
//! nearest on the ring.

use crate::placement::fit;
use crate::placement::policy::Constraint;
use crate::placement::strategy::{Random, Resource, Scene};
use crate::world::command::Order;
use crate::world::subject::InstanceSubject;
use crate::world::{InstanceId, World};

use super::Index;
use super::pools::{NOWHERE, PoolId, key};
use super::rules::{Rule, Step};

/// One decision under way.
pub(super) struct Query<'a> {
    world: &'a World,
    order: &'a Order,
    rule: &'a Rule,
    steps: &'a [Step],
    start: u32,
    /// More than CPU and memory is to be looked at.
    picky: bool,
}

/// What the strategies so far have narrowed the candidates to, beside the pools.
#[derive(Copy, Clone, Default)]
pub(super) struct Narrowed {
    /// Instances without a wanted task of the group.
    vacant: bool,
    /// Instances with exactly so much of a resource free.
    exactly: Option<(Resource, u32)>,
}

impl Index {
    /// The instance that an order without a pin goes to.
    pub(super) fn search(&self, world: &World, order: &Order) -> Option<InstanceId> {
        let rule = &self.rules[order.service];
        let steps = rule.steps.as_deref().unwrap_or_default();
        let picky = rule.scarce || rule.distinct || !rule.dynamic.is_empty() || order.zone.is_some();
        let query = Query { world, order, rule, steps, start: self.ring.start(world, order), picky };
        if order.zone.is_none() {
            return self.narrow(&query, 0, &rule.open, Narrowed::default());
        }
        let in_zone =
            |pool: &&PoolId| self.partition.pools[usize::from(**pool)].zone.is_none_or(|zone| zone == order.zone);
        let pools: Vec<PoolId> = rule.open.iter().filter(in_zone).copied().collect();
        self.narrow(&query, 0, &pools, Narrowed::default())
    }

    /// The best instance of some pools by the strategies from `step` on.
    fn narrow(&self, query: &Query<'_>, step: usize, pools: &[PoolId], narrowed: Narrowed) -> Option<InstanceId> {
        match query.steps.get(step) {
            None => self.nearest(query, pools, narrowed),
            Some(Step::Values(attribute)) => self.fewest_by_value(query, step, pools, narrowed, *attribute),
            Some(Step::Instances) if narrowed.vacant => self.narrow(query, step + 1, pools, narrowed),
            Some(Step::Instances) => {
                let vacant = Narrowed { vacant: true, ..narrowed };
                let found = self.narrow(query, step + 1, pools, vacant);
                found.or_else(|| self.fewest_by_instance(query, step, pools, narrowed))
            }
            Some(Step::Least(resource)) => match narrowed.exactly {
                Some((same, _)) if same == *resource => self.narrow(query, step + 1, pools, narrowed),
                Some(_) => self.by_strategies(query, step, self.all(query, pools, narrowed)),
                None if step + 1 == query.steps.len() => {
                    self.least(query, pools, *resource, narrowed).map(|(_, instance)| instance)
                }
                None => {
                    let (value, _) = self.least(query, pools, *resource, narrowed)?;
                    let exactly = Narrowed { exactly: Some((*resource, value)), ..narrowed };
                    self.narrow(query, step + 1, pools, exactly)
                }
            },
            Some(Step::Draw) => {
                self.nearest(query, pools, narrowed)?;
                let scene = Scene { world: query.world, order: query.order, ring: &self.ring };
                let is_valid = |instance| self.is_candidate(query, pools, narrowed, instance);
                Random::draw(&scene, is_valid, || self.all(query, pools, narrowed))
            }
        }
    }

    /// Whether the instance with a key, which has enough CPU and memory, takes the task.
    #[inline]
    fn admits(&self, query: &Query<'_>, narrowed: Narrowed, key: u64) -> bool {
        !(narrowed.vacant || query.picky) || self.admits_instance(query, narrowed, self.ring.instance_at(key as u32))
    }

    /// Whether an instance of a fitting pool with enough CPU and memory takes the task.
    fn admits_instance(&self, query: &Query<'_>, narrowed: Narrowed, instance: InstanceId) -> bool {
        (!narrowed.vacant || self.groups.on(query.order.service, instance).is_none_or(|hold| hold.wanted == 0))
            && (!query.picky || self.admits_picky(query, instance))
    }

    fn admits_picky(&self, query: &Query<'_>, instance: InstanceId) -> bool {
        let (world, rule) = (query.world, query.rule);
        let host = || &world.instances[instance];
        if query.order.zone.is_some() && host().zone != query.order.zone {
            return false;
        }
        if rule.distinct && self.groups.on(query.order.service, instance).is_some() {
            return false;
        }
        if rule.scarce {
            let definition = &world.fleet.definitions[rule.definition];
            let row = &self.rows[instance.0 as usize];
            if row.gpus < definition.need.gpus
                || row.enis < definition.need.enis
                || definition.ports.iter().any(|port| host().ports.binary_search(port).is_ok())
            {
                return false;
            }
        }
        let constraints = &self.policies[query.order.service].constraints;
        rule.dynamic.iter().all(|place| match &constraints[*place] {
            Constraint::MemberOf(expression) => expression.matches(&InstanceSubject { world, instance }),
            Constraint::DistinctInstance => true,
        })
    }

    /// Whether an instance is one of the candidates that are left.
    fn is_candidate(&self, query: &Query<'_>, pools: &[PoolId], narrowed: Narrowed, instance: InstanceId) -> bool {
        let Some(row) = self.rows.get(instance.0 as usize) else { return false };
        let value = |resource| match resource {
            Resource::Cpu => row.free.cpu,
            Resource::Memory => row.free.memory,
        };
        row.pool != NOWHERE
            && pools.contains(&row.pool)
            && row.free.cpu >= query.rule.need.cpu
            && row.free.memory >= query.rule.need.memory
            && narrowed.exactly.is_none_or(|(resource, exactly)| value(resource) == exactly)
            && self.admits_instance(query, narrowed, instance)
    }

    /// All candidates that are left, in order of id.
    fn all(&self, query: &Query<'_>, pools: &[PoolId], narrowed: Narrowed) -> Vec<InstanceId> {
        let rows = (0..self.rows.len() as u32).map(InstanceId);
        rows.filter(|instance| self.is_candidate(query, pools, narrowed, *instance)).collect()
    }

    /// The nearest candidate on the ring.
    fn nearest(&self, query: &Query<'_>, pools: &[PoolId], narrowed: Narrowed) -> Option<InstanceId> {
        let admits = |key| self.admits(query, narrowed, key);
        let need = query.rule.need;
        let mut best: Option<u32> = None;
        for pool in pools.iter().map(|pool| &self.pools[usize::from(*pool)]) {
            let (order, value) = match narrowed.exactly {
                None => (pool.by_place.as_ref(), 0),
                Some((resource, value)) => (pool.order_of(resource), value),
            };
            let Some(order) = order else { continue };
            let (first, start, end) = (key(value, 0), key(value, query.start), key(value, 0) + (1 << 32));
            let hit = order.first(start, end, need, admits).or_else(|| order.first(first, start, need, admits));
            if let Some(hit) = hit {
                let distance = (hit.key as u32).wrapping_sub(query.start);
                best = Some(best.map_or(distance, |least| least.min(distance)));
            }
        }
        best.map(|distance| self.ring.instance_at(query.start.wrapping_add(distance)))
    }

    /// The candidate with the least of a resource free, the nearest of several, and the amount.
    fn least(
        &self,
        query: &Query<'_>,
        pools: &[PoolId],
        resource: Resource,
        narrowed: Narrowed,
    ) -> Option<(u32, InstanceId)> {
        let admits = |key| self.admits(query, narrowed, key);
        let need = query.rule.need;
        let from = match resource {
            Resource::Cpu => key(need.cpu, 0),
            Resource::Memory => key(need.memory, 0),
        };
        let mut best: Option<(u32, u32)> = None;
        for pool in pools.iter().map(|pool| &self.pools[usize::from(*pool)]) {
            let Some(order) = pool.order_of(resource) else { continue };
            let end = |value: u32| key(value, 0) + (1 << 32);
            let below = best.map_or(u64::MAX, |(value, _)| end(value));
            let Some(mut hit) = order.first(from, below, need, admits) else { continue };
            let value = (hit.key >> 32) as u32;
            if (hit.key as u32) < query.start {
                // The least that fits, but those from the start on come before it.
                hit = order.first_after(hit, key(value, query.start), end(value), need, admits).unwrap_or(hit);
            }
            let found = (value, (hit.key as u32).wrapping_sub(query.start));
            best = Some(best.map_or(found, |best| best.min(found)));
        }
        best.map(|(value, distance)| (value, self.ring.instance_at(query.start.wrapping_add(distance))))
    }

    /// Pools by how many tasks of the group have the same value, the fewest first; the first lot with a candidate has the best.
    fn fewest_by_value(
        &self,
        query: &Query<'_>,
        step: usize,
        pools: &[PoolId],
        narrowed: Narrowed,
        attribute: usize,
    ) -> Option<InstanceId> {
        let values = &self.partition.attributes[attribute].1;
        let counts = self.groups.by_value(query.order.service, &self.partition);
        let count = |pool: &PoolId| counts[values[usize::from(*pool)] as usize];
        let mut lot = self.spare.borrow_mut().pop().unwrap_or_default();
        let mut fewest = u32::MAX;
        for pool in pools {
            if count(pool) < fewest {
                fewest = count(pool);
                lot.clear();
            }
            if count(pool) == fewest {
                lot.push(*pool);
            }
        }
        let mut found = self.narrow(query, step + 1, &lot, narrowed);
        if found.is_none() && lot.len() < pools.len() {
            // The others have more: in order, now that it matters.
            lot.clear();
            lot.extend(pools.iter().filter(|pool| count(pool) > fewest));
            lot.sort_unstable_by_key(|pool| (count(pool), *pool));
            let mut lots = lot.chunk_by(|a, b| count(a) == count(b));
            found = lots.find_map(|tied| self.narrow(query, step + 1, tied, narrowed));
        }
        lot.clear();
        self.spare.borrow_mut().push(lot);
        found
    }

    /// No candidate is without a task of the group: among all of them, the ones with the fewest.
    fn fewest_by_instance(
        &self,
        query: &Query<'_>,
        step: usize,
        pools: &[PoolId],
        narrowed: Narrowed,
    ) -> Option<InstanceId> {
        let mut fewest = u32::MAX;
        let mut tied = Vec::new();
        let mut look = |key: u64| {
            let instance = self.ring.instance_at(key as u32);
            if self.admits_instance(query, narrowed, instance) {
                let wanted = self.groups.on(query.order.service, instance).map_or(0, |hold| hold.wanted);
                if wanted < fewest {
                    fewest = wanted;
                    tied.clear();
                }
                if wanted == fewest {
                    tied.push(instance);
                }
            }
            // On to the next.
            false
        };
        for pool in pools.iter().map(|pool| &self.pools[usize::from(*pool)]) {
            let (order, from, below) = match narrowed.exactly {
                None => (pool.by_place.as_ref(), 0, u64::MAX),
                Some((resource, value)) => (pool.order_of(resource), key(value, 0), key(value, 0) + (1 << 32)),
            };
            let Some(order) = order else { continue };
            let _ = order.first(from, below, query.rule.need, &mut look);
        }
        tied.sort_unstable();
        self.by_strategies(query, step + 1, tied)
    }

    /// The best of a list of candidates in order of id, by the strategies from `step` on as they are written.
    fn by_strategies(&self, query: &Query<'_>, step: usize, mut candidates: Vec<InstanceId>) -> Option<InstanceId> {
        let scene = Scene { world: query.world, order: query.order, ring: &self.ring };
        for strategy in &self.policies[query.order.service].strategies[step..] {
            if candidates.len() > 1 {
                strategy.narrow(&scene, &mut candidates);
            }
        }
        debug_assert!(candidates.iter().all(|instance| {
            fit::check(query.world, &self.policies[query.order.service], query.order, *instance).is_ok()
        }));
        candidates.into_iter().min_by_key(|instance| self.ring.distance(*instance, query.start))
    }
}
