//! Placement in steady churn: a random task leaves and one of a random service is placed, through the real change of the
//! world (lists, counts, facts) and the real placer, constraints included.
//!
//! Instance i is in zone i mod 3; sizes cycle every three through (4096 CPU units, 7680 MiB), (4096, 15744), (8192, 31744)
//! and (4096, 31744). A tenth as many services, 20 to 1,000, of 128, 256, 512 or 1024 CPU units and 256 to 4096 MiB plus
//! 16 × (0..7). They fill the fleet to 85 % of its CPU, about nine tasks an instance; then the churn begins.
//!
//! `index` and `scan` decide alike; where the scan is bearable it runs beside, so that the ratio comes from one run. An
//! iteration is one departure and one placement.

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use longshore::base::huge_pages::HugePages;
use longshore::base::id::Table;
use longshore::base::queue::Queue;
use longshore::base::random::Randomness;
use longshore::base::time::Span;
use longshore::engine::apply;
use longshore::placement::Placer;
use longshore::placement::index::Index;
use longshore::placement::policy::{Policy, TieBreak};
use longshore::placement::scan::Scan;
use longshore::placement::strategy::{Binpack, Field, Resource, Spread, Strategy};
use longshore::placement::tie::Ring;
use longshore::world::catalog::Arch;
use longshore::world::command::{Command, Order};
use longshore::world::event::Event;
use longshore::world::fact::Fact;
use longshore::world::fleet::{
    CapacitySpec, Fleet, NetworkMode, Os, PullBehavior, Resources, Scheduling, ServiceSpec, SuspendedProcesses,
    TaskDefinition, UpWhen, ZoneSpec,
};
use longshore::world::instance::Registration;
use longshore::world::task::Phase;
use longshore::world::{CapacityId, ServiceId, TaskId, World, ZoneId};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

// As the command has it.
#[global_allocator]
static MEMORY: HugePages = HugePages;

const ZONES: [&str; 3] = ["a", "b", "c"];
const SIZES: [(u32, u32); 4] = [(4096, 7680), (4096, 15744), (8192, 31744), (4096, 31744)];
/// Sizes at which the scan runs beside the index.
const SCANNED: usize = 10_000;

#[derive(Copy, Clone, PartialEq)]
enum Rules {
    Binpack,
    ZonesThenBinpack,
    Instances,
}

impl Rules {
    const ALL: [(Rules, &'static str); 3] = [
        (Rules::Binpack, "binpack"),
        (Rules::ZonesThenBinpack, "zones_then_binpack"),
        (Rules::Instances, "spread_instances"),
    ];

    fn strategies(self) -> Vec<Box<dyn Strategy>> {
        let binpack = || Box::new(Binpack(Resource::Memory));
        match self {
            Rules::Binpack => vec![binpack()],
            Rules::ZonesThenBinpack => vec![Box::new(Spread::over_zones()), binpack()],
            Rules::Instances => vec![Box::new(Spread(Field::Instance))],
        }
    }
}

fn fleet(services: usize, rng: &mut Xoshiro256PlusPlus) -> Fleet {
    let mut fleet = Fleet::default();
    for name in ZONES {
        fleet.zones.push(ZoneSpec { name: name.into(), weight: 1.0 });
    }
    for (size, (cpu, memory)) in SIZES.into_iter().enumerate() {
        let attributes = |zone: &str| vec![("ecs.availability-zone".to_owned(), zone.to_owned())];
        fleet.capacities.push(CapacitySpec {
            name: format!("size {size}"),
            instance_type: "custom".into(),
            registered: Resources { cpu, memory, gpus: 0, enis: 0 },
            usd_per_hour: 0.0,
            os: Os::Linux,
            arch: Arch::X86_64,
            attributes: ZONES.into_iter().map(attributes).collect(),
            per_zone: ZONES.into_iter().map(|_| 0).collect(),
            pull_mib_per_s: 50.0,
            pull_behavior: PullBehavior::Default,
            suspended: SuspendedProcesses::default(),
            managed_draining: true,
            daemons: ZONES.into_iter().map(|_| Vec::new()).collect(),
        });
    }
    for number in 0..services {
        let cpu = 128 << rng.random_range(0..4);
        let memory = 256 * rng.random_range(1..=16) + 16 * rng.random_range(0..8);
        let definition = fleet.definitions.push(TaskDefinition {
            family: format!("family {number}"),
            need: Resources { cpu, memory, gpus: 0, enis: 0 },
            ports: Vec::new(),
            network: NetworkMode::Bridge,
            containers: Vec::new(),
            essential: 0,
            os: None,
            arch: None,
        });
        fleet.services.push(ServiceSpec {
            name: format!("service {number}"),
            group: format!("service:{number}"),
            definition,
            scheduling: Scheduling::Replica,
            desired: 0,
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            az_rebalancing: false,
            grace: Span::ZERO,
            load_balancer: None,
            up_when: UpWhen::Healthy(1),
        });
    }
    fleet
}

/// A fleet in churn.
struct Churn {
    world: World,
    placer: Box<dyn Placer>,
    queue: Queue<Event>,
    facts: Vec<Fact>,
    tasks: Vec<TaskId>,
    /// Slots of each service that have no task.
    vacant: Table<ServiceId, Vec<u32>>,
    rng: Xoshiro256PlusPlus,
    /// A trace of the decisions: equal for placers that decide alike.
    hash: u64,
}

impl Churn {
    fn new(instances: usize, rules: Rules, scan: bool) -> Churn {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        let services = (instances / 10).clamp(20, 1000);
        let fleet = Arc::new(fleet(services, &mut rng));
        let policies = (0..services).map(|_| Policy { strategies: rules.strategies(), constraints: Vec::new() });
        let policies: Arc<Table<ServiceId, Policy>> = Arc::new(policies.collect());
        let random = Randomness::new(1, 0);
        let ring = Ring::new(&random, TieBreak::Random);
        // Filling by the scan would take longer than all the rest: the index decides alike.
        let index = Box::new(Index::new(&fleet, policies.clone(), ring));
        let mut churn = Churn {
            world: World::new(fleet, random),
            placer: index,
            queue: Queue::new(),
            facts: Vec::new(),
            tasks: Vec::new(),
            vacant: (0..services).map(|_| Vec::new()).collect(),
            rng,
            hash: 0,
        };
        churn.fill(instances);
        if scan {
            churn.placer = Box::new(Scan::new(policies, ring));
        }
        churn
    }

