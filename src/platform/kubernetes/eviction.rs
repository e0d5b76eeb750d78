//! `NoExecute` taints: which nodes get one when, and what becomes of their pods.
//!
//! A node that is not ready waits in its zone's line for a `NoExecute` taint; the line moves at a rate that depends on the
//! zone's state. A pod is deleted when the taint has been there for longer than it tolerates: 300 s unless it says
//! otherwise, never for DaemonSets (Kubernetes, Nodes, "Rate limits on eviction"; Taints and Tolerations).
//!
//! | zone | when | upstream | EKS |
//! |---|---|---|---|
//! | normal | otherwise | 0.1 nodes/s | 0.1 |
//! | partly down | more than 2 nodes and at least 55 % not ready | 0.01 with more than 50 nodes, else 0 | 0 |
//! | fully down | no node ready | 0.1 | 0 |
//!
//! With every zone fully down nothing is evicted and all taints are taken back. EKS evicts from clusters of up to three
//! nodes as from a normal zone (Amazon EKS Best Practices, "Kubernetes pod failover through network disconnections").

use std::collections::VecDeque;

use crate::base::time::{Span, Time};
use crate::world::command::{Command, Commands};
use crate::world::kubernetes::{Effect, Taint, Workload};
use crate::world::task::StopCode;
use crate::world::{InstanceId, TaskId, World, ZoneId};

use super::settings::ControlPlane;
use super::{Kubernetes, timer};

/// For how long pods stay on a node that has become unreachable.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Tolerates {
    /// So long; zero where the taint is not tolerated at all.
    For(Span),
    /// For ever.
    Forever,
}

/// What a workload's pods tolerate of `node.kubernetes.io/unreachable:NoExecute`: the least of the tolerations that match.
pub(super) fn tolerates(workload: &Workload) -> Tolerates {
    let taint = Taint {
        key: "node.kubernetes.io/unreachable".into(),
        value: String::new(),
        effect: Effect::NoExecute,
        time_added: None,
    };
    let matching = workload.template.spec.tolerations.iter().filter(|toleration| toleration.tolerates(&taint));
    let mut found = None;
    for toleration in matching {
        let span = match toleration.toleration_seconds {
            None => Tolerates::Forever,
            Some(seconds) => Tolerates::For(Span::from_secs(seconds.max(0) as u64)),
        };
        found = Some(match (found, span) {
            (Some(Tolerates::For(a)), Tolerates::For(b)) => Tolerates::For(a.min(b)),
            (Some(Tolerates::For(a)), Tolerates::Forever) => Tolerates::For(a),
            (_, span) => span,
        });
    }
    found.unwrap_or(Tolerates::For(Span::ZERO))
}

/// The line of a zone.
#[derive(Clone, Debug, Default)]
pub(super) struct ZoneState {
    /// Nodes that are ready, and nodes that are not.
    pub(super) ready: u32,
    pub(super) not_ready: u32,
    /// Nodes that wait for their taint.
    line: VecDeque<InstanceId>,
    /// Nodes per second.
    rate: f64,
    /// When the next node may be tainted.
    token_at: Time,
    /// A timer is set.
    due: bool,
}

impl Kubernetes {
    /// The number of ready nodes of a zone has changed: its state, and with it the rate, may be another.
    pub(super) fn zones_changed(&mut self, world: &World, out: &mut Commands) {
        let with_nodes = |zone: &&ZoneState| zone.ready + zone.not_ready > 0;
        let nodes: u32 = self.zones.values().map(|zone| zone.ready + zone.not_ready).sum();
        let all_down = nodes > 0 && self.zones.values().filter(with_nodes).all(|zone| zone.ready == 0);
        let was_all_down = std::mem::replace(&mut self.all_down, all_down);
        if all_down && !was_all_down {
            let tainted: Vec<InstanceId> = world.live_instances().map(|(instance, _)| instance).collect();
            for instance in tainted {
                self.untaint(instance);
            }
        }
        for zone in world.fleet.zones.ids() {
            let rate = self.rate(zone, nodes);
            let state = &mut self.zones[zone];
            if state.rate != rate {
                state.rate = rate;
                // A new limiter gives its first token away if the old one had none left.
                if state.token_at > world.now && rate > 0.0 {
                    state.token_at = world.now + Span::from_secs_f64(1.0 / rate);
                }
                state.due = false;
            }
        }
        if was_all_down && !all_down {
            let not_ready: Vec<InstanceId> = world
                .live_instances()
                .filter(|&(instance, row)| !row.ready && self.nodes[instance.0 as usize].registered)
                .map(|(instance, _)| instance)
                .collect();
            for instance in not_ready {
                self.line_up(world, instance);
            }
        }
        for zone in world.fleet.zones.ids() {
            self.pump(world, zone, out);
        }
    }

