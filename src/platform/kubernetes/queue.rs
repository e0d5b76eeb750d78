//! The scheduler's queue: pods that may be tried now, pods that back off, pods that nothing fits.
//!
//! Rules (kube-scheduler v1.34, scheduling queue): the pod of the highest priority goes first, then the one that has been
//! in the queue for longer. A pod that no node takes waits until something happens that may help it, then for the rest of
//! its back-off: 1 s, doubled with each attempt up to 10 s. While the scheduler has nothing else to do it takes pods out of
//! their back-off early (`SchedulerPopFromBackoffQ`, on by default from v1.33 on): first those whose back-off ends in an
//! earlier second, then by priority. After five minutes an unschedulable pod is tried in any case.
//!
//! Scheduling itself takes no simulated time, so a scheduler that works always has nothing else to do: a back-off decides who
//! goes first, and delays nobody unless the control plane is down meanwhile.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::base::time::{Span, Time};
use crate::platform::instance_on_its_way;
use crate::world::command::{Command, Commands, Order};
use crate::world::fact::Refusal;
use crate::world::service::Loss;
use crate::world::task::StopCode;
use crate::world::{InstanceId, ServiceId, TaskId, World, ZoneId};

use super::{Kubernetes, fleet, is_daemon, job, timer, workload};

/// The first back-off.
const INITIAL_BACKOFF: Span = Span::from_secs(1);
/// The longest back-off.
const MAX_BACKOFF: Span = Span::from_secs(10);
/// An unschedulable pod is tried again after this, whatever happened.
const FLUSH: Span = Span::from_secs(300);

/// A pod that is to be placed.
#[derive(Copy, Clone, Debug)]
struct Pending {
    service: ServiceId,
    slot: u32,
    attempts: u32,
    /// When it came into the queue, or was last tried.
    since: Time,
}

type Key = (Reverse<i32>, Time, u64);

/// Back-offs that end within the same window count as ending together (`backoffQOrderingWindowDuration`).
const WINDOW: Span = Span::from_secs(1);

/// The queue.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// May be tried now.
    active: BTreeMap<Key, Pending>,
    /// Back off: by the window in which that ends, then as those that may be tried.
    backing_off: BTreeMap<(Time, Key), Pending>,
    /// Wait for something to happen, with the reason that no node took them.
    unschedulable: BTreeMap<ServiceId, Vec<(Pending, Refusal)>>,
    /// Whatever is in one of the three, or with placement.
    known: BTreeSet<(ServiceId, u32)>,
    /// With placement.
    in_flight: Option<Pending>,
    /// Numbers the pods, so that of two that came at once the first goes first.
    came: u64,
}

impl Queue {
    pub(super) fn new() -> Queue {
        Queue::default()
    }

    fn key(&mut self, world: &World, pending: &Pending) -> Key {
        self.came += 1;
        let priority = workload(world, pending.service).template.spec.priority;
        (Reverse(priority), pending.since, self.came)
    }

    fn activate(&mut self, world: &World, pending: Pending) {
        let key = self.key(world, &pending);
        self.active.insert(key, pending);
    }

    /// The pod that is tried next: whose back-off is over counts among those that may be tried, and where there is none
    /// somebody's back-off is cut short.
    fn pop(&mut self, now: Time) -> Option<Pending> {
        while let Some((&(until, key), _)) = self.backing_off.first_key_value()
            && until < window(now)
        {
            if let Some((_, pod)) = self.backing_off.pop_first() {
                self.active.insert(key, pod);
            }
        }
        let next = self.active.pop_first().map(|(_, pod)| pod);
        next.or_else(|| self.backing_off.pop_first().map(|(_, pod)| pod))
    }
}

/// The beginning of the window that a moment lies in.
fn window(at: Time) -> Time {
    Time(at.0 - at.0 % WINDOW.0)
}

fn backoff(attempts: u32) -> Span {
    INITIAL_BACKOFF.times(1 << attempts.saturating_sub(1).min(10)).min(MAX_BACKOFF)
}

