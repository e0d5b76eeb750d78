//! Amazon ECS on EC2: the service scheduler, the agent, and the life of a task.
//!
//! | file | what it decides |
//! |---|---|
//! | [`scheduler`] | which slot gets a task when, and how long a service pauses that finds no room |
//! | [`mod@line`] | who waits for a place, and what was said of it |
//! | [`starving`] | which services a change of room concerns |
//! | [`launch`] | PROVISIONING, PENDING (image pull, start), ACTIVATING, RUNNING |
//! | [`stop`] | DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED |
//! | [`agent`] | what an agent that connects, disconnects or dies with its host means for its tasks; restarts in place |
//! | [`health`] | container health checks |
//! | [`replace`] | unhealthy tasks: the replacement first, the unhealthy task after |
//! | [`drain`] | instances in DRAINING |
//! | [`rebalance`] | availabilityZoneRebalancing |
//! | [`scale`] | another desired count: scale-out and scale-in |
//! | [`daemon`] | DAEMON services |
//! | [`standalone`] | RunTask |

mod agent;
mod daemon;
mod drain;
mod health;
mod launch;
mod line;
mod rebalance;
mod replace;
mod scale;
mod scheduler;
mod standalone;
mod starving;
mod stop;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use crate::base::id::Table;
use crate::base::time::Span;
use crate::platform::delays::Delays;
use crate::platform::missed::Missed;
use crate::platform::pull::Pulls;
use crate::platform::timings::Timings;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::Scheduling;
use crate::world::instance::Registration;
use crate::world::task::{Health, Phase, Target};
use crate::world::{InstanceId, ServiceId, TaskId, World};

use line::{Line, Waiting};
use starving::Starving;

/// Kinds of timers. Those on tasks are checked against one of the task's steps.
mod timer {
    /// The task's phase goes on; `small` says how.
    pub const PHASE: u8 = 0;
    /// The scheduler reacts to a vacant slot: the service, and the slot as the target.
    pub const REACT: u8 = 1;
    /// A service's pause is over.
    pub const PAUSE_OVER: u8 = 2;
    /// A container health check has its verdict; `small` is the container.
    pub const HEALTH: u8 = 3;
    /// The scheduler reacts to an unhealthy task, or looks again at the end of its grace period.
    pub const UNHEALTHY: u8 = 4;
    /// The agent restarts a container; `small` is the container.
    pub const RESTART: u8 = 5;
    /// ECS learns that an instance has ended.
    pub const INSTANCE_ENDED: u8 = 6;
    /// ECS notices that an agent is silent.
    pub const AGENT_LOST: u8 = 7;
    /// An agent connects: for the first time, or again.
    pub const AGENT_BACK: u8 = 8;
    /// The balance of a service over the zones is looked at.
    pub const REBALANCE: u8 = 9;
    /// A task without any check has run long enough to count as healthy.
    pub const STEADY: u8 = 10;
    /// Downloads of an instance end.
    pub const PULLED: u8 = 11;
    /// How many there are.
    pub const KINDS: u8 = 12;
}

/// How a container ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Exit {
    /// Its work is done: exit code 0.
    Success,
    /// Exit code 1.
    Crash,
    /// Killed by the kernel: exit code 137.
    OutOfMemory,
}

/// What one service is waiting for.
#[derive(Clone, Debug, Default)]
struct Scheduler {
    /// Tasks to be placed.
    waiting: Line,
    /// The pause that comes next; zero while all goes well.
    pause: Span,
    /// A pause is under way.
    paused: bool,
    /// Counts pauses, so that an ended one is known.
    pause_step: u32,
    /// An order is on its way to placement.
    in_flight: bool,
    /// A look at the balance is already due.
    rebalance_due: bool,
    /// Looks at the balance so far.
    looks: u32,
    /// Unhealthy tasks that wait for their turn because `maximumPercent` leaves no room to start first.
    turn: VecDeque<TaskId>,
}

