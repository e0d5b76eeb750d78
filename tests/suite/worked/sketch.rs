//! Small scenarios for examples, in which every delay is a round number.

use longshore::base::time::{Span, Time};
use longshore::engine::{self, Checking, Engine, Setup};
use longshore::experiment::{Options, run};
use longshore::metrics::outcome::Outcome;
use longshore::scenario::{Plan, load_text};

/// The delays of every example: reaction 5 s, PROVISIONING 1 s, start 2 s, restart in place 1 s, registration of a target
/// 4 s, stop 1 s; agent lost after 90 s and back after 10 s; status check 120 s, Auto Scaling's decision 180 s, its
/// reaction 30 s; ECS sees the end of an instance after 20 s; launch 40 s, registration 20 s.
pub const TIMINGS: &str = "
timings:
  schedulerReaction: 5s
  provisioning: 1s
  eniAttachment: 5s
  containerStart: 2s
  containerRestart: 1s
  pullFailure: 60s
  targetRegistration: 4s
  containerStop: 1s
  deprovisioning: 0s
  instanceStateChange: 20s
  agentDisconnect: 90s
  agentReconnect: 10s
  statusCheck: 120s
  unhealthyDecision: 180s
  scalingReaction: 30s
  instanceLaunch: 40s
  instanceRegistration: 20s
  launchRetry: 60s
  zoneRebalance: 300s
  taskRebalance: 60s
  steadyAfter: 40s
";

pub fn plan(text: &str) -> Plan {
    match load_text(text, std::path::Path::new(env!("CARGO_MANIFEST_DIR"))) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{}", refused.problems.render(&refused.sources)),
    }
}

/// What is wrong with a scenario.
pub fn refused(text: &str) -> String {
    match load_text(text, std::path::Path::new(".")) {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(refused) => refused.problems.render(&refused.sources),
    }
}

/// Runs with the invariants checked after each event.
pub fn outcome(text: &str) -> Outcome {
    run(&plan(text), Options { setup: Setup { checking: Checking::Every(1), ..Setup::default() }, progress: None })
}

/// The engine right after the initial state was built.
pub fn begun(text: &str) -> Engine {
    engine::build(&plan(text), Setup { checking: Checking::Every(1), ..Setup::default() })
}

/// The engine at a time.
pub fn engine_at(text: &str, seconds: u64) -> Engine {
    let mut engine = begun(text);
    engine.run_until(Time::ZERO + Span::from_secs(seconds));
    assert_eq!(engine.broken, None);
    engine
}

/// When the number of healthy tasks of the first service changed, and to what: (seconds, healthy).
pub fn healthy(outcome: &Outcome) -> Vec<(f64, u32)> {
    let points = &outcome.timeline.services[0].points;
    let mut list: Vec<(f64, u32)> = Vec::new();
    for point in points {
        if list.last().is_none_or(|(_, last)| *last != point.healthy) {
            list.push((point.seconds, point.healthy));
        }
    }
    list
}

/// Tasks of a service by instance, in the order of the instances.
pub fn by_instance(engine: &Engine, service: &str) -> Vec<u32> {
    let world = &engine.world;
    let counts = world.live_instances().map(|(instance, _)| {
        let of = |task| world.fleet.services[world.tasks[task].service].name == service;
        world.tasks_on(instance).filter(|&task| of(task) && !world.tasks[task].stopping).count() as u32
    });
    counts.collect()
}

/// Tasks of a service by zone, in the order of the zones.
pub fn by_zone(engine: &Engine, service: &str) -> Vec<u32> {
    let world = &engine.world;
    let mut zones = vec![0; world.fleet.zones.len()];
    for (instance, row) in world.live_instances() {
        let of = |task| world.fleet.services[world.tasks[task].service].name == service;
        zones[row.zone.0 as usize] += world.tasks_on(instance).filter(|&task| of(task)).count() as u32;
    }
    zones
}

/// A scenario of `instances` instances over zones a, b, c with room for `slots` tasks of 1 vCPU and 1000 MiB each.
/// `service` holds further lines of the service, `more` further top-level keys.
pub fn scenario(instances: u32, slots: u32, desired: u32, service: &str, more: &str) -> String {
    format!(
        "name: worked
duration: 2h
tieBreak: first
zones: [a, b, c]
capacity:
  - name: group
    instanceType: {{vcpu: {slots}, memory: {}MiB}}
    count: {instances}
taskDefinitions:
  - family: web
    containerDefinitions:
      - {{name: web, cpu: 1024, memory: 1000}}
services:
  - name: web
    taskDefinition: web
    desiredCount: {desired}
{service}
{more}
{TIMINGS}",
        slots * 1000
    )
}
