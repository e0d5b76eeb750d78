//! Placement without looking at every instance: decides exactly as [`super::scan::Scan`] does.
//!
//! | file | its idea |
//! |---|---|
//! | [`pools`] | instances that every rule treats alike are looked at as one |
//! | [`blocks`] | an order of instances whose blocks know the most that they can offer |
//! | [`groups`] | where the tasks of each task group are |
//! | [`holds`] | the groups of which one instance holds tasks |
//! | [`rules`] | a service's rules in the form that the search follows |
//! | [`search`] | the strategies, one after the other, over pools and blocks |
//! | [`refusal`] | the reason where there is no instance, from counts |
//! | [`verify`] | all of it against the rows of the world |

mod blocks;
mod groups;
mod holds;
mod pools;
mod refusal;
mod rules;
mod search;
#[cfg(test)]
mod tests;
mod verify;

use std::cell::RefCell;
use std::sync::Arc;

use crate::base::id::Table;
use crate::world::command::Order;
use crate::world::fact::Refusal;
use crate::world::fleet::Fleet;
use crate::world::{InstanceId, ServiceId, TaskId, World};

use super::explain::Explanation;
use super::policy::Policy;
use super::scan::Scan;
use super::tie::Ring;
use super::{Placer, fit};
use blocks::{Free, Levels, Spot};
use groups::Groups;
use holds::Change;
use pools::{NOWHERE, Partition, Pool, PoolId};
use rules::Rule;

/// The placer that looks where the best instance must be.
pub struct Index {
    policies: Arc<Table<ServiceId, Policy>>,
    ring: Ring,
    rules: Table<ServiceId, Rule>,
    partition: Partition,
    pools: Vec<Pool>,
    groups: Groups,
    /// What the pools know of each instance, by row.
    rows: Vec<Row>,
    /// The fleet's distinct CPU needs, ascending.
    cpu_needs: Vec<u32>,
    /// Instances that take tasks.
    accepting: u32,
    /// Lists of pools that are used again, one for each strategy under way.
    spare: RefCell<Vec<Vec<PoolId>>>,
    scan: Scan,
}

/// An instance as its pool knows it; free is what is not kept for daemons.
#[derive(Copy, Clone, Debug)]
struct Row {
    /// Its pool, while it takes tasks.
    pool: PoolId,
    /// For how many of the fleet's distinct CPU needs its free CPU is enough.
    rank: u32,
    place: u32,
    free: Free,
    gpus: u32,
    enis: u32,
    /// Where it last stood in its pool's order by place.
    spot: Spot,
}

impl Index {
    /// An index over a fleet without instances.
    pub fn new(fleet: &Fleet, policies: Arc<Table<ServiceId, Policy>>, ring: Ring) -> Index {
        let needs = || fleet.services.values().map(|spec| fleet.definitions[spec.definition].need.cpu);
        let levels = Levels::new(needs());
        let mut cpu_needs: Vec<u32> = needs().collect();
        cpu_needs.sort_unstable();
        cpu_needs.dedup();
        let partition = Partition::new(fleet, &policies);
        Index {
            rules: rules::all(fleet, &policies, &partition, &levels),
            pools: pools::empty(&partition, &policies, &levels, cpu_needs.len() + 1),
            groups: Groups::new(fleet, &policies, &partition),
            partition,
            rows: Vec::new(),
            cpu_needs,
            accepting: 0,
            spare: RefCell::default(),
            scan: Scan::new(policies.clone(), ring),
            policies,
            ring,
        }
    }

    /// How many of the fleet's distinct CPU needs so much CPU is enough for.
    #[inline]
    fn rank(&self, cpu: u32) -> u32 {
        self.cpu_needs.partition_point(|need| *need <= cpu) as u32
    }

    /// Brings what is known of an instance up to date.
    fn refresh(&mut self, world: &World, instance: InstanceId) {
        let host = &world.instances[instance];
        while self.rows.len() <= instance.0 as usize {
            let place = self.ring.place(InstanceId(self.rows.len() as u32));
            let free = Free { cpu: 0, memory: 0 };
            let (rank, spot) = (self.rank(0), Spot::default());
            self.rows.push(Row { pool: NOWHERE, rank, place, free, gpus: 0, enis: 0, spot });
        }
        let row = self.rows[instance.0 as usize];
        let pool = if world.accepts_tasks(instance) { self.partition.pool(host.capacity, host.zone) } else { NOWHERE };
        let open = host.open();
        let free = Free { cpu: open.cpu, memory: open.memory };
        let rank = if free.cpu == row.free.cpu { row.rank } else { self.rank(free.cpu) };
        let known = &mut self.rows[instance.0 as usize];
        *known = Row { pool, rank, free, gpus: open.gpus, enis: open.enis, ..row };
        let (old_rank, new_rank) = (row.rank as usize, rank as usize);
        if row.pool == pool {
            if pool != NOWHERE && row.free != free {
                self.pools[usize::from(pool)].change(
                    row.place,
                    (row.free, old_rank),
                    (free, new_rank),
                    &mut known.spot,
                );
            }
            return;
        }
        if row.pool != NOWHERE {
            self.pools[usize::from(row.pool)].remove(row.place, row.free, old_rank);
            self.accepting -= 1;
        }
        if pool != NOWHERE {
            self.pools[usize::from(pool)].insert(row.place, free, new_rank);
            self.accepting += 1;
        }
    }

    /// Takes note of a change of a task.
    fn note(&mut self, world: &World, task: TaskId, change: Change) {
        let row = &world.tasks[task];
        let host = &world.instances[row.instance];
        let pool = self.partition.pool(host.capacity, host.zone);
        self.groups.change(row.service, row.instance, &self.partition, pool, change);
    }

    /// An order that may go to one instance only.
    fn pinned(&self, world: &World, order: &Order) -> Result<InstanceId, Refusal> {
        let exists = (order.pin.0 as usize) < world.instances.capacity();
        let found = if exists {
            fit::check(world, &self.policies[order.service], order, order.pin)
        } else {
            Err(Refusal::Agent)
        };
        found.map(|()| order.pin).map_err(|refusal| self.pinned_reason(world, refusal))
    }
}

impl Placer for Index {
    fn explain(&mut self, world: &World, order: &Order) -> Option<Explanation> {
        self.scan.explain(world, order)
    }

    fn choose(&mut self, world: &World, order: &Order) -> Result<InstanceId, Refusal> {
        if order.pin.is_some() {
            return self.pinned(world, order);
        }
        if self.rules[order.service].steps.is_none() {
            return self.scan.choose(world, order);
        }
        match self.search(world, order) {
            Some(instance) => Ok(instance),
            None => Err(self.reason(world, order)),
        }
    }

    fn choose_to_stop(&mut self, world: &World, service: ServiceId) -> Option<TaskId> {
        self.scan.choose_to_stop(world, service)
    }

    fn instance_changed(&mut self, world: &World, instance: InstanceId) {
        self.refresh(world, instance);
    }

    fn task_placed(&mut self, world: &World, task: TaskId) {
        self.note(world, task, Change::Placed);
        self.refresh(world, world.tasks[task].instance);
    }

    fn task_stopping(&mut self, world: &World, task: TaskId) {
        self.note(world, task, Change::Stopping);
    }

    fn task_ended(&mut self, world: &World, task: TaskId) {
        let row = &world.tasks[task];
        self.note(world, task, if row.stopping { Change::Ended } else { Change::Lost });
        self.refresh(world, row.instance);
    }
}
