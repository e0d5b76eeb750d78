//! Whether what the index knows agrees with the rows of the world.

use crate::world::{InstanceId, World};

use super::blocks::{Blocks, Free};
use super::groups::Groups;
use super::holds::Change;
use super::pools::{NOWHERE, PoolId, key};
use super::{Index, Row};

impl Index {
    /// Checks everything that the index knows against the rows.
    ///
    /// # Errors
    /// A sentence on the first thing that does not agree.
    pub fn verify(&self, world: &World) -> Result<(), String> {
        if self.rows.len() > world.instances.capacity() {
            return Err("the index knows an instance that is not there".into());
        }
        let mut rows = Vec::new();
        for (instance, host) in world.instances.iter() {
            let accepts = world.accepts_tasks(instance);
            let pool = if accepts { self.partition.pool(host.capacity, host.zone) } else { NOWHERE };
            let Some(row) = self.rows.get(instance.0 as usize) else {
                return Err(format!("the index does not know instance {}", instance.0));
            };
            let open = host.open();
            let free = Free { cpu: open.cpu, memory: open.memory };
            let agrees = row.free == free && (row.gpus, row.enis) == (open.gpus, open.enis);
            if row.pool != pool || accepts && !agrees {
                return Err(format!("instance {} is {host:?}, not {row:?}", instance.0));
            }
            if accepts {
                rows.push((instance, *row));
            }
        }
        if rows.len() != self.accepting as usize {
            return Err(format!("{} instances take tasks, not {}", rows.len(), self.accepting));
        }
        for pool in 0..self.pools.len() {
            let here = |entry: &&(InstanceId, Row)| usize::from(entry.1.pool) == pool;
            self.verify_pool(pool, rows.iter().filter(here).copied().collect())
                .map_err(|error| format!("pool {pool}: {error}"))?;
        }
        self.verify_groups(world)
    }

    fn verify_pool(&self, pool: usize, rows: Vec<(InstanceId, Row)>) -> Result<(), String> {
        let pool = &self.pools[pool];
        let mut by_rank = vec![0; self.cpu_needs.len() + 1];
        for (_, row) in &rows {
            by_rank[self.rank(row.free.cpu) as usize] += 1;
        }
        if by_rank != pool.by_rank {
            return Err(format!("ranks {:?}, not {by_rank:?}", pool.by_rank));
        }
        type Order<'a> = (&'a Option<Blocks>, fn(&Row) -> u32);
        let orders: [Order<'_>; 3] =
            [(&pool.by_place, |_| 0), (&pool.by_cpu, |row| row.free.cpu), (&pool.by_memory, |row| row.free.memory)];
        for (blocks, value) in orders {
            let Some(blocks) = blocks else { continue };
            blocks.verify()?;
            let entry = |(_, row): &(InstanceId, Row)| (key(value(row), row.place), row.free);
            let mut wanted: Vec<_> = rows.iter().map(entry).collect();
            wanted.sort_unstable_by_key(|(key, ..)| *key);
            if !blocks.entries().eq(wanted) {
                return Err("the blocks hold something else than the rows".into());
            }
        }
        Ok(())
    }

    /// Counts the tasks anew.
    fn verify_groups(&self, world: &World) -> Result<(), String> {
        let partition = &self.partition;
        let mut anew = Groups::new(&world.fleet, &self.policies, partition);
        for (_, task) in world.tasks.iter().filter(|(_, task)| task.in_use()) {
            let host = &world.instances[task.instance];
            let pool: PoolId = partition.pool(host.capacity, host.zone);
            anew.change(task.service, task.instance, partition, pool, Change::Placed);
            if task.stopping {
                anew.change(task.service, task.instance, partition, pool, Change::Stopping);
            }
        }
        for (known, anew) in self.groups.known(partition).into_iter().zip(anew.known(partition)) {
            if known != anew {
                return Err(format!("{known:?} is known, {anew:?} is true"));
            }
        }
        Ok(())
    }
}
