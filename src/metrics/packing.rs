//! How tasks lie on instances and zones, looked at at regular times: blast radius, imbalance between zones,
//! fragmentation, reservation of single instances.

use crate::base::id::{Id, Table};
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::{Resources, Scheduling};
use crate::world::instance::Instance;
use crate::world::{CapacityId, InstanceId, ServiceId, TaskId, World, ZoneId};

use super::outcome::{BlastOutcome, Outcome, SpreadOutcome, UsageOutcome};
use super::{Entry, Meter};

pub(super) const ENTRY: Entry = Entry {
    name: "packing",
    summary: "blast radius of one instance and one zone, zone imbalance, fragmentation, reservation of single instances",
    make: |world| {
        let mut meter = Box::new(Packing {
            services: Table::new(),
            capacities: Table::new(),
            samples: 0,
            smallest: Vec::new(),
            sorted: Sorted::default(),
        });
        meter.reset(world);
        meter
    },
};

/// Mean and greatest of samples.
#[derive(Clone, Copy, Default)]
struct Sampled {
    sum: f64,
    max: f64,
}

impl Sampled {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.max = self.max.max(value);
    }

    fn outcome(&self, samples: u64) -> SpreadOutcome {
        SpreadOutcome { mean: if samples == 0 { 0.0 } else { self.sum / samples as f64 }, max: self.max }
    }
}

#[derive(Clone, Copy, Default)]
struct ServiceRow {
    instance: Sampled,
    zone: Sampled,
    imbalance: Sampled,
}

struct CapacityRow {
    fragmentation: Sampled,
    /// Looks at an instance, and those that found it without a task.
    seen: u64,
    empty: u64,
    tasks: Sampled,
    cpu: Histogram,
    memory: Histogram,
}

/// Steps of a share: tenths of a percentage point, as fine as those of zones.
const STEPS: usize = 1000;

/// Shares of single instances, in steps.
struct Histogram {
    bins: Box<[u64; STEPS + 1]>,
    sum: f64,
    count: u64,
    max: f64,
}

impl Histogram {
    fn new() -> Histogram {
        Histogram { bins: Box::new([0; STEPS + 1]), sum: 0.0, count: 0, max: 0.0 }
    }

    fn add(&mut self, share: f64) {
        self.bins[((share * STEPS as f64 + 0.5) as usize).min(STEPS)] += 1;
        self.sum += share;
        self.count += 1;
        self.max = self.max.max(share);
    }

    fn outcome(&self) -> UsageOutcome {
        if self.count == 0 {
            return UsageOutcome::default();
        }
        let wanted = (0.95 * self.count as f64).ceil() as u64;
        let mut seen = 0;
        let p95 = self.bins.iter().position(|bin| {
            seen += bin;
            seen >= wanted
        });
        UsageOutcome { mean: self.sum / self.count as f64, p95: p95.unwrap_or(0) as f64 / STEPS as f64, max: self.max }
    }
}

/// The instances of all wanted tasks that serve, by service.
///
/// Where each such task stands is kept in a table of its own, eight tasks to a cache line: a look at the rows of tasks, or
/// along the list of each service, would in a large fleet take as long as everything that happens between two looks.
#[derive(Default)]
struct Sorted {
    /// The service and the instance of each wanted task that serves, by its row; NONE for other rows.
    standing: Vec<(ServiceId, InstanceId)>,
    /// The end of each service's part of `instances`.
    ends: Vec<u32>,
    instances: Vec<InstanceId>,
}

const NOWHERE: (ServiceId, InstanceId) = (ServiceId::NONE, InstanceId::NONE);

/// Where a wanted task that serves stands.
fn standing(world: &World, task: TaskId) -> (ServiceId, InstanceId) {
    let row = &world.tasks[task];
    if row.in_use() && !row.stopping && world.serves(task) { (row.service, row.instance) } else { NOWHERE }
}

impl Sorted {
    /// A task serves, is wanted, or no longer.
    fn changed(&mut self, world: &World, task: TaskId) {
        if self.standing.len() <= task.index() {
            self.standing.resize(task.index() + 1, NOWHERE);
        }
        self.standing[task.index()] = standing(world, task);
    }

    /// Starts from the world as it is.
    fn reset(&mut self, world: &World) {
        self.standing.clear();
        for (task, _) in world.tasks.iter() {
            self.changed(world, task);
        }
    }

    fn look(&mut self, world: &World) {
        debug_assert!(
            world.tasks.iter().all(|(task, _)| {
                self.standing.get(task.index()).copied().unwrap_or(NOWHERE) == standing(world, task)
            })
        );
        self.ends.clear();
        self.ends.resize(world.fleet.services.len(), 0);
        let mut found = 0;
        for (service, _) in self.standing.iter().filter(|(service, _)| service.is_some()) {
            self.ends[service.index()] += 1;
            found += 1;
        }
        let mut begin = 0;
        for end in &mut self.ends {
            begin += std::mem::replace(end, begin);
        }
        self.instances.resize(found, InstanceId::NONE);
        for (service, instance) in self.standing.iter().filter(|(service, _)| service.is_some()) {
            let next = &mut self.ends[service.index()];
            self.instances[*next as usize] = *instance;
            *next += 1;
        }
    }

    fn of(&self, service: ServiceId) -> &[InstanceId] {
        let service = service.0 as usize;
        let begin = service.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.instances[begin as usize..self.ends[service] as usize]
    }
}

struct Packing {
    services: Table<ServiceId, ServiceRow>,
    capacities: Table<CapacityId, CapacityRow>,
    samples: u64,
    /// Needs of the workload of which none is covered by another: what fits none of these fits nothing.
    smallest: Vec<Resources>,
    sorted: Sorted,
}