    /// Nodes per second that a zone taints in its present state.
    fn rate(&self, zone: ZoneId, all_nodes: u32) -> f64 {
        let settings = &self.settings;
        let state = &self.zones[zone];
        let nodes = state.ready + state.not_ready;
        let eks = settings.control_plane == ControlPlane::Eks;
        if self.all_down {
            return 0.0;
        }
        if eks && all_nodes <= 3 {
            return settings.eviction_rate;
        }
        if nodes > 0 && state.ready == 0 {
            return if eks { 0.0 } else { settings.eviction_rate };
        }
        let partly =
            state.not_ready > 2 && f64::from(state.not_ready) / f64::from(nodes) >= settings.unhealthy_zone_threshold;
        match partly {
            false => settings.eviction_rate,
            true if nodes > settings.large_cluster_size_threshold => settings.secondary_eviction_rate,
            true => 0.0,
        }
    }

    /// A node joins the line of its zone.
    pub(super) fn line_up(&mut self, world: &World, instance: InstanceId) {
        let zone = world.instances[instance].zone;
        let node = &self.nodes[instance.0 as usize];
        if node.tainted_at.is_none() && !self.zones[zone].line.contains(&instance) {
            self.zones[zone].line.push_back(instance);
        }
    }

    /// A node is ready again, or gone.
    pub(super) fn untaint(&mut self, instance: InstanceId) {
        let node = &mut self.nodes[instance.0 as usize];
        node.tainted_at = None;
        node.taint_step += 1;
        for zone in self.zones.values_mut() {
            zone.line.retain(|other| *other != instance);
        }
    }

    /// The next node of a zone is tainted.
    pub(super) fn taint_timer(&mut self, world: &World, zone: ZoneId, out: &mut Commands) {
        let state = &mut self.zones[zone];
        state.due = false;
        if state.rate > 0.0
            && state.token_at <= world.now
            && !Self::control_plane_is_down(world)
            && let Some(instance) = state.line.pop_front()
        {
            state.token_at = world.now + Span::from_secs_f64(1.0 / state.rate);
            self.taint(world, instance, out);
        }
        self.pump(world, zone, out);
    }

    /// Lets the line of a zone move as soon as its rate allows: not before all nodes that have fallen silent at this moment
    /// have been counted, for the controller looks at all of them before it taints one.
    pub(super) fn pump(&mut self, world: &World, zone: ZoneId, out: &mut Commands) {
        let state = &mut self.zones[zone];
        if state.rate > 0.0 && !state.line.is_empty() && !state.due && !Self::control_plane_is_down(world) {
            state.due = true;
            out.wake_at(state.token_at.max(world.now), timer::TAINT, 0, 0, zone.0);
        }
    }

    fn taint(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let node = &mut self.nodes[instance.0 as usize];
        node.tainted_at = Some(world.now);
        node.taint_step += 1;
        let step = node.taint_step;
        let mut spans: Vec<Span> = world
            .tasks_on(instance)
            .filter_map(|task| match self.tolerations[world.tasks[task].service] {
                Tolerates::For(span) => Some(span),
                Tolerates::Forever => None,
            })
            .collect();
        spans.sort_unstable();
        spans.dedup();
        for span in spans {
            out.after(span, timer::TOLERATED, 0, step, instance.0);
        }
    }

    /// Deletes the pods of a tainted node whose toleration has run out.
    pub(super) fn evict_intolerant(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let Some(since) = self.nodes[instance.0 as usize].tainted_at else { return };
        if Self::control_plane_is_down(world) {
            // Looked at again when the API server is back.
            return;
        }
        let tasks: Vec<TaskId> = world.tasks_on(instance).collect();
        for task in tasks {
            let row = &world.tasks[task];
            let over = match self.tolerations[row.service] {
                Tolerates::For(span) => since + span <= world.now,
                Tolerates::Forever => false,
            };
            if over && !row.stopping {
                out.push(Command::Stop { task, code: StopCode::TaintManager });
            }
        }
    }
}
