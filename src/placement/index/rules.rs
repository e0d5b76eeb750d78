//! A service's placement rules in the form that the search follows.
//!
//! Lists that several services have alike are held once, so that the search finds them where it last looked.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use crate::base::id::Table;
use crate::placement::policy::{Constraint, Policy};
use crate::placement::strategy::{Binpack, Field, Random, Resource, Spread, Strategy};
use crate::world::fleet::Fleet;
use crate::world::query::Expression;
use crate::world::{DefinitionId, ServiceId};

use super::blocks::{Levels, Need};
use super::pools::{Partition, PoolId, matches};

/// A strategy as the search knows it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Spread over the values of an attribute, by its place in [`Partition::attributes`].
    Values(usize),
    /// Spread over instances.
    Instances,
    /// Binpack.
    Least(Resource),
    /// Random.
    Draw,
}

/// What becomes of every instance of a pool that takes tasks, before room is looked at.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It may take the task.
    Open,
    /// It is of another platform.
    Attribute,
    /// A static expression does not hold.
    MemberOf {
        /// `distinctInstance` stands before that expression, and speaks first where it fails.
        after_distinct: bool,
    },
}

/// The rules of one service or batch.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its task definition.
    pub definition: DefinitionId,
    /// CPU and memory.
    pub need: Need,
    /// The strategies; `None` where one is of a type that the search does not know.
    pub steps: Option<Arc<[Step]>>,
    /// What each pool makes of a task.
    pub outcomes: Arc<[Outcome]>,
    /// The pools that a task may go to.
    pub open: Arc<[PoolId]>,
    /// Every task of the group on another instance.
    pub distinct: bool,
    /// Places of the expressions that depend on more than attributes, among the policy's constraints.
    pub dynamic: Vec<usize>,
    /// GPUs, network interfaces or host ports have to be looked at.
    pub scarce: bool,
}

impl Rule {
    /// The rules of a service.
    fn new(
        fleet: &Fleet,
        service: ServiceId,
        policy: &Policy,
        partition: &Partition,
        levels: &Levels,
        lists: &mut Lists,
    ) -> Rule {
        let id = fleet.services[service].definition;
        let definition = &fleet.definitions[id];
        let need = &definition.need;
        let outcome = |pool: usize| {
            let (capacity, zone) = partition.pools[pool].example;
            if !definition.runs_on(&fleet.capacities[capacity]) {
                return Outcome::Attribute;
            }
            let mut after_distinct = false;
            for constraint in &policy.constraints {
                match constraint {
                    Constraint::DistinctInstance => after_distinct = true,
                    Constraint::MemberOf(test) if test.is_static() && !matches(test, fleet, capacity, zone) => {
                        return Outcome::MemberOf { after_distinct };
                    }
                    Constraint::MemberOf(_) => {}
                }
            }
            Outcome::Open
        };
        let outcomes: Vec<Outcome> = (0..partition.pools.len()).map(outcome).collect();
        let is_open = |pool: &usize| outcomes[*pool] == Outcome::Open && partition.pools[*pool].gpus >= need.gpus;
        let open: Vec<PoolId> = (0..outcomes.len()).filter(is_open).map(|pool| pool as PoolId).collect();
        let steps: Option<Vec<Step>> = policy.strategies.iter().map(|strategy| step(&**strategy, partition)).collect();
        let dynamic = |constraint: &Constraint| expression(constraint).is_some_and(|test| !test.is_static());
        Rule {
            definition: id,
            need: Need { cpu: need.cpu, memory: need.memory, level: levels.of(need.cpu) },
            steps: steps.map(|steps| shared(&mut lists.steps, steps)),
            open: shared(&mut lists.open, open),
            distinct: policy.constraints.iter().any(|one| matches!(one, Constraint::DistinctInstance)),
            dynamic: (0..policy.constraints.len()).filter(|place| dynamic(&policy.constraints[*place])).collect(),
            scarce: need.gpus > 0 || need.enis > 0 || !definition.ports.is_empty(),
            outcomes: shared(&mut lists.outcomes, outcomes),
        }
    }
}

fn expression(constraint: &Constraint) -> Option<&Expression> {
    match constraint {
        Constraint::MemberOf(expression) => Some(expression),
        Constraint::DistinctInstance => None,
    }
}

fn step(strategy: &dyn Strategy, partition: &Partition) -> Option<Step> {
    let strategy = strategy.as_any();
    if let Some(Binpack(resource)) = strategy.downcast_ref() {
        return Some(Step::Least(*resource));
    }
    if let Some(Spread(field)) = strategy.downcast_ref() {
        return match field {
            Field::Instance => Some(Step::Instances),
            Field::Attribute(name) => {
                partition.attributes.iter().position(|(other, _)| other == name).map(Step::Values)
            }
        };
    }
    strategy.is::<Random>().then_some(Step::Draw)
}

/// The lists that some rule has so far.
#[derive(Default)]
struct Lists {
    steps: HashSet<Arc<[Step]>>,
    outcomes: HashSet<Arc<[Outcome]>>,
    open: HashSet<Arc<[PoolId]>>,
}

/// The list that is equal to this one, where there is one.
fn shared<T: Eq + Hash>(lists: &mut HashSet<Arc<[T]>>, list: Vec<T>) -> Arc<[T]> {
    match lists.get(&*list) {
        Some(known) => known.clone(),
        None => {
            let list: Arc<[T]> = list.into();
            lists.insert(list.clone());
            list
        }
    }
}

/// The rules of all services.
pub fn all(
    fleet: &Fleet,
    policies: &Table<ServiceId, Policy>,
    partition: &Partition,
    levels: &Levels,
) -> Table<ServiceId, Rule> {
    let mut lists = Lists::default();
    let rule = |(service, policy)| Rule::new(fleet, service, policy, partition, levels, &mut lists);
    policies.iter().map(rule).collect()
}