impl Kubernetes {
    /// A pod has been created and has no node.
    pub(super) fn wanted(&mut self, world: &World, service: ServiceId, slot: u32, out: &mut Commands) {
        if self.queue.known.insert((service, slot)) {
            self.queue.activate(world, Pending { service, slot, attempts: 0, since: world.now });
            self.schedule_next(world, out);
        }
    }

    /// Sends the next pod to placement.
    pub(super) fn schedule_next(&mut self, world: &World, out: &mut Commands) {
        if self.queue.in_flight.is_some() {
            return;
        }
        if Self::control_plane_is_down(world) {
            for pending in self.queue.active.values().chain(self.queue.backing_off.values()) {
                out.push(Command::Waits { service: pending.service, slot: pending.slot, loss: Loss::ControlPlane });
            }
            return;
        }
        while let Some(mut pending) = self.queue.pop(world.now) {
            let (service, slot) = (pending.service, pending.slot);
            if !self.still_wanted(world, service, slot) {
                self.queue.known.remove(&(service, slot));
                continue;
            }
            pending.attempts += 1;
            self.queue.in_flight = Some(pending);
            let pin = if is_daemon(world, service) { InstanceId(slot) } else { self.bound_to(world, service, slot) };
            let zone = self.volumes.get(&(service, slot)).copied().unwrap_or(ZoneId::NONE);
            out.push(Command::Place(Order { service, slot, replaces: TaskId::NONE, pin, zone }));
            return;
        }
    }

    /// The node that a pod of the initial state is bound to. Pods of Jobs are created an instant after it.
    fn bound_to(&self, world: &World, service: ServiceId, slot: u32) -> InstanceId {
        let begins = self.jobs.contains_key(&service) && world.now <= job::BEGIN;
        if !world.warming_up && !begins {
            return InstanceId::NONE;
        }
        let of = fleet(world);
        let name = of.bound.get(service).and_then(|nodes| nodes.get(slot as usize)).and_then(Option::as_deref);
        let Some(name) = name else { return InstanceId::NONE };
        let found = world.live_instances().find(|&(instance, _)| of.node_name(world, instance) == name);
        found.map_or(InstanceId::NONE, |(instance, _)| instance)
    }

    pub(super) fn placed(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        self.queue.known.remove(&(row.service, row.slot));
        self.queue.in_flight = None;
        self.bind_volume(world, task);
        if is_daemon(world, row.service) && !world.services[row.service].slots[row.slot as usize].wanted {
            out.push(Command::Want { service: row.service, slot: row.slot, wanted: true });
        }
        if !self.queue.unschedulable.is_empty() {
            self.pod_added(world, out);
        }
        self.schedule_next(world, out);
    }

    pub(super) fn refused(&mut self, world: &World, order: Order, refusal: Refusal, out: &mut Commands) {
        let Some(mut pending) = self.queue.in_flight.take() else { return };
        let (service, slot) = (order.service, order.slot);
        if is_daemon(world, service) {
            // The DaemonSet controller makes no pod for a node that is not one for it.
            if refusal.is_constraint() || matches!(refusal, Refusal::Taint | Refusal::Unschedulable) {
                self.queue.known.remove(&(service, slot));
                if world.services[service].slots.get(slot as usize).is_some_and(|slot| slot.wanted) {
                    out.push(Command::Want { service, slot, wanted: false });
                }
                return self.schedule_next(world, out);
            }
            if !world.services[service].slots.get(slot as usize).is_some_and(|slot| slot.wanted) {
                out.push(Command::Want { service, slot, wanted: true });
            }
        }
        let loss = if refusal.is_constraint() {
            Loss::Constraint
        } else if instance_on_its_way(world) {
            Loss::WaitingForInstance
        } else {
            Loss::WaitingForCapacity
        };
        out.push(Command::Waits { service, slot, loss });
        pending.since = world.now;
        self.queue.unschedulable.entry(service).or_default().push((pending, refusal));
        out.after(FLUSH, timer::QUEUE, 0, 0, 0);
        self.schedule_next(world, out);
    }

