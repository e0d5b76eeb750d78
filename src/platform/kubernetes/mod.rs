//! Kubernetes: the control loops that failure meets. The scheduler's decisions are placement's; here is when it decides.
//!
//! | file | what it decides |
//! |---|---|
//! | [`queue`] | which pod the scheduler takes next: priority, back-off, unschedulable pods |
//! | [`controllers`] | Deployments, StatefulSets, DaemonSets: which pods are created and deleted |
//! | [`job`] | Jobs: parallelism, completions, retries |
//! | [`kubelet`] | from binding to Running, and from deletion to the pod's end |
//! | [`restart`] | containers that end: restart policy, CrashLoopBackOff, liveness probes |
//! | [`ready`] | readiness and startup probes: when a pod is an endpoint of its Services |
//! | [`node`] | registration, leases, `Ready: Unknown`, deletion of nodes whose instance is gone, pod garbage collection |
//! | [`eviction`] | `NoExecute` taints, their rate limits per zone, tolerations |
//! | [`pressure`] | node-pressure eviction |
//! | [`drain`] | the Eviction API and disruption budgets |
//! | [`settings`] | what an administrator can set |
//!
//! A task of the world is a pod; its phase before Running is `Pending`, `stopping` is a deletion timestamp, and its target
//! is `Healthy` while the pod is ready.

mod controllers;
mod drain;
mod eviction;
mod job;
mod kubelet;
mod node;
mod pressure;
mod queue;
mod ready;
mod restart;
pub mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::id::Table;
use crate::platform::delays::Delays;
use crate::platform::missed::Missed;
use crate::platform::pull::Pulls;
use crate::platform::timings::Timings;
use crate::world::actor::Actor;
use crate::world::command::Commands;
use crate::world::event::Event;
use crate::world::fact::{Fact, Topics};
use crate::world::instance::Registration;
use crate::world::kubernetes::{KubernetesFleet, Workload, WorkloadKind};
use crate::world::task::Phase;
use crate::world::{IncidentId, InstanceId, ServiceId, TaskId, World, ZoneId};

use settings::Settings;

/// Kinds of timers. Those on tasks are checked against one of the task's steps.
mod timer {
    /// The kubelet's next step with a pod; `small` says which.
    pub const PHASE: u8 = 0;
    /// An ended container is started again; `small` is the container.
    pub const RESTART: u8 = 1;
    /// A container whose liveness probe has failed is killed; `small` is the container.
    pub const LIVENESS: u8 = 2;
    /// A killed container is started again; `small` is the container.
    pub const REVIVE: u8 = 3;
    /// Probes will have noticed that a pod serves, or no longer.
    pub const READY: u8 = 4;
    /// A kubelet registers its node, or reports again.
    pub const REPORT: u8 = 5;
    /// The node controller finds a lease expired.
    pub const EXPIRED: u8 = 6;
    /// The cloud controller deletes a node whose instance is gone.
    pub const DELETE_NODE: u8 = 7;
    /// The garbage collector deletes the pods of a deleted node.
    pub const COLLECT: u8 = 8;
    /// A zone may taint the next node; the target is the zone.
    pub const TAINT: u8 = 9;
    /// A toleration has run out on a node.
    pub const TOLERATED: u8 = 10;
    /// Pods in the scheduler's queue have waited long enough.
    pub const QUEUE: u8 = 11;
    /// A controller creates a pod: the service, and the slot as the target.
    pub const CREATE: u8 = 12;
    /// Evictions that a budget refused are tried again.
    pub const DRAIN: u8 = 13;
    /// A Job's back-off is over; the target is the service.
    pub const JOB: u8 = 14;
    /// A node's memory no longer runs short.
    pub const RELIEVED: u8 = 15;
    /// Downloads of a node end.
    pub const PULLED: u8 = 16;
    /// How many there are.
    pub const KINDS: u8 = 17;
}

