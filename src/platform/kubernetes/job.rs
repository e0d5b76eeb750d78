//! Jobs: parallelism, completions, retries.
//!
//! A Job keeps up to `parallelism` pods until `completions` have succeeded. A pod that fails, or is evicted, is replaced
//! after a back-off of 10 s, doubled with each failure up to 6 min; more than `backoffLimit` failures fail the Job
//! (Kubernetes, Jobs, "Pod backoff failure policy").

use crate::base::time::{Span, Time};
use crate::world::command::{Command, Commands};
use crate::world::kubernetes::{Workload, WorkloadKind};
use crate::world::task::StopCode;
use crate::world::{ServiceId, TaskId, World};

use super::{Kubernetes, timer};

const FIRST_BACKOFF: Span = Span::from_secs(10);
const LONGEST_BACKOFF: Span = Span::from_secs(360);

/// When the first pods of Jobs are created: they are no part of a steady state, and come an instant after it.
pub(super) const BEGIN: Time = Time(1);

/// The state of a Job.
#[derive(Clone, Debug)]
pub(super) struct Job {
    completions: u32,
    parallelism: u32,
    backoff_limit: u32,
    active_deadline: Option<Span>,
    /// Pods created that are not over.
    active: u32,
    succeeded: u32,
    failed: u32,
    /// Nothing is created before.
    not_before: Time,
    /// It has failed.
    has_failed: bool,
}

impl Job {
    pub(super) fn of(workload: &Workload) -> Option<Job> {
        let WorkloadKind::Job { parallelism, backoff_limit, active_deadline } = workload.kind else { return None };
        Some(Job {
            completions: workload.replicas,
            parallelism,
            backoff_limit,
            active_deadline,
            active: 0,
            succeeded: 0,
            failed: 0,
            not_before: BEGIN,
            has_failed: false,
        })
    }

    pub(super) fn is_over(&self) -> bool {
        self.has_failed || self.succeeded >= self.completions
    }

    /// Pods to be created now.
    fn missing(&self) -> u32 {
        if self.is_over() {
            return 0;
        }
        self.parallelism.min(self.completions - self.succeeded).saturating_sub(self.active)
    }
}

impl Kubernetes {
    /// Creates the pods that a Job is short of.
    pub(super) fn sync_job(&mut self, world: &World, service: ServiceId, out: &mut Commands) {
        let Some(job) = self.jobs.get_mut(&service) else { return };
        if job.active_deadline.is_some_and(|deadline| Time::ZERO + deadline <= world.now) {
            return self.fail_job(world, service, out);
        }
        if world.now < job.not_before {
            return;
        }
        for _ in 0..job.missing() {
            job.active += 1;
            out.push(Command::Arrive(service));
        }
    }

    /// Jobs begin when time does, an instant after the figures.
    pub(super) fn begin_jobs(&mut self, out: &mut Commands) {
        for (&service, job) in &self.jobs {
            out.wake_at(BEGIN, timer::JOB, 0, 0, service.0);
            if let Some(deadline) = job.active_deadline {
                out.after(deadline, timer::JOB, 0, 0, service.0);
            }
        }
    }

    pub(super) fn job_pod_over(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        let service = row.service;
        let Some(job) = self.jobs.get_mut(&service) else { return };
        job.active = job.active.saturating_sub(1);
        if row.stop_code == Some(StopCode::Controller) {
            job.succeeded += u32::from(!job.has_failed);
            return self.sync_job(world, service, out);
        }
        job.failed += 1;
        if job.failed > job.backoff_limit {
            return self.fail_job(world, service, out);
        }
        let wait = FIRST_BACKOFF.times(1 << (job.failed - 1).min(10)).min(LONGEST_BACKOFF);
        job.not_before = world.now + wait;
        out.wake_at(job.not_before, timer::JOB, 0, 0, service.0);
    }

    /// The Job has failed: its pods are ended.
    fn fail_job(&mut self, world: &World, service: ServiceId, out: &mut Commands) {
        let Some(job) = self.jobs.get_mut(&service) else { return };
        if job.is_over() {
            return;
        }
        job.has_failed = true;
        let placed: Vec<TaskId> = world.tasks_of(service).filter(|&task| !world.tasks[task].stopping).collect();
        for task in placed {
            out.push(Command::Stop { task, code: StopCode::EssentialContainerExited });
        }
        for slot in self.waiting_slots(service) {
            self.unqueue(service, slot);
            out.push(Command::GiveUp { service, slot });
        }
    }
}
