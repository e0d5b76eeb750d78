//! What happened to the slots of one service in a window of a run, and to the instances that they were on: facts turned
//! into entries while the world that they speak of can still be read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::time::Time;
use crate::metrics::Meter;
use crate::metrics::outcome::Outcome;
use crate::world::fact::{Fact, Topics};
use crate::world::instance::{Host, Registration};
use crate::world::service::{Loss, Slot};
use crate::world::task::{Health, StopCode, Target};
use crate::world::{IncidentId, InstanceId, ServiceId, TaskId, World};

use super::outcome::Nature;

/// Whom an entry is about.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// A slot of the service.
    Slot(u32),
    /// An instance, by the number of its launch.
    Instance(u32),
    /// Everybody.
    All,
}

/// What became of a slot.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(super) enum Turn {
    /// It lost its last serving task, or it is wanted from here on and has none.
    Down { cause: IncidentId, loss: Loss },
    /// It waits for something else.
    Waits(Loss),
    /// A task of it serves, or it is no longer wanted.
    Up { wanted: bool },
    /// A task of it is, or was, on this instance.
    On { serial: u32 },
    /// Somebody noticed.
    Noticed(&'static str),
    /// Nothing of the kind.
    None,
}

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub time: Time,
    pub whom: Whom,
    pub nature: Nature,
    /// In words; empty where only the turn matters.
    pub text: String,
    pub turn: Turn,
}

#[derive(Default)]
struct Log {
    recording: bool,
    entries: Vec<Entry>,
    /// Slots that were without a serving task at the beginning of the window.
    down_before: BTreeMap<u32, (IncidentId, Loss)>,
}

/// What a [`Recorder`] has written.
#[derive(Clone, Default)]
pub(super) struct History(Arc<Mutex<Log>>);

struct Recorder {
    service: ServiceId,
    /// It begins at the end of the initial state; otherwise when it is first told to look.
    from_start: bool,
    log: History,
}

impl History {
    /// A recorder of a service and the place of its entries.
    pub fn recorder(service: ServiceId, from_start: bool) -> (History, Box<dyn Meter>) {
        let log = History::default();
        (log.clone(), Box::new(Recorder { service, from_start, log }))
    }

    fn with<T>(&self, look: impl FnOnce(&mut Log) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Everything that was recorded, and the slots that were down when the recording began.
    pub fn take(&self) -> (Vec<Entry>, BTreeMap<u32, (IncidentId, Loss)>) {
        self.with(|log| (std::mem::take(&mut log.entries), std::mem::take(&mut log.down_before)))
    }
}

/// An instance as people name it: its id and its zone.
pub(super) fn instance_name(world: &World, instance: InstanceId) -> String {
    let row = &world.instances[instance];
    let zone = world.fleet.zones.get(row.zone).map_or("", |zone| zone.name.as_str());
    format!("{} ({zone})", row.ec2_id())
}

/// What is wrong with a host, where something is.
pub(super) fn trouble(world: &World, instance: InstanceId) -> Option<&'static str> {
    let row = &world.instances[instance];
    match row.host {
        Host::Down => Some("down"),
        Host::Hung { .. } => Some("hung"),
        Host::Gone | Host::Absent => Some("terminated"),
        Host::Up | Host::Launching if row.cut_off => Some("cut off from the network"),
        Host::Up | Host::Launching => None,
    }
}

fn is_down(slot: &Slot) -> bool {
    slot.wanted && slot.up == 0
}

impl Recorder {
    fn begin(&self, world: &World) {
        self.log.with(|log| {
            if log.recording {
                return;
            }
            log.recording = true;
            for (slot, row) in world.services[self.service].slots.iter().enumerate().filter(|(_, row)| is_down(row)) {
                log.down_before.insert(slot as u32, (row.cause, row.loss));
            }
        });
    }

    fn push(&self, world: &World, whom: Whom, nature: Nature, turn: Turn, text: impl Into<String>) {
        let entry = Entry { time: world.now, whom, nature, text: text.into(), turn };
        self.log.with(|log| log.entries.push(entry));
    }

    fn of_task(&self, world: &World, task: TaskId, nature: Nature, turn: Turn, text: impl Into<String>) {
        let row = &world.tasks[task];
        if row.service == self.service {
            self.push(world, Whom::Slot(row.slot), nature, turn, text);
        }
    }

    fn of_host(&self, world: &World, instance: InstanceId, nature: Nature, text: &str) {
        let text = format!("{} {text}", instance_name(world, instance));
        self.push(world, Whom::Instance(world.instances[instance].serial), nature, Turn::None, text);
    }