/// The control plane and the kubelets.
pub struct Kubernetes {
    timings: Arc<Timings>,
    delays: Delays<4>,
    pulls: Pulls,
    /// Whether it ended well, for each container that ended.
    missed: Missed<bool>,
    settings: Arc<Settings>,
    queue: queue::Queue,
    /// By the task's row.
    pods: Vec<restart::Restarts>,
    /// By the instance's row.
    nodes: Vec<node::NodeState>,
    zones: Table<ZoneId, eviction::ZoneState>,
    /// Every zone with nodes is fully down: nothing is evicted.
    all_down: bool,
    tolerations: Table<ServiceId, eviction::Tolerates>,
    /// The zone that the volume of a StatefulSet's pod lies in.
    volumes: BTreeMap<(ServiceId, u32), ZoneId>,
    draining: BTreeSet<InstanceId>,
    jobs: BTreeMap<ServiceId, job::Job>,
}

impl Kubernetes {
    /// The control loops for a fleet, which must have a Kubernetes side.
    pub fn new(world: &World, timings: Arc<Timings>, settings: Arc<Settings>) -> Kubernetes {
        let of = fleet(world);
        Kubernetes {
            timings,
            delays: Delays::default(),
            pulls: Pulls::new(timer::PULLED, settings.serialize_image_pulls),
            missed: Missed::default(),
            settings,
            queue: queue::Queue::new(),
            pods: Vec::new(),
            nodes: Vec::new(),
            zones: world.fleet.zones.ids().map(|_| eviction::ZoneState::default()).collect(),
            all_down: false,
            tolerations: of.workloads.values().map(eviction::tolerates).collect(),
            volumes: BTreeMap::new(),
            draining: BTreeSet::new(),
            jobs: of.workloads.iter().filter_map(|(id, work)| Some((id, job::Job::of(work)?))).collect(),
        }
    }

    fn control_plane_is_down(world: &World) -> bool {
        world.region.control_plane_down > 0
    }

    /// Takes up what had to wait for the API server: kubelets that cannot be reached get a new grace period, and every
    /// controller looks at what it is short of.
    fn control_plane_back(&mut self, world: &World, out: &mut Commands) {
        self.leases_anew(world, out);
        for service in world.fleet.services.ids() {
            self.sync(world, service, out);
        }
        for zone in world.fleet.zones.ids() {
            self.pump(world, zone, out);
        }
        self.drain_on(world, out);
        self.schedule_next(world, out);
    }
}

/// The Kubernetes side of a fleet that has one.
fn fleet(world: &World) -> &KubernetesFleet {
    // The engine makes this actor only for fleets that have it.
    static NONE: std::sync::LazyLock<KubernetesFleet> = std::sync::LazyLock::new(KubernetesFleet::default);
    world.fleet.kubernetes.as_deref().unwrap_or(&NONE)
}

fn workload(world: &World, service: ServiceId) -> &Workload {
    &fleet(world).workloads[service]
}

fn is_daemon(world: &World, service: ServiceId) -> bool {
    matches!(workload(world, service).kind, WorkloadKind::DaemonSet)
}

/// Whether the kubelet of a node works and reaches the API server.
fn reports(world: &World, instance: InstanceId) -> bool {
    let row = &world.instances[instance];
    row.works() && row.agent_connected
}

impl Actor for Kubernetes {
    fn topics(&self) -> Topics {
        Topics::PLACEMENT
            .and(Topics::PHASE)
            .and(Topics::CONTAINER)
            .and(Topics::SERVING)
            .and(Topics::BELIEF)
            .and(Topics::HOST)
            .and(Topics::INSTANCE)
            .and(Topics::ROOM)
            .and(Topics::REGION)
            .and(Topics::START)
            .and(Topics::STOPPING)
    }

    fn timer_kinds(&self) -> u8 {
        timer::KINDS
    }

    fn adopt(&mut self, settings: &dyn std::any::Any) {
        if let Some(timings) = settings.downcast_ref::<Arc<Timings>>() {
            self.timings = timings.clone();
        }
    }

