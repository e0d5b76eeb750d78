//! Random fleets, workloads and failures from a seed: the invariants hold after every event, and when the failures have
//! stopped every service comes back to its desired count. The seed that fails is printed.

mod ecs;
mod explained;
mod failures;
mod kubernetes;
mod pending;

use longshore::engine::{Checking, Setup};
use longshore::experiment::{Options, run};
use longshore::world::fleet::Scheduling;
use longshore::world::{InstanceId, ServiceId, World};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rayon::prelude::*;
use serde_json::Value;

fn pick(rng: &mut StdRng, of: &[&'static str]) -> &'static str {
    of.choose(rng).copied().unwrap_or_default()
}

/// Room left over in pieces that are too small is no fault: a service may end short where no instance that lacks its task has
/// room for it. A daemon has room kept.
fn is_full_for(world: &World, service: usize) -> bool {
    let service = ServiceId(service as u32);
    let spec = &world.fleet.services[service];
    let need = &world.fleet.definitions[spec.definition].need;
    let daemon = spec.scheduling == Scheduling::Daemon;
    let fits = |instance: InstanceId| {
        let row = &world.instances[instance];
        let kept = world.fleet.capacities[row.capacity].daemons[row.zone].contains(&service);
        let there = world.tasks_on(instance).any(|task| world.tasks[task].service == service);
        let open = world.accepts_tasks(instance) && !(daemon && there);
        open && (kept || world.room(instance, service).fits(need))
    };
    !world.live_instances().any(|(instance, _)| fits(instance))
}

/// What went wrong with a seed.
fn trial(seed: u64, scenario: fn(u64) -> Value) -> Result<u64, String> {
    let json = scenario(seed);
    let text = serde_json::to_string_pretty(&json).expect("JSON");
    let plan = match longshore::scenario::load_text(&text, std::path::Path::new(".")) {
        Ok(loaded) => loaded.plan,
        Err(refused) => return Err(format!("seed {seed}: {}\n{text}", refused.problems.render(&refused.sources))),
    };
    let setup = Setup { checking: Checking::Every(1), ..Setup::default() };
    let mut engine = longshore::engine::build(&plan, setup);
    let outcome = longshore::experiment::single::finish(&plan, &mut engine, None);
    if let Some(broken) = &engine.broken {
        return Err(format!("seed {seed}: {broken}\n{text}"));
    }
    for (service, figures) in outcome.services.iter().enumerate() {
        let last = outcome.timeline.services[service].points.last();
        let (healthy, desired) = last.map_or((0, 0), |point| (point.healthy, point.desired));
        let excused = || match plan.kubernetes {
            None => is_full_for(&engine.world, service),
            Some(_) => pending::excused(&plan, &engine.world, service),
        };
        if healthy != desired && !excused() {
            return Err(format!("seed {seed}: `{}` ends with {healthy} of {desired} tasks\n{text}", figures.name));
        }
        let lost: f64 = figures.lost.iter().map(|lost| lost.task_seconds).sum();
        let missing = (1.0 - figures.capacity_availability) * 864_000.0;
        // With a desired count that changes, the mean of the share and the missing tasks are two different sums.
        let scales = |list: &Value| !list["scheduledScaling"].is_null();
        if !scales(&json["services"][service])
            && !scales(&json["workloads"][&figures.name])
            && figures.scheduling == "REPLICA"
        {
            let expected = missing * f64::from(figures.desired);
            if (lost - expected).abs() > 1e-3 * (1.0 + expected) {
                return Err(format!(
                    "seed {seed}: `{}` lost {expected} task-seconds, {lost} are booked\n{text}",
                    figures.name
                ));
            }
        }
    }
    Ok(outcome.events)
}

/// Tries many seeds.
fn swarm(scenario: fn(u64) -> Value, usually: u64) {
    let (first, count) = match std::env::var("LONGSHORE_SWARM") {
        // `LONGSHORE_SWARM=1234` repeats one seed, `LONGSHORE_SWARM=0..5000` runs many.
        Ok(range) => match range.split_once("..") {
            Some((first, end)) => {
                let (first, end): (u64, u64) = (first.parse().expect("a seed"), end.parse().expect("a seed"));
                (first, end - first)
            }
            None => (range.parse().expect("a seed"), 1),
        },
        Err(_) => (0, usually),
    };
    let failed: Vec<String> =
        (first..first + count).into_par_iter().filter_map(|seed| trial(seed, scenario).err()).collect();
    assert!(failed.is_empty(), "{} of {count} seeds fail; the first:\n{}", failed.len(), failed[0]);
}

#[test]
fn random_fleets_survive_and_recover() {
    swarm(ecs::scenario, 400);
}

#[test]
fn random_clusters_survive_and_recover() {
    swarm(kubernetes::scenario, 300);
}

/// The same seed gives the same figures, event for event.
#[test]
fn the_same_seed_repeats() {
    for (seed, scenario) in
        (0..20).flat_map(|seed| [(seed, ecs::scenario as fn(u64) -> Value), (seed, kubernetes::scenario)])
    {
        let text = scenario(seed).to_string();
        let Ok(loaded) = longshore::scenario::load_text(&text, std::path::Path::new(".")) else {
            panic!("seed {seed}")
        };
        let once = format!("{:?}", run(&loaded.plan, Options::default()));
        let again = format!("{:?}", run(&loaded.plan, Options::default()));
        assert_eq!(once, again, "seed {seed}");
    }
}
