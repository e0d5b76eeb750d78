//! The service scheduler: fills vacant slots, and pauses a service that finds no room or whose tasks fail to start.
//!
//! A slot that falls vacant is acted on after the scheduler's reaction time. A service whose task cannot be placed, or
//! stops without ever having been RUNNING, pauses before its next attempt; the pause doubles up to 15 minutes and is
//! over at once when a task reaches RUNNING (ECS Developer Guide, service throttle logic).

use crate::base::time::Span;
use crate::platform::delays::Kind;
use crate::world::command::{Command, Commands, Order};
use crate::world::event::Event;
use crate::world::fact::Refusal;
use crate::world::fleet::Scheduling;
use crate::world::service::Loss;
use crate::world::task::{Health, Phase, StopCode, Target, Task};
use crate::world::{InstanceId, ServiceId, TaskId, World, ZoneId};

use super::starving::State;
use super::{Ecs, Waiting, timer};
use crate::platform::instance_on_its_way;

const REACTION: Kind = Kind::once("ecs: scheduler reaction");

impl Ecs {
    /// The initial state: daemons came with their instances; now the services, one after the other in the order of the
    /// file.
    pub(super) fn fill(&mut self, world: &World, out: &mut Commands) {
        for (service, spec) in world.fleet.services.iter() {
            if spec.scheduling == Scheduling::Replica {
                let slots = 0..world.services[service].slots.len() as u32;
                for slot in slots {
                    self.services[service].waiting.push(Waiting { slot, replaces: TaskId::NONE });
                }
                self.starves(world, service);
                self.to_fill.push_back(service);
            }
        }
        self.fill_next(world, out);
    }

    /// Goes on with the next service of the initial state when the one before has placed what it can.
    fn fill_next(&mut self, world: &World, out: &mut Commands) {
        while let Some(&service) = self.to_fill.front() {
            if self.services[service].in_flight {
                return;
            }
            self.next(world, service, out);
            if self.services[service].in_flight {
                return;
            }
            self.to_fill.pop_front();
        }
    }

    /// A task no longer counts: its slot may be vacant.
    pub(super) fn vacated(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        let service = row.service;
        if never_ran(row) {
            self.lengthen_pause(world, service, out);
        }
        let Some(slot) = world.services[service].slots.get(row.slot as usize) else { return };
        if slot.wanted && slot.tasks == 0 {
            out.push(Command::Waits { service, slot: row.slot, loss: Loss::Reacting });
            let reaction = self.delays.task(world, &self.timings.scheduler_reaction, REACTION, task);
            if reaction.is_zero() {
                self.react(world, service, row.slot, out);
            } else {
                out.after_of_two(reaction, timer::REACT, service.0, row.slot);
            }
        } else if row.replaces.is_some() {
            // A replacement is gone: what it was to replace may still need one.
            let old = row.replaces;
            if self.still_replaceable(world, old, service, row.slot) && is_unhealthy(world, old) {
                self.unhealthy(world, old, out);
            }
        }
        self.next_turn(world, service, out);
        if !self.services[service].waiting.is_empty() {
            self.next(world, service, out);
        }
        if !self.draining.is_empty() {
            self.drain_on(world, out);
        }
    }

    /// The scheduler acts on a vacant slot.
    pub(super) fn react(&mut self, world: &World, service: ServiceId, slot: u32, out: &mut Commands) {
        if Self::is_vacant(world, service, slot) {
            self.want(world, service, Waiting { slot, replaces: TaskId::NONE }, out);
        }
    }

    fn is_vacant(world: &World, service: ServiceId, slot: u32) -> bool {
        world.services[service].slots.get(slot as usize).is_some_and(|row| row.wanted && row.tasks == 0)
    }

    /// Puts a task in line, and places it if nothing is in the way.
    pub(super) fn want(&mut self, world: &World, service: ServiceId, waiting: Waiting, out: &mut Commands) {
        let queue = &mut self.services[service].waiting;
        if queue.contains(waiting) {
            return;
        }
        queue.push(waiting);
        self.starves(world, service);
        if self.services[service].paused {
            out.push(Command::Waits { service, slot: waiting.slot, loss: Loss::Throttled });
        }
        self.next(world, service, out);
    }

