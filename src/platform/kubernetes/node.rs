//! Nodes: registration, leases, `Ready: Unknown`, deletion of nodes whose instance is gone, pod garbage collection.
//!
//! The kubelet renews its node's lease every 10 s. The node controller looks every 5 s; a node whose last sign of life is
//! older than the grace period becomes `Ready: Unknown`: it is tainted `unreachable:NoSchedule`, its pods are marked not
//! ready and leave their Services. The cloud controller asks EC2 every 5 s about nodes that are not ready and deletes those
//! whose instance is gone. The garbage collector looks every 20 s, gives a missing node 40 s, and then deletes its pods
//! (Kubernetes, Nodes; node lifecycle, cloud node lifecycle and pod garbage collection controllers).

use crate::base::time::{Span, Time};
use crate::platform::delays::Kind;
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::instance::{Host, Registration};
use crate::world::task::{Phase, StopCode, Target};
use crate::world::{InstanceId, TaskId, World};

use super::{Kubernetes, reports, timer};

const REGISTRATION: Kind = Kind::again("kubernetes: node registration", 0);
const RECONNECT: Kind = Kind::again("kubernetes: kubelet reconnect", 1);
const LEASE: Kind = Kind::again("kubernetes: age of the lease", 2);

/// Between looks of the cloud controller.
const CLOUD_PERIOD: Span = Span::from_secs(5);
/// Between looks of the garbage collector.
const COLLECTOR_PERIOD: Span = Span::from_secs(20);
/// How long it waits before it believes that a node is gone.
const QUARANTINE: Span = Span::from_secs(40);

/// What the controllers remember of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeState {
    /// Bumped at each change of contact; never reset.
    pub(super) step: u32,
    /// Since when it has its `NoExecute` taint.
    pub(super) tainted_at: Option<Time>,
    /// Bumped when the taint comes or goes; never reset.
    pub(super) taint_step: u32,
    /// The Node object is there.
    pub(super) registered: bool,
    /// It is counted in its zone, as ready or not.
    counted: bool,
    was_ready: bool,
    /// Its lease is known to run out.
    expiring: bool,
}

/// The first look at or after `at` of a controller that looks every `period`.
fn look(at: Time, period: Span) -> Time {
    let period = period.0.max(1);
    Time(at.0.div_ceil(period).saturating_mul(period))
}

impl Kubernetes {
    pub(super) fn new_node(&mut self, instance: InstanceId) {
        self.delays.instance_begins(instance);
        let row = instance.0 as usize;
        if self.nodes.len() <= row {
            self.nodes.resize(row + 1, NodeState::default());
        }
        let (step, taint_step) = (self.nodes[row].step + 1, self.nodes[row].taint_step + 1);
        self.nodes[row] = NodeState { step, taint_step, ..NodeState::default() };
    }

    /// A host has booted: its kubelet registers the node, or reports again.
    pub(super) fn host_up(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        if self.nodes[instance.0 as usize].registered {
            return self.contact_back_later(world, instance, out);
        }
        let span = self.delays.instance(world, &self.timings.instance_registration, REGISTRATION, instance);
        self.report_after(world, instance, span, out);
    }

    /// The kubelet can be reached again, or works again: it reports after a while.
    pub(super) fn contact_back_later(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        if world.instances[instance].works() {
            let span = self.delays.instance(world, &self.timings.agent_reconnect, RECONNECT, instance);
            self.report_after(world, instance, span, out);
        }
    }

    fn report_after(&mut self, world: &World, instance: InstanceId, span: Span, out: &mut Commands) {
        if span.is_zero() {
            self.contact_back(world, instance, out);
        } else {
            let host_step = world.instances[instance].host_step;
            out.after(span, timer::REPORT, 0, host_step, instance.0);
        }
    }

    /// The kubelet reports.
    pub(super) fn contact_back(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let row = &world.instances[instance];
        if !row.works() || world.silent_agents.is_held(&instance) || Self::control_plane_is_down(world) {
            return;
        }
        let node = &mut self.nodes[instance.0 as usize];
        node.step += 1;
        node.expiring = false;
        if row.registration == Registration::None {
            node.registered = true;
            out.push(Command::SetAgent { instance, connected: true });
            out.push(Command::SetReady { instance, ready: true });
            out.push(Command::Register { instance, registration: Registration::Active });
            return;
        }
        if !row.agent_connected {
            return;
        }
        if !row.ready {
            out.push(Command::SetReady { instance, ready: true });
        }
        self.resume_pods(world, instance, out);
    }

    /// Nothing is heard of the kubelet any more.
    pub(super) fn contact_lost(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let node = &self.nodes[instance.0 as usize];
        if world.instances[instance].ready && !node.expiring {
            let age = self.delays.instance(world, &self.timings.node_lease_age, LEASE, instance);
            let renewed = Time(world.now.0.saturating_sub(age.0));
            self.expire_after(world, instance, renewed, out);
        }
    }

    fn expire_after(&mut self, world: &World, instance: InstanceId, renewed: Time, out: &mut Commands) {
        let node = &mut self.nodes[instance.0 as usize];
        node.expiring = true;
        node.step += 1;
        let at = look((renewed + self.settings.grace_period).max(world.now), self.settings.monitor_period);
        out.wake_at(at, timer::EXPIRED, 0, node.step, instance.0);
    }

