//! Containers that end: restart policy, CrashLoopBackOff, liveness probes.
//!
//! A container that ends is started again by its pod's `restartPolicy`, in place: the pod keeps its node. The first restart
//! comes at once, the next after 10 s, then the wait doubles up to 5 min; a container that has run for more than 10 min
//! starts over. A liveness probe that fails `failureThreshold` times in a row has the container killed (SIGTERM, and
//! SIGKILL when the grace period is over) and started again by the same rules (Kubernetes, Pod Lifecycle).

use crate::base::time::{Span, Time};
use crate::platform::delays::Kind;
use crate::world::command::{Command, Commands};
use crate::world::event::{Event, short_step};
use crate::world::instance::Host;
use crate::world::kubernetes::{Probe, RestartPolicy, WorkloadKind};
use crate::world::service::Loss;
use crate::world::task::StopCode;
use crate::world::{InstanceId, TaskId, World};

use super::{Kubernetes, timer, workload};

const RESTART: Kind = Kind::again("kubernetes: container restart", 3);

/// What the kubelet remembers of a pod.
#[derive(Clone, Debug, Default)]
pub(super) struct Restarts {
    /// For each container how many waits of the sequence it has had.
    waits: Vec<u32>,
    /// Pulls that failed.
    failed_pulls: u32,
}

/// The first probe at or after `from` of a container that started at `started`: probes come every period, the first when
/// the initial delay is over.
pub(super) fn next_probe(probe: &Probe, started: Time, from: Time) -> Time {
    let period = probe.period.0.max(1);
    let first = probe.initial_delay.0.div_ceil(period);
    let nth = from.since(started).0.div_ceil(period).max(first);
    Time(started.0 + nth * period)
}

/// When a probe that fails from `from` on has failed often enough.
pub(super) fn fails_at(probe: &Probe, started: Time, from: Time, silent: bool) -> Time {
    let again = probe.period.times(u64::from(probe.failure_threshold.max(1)) - 1);
    next_probe(probe, started, from) + again + if silent { probe.timeout } else { Span::ZERO }
}

/// When a probe that passes from `from` on has passed often enough.
pub(super) fn passes_at(probe: &Probe, started: Time, from: Time) -> Time {
    next_probe(probe, started, from) + probe.period.times(u64::from(probe.success_threshold.max(1)) - 1)
}

impl Kubernetes {
    pub(super) fn forget_restarts(&mut self, task: TaskId, containers: usize) {
        let row = task.0 as usize;
        if self.pods.len() <= row {
            self.pods.resize(row + 1, Restarts::default());
        }
        self.pods[row].failed_pulls = 0;
        self.pods[row].waits.clear();
        self.pods[row].waits.resize(containers, 0);
    }

    /// Counts a pull that failed and says how many had failed before.
    pub(super) fn count_failed_pull(&mut self, task: TaskId) -> u32 {
        let failed = &mut self.pods[task.0 as usize].failed_pulls;
        *failed += 1;
        *failed - 1
    }

    /// The wait before the next restart of a container whose last run began at `started`.
    fn next_wait(&mut self, world: &World, task: TaskId, container: u8, started: Time) -> Span {
        let crash_loop = self.settings.crash_loop;
        let Some(waits) = self.pods[task.0 as usize].waits.get_mut(usize::from(container)) else { return Span::ZERO };
        if world.now.since(started) > crash_loop.reset_after {
            *waits = 0;
        }
        *waits += 1;
        crash_loop.wait(*waits - 1)
    }

