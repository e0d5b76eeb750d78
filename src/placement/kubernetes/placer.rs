//! The scheduler as the engine's placer: it follows the nodes and pods of the world, and decides on orders.

mod explain;

use std::collections::BTreeMap;

use rand::RngExt;

use super::preempt::Allowance;
use super::reason::{ReasonClass, Unfit};
use super::{NodeIndex, Pending, PodKey, Profile, Scheduler, TemplateId, Tie};
use crate::base::random::{Label, Rng};
use crate::placement::Placer;
use crate::placement::explain::Explanation;
use crate::placement::policy::TieBreak;
use crate::world::command::Order;
use crate::world::fact::Refusal;
use crate::world::fleet::{Fleet, Scheduling};
use crate::world::instance::Registration;
use crate::world::kubernetes::affinity::{NodeOperator, NodeRequirement, NodeSelector, NodeSelectorTerm};
use crate::world::kubernetes::{Effect, KubernetesFleet, PodSpec, Taint, ZONE_LABEL};
use crate::world::{ImageId, InstanceId, ServiceId, TaskId, World, ZoneId};

const TIE: Label = Label::new("kubernetes: tie between nodes");

/// Bytes in a MiB.
const MIB: f64 = 1_048_576.0;

/// kube-scheduler behind the engine's trait.
pub struct KubePlacer {
    scheduler: Scheduler,
    tie_break: TieBreak,
    /// Decide by the rule as it is written, instead of from what has been counted already.
    plainly: bool,
    templates: Vec<TemplateId>,
    /// Templates of pods whose volume lies in a zone.
    in_zone: BTreeMap<(ServiceId, ZoneId), TemplateId>,
    /// The node of an instance, by row.
    nodes: Vec<Option<NodeIndex>>,
    /// The instance of a node.
    instances: Vec<InstanceId>,
    /// The pod of a task, by row.
    pods: Vec<Option<PodKey>>,
    /// The task of a pod.
    tasks: Vec<TaskId>,
    /// Nodes on which room is being made, by the pod that waits for it.
    nominated: BTreeMap<(ServiceId, u32), Nominated>,
}

/// Where room is being made.
struct Nominated {
    node: NodeIndex,
    /// The slots of the pods that give way.
    victims: Vec<(ServiceId, u32)>,
}

impl KubePlacer {
    /// A scheduler for a fleet, which must have a Kubernetes side; without one it knows no pod.
    pub fn new(fleet: &Fleet, profile: &Profile, tie_break: TieBreak, plainly: bool) -> KubePlacer {
        let none = KubernetesFleet::default();
        let of = fleet.kubernetes.as_deref().unwrap_or(&none);
        let mut scheduler = Scheduler::new(profile, &of.cluster);
        let templates = of.workloads.values().map(|work| scheduler.template(&work.template.spec)).collect();
        KubePlacer {
            scheduler,
            tie_break,
            plainly,
            templates,
            in_zone: BTreeMap::new(),
            nodes: Vec::new(),
            instances: Vec::new(),
            pods: Vec::new(),
            tasks: Vec::new(),
            nominated: BTreeMap::new(),
        }
    }

    /// What the scheduler knows and would say.
    pub fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    fn node(&self, instance: InstanceId) -> Option<NodeIndex> {
        self.nodes.get(instance.0 as usize).copied().flatten()
    }

    fn pod(&self, task: TaskId) -> Option<PodKey> {
        self.pods.get(task.0 as usize).copied().flatten()
    }

    /// The pod of an order, as the scheduler looks at it.
    fn pending(&mut self, world: &World, order: &Order) -> Pending {
        let template = match order.zone.is_some() {
            false => self.templates[order.service.0 as usize],
            true => self.template_in(world, order.service, order.zone),
        };
        Pending {
            template,
            pin: self.node(order.pin).filter(|_| order.pin.is_some()),
            id: Some(address(order)),
            nominated: self.nominated.get(&(order.service, order.slot)).map(|nominated| nominated.node),
        }
    }