    /// The API server is back: nodes that cannot be reached get a new grace period, the others report.
    pub(super) fn leases_anew(&mut self, world: &World, out: &mut Commands) {
        let nodes: Vec<InstanceId> = world.live_instances().map(|(instance, _)| instance).collect();
        for instance in nodes {
            let row = &world.instances[instance];
            if reports(world, instance) || row.registration == Registration::None && row.works() {
                self.contact_back(world, instance, out);
            } else if row.ready {
                self.expire_after(world, instance, world.now, out);
            } else {
                self.delete_if_gone(world, instance, out);
                self.evict_intolerant(world, instance, out);
            }
        }
    }

    /// The instance has been terminated: its node goes when the cloud controller sees that it is not ready.
    pub(super) fn instance_gone(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        if !self.nodes[instance.0 as usize].registered {
            // The kubelet never came up: there is no Node object.
            out.push(Command::Forget(instance));
            return;
        }
        self.contact_lost(world, instance, out);
        self.delete_if_gone(world, instance, out);
    }

    fn delete_if_gone(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let row = &world.instances[instance];
        if row.host == Host::Gone && !row.ready && self.nodes[instance.0 as usize].registered {
            let at = look(Time(world.now.0 + 1), CLOUD_PERIOD);
            out.wake_at(at, timer::DELETE_NODE, 0, row.host_step, instance.0);
        }
    }

    pub(super) fn node_timer(
        &mut self,
        world: &World,
        kind: u8,
        instance: InstanceId,
        event: Event,
        out: &mut Commands,
    ) {
        let row = &world.instances[instance];
        let node = &self.nodes[instance.0 as usize];
        let down = Self::control_plane_is_down(world);
        match kind {
            timer::REPORT if event.is_current(row.host_step) => self.contact_back(world, instance, out),
            timer::EXPIRED if event.is_current(node.step) && !down => {
                self.nodes[instance.0 as usize].expiring = false;
                out.push(Command::SetReady { instance, ready: false });
            }
            timer::DELETE_NODE if event.is_current(row.host_step) && !down => self.delete_node(world, instance, out),
            timer::COLLECT if event.is_current(row.host_step) => {
                if down {
                    out.after(COLLECTOR_PERIOD, timer::COLLECT, 0, row.host_step, instance.0);
                } else {
                    self.collect(world, instance, out);
                }
            }
            timer::TOLERATED if event.is_current(node.taint_step) => self.evict_intolerant(world, instance, out),
            timer::RELIEVED if event.is_current(row.host_step) => {
                out.push(Command::SetPressure { instance, on: false });
            }
            timer::DRAIN if event.is_current(row.serial) => self.drain_timer(world, instance, event.small() == 1, out),
            _ => {}
        }
    }

    /// The node controller sees a node ready or not.
    pub(super) fn ready_changed(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let row = &world.instances[instance];
        self.count_node(world, instance);
        if row.ready {
            self.untaint(instance);
        } else {
            let tasks: Vec<TaskId> = world.tasks_on(instance).collect();
            for task in tasks {
                if world.tasks[task].target == Target::Healthy {
                    out.push(Command::SetTarget { task, target: Target::Unhealthy });
                }
            }
            if !self.all_down {
                self.line_up(world, instance);
            }
            self.delete_if_gone(world, instance, out);
        }
        self.zones_changed(world, out);
    }

    /// Keeps the counts of a zone's nodes.
    fn count_node(&mut self, world: &World, instance: InstanceId) {
        let row = &world.instances[instance];
        let zone = &mut self.zones[row.zone];
        let node = &mut self.nodes[instance.0 as usize];
        if node.counted {
            if node.was_ready { zone.ready -= 1 } else { zone.not_ready -= 1 }
        }
        node.was_ready = row.ready;
        node.counted = node.registered;
        if node.registered {
            if row.ready { zone.ready += 1 } else { zone.not_ready += 1 }
        }
    }

    /// The Node object is deleted.
    fn delete_node(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        self.nodes[instance.0 as usize].registered = false;
        self.untaint(instance);
        self.count_node(world, instance);
        self.zones_changed(world, out);
        self.draining.remove(&instance);
        out.push(Command::Register { instance, registration: Registration::None });
        self.no_daemons_on(world, instance, out);
        let row = &world.instances[instance];
        if row.task_count == 0 {
            return out.push(Command::Forget(instance));
        }
        let seen = look(world.now, COLLECTOR_PERIOD);
        let at = look(seen + QUARANTINE, COLLECTOR_PERIOD);
        out.wake_at(at, timer::COLLECT, 0, row.host_step, instance.0);
    }

    /// The pods of a deleted node are deleted, and nobody waits for a kubelet to confirm it.
    fn collect(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let tasks: Vec<TaskId> = world.tasks_on(instance).collect();
        for &task in &tasks {
            if !world.tasks[task].stopping {
                out.push(Command::Stop { task, code: StopCode::PodGc });
            }
        }
        for &task in &tasks {
            out.push(Command::SetPhase { task, phase: Phase::Stopped });
        }
        out.push(Command::Forget(instance));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controllers_look_on_a_grid() {
        let at = |seconds| Time::ZERO + Span::from_secs(seconds);
        assert_eq!(look(at(50), Span::from_secs(5)), at(50));
        assert_eq!(look(at(51), Span::from_secs(5)), at(55));
        assert_eq!(look(Time(u64::MAX - 1), Span::from_secs(5)), Time::NEVER);
    }
}
