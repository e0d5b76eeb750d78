//! What the families may ask for, and the buffer that they put it into.

use crate::base::time::{Span, Time};

use super::event::Event;
use super::incident::Incident;
use super::instance::{Host, Registration};
use super::service::Loss;
use super::task::{Health, Phase, StopCode, Target};
use super::{CapacityId, ImageId, IncidentId, InstanceId, ServiceId, TaskId, ZoneId};

/// A task that is to be placed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its service or batch.
    pub service: ServiceId,
    /// Its slot, or the number of its arrival.
    pub slot: u32,
    /// The unhealthy task that it replaces once it is healthy, or NONE.
    pub replaces: TaskId,
    /// The only instance that it may go to (daemon), or NONE.
    pub pin: InstanceId,
    /// The only zone that it may go to (AZ rebalancing), or NONE.
    pub zone: ZoneId,
}

impl Order {
    /// A task for a slot that may go anywhere.
    pub fn anywhere(service: ServiceId, slot: u32) -> Order {
        Order { service, slot, replaces: TaskId::NONE, pin: InstanceId::NONE, zone: ZoneId::NONE }
    }
}

/// A change that a family asks for. `engine::apply` makes it and states the facts that follow.
#[derive(Clone, Debug)]
pub enum Command {
    /// Wake the family with this timer.
    Wake { at: Time, event: Event },
    /// An incident begins; its id was reserved by [`Commands::open`].
    Open(Incident),
    /// The cause of an incident is over.
    Close(IncidentId),

    /// Place a new task.
    Place(Order),
    /// ECS sees the task in another phase. STOPPED frees its row and its resources.
    SetPhase { task: TaskId, phase: Phase },
    /// ECS no longer wants the task.
    Stop { task: TaskId, code: StopCode },
    /// ECS sees another health.
    SetHealth { task: TaskId, health: Health },
    /// The load balancer sees another state of the target.
    SetTarget { task: TaskId, target: Target },
    /// A slot without a serving task waits for something else.
    Waits { service: ServiceId, slot: u32, loss: Loss },

    /// Every container of the task starts.
    StartAll(TaskId),
    /// One container starts again.
    Start { task: TaskId, container: u8 },
    /// The agent will start an exited container again.
    WillRestart { task: TaskId, container: u8 },
    /// The processes of the task are ended on purpose.
    EndProcesses(TaskId),
    /// A container's process ends by itself.
    Exit { task: TaskId, container: u8, incident: IncidentId, out_of_memory: bool },
    /// A container uses so much memory for a moment, in MiB.
    UseMemory { task: TaskId, container: u8, mib: u32, incident: IncidentId },
    /// A failure keeps a container from answering.
    Hang { task: TaskId, container: u8, incident: IncidentId, silent: bool },
    /// It keeps it no longer: the container answers again once no other does.
    Unhang { task: TaskId, container: u8, incident: IncidentId },

    /// Auto Scaling launches an instance.
    Launch { capacity: CapacityId, zone: ZoneId, lane: u32 },
    /// The host changes; `incident` is the cause where it gets worse.
    SetHost { instance: InstanceId, host: Host, incident: IncidentId },
    /// A failure begins to hold the instance down, or holds it no longer. While any does, no host is up; afterwards it comes
    /// up when something boots it.
    SetPower { instance: InstanceId, on: bool, incident: IncidentId },
    /// The network to the instance is lost or back.
    SetCutOff { instance: InstanceId, cut_off: bool, incident: IncidentId },
    /// ECS sees the instance in another state.
    Register { instance: InstanceId, registration: Registration },
    /// A failure begins to keep the agent from the orchestrator, or keeps it no longer. While any does, it does not connect; a
    /// host that goes down ends it, for a boot starts another agent.
    SetSilent { instance: InstanceId, silent: bool, incident: IncidentId },
    /// ECS sees the agent connect or disconnect.
    SetAgent { instance: InstanceId, connected: bool },
    /// The orchestrator's control plane sees the node ready or not.
    SetReady { instance: InstanceId, ready: bool },
    /// The node's kubelet reports that its memory runs short, or no longer.
    SetPressure { instance: InstanceId, on: bool },
    /// EC2's status checks see it impaired or well.
    SetImpaired { instance: InstanceId, impaired: bool },
    /// Auto Scaling decides to end it.
    Condemn(InstanceId),
    /// EC2 and ECS have forgotten it: the row is free. No task may be left on it.
    Forget(InstanceId),
    /// An image is on the instance's disk.
    Cache { instance: InstanceId, image: ImageId },

    /// Launches in the zone fail, or no longer.
    BlockLaunches { zone: ZoneId, blocked: bool },
    /// The control plane goes down or comes back.
    SetControlPlane { up: bool },
    /// The image registry goes down or comes back.
    SetRegistry { up: bool },
    /// The task execution role loses or regains its permission.
    SetRole { granted: bool },
    /// A service shall want so many tasks from now on.
    Scale { service: ServiceId, desired: u32 },
    /// One task of a service is to go, by the rules of scale-in; its slot is no longer wanted.
    Shrink(ServiceId),
    /// A service wants a slot filled, or no longer: its desired count changes by one.
    Want { service: ServiceId, slot: u32, wanted: bool },
    /// A standalone task arrives.
    Arrive(ServiceId),
    /// A standalone task is given up because it found no room.
    GiveUp { service: ServiceId, slot: u32 },
}

/// The buffer that a family writes its commands into.
#[derive(Debug, Default)]
pub struct Commands {
    list: std::collections::VecDeque<Command>,
    now: Time,
    first_timer: u8,
    next_incident: u32,
}

impl Commands {
    /// Asks for a change.
    #[inline]
    pub fn push(&mut self, command: Command) {
        self.list.push_back(command);
    }

    /// Wakes the family after `span` with one of its timers; `kind` counts from 0 within the family. A delay that is
    /// never over sets none.
    #[inline]
    pub fn after(&mut self, span: Span, kind: u8, small: u8, step: u32, target: u32) {
        self.wake_at(self.now + span, kind, small, step, target);
    }

    /// Wakes the family at `at`.
    #[inline]
    pub fn wake_at(&mut self, at: Time, kind: u8, small: u8, step: u32, target: u32) {
        if at != Time::NEVER {
            let event = Event::new(self.first_timer + kind, small, step, target);
            self.list.push_back(Command::Wake { at, event });
        }
    }

    /// Wakes the family after `span` about two things (see [`Event::of_two`]).
    pub fn after_of_two(&mut self, span: Span, kind: u8, first: u32, target: u32) {
        let at = self.now + span;
        if at != Time::NEVER {
            let event = Event::of_two(self.first_timer + kind, first, target);
            self.list.push_back(Command::Wake { at, event });
        }
    }

    /// Opens an incident and returns the id that it will have.
    pub fn open(&mut self, incident: Incident) -> IncidentId {
        let id = IncidentId(self.next_incident);
        self.next_incident += 1;
        self.list.push_back(Command::Open(incident));
        id
    }

    /// Sets the scene for one call of a family: the clock and its first timer kind. For the engine.
    #[inline]
    pub fn enter(&mut self, now: Time, first_timer: u8) {
        self.now = now;
        self.first_timer = first_timer;
    }

    /// The next command, oldest first. For the engine.
    #[inline]
    pub fn next_command(&mut self) -> Option<Command> {
        self.list.pop_front()
    }
}
