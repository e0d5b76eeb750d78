//! The least number of instances that could hold the tasks: arithmetic, no placement.
//!
//! Each bound is that of a relaxed problem, so it can be too low and never too high: tasks may be cut in pieces (the sums of
//! CPU, memory, GPUs and network interfaces), or there is but one service (whole tasks to the instance). What the other groups
//! have is taken as filled to the brim. Room that daemons take on each instance is taken off first.
//!
//! Where losses must be survived, what is left must hold the tasks that it takes to be up: of `n` instances in `z` zones the
//! fullest zone has at least `ceil(n / z)`.

use crate::experiment::survive::Demand;
use crate::scenario::Plan;
use crate::scenario::plan::Loss;
use crate::world::fleet::{CapacitySpec, Resources, Scheduling, ServiceSpec};
use crate::world::{CapacityId, ServiceId};

/// A least number, and what makes it so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Instances of the group.
    pub instances: u32,
    /// Why no fewer.
    pub why: String,
}

/// What an instance has for tasks, its daemons' room taken off.
fn offer(plan: &Plan, spec: &CapacitySpec) -> [u64; 4] {
    let mut offer = amounts(&spec.registered);
    // The zone with the fewest daemons has the most room.
    let taken = spec.daemons.values().map(|daemons| {
        daemons.iter().fold([0; 4], |sum, daemon| {
            let need = amounts(&plan.fleet.definitions[plan.fleet.services[*daemon].definition].need);
            std::array::from_fn(|at| sum[at] + need[at])
        })
    });
    let least = taken.reduce(|a, b| std::array::from_fn(|at| a[at].min(b[at]))).unwrap_or([0; 4]);
    for (room, taken) in offer.iter_mut().zip(least) {
        *room = room.saturating_sub(taken);
    }
    offer
}

fn amounts(of: &Resources) -> [u64; 4] {
    [of.cpu, of.memory, of.gpus, of.enis].map(u64::from)
}

const WORDS: [&str; 4] = ["CPU", "memory", "GPUs", "network interfaces"];

/// How many tasks of a service are to be held.
type Number<'a> = &'a dyn Fn(ServiceId, &ServiceSpec) -> u32;

/// Services whose tasks are kept at a number, with that number.
fn replicas<'a>(plan: &'a Plan, number: Number<'a>) -> impl Iterator<Item = (&'a ServiceSpec, [u64; 4], u64)> + 'a {
    let services = plan.fleet.services.iter().filter(|(_, spec)| spec.scheduling == Scheduling::Replica);
    services.map(move |(service, spec)| {
        (spec, amounts(&plan.fleet.definitions[spec.definition].need), u64::from(number(service, spec)))
    })
}

/// The least number that holds so many tasks of each service.
fn holds(plan: &Plan, group: CapacityId, number: Number<'_>) -> Option<Bound> {
    let own = &plan.fleet.capacities[group];
    let room = offer(plan, own);
    let others: Vec<(&CapacitySpec, [u64; 4])> = plan
        .fleet
        .capacities
        .iter()
        .filter(|(other, _)| *other != group)
        .map(|(_, spec)| (spec, offer(plan, spec)))
        .collect();
    let mut best = Bound { instances: 0, why: "nothing needs the group".into() };
    let mut raise = |instances: u64, why: String| {
        if instances > u64::from(best.instances) {
            best = Bound { instances: u32::try_from(instances).unwrap_or(u32::MAX), why };
        }
    };
    for at in 0..4 {
        let wanted: u64 = replicas(plan, number).map(|(_, need, tasks)| need[at] * tasks).sum();
        let elsewhere: u64 = others.iter().map(|(spec, room)| room[at].saturating_mul(u64::from(spec.count()))).sum();
        let left = wanted.saturating_sub(elsewhere);
        if left > 0 {
            if room[at] == 0 {
                return None;
            }
            raise(left.div_ceil(room[at]), format!("{} of all tasks", WORDS[at]));
        }
    }
    for (spec, need, tasks) in replicas(plan, number) {
        let fit = |room: &[u64; 4]| (0..4).filter(|at| need[*at] > 0).map(|at| room[at] / need[at]).min();
        let definition = &plan.fleet.definitions[spec.definition];
        let slots = |spec: &CapacitySpec, room: &[u64; 4]| {
            if definition.runs_on(spec) { fit(room).unwrap_or(u64::MAX) } else { 0 }
        };
        let elsewhere = others
            .iter()
            .map(|(spec, room)| slots(spec, room).saturating_mul(u64::from(spec.count())))
            .fold(0, u64::saturating_add);
        let left = tasks.saturating_sub(elsewhere);
        if left > 0 {
            let each = slots(own, &room);
            if each == 0 {
                return None;
            }
            raise(left.div_ceil(each), format!("{tasks} tasks of `{}`, at most {each} to an instance", spec.name));
        }
    }
    Some(best)
}

/// Why a loss cannot be survived whatever the instances are: tasks are whole, and some zone, or some instances, hold at least
/// their part of them.
pub fn hopeless(plan: &Plan, demands: &[Demand]) -> Option<String> {
    let used = |zone| plan.fleet.capacities.values().any(|spec| spec.per_zone[zone] > 0);
    let zones = plan.fleet.zones.ids().filter(|zone| used(*zone)).count() as u32;
    for demand in demands {
        for spec in demand.services.iter().map(|service| &plan.fleet.services[*service]) {
            let (desired, needed) = (spec.desired, spec.up_when.threshold(spec.desired));
            let (lost, held) = match demand.loss {
                Loss::Zone => (desired.div_ceil(zones.max(1)), format!("one of {zones} zones holds")),
                Loss::Instances(count) => (desired.min(count), format!("{} hold", super::instances(count))),
            };
            if desired - lost < needed {
                let name = &spec.name;
                return Some(format!(
                    "whatever the instances, {held} at least {lost} of the {desired} tasks of `{name}`, and it needs \
                     {needed} to be up: raise its desired count or lower its `upWhen`"
                ));
            }
        }
    }
    None
}

/// The least number of instances of a group in so many zones; `None` where no number does.
pub fn bound(plan: &Plan, group: CapacityId, zones: usize, demands: &[Demand]) -> Option<Bound> {
    let mut bound = holds(plan, group, &|_, spec| spec.desired)?;
    for demand in demands {
        // The others may be down.
        let must_stay = |service: ServiceId, spec: &ServiceSpec| match demand.services.contains(&service) {
            true => spec.up_when.threshold(spec.desired),
            false => 0,
        };
        let after = holds(plan, group, &must_stay)?;
        let needed = u64::from(after.instances);
        if needed == 0 {
            continue;
        }
        let zones = zones.max(1) as u64;
        let least = match demand.loss {
            // n - ceil(n / z) >= needed
            Loss::Zone if zones == 1 => return None,
            Loss::Zone => {
                let mut least = needed * zones / (zones - 1);
                while least - least.div_ceil(zones) < needed {
                    least += 1;
                }
                least
            }
            Loss::Instances(lost) => needed + u64::from(lost),
        };
        if least > u64::from(bound.instances) {
            let why = format!("what it takes to be up must fit without {}: {}", demand.loss, after.why);
            bound = Bound { instances: u32::try_from(least).unwrap_or(u32::MAX), why };
        }
    }
    bound.instances = bound.instances.max(1);
    Some(bound)
}
