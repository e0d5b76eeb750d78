//! The kubelet: from binding to Running, and from deletion to the pod's end.
//!
//! A bound pod gets its sandbox and network, its images are pulled (a pull that fails is tried again after a back-off of
//! 10 s, doubled up to 5 min: ImagePullBackOff), its containers start. A deleted pod leaves its Services at once; its
//! processes get SIGTERM and, after `terminationGracePeriodSeconds`, SIGKILL; then the object is removed. A kubelet that
//! cannot be reached does neither, and the object stays (Kubernetes, Pod Lifecycle; Images).

use crate::base::time::Span;
use crate::platform::delays::Kind;
use crate::platform::pull::{Came, Pull, Source, Waiter, Wanted};
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::fleet::PullBehavior;
use crate::world::instance::Host;
use crate::world::kubernetes::RestartPolicy;
use crate::world::service::Loss;
use crate::world::task::{Phase, StopCode, Target};
use crate::world::{ImageId, InstanceId, TaskId, World};

use super::{Kubernetes, reports, timer, workload};

const SANDBOX: Kind = Kind::again("kubernetes: pod sandbox", 0);
const START: Kind = Kind::again("kubernetes: container start", 1);
const STOP: Kind = Kind::again("kubernetes: container stop", 2);

/// The first and the longest wait of ImagePullBackOff.
const PULL_BACKOFF: (Span, Span) = (Span::from_secs(10), Span::from_secs(300));

/// What a PHASE timer leads to.
pub(super) mod step {
    /// The sandbox is there.
    pub const SANDBOX: u8 = 0;
    /// The containers run.
    pub const STARTED: u8 = 1;
    /// Another attempt to pull.
    pub const PULL_AGAIN: u8 = 2;
    /// The processes have ended.
    pub const ENDED: u8 = 3;
    /// The containers of a rebooted node run again.
    pub const RESTARTED: u8 = 4;
}