    fn slot_changed(&self, world: &World, slot: u32, before: &Slot) {
        let name = &world.fleet.services[self.service].name;
        let Some(after) = world.services[self.service].slots.get(slot as usize).copied() else { return };
        let whom = Whom::Slot(slot);
        match (is_down(before), is_down(&after)) {
            (false, true) if before.wanted => {
                let turn = Turn::Down { cause: after.cause, loss: after.loss };
                self.push(world, whom, Nature::Truth, turn, format!("{name}/{slot} no longer serves"));
            }
            (false, true) => {
                let turn = Turn::Down { cause: after.cause, loss: after.loss };
                self.push(world, whom, Nature::Action, turn, format!("{name}/{slot} is wanted from here on"));
            }
            (true, false) if after.wanted => {
                let text = format!("{name}/{slot} serves");
                self.push(world, whom, Nature::Truth, Turn::Up { wanted: true }, text);
            }
            (true, false) => {
                let text = format!("{name}/{slot} is no longer wanted");
                self.push(world, whom, Nature::Action, Turn::Up { wanted: false }, text);
            }
            (true, true) if before.loss != after.loss => {
                self.push(world, whom, Nature::Wait, Turn::Waits(after.loss), waits(after.loss, before.loss));
            }
            _ => {}
        }
    }

    fn placed(&self, world: &World, task: TaskId) {
        let row = &world.tasks[task];
        let serial = world.instances[row.instance].serial;
        let host = instance_name(world, row.instance);
        let text = match trouble(world, row.instance) {
            Some(wrong) => format!("a task is sent to {host}, which is {wrong}: nobody who places knows it"),
            None => format!("a task is placed on {host}"),
        };
        self.of_task(world, task, Nature::Action, Turn::On { serial }, text);
    }

    fn stopping(&self, world: &World, task: TaskId) {
        let row = &world.tasks[task];
        let host = instance_name(world, row.instance);
        let (by, text) = match row.stop_code {
            Some(StopCode::EssentialContainerExited) => {
                ("agent", format!("the agent of {host} reports that the container has ended"))
            }
            Some(StopCode::TerminationNotice) => ("end of the instance", format!("its task on {host} is given up")),
            Some(StopCode::TaskFailedToStart) => {
                ("agent", format!("the task on {host} could not be started: no image, or no permission to get it"))
            }
            Some(StopCode::ServiceSchedulerInitiated) => {
                let text = format!("the scheduler stops the task on {host}");
                return self.of_task(world, task, Nature::Action, Turn::None, text);
            }
            Some(other) => (other.name(), format!("the task on {host} is ended: {}", other.name())),
            None => return,
        };
        self.of_task(world, task, Nature::Belief, Turn::Noticed(by), text);
    }

    fn container(world: &World, task: TaskId, container: u8) -> String {
        let definition = world.fleet.services[world.tasks[task].service].definition;
        let containers = &world.fleet.definitions[definition].containers;
        containers.get(usize::from(container)).map_or_else(String::new, |container| format!("`{}`", container.name))
    }
}

/// What a slot waits for, where no other entry says it.
fn waits(loss: Loss, before: Loss) -> String {
    match loss {
        Loss::WaitingForInstance => "no instance has room; one is being launched or replaced".into(),
        Loss::WaitingForCapacity => "no instance has room, and none is on its way".into(),
        Loss::Constraint => "a placement constraint leaves no instance".into(),
        Loss::ControlPlane => "the control plane is down: nothing can be placed".into(),
        Loss::Throttled => "there is room, but the scheduler pauses until its next attempt".into(),
        Loss::DeploymentBounds => "maximumPercent or minimumHealthyPercent allow no further task now".into(),
        Loss::Pulling => "the image is pulled".into(),
        Loss::Undetected if before != Loss::Undetected => {
            "the task lies on a host that does not answer, and nobody who could act knows".into()
        }
        _ => String::new(),
    }
}

