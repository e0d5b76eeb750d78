//! From the decision to stop a task to STOPPED.
//!
//! DEACTIVATING: the target is deregistered and drains. STOPPING: SIGTERM, and SIGKILL after `stopTimeout`.
//! DEPROVISIONING: the network interface is detached. ECS gives the resources back at STOPPED (ECS Developer Guide, task
//! lifecycle; ECS API, stopTimeout). A task that has no process left skips what it has no use for; where an essential
//! container has ended, the others still have to be stopped.

use crate::base::time::Span;
use crate::platform::delays::Kind;
use crate::world::command::{Command, Commands};
use crate::world::instance::Registration;
use crate::world::task::{Phase, Target};
use crate::world::{TaskId, World};

use super::launch::step;
use super::{Ecs, timer};

const STOP: Kind = Kind::again("ecs: container stop", 2);
const DEPROVISIONING: Kind = Kind::once("ecs: deprovisioning");

/// SIGTERM to SIGKILL where the task definition does not say (ECS API, stopTimeout).
const DEFAULT_STOP_TIMEOUT: Span = Span::from_secs(30);

impl Ecs {
    pub(super) fn begin_stop(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if world.instances[row.instance].registration == Registration::None {
            // The instance has ended: whoever learned of it ends its tasks at once.
            return;
        }
        let service = &world.fleet.services[row.service];
        let registered = matches!(row.target, Target::Initial | Target::Healthy | Target::Unhealthy);
        if registered {
            out.push(Command::SetTarget { task, target: Target::Draining });
        }
        match &service.load_balancer {
            // A target that can still answer gets time to finish what it has.
            Some(group) if registered && serves(world, task) && !group.deregistration_delay.is_zero() => {
                out.push(Command::SetPhase { task, phase: Phase::Deactivating });
                // The phase changes before the timer is looked at: it belongs to the step after this one.
                out.after(group.deregistration_delay, timer::PHASE, step::DRAINED, row.phase_step + 1, task.0);
            }
            _ => self.end_processes(world, task, out),
        }
    }

    pub(super) fn stop_timer(&mut self, world: &World, task: TaskId, what: u8, out: &mut Commands) {
        match what {
            step::DRAINED => self.end_processes(world, task, out),
            step::ENDED => {
                if process_alive(world, task) {
                    out.push(Command::EndProcesses(task));
                }
                self.deprovision(world, task, 0, out);
            }
            step::DEPROVISIONED => out.push(Command::SetPhase { task, phase: Phase::Stopped }),
            _ => {}
        }
    }

    /// SIGTERM. An agent that cannot be reached does nothing: the task stays until the agent is back or the instance ends.
    pub(super) fn end_processes(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        let host = &world.instances[row.instance];
        if !row.started {
            return self.deprovision(world, task, 0, out);
        }
        let mut steps = 0;
        if row.phase < Phase::Stopping {
            out.push(Command::SetPhase { task, phase: Phase::Stopping });
            steps = 1;
        }
        if !host.agent_connected || !host.works() {
            return;
        }
        if !process_alive(world, task) {
            return self.deprovision(world, task, steps, out);
        }
        let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
        let timeout = definition
            .containers
            .iter()
            .enumerate()
            .filter(|(place, _)| row.exited >> place & 1 == 0)
            .map(|(_, container)| container.stop_timeout.unwrap_or(DEFAULT_STOP_TIMEOUT))
            .max()
            .unwrap_or(DEFAULT_STOP_TIMEOUT);
        // A hanging process does not hear SIGTERM.
        let span = if row.hung & !row.exited != 0 {
            timeout
        } else {
            self.delays.task(world, &self.timings.container_stop, STOP, task).min(timeout)
        };
        if span.is_zero() {
            out.push(Command::EndProcesses(task));
            self.deprovision(world, task, steps, out);
        } else {
            out.after(span, timer::PHASE, step::ENDED, row.phase_step + steps, task.0);
        }
    }

    /// `steps`: changes of phase that have been asked for and not been made yet.
    fn deprovision(&mut self, world: &World, task: TaskId, steps: u32, out: &mut Commands) {
        let row = &world.tasks[task];
        let span = self.delays.task(world, &self.timings.deprovisioning, DEPROVISIONING, task);
        if span.is_zero() {
            out.push(Command::SetPhase { task, phase: Phase::Stopped });
        } else {
            let mut steps = steps;
            if row.phase < Phase::Deprovisioning {
                out.push(Command::SetPhase { task, phase: Phase::Deprovisioning });
                steps += 1;
            }
            out.after(span, timer::PHASE, step::DEPROVISIONED, row.phase_step + steps, task.0);
        }
    }

    pub(super) fn stopped(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let instance = world.tasks[task].instance;
        let host = &world.instances[instance];
        if host.task_count == 0 {
            self.empty_instance(world, instance, out);
        }
    }
}

/// Whether the task may still have requests under way: all of its essential containers run.
fn serves(world: &World, task: TaskId) -> bool {
    let row = &world.tasks[task];
    let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
    row.process_up(definition.essential)
}

/// Whether a process of the task still runs, be it of a sidecar.
fn process_alive(world: &World, task: TaskId) -> bool {
    let row = &world.tasks[task];
    let containers = world.fleet.definitions[world.fleet.services[row.service].definition].containers.len();
    row.started && (0..containers).any(|place| row.exited >> place & 1 == 0)
}