/// The orchestrator.
pub struct Ecs {
    timings: Arc<Timings>,
    delays: Delays<5>,
    pulls: Pulls,
    missed: Missed<Exit>,
    services: Table<ServiceId, Scheduler>,
    /// Services that wait for room.
    starving: Starving,
    /// Instances in DRAINING with tasks left.
    draining: BTreeSet<InstanceId>,
    /// What was decided while the control plane was down.
    held_unhealthy: Vec<TaskId>,
    /// Services of the initial state that have not been filled yet.
    to_fill: VecDeque<ServiceId>,
    standalone: standalone::Queues,
}

impl Ecs {
    /// ECS for a fleet. `standalone` says for each service what becomes of a standalone task that finds no room.
    pub fn new(timings: Arc<Timings>, standalone: Table<ServiceId, standalone::NoRoom>) -> Ecs {
        let services = standalone.len();
        Ecs {
            timings,
            delays: Delays::default(),
            pulls: Pulls::new(timer::PULLED, false),
            missed: Missed::default(),
            services: standalone.ids().map(|_| Scheduler::default()).collect(),
            starving: Starving::new(services),
            draining: BTreeSet::new(),
            held_unhealthy: Vec::new(),
            to_fill: VecDeque::new(),
            standalone: standalone::Queues::new(standalone),
        }
    }

    fn control_plane_is_down(world: &World) -> bool {
        world.region.control_plane_down > 0
    }
}

pub use standalone::NoRoom;

impl Actor for Ecs {
    fn topics(&self) -> Topics {
        Topics::PLACEMENT
            .and(Topics::PHASE)
            .and(Topics::CONTAINER)
            .and(Topics::BELIEF)
            .and(Topics::HOST)
            .and(Topics::INSTANCE)
            .and(Topics::ROOM)
            .and(Topics::REGION)
            .and(Topics::START)
            .and(Topics::STOPPING)
    }

    fn timer_kinds(&self) -> u8 {
        timer::KINDS
    }

    fn adopt(&mut self, settings: &dyn std::any::Any) {
        if let Some(timings) = settings.downcast_ref::<Arc<Timings>>() {
            self.timings = timings.clone();
        }
    }

    fn on_fact(&mut self, world: &World, fact: &Fact, out: &mut Commands) {
        match *fact {
            Fact::Began => self.fill(world, out),
            Fact::WarmedUp => {}

            Fact::Placed(task) => {
                self.delays.task_begins(task);
                self.launch(world, task, out);
                self.placed(world, task, out);
            }
            Fact::Refused { order, refusal } => self.refused(world, order, refusal, out),
            Fact::Arrived { service, slot } => self.standalone_arrived(world, service, slot, out),
            Fact::GivenUp { .. } => {}
            Fact::ScaleAsked { service, desired } => Self::scale(world, service, desired, out),
            Fact::DesiredChanged { service, before } => self.desired_changed(world, service, before, out),
            Fact::PhaseChanged { task, from } => self.phase_changed(world, task, from, out),
            Fact::Stopping(task) => {
                self.begin_stop(world, task, out);
                self.vacated(world, task, out);
            }

            Fact::Started { task, .. } | Fact::Hung { task, .. } | Fact::Unhung { task, .. } => {
                Self::watch_health(world, task, out);
            }
            Fact::Exited { task, container, incident, out_of_memory } => {
                let exit = match (incident.is_some(), out_of_memory) {
                    (false, _) => Exit::Success,
                    (true, false) => Exit::Crash,
                    (true, true) => Exit::OutOfMemory,
                };
                self.container_exited(world, task, container, exit, out);
            }
            Fact::HealthChanged { task, .. } => match world.tasks[task].health {
                Health::Unhealthy => self.unhealthy(world, task, out),
                Health::Healthy => self.maybe_healthy(world, task, out),
                Health::Unknown => {}
            },
            Fact::TargetChanged { task, .. } => match world.tasks[task].target {
                Target::Unhealthy => self.unhealthy(world, task, out),
                Target::Healthy => self.maybe_healthy(world, task, out),
                Target::None | Target::Initial | Target::Draining => {}
            },

            Fact::Launched(instance) => self.delays.instance_begins(instance),
            Fact::HostUp(instance) => self.host_up(world, instance, out),
            Fact::HostDown(instance) | Fact::HostHung(instance) => {
                if matches!(fact, Fact::HostDown(_)) {
                    self.missed.forget(instance);
                }
                self.pulls.lost(instance);
                self.contact_lost(world, instance, out);
            }
            Fact::HostUnhung(instance) => {
                self.catch_up(world, instance, out);
                self.contact_regained(world, instance, out);
            }
            Fact::CutOffChanged(instance) if world.instances[instance].cut_off => {
                self.pulls.lost(instance);
                self.contact_lost(world, instance, out);
            }
            Fact::CutOffChanged(instance) => self.contact_regained(world, instance, out),
            Fact::HostGone(instance) => {
                self.missed.forget(instance);
                self.pulls.lost(instance);
                self.instance_ended(world, instance, out);
            }
            Fact::AgentChanged(instance) if world.instances[instance].agent_connected => {
                if world.instances[instance].registration == Registration::None {
                    out.push(Command::Register { instance, registration: Registration::Active });
                }
                self.reconcile(world, instance, out);
                self.rebalance_all_later(world, out);
            }
            Fact::Registered { instance, .. } => match world.instances[instance].registration {
                Registration::Active => {
                    self.daemons_on(world, instance, out);
                    self.rebalance_all_later(world, out);
                }
                Registration::Draining => self.start_draining(world, instance, out),
                Registration::None => {}
            },
            Fact::RoomChanged(instance) => self.room_changed(world, instance, out),
            Fact::ControlPlaneChanged if !Self::control_plane_is_down(world) => self.control_plane_back(world, out),
            _ => {}
        }
    }

