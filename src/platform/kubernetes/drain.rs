//! The Eviction API: a cordoned node is drained pod by pod, as its disruption budgets allow.
//!
//! A pod may be evicted while each budget that guards it has `disruptionsAllowed` left; a refused eviction is tried again
//! every 5 s. Pods of DaemonSets stay. A pod that does not run yet may always be evicted. A running pod that is not ready
//! may be evicted where its budget is met without it, even with none to spare, or always with
//! `unhealthyPodEvictionPolicy: AlwaysAllow`. A managed node group that replaces a node waits 15 min, then terminates it
//! whatever is left on it (Kubernetes, API-initiated Eviction; Amazon EKS User Guide, managed node groups).
//!
//! It is the API's clients that wait and try again, not the node: their timers outlast a reboot of it.

use crate::base::time::Span;
use crate::world::command::{Command, Commands};
use crate::world::instance::Registration;
use crate::world::task::{Phase, StopCode, Target};
use crate::world::{InstanceId, TaskId, World};

use super::{Kubernetes, fleet, is_daemon, timer};

const RETRY: Span = Span::from_secs(5);
const PATIENCE: Span = Span::from_secs(900);

impl Kubernetes {
    pub(super) fn start_draining(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        self.draining.insert(instance);
        out.after(PATIENCE, timer::DRAIN, 1, world.instances[instance].serial, instance.0);
        Self::drain_retry(world, instance, false, out);
        self.drain_on(world, out);
    }

    /// Another attempt after a while; `last` to end what is left.
    fn drain_retry(world: &World, instance: InstanceId, last: bool, out: &mut Commands) {
        out.after(RETRY, timer::DRAIN, last.into(), world.instances[instance].serial, instance.0);
    }

    /// Another attempt on one node, or the end of patience.
    pub(super) fn drain_timer(&mut self, world: &World, instance: InstanceId, last: bool, out: &mut Commands) {
        if !self.draining.contains(&instance) || world.instances[instance].registration != Registration::Draining {
            return;
        }
        if !last {
            self.drain_on(world, out);
            Self::drain_retry(world, instance, false, out);
        } else if Self::control_plane_is_down(world) {
            Self::drain_retry(world, instance, true, out);
        } else if world.instances[instance].condemned {
            let tasks: Vec<TaskId> = world.tasks_on(instance).collect();
            for task in tasks {
                let row = &world.tasks[task];
                if !row.stopping && !is_daemon(world, row.service) {
                    out.push(Command::Stop { task, code: StopCode::Kubelet });
                }
            }
        }
    }

    /// Evicts what the budgets allow, from every node that drains.
    pub(super) fn drain_on(&mut self, world: &World, out: &mut Commands) {
        if self.draining.is_empty() || Self::control_plane_is_down(world) {
            return;
        }
        let of = fleet(world);
        let mut found = vec![None; of.guarded.len()];
        for instance in self.draining.clone() {
            if world.instances[instance].registration != Registration::Draining {
                self.draining.remove(&instance);
                continue;
            }
            let mut remain = false;
            let tasks: Vec<TaskId> = world.tasks_on(instance).collect();
            for task in tasks {
                let row = &world.tasks[task];
                if is_daemon(world, row.service) {
                    continue;
                }
                remain = true;
                if row.stopping {
                    continue;
                }
                let budgets: Vec<usize> = of.budgets_of(row.service).collect();
                let ready = row.target == Target::Healthy;
                let allowed = row.phase < Phase::Running
                    || budgets.iter().all(|&budget| {
                        let status = *found[budget].get_or_insert_with(|| of.budget_status(world, budget));
                        let unready = !ready && (status.is_met() || of.cluster.budgets[budget].evicts_unhealthy);
                        status.disruptions_allowed() > 0 || unready
                    });
                if allowed {
                    for &budget in budgets.iter().filter(|_| ready) {
                        if let Some(status) = &mut found[budget] {
                            status.current_healthy = status.current_healthy.saturating_sub(1);
                        }
                    }
                    out.push(Command::Stop { task, code: StopCode::EvictionApi });
                }
            }
            if !remain {
                self.draining.remove(&instance);
            }
        }
    }
}