    /// A container has ended by itself.
    pub(super) fn container_exited(
        &mut self,
        world: &World,
        task: TaskId,
        container: u8,
        success: bool,
        out: &mut Commands,
    ) {
        let row = &world.tasks[task];
        let host = world.instances[row.instance].host;
        if row.stopping || host != Host::Up {
            self.missed.ended(world, task, container, success);
            return;
        }
        let template = &workload(world, row.service).template;
        let restarts = match template.restart_policy {
            RestartPolicy::Always => true,
            RestartPolicy::OnFailure => !success,
            RestartPolicy::Never => false,
        };
        if restarts {
            let run = row.run_of(usize::from(container));
            let wait = self.next_wait(world, task, container, run.started_at);
            let loss = if wait.is_zero() { Loss::Starting } else { Loss::Throttled };
            out.push(Command::WillRestart { task, container });
            out.push(Command::Waits { service: row.service, slot: row.slot, loss });
            let span = wait + self.delays.task(world, &self.timings.container_restart, RESTART, task);
            out.after(span, timer::RESTART, container, run.number, task.0);
            return;
        }
        let containers = template.containers.len().min(16);
        let all = (1u32 << containers) - 1;
        if u32::from(row.exited) & all == all || !success {
            let ended = matches!(workload(world, row.service).kind, WorkloadKind::Job { .. }) && success;
            let code = if ended { StopCode::Controller } else { StopCode::EssentialContainerExited };
            out.push(Command::Stop { task, code });
        }
    }

    pub(super) fn restart_timer(&mut self, world: &World, kind: u8, task: TaskId, event: Event, out: &mut Commands) {
        let row = &world.tasks[task];
        let container = event.small();
        let run = row.run_of(usize::from(container));
        let exited = row.exited >> container & 1 == 1;
        let same_run = event.step() == short_step(run.number);
        if same_run && (exited || kind == timer::REVIVE) && !row.stopping {
            self.missed.restart(world, task, container, out);
        }
    }

    /// The host answers again: its kubelet does what it has missed.
    pub(super) fn catch_up(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        for (task, container, success) in self.missed.take(world, instance, out) {
            self.container_exited(world, task, container, success, out);
        }
    }

    /// Something changed that a liveness probe would see.
    pub(super) fn watch_liveness(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if row.hung == 0 || row.stopping {
            return;
        }
        for (place, container) in workload(world, row.service).template.containers.iter().enumerate().take(16) {
            let Some(probe) = &container.liveness else { continue };
            if row.hung >> place & 1 == 1 && row.exited >> place & 1 == 0 {
                let at = fails_at(probe, row.run_of(place).started_at, world.now, row.silent);
                out.wake_at(at, timer::LIVENESS, place as u8, row.health_step, task.0);
            }
        }
    }

    pub(super) fn liveness_failed(&mut self, world: &World, task: TaskId, container: u8, out: &mut Commands) {
        let row = &world.tasks[task];
        let hangs = row.hung >> container & 1 == 1 && row.exited >> container & 1 == 0;
        if !hangs || row.stopping || world.instances[row.instance].host != Host::Up {
            return;
        }
        let run = row.run_of(usize::from(container));
        let wait = self.next_wait(world, task, container, run.started_at);
        // A hanging process does not hear SIGTERM.
        let grace = workload(world, row.service).template.termination_grace;
        out.push(Command::Waits { service: row.service, slot: row.slot, loss: Loss::Starting });
        let span = grace + wait + self.delays.task(world, &self.timings.container_restart, RESTART, task);
        out.after(span, timer::REVIVE, container, run.number, task.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::ZERO + Span::from_secs(seconds)
    }

    /// A container started at 100 s with `initialDelaySeconds` 15 and a period of 10 s is probed at 120, 130, 140 …
    #[test]
    fn probes_stand_on_a_grid() {
        let probe = Probe { initial_delay: Span::from_secs(15), ..Probe::default() };
        assert_eq!(next_probe(&probe, at(100), at(100)), at(120));
        assert_eq!(next_probe(&probe, at(100), at(121)), at(130));
        // Fails from 121 s on: 130, 140, 150 are the three failures; without an answer each takes its time-out of 1 s.
        assert_eq!(fails_at(&probe, at(100), at(121), false), at(150));
        assert_eq!(fails_at(&probe, at(100), at(121), true), at(151));
        assert_eq!(passes_at(&Probe { success_threshold: 2, ..probe }, at(100), at(121)), at(140));
    }
}
