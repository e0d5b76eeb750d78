//! Deployments, StatefulSets and DaemonSets: which pods are created and deleted.
//!
//! A ReplicaSet makes the substitute at the moment at which a pod is deleted, wherever the old one still runs. A
//! StatefulSet waits until the pod of the same name is really gone, for two must never run at once; unless
//! `podManagementPolicy: Parallel` it also waits until all pods before it are ready. A DaemonSet has one pod on each node
//! that takes it. A pod that nothing manages is not replaced (Kubernetes, Workload Management).

use crate::platform::delays::Kind;
use crate::world::command::{Command, Commands};
use crate::world::instance::Registration;
use crate::world::kubernetes::WorkloadKind;
use crate::world::service::Loss;
use crate::world::task::{StopCode, Target};
use crate::world::{InstanceId, ServiceId, TaskId, World};

use super::{Kubernetes, fleet, is_daemon, timer, workload};

const CREATE: Kind = Kind::once("kubernetes: pod creation");

impl Kubernetes {
    /// The initial state: daemons came with their nodes; now the images that nodes have, and the workloads in the order of
    /// the file.
    pub(super) fn begin(&mut self, world: &World, out: &mut Commands) {
        let of = fleet(world);
        if world.warming_up && !of.images.is_empty() {
            for (instance, _) in world.live_instances() {
                for &image in of.images.get(&of.node_name(world, instance)).into_iter().flatten() {
                    out.push(Command::Cache { instance, image });
                }
            }
        }
        for service in world.fleet.services.ids() {
            self.sync(world, service, out);
        }
    }

    /// Creates what a workload is short of.
    pub(super) fn sync(&mut self, world: &World, service: ServiceId, out: &mut Commands) {
        if Self::control_plane_is_down(world) {
            return;
        }
        match workload(world, service).kind {
            WorkloadKind::Deployment { .. } | WorkloadKind::Pod => {
                for slot in 0..world.services[service].slots.len() as u32 {
                    if self.still_wanted(world, service, slot) {
                        self.wanted(world, service, slot, out);
                    }
                }
            }
            WorkloadKind::StatefulSet { parallel, .. } => self.sync_stateful(world, service, parallel, out),
            WorkloadKind::DaemonSet => {
                let nodes: Vec<InstanceId> = world.live_instances().map(|(instance, _)| instance).collect();
                for instance in nodes {
                    self.daemon_on(world, service, instance, out);
                }
            }
            WorkloadKind::Job { .. } => self.sync_job(world, service, out),
        }
    }

    /// In order: the first pod that is missing is created, and without `parallel` the one after it only when it is ready.
    fn sync_stateful(&mut self, world: &World, service: ServiceId, parallel: bool, out: &mut Commands) {
        let row = &world.services[service];
        let mut here: Vec<Option<bool>> = vec![None; row.slots.len()];
        for task in world.tasks_of(service) {
            let pod = &world.tasks[task];
            let ready = !pod.stopping && pod.target == Target::Healthy;
            if let Some(entry) = here.get_mut(pod.slot as usize) {
                *entry = Some(entry.unwrap_or(true) && ready);
            }
        }
        for (slot, found) in here.into_iter().enumerate().filter(|(slot, _)| row.slots[*slot].wanted) {
            if found.is_none() {
                self.wanted(world, service, slot as u32, out);
            }
            if found != Some(true) && !parallel {
                return;
            }
        }
    }

    /// Whether a pod that is to be placed is still wanted.
    pub(super) fn still_wanted(&self, world: &World, service: ServiceId, slot: u32) -> bool {
        let row = world.services[service].slots.get(slot as usize);
        match workload(world, service).kind {
            WorkloadKind::Job { .. } => self.jobs.get(&service).is_some_and(|job| !job.is_over()),
            WorkloadKind::DaemonSet => row.is_none_or(|slot| slot.tasks == 0) && takes_daemons(world, InstanceId(slot)),
            WorkloadKind::Deployment { .. } | WorkloadKind::StatefulSet { .. } | WorkloadKind::Pod => {
                row.is_some_and(|slot| slot.wanted && slot.tasks == 0)
            }
        }
    }

    /// A pod is being deleted: its place may need another.
    pub(super) fn vacated(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        let (service, slot) = (row.service, row.slot);
        let Some(place) = world.services[service].slots.get(slot as usize) else { return };
        if !place.wanted || place.tasks > 0 {
            return;
        }
        let loss = match workload(world, service).kind {
            WorkloadKind::Deployment { .. } => {
                self.create_later(world, task, out);
                Loss::Reacting
            }
            WorkloadKind::DaemonSet => Loss::Reacting,
            // Two pods of one name must never run at once; and what nothing manages never comes back.
            WorkloadKind::StatefulSet { .. } | WorkloadKind::Pod | WorkloadKind::Job { .. } => Loss::Constraint,
        };
        let loss = if Self::control_plane_is_down(world) { Loss::ControlPlane } else { loss };
        out.push(Command::Waits { service, slot, loss });
    }

