//! Where the tasks of each task group are: how many in each pool, and which instances hold some.

use std::collections::HashMap;

use crate::base::id::Table;
use crate::placement::policy::{Constraint, Policy};
use crate::placement::strategy::{Field, Spread};
use crate::world::fleet::Fleet;
use crate::world::{InstanceId, ServiceId};

use super::pools::PoolId;

/// The tasks of a group on one instance.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    group: u32,
    /// Tasks that are not stopping.
    pub wanted: u32,
    /// All that are not STOPPED.
    pub all: u32,
}

/// Groups of which an instance holds tasks. The first few stand in the row itself, which fills two cache lines.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Holds {
    few: [Hold; FEW],
    count: u32,
    // A box around the vector keeps the row within its two cache lines.
    #[allow(clippy::box_collection)]
    more: Option<Box<Vec<Hold>>>,
}

const FEW: usize = 9;

impl Holds {
    const NONE: Holds = Holds { few: [Hold { group: 0, wanted: 0, all: 0 }; FEW], count: 0, more: None };

    #[inline]
    fn of(&self, group: u32) -> Option<&Hold> {
        let few = self.few[..self.count as usize].iter().find(|hold| hold.group == group);
        few.or_else(|| self.more.as_ref()?.iter().find(|hold| hold.group == group))
    }

    /// The hold of a group, which is made if there is none; then the second is `true`.
    #[inline]
    fn of_mut(&mut self, group: u32) -> (&mut Hold, bool) {
        let count = self.count as usize;
        if let Some(at) = self.few[..count].iter().position(|hold| hold.group == group) {
            return (&mut self.few[at], false);
        }
        let new = Hold { group, wanted: 0, all: 0 };
        if count < FEW && self.more.is_none() {
            self.few[count] = new;
            self.count += 1;
            return (&mut self.few[count], true);
        }
        let more = self.more.get_or_insert_default();
        let known = more.iter().position(|hold| hold.group == group);
        let at = known.unwrap_or_else(|| {
            more.push(new);
            more.len() - 1
        });
        (&mut more[at], known.is_none())
    }

    /// Drops the hold of a group.
    fn drop(&mut self, group: u32) {
        let count = self.count as usize;
        match self.few[..count].iter().position(|hold| hold.group == group) {
            Some(at) => match self.more.as_mut().and_then(|more| more.pop()) {
                Some(other) => self.few[at] = other,
                None => {
                    self.few[at] = self.few[count - 1];
                    self.count -= 1;
                }
            },
            None => {
                if let Some(more) = &mut self.more {
                    more.retain(|hold| hold.group != group);
                }
            }
        }
        if self.more.as_ref().is_some_and(|more| more.is_empty()) {
            self.more = None;
        }
    }
}

/// Instances that hold tasks of a group, in no order. One that holds none any more is struck off later, and may stand here
/// twice until then.
#[derive(Clone, Debug, Default)]
struct Holders {
    list: Vec<InstanceId>,
    /// How many really hold some.
    count: usize,
}

/// What a change of a task does to its instance's hold, and to its pool's count.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A task was placed.
    Placed,
    /// A task is no longer wanted.
    Stopping,
    /// A task has stopped that was no longer wanted.
    Ended,
    /// A task has stopped that was wanted to the last.
    Lost,
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
    /// The first of the group's counts, one a pool; only for groups that some service spreads over an attribute.
    counted: Option<u32>,
    /// Some service spreads the group over instances, or keeps it on distinct ones.
    held: bool,
}

impl Groups {
    /// The groups of a fleet, without tasks.
    pub fn new(fleet: &Fleet, policies: &Table<ServiceId, Policy>, pools: usize) -> Groups {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let (mut names, mut groups) = (Vec::new(), Vec::new());
        let mut counts = 0;
        let mut number_of = Vec::new();
        for (service, spec) in fleet.services.iter() {
            let number = *numbers.entry(&spec.group).or_insert_with(|| {
                let number = names.len() as u32;
                names.push(spec.group.clone());
                groups.push(Group { number, counted: None, held: false });
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
                counts += pools as u32;
            }
            let distinct = policy.constraints.iter().any(|one| matches!(one, Constraint::DistinctInstance));
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

    /// Wanted tasks of the service's group in each pool.
    pub fn in_pools(&self, service: ServiceId, pools: usize) -> &[u32] {
        match self.of_service[service].counted {
            Some(first) => &self.counts[first as usize..first as usize + pools],
            None => &[],
        }
    }

    /// The tasks of the service's group on an instance; `None` where there are none.
    #[inline]
    pub fn on(&self, service: ServiceId, instance: InstanceId) -> Option<&Hold> {
        let group = self.of_service[service].number;
        self.on_instance.get(instance.0 as usize)?.of(group)
    }

    /// The instances that hold tasks of the service's group, in no order; some may stand there twice or hold none any more.
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

    /// Takes note of a change of a task.
    #[inline]
    pub fn change(&mut self, service: ServiceId, instance: InstanceId, pool: PoolId, change: Change) {
        let group = self.of_service[service];
        if let Some(first) = group.counted {
            let count = &mut self.counts[first as usize + usize::from(pool)];
            match change {
                Change::Placed => *count += 1,
                Change::Stopping | Change::Lost => *count -= 1,
                Change::Ended => {}
            }
        }
        if group.held {
            self.hold(group.number, instance, change);
        }
    }

    fn hold(&mut self, group: u32, instance: InstanceId, change: Change) {
        let row = instance.0 as usize;
        if self.on_instance.len() <= row {
            self.on_instance.resize(row + 1, Holds::NONE);
        }
        let (hold, is_new) = self.on_instance[row].of_mut(group);
        match change {
            Change::Placed => {
                hold.wanted += 1;
                hold.all += 1;
            }
            Change::Stopping => hold.wanted -= 1,
            Change::Ended => hold.all -= 1,
            Change::Lost => {
                hold.wanted -= 1;
                hold.all -= 1;
            }
        }
        if hold.all == 0 {
            self.on_instance[row].drop(group);
            self.holders[group as usize].count -= 1;
        }
        if is_new {
            let holders = &mut self.holders[group as usize];
            holders.list.push(instance);
            holders.count += 1;
            if holders.list.len() > 2 * holders.count + 16 {
                self.tidy(group);
            }
        }
    }

    /// All that is known, in a form that can be compared: for each group by name its counts by pool where they are kept,
    /// and where holders are kept each with its wanted and all tasks.
    pub fn known(&self, pools: usize) -> Vec<Known<'_>> {
        let known = |number: usize| {
            let group = self.of_service.values().find(|group| group.number as usize == number);
            let counts = group.and_then(|group| group.counted).map(|first| first as usize);
            let counts = counts.map(|first| self.counts[first..first + pools].to_vec());
            let hold = |instance: &InstanceId| {
                let hold = self.on_instance[instance.0 as usize].of(number as u32);
                hold.map(|hold| (*instance, hold.wanted, hold.all))
            };
            let holders = group.is_some_and(|group| group.held).then(|| {
                let mut holders: Vec<_> = self.holders[number].list.iter().filter_map(hold).collect();
                holders.sort_unstable();
                holders.dedup();
                assert_eq!(holders.len(), self.holders[number].count);
                holders
            });
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
    /// Wanted tasks in each pool.
    pub counts: Option<Vec<u32>>,
    /// Instances with wanted and all tasks.
    pub holders: Option<Vec<(InstanceId, u32, u32)>>,
}