    /// A pod with a volume in a zone goes to nodes of that zone only (`VolumeBinding`).
    fn template_in(&mut self, world: &World, service: ServiceId, zone: ZoneId) -> TemplateId {
        if let Some(known) = self.in_zone.get(&(service, zone)) {
            return *known;
        }
        let Some(of) = world.fleet.kubernetes.as_deref() else { return self.templates[service.0 as usize] };
        let spec = with_volume(&of.workloads[service].template.spec, &world.fleet.zones[zone].name);
        let template = self.scheduler.template(&spec);
        self.in_zone.insert((service, zone), template);
        template
    }

    /// What each budget still allows.
    fn allowances(world: &World) -> Vec<Allowance> {
        let Some(of) = world.fleet.kubernetes.as_deref() else { return Vec::new() };
        (0..of.guarded.len())
            .map(|budget| Allowance { allowed: of.disruptions_allowed(world, budget).into(), disrupted: Vec::new() })
            .collect()
    }

    fn forget_nomination(&mut self, service: ServiceId, slot: u32, id: u64) {
        if self.nominated.remove(&(service, slot)).is_some() {
            self.scheduler.unnominate(id);
        }
    }
}

/// The order's pod, as a number.
fn address(order: &Order) -> u64 {
    u64::from(order.service.0) << 32 | u64::from(order.slot)
}

/// The generator of an order's draws: the same whatever was drawn for others.
fn rng(world: &World, order: &Order) -> Rng {
    let service = &world.services[order.service];
    let lives = service.slots.get(order.slot as usize).map_or(0, |slot| slot.lives);
    world.random.at(TIE, address(order), u64::from(lives))
}

/// A pod whose node must lie in a zone.
fn with_volume(spec: &PodSpec, zone: &str) -> PodSpec {
    let mut spec = spec.clone();
    let requirement =
        NodeRequirement { key: ZONE_LABEL.to_owned(), operator: NodeOperator::In, values: vec![zone.to_owned()] };
    let required = &mut spec.affinity.node_affinity.get_or_insert_default().required;
    match required {
        Some(selector) => {
            for term in &mut selector.node_selector_terms {
                // A term without requirements matches no node, and must go on doing so.
                if !term.match_expressions.is_empty() || !term.match_fields.is_empty() {
                    term.match_expressions.push(requirement.clone());
                }
            }
        }
        None => {
            let term = NodeSelectorTerm { match_expressions: vec![requirement], match_fields: Vec::new() };
            *required = Some(NodeSelector { node_selector_terms: vec![term] });
        }
    }
    spec
}

/// The reason that says most: that of the filter which the last nodes were stopped by.
fn refusal(unfit: &Unfit, has_volume: bool) -> Refusal {
    let furthest = unfit.reasons.keys().map(|reason| reason.class()).max_by_key(|class| rank(*class));
    match furthest.unwrap_or(ReasonClass::NoNodes) {
        ReasonClass::NoNodes => Refusal::NoNodes,
        ReasonClass::Unschedulable => Refusal::Unschedulable,
        ReasonClass::NodeAffinity if has_volume => Refusal::VolumeZone,
        ReasonClass::NodeName | ReasonClass::NodeAffinity => Refusal::NodeAffinity,
        ReasonClass::Taint => Refusal::Taint,
        ReasonClass::Ports => Refusal::NodePorts,
        ReasonClass::Cpu => Refusal::NodeCpu,
        ReasonClass::Memory => Refusal::NodeMemory,
        ReasonClass::OtherResource => Refusal::NodeResource,
        ReasonClass::TooManyPods => Refusal::TooManyPods,
        ReasonClass::TopologySpread => Refusal::TopologySpread,
        ReasonClass::PodAffinity => Refusal::PodAffinity,
        ReasonClass::PodAntiAffinity => Refusal::PodAntiAffinity,
    }
}

