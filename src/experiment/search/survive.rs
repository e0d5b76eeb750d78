//! Whether services stay up when a zone, or some instances, are lost: counted on the placement that the orchestrator makes.
//!
//! The tasks are placed as at the start of a run, everything running. A service keeps up when the healthy tasks that are
//! not on what is lost are at least as many as its `upWhen` asks for, from the very moment of the loss. Of `k` instances those
//! are lost that hold most of the service's tasks: no other `k` leave fewer, so all choices are covered. Placement may depend
//! on chance (strategy `random`, ties), so [`STARTS`] starts with the random numbers of as many replications are looked at
//! and the worst one counts.
//!
//! The loss of a zone is simulated too, without other failures: its hosts lose power for good ten minutes after the start, it
//! takes no launches, and Auto Scaling and the orchestrator react for two hours. That must not leave fewer healthy tasks
//! than the count, and shows when the service is whole again, with the zone still gone.
//!
//! Judged is the placement at the start. Failures that pile up before the loss are a matter of the simulated
//! availability. DAEMON services are left out: what is wanted of them shrinks with the instances.

use std::fmt;
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::time::Span;
use crate::engine::{self, Setup};
use crate::experiment::single::{Options, run_checked};
use crate::failure::Failure;
use crate::scenario::Plan;
use crate::world::fleet::{FailureName, Scheduling};
use crate::world::{ServiceId, World, ZoneId};

use super::outcome::LossOutcome;

/// Starts that are looked at.
pub const STARTS: u64 = 16;

/// When a zone is lost.
const LOST_AT: Span = Span::from_secs(600);

/// How long a zone's loss is followed.
const FOLLOWED: Span = Span::from_secs(7200);

/// What must be survived.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Any one zone.
    Zone,
    /// Any so many instances.
    Instances(u32),
}

impl Loss {
    /// In words: `any one zone`.
    pub(super) fn what(&self) -> String {
        self.to_string()
    }

    pub(super) fn promise(&self) -> String {
        format!("every service stays up without {self}")
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Loss::Zone => f.write_str("any one zone"),
            Loss::Instances(1) => f.write_str("any one instance"),
            Loss::Instances(count) => write!(f, "any {count} instances"),
        }
    }
}

/// What the starts of a plan show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// A service whose tasks do not all find room: its name, tasks that run, tasks wanted.
    pub unplaced: Option<(String, u32, u32)>,
    /// What each loss leaves of each service, in the order of the losses, zones and services.
    pub losses: Vec<LossOutcome>,
}

impl Standing {
    /// What is wrong with it: in a word or two, and in a sentence.
    pub fn limit(&self) -> Option<(String, String)> {
        if let Some((service, running, wanted)) = &self.unplaced {
            let missing = wanted - running;
            let tasks = if missing == 1 { "1 task".into() } else { format!("{missing} tasks") };
            let find = if missing == 1 { "finds" } else { "find" };
            return Some((
                "room".into(),
                format!("no room: {tasks} of the {wanted} of `{service}` {find} no instance"),
            ));
        }
        // The worst first: what is furthest below.
        let fails = self.losses.iter().filter(|loss| !loss.survives());
        let worst = fails.reduce(|a, b| if b.needed - b.left > a.needed - a.left { b } else { a });
        worst.map(|loss| (format!("loss of {}", loss.lost), loss.sentence()))
    }

    /// The worse of two starts, figure by figure.
    fn worse(mut self, other: Standing) -> Standing {
        self.unplaced = self.unplaced.or(other.unplaced);
        for (one, other) in self.losses.iter_mut().zip(other.losses) {
            one.left = one.left.min(other.left);
        }
        self
    }
}

/// Looks at the starts of a plan. The first bad one is enough.
pub fn standing(plan: &Plan, survive: &[Loss]) -> Standing {
    let mut plan = plan.clone();
    plan.starts_running = true;
    let first = start(&plan, survive, 0);
    if first.limit().is_some() {
        return first;
    }
    let others: Vec<Standing> =
        (1..STARTS).into_par_iter().map(|replication| start(&plan, survive, replication)).collect();
    others.into_iter().fold(first, Standing::worse)
}

fn start(plan: &Plan, survive: &[Loss], replication: u64) -> Standing {
    let engine = engine::build(plan, Setup { replication, ..Setup::default() });
    let world = &engine.world;
    let mut standing = Standing::default();
    for (service, spec) in replicas(world) {
        let desired = world.services[service].desired;
        let running = world.tasks_of(service).filter(|task| world.serves(*task)).count() as u32;
        if running < desired && standing.unplaced.is_none() {
            standing.unplaced = Some((spec.to_owned(), running, desired));
        }
    }
    if standing.unplaced.is_none() {
        for loss in survive {
            match loss {
                Loss::Zone => zones(world, &mut standing.losses),
                Loss::Instances(count) => most_loaded(world, *count, &mut standing.losses),
            }
        }
    }
    standing
}

