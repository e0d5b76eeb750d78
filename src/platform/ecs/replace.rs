//! Unhealthy tasks of a service.
//!
//! Since October 2023 ECS starts the replacement first, waits until it is healthy and then stops the unhealthy task, as
//! far as `maximumPercent` leaves room; where it leaves none, it stops unhealthy tasks one by one. Health is ignored
//! during `healthCheckGracePeriodSeconds`. Standalone tasks are never stopped for bad health. (AWS news of 2023-10-23;
//! ECS API, CreateService.)

use crate::platform::delays::Kind;
use crate::world::command::{Command, Commands};
use crate::world::fleet::Scheduling;
use crate::world::service::Loss;
use crate::world::task::{Health, Phase, StopCode, Target};
use crate::world::{ServiceId, TaskId, World};

use super::scheduler::is_unhealthy;
use super::{Ecs, Waiting, timer};

const REACTION: Kind = Kind::again("ecs: reaction to an unhealthy task", 3);
const STEADY: Kind = Kind::once("ecs: steady task");

impl Ecs {
    /// ECS learns that a task is unhealthy.
    pub(super) fn unhealthy(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if row.stopping || Self::scheduling(world, task) == Scheduling::Standalone {
            return;
        }
        out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Reacting });
        if Self::control_plane_is_down(world) {
            out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::ControlPlane });
            return self.held_unhealthy.push(task);
        }
        let ready = row.started_at + world.fleet.services[row.service].grace;
        let reaction = self.delays.task(world, &self.timings.scheduler_reaction, REACTION, task);
        let at = (world.now + reaction).max(ready);
        if at == world.now {
            self.replace(world, task, out);
        } else {
            out.wake_at(at, timer::UNHEALTHY, 0, row.run.number, task.0);
        }
    }

    /// The scheduler acts on an unhealthy task.
    pub(super) fn replace(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if row.stopping || !is_unhealthy(world, task) {
            return;
        }
        let (service, slot) = (row.service, row.slot);
        if world.services[service].slots[slot as usize].tasks > 1 {
            // It is itself a replacement that never became healthy: what it was to replace goes, and it is next.
            let old = row.replaces;
            if old.is_some() && self.still_replaceable(world, old, service, slot) && is_unhealthy(world, old) {
                out.push(Command::Stop { task: old, code: StopCode::ServiceSchedulerInitiated });
                out.wake_at(world.now, timer::UNHEALTHY, 0, row.run.number, task.0);
            }
            return;
        }
        if Self::room_to_start_first(world, service) {
            self.want(world, service, Waiting { slot, replaces: task }, out);
        } else {
            self.wait_for_turn(world, task, out);
        }
    }

    /// There is no room to start first: the unhealthy task is to be stopped when its turn comes.
    pub(super) fn wait_for_turn(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::DeploymentBounds });
        self.services[row.service].turn.push_back(task);
        self.next_turn(world, row.service, out);
    }

    /// Without room to start first, unhealthy tasks are stopped one by one: the next when no slot is vacant. `minimumHealthyPercent`
    /// does not stand in the way, for the healthy tasks do not become fewer by that (AWS says that it bounds this; read as a
    /// bound on RUNNING tasks it would leave a service at 100/100 with its unhealthy tasks for ever).
    pub(super) fn next_turn(&mut self, world: &World, service: ServiceId, out: &mut Commands) {
        if self.services[service].turn.is_empty() {
            return;
        }
        if world.services[service].slots.iter().any(|slot| slot.wanted && slot.tasks == 0) {
            return;
        }
        while let Some(task) = self.services[service].turn.pop_front() {
            let row = &world.tasks[task];
            if row.in_use() && row.service == service && !row.stopping && is_unhealthy(world, task) {
                out.push(Command::Stop { task, code: StopCode::ServiceSchedulerInitiated });
                return;
            }
        }
    }

    /// `maximumPercent` leaves room for one more task.
    pub(super) fn room_to_start_first(world: &World, service: ServiceId) -> bool {
        let row = &world.services[service];
        row.live < world.fleet.services[service].task_ceiling(row.desired)
    }

    /// The task still holds the slot and is wanted.
    pub(super) fn still_replaceable(&self, world: &World, task: TaskId, service: ServiceId, slot: u32) -> bool {
        let row = &world.tasks[task];
        row.in_use() && !row.stopping && row.service == service && row.slot == slot
    }

    /// Something happened that may make a task count as healthy: what it replaces is then stopped.
    pub(super) fn maybe_healthy(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if row.stopping || row.phase != Phase::Running {
            return;
        }
        let service = row.service;
        match Self::believed_healthy(world, task) {
            Some(true) => {}
            Some(false) => return,
            None => {
                // Neither a load balancer nor a check: healthy once it has run long enough.
                // The same at each look at the same task.
                let span = self.delays.task(world, &self.timings.steady_after, STEADY, task);
                let ready = row.phase_since + span;
                if world.now < ready && !world.warming_up {
                    if row.replaces.is_some() {
                        out.wake_at(ready, timer::STEADY, 0, row.phase_step, task.0);
                    }
                    return;
                }
            }
        }
        // The newest healthy task of a slot stays: what it replaces, and whatever else was started for the slot before it,
        // goes.
        if world.services[service].slots.get(row.slot as usize).is_some_and(|slot| slot.tasks > 1) {
            let older = |other: &TaskId| {
                let other = &world.tasks[*other];
                other.slot == row.slot && !other.stopping && other.placed_at < row.placed_at
            };
            for old in world.tasks_of(service).filter(older) {
                out.push(Command::Stop { task: old, code: StopCode::ServiceSchedulerInitiated });
            }
        }
        self.next_turn(world, service, out);
    }

    /// Healthy as ECS counts it: its target is healthy and its container checks pass; `None` where it has neither.
    pub(super) fn believed_healthy(world: &World, task: TaskId) -> Option<bool> {
        let row = &world.tasks[task];
        let has_checks = super::health::checked(world, task) != 0;
        let load_balanced = world.fleet.services[row.service].load_balancer.is_some();
        if !has_checks && !load_balanced {
            return None;
        }
        let checks = !has_checks || row.health == Health::Healthy;
        let target = !load_balanced || row.target == Target::Healthy;
        Some(checks && target)
    }
}
