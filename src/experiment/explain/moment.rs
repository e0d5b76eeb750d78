//! How things stand at a moment of a run.

use crate::base::time::Time;
use crate::engine::{self, Setup};
use crate::scenario::Plan;
use crate::world::fleet::Scheduling;
use crate::world::instance::Registration;
use crate::world::service::Loss;
use crate::world::{ServiceId, World};

use super::history::{instance_name, trouble};
use super::outcome::{ServiceState, Waiting};

/// The services, and what is believed of an instance and is not so.
pub(super) fn look(plan: &Plan, at: Time, only: Option<ServiceId>) -> (Vec<ServiceState>, Vec<String>) {
    let mut engine = engine::build(plan, Setup::default());
    engine.run_until(at);
    let world = &engine.world;
    let wanted = |service: ServiceId| only.is_none_or(|only| only == service);
    let services = world.fleet.services.iter();
    let services = services.filter(|(id, spec)| wanted(*id) && spec.scheduling != Scheduling::Standalone);
    (services.map(|(id, _)| state(world, id)).collect(), mistaken(world))
}

fn state(world: &World, service: ServiceId) -> ServiceState {
    let (spec, row) = (&world.fleet.services[service], &world.services[service]);
    let healthy = row.healthy(spec.load_balancer.is_some());
    let needed = spec.up_when.threshold(row.desired);
    let mut waiting = Vec::new();
    for loss in Loss::ALL {
        let waits = row.slots.iter().enumerate().filter(|(_, slot)| slot.wanted && slot.up == 0 && slot.loss == loss);
        let slots: Vec<String> = waits.map(|(slot, _)| format!("{}/{slot}", spec.name)).collect();
        if !slots.is_empty() {
            waiting.push(Waiting { phase: loss.name().into(), title: loss.title().into(), slots });
        }
    }
    ServiceState { service: spec.name.clone(), desired: row.desired, healthy, needed, up: healthy >= needed, waiting }
}

/// What is believed and not so: the difference between the two is where time is lost unseen.
fn mistaken(world: &World) -> Vec<String> {
    let mut list = Vec::new();
    for (instance, row) in world.live_instances().filter(|(_, row)| row.registration != Registration::None) {
        let host = instance_name(world, instance);
        match (trouble(world, instance), row.accepts_tasks()) {
            (Some(wrong), true) => list.push(format!("{host} is {wrong} and still counts as able to take tasks")),
            (None, false) if row.registration == Registration::Active => {
                list.push(format!("{host} works, and nothing is placed on it: its agent counts as disconnected"));
            }
            _ => {}
        }
    }
    list
}