/// How far a node got, in the order of the filters.
fn rank(class: ReasonClass) -> u32 {
    match class {
        ReasonClass::NoNodes => 0,
        ReasonClass::Unschedulable => 1,
        ReasonClass::NodeName => 2,
        ReasonClass::Taint => 3,
        ReasonClass::NodeAffinity => 4,
        ReasonClass::Ports => 5,
        ReasonClass::OtherResource => 6,
        ReasonClass::Memory => 7,
        ReasonClass::Cpu => 8,
        ReasonClass::TooManyPods => 9,
        ReasonClass::TopologySpread => 10,
        ReasonClass::PodAffinity => 11,
        ReasonClass::PodAntiAffinity => 12,
    }
}

impl Placer for KubePlacer {
    fn explain(&mut self, world: &World, order: &Order) -> Option<Explanation> {
        Some(self.explanation(world, order))
    }

    fn choose(&mut self, world: &World, order: &Order) -> Result<InstanceId, Refusal> {
        let daemon = world.fleet.services[order.service].scheduling == Scheduling::Daemon;
        if order.pin.is_some() && !daemon {
            // A pod that was bound before the run began: nobody decides on it again.
            let need = &world.fleet.definitions[world.fleet.services[order.service].definition].need;
            let fits = world.instances[order.pin].free.fits(need);
            return if fits { Ok(order.pin) } else { Err(Refusal::NodeResource) };
        }
        let pending = self.pending(world, order);
        if daemon && pending.pin.is_none() {
            return Err(Refusal::NodeAffinity);
        }
        let mut rng = rng(world, order);
        let mut draw = |below: usize| rng.random_range(0..below);
        let mut tie = match self.tie_break {
            TieBreak::First => Tie::SmallestName,
            TieBreak::Random => Tie::Draw(&mut draw),
        };
        let decision = match self.plainly {
            true => self.scheduler.schedule_plainly(&pending, &mut tie),
            false => self.scheduler.schedule(&pending, &mut tie),
        };
        match decision {
            Ok(decision) => Ok(self.instances[decision.node.0 as usize]),
            Err(unfit) => Err(refusal(&unfit, order.zone.is_some())),
        }
    }

    fn preempt(&mut self, world: &World, order: &Order) -> Vec<TaskId> {
        let pending = self.pending(world, order);
        if order.pin.is_some() && pending.pin.is_none() || !self.scheduler.may_preempt(&pending) {
            return Vec::new();
        }
        let mut rng = rng(world, order);
        let mut draw = |below: usize| rng.random_range(0..below);
        let mut tie = match self.tie_break {
            TieBreak::First => Tie::SmallestName,
            TieBreak::Random => Tie::Draw(&mut draw),
        };
        let attempt = self.scheduler.preempt(&pending, &Self::allowances(world), &mut tie);
        let Some(candidate) = attempt.preemption().cloned() else {
            // While its victims are on their way out the pod keeps its nomination.
            if !attempt.message.contains("terminating pod on the nominated node") {
                self.forget_nomination(order.service, order.slot, address(order));
            }
            return Vec::new();
        };
        self.scheduler.nominate(address(order), pending.template, candidate.node);
        for victim in &candidate.victims {
            self.scheduler.set_preempted(*victim);
        }
        let tasks: Vec<TaskId> = candidate.victims.iter().map(|victim| self.tasks[victim.0 as usize]).collect();
        let victims = tasks.iter().map(|task| (world.tasks[*task].service, world.tasks[*task].slot)).collect();
        self.nominated.insert((order.service, order.slot), Nominated { node: candidate.node, victims });
        tasks
    }

