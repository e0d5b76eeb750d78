//! What is left of services at the start of a run once something is taken away.

use crate::engine::{self, Setup};
use crate::scenario::Plan;
use crate::scenario::plan::Loss;
use crate::world::fleet::Scheduling;
use crate::world::{ServiceId, TaskId, World, ZoneId};

use super::outcome::LossOutcome;
use super::{Demand, Standing};

/// The start of a replication.
pub(super) fn start(plan: &Plan, demands: &[Demand], replication: u64) -> Standing {
    let engine = engine::build(plan, Setup { replication, ..Setup::default() });
    let world = &engine.world;
    let replicas = world.fleet.services.iter().filter(|(_, spec)| spec.scheduling == Scheduling::Replica);
    let mut standing = Standing::default();
    for (service, spec) in replicas {
        let desired = world.services[service].desired;
        let running = serving(world, service).count() as u32;
        if running < desired && standing.unplaced.is_none() {
            standing.unplaced = Some((spec.name.clone(), running, desired));
        }
    }
    for demand in demands {
        match demand.loss {
            Loss::Zone => zones(world, demand, &mut standing.losses),
            Loss::Instances(count) => most_loaded(world, demand, count, &mut standing.losses),
        }
    }
    standing
}

fn serving(world: &World, service: ServiceId) -> impl Iterator<Item = TaskId> + '_ {
    world.tasks_of(service).filter(|task| world.serves(*task))
}

/// Zones that hold instances.
pub(super) fn used(plan: &Plan) -> Vec<ZoneId> {
    let holds = |zone: &ZoneId| plan.fleet.capacities.values().any(|spec| spec.per_zone[*zone] > 0);
    plan.fleet.zones.ids().filter(holds).collect()
}

/// A row of what is left of a service once `lost` of its healthy tasks are gone.
fn row(world: &World, service: ServiceId, of: Loss, what: String, healthy: u32, lost: u32) -> LossOutcome {
    let spec = &world.fleet.services[service];
    let desired = world.services[service].desired;
    LossOutcome {
        of,
        lost: what,
        service: spec.name.clone(),
        left: healthy.saturating_sub(lost),
        needed: spec.up_when.threshold(desired),
        desired,
        whole_again_seconds: None,
    }
}

fn zones(world: &World, demand: &Demand, list: &mut Vec<LossOutcome>) {
    let holds = |zone: ZoneId| world.fleet.capacities.values().any(|spec| spec.per_zone[zone] > 0);
    for zone in world.fleet.zones.ids().filter(|zone| holds(*zone)) {
        for service in &demand.services {
            let is_inside = |task: &TaskId| world.instances[world.tasks[*task].instance].zone == zone;
            let inside = serving(world, *service).filter(is_inside).count();
            let all = serving(world, *service).count();
            let name = world.fleet.zones[zone].name.clone();
            list.push(row(world, *service, demand.loss, name, all as u32, inside as u32));
        }
    }
}

/// `its fullest instance`, `its fullest 2 instances`.
fn fullest(count: u32) -> String {
    if count == 1 { "its fullest instance".into() } else { format!("its fullest {count} instances") }
}

fn most_loaded(world: &World, demand: &Demand, count: u32, list: &mut Vec<LossOutcome>) {
    for service in &demand.services {
        let mut on: Vec<u32> = world
            .live_instances()
            .map(|(instance, _)| {
                let serving = |task: &_| world.tasks[*task].service == *service && world.serves(*task);
                world.tasks_on(instance).filter(serving).count() as u32
            })
            .collect();
        on.sort_unstable_by(|a, b| b.cmp(a));
        let (all, lost) = (on.iter().sum(), on.iter().take(count as usize).sum());
        list.push(row(world, *service, demand.loss, fullest(count), all, lost));
    }
}
