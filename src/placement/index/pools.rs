//! Pools: instances that every rule of the fleet treats alike.
//!
//! Attributes, platform and zone of an instance follow from its group and its zone, and never change. Two pairs of group
//! and zone fall into one pool if no rule of any service tells them apart, so that platform, static expressions and the
//! fields of spread are looked at once a pool and never again. Without such rules the whole fleet is one pool.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::id::Table;
use crate::placement::policy::{Constraint, Policy};
use crate::placement::strategy::{Binpack, Field, Resource, Spread, Strategy};
use crate::world::fleet::{Fleet, TaskDefinition};
use crate::world::query::Expression;
use crate::world::subject::FreshSubject;
use crate::world::{CapacityId, ServiceId, ZoneId};

use super::blocks::{Blocks, Free, Levels, Spot};

/// A pool's number.
pub type PoolId = u16;

/// Stands for no pool: an instance that takes no tasks.
pub const NOWHERE: PoolId = PoolId::MAX;

/// The instances of a pool that take tasks, in each order that some policy asks for.
#[derive(Clone, Debug)]
pub struct Pool {
    /// By place on the ring.
    pub by_place: Option<Blocks>,
    /// By free CPU, then place.
    pub by_cpu: Option<Blocks>,
    /// By free memory, then place.
    pub by_memory: Option<Blocks>,
    /// How many instances there are whose free CPU is enough for exactly so many of the fleet's distinct CPU needs.
    pub by_rank: Vec<u32>,
}

/// The key of an instance in the order of a resource.
#[inline]
pub fn key(value: u32, place: u32) -> u64 {
    u64::from(value) << 32 | u64::from(place)
}

impl Pool {
    /// The order of a resource; there, since some policy has such a binpack.
    #[inline]
    pub fn order_of(&self, resource: Resource) -> Option<&Blocks> {
        match resource {
            Resource::Cpu => self.by_cpu.as_ref(),
            Resource::Memory => self.by_memory.as_ref(),
        }
    }

    pub(super) fn insert(&mut self, place: u32, free: Free, rank: usize) {
        if let Some(blocks) = &mut self.by_place {
            blocks.insert(key(0, place), free);
        }
        if let Some(blocks) = &mut self.by_cpu {
            blocks.insert(key(free.cpu, place), free);
        }
        if let Some(blocks) = &mut self.by_memory {
            blocks.insert(key(free.memory, place), free);
        }
        self.by_rank[rank] += 1;
    }

    pub(super) fn remove(&mut self, place: u32, free: Free, rank: usize) {
        if let Some(blocks) = &mut self.by_place {
            blocks.remove(key(0, place));
        }
        if let Some(blocks) = &mut self.by_cpu {
            blocks.remove(key(free.cpu, place));
        }
        if let Some(blocks) = &mut self.by_memory {
            blocks.remove(key(free.memory, place));
        }
        self.by_rank[rank] -= 1;
    }

    pub(super) fn change(&mut self, place: u32, from: (Free, usize), to: (Free, usize), spot: &mut Spot) {
        if let Some(blocks) = &mut self.by_place {
            blocks.update(key(0, place), to.0, spot);
        }
        if let Some(blocks) = &mut self.by_cpu {
            blocks.change(key(from.0.cpu, place), key(to.0.cpu, place), to.0);
        }
        if let Some(blocks) = &mut self.by_memory {
            blocks.change(key(from.0.memory, place), key(to.0.memory, place), to.0);
        }
        self.by_rank[from.1] -= 1;
        self.by_rank[to.1] += 1;
    }
}

/// What the instances of a pool have in common.
#[derive(Clone, Debug)]
pub struct Common {
    /// A group and zone of the pool: each answers for all of them.
    pub example: (CapacityId, ZoneId),
    /// Their zone, where it is one.
    pub zone: Option<ZoneId>,
    /// GPUs of an instance, counted only where some task needs GPUs.
    pub gpus: u32,
}

/// How the fleet falls into pools.
#[derive(Clone, Debug)]
pub struct Partition {
    /// What each pool has in common.
    pub pools: Vec<Common>,
    /// The pool of each pair of group and zone, by [`Partition::pool`].
    of_class: Vec<PoolId>,
    zones: usize,
    /// Fields of spread other than the instance itself, with the number of each pool's value; no two fields share a number.
    pub attributes: Vec<(String, Vec<u32>)>,
    /// How many values there are in all.
    pub values: usize,
}

impl Partition {
    /// The pools that the rules of a fleet make.
    pub fn new(fleet: &Fleet, policies: &Table<ServiceId, Policy>) -> Partition {
        let told_apart = Distinctions::new(fleet, policies);
        let zones = fleet.zones.len();
        let mut numbers: BTreeMap<Vec<Trait<'_>>, PoolId> = BTreeMap::new();
        let mut pools: Vec<Common> = Vec::new();
        let mut of_class = Vec::with_capacity(fleet.capacities.len() * zones);
        for (capacity, spec) in fleet.capacities.iter() {
            for zone in fleet.zones.ids() {
                let pool = *numbers.entry(told_apart.of(fleet, capacity, zone)).or_insert_with(|| {
                    let gpus = if told_apart.gpus { spec.registered.gpus } else { 0 };
                    pools.push(Common { example: (capacity, zone), zone: Some(zone), gpus });
                    pools.len() as PoolId - 1
                });
                let common = &mut pools[usize::from(pool)];
                common.zone = common.zone.filter(|other| *other == zone);
                of_class.push(pool);
            }
        }
        let (mut attributes, mut values) = (Vec::new(), 0);
        for name in told_apart.attributes {
            attributes.push((name.to_owned(), number_values(fleet, &pools, name, &mut values)));
        }
        Partition { pools, of_class, zones, attributes, values: values as usize }
    }