    /// Sends the next order of a service to placement.
    pub(super) fn next(&mut self, world: &World, service: ServiceId, out: &mut Commands) {
        let control_plane_is_down = Self::control_plane_is_down(world);
        if control_plane_is_down {
            self.say(world, service, Loss::ControlPlane, out);
        }
        if self.services[service].paused || self.services[service].in_flight || control_plane_is_down {
            return;
        }
        let daemon = world.fleet.services[service].scheduling == Scheduling::Daemon;
        while let Some(waiting) = self.services[service].waiting.pop() {
            let still_wanted = if daemon {
                // Whether the instance is one for this daemon is for placement to say.
                let slot = world.services[service].slots.get(waiting.slot as usize);
                slot.is_none_or(|slot| slot.tasks == 0) && world.accepts_tasks(InstanceId(waiting.slot))
            } else if waiting.replaces.is_none() {
                Self::is_vacant(world, service, waiting.slot)
            } else {
                self.still_replaceable(world, waiting.replaces, service, waiting.slot)
                    && world.services[service].slots[waiting.slot as usize].tasks == 1
            };
            if still_wanted && waiting.replaces.is_some() && !Self::room_to_start_first(world, service) {
                // There was room when it was put in line. A task that drains is looked at again when another stops.
                if is_unhealthy(world, waiting.replaces) {
                    self.wait_for_turn(world, waiting.replaces, out);
                }
                continue;
            }
            if still_wanted && !daemon && waiting.replaces.is_none() {
                // Replacements that were started first may have used up what `maximumPercent` allows: the next task that
                // stops makes room.
                let row = &world.services[service];
                if row.live >= world.fleet.services[service].task_ceiling(row.desired).max(row.desired) {
                    out.push(Command::Waits { service, slot: waiting.slot, loss: Loss::DeploymentBounds });
                    self.services[service].waiting.put_back(waiting);
                    return;
                }
            }
            if still_wanted {
                let pin = if daemon { InstanceId(waiting.slot) } else { InstanceId::NONE };
                out.push(Command::Place(Order {
                    service,
                    slot: waiting.slot,
                    replaces: waiting.replaces,
                    pin,
                    zone: ZoneId::NONE,
                }));
                self.services[service].in_flight = true;
                return;
            }
        }
        self.starving.set(service, State::Sated);
    }

    /// An order found its instance.
    pub(super) fn placed(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let service = world.tasks[task].service;
        match world.fleet.services[service].scheduling {
            Scheduling::Standalone => self.standalone_placed(world, task, out),
            Scheduling::Daemon => {
                self.services[service].in_flight = false;
                self.daemon_placed(world, task, out);
                self.next(world, service, out);
            }
            Scheduling::Replica => {
                self.services[service].in_flight = false;
                self.next(world, service, out);
                self.fill_next(world, out);
            }
        }
    }

    /// An order found none.
    pub(super) fn refused(&mut self, world: &World, order: Order, refusal: Refusal, out: &mut Commands) {
        let service = order.service;
        match world.fleet.services[service].scheduling {
            Scheduling::Standalone => return self.standalone_refused(world, order, out),
            Scheduling::Daemon if refusal.is_constraint() || refusal == Refusal::Agent => {
                // Not an instance for this daemon.
                self.services[service].in_flight = false;
                self.daemon_unwanted(world, service, order.slot, out);
                return self.next(world, service, out);
            }
            Scheduling::Daemon => {
                if !world.services[service].slots.get(order.slot as usize).is_some_and(|slot| slot.wanted) {
                    out.push(Command::Want { service, slot: order.slot, wanted: true });
                }
            }
            Scheduling::Replica => {}
        }
        self.services[service].in_flight = false;
        if order.zone.is_some() {
            // A move for balance that found no room: another look will come.
            return self.rebalance_later(world, service, out);
        }
        let loss = if refusal.is_constraint() {
            Loss::Constraint
        } else if instance_on_its_way(world) {
            Loss::WaitingForInstance
        } else {
            Loss::WaitingForCapacity
        };
        self.services[service].waiting.put_back(Waiting { slot: order.slot, replaces: order.replaces });
        self.starves(world, service);
        self.say(world, service, loss, out);
        self.lengthen_pause(world, service, out);
        self.fill_next(world, out);
    }

