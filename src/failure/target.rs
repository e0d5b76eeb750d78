//! What a failure model may strike: all, some, or one.

use rand::seq::SliceRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::random::Rng;
use crate::base::units::Share;
use crate::world::instance::Host;
use crate::world::query::Expression;
use crate::world::subject::InstanceSubject;
use crate::world::{CapacityId, InstanceId, ServiceId, TaskId, World, ZoneId};

/// What a failure model may strike; each part narrows it further.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "target")]
pub struct TargetSpec {
    /// Only containers of these services or batches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Only containers of these names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<String>,
    /// Only these zones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
    /// Only instances of these groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capacity: Vec<String>,
    /// Only instances that match an expression of the cluster query language, such as `attribute:stack == prod`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matching: Option<String>,
    /// With `at`: this share of what is left, chosen at random, at least one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    /// With `at`: so many of what is left, chosen at random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub count: Option<u32>,
}

/// The same, resolved. Empty lists leave everything in.
#[derive(Clone, Debug, Default)]
pub struct Target {
    pub(super) services: Vec<ServiceId>,
    pub(super) containers: Vec<String>,
    pub(super) zones: Vec<ZoneId>,
    pub(super) capacity: Vec<CapacityId>,
    pub(super) matching: Option<Expression>,
    pub(super) share: Option<f64>,
    pub(super) count: Option<u32>,
}

impl Target {
    /// Whether the zone is one of the target's.
    pub fn has_zone(&self, zone: ZoneId) -> bool {
        self.zones.is_empty() || self.zones.contains(&zone)
    }

    /// Whether the service is one of the target's.
    pub fn has_service(&self, service: ServiceId) -> bool {
        self.services.is_empty() || self.services.contains(&service)
    }

    /// Whether the instance is one of the target's.
    pub fn has_instance(&self, world: &World, instance: InstanceId) -> bool {
        let row = &world.instances[instance];
        self.has_zone(row.zone)
            && (self.capacity.is_empty() || self.capacity.contains(&row.capacity))
            && self.matching.as_ref().is_none_or(|expression| expression.matches(&InstanceSubject { world, instance }))
    }

    /// Whether the container of the task is one of the target's.
    pub fn has_container(&self, world: &World, task: TaskId, container: u8) -> bool {
        let row = &world.tasks[task];
        if !self.has_service(row.service) || !self.has_instance(world, row.instance) {
            return false;
        }
        let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
        self.containers.is_empty() || self.containers.contains(&definition.containers[usize::from(container)].name)
    }

    /// Takes the share or the number that is asked for, at random.
    pub fn choose<T>(&self, mut all: Vec<T>, rng: &mut Rng) -> Vec<T> {
        let wanted = match (self.count, self.share) {
            (Some(count), _) => count as usize,
            (None, Some(share)) => ((share * all.len() as f64).round() as usize).max(1),
            (None, None) => return all,
        };
        if wanted < all.len() {
            all.shuffle(rng);
            all.truncate(wanted);
        }
        all
    }

    /// The instances that may be struck now: those that work.
    pub fn instances(&self, world: &World) -> Vec<InstanceId> {
        let struck = |id: &InstanceId| world.instances[*id].host == Host::Up && self.has_instance(world, *id);
        world.live_instances().map(|(id, _)| id).filter(struck).collect()
    }

    /// The running containers that may be struck now.
    pub fn containers(&self, world: &World) -> Vec<(TaskId, u8)> {
        let mut list = Vec::new();
        for (service, spec) in world.fleet.services.iter().filter(|(service, _)| self.has_service(*service)) {
            let containers = world.fleet.definitions[spec.definition].containers.len() as u8;
            for task in world.tasks_of(service) {
                let row = &world.tasks[task];
                for container in 0..containers {
                    let runs = row.started && !row.stopping && row.exited >> container & 1 == 0;
                    if runs && self.has_container(world, task, container) {
                        list.push((task, container));
                    }
                }
            }
        }
        // The lists of the services depend on the order of events; that of the slots does not.
        list.sort_by_key(|(task, container)| (world.tasks[*task].service, world.tasks[*task].slot, *container));
        list
    }
}