impl Packing {
    /// For each service: the most of its tasks on one instance, the tasks by zone.
    fn look_at_services(&mut self, world: &World) {
        let mut zones: Table<ZoneId, u32> = world.fleet.zones.ids().map(|_| 0).collect();
        let mut open: Table<ZoneId, bool> = world.fleet.zones.ids().map(|_| false).collect();
        // Small enough to stay in the cache, unlike the rows of instances, which tasks would meet in random order.
        let zone_if_working = |row: &Instance| if row.works() { row.zone } else { ZoneId::NONE };
        let working: Vec<ZoneId> = world.instances.iter().map(|(_, row)| zone_if_working(row)).collect();
        for zone in working.iter().filter(|zone| zone.is_some()) {
            open[*zone] = true;
        }
        let mut on_instance = vec![0u32; working.len()];
        self.sorted.look(world);
        for (service, spec) in world.fleet.services.iter() {
            if spec.scheduling == Scheduling::Standalone {
                continue;
            }
            zones.values_mut().for_each(|count| *count = 0);
            let serving = self.sorted.of(service);
            let mut most = 0;
            for instance in serving {
                let count = &mut on_instance[instance.0 as usize];
                *count += 1;
                most = most.max(*count);
                zones[working[instance.0 as usize]] += 1;
            }
            for instance in serving {
                on_instance[instance.0 as usize] = 0;
            }
            let total = serving.len();
            let row = &mut self.services[service];
            let share = |count: u32| if total == 0 { 0.0 } else { f64::from(count) / total as f64 };
            row.instance.add(share(most));
            row.zone.add(share(zones.values().copied().max().unwrap_or(0)));
            let in_use = || zones.iter().filter(|(zone, _)| open[*zone]).map(|(_, count)| *count);
            row.imbalance.add(f64::from(in_use().max().unwrap_or(0) - in_use().min().unwrap_or(0)));
        }
    }

    fn look_at_instances(&mut self, world: &World) {
        let mut free: Table<CapacityId, (f64, f64)> = world.fleet.capacities.ids().map(|_| (0.0, 0.0)).collect();
        for (instance, row) in world.live_instances() {
            if !world.accepts_tasks(instance) {
                continue;
            }
            let registered = &world.fleet.capacities[row.capacity].registered;
            let of = |part: u32, whole: u32| if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) };
            let (cpu, memory) = (of(row.free.cpu, registered.cpu), of(row.free.memory, registered.memory));
            self.capacities[row.capacity].cpu.add(1.0 - cpu);
            self.capacities[row.capacity].memory.add(1.0 - memory);
            self.capacities[row.capacity].seen += 1;
            self.capacities[row.capacity].empty += u64::from(row.task_count == 0);
            self.capacities[row.capacity].tasks.add(f64::from(row.task_count));
            let sums = &mut free[row.capacity];
            sums.1 += 1.0;
            if !self.smallest.iter().any(|need| row.free.fits(need)) {
                sums.0 += (cpu + memory) / 2.0;
            }
        }
        for (capacity, (useless, instances)) in free.iter() {
            let share = if *instances > 0.0 { useless / instances } else { 0.0 };
            self.capacities[capacity].fragmentation.add(share);
        }
    }
}

impl Meter for Packing {
    fn topics(&self) -> Topics {
        Topics::SERVING.and(Topics::STOPPING)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        if let Fact::ServingChanged { task, .. } | Fact::Stopping(task) = *fact {
            self.sorted.changed(world, task);
        }
    }

    fn sample(&mut self, world: &World) {
        self.samples += 1;
        self.look_at_services(world);
        self.look_at_instances(world);
    }

    fn reset(&mut self, world: &World) {
        self.samples = 0;
        self.sorted.reset(world);
        self.services = world.fleet.services.ids().map(|_| ServiceRow::default()).collect();
        let row = || CapacityRow {
            fragmentation: Sampled::default(),
            seen: 0,
            empty: 0,
            tasks: Sampled::default(),
            cpu: Histogram::new(),
            memory: Histogram::new(),
        };
        self.capacities = world.fleet.capacities.ids().map(|_| row()).collect();
        let needs: Vec<Resources> =
            world.fleet.services.values().map(|spec| world.fleet.definitions[spec.definition].need).collect();
        self.smallest = needs
            .iter()
            .enumerate()
            .filter(|(place, need)| {
                !needs
                    .iter()
                    .enumerate()
                    .any(|(other_place, other)| need.fits(other) && (other != *need || other_place < *place))
            })
            .map(|(_, need)| *need)
            .collect();
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        let specs = world.fleet.services.iter().filter(|(_, spec)| spec.scheduling != Scheduling::Standalone);
        for ((service, _), figures) in specs.zip(&mut outcome.services) {
            let row = &self.services[service];
            figures.blast_radius =
                BlastOutcome { instance: row.instance.outcome(self.samples), zone: row.zone.outcome(self.samples) };
            figures.zone_imbalance = row.imbalance.outcome(self.samples);
        }
        for (row, figures) in self.capacities.values().zip(&mut outcome.capacity) {
            figures.fragmentation = row.fragmentation.outcome(self.samples);
            figures.empty_share = if row.seen == 0 { 0.0 } else { row.empty as f64 / row.seen as f64 };
            figures.instance_cpu_reserved = row.cpu.outcome();
            figures.instance_memory_reserved = row.memory.outcome();
            figures.instance_tasks = row.tasks.outcome(row.seen);
        }
    }
}
