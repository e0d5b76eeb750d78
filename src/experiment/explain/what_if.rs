//! What would have shortened an outage: the same seed again, with one thing changed from the moment before the outage on (more
//! tasks are asked for ten minutes before).
//!
//! Until then both runs are the same to the last byte, so the very same failure strikes the very same tasks. From then on
//! whatever is not changed takes as long as it took, for a delay belongs to a task or an instance and not to a moment. What
//! is changed is taken from the phases that the outage was spent on: nothing is tried that could not matter.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::base::distribution::Distribution;
use crate::base::time::{Span, Time};
use crate::engine::{self, Change, Setup};
use crate::placement::Placer;
use crate::placement::scan::Scan;
use crate::platform::timings::Timings;
use crate::scenario::Plan;
use crate::world::command::{Command, Order};
use crate::world::fact::Refusal;
use crate::world::fleet::{Fleet, HealthCheck, Scheduling};
use crate::world::incident::Struck;
use crate::world::service::Loss;
use crate::world::{InstanceId, ServiceId, TaskId, World};

use super::outcome::{PhaseShare, WhatIf};
use super::spells::{Kind, Spell, Spells};

/// A phase that takes less of the outage than this is not worth a thought.
const LEAST_SHARE: f64 = 0.005;

/// How long before an outage more tasks are asked for: long enough for them to run.
const AHEAD: Time = Time(600_000_000);

/// What is known of an outage before anything is changed.
pub(super) struct Facts<'a> {
    pub plan: &'a Plan,
    /// The run at its end.
    pub world: &'a World,
    pub spell: &'a Spell,
    pub phases: &'a [PhaseShare],
    /// A host had to do with it.
    pub hosts: bool,
}

/// Something that can be changed.
struct Idea {
    change: String,
    attainable: bool,
    with: With,
}

/// How it is changed.
enum With {
    Timings(Box<Timings>),
    Fleet(Box<Fleet>),
    /// The images of the service are on every instance.
    Images,
    /// One more instance of each group in each of its zones.
    Spares,
    /// So many tasks more.
    Tasks(u32),
    /// Without the placement constraints of the service.
    NoConstraints,
}

/// The outage with each change that makes sense, the greatest saving first.
pub(super) fn all(facts: &Facts<'_>) -> Vec<WhatIf> {
    let ideas = ideas(facts);
    let mut list: Vec<WhatIf> = ideas.par_iter().filter_map(|idea| run(facts, idea)).collect();
    // Equal ones stay in the order of the phases.
    list.sort_by(|a, b| b.attainable.cmp(&a.attainable).then(b.shorter_by_seconds.total_cmp(&a.shorter_by_seconds)));
    list
}

fn ideas(facts: &Facts<'_>) -> Vec<Idea> {
    let takes = |wanted: &[Loss]| {
        let of = |phase: &&PhaseShare| wanted.iter().any(|loss| loss.name() == phase.phase);
        facts.phases.iter().filter(of).map(|phase| phase.share).sum::<f64>() >= LEAST_SHARE
    };
    let mut list = Vec::new();
    if takes(&[Loss::Undetected]) {
        detection(facts, &mut list);
    }
    if takes(&[Loss::WaitingForInstance, Loss::WaitingForCapacity, Loss::Throttled]) {
        room(facts, takes(&[Loss::WaitingForInstance]), &mut list);
    }
    delays(facts, &takes, &mut list);
    let spec = &facts.plan.fleet.services[facts.spell.service];
    if facts.spell.kind == Kind::Outage && spec.scheduling == Scheduling::Replica {
        let desired = facts.spell.desired;
        // One; and as many as were missing, or as leave enough where one of the zones is gone.
        let missing = facts.spell.needed.saturating_sub(facts.spell.fewest);
        let zones = facts.plan.fleet.zones.len() as u32;
        let without_one = if zones > 1 { (facts.spell.needed * zones).div_ceil(zones - 1) } else { 0 };
        let mut more = vec![1, missing.max(without_one.saturating_sub(desired)).max(1)];
        more.dedup();
        for more in more {
            let what = if more == 1 { "one more task".into() } else { format!("{more} more tasks") };
            let change = format!("{what} of {} from 10m before on: {} instead of {desired}", spec.name, desired + more);
            list.push(Idea { change, attainable: true, with: With::Tasks(more) });
        }
    }
    list
}