impl Kubernetes {
    /// A pod has been bound.
    pub(super) fn launch(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        self.delays.task_begins(task);
        self.forget_restarts(task, workload(world, row.service).template.containers.len());
        if !reports(world, row.instance) {
            out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Undetected });
            return;
        }
        self.make_sandbox(world, task, out);
    }

    fn make_sandbox(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Provisioning });
        let span = self.delays.task(world, &self.timings.provisioning, SANDBOX, task);
        self.step_after(world, task, span, step::SANDBOX, out);
    }

    fn step_after(&mut self, world: &World, task: TaskId, span: Span, step: u8, out: &mut Commands) {
        if span.is_zero() {
            self.take_step(world, task, step, out);
        } else {
            out.after(span, timer::PHASE, step, world.tasks[task].phase_step, task.0);
        }
    }

    pub(super) fn pod_timer(&mut self, world: &World, kind: u8, task: TaskId, event: Event, out: &mut Commands) {
        let row = &world.tasks[task];
        if !row.in_use() {
            return;
        }
        match kind {
            timer::PHASE if event.is_current(row.phase_step) => self.take_step(world, task, event.small(), out),
            timer::RESTART | timer::REVIVE => self.restart_timer(world, kind, task, event, out),
            timer::LIVENESS if event.is_current(row.health_step) => {
                self.liveness_failed(world, task, event.small(), out);
            }
            timer::READY if event.is_current(row.target_step) => Self::probed(world, task, out),
            _ => {}
        }
    }

    fn take_step(&mut self, world: &World, task: TaskId, what: u8, out: &mut Commands) {
        let row = &world.tasks[task];
        if what == step::ENDED {
            if world.instances[row.instance].host == Host::Up {
                out.push(Command::EndProcesses(task));
            }
            // A kubelet that cannot report leaves the object as it is.
            if reports(world, row.instance) {
                out.push(Command::SetPhase { task, phase: Phase::Stopped });
            }
            return;
        }
        if row.stopping || !world.instances[row.instance].works() {
            return;
        }
        match what {
            step::SANDBOX => out.push(Command::SetPhase { task, phase: Phase::Pending }),
            step::PULL_AGAIN => self.begin_pending(world, task, out),
            step::STARTED => {
                out.push(Command::StartAll(task));
                out.push(Command::SetTarget { task, target: Target::Initial });
                out.push(Command::SetPhase { task, phase: Phase::Running });
            }
            step::RESTARTED => out.push(Command::StartAll(task)),
            _ => {}
        }
    }

    /// The sandbox is there, or another attempt is due: the images are pulled.
    pub(super) fn begin_pending(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if row.stopping || !reports(world, row.instance) {
            return;
        }
        out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Pulling });
        self.go_on_pulling(world, task, 0, &[], out);
    }

    /// Pulls the images that the containers from a place on need; then the containers start.
    fn go_on_pulling(&mut self, world: &World, task: TaskId, from: usize, fresh: &[ImageId], out: &mut Commands) {
        let row = &world.tasks[task];
        let containers = &workload(world, row.service).template.containers;
        let prefers_cache =
            world.fleet.capacities[world.instances[row.instance].capacity].pull_behavior == PullBehavior::PreferCached;
        let source = |place: usize, cached: bool| {
            let asks = !prefers_cache && containers.get(place).is_some_and(|container| container.always_pulls);
            match (cached, asks) {
                (true, false) => Source::Disk,
                (true, true) => Source::Asked,
                (false, _) => Source::Download,
            }
        };
        let wanted = Wanted { task, from, fresh, may_ask: world.region.role_revoked == 0 };
        match self.pulls.pull(world, wanted, source, out) {
            Pull::Here => self.start_containers(world, task, out),
            Pull::UnderWay => {}
            Pull::Fails => self.pull_failed(world, task, out),
        }
    }

    fn pull_failed(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let nth = self.count_failed_pull(task);
        let wait = PULL_BACKOFF.0.times(1 << nth.min(10)).min(PULL_BACKOFF.1);
        out.after(wait, timer::PHASE, step::PULL_AGAIN, world.tasks[task].phase_step, task.0);
    }

    /// Downloads of a node end: whoever waited for them goes on.
    pub(super) fn pulled(&mut self, world: &World, instance: InstanceId, event: Event, out: &mut Commands) {
        let Came { fresh, waiting } = self.pulls.came(world, instance, event, out);
        for Waiter { task, place, fails, .. } in waiting {
            if fails {
                self.pull_failed(world, task, out);
            } else {
                self.go_on_pulling(world, task, place + 1, &fresh, out);
            }
        }
    }

    fn start_containers(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Starting });
        let span = self.delays.task(world, &self.timings.container_start, START, task);
        self.step_after(world, task, span, step::STARTED, out);
    }

    /// The pod has a deletion timestamp.
    pub(super) fn begin_stop(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if matches!(row.target, Target::Initial | Target::Healthy | Target::Unhealthy) {
            out.push(Command::SetTarget { task, target: Target::Draining });
        }
        if reports(world, row.instance) {
            self.kill_pod(world, task, out);
        }
    }

    /// SIGTERM, and SIGKILL when the grace period is over.
    fn kill_pod(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
        let all = u32::from(u16::MAX) >> (16 - definition.containers.len().min(16));
        let alive = row.started && u32::from(row.exited) & all != all;
        if !alive {
            return out.push(Command::SetPhase { task, phase: Phase::Stopped });
        }
        let mut steps = 0;
        if row.phase < Phase::Stopping {
            out.push(Command::SetPhase { task, phase: Phase::Stopping });
            steps = 1;
        }
        let grace = workload(world, row.service).template.termination_grace;
        // A hanging process does not hear SIGTERM.
        let span = match row.hung {
            0 => self.delays.task(world, &self.timings.container_stop, STOP, task).min(grace),
            _ => grace,
        };
        // The phase changes before the timer is looked at: it belongs to the step after this one.
        out.after(span, timer::PHASE, step::ENDED, row.phase_step + steps, task.0);
    }

    /// The kubelet of a node works again, or reaches the API server again: it goes on with each of its pods.
    pub(super) fn resume_pods(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let tasks: Vec<TaskId> = world.tasks_on(instance).collect();
        for task in tasks {
            let row = &world.tasks[task];
            if row.stopping {
                self.kill_pod(world, task, out);
            } else if row.phase == Phase::Provisioning {
                self.make_sandbox(world, task, out);
            } else if row.phase == Phase::Pending {
                self.begin_pending(world, task, out);
            } else if row.exited == u16::MAX
                && workload(world, row.service).template.restart_policy == RestartPolicy::Never
            {
                out.push(Command::Stop { task, code: StopCode::EssentialContainerExited });
            } else if row.exited == u16::MAX {
                // The host was down: the pod stays bound, its containers start anew.
                out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Starting });
                let span = self.delays.task(world, &self.timings.container_start, START, task);
                out.after(span, timer::PHASE, step::RESTARTED, row.phase_step, task.0);
            } else {
                self.look_ready(world, task, out);
            }
        }
    }
}
