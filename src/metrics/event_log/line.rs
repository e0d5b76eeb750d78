//! One fact as one line of the log.

use serde::Serialize;

use crate::metrics::attribution::struck_name;
use crate::world::fact::Fact;
use crate::world::instance::{Host, Registration};
use crate::world::task::{Health, Target};
use crate::world::{IncidentId, InstanceId, ServiceId, TaskId, World, ZoneId};

/// A line. What a fact does not speak of is left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line<'a> {
    seconds: f64,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    struck: Option<String>,
}

/// What something was or is.
#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Name(&'static str),
    Count(u32),
    Share(f64),
    Flag(bool),
}

/// The line of a fact, told of the world as it is right after it.
pub(super) fn of<'a>(world: &'a World, fact: &Fact) -> Line<'a> {
    let line = Line { seconds: world.now.seconds(), event: name(fact), ..Line::default() };
    match *fact {
        Fact::Began | Fact::WarmedUp => line,
        Fact::Placed(task) | Fact::Preempted(task) => line.of_task(world, task),
        Fact::Refused { order, refusal } => {
            Line { reason: Some(refusal.name()), ..line.of_slot(world, order.service, order.slot) }
        }
        Fact::Arrived { service, slot } | Fact::GivenUp { service, slot } => line.of_slot(world, service, slot),
        Fact::PhaseChanged { task, from } => {
            let row = &world.tasks[task];
            let to = Some(Value::Name(row.phase.name()));
            Line { from: Some(Value::Name(from.name())), to, ..line.of_task(world, task) }
        }
        Fact::Stopping(task) => {
            let reason = world.tasks[task].stop_code.map(|code| code.name());
            Line { reason, ..line.of_task(world, task) }
        }
        Fact::ScaleAsked { service, desired } => line.of_service(world, service).becomes(Value::Count(desired)),
        Fact::DesiredChanged { service, before } => {
            line.of_service(world, service).change(Value::Count(before), Value::Count(world.services[service].desired))
        }
        Fact::Started { task, container } | Fact::Unhung { task, container } => {
            line.of_task(world, task).of_container(world, task, container)
        }
        Fact::Exited { task, container, incident, out_of_memory } => {
            let reason = out_of_memory.then_some("OutOfMemory");
            Line { reason, ..line.of_task(world, task).of_container(world, task, container).by(world, incident) }
        }
        Fact::MemoryPeak { task, mib, .. } => line.of_task(world, task).becomes(Value::Count(mib)),
        Fact::Hung { task, container, incident } => {
            line.of_task(world, task).of_container(world, task, container).by(world, incident)
        }
        Fact::ServingChanged { task, serves } => line.of_task(world, task).becomes(Value::Flag(serves)),
        Fact::HealthChanged { task, from } => {
            let to = Value::Name(health(world.tasks[task].health));
            line.of_task(world, task).change(Value::Name(health(from)), to)
        }
        Fact::TargetChanged { task, from } => {
            let to = Value::Name(target(world.tasks[task].target));
            line.of_task(world, task).change(Value::Name(target(from)), to)
        }
        // One change of the world may move a count several times (a host with several tasks dies): each is told by itself.
        Fact::HealthyChanged { service, before, after } => {
            line.of_service(world, service).change(Value::Count(before), Value::Count(after))
        }
        Fact::LostShareChanged { service, before, after } => {
            line.of_service(world, service).change(Value::Share(before), Value::Share(after))
        }
        Fact::SlotChanged { service, slot, before } => {
            let after = world.services[service].slots.get(slot as usize);
            let waits = |slot: &crate::world::service::Slot| match (slot.wanted, slot.up) {
                (false, _) => "unwanted",
                (true, 0) => slot.loss.name(),
                (true, _) => "serving",
            };
            let cause = after.map_or(IncidentId::NONE, |slot| slot.cause);
            let to = after.map_or("unwanted", waits);
            line.of_slot(world, service, slot).by(world, cause).change(Value::Name(waits(&before)), Value::Name(to))
        }
        Fact::HostUp(instance)
        | Fact::HostUnhung(instance)
        | Fact::Condemned(instance)
        | Fact::Forgotten(instance)
        | Fact::RoomChanged(instance) => line.of_instance(world, instance),
        Fact::Launched(instance) => {
            let capacity = world.fleet.capacities.get(world.instances[instance].capacity);
            Line { capacity: capacity.map(|spec| spec.name.as_str()), ..line.of_instance(world, instance) }
        }
        Fact::HostHung(instance) | Fact::HostDown(instance) | Fact::HostGone(instance) => {
            line.of_instance(world, instance).by(world, world.instances[instance].incident)
        }
        Fact::CutOffChanged(instance) => {
            let row = &world.instances[instance];
            line.of_instance(world, instance).by(world, row.incident).becomes(Value::Flag(row.cut_off))
        }
        Fact::Registered { instance, from } => {
            let to = Value::Name(registration(world.instances[instance].registration));
            line.of_instance(world, instance).change(Value::Name(registration(from)), to)
        }
        Fact::AgentChanged(instance) => {
            line.of_instance(world, instance).becomes(Value::Flag(world.instances[instance].agent_connected))
        }
        Fact::ReadyChanged(instance) => {
            line.of_instance(world, instance).becomes(Value::Flag(world.instances[instance].ready))
        }
        Fact::ImpairedChanged(instance) => {
            line.of_instance(world, instance).becomes(Value::Flag(world.instances[instance].impaired))
        }
        Fact::LaunchesChanged(zone) => {
            line.in_zone(world, zone).becomes(Value::Flag(world.zones[zone].launch_blocks == 0))
        }
        Fact::ControlPlaneChanged => line.becomes(Value::Flag(world.region.control_plane_down == 0)),
        Fact::RegistryChanged => line.becomes(Value::Flag(world.region.registry_down == 0)),
        Fact::RoleChanged => line.becomes(Value::Flag(world.region.role_revoked == 0)),
        Fact::Opened(incident) | Fact::Closed(incident) => {
            let struck = world.incidents.get(incident).map(|row| struck_name(world, row.struck));
            Line { struck, ..line.by(world, incident) }
        }
    }
}