/// Whether Amazon ECS is the orchestrator: some delays are its own.
fn is_ecs(plan: &Plan) -> bool {
    plan.kubernetes.is_none()
}

/// A law as people read it.
fn law(law: &Distribution) -> String {
    match law {
        Distribution::Constant(span) => span.to_string(),
        Distribution::Uniform { low, high } => {
            format!("{} to {}", Span::from_secs_f64(*low), Span::from_secs_f64(*high))
        }
        other => format!("{} on average", Span::from_secs_f64(other.mean().round())),
    }
}

/// An idea that changes the timings.
fn timed(facts: &Facts<'_>, change: String, edit: impl FnOnce(&mut Timings)) -> Idea {
    let mut timings = Timings::clone(&facts.plan.timings);
    edit(&mut timings);
    Idea { change, attainable: true, with: With::Timings(Box::new(timings)) }
}

/// An idea that changes the fleet.
fn fleet(facts: &Facts<'_>, change: String, edit: impl FnOnce(&mut Fleet)) -> Idea {
    let mut fleet = Fleet::clone(&facts.plan.fleet);
    edit(&mut fleet);
    Idea { change, attainable: true, with: With::Fleet(Box::new(fleet)) }
}

/// What would have been noticed earlier.
fn detection(facts: &Facts<'_>, list: &mut Vec<Idea>) {
    let (plan, service) = (facts.plan, facts.spell.service);
    let spec = &plan.fleet.services[service];
    let definition = spec.definition;
    if let Some(group) = &spec.load_balancer {
        let half = Span(group.interval.0 / 2);
        let change = format!("the load balancer checks every {half} instead of every {}", group.interval);
        list.push(fleet(facts, change, |fleet| {
            if let Some(group) = &mut fleet.services[service].load_balancer {
                group.interval = half;
            }
        }));
        if group.unhealthy_threshold > 2 {
            let change = format!("2 failed checks of the load balancer are enough, not {}", group.unhealthy_threshold);
            list.push(fleet(facts, change, |fleet| {
                if let Some(group) = &mut fleet.services[service].load_balancer {
                    group.unhealthy_threshold = 2;
                }
            }));
        }
    }
    let containers = &plan.fleet.definitions[definition].containers;
    let checks = containers.iter().find_map(|container| container.health_check);
    match checks {
        Some(check) => {
            let half = Span(check.interval.0 / 2);
            let change = format!("the container health check runs every {half} instead of every {}", check.interval);
            list.push(fleet(facts, change, |fleet| {
                for check in fleet.definitions[definition].containers.iter_mut().filter_map(|c| c.health_check.as_mut())
                {
                    check.interval = Span(check.interval.0 / 2);
                }
            }));
        }
        None if !facts.hosts && is_ecs(plan) => {
            let change = "with a container health check (every 30s, 3 failures)".to_owned();
            list.push(fleet(facts, change, |fleet| {
                for container in &mut fleet.definitions[definition].containers {
                    container.health_check = Some(default_check());
                }
            }));
        }
        None => {}
    }
    if facts.hosts && is_ecs(plan) {
        let t = &plan.timings;
        let change =
            format!("a silent agent is noticed at once (agentDisconnect: 0s, now {})", law(&t.agent_disconnect));
        list.push(timed(facts, change, |t| t.agent_disconnect = Distribution::ZERO));
        let (status, decision) = (law(&t.status_check), law(&t.unhealthy_decision));
        let change = format!(
            "a failed host is ended at once (statusCheck and unhealthyDecision: 0s, now {status} and {decision})"
        );
        list.push(timed(facts, change, |t| {
            t.status_check = Distribution::ZERO;
            t.unhealthy_decision = Distribution::ZERO;
        }));
        let change = format!(
            "the end of an instance is known at once (instanceStateChange: 0s, now {})",
            law(&t.instance_state_change)
        );
        list.push(timed(facts, change, |t| t.instance_state_change = Distribution::ZERO));
    }
}

fn default_check() -> HealthCheck {
    HealthCheck { interval: Span::from_secs(30), timeout: Span::from_secs(5), retries: 3, start_period: Span::ZERO }
}