    fn on_fact(&mut self, world: &World, fact: &Fact, out: &mut Commands) {
        match *fact {
            Fact::Began => self.begin(world, out),
            Fact::WarmedUp => self.begin_jobs(out),
            Fact::Placed(task) => {
                self.launch(world, task, out);
                self.placed(world, task, out);
            }
            Fact::Refused { order, refusal } => self.refused(world, order, refusal, out),
            Fact::Preempted(task) => self.preempted(world, task, out),
            Fact::Arrived { service, slot } => self.wanted(world, service, slot, out),
            Fact::ScaleAsked { service, desired } => Self::scale(world, service, desired, out),
            Fact::DesiredChanged { service, before } if world.services[service].desired > before => {
                self.sync(world, service, out);
            }
            Fact::PhaseChanged { task, .. } => match world.tasks[task].phase {
                Phase::Pending => self.begin_pending(world, task, out),
                Phase::Running => self.look_ready(world, task, out),
                Phase::Stopped => self.gone(world, task, out),
                _ => {}
            },
            Fact::Stopping(task) => {
                self.begin_stop(world, task, out);
                self.vacated(world, task, out);
            }

            Fact::Started { task, .. } | Fact::Unhung { task, .. } => {
                self.watch_liveness(world, task, out);
                self.look_ready(world, task, out);
            }
            Fact::Hung { task, .. } => {
                self.watch_liveness(world, task, out);
                self.look_ready(world, task, out);
            }
            Fact::Exited { task, container, incident, out_of_memory } => {
                let success = incident == IncidentId::NONE && !out_of_memory;
                self.container_exited(world, task, container, success, out);
                self.look_ready(world, task, out);
            }
            Fact::MemoryPeak { task, container, mib, incident } => {
                Self::memory_peak(world, task, container, mib, incident, out);
            }
            Fact::ServingChanged { task, .. } => self.look_ready(world, task, out),
            Fact::TargetChanged { task, .. } => self.target_changed(world, task, out),

            Fact::Launched(instance) => self.new_node(instance),
            Fact::HostUp(instance) => self.host_up(world, instance, out),
            Fact::HostDown(instance) | Fact::HostHung(instance) => {
                if matches!(fact, Fact::HostDown(_)) {
                    self.missed.forget(instance);
                }
                self.pulls.lost(instance);
                self.contact_lost(world, instance, out);
            }
            Fact::HostUnhung(instance) => {
                self.catch_up(world, instance, out);
                self.contact_back_later(world, instance, out);
            }
            Fact::CutOffChanged(instance) if world.instances[instance].cut_off => {
                self.pulls.lost(instance);
                self.contact_lost(world, instance, out);
            }
            Fact::CutOffChanged(instance) => self.contact_back_later(world, instance, out),
            Fact::HostGone(instance) => {
                self.missed.forget(instance);
                self.pulls.lost(instance);
                self.instance_gone(world, instance, out);
            }
            Fact::AgentChanged(instance) if !world.instances[instance].agent_connected => {
                self.contact_lost(world, instance, out);
            }
            Fact::AgentChanged(instance) => self.contact_back(world, instance, out),
            Fact::ReadyChanged(instance) => self.ready_changed(world, instance, out),
            Fact::Registered { instance, .. } => match world.instances[instance].registration {
                Registration::Active => self.daemons_on(world, instance, out),
                Registration::Draining => self.start_draining(world, instance, out),
                Registration::None => {}
            },
            Fact::RoomChanged(instance) => self.room_changed(world, instance, out),
            Fact::ControlPlaneChanged if !Self::control_plane_is_down(world) => self.control_plane_back(world, out),
            _ => {}
        }
    }

    fn on_timer(&mut self, world: &World, kind: u8, event: Event, out: &mut Commands) {
        match kind {
            timer::QUEUE => self.flush_unschedulable(world, out),
            timer::CREATE => self.create(world, ServiceId(event.first()), event.target(), out),
            timer::TAINT => self.taint_timer(world, ZoneId(event.target()), out),
            timer::JOB => self.sync_job(world, ServiceId(event.target()), out),
            timer::PULLED => self.pulled(world, InstanceId(event.target()), event, out),
            timer::REPORT
            | timer::EXPIRED
            | timer::DELETE_NODE
            | timer::COLLECT
            | timer::TOLERATED
            | timer::RELIEVED
            | timer::DRAIN => {
                self.node_timer(world, kind, InstanceId(event.target()), event, out);
            }
            _ => self.pod_timer(world, kind, TaskId(event.target()), event, out),
        }
    }
}