    /// The order in which a ReplicaSet gives up pods (controller_utils.go, `ActivePodsWithRanks`): those that do not run
    /// yet, then those that are not ready, then those on nodes with more pods of the set, then those that have been ready
    /// for a shorter time (in powers of two), then the newer ones.
    fn choose_to_stop(&mut self, world: &World, service: ServiceId) -> Option<TaskId> {
        use crate::world::task::{Phase, Target};
        let wanted: Vec<TaskId> = world.tasks_of(service).filter(|&task| !world.tasks[task].stopping).collect();
        let mut on: BTreeMap<InstanceId, u32> = BTreeMap::new();
        for &task in &wanted {
            *on.entry(world.tasks[task].instance).or_default() += 1;
        }
        let age = |since: crate::base::time::Time| (world.now.since(since).seconds() as u64 + 1).ilog2();
        wanted.into_iter().min_by_key(|&task| {
            let row = &world.tasks[task];
            (
                row.phase == Phase::Running,
                row.target == Target::Healthy,
                std::cmp::Reverse(on[&row.instance]),
                age(row.phase_since),
                age(row.placed_at),
                row.slot,
            )
        })
    }

    fn instance_changed(&mut self, world: &World, instance: InstanceId) {
        let row = &world.instances[instance];
        let Some(of) = world.fleet.kubernetes.as_deref() else { return };
        let place = instance.0 as usize;
        if self.nodes.len() <= place {
            self.nodes.resize(place + 1, None);
        }
        if !row.in_use() || row.registration == Registration::None {
            if let Some(node) = self.nodes[place].take() {
                for task in world.tasks_on(instance) {
                    if let Some(pod) = self.pods.get_mut(task.0 as usize) {
                        *pod = None;
                    }
                }
                self.nominated.retain(|_, other| other.node != node);
                self.scheduler.remove_node(node);
            }
            return;
        }
        let object = of.node(world, instance);
        let index = match self.nodes[place] {
            Some(index) => index,
            None => {
                let index = self.scheduler.add_node(&object);
                self.nodes[place] = Some(index);
                let at = index.0 as usize;
                if self.instances.len() <= at {
                    self.instances.resize(at + 1, InstanceId::NONE);
                }
                self.instances[at] = instance;
                index
            }
        };
        let mut taints = object.taints;
        if !row.ready {
            taints.push(Taint {
                key: "node.kubernetes.io/unreachable".into(),
                value: String::new(),
                effect: Effect::NoSchedule,
                time_added: None,
            });
        }
        if row.pressed {
            taints.push(Taint {
                key: "node.kubernetes.io/memory-pressure".into(),
                value: String::new(),
                effect: Effect::NoSchedule,
                time_added: None,
            });
        }
        self.scheduler.set_node_taints(index, taints);
        let cordoned = object.unschedulable || row.registration == Registration::Draining;
        self.scheduler.set_node_unschedulable(index, cordoned);
    }

    fn image_cached(&mut self, world: &World, instance: InstanceId, image: ImageId) {
        if let Some(node) = self.node(instance) {
            let image = &world.fleet.images[image];
            self.scheduler.set_node_image(node, &image.name, (image.size_mib * MIB) as i64);
        }
    }

    fn task_placed(&mut self, world: &World, task: TaskId) {
        let row = &world.tasks[task];
        let id = u64::from(row.service.0) << 32 | u64::from(row.slot);
        self.forget_nomination(row.service, row.slot, id);
        let Some(node) = self.node(row.instance) else { return };
        let pod = self.scheduler.add_pod(self.templates[row.service.0 as usize], node, world.now);
        let (place, at) = (task.0 as usize, pod.0 as usize);
        if self.pods.len() <= place {
            self.pods.resize(place + 1, None);
        }
        self.pods[place] = Some(pod);
        if self.tasks.len() <= at {
            self.tasks.resize(at + 1, TaskId::NONE);
        }
        self.tasks[at] = task;
    }

    fn task_stopping(&mut self, _world: &World, task: TaskId) {
        if let Some(pod) = self.pod(task) {
            self.scheduler.set_terminating(pod);
        }
    }

    fn task_ended(&mut self, _world: &World, task: TaskId) {
        if let Some(pod) = self.pod(task) {
            self.pods[task.0 as usize] = None;
            self.scheduler.remove_pod(pod);
        }
    }
}