impl<'a> Line<'a> {
    fn of_slot(self, world: &World, service: ServiceId, slot: u32) -> Line<'a> {
        Line { task: Some(format!("{}/{slot}", world.fleet.services[service].name)), ..self }
    }

    fn of_task(self, world: &'a World, task: TaskId) -> Line<'a> {
        let row = &world.tasks[task];
        self.of_slot(world, row.service, row.slot).of_instance(world, row.instance)
    }

    fn of_container(self, world: &'a World, task: TaskId, container: u8) -> Line<'a> {
        let definition = world.fleet.services[world.tasks[task].service].definition;
        let container = world.fleet.definitions[definition].containers.get(usize::from(container));
        Line { container: container.map(|container| container.name.as_str()), ..self }
    }

    fn of_service(self, world: &'a World, service: ServiceId) -> Line<'a> {
        Line { service: Some(&world.fleet.services[service].name), ..self }
    }

    fn of_instance(self, world: &'a World, instance: InstanceId) -> Line<'a> {
        let row = &world.instances[instance];
        let line = Line { instance: Some(row.ec2_id()), ..self };
        // The row of one that was forgotten may keep no zone.
        if row.zone.is_some() && row.host != Host::Absent { line.in_zone(world, row.zone) } else { line }
    }

    fn in_zone(self, world: &'a World, zone: ZoneId) -> Line<'a> {
        Line { zone: world.fleet.zones.get(zone).map(|zone| zone.name.as_str()), ..self }
    }

    /// Names the incident that is behind it, where there is one.
    fn by(self, world: &'a World, incident: IncidentId) -> Line<'a> {
        let Some(row) = world.incidents.get(incident) else { return self };
        let failure = world.fleet.failures.get(row.model).map(|failure| failure.name.as_str());
        Line { incident: Some(incident.0), failure, ..self }
    }

    fn change(self, from: Value, to: Value) -> Line<'a> {
        Line { from: Some(from), to: Some(to), ..self }
    }

    fn becomes(self, to: Value) -> Line<'a> {
        Line { to: Some(to), ..self }
    }
}

fn health(health: Health) -> &'static str {
    match health {
        Health::Unknown => "UNKNOWN",
        Health::Healthy => "HEALTHY",
        Health::Unhealthy => "UNHEALTHY",
    }
}

fn target(target: Target) -> &'static str {
    match target {
        Target::None => "unregistered",
        Target::Initial => "initial",
        Target::Healthy => "healthy",
        Target::Unhealthy => "unhealthy",
        Target::Draining => "draining",
    }
}

fn registration(registration: Registration) -> &'static str {
    match registration {
        Registration::None => "INACTIVE",
        Registration::Active => "ACTIVE",
        Registration::Draining => "DRAINING",
    }
}

/// What a fact is called. The flags in `to` say what became true or false: see each name.
fn name(fact: &Fact) -> &'static str {
    match fact {
        Fact::Began => "began",
        Fact::WarmedUp => "initialStateComplete",
        Fact::Placed(_) => "taskPlaced",
        Fact::Refused { .. } => "taskRefused",
        Fact::Preempted(_) => "taskPreempted",
        Fact::Arrived { .. } => "taskArrived",
        Fact::GivenUp { .. } => "taskGivenUp",
        Fact::PhaseChanged { .. } => "taskStatus",
        Fact::Stopping(_) => "taskStopping",
        Fact::DesiredChanged { .. } => "desiredCount",
        Fact::ScaleAsked { .. } => "scalingAction",
        Fact::Started { .. } => "containerStarted",
        Fact::Exited { .. } => "containerExited",
        Fact::MemoryPeak { .. } => "memoryPeak",
        Fact::Hung { .. } => "containerHung",
        Fact::Unhung { .. } => "containerAnswers",
        Fact::ServingChanged { .. } => "taskServes",
        Fact::HealthChanged { .. } => "taskHealth",
        Fact::TargetChanged { .. } => "targetHealth",
        Fact::HealthyChanged { .. } => "healthyCount",
        Fact::LostShareChanged { .. } => "requestsLostShare",
        Fact::SlotChanged { .. } => "slotWaitsFor",
        Fact::Launched(_) => "instanceLaunched",
        Fact::HostUp(_) => "hostUp",
        Fact::HostHung(_) => "hostHung",
        Fact::HostUnhung(_) => "hostAnswers",
        Fact::HostDown(_) => "hostDown",
        Fact::HostGone(_) => "hostGone",
        Fact::CutOffChanged(_) => "hostCutOff",
        Fact::Registered { .. } => "instanceStatus",
        Fact::AgentChanged(_) => "agentConnected",
        Fact::ReadyChanged(_) => "instanceReady",
        Fact::ImpairedChanged(_) => "instanceImpaired",
        Fact::Condemned(_) => "instanceCondemned",
        Fact::Forgotten(_) => "instanceForgotten",
        Fact::RoomChanged(_) => "roomChanged",
        Fact::LaunchesChanged(_) => "launchesPossible",
        Fact::ControlPlaneChanged => "controlPlaneUp",
        Fact::RegistryChanged => "imageRegistryUp",
        Fact::RoleChanged => "executionRoleGranted",
        Fact::Opened(_) => "incidentBegan",
        Fact::Closed(_) => "incidentEnded",
    }
}
