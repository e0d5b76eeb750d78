//! What a pod asks for (`k8s.io/component-helpers/resource`, `PodRequests`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::world::kubernetes::resources::{CPU, EPHEMERAL_STORAGE, MEMORY, PODS};
use crate::world::kubernetes::{ContainerSpec, PodSpec, ResourceList};

/// Where an amount stands in [`Amounts`].
pub type ResourceIndex = usize;
/// Place of cpu.
pub const CPU_INDEX: ResourceIndex = 0;
/// Place of memory.
pub const MEMORY_INDEX: ResourceIndex = 1;
/// Place of ephemeral storage; extended resources follow.
pub const EPHEMERAL_INDEX: ResourceIndex = 2;

/// A container that does not say counts so much for scores, in thousandths of a core.
const DEFAULT_CPU: i64 = 100;
/// A container that does not say counts so much for scores, in bytes.
const DEFAULT_MEMORY: i64 = 200 * 1024 * 1024;

/// Names of resources by place.
#[derive(Clone, Debug)]
pub struct ResourceNames(Vec<Arc<str>>);

impl ResourceNames {
    /// Cpu, memory, ephemeral storage.
    pub fn new() -> ResourceNames {
        ResourceNames(vec![CPU.into(), MEMORY.into(), EPHEMERAL_STORAGE.into()])
    }

    /// The place of a resource, a new one for a new name.
    pub fn index(&mut self, name: &str) -> ResourceIndex {
        self.find(name).unwrap_or_else(|| {
            self.0.push(name.into());
            self.0.len() - 1
        })
    }

    /// The place of a resource.
    pub fn find(&self, name: &str) -> Option<ResourceIndex> {
        self.0.iter().position(|known| &**known == name)
    }

    /// Number of resources.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The name at a place.
    pub fn name(&self, index: ResourceIndex) -> Arc<str> {
        self.0[index].clone()
    }
}

impl Default for ResourceNames {
    fn default() -> Self {
        ResourceNames::new()
    }
}

/// Amounts by place; 0 past the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Amounts(Vec<i64>);

impl Amounts {
    /// The amounts of a list, `pods` left out.
    pub fn of(list: &BTreeMap<String, i64>, names: &mut ResourceNames) -> Amounts {
        let mut amounts = Amounts(vec![0; 3]);
        for (name, amount) in list.iter().filter(|(name, _)| *name != PODS) {
            let index = names.index(name);
            if amounts.0.len() <= index {
                amounts.0.resize(index + 1, 0);
            }
            amounts.0[index] = *amount;
        }
        amounts
    }

    /// The amount at a place.
    #[inline]
    pub fn get(&self, index: ResourceIndex) -> i64 {
        self.0.get(index).copied().unwrap_or(0)
    }

    /// Adds other amounts, `sign` times.
    #[inline]
    pub fn add(&mut self, other: &Amounts, sign: i64) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own += sign * other;
        }
    }

    /// Places and amounts.
    pub fn iter(&self) -> impl Iterator<Item = (ResourceIndex, i64)> {
        self.0.iter().copied().enumerate()
    }
}

/// How requests are summed up.
#[derive(Copy, Clone, Debug, Default)]
pub struct Rule {
    /// Containers without a cpu request count the default.
    pub default_cpu: bool,
    /// Containers without a memory request count the default.
    pub default_memory: bool,
    /// Requests of the pod as a whole are left out.
    pub skip_pod_level: bool,
}

fn add(sum: &mut BTreeMap<String, i64>, more: &BTreeMap<String, i64>) {
    for (name, amount) in more {
        *sum.entry(name.clone()).or_insert(0) += amount;
    }
}

fn maximum(of: &mut BTreeMap<String, i64>, with: &BTreeMap<String, i64>) {
    for (name, amount) in with {
        let entry = of.entry(name.clone()).or_insert(*amount);
        *entry = (*entry).max(*amount);
    }
}

impl Rule {
    fn of_container(self, container: &ContainerSpec) -> BTreeMap<String, i64> {
        let ResourceList(mut requests) = container.requests.clone();
        if self.default_cpu {
            requests.entry(CPU.into()).or_insert(DEFAULT_CPU);
        }
        if self.default_memory {
            requests.entry(MEMORY.into()).or_insert(DEFAULT_MEMORY);
        }
        requests
    }

    /// The request of a pod: the larger of what its containers and sidecars need together and of the peak of its init
    /// containers, or its own request where it has one, and the overhead.
    pub fn of_pod(self, pod: &PodSpec) -> BTreeMap<String, i64> {
        let mut sum = BTreeMap::new();
        for container in &pod.containers {
            add(&mut sum, &self.of_container(container));
        }
        let (mut peak, mut sidecars) = (BTreeMap::new(), BTreeMap::new());
        for container in &pod.init_containers {
            let mut needs = self.of_container(container);
            if container.is_sidecar() {
                add(&mut sum, &needs);
                add(&mut sidecars, &needs);
                needs = sidecars.clone();
            } else {
                add(&mut needs, &sidecars);
            }
            maximum(&mut peak, &needs);
        }
        maximum(&mut sum, &peak);
        if let (Some(own), false) = (&pod.pod_requests, self.skip_pod_level) {
            let whole = |name: &str| name == CPU || name == MEMORY || name.starts_with("hugepages-");
            sum.extend(own.0.iter().filter(|(name, _)| whole(name)).map(|(name, amount)| (name.clone(), *amount)));
        }
        add(&mut sum, &pod.overhead.0);
        sum
    }
}

/// Requests of a pod on a node as scores count them: cpu and memory.
pub fn on_node_for_scores(pod: &PodSpec) -> [i64; 2] {
    let plain = Rule::default().of_pod(pod);
    // With requests of the pod as a whole, only a resource that nothing mentions is given the default.
    let whole = pod.pod_requests.as_ref().is_some_and(|own| !own.0.is_empty());
    let missing = |name: &str| !whole || !plain.contains_key(name);
    let rule = Rule { default_cpu: missing(CPU), default_memory: missing(MEMORY), skip_pod_level: false };
    let counted = rule.of_pod(pod);
    [CPU, MEMORY].map(|name| counted.get(name).copied().unwrap_or(0))
}

/// Requests of the incoming pod as the score of `NodeResourcesFit` counts them: without those of the pod as a whole.
pub fn incoming_for_fit(pod: &PodSpec) -> BTreeMap<String, i64> {
    Rule { default_cpu: true, default_memory: true, skip_pod_level: true }.of_pod(pod)
}