    /// The pool of an instance of a group in a zone.
    #[inline]
    pub fn pool(&self, capacity: CapacityId, zone: ZoneId) -> PoolId {
        self.of_class[capacity.0 as usize * self.zones + zone.0 as usize]
    }
}

/// Numbers the values of an attribute, going on from `next`; pools without it share one number.
fn number_values(fleet: &Fleet, pools: &[Common], name: &str, next: &mut u32) -> Vec<u32> {
    let mut numbers: BTreeMap<Option<&str>, u32> = BTreeMap::new();
    let numbered = pools.iter().map(|common| {
        let (capacity, zone) = common.example;
        *numbers.entry(fleet.capacities[capacity].attribute(zone, name)).or_insert_with(|| {
            *next += 1;
            *next - 1
        })
    });
    numbered.collect()
}

/// One thing by which rules tell instances apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Trait<'a> {
    Passes(bool),
    Value(Option<&'a str>),
    Number(u32),
}

/// Everything by which the rules of a fleet tell instances apart.
struct Distinctions<'a> {
    platforms: Vec<&'a TaskDefinition>,
    expressions: Vec<&'a Expression>,
    attributes: BTreeSet<&'a str>,
    zones: bool,
    gpus: bool,
}

impl<'a> Distinctions<'a> {
    fn new(fleet: &'a Fleet, policies: &'a Table<ServiceId, Policy>) -> Distinctions<'a> {
        let mut platforms: Vec<&TaskDefinition> = Vec::new();
        for definition in fleet.definitions.values() {
            let asks = definition.os.is_some() || definition.arch.is_some();
            let same = |other: &&TaskDefinition| (other.os, other.arch) == (definition.os, definition.arch);
            if asks && !platforms.iter().any(same) {
                platforms.push(definition);
            }
        }
        let mut expressions = BTreeMap::new();
        let mut attributes = BTreeSet::new();
        for policy in policies.values() {
            for constraint in &policy.constraints {
                if let Constraint::MemberOf(expression) = constraint
                    && expression.is_static()
                {
                    expressions.insert(expression.to_string(), expression);
                }
            }
            for strategy in &policy.strategies {
                if let Some(Spread(Field::Attribute(name))) = strategy.as_any().downcast_ref() {
                    attributes.insert(name.as_str());
                }
            }
        }
        Distinctions {
            platforms,
            expressions: expressions.into_values().collect(),
            attributes,
            zones: fleet.services.values().any(|spec| spec.az_rebalancing),
            gpus: fleet.definitions.values().any(|definition| definition.need.gpus > 0),
        }
    }

    fn of(&self, fleet: &'a Fleet, capacity: CapacityId, zone: ZoneId) -> Vec<Trait<'a>> {
        let spec = &fleet.capacities[capacity];
        let mut traits = Vec::new();
        traits.extend(self.platforms.iter().map(|definition| Trait::Passes(definition.runs_on(spec))));
        traits.extend(self.expressions.iter().map(|test| Trait::Passes(matches(test, fleet, capacity, zone))));
        traits.extend(self.attributes.iter().map(|name| Trait::Value(spec.attribute(zone, name))));
        traits.push(Trait::Number(if self.zones { zone.0 } else { 0 }));
        traits.push(Trait::Number(if self.gpus { spec.registered.gpus } else { 0 }));
        traits
    }
}

/// Whether a static expression holds for the instances of a group in a zone.
pub fn matches(expression: &Expression, fleet: &Fleet, capacity: CapacityId, zone: ZoneId) -> bool {
    expression.matches(&FreshSubject { capacity: &fleet.capacities[capacity], zone })
}

/// Empty pools, with the orders that the policies ask for.
pub fn empty(partition: &Partition, policies: &Table<ServiceId, Policy>, levels: &Levels, ranks: usize) -> Vec<Pool> {
    let (mut place, mut cpu, mut memory) = (false, false, false);
    for policy in policies.values() {
        let mut further = policy.strategies.iter().filter(|strategy| !is_attribute_spread(&***strategy));
        let first = further.next();
        place |= first.is_none_or(|first| first.as_any().downcast_ref::<Binpack>().is_none());
        for strategy in first.into_iter().chain(further) {
            match strategy.as_any().downcast_ref() {
                Some(Binpack(Resource::Cpu)) => cpu = true,
                Some(Binpack(Resource::Memory)) => memory = true,
                None => {}
            }
        }
    }
    let blocks = |wanted: bool| wanted.then(|| Blocks::new(levels.clone()));
    let pool =
        Pool { by_place: blocks(place), by_cpu: blocks(cpu), by_memory: blocks(memory), by_rank: vec![0; ranks] };
    vec![pool; partition.pools.len()]
}

fn is_attribute_spread(strategy: &dyn Strategy) -> bool {
    matches!(strategy.as_any().downcast_ref(), Some(Spread(Field::Attribute(_))))
}
