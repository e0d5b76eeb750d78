//! From a plan to an engine that is ready to run.

use crate::base::random::Randomness;
use crate::failure::Build;
use crate::metrics::{self, Meter};
use crate::placement::Placer;
use crate::placement::index::Index;
use crate::placement::kubernetes::KubePlacer;
use crate::placement::scan::Scan;
use crate::placement::tie::Ring;
use crate::platform::ec2::Ec2;
use crate::platform::ecs::Ecs;
use crate::platform::kubernetes::Kubernetes;
use crate::platform::load_balancer::LoadBalancer;
use crate::scenario::Plan;
use crate::workload::run_task::RunTask;
use crate::workload::scheduled_count::ScheduledCount;
use crate::world::actor::Actor;
use crate::world::{ModelId, World};

use super::{Checking, Engine};

/// How to build an engine, apart from the plan.
#[derive(Copy, Clone, Debug, Default)]
pub struct Setup {
    /// The number of the replication; 0 is the single run.
    pub replication: u64,
    /// Decide placement by looking at every instance instead of by the index.
    pub scan: bool,
    /// How often invariants are checked.
    pub checking: Checking,
}

/// Builds an engine and its initial state.
pub fn build(plan: &Plan, setup: Setup) -> Engine {
    build_with(plan, setup, Vec::new())
}

/// The same, with further meters that hear each fact after the registered ones, those of the initial state too.
pub fn build_with(plan: &Plan, setup: Setup, more: Vec<Box<dyn Meter>>) -> Engine {
    build_around(plan, setup, more, |ring| placer(plan, setup, ring))
}

/// The placer of a plan over the ring that breaks ties.
pub fn placer(plan: &Plan, setup: Setup, ring: Ring) -> Box<dyn Placer> {
    if let Some(of) = &plan.kubernetes {
        Box::new(KubePlacer::new(&plan.fleet, &of.profile, ring.tie_break, setup.scan))
    } else if setup.scan {
        Box::new(Scan::new(plan.policies.clone(), ring))
    } else {
        Box::new(Index::new(&plan.fleet, plan.policies.clone(), ring))
    }
}

/// The same, around a placer of one's own over the ring that breaks ties.
pub fn build_around(
    plan: &Plan,
    setup: Setup,
    more: Vec<Box<dyn Meter>>,
    placer: impl FnOnce(Ring) -> Box<dyn Placer>,
) -> Engine {
    let random = Randomness::new(plan.seed, setup.replication);
    let world = World::new(plan.fleet.clone(), random);
    let mut actors: Vec<Box<dyn Actor>> = Vec::new();
    for (place, failure) in plan.failures.iter().enumerate() {
        // The plan was checked: what is reported here was reported there.
        let mut ignore = |_: &str, _: String, _: Option<String>| {};
        let mut build =
            Build { fleet: &plan.fleet, base: &plan.base, model: ModelId(place as u32), report: &mut ignore };
        actors.extend(failure.build(&mut build));
    }
    if !plan.batches.is_empty() {
        actors.push(Box::new(RunTask::new(plan.batches.clone())));
    }
    if !plan.count_changes.is_empty() {
        actors.push(Box::new(ScheduledCount::new(plan.count_changes.clone())));
    }
    actors.push(Box::new(Ec2::new(plan.timings.clone(), plan.fleet.capacities.len(), plan.fleet.zones.len())));
    match &plan.kubernetes {
        None => {
            actors.push(Box::new(Ecs::new(plan.timings.clone(), plan.no_room.clone())));
            actors.push(Box::new(LoadBalancer));
        }
        Some(of) => {
            actors.push(Box::new(Kubernetes::new(&world, plan.timings.clone(), of.settings.clone())));
        }
    }
    let meters = metrics::REGISTRY.iter().map(|entry| (entry.make)(&world)).chain(more).collect();
    let placer = placer(Ring::new(&random, plan.tie_break));
    let mut engine = Engine::new(world, placer, actors, meters, setup.checking);
    engine.begin(plan.starts_running);
    engine
}