    /// The next attempt comes after a pause that is twice as long as the last.
    fn lengthen_pause(&mut self, world: &World, service: ServiceId, out: &mut Commands) {
        let retry = self.timings.retry;
        let row = &mut self.services[service];
        if row.paused {
            return;
        }
        row.pause = if row.pause.is_zero() { retry.initial } else { row.pause.times(2).min(retry.max) };
        row.paused = true;
        row.pause_step += 1;
        out.after(row.pause, timer::PAUSE_OVER, 0, row.pause_step, service.0);
        self.look_at_state(world, service);
    }

    pub(super) fn end_pause(&mut self, world: &World, service: ServiceId) {
        let row = &mut self.services[service];
        row.paused = false;
        row.pause = Span::ZERO;
        row.pause_step += 1;
        self.look_at_state(world, service);
    }

    /// Tells the slots in line what they wait for.
    fn say(&mut self, world: &World, service: ServiceId, loss: Loss, out: &mut Commands) {
        self.services[service].waiting.say(loss, |slot| out.push(Command::Waits { service, slot, loss }));
        self.look_at_state(world, service);
    }

    /// There is something in line.
    fn starves(&mut self, world: &World, service: ServiceId) {
        let row = &self.services[service];
        let state = if !row.paused {
            State::Awake
        } else if row.waiting.has_heard(Loss::Throttled) {
            State::Silent
        } else {
            State::Paused { cpu: world.fleet.definitions[world.fleet.services[service].definition].need.cpu }
        };
        self.starving.set(service, state);
    }

    /// The pause or what was said has changed.
    fn look_at_state(&mut self, world: &World, service: ServiceId) {
        if self.starving.contains(service) {
            self.starves(world, service);
        }
    }

    pub(super) fn pause_over(&mut self, world: &World, service: ServiceId, event: Event, out: &mut Commands) {
        let row = &mut self.services[service];
        if row.paused && event.is_current(row.pause_step) {
            row.paused = false;
            self.look_at_state(world, service);
            self.next(world, service, out);
        }
    }

    /// A task reached RUNNING: the service is no longer throttled.
    pub(super) fn reached_running(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let service = world.tasks[task].service;
        if !self.services[service].pause.is_zero() {
            self.end_pause(world, service);
            self.next(world, service, out);
        }
    }

    /// There may be room for what waits.
    pub(super) fn room_changed(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        if !self.starving.is_empty() && world.accepts_tasks(instance) {
            let all_try = self.timings.retry.when_capacity_changes;
            let free_cpu = world.instances[instance].free.cpu;
            for service in if all_try { self.starving.all() } else { self.starving.concerned(free_cpu) } {
                if all_try {
                    self.end_pause(world, service);
                }
                if !self.services[service].paused {
                    self.next(world, service, out);
                } else {
                    let need = &world.fleet.definitions[world.fleet.services[service].definition].need;
                    if world.room(instance, service).fits(need) {
                        self.say(world, service, Loss::Throttled, out);
                    }
                }
            }
        }
        self.standalone_try(world, out);
    }
}

/// Whether a task's end counts as a failure to start: it could not be started, or one of its essential containers ended
/// before it reached RUNNING (ECS Developer Guide, service throttle logic: tasks that go from PENDING to STOPPED).
fn never_ran(task: &Task) -> bool {
    match task.stop_code {
        Some(StopCode::TaskFailedToStart) => true,
        Some(StopCode::EssentialContainerExited) => task.phase < Phase::Running,
        _ => false,
    }
}

/// Whether ECS believes a task to be unhealthy, by its container checks or its target.
pub(super) fn is_unhealthy(world: &World, task: TaskId) -> bool {
    let row = &world.tasks[task];
    row.health == Health::Unhealthy || row.target == Target::Unhealthy
}