    /// A pod is gone.
    pub(super) fn gone(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        let (service, slot) = (row.service, row.slot);
        match workload(world, service).kind {
            WorkloadKind::StatefulSet { .. } => self.create_later(world, task, out),
            WorkloadKind::DaemonSet => self.daemon_on(world, service, InstanceId(slot), out),
            WorkloadKind::Job { .. } => self.job_pod_over(world, task, out),
            WorkloadKind::Deployment { .. } | WorkloadKind::Pod => {}
        }
        self.drain_on(world, out);
    }

    fn create_later(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let span = self.delays.task(world, &self.timings.pod_creation, CREATE, task);
        let row = &world.tasks[task];
        // Even without a delay the pod comes after what is happening now: a row that is being freed still counts.
        out.after_of_two(span, timer::CREATE, row.service.0, row.slot);
    }

    pub(super) fn create(&mut self, world: &World, service: ServiceId, slot: u32, out: &mut Commands) {
        if Self::control_plane_is_down(world) {
            out.push(Command::Waits { service, slot, loss: Loss::ControlPlane });
            return;
        }
        match workload(world, service).kind {
            WorkloadKind::StatefulSet { parallel, .. } => self.sync_stateful(world, service, parallel, out),
            _ if self.still_wanted(world, service, slot) => self.wanted(world, service, slot, out),
            _ => {}
        }
    }

    /// A pod became ready, or no longer is.
    pub(super) fn target_changed(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        if row.target == Target::Healthy {
            let short = world.services[row.service].live < world.services[row.service].desired;
            if short && let WorkloadKind::StatefulSet { parallel: false, .. } = workload(world, row.service).kind {
                self.sync(world, row.service, out);
            }
            self.drain_on(world, out);
        }
        self.look_ready(world, task, out);
    }

    /// A node is there: it gets its daemons.
    pub(super) fn daemons_on(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        for service in world.fleet.services.ids() {
            if is_daemon(world, service) {
                self.daemon_on(world, service, instance, out);
            }
        }
    }

    fn daemon_on(&mut self, world: &World, service: ServiceId, instance: InstanceId, out: &mut Commands) {
        let there = world.services[service].slots.get(instance.0 as usize).is_some_and(|slot| slot.tasks > 0);
        if !there && takes_daemons(world, instance) {
            self.wanted(world, service, instance.0, out);
        }
    }

    /// A node is no longer there.
    pub(super) fn no_daemons_on(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        for service in world.fleet.services.ids() {
            if is_daemon(world, service) {
                self.unqueue(service, instance.0);
                if world.services[service].slots.get(instance.0 as usize).is_some_and(|slot| slot.wanted) {
                    out.push(Command::Want { service, slot: instance.0, wanted: false });
                }
            }
        }
    }

    /// A workload shall have so many pods. A pod that has no node yet is given up before any other (ReplicaSet, scale-down
    /// order); a StatefulSet gives up its highest ordinals.
    pub(super) fn scale(world: &World, service: ServiceId, desired: u32, out: &mut Commands) {
        let row = &world.services[service];
        let stateful = match workload(world, service).kind {
            WorkloadKind::Deployment { .. } => false,
            WorkloadKind::StatefulSet { .. } => true,
            WorkloadKind::DaemonSet | WorkloadKind::Job { .. } | WorkloadKind::Pod => return,
        };
        if desired > row.desired {
            let unwanted = (0..).filter(|slot| row.slots.get(*slot as usize).is_none_or(|slot| !slot.wanted));
            for slot in unwanted.take((desired - row.desired) as usize) {
                out.push(Command::Want { service, slot, wanted: true });
            }
            return;
        }
        let mut surplus = row.desired - desired;
        if stateful {
            for slot in (0..row.slots.len()).rev().filter(|&slot| row.slots[slot].wanted) {
                if surplus == 0 {
                    return;
                }
                surplus -= 1;
                out.push(Command::Want { service, slot: slot as u32, wanted: false });
                for task in world.tasks_of(service).filter(|&task| world.tasks[task].slot as usize == slot) {
                    out.push(Command::Stop { task, code: StopCode::Controller });
                }
            }
            return;
        }
        for (slot, _) in row.slots.iter().enumerate().filter(|(_, slot)| slot.wanted && slot.tasks == 0) {
            if surplus > 0 {
                surplus -= 1;
                out.push(Command::Want { service, slot: slot as u32, wanted: false });
            }
        }
        for _ in 0..surplus {
            out.push(Command::Shrink(service));
        }
    }

    /// The first pod of a StatefulSet's ordinal makes its volume, in the zone that it was placed in; from then on the pod
    /// is bound to that zone (EBS volumes lie in one zone).
    pub(super) fn bind_volume(&mut self, world: &World, task: TaskId) {
        let row = &world.tasks[task];
        if let WorkloadKind::StatefulSet { volumes: true, .. } = workload(world, row.service).kind {
            let zone = world.instances[row.instance].zone;
            self.volumes.entry((row.service, row.slot)).or_insert(zone);
        }
    }
}

/// Whether a node is registered and reports, so that DaemonSets have a pod on it.
fn takes_daemons(world: &World, instance: InstanceId) -> bool {
    let row = &world.instances[instance];
    row.in_use() && row.registration != Registration::None && row.ready
}