/// Where there would have been room earlier.
fn room(facts: &Facts<'_>, on_its_way: bool, list: &mut Vec<Idea>) {
    let change = "one spare instance of each group in each zone".to_owned();
    list.push(Idea { change, attainable: true, with: With::Spares });
    if on_its_way {
        let t = &facts.plan.timings;
        let change = format!(
            "a replacement instance is there at once (now {} to react, {} to launch, {} to register)",
            law(&t.scaling_reaction),
            law(&t.instance_launch),
            law(&t.instance_registration)
        );
        let mut idea = timed(facts, change, |t| {
            t.scaling_reaction = Distribution::ZERO;
            t.instance_launch = Distribution::ZERO;
            t.instance_registration = Distribution::ZERO;
        });
        idea.attainable = false;
        list.push(idea);
    }
    let retry = facts.plan.timings.retry;
    if !retry.when_capacity_changes && is_ecs(facts.plan) {
        let change = "the scheduler tries again as soon as there is room (retry.whenCapacityChanges)".to_owned();
        list.push(timed(facts, change, |t| t.retry.when_capacity_changes = true));
    }
}

/// What would have been done faster.
fn delays(facts: &Facts<'_>, takes: &dyn Fn(&[Loss]) -> bool, list: &mut Vec<Idea>) {
    let t = &facts.plan.timings;
    let service = facts.spell.service;
    let spec = &facts.plan.fleet.services[service];
    let ecs = is_ecs(facts.plan);
    if ecs && takes(&[Loss::Reacting]) {
        let change =
            format!("the scheduler reacts at once (schedulerReaction: 0s, now {})", law(&t.scheduler_reaction));
        list.push(timed(facts, change, |t| t.scheduler_reaction = Distribution::ZERO));
    }
    if ecs && takes(&[Loss::Constraint]) {
        let change = format!("{} without its placement constraints", spec.name);
        list.push(Idea { change, attainable: true, with: With::NoConstraints });
    }
    if ecs && takes(&[Loss::DeploymentBounds]) && spec.maximum_percent < 200 {
        let change = format!("maximumPercent: 200 instead of {}", spec.maximum_percent);
        list.push(fleet(facts, change, |fleet| fleet.services[service].maximum_percent = 200));
    }
    if ecs && takes(&[Loss::Provisioning]) {
        let change =
            format!("PROVISIONING takes no time (provisioning and eniAttachment: 0s, now {})", law(&t.provisioning));
        list.push(timed(facts, change, |t| {
            t.provisioning = Distribution::ZERO;
            t.eni_attachment = Distribution::ZERO;
        }));
    }
    if takes(&[Loss::Pulling]) {
        let change = format!("the images of {} are on every instance already", spec.name);
        list.push(Idea { change, attainable: true, with: With::Images });
    }
    if takes(&[Loss::Starting]) {
        let change = format!(
            "containers start at once (containerStart and containerRestart: 0s, now {})",
            law(&t.container_start)
        );
        list.push(timed(facts, change, |t| {
            t.container_start = Distribution::ZERO;
            t.container_restart = Distribution::ZERO;
        }));
    }
    if ecs && takes(&[Loss::Activating]) {
        let change =
            format!("targets are registered at once (targetRegistration: 0s, now {})", law(&t.target_registration));
        list.push(timed(facts, change, |t| t.target_registration = Distribution::ZERO));
    }
}

/// Places by the scenario's policies, and from a moment on by others.
struct Turning {
    before: Box<dyn Placer>,
    after: Scan,
    turned: Arc<AtomicBool>,
}

impl Placer for Turning {
    fn choose(&mut self, world: &World, order: &Order) -> Result<InstanceId, Refusal> {
        if self.turned.load(Ordering::Relaxed) {
            self.after.choose(world, order)
        } else {
            self.before.choose(world, order)
        }
    }

    fn choose_to_stop(&mut self, world: &World, service: ServiceId) -> Option<TaskId> {
        self.before.choose_to_stop(world, service)
    }

    fn instance_changed(&mut self, world: &World, instance: InstanceId) {
        self.before.instance_changed(world, instance);
    }

    fn task_placed(&mut self, world: &World, task: TaskId) {
        self.before.task_placed(world, task);
    }

    fn task_stopping(&mut self, world: &World, task: TaskId) {
        self.before.task_stopping(world, task);
    }

    fn task_ended(&mut self, world: &World, task: TaskId) {
        self.before.task_ended(world, task);
    }
}

