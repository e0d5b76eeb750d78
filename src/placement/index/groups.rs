//! Where the tasks of each task group are: how many have each value of an attribute, and which instances hold some.

use std::collections::HashMap;

use crate::base::id::Table;
use crate::placement::policy::{Constraint, Policy};
use crate::placement::strategy::{Field, Spread};
use crate::world::fleet::Fleet;
use crate::world::{InstanceId, ServiceId};

use super::holds::{Became, Change, Hold, Holds};
use super::pools::{Partition, PoolId};

/// Instances that hold tasks of a group, in no order. One that holds none any more is struck off later, and may stand here
/// twice until then.
#[derive(Clone, Debug, Default)]
struct Holders {
    list: Vec<InstanceId>,
    /// How many really hold some.
    count: usize,
}

/// What is known of the task groups.
#[derive(Clone, Debug)]
pub struct Groups {
    of_service: Table<ServiceId, Group>,
    names: Vec<String>,
    counts: Vec<u32>,
    holders: Vec<Holders>,
    on_instance: Vec<Holds>,
}

/// A service's group.
#[derive(Copy, Clone, Debug)]
struct Group {
    number: u32,
    /// The first of the group's counts, one for each value of an attribute; only for groups that some service spreads over an
    /// attribute.
    counted: Option<u32>,
    /// Some service spreads the group over instances, or keeps it on distinct ones.
    held: bool,
    /// Some service keeps the group on distinct instances: a refusal asks who holds its tasks.
    listed: bool,
}

impl Groups {
    /// The groups of a fleet, without tasks.
    pub fn new(fleet: &Fleet, policies: &Table<ServiceId, Policy>, partition: &Partition) -> Groups {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let (mut names, mut groups) = (Vec::new(), Vec::new());
        let mut counts = 0;
        let mut number_of = Vec::new();
        for (service, spec) in fleet.services.iter() {
            let number = *numbers.entry(&spec.group).or_insert_with(|| {
                let number = names.len() as u32;
                names.push(spec.group.clone());
                groups.push(Group { number, counted: None, held: false, listed: false });
                number
            });
            number_of.push(number as usize);
            let policy = &policies[service];
            let spread = |wanted: fn(&Field) -> bool| {
                let spreads = policy.strategies.iter().filter_map(|one| one.as_any().downcast_ref());
                spreads.into_iter().any(|Spread(field)| wanted(field))
            };
            let group = &mut groups[number as usize];
            if spread(|field| matches!(field, Field::Attribute(_))) && group.counted.is_none() {
                group.counted = Some(counts);
                counts += partition.values as u32;
            }
            let distinct = policy.constraints.iter().any(|one| matches!(one, Constraint::DistinctInstance));
            group.listed |= distinct;
            group.held |= distinct || spread(|field| *field == Field::Instance);
        }
        Groups {
            of_service: number_of.into_iter().map(|number| groups[number]).collect(),
            holders: vec![Holders::default(); names.len()],
            names,
            counts: vec![0; counts as usize],
            on_instance: Vec::new(),
        }
    }

    /// Wanted tasks of the service's group for each value of an attribute, by the numbers of [`Partition::attributes`].
    #[inline]
    pub fn by_value(&self, service: ServiceId, partition: &Partition) -> &[u32] {
        match self.of_service[service].counted {
            Some(first) => &self.counts[first as usize..first as usize + partition.values],
            None => &[],
        }
    }

    /// The tasks of the service's group on an instance; `None` where there are none.
    #[inline]
    pub fn on(&self, service: ServiceId, instance: InstanceId) -> Option<Hold> {
        let group = self.of_service[service].number;
        self.on_instance.get(instance.0 as usize)?.of(group)
    }

    /// The instances that hold tasks of the service's group, in no order; some may stand there twice or hold none any more.
    /// Kept only for groups that some service keeps on distinct instances.
    pub fn holders(&self, service: ServiceId) -> &[InstanceId] {
        &self.holders[self.of_service[service].number as usize].list
    }

    /// Leaves each instance that holds tasks of the service's group once in [`Groups::holders`], and no other.
    pub fn tidy_up(&mut self, service: ServiceId) {
        self.tidy(self.of_service[service].number);
    }

    /// Strikes off what holds no task of the group any more.
    fn tidy(&mut self, group: u32) {
        let holders = &mut self.holders[group as usize];
        holders.list.sort_unstable();
        holders.list.dedup();
        holders.list.retain(|instance| self.on_instance[instance.0 as usize].of(group).is_some());
    }

    /// Takes note of a change of a task on an instance of a pool.
    #[inline]
    pub fn change(
        &mut self,
        service: ServiceId,
        instance: InstanceId,
        partition: &Partition,
        pool: PoolId,
        change: Change,
    ) {
        let group = self.of_service[service];
        if let Some(first) = group.counted {
            for (_, values) in &partition.attributes {
                let count = &mut self.counts[(first + values[usize::from(pool)]) as usize];
                match change {
                    Change::Placed => *count += 1,
                    Change::Stopping | Change::Lost => *count -= 1,
                    Change::Ended => {}
                }
            }
        }
        if group.held {
            self.hold(group, instance, change);
        }
    }

    #[inline]
    fn hold(&mut self, group: Group, instance: InstanceId, change: Change) {
        let row = instance.0 as usize;
        if self.on_instance.len() <= row {
            self.on_instance.resize(row + 1, Holds::NONE);
        }
        let became = self.on_instance[row].change(group.number, change);
        if group.listed && became != Became::Other {
            self.list(group.number, instance, became);
        }
    }

    fn list(&mut self, group: u32, instance: InstanceId, became: Became) {
        let holders = &mut self.holders[group as usize];
        match became {
            Became::Gone => holders.count -= 1,
            Became::Other => {}
            Became::New => {
                holders.list.push(instance);
                holders.count += 1;
                if holders.list.len() > 2 * holders.count + 16 {
                    self.tidy(group);
                }
            }
        }
    }

    /// All that is known, in a form that can be compared: for each group by name its counts by value where they are kept,
    /// and where holders are kept each with its wanted and all tasks.
    pub fn known(&self, partition: &Partition) -> Vec<Known<'_>> {
        let known = |number: usize| {
            let group = self.of_service.values().find(|group| group.number as usize == number);
            let counts = group.and_then(|group| group.counted).map(|first| first as usize);
            let counts = counts.map(|first| self.counts[first..first + partition.values].to_vec());
            let holds = self.on_instance.iter().enumerate();
            let holds = holds.filter_map(|(row, holds)| Some((InstanceId(row as u32), holds.of(number as u32)?)));
            let held: Vec<_> = holds.map(|(instance, hold)| (instance, hold.wanted, hold.all)).collect();
            if group.is_some_and(|group| group.listed) {
                let mut listed = self.holders[number].list.clone();
                listed.retain(|instance| self.on_instance[instance.0 as usize].of(number as u32).is_some());
                listed.sort_unstable();
                listed.dedup();
                assert!(listed.iter().eq(held.iter().map(|(instance, ..)| instance)));
                assert_eq!(listed.len(), self.holders[number].count);
            }
            let holders = group.is_some_and(|group| group.held).then_some(held);
            Known { group: &self.names[number], counts, holders }
        };
        (0..self.names.len()).map(known).collect()
    }
}

/// What is known of one group, for checks.
#[derive(Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// The group.
    pub group: &'a str,
    /// Wanted tasks for each value of an attribute.
    pub counts: Option<Vec<u32>>,
    /// Instances with wanted and all tasks.
    pub holders: Option<Vec<(InstanceId, u32, u32)>>,
}
