//! From placement to RUNNING.
//!
//! PROVISIONING (network interface) → PENDING (the agent pulls the images and starts the containers) → ACTIVATING
//! (registration with the target group) → RUNNING (ECS Developer Guide, task lifecycle).

use crate::base::time::Span;
use crate::platform::delays::Kind;
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::fleet::{NetworkMode, PullBehavior};
use crate::world::service::Loss;
use crate::world::task::{Phase, StopCode, Target};
use crate::world::{ImageId, InstanceId, TaskId, World};

use super::{Ecs, timer};
use crate::platform::pull::{Came, Pull, Source, Waiter, Wanted};

const PROVISIONING: Kind = Kind::once("ecs: provisioning");
const ENI: Kind = Kind::once("ecs: eni attachment");
const START: Kind = Kind::again("ecs: container start", 0);
const REGISTRATION: Kind = Kind::once("ecs: target registration");
const PULL_FAILURE: Kind = Kind::again("ecs: pull failure", 1);

/// What a PHASE timer leads to.
pub(super) mod step {
    /// PROVISIONING is over.
    pub const PROVISIONED: u8 = 0;
    /// The containers run.
    pub const STARTED: u8 = 1;
    /// The target is registered.
    pub const REGISTERED: u8 = 2;
    /// The pull has failed.
    pub const FAILED: u8 = 3;
    /// The target has drained.
    pub const DRAINED: u8 = 4;
    /// The processes have ended.
    pub const ENDED: u8 = 5;
    /// The network interface is detached.
    pub const DEPROVISIONED: u8 = 6;
}

impl Ecs {
    pub(super) fn launch(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
        let mut span = self.delays.task(world, &self.timings.provisioning, PROVISIONING, task);
        if definition.network == NetworkMode::Awsvpc {
            span = span + self.delays.task(world, &self.timings.eni_attachment, ENI, task);
        }
        out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Provisioning });
        self.phase_after(world, task, span, step::PROVISIONED, out);
    }

    /// Sets the timer for the next step, or takes the step at once where it takes no time.
    pub(super) fn phase_after(&mut self, world: &World, task: TaskId, span: Span, step: u8, out: &mut Commands) {
        if span.is_zero() {
            self.phase_timer(world, task, step, out);
        } else {
            out.after(span, timer::PHASE, step, world.tasks[task].phase_step, task.0);
        }
    }

    pub(super) fn phase_timer(&mut self, world: &World, task: TaskId, what: u8, out: &mut Commands) {
        let row = &world.tasks[task];
        if row.stopping {
            return self.stop_timer(world, task, what, out);
        }
        match what {
            step::PROVISIONED => out.push(Command::SetPhase { task, phase: Phase::Pending }),
            step::STARTED => self.containers_started(world, task, out),
            step::REGISTERED => {
                out.push(Command::SetTarget { task, target: Target::Initial });
                out.push(Command::SetPhase { task, phase: Phase::Running });
            }
            step::FAILED => out.push(Command::Stop { task, code: StopCode::TaskFailedToStart }),
            _ => {}
        }
    }

    /// The agent has the task: it pulls. Also taken up again when an agent has come back.
    pub(super) fn begin_pending(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        let host = &world.instances[row.instance];
        if row.stopping || !host.works() || !host.agent_connected {
            // Sent to a host that is dead or silent, which ECS does not know yet. Whatever brings the agent back, or ends
            // the instance, takes the task up again.
            if !row.stopping {
                out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Undetected });
            }
            return;
        }
        self.go_on_pulling(world, task, 0, &[], out);
    }

    /// Pulls the images that the containers from a place on need; then the containers start. The task execution role is asked
    /// first, so that without it nothing starts, cached images or not.
    fn go_on_pulling(&mut self, world: &World, task: TaskId, from: usize, fresh: &[ImageId], out: &mut Commands) {
        let row = &world.tasks[task];
        let behavior = world.fleet.capacities[world.instances[row.instance].capacity].pull_behavior;
        let source = |_, cached| {
            if cached && behavior != PullBehavior::Always { Source::Disk } else { Source::Download }
        };
        let wanted = Wanted { task, from, fresh, may_ask: true };
        let pull = match world.region.role_revoked {
            0 => self.pulls.pull(world, wanted, source, out),
            _ => Pull::Fails,
        };
        match pull {
            Pull::Here => self.start_containers(world, task, out),
            Pull::UnderWay => out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Pulling }),
            Pull::Fails => {
                out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Pulling });
                let span = self.delays.task(world, &self.timings.pull_failure, PULL_FAILURE, task);
                self.phase_after(world, task, span.max(Span(1000)), step::FAILED, out);
            }
        }
    }

    /// Downloads of an instance end: whoever waited for them goes on.
    pub(super) fn pulled(&mut self, world: &World, instance: InstanceId, event: Event, out: &mut Commands) {
        let Came { fresh, waiting } = self.pulls.came(world, instance, event, out);
        for Waiter { task, place, fails, .. } in waiting {
            if fails {
                out.push(Command::Stop { task, code: StopCode::TaskFailedToStart });
            } else {
                self.go_on_pulling(world, task, place + 1, &fresh, out);
            }
        }
    }

    fn start_containers(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Starting });
        let span = self.delays.task(world, &self.timings.container_start, START, task);
        self.phase_after(world, task, span, step::STARTED, out);
    }

    fn containers_started(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if !world.instances[row.instance].works() {
            return;
        }
        out.push(Command::StartAll(task));
        let next = match world.fleet.services[row.service].load_balancer {
            Some(_) => Phase::Activating,
            None => Phase::Running,
        };
        out.push(Command::SetPhase { task, phase: next });
    }

    pub(super) fn begin_activating(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if row.stopping {
            return;
        }
        out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Activating });
        let span = self.delays.task(world, &self.timings.target_registration, REGISTRATION, task);
        self.phase_after(world, task, span, step::REGISTERED, out);
    }
}