    fn on_timer(&mut self, world: &World, kind: u8, event: Event, out: &mut Commands) {
        match kind {
            timer::REACT => self.react(world, ServiceId(event.first()), event.target(), out),
            timer::PAUSE_OVER => self.pause_over(world, ServiceId(event.target()), event, out),
            timer::REBALANCE => self.look_at_balance(world, ServiceId(event.target()), out),
            timer::PULLED => self.pulled(world, InstanceId(event.target()), event, out),
            timer::INSTANCE_ENDED | timer::AGENT_LOST | timer::AGENT_BACK => {
                self.instance_timer(world, kind, InstanceId(event.target()), event, out);
            }
            _ => {
                let task = TaskId(event.target());
                let row = &world.tasks[task];
                if !row.in_use() {
                    return;
                }
                match kind {
                    timer::PHASE if event.is_current(row.phase_step) => {
                        self.phase_timer(world, task, event.small(), out);
                    }
                    timer::HEALTH if event.is_current(row.health_step) => {
                        Self::health_verdict(world, task, event.small(), out);
                    }
                    timer::UNHEALTHY if event.is_current(row.run.number) => self.replace(world, task, out),
                    timer::RESTART => self.restart(world, task, event, out),
                    timer::STEADY if event.is_current(row.phase_step) => self.maybe_healthy(world, task, out),
                    _ => {}
                }
            }
        }
    }
}

impl Ecs {
    fn phase_changed(&mut self, world: &World, task: TaskId, _from: Phase, out: &mut Commands) {
        match world.tasks[task].phase {
            Phase::Pending => self.begin_pending(world, task, out),
            Phase::Activating => self.begin_activating(world, task, out),
            Phase::Running => {
                self.reached_running(world, task, out);
                self.maybe_healthy(world, task, out);
                self.rebalance_later(world, world.tasks[task].service, out);
            }
            Phase::Stopped => self.stopped(world, task, out),
            Phase::Provisioning | Phase::Deactivating | Phase::Stopping | Phase::Deprovisioning => {}
        }
        if !self.draining.is_empty() {
            self.drain_on(world, out);
        }
    }

    /// Takes up what had to wait for the control plane.
    fn control_plane_back(&mut self, world: &World, out: &mut Commands) {
        for task in std::mem::take(&mut self.held_unhealthy) {
            if world.tasks[task].in_use() {
                self.unhealthy(world, task, out);
            }
        }
        for service in self.starving.all() {
            self.end_pause(world, service);
            self.next(world, service, out);
        }
        self.drain_on(world, out);
        self.standalone_try(world, out);
    }

    /// The scheduling of a task's service.
    fn scheduling(world: &World, task: TaskId) -> Scheduling {
        world.fleet.services[world.tasks[task].service].scheduling
    }
}
