//! The container agent: what ECS learns through it, and what happens while it is silent.
//!
//! While an agent is disconnected ECS places nothing on its instance, keeps its tasks as last reported, and neither stops
//! nor replaces them; no time-out is documented (ECS API, HealthCheck and ContainerInstance). When it connects it reports
//! what became of its tasks. An instance that EC2 has ended takes its tasks with it: ECS sees them STOPPED after a delay.

use crate::platform::delays::Kind;
use crate::world::command::{Command, Commands};
use crate::world::event::{Event, short_step};
use crate::world::fleet::Scheduling;
use crate::world::instance::{Host, Registration};
use crate::world::service::Loss;
use crate::world::task::{Phase, StopCode};
use crate::world::{InstanceId, TaskId, World};

use super::{Ecs, Exit, timer};

const REGISTRATION: Kind = Kind::again("ecs: instance registration", 0);
const DISCONNECT: Kind = Kind::again("ecs: agent disconnect", 1);
const RECONNECT: Kind = Kind::again("ecs: agent reconnect", 2);
const STATE_CHANGE: Kind = Kind::once("ecs: instance state change");
const RESTART: Kind = Kind::again("ecs: container restart", 4);

impl Ecs {
    /// A host has booted: its agent registers it, or connects again.
    pub(super) fn host_up(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let row = &world.instances[instance];
        let (law, label) = match row.registration {
            Registration::None => (&self.timings.instance_registration, REGISTRATION),
            Registration::Active | Registration::Draining => (&self.timings.agent_reconnect, RECONNECT),
        };
        let span = self.delays.instance(world, law, label, instance);
        if span.is_zero() {
            self.agent_back(world, instance, out);
        } else {
            out.after(span, timer::AGENT_BACK, 0, row.agent_step, instance.0);
        }
    }

    pub(super) fn contact_lost(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let row = &world.instances[instance];
        if row.agent_connected {
            let span = self.delays.instance(world, &self.timings.agent_disconnect, DISCONNECT, instance);
            out.after(span, timer::AGENT_LOST, 0, row.agent_step, instance.0);
        }
    }

    /// The host answers again and its processes live: the agent connects again, if ECS has missed it at all.
    pub(super) fn contact_regained(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let row = &world.instances[instance];
        if row.works() {
            let span = self.delays.instance(world, &self.timings.agent_reconnect, RECONNECT, instance);
            out.after(span, timer::AGENT_BACK, 0, row.agent_step, instance.0);
        }
    }

    pub(super) fn instance_ended(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let span = self.delays.instance(world, &self.timings.instance_state_change, STATE_CHANGE, instance);
        out.after(span, timer::INSTANCE_ENDED, 0, world.instances[instance].host_step, instance.0);
    }

    pub(super) fn instance_timer(
        &mut self,
        world: &World,
        kind: u8,
        instance: InstanceId,
        event: Event,
        out: &mut Commands,
    ) {
        let row = &world.instances[instance];
        match kind {
            timer::INSTANCE_ENDED if event.is_current(row.host_step) => self.forget(world, instance, out),
            timer::AGENT_LOST if event.is_current(row.agent_step) => {
                out.push(Command::SetAgent { instance, connected: false });
            }
            timer::AGENT_BACK if event.is_current(row.agent_step) && row.works() => {
                self.agent_back(world, instance, out);
            }
            _ => {}
        }
    }

    fn agent_back(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let row = &world.instances[instance];
        if world.silent_agents.is_held(&instance) {
            // It connects when the last failure lets it.
        } else if row.registration == Registration::None {
            out.push(Command::SetAgent { instance, connected: true });
            out.push(Command::Register { instance, registration: Registration::Active });
        } else if row.agent_connected {
            // A short absence that ECS never noticed; the agent reports all the same.
            self.reconcile(world, instance, out);
        } else {
            out.push(Command::SetAgent { instance, connected: true });
        }
    }