fn replicas(world: &World) -> impl Iterator<Item = (ServiceId, &str)> {
    let services = world.fleet.services.iter();
    services
        .filter(|(_, spec)| spec.scheduling == Scheduling::Replica)
        .map(|(service, spec)| (service, spec.name.as_str()))
}

/// Zones that hold instances.
fn used(plan: &Plan) -> Vec<ZoneId> {
    let holds = |zone: &ZoneId| plan.fleet.capacities.values().any(|spec| spec.per_zone[*zone] > 0);
    plan.fleet.zones.ids().filter(holds).collect()
}

/// A row of what is left of a service once `lost` of its healthy tasks are gone.
fn row(world: &World, service: ServiceId, what: String, healthy: u32, lost: u32) -> LossOutcome {
    let spec = &world.fleet.services[service];
    let desired = world.services[service].desired;
    LossOutcome {
        lost: what,
        service: spec.name.clone(),
        left: healthy.saturating_sub(lost),
        needed: spec.up_when.threshold(desired),
        desired,
        whole_again_seconds: None,
    }
}

fn zones(world: &World, list: &mut Vec<LossOutcome>) {
    let holds = |zone: ZoneId| world.fleet.capacities.values().any(|spec| spec.per_zone[zone] > 0);
    for zone in world.fleet.zones.ids().filter(|zone| holds(*zone)) {
        for (service, _) in replicas(world) {
            let serving = || world.tasks_of(service).filter(|task| world.serves(*task));
            let inside = serving().filter(|task| world.instances[world.tasks[*task].instance].zone == zone).count();
            let name = world.fleet.zones[zone].name.clone();
            list.push(row(world, service, name, serving().count() as u32, inside as u32));
        }
    }
}

/// `its fullest instance`, `its fullest 2 instances`.
fn fullest(count: u32) -> String {
    if count == 1 { "its fullest instance".into() } else { format!("its fullest {count} instances") }
}

fn most_loaded(world: &World, count: u32, list: &mut Vec<LossOutcome>) {
    for (service, _) in replicas(world) {
        let mut on: Vec<u32> = world
            .live_instances()
            .map(|(instance, _)| {
                let serving = |task: &_| world.tasks[*task].service == service && world.serves(*task);
                world.tasks_on(instance).filter(serving).count() as u32
            })
            .collect();
        on.sort_unstable_by(|a, b| b.cmp(a));
        let (all, lost) = (on.iter().sum(), on.iter().take(count as usize).sum());
        list.push(row(world, service, fullest(count), all, lost));
    }
}

/// Simulates the loss of each zone and adds what it shows to the rows of that zone.
///
/// # Errors
/// A broken invariant, a defect of Longshore.
pub fn lose_zones(plan: &Plan, standing: &mut Standing) -> Result<(), String> {
    let runs: Vec<(String, crate::metrics::outcome::Outcome)> = used(plan)
        .into_par_iter()
        .map(|zone| {
            let name = plan.fleet.zones[zone].name.clone();
            let outcome = run_checked(&without(plan, &name)?, Options::default(), Vec::new())?;
            Ok((name, outcome))
        })
        .collect::<Result<_, String>>()?;
    for (name, outcome) in runs {
        for row in standing.losses.iter_mut().filter(|row| row.lost == name) {
            let Some(figures) = outcome.services.iter().find(|service| service.name == row.service) else { continue };
            row.left = row.left.min(figures.min_healthy);
            // A spell that is not over has the length that is left of the run.
            let longest = figures.time_to_desired.longest_seconds.unwrap_or(0.0);
            row.whole_again_seconds = (longest < FOLLOWED.seconds() - 1.0).then_some(longest);
        }
    }
    Ok(())
}

/// The plan with nothing failing but one zone, for good.
fn without(plan: &Plan, zone: &str) -> Result<Plan, String> {
    let json = serde_json::json!({
        "type": "zoneOutage",
        "name": format!("loss of {zone}"),
        "at": LOST_AT.to_string(),
        "lasts": "10y",
        "target": {"zones": [zone]},
    });
    let failure: Failure = serde_json::from_value(json).map_err(|error| format!("the loss of a zone: {error}"))?;
    let mut fleet = (*plan.fleet).clone();
    fleet.failures = [FailureName { name: failure.name().to_owned(), kind: failure.type_name() }].into_iter().collect();
    Ok(Plan {
        duration: Span(LOST_AT.0 + FOLLOWED.0),
        warmup: Span(0),
        starts_running: true,
        fleet: Arc::new(fleet),
        failures: vec![failure],
        count_changes: Vec::new(),
        objectives: Vec::new(),
        ..plan.clone()
    })
}
