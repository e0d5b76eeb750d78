//! `spread`: the value of a field with the fewest tasks of the service.

use std::any::Any;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::world::{InstanceId, ServiceId, TaskId, World};

use super::{Entry, Measure, Scene, Strategy, keep_least};

/// What spread groups instances by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// Each instance is a group of its own (`instanceId` or `host`).
    Instance,
    /// Instances with the same value of an attribute are a group; those without it are one group together.
    Attribute(String),
}

/// Places evenly over the values of a field: the value with the fewest tasks of the same service, or, for standalone
/// tasks, of the same task group (ECS Developer Guide, task placement strategies). Tasks that are being stopped do not
/// count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread(pub Field);

/// The attribute that holds the zone.
const ZONE: &str = "ecs.availability-zone";

pub(super) const ENTRY: Entry = Entry {
    name: "spread",
    summary: "evenly over instances, zones or the values of any attribute: fewest tasks of the service first",
    fields: "instanceId, host, attribute:NAME",
    build: |field| match field {
        Some("instanceId" | "host") => Ok(Box::new(Spread(Field::Instance))),
        Some(field) => match field.strip_prefix("attribute:") {
            Some(name) if !name.is_empty() => Ok(Box::new(Spread(Field::Attribute(name.to_owned())))),
            _ => Err(format!("spread takes `instanceId`, `host` or `attribute:NAME`, found `{field}`")),
        },
        None => Err("spread needs a field: `instanceId`, `host` or `attribute:NAME`".into()),
    },
};

impl Spread {
    /// Spread over the Availability Zones.
    pub fn over_zones() -> Spread {
        Spread(Field::Attribute(ZONE.to_owned()))
    }

    /// `true` for spread over the Availability Zones.
    pub fn is_over_zones(&self) -> bool {
        matches!(&self.0, Field::Attribute(name) if name == ZONE)
    }
}

/// Tasks of the service's group on an instance that are wanted.
pub fn tasks_of_group_on(world: &World, service: ServiceId, instance: InstanceId) -> u32 {
    let specs = &world.fleet.services;
    let group = &specs[service].group;
    world
        .tasks_on(instance)
        .map(|task| &world.tasks[task])
        .filter(|task| !task.stopping && (task.service == service || specs[task.service].group == *group))
        .count() as u32
}

impl Spread {
    /// The value of the field that an instance stands for.
    fn value<'w>(name: &str, world: &'w World, instance: InstanceId) -> Option<&'w str> {
        let row = &world.instances[instance];
        world.fleet.capacities[row.capacity].attribute(row.zone, name)
    }

    /// Wanted tasks of the service's group for each value; every instance counts, candidate or not.
    fn tasks_by_value<'w>(name: &str, world: &'w World, service: ServiceId) -> BTreeMap<Option<&'w str>, u32> {
        let mut tasks = BTreeMap::new();
        let group = &world.fleet.services[service].group;
        for (id, _) in world.fleet.services.iter().filter(|(_, spec)| spec.group == *group) {
            for task in world.tasks_of(id).map(|task| &world.tasks[task]).filter(|task| !task.stopping) {
                *tasks.entry(Self::value(name, world, task.instance)).or_default() += 1;
            }
        }
        tasks
    }
}

impl Strategy for Spread {
    fn narrow(&self, scene: &Scene<'_>, candidates: &mut Vec<InstanceId>) {
        let world = scene.world;
        let service = scene.order.service;
        match &self.0 {
            Field::Instance => keep_least(candidates, |instance| tasks_of_group_on(world, service, instance)),
            Field::Attribute(name) => {
                let tasks = Self::tasks_by_value(name, world, service);
                keep_least(candidates, |instance| tasks.get(&Self::value(name, world, instance)).copied().unwrap_or(0));
            }
        }
    }

    fn title(&self) -> String {
        match &self.0 {
            Field::Instance => "spread over instances".into(),
            Field::Attribute(_) if self.is_over_zones() => "spread over zones".into(),
            Field::Attribute(name) => format!("spread over attribute:{name}"),
        }
    }

    fn measures(&self, scene: &Scene<'_>, candidates: &[InstanceId]) -> Option<Vec<Measure>> {
        let (world, service) = (scene.world, scene.order.service);
        let tasks = |count: u32| format!("{count} task{}", if count == 1 { "" } else { "s" });
        let measures = match &self.0 {
            Field::Instance => {
                let measure = |instance: &InstanceId| {
                    let count = tasks_of_group_on(world, service, *instance);
                    Measure { key: count.into(), text: format!("{} on it", tasks(count)) }
                };
                candidates.iter().map(measure).collect()
            }
            Field::Attribute(name) => {
                let by_value = Self::tasks_by_value(name, world, service);
                let measure = |instance: &InstanceId| {
                    let value = Self::value(name, world, *instance);
                    let count = by_value.get(&value).copied().unwrap_or(0);
                    let place =
                        value.map_or_else(|| format!("where there is no {name}"), |value| format!("in {value}"));
                    Measure { key: count.into(), text: format!("{} {place}", tasks(count)) }
                };
                candidates.iter().map(measure).collect()
            }
        };
        Some(measures)
    }

    fn narrow_to_stop(&self, world: &World, service: ServiceId, candidates: &mut Vec<TaskId>) {
        let instance = |task: TaskId| world.tasks[task].instance;
        match &self.0 {
            Field::Instance => {
                keep_least(candidates, |task| Reverse(tasks_of_group_on(world, service, instance(task))));
            }
            Field::Attribute(name) => {
                let tasks = Self::tasks_by_value(name, world, service);
                keep_least(candidates, |task| Reverse(tasks.get(&Self::value(name, world, instance(task))).copied()));
            }
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