    /// Victims of preemption are deleted; the pod that they make room for is tried again when they are gone.
    pub(super) fn preempted(&mut self, world: &World, task: TaskId, out: &mut Commands) {
        if !world.tasks[task].stopping {
            out.push(Command::Stop { task, code: StopCode::Preemption });
        }
    }

    /// Something on a node may help pods that wait.
    pub(super) fn room_changed(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        if self.queue.unschedulable.is_empty() {
            return;
        }
        let free = world.instances[instance].free;
        self.move_where(world, out, |service, refusal| {
            let need = &world.fleet.definitions[world.fleet.services[service].definition].need;
            refusal.is_constraint() || free.fits(need)
        });
    }

    /// A pod was bound: those that want to be near it may find their place.
    fn pod_added(&mut self, world: &World, out: &mut Commands) {
        self.move_where(world, out, |_, refusal| matches!(refusal, Refusal::PodAffinity | Refusal::TopologySpread));
    }

    /// Moves pods that wait for something to happen: into their back-off, or to those that may be tried.
    fn move_where(&mut self, world: &World, out: &mut Commands, helps: impl Fn(ServiceId, Refusal) -> bool) {
        let mut moved = Vec::new();
        for (&service, pods) in &mut self.queue.unschedulable {
            if pods.iter().any(|&(_, refusal)| helps(service, refusal)) {
                moved.extend(pods.extract_if(.., |(_, refusal)| helps(service, *refusal)).map(|(pod, _)| pod));
            }
        }
        self.queue.unschedulable.retain(|_, pods| !pods.is_empty());
        for pod in moved {
            self.back_off(world, pod);
        }
        self.schedule_next(world, out);
    }

    fn back_off(&mut self, world: &World, pod: Pending) {
        let until = window(pod.since + backoff(pod.attempts));
        let key = self.queue.key(world, &pod);
        if until < window(world.now) || world.warming_up {
            self.queue.active.insert(key, pod);
        } else {
            self.queue.backing_off.insert((until, key), pod);
        }
    }

    /// Pods have been unschedulable for long.
    pub(super) fn flush_unschedulable(&mut self, world: &World, out: &mut Commands) {
        let mut moved = Vec::new();
        for pods in self.queue.unschedulable.values_mut() {
            moved.extend(pods.extract_if(.., |(pod, _)| pod.since + FLUSH <= world.now).map(|(pod, _)| pod));
        }
        self.queue.unschedulable.retain(|_, pods| !pods.is_empty());
        for pod in moved {
            self.queue.activate(world, pod);
        }
        self.schedule_next(world, out);
    }

    /// The pods of a workload that have no node.
    pub(super) fn waiting_slots(&self, service: ServiceId) -> Vec<u32> {
        let of_service = (service, 0)..=(service, u32::MAX);
        self.queue.known.range(of_service).map(|&(_, slot)| slot).collect()
    }

    /// Forgets a pod that is no longer wanted before it was placed.
    pub(super) fn unqueue(&mut self, service: ServiceId, slot: u32) {
        let same = |pod: &Pending| pod.service == service && pod.slot == slot;
        self.queue.active.retain(|_, pod| !same(pod));
        self.queue.backing_off.retain(|_, pod| !same(pod));
        if let Some(pods) = self.queue.unschedulable.get_mut(&service) {
            pods.retain(|(pod, _)| !same(pod));
        }
        self.queue.unschedulable.retain(|_, pods| !pods.is_empty());
        if !self.queue.in_flight.is_some_and(|pod| same(&pod)) {
            self.queue.known.remove(&(service, slot));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// kube-scheduler: `podInitialBackoffSeconds` 1, `podMaxBackoffSeconds` 10.
    #[test]
    fn backs_off_from_one_to_ten_seconds() {
        let spans: Vec<f64> = (1..=6).map(|attempts| backoff(attempts).seconds()).collect();
        assert_eq!(spans, [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]);
    }
}