    /// ECS learns that EC2 has ended the instance.
    fn forget(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        out.push(Command::SetAgent { instance, connected: false });
        out.push(Command::Register { instance, registration: Registration::None });
        let tasks: Vec<TaskId> = world.tasks_on(instance).collect();
        for &task in &tasks {
            if !world.tasks[task].stopping {
                out.push(Command::Stop { task, code: StopCode::TerminationNotice });
            }
        }
        for &task in &tasks {
            out.push(Command::SetPhase { task, phase: Phase::Stopped });
        }
        for (service, spec) in world.fleet.services.iter() {
            if spec.scheduling == Scheduling::Daemon {
                self.daemon_unwanted(world, service, instance.0, out);
            }
        }
        self.draining.remove(&instance);
        out.push(Command::Forget(instance));
    }

    /// The agent reports what became of its tasks.
    pub(super) fn reconcile(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        if !world.instances[instance].works() {
            return;
        }
        let tasks: Vec<TaskId> = world.tasks_on(instance).collect();
        for task in tasks {
            let row = &world.tasks[task];
            let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
            if row.stopping {
                if row.phase <= Phase::Stopping {
                    self.end_processes(world, task, out);
                }
            } else if row.started && row.exited & !row.restarting & definition.essential != 0 {
                out.push(Command::Stop { task, code: StopCode::EssentialContainerExited });
            } else if !row.started && row.phase == Phase::Pending {
                self.begin_pending(world, task, out);
            } else {
                Self::watch_health(world, task, out);
            }
        }
        self.daemons_on(world, instance, out);
    }

    /// A container has ended by itself: the agent restarts it, or the task ends, or nothing follows.
    ///
    /// The restart policy (ECS API, ContainerRestartPolicy; agent, restart tracker): only if the container has run for
    /// `restartAttemptPeriod` since it last started, and its exit code is not ignored. There is no later attempt.
    pub(super) fn container_exited(
        &mut self,
        world: &World,
        task: TaskId,
        container: u8,
        exit: Exit,
        out: &mut Commands,
    ) {
        let row = &world.tasks[task];
        let host = &world.instances[row.instance];
        if row.stopping || host.host != Host::Up {
            self.missed.ended(world, task, container, exit);
            return;
        }
        let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
        let essential = definition.essential >> container & 1 == 1;
        let run = row.run_of(usize::from(container));
        let restarts = definition.containers[usize::from(container)].restart.is_some_and(|policy| {
            let ignored = match exit {
                Exit::Success => policy.ignores_success,
                Exit::Crash => policy.ignores_crash,
                Exit::OutOfMemory => policy.ignores_oom,
            };
            !ignored && world.now.since(run.started_at) >= policy.attempt_period
        });
        if restarts {
            out.push(Command::WillRestart { task, container });
            if essential {
                out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Starting });
            }
            let span = self.delays.task(world, &self.timings.container_restart, RESTART, task);
            if span.is_zero() {
                out.push(Command::Start { task, container });
            } else {
                out.after(span, timer::RESTART, container, run.number, task.0);
            }
        } else if essential && host.agent_connected && !host.cut_off {
            out.push(Command::Stop { task, code: StopCode::EssentialContainerExited });
        }
        Self::watch_health(world, task, out);
    }

    pub(super) fn restart(&mut self, world: &World, task: TaskId, event: Event, out: &mut Commands) {
        let row = &world.tasks[task];
        let container = event.small();
        let run = row.run_of(usize::from(container));
        let exited = row.exited >> container & 1 == 1;
        if event.step() == short_step(run.number) && exited && !row.stopping {
            self.missed.restart(world, task, container, out);
        }
    }

    /// The host answers again: its agent does what it has missed.
    pub(super) fn catch_up(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        for (task, container, exit) in self.missed.take(world, instance, out) {
            self.container_exited(world, task, container, exit, out);
        }
    }

    /// The last task has left an instance.
    pub(super) fn empty_instance(&mut self, world: &World, instance: InstanceId, _out: &mut Commands) {
        if world.instances[instance].registration == Registration::Draining {
            self.draining.remove(&instance);
        }
    }
}