/// The change in the words of the engine, as the world stands.
fn change(facts: &Facts<'_>, with: &With, world: &World) -> Change {
    let plan = facts.plan;
    let service = facts.spell.service;
    match with {
        With::Timings(timings) => Change { timings: Some(Arc::new(Timings::clone(timings))), ..Change::default() },
        With::Fleet(fleet) => Change { fleet: Some(Arc::new(Fleet::clone(fleet))), ..Change::default() },
        With::NoConstraints => Change::default(),
        With::Images => {
            let definition = plan.fleet.services[service].definition;
            let mut fleet = Fleet::clone(&plan.fleet);
            let mut commands = Vec::new();
            for container in &plan.fleet.definitions[definition].containers {
                fleet.images[container.image].size_mib = 0.0;
                let cache = |(instance, _)| Command::Cache { instance, image: container.image };
                commands.extend(world.live_instances().map(cache));
            }
            Change { fleet: Some(Arc::new(fleet)), timings: None, commands }
        }
        With::Spares => {
            let mut fleet = Fleet::clone(&plan.fleet);
            let mut commands = Vec::new();
            for (capacity, spec) in plan.fleet.capacities.iter() {
                let used = spec.per_zone.iter().filter(|(_, count)| **count > 0);
                for (lane, (zone, _)) in (spec.count()..).zip(used) {
                    fleet.capacities[capacity].per_zone[zone] += 1;
                    commands.push(Command::Launch { capacity, zone, lane });
                }
            }
            Change { fleet: Some(Arc::new(fleet)), timings: None, commands }
        }
        With::Tasks(more) => {
            let desired = world.services[service].desired + more;
            Change { commands: vec![Command::Scale { service, desired }], ..Change::default() }
        }
    }
}

/// Whether two runs were struck alike. More instances in a zone are more that a zone can lose.
fn struck_alike(a: Struck, b: Struck) -> bool {
    match (a, b) {
        (Struck::Zone { zone: a, .. }, Struck::Zone { zone: b, .. }) => a == b,
        _ => a == b,
    }
}

/// The outage with one thing changed; `None` where the change draws the failure to something else, so that the two could
/// not be compared.
fn run(facts: &Facts<'_>, idea: &Idea) -> Option<WhatIf> {
    let Facts { plan, spell, .. } = *facts;
    let (spells, meter) = Spells::watch();
    let turned = Arc::new(AtomicBool::new(false));
    let mut engine = match idea.with {
        With::NoConstraints => engine::build_around(plan, Setup::default(), vec![meter], |ring| {
            let before = engine::placer(plan, Setup::default(), ring);
            let after = Scan::without_constraints(plan.policies.clone(), ring, spell.service);
            Box::new(Turning { before, after, turned: turned.clone() })
        }),
        _ => engine::build_with(plan, Setup::default(), vec![meter]),
    };
    match idea.with {
        // Tasks that are asked for at the last moment would only be started when the failure strikes.
        With::Tasks(_) if spell.from > AHEAD => engine.run_until(Time(spell.from.0 - AHEAD.0)),
        With::Tasks(_) => {}
        _ if spell.from > Time::ZERO => engine.run_until(Time(spell.from.0 - 1)),
        _ => {}
    }
    let change = change(facts, &idea.with, &engine.world);
    engine.change(change);
    turned.store(true, Ordering::Relaxed);
    engine.run_until(spell.to);
    let end = Time::ZERO + plan.duration;
    let mut step = spell.length().max(Span::from_secs(60));
    while spells.is_open(spell.service, spell.kind) && engine.world.now < end {
        engine.run_until((engine.world.now + step).min(end));
        step = step.times(2);
    }
    let struck = |world: &World| Some(world.incidents.get(*spell.causes.first()?)?.struck);
    match (struck(facts.world), struck(&engine.world)) {
        (Some(a), Some(b)) if !struck_alike(a, b) => return None,
        _ => {}
    }
    let over = !spells.is_open(spell.service, spell.kind);
    // Only the stretch that is under way at the end of the outage may go on beyond it.
    let until = |other: &Spell| if other.from < spell.to { other.to } else { other.from };
    let same = |other: &&Spell| other.service == spell.service && other.kind == spell.kind;
    let list = spells.list(engine.world.now);
    let below = list.iter().filter(same).map(|other| until(other).since(other.from.max(spell.from)).seconds());
    let length_seconds: f64 = below.sum();
    Some(WhatIf {
        change: idea.change.clone(),
        length_seconds,
        shorter_by_seconds: spell.length().seconds() - length_seconds,
        over,
        attainable: idea.attainable,
    })
}