impl Meter for Recorder {
    fn topics(&self) -> Topics {
        Topics::ALL
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        if world.warming_up {
            return;
        }
        if self.from_start && (matches!(fact, Fact::WarmedUp) || world.now > Time::ZERO) {
            self.begin(world);
        }
        if !self.log.with(|log| log.recording) {
            return;
        }
        match *fact {
            Fact::SlotChanged { service, slot, before } if service == self.service => {
                self.slot_changed(world, slot, &before);
            }
            Fact::ServingChanged { task, serves: false } => {
                let serial = world.instances[world.tasks[task].instance].serial;
                self.of_task(world, task, Nature::Truth, Turn::On { serial }, "");
            }
            Fact::Exited { task, container, out_of_memory, .. } => {
                let (what, host) = (Self::container(world, task, container), world.tasks[task].instance);
                let ends = if out_of_memory { "is killed for memory" } else { "ends" };
                let text = format!("container {what} {ends} on {}", instance_name(world, host));
                self.of_task(world, task, Nature::Truth, Turn::None, text);
            }
            Fact::Hung { task, container, .. } => {
                let (what, host) = (Self::container(world, task, container), world.tasks[task].instance);
                let text = format!("container {what} hangs on {}", instance_name(world, host));
                self.of_task(world, task, Nature::Truth, Turn::None, text);
            }
            Fact::Unhung { task, container } => {
                let text = format!("container {} answers again", Self::container(world, task, container));
                self.of_task(world, task, Nature::Truth, Turn::None, text);
            }
            Fact::Started { task, .. } => {
                self.of_task(world, task, Nature::Action, Turn::None, "its containers run");
            }
            Fact::Placed(task) => self.placed(world, task),
            Fact::Refused { order, refusal } if order.service == self.service => {
                let text = format!("an attempt to place it finds no instance: {}", refusal.name());
                self.push(world, Whom::Slot(order.slot), Nature::Action, Turn::None, text);
            }
            Fact::Stopping(task) => self.stopping(world, task),
            Fact::HealthChanged { task, .. } if world.tasks[task].health == Health::Unhealthy => {
                let turn = Turn::Noticed("container health check");
                self.of_task(world, task, Nature::Belief, turn, "its container health check has failed often enough");
            }
            Fact::TargetChanged { task, from } => match world.tasks[task].target {
                Target::Unhealthy => {
                    let turn = Turn::Noticed("load balancer");
                    let text = "the load balancer's checks have failed often enough: its target is unhealthy";
                    self.of_task(world, task, Nature::Belief, turn, text);
                }
                Target::Healthy if from == Target::Unhealthy => {
                    let text = "the load balancer's checks pass again: it sends to the target";
                    self.of_task(world, task, Nature::Belief, Turn::None, text);
                }
                Target::Initial => {
                    self.of_task(world, task, Nature::Action, Turn::None, "it is registered with the load balancer");
                }
                _ => {}
            },
            Fact::HostDown(instance) => self.of_host(world, instance, Nature::Truth, "goes down"),
            Fact::HostHung(instance) => self.of_host(world, instance, Nature::Truth, "hangs"),
            Fact::HostUnhung(instance) => self.of_host(world, instance, Nature::Truth, "answers again"),
            Fact::HostUp(instance) => self.of_host(world, instance, Nature::Truth, "has booted"),
            Fact::HostGone(instance) => self.of_host(world, instance, Nature::Truth, "is terminated"),
            Fact::CutOffChanged(instance) => {
                let cut = world.instances[instance].cut_off;
                let text = if cut { "is cut off from the network" } else { "is reachable again" };
                self.of_host(world, instance, Nature::Truth, text);
            }
            Fact::AgentChanged(instance) if world.instances[instance].registration != Registration::None => {
                let connected = world.instances[instance].agent_connected;
                let text = if connected {
                    "has its agent connected"
                } else {
                    "is seen to have lost its agent: nothing more is placed on it"
                };
                self.of_host(world, instance, Nature::Belief, text);
            }
            Fact::ReadyChanged(instance) => {
                let text = if world.instances[instance].ready { "counts as ready" } else { "counts as not ready" };
                self.of_host(world, instance, Nature::Belief, text);
            }
            Fact::ImpairedChanged(instance) if world.instances[instance].impaired => {
                self.of_host(world, instance, Nature::Belief, "has failed EC2's status check");
            }
            Fact::Condemned(instance) => {
                self.of_host(world, instance, Nature::Action, "is to be replaced: so decides Auto Scaling");
            }
            Fact::Launched(instance) => self.of_host(world, instance, Nature::Action, "is launched by Auto Scaling"),
            Fact::Registered { instance, from } => {
                let text = match world.instances[instance].registration {
                    Registration::Active if from == Registration::None => "has registered: there is room on it",
                    Registration::Active => "takes tasks again",
                    Registration::Draining => "is draining",
                    Registration::None => "is known to have ended",
                };
                self.of_host(world, instance, Nature::Belief, text);
            }
            Fact::ControlPlaneChanged => {
                let up = world.region.control_plane_down == 0;
                let text = if up { "the control plane is back" } else { "the control plane goes down" };
                self.push(world, Whom::All, Nature::Truth, Turn::None, text);
            }
            Fact::RegistryChanged => {
                let up = world.region.registry_down == 0;
                let text = if up { "the image registry is back" } else { "the image registry goes down" };
                self.push(world, Whom::All, Nature::Truth, Turn::None, text);
            }
            Fact::RoleChanged => {
                let up = world.region.role_revoked == 0;
                let text = if up {
                    "the execution role has its permission back"
                } else {
                    "the execution role loses its permission"
                };
                self.push(world, Whom::All, Nature::Truth, Turn::None, text);
            }
            _ => {}
        }
    }

    fn sample(&mut self, world: &World) {
        self.begin(world);
    }

    fn reset(&mut self, _: &World) {}

    fn report(&mut self, _: &World, _: &mut Outcome) {}
}