    fn apply(&mut self, command: Command) {
        self.facts.clear();
        apply(command, &mut self.world, &mut *self.placer, &mut self.queue, &mut self.facts);
    }

    fn fill(&mut self, instances: usize) {
        let mut cpu = 0;
        for number in 0..instances {
            let (zone, capacity) = (ZoneId(number as u32 % 3), CapacityId(number as u32 / 3 % 4));
            self.apply(Command::Launch { capacity, zone, lane: number as u32 });
            let [Fact::Launched(instance)] = self.facts[..] else { panic!("one instance was launched") };
            self.apply(Command::Register { instance, registration: Registration::Active });
            self.apply(Command::SetAgent { instance, connected: true });
            cpu += u64::from(SIZES[capacity.0 as usize].0);
        }
        let wanted = cpu * 85 / 100;
        let mut reserved = 0;
        let mut refused = 0;
        while reserved < wanted && refused < 1000 {
            match self.place() {
                Some(cpu) => reserved += u64::from(cpu),
                None => refused += 1,
            }
        }
    }

    /// One of a random service; its CPU units where there was room.
    fn place(&mut self) -> Option<u32> {
        let service = ServiceId(self.rng.random_range(0..self.vacant.len() as u32));
        let slots = self.world.services[service].slots.len() as u32;
        let slot = self.vacant[service].pop().unwrap_or(slots);
        self.apply(Command::Place(Order::anywhere(service, slot)));
        let placed = self.facts.iter().find_map(|fact| match fact {
            Fact::Placed(task) => Some(*task),
            _ => None,
        });
        let Some(task) = placed else {
            if slot != slots {
                self.vacant[service].push(slot);
            }
            return None;
        };
        let instance = self.world.tasks[task].instance;
        self.hash = (self.hash.rotate_left(5) ^ u64::from(instance.0)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.tasks.push(task);
        let fleet = &self.world.fleet;
        Some(fleet.definitions[fleet.services[service].definition].need.cpu)
    }

    /// A random task leaves.
    fn leave(&mut self) {
        let task = self.tasks.swap_remove(self.rng.random_range(0..self.tasks.len()));
        let row = &self.world.tasks[task];
        self.vacant[row.service].push(row.slot);
        self.apply(Command::SetPhase { task, phase: Phase::Stopped });
    }

    fn run(&mut self, steps: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..steps {
            self.leave();
            // Where a task finds no room the next one is tried, so that the load stays.
            let _ = self.place().is_some() || self.place().is_some();
        }
        start.elapsed()
    }
}

fn placement(c: &mut Criterion) {
    for instances in [100, 1_000, 10_000, 100_000] {
        let mut group = c.benchmark_group(format!("placement_{instances}"));
        group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
        for (rules, name) in Rules::ALL {
            let mut hashes = Vec::new();
            for (scan, placer) in [(false, "index"), (true, "scan")] {
                if scan && instances > SCANNED {
                    continue;
                }
                let mut churn = Churn::new(instances, rules, scan);
                churn.run(1000);
                hashes.push(churn.hash);
                group.bench_function(format!("{name}/{placer}"), |b| b.iter_custom(|steps| churn.run(steps)));
            }
            assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "index and scan decided differently");
        }
        group.finish();
    }
}

// Criterion's plots need fonts that `plotters` is built without here.
criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = placement
}
criterion_main!(benches);
