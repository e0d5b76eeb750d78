//! What can never be placed: tasks that fit no instance, constraints that no instance meets, ports that are too few.

use crate::placement::Constraint;
use crate::scenario::source::path::Path;
use crate::world::fleet::{CapacitySpec, Resources, Scheduling};
use crate::world::query::{Expression, Subject};
use crate::world::{ServiceId, ZoneId};

use super::Checker;

/// A fresh instance of a group in a zone, for expressions that look at attributes only.
struct Fresh<'a> {
    capacity: &'a CapacitySpec,
    zone: ZoneId,
}

impl Subject for Fresh<'_> {
    fn agent_connected(&self) -> bool {
        true
    }
    fn agent_version(&self) -> &str {
        crate::world::subject::AGENT_VERSION
    }
    fn ec2_instance_id(&self) -> std::borrow::Cow<'_, str> {
        "".into()
    }
    fn registered_at_s(&self) -> i64 {
        0
    }
    fn running_tasks_count(&self) -> u32 {
        0
    }
    fn task_groups_any(&self, _: &mut dyn FnMut(&str) -> bool) -> bool {
        false
    }
    fn attribute(&self, name: &str) -> Option<&str> {
        self.capacity.attribute(self.zone, name)
    }
}

impl Checker<'_> {
    pub(super) fn fits(&mut self) {
        if self.problems.has_errors() {
            // Follow-up problems of a group or a definition that is wrong itself would only confuse.
            return;
        }
        let services: Vec<ServiceId> = self.fleet.services.ids().collect();
        let (mut replicas, mut batches) = (0, 0);
        for service in services {
            let standalone = self.fleet.services[service].scheduling == Scheduling::Standalone;
            let place = if standalone { &mut batches } else { &mut replicas };
            let at = Path::root().key(if standalone { "runTask" } else { "services" }).index(*place);
            *place += 1;
            self.service_fits(service, &at);
        }
        self.enough_room();
    }

    fn service_fits(&mut self, service: ServiceId, at: &Path) {
        let spec = &self.fleet.services[service];
        let definition = &self.fleet.definitions[spec.definition];
        let (need, family) = (definition.need, definition.family.clone());
        let platform = |capacity: &&CapacitySpec| {
            definition.os.is_none_or(|os| os == capacity.os) && definition.arch.is_none_or(|arch| arch == capacity.arch)
        };
        let suitable: Vec<&CapacitySpec> = self.fleet.capacities.values().filter(platform).collect();
        if suitable.is_empty() {
            let message = format!("task definition `{family}` asks for a platform that no capacity has");
            return self.error(&at.key("taskDefinition"), message, Some("see its runtimePlatform".into()));
        }
        let large: Vec<&CapacitySpec> =
            suitable.into_iter().filter(|capacity| capacity.registered.fits(&need)).collect();
        if large.is_empty() {
            let message = format!("a task of `{family}` fits no instance: it needs {}", describe(&need));
            let offers: Vec<String> = self
                .fleet
                .capacities
                .values()
                .map(|capacity| {
                    format!("{} registers {}", capacity.instance_type, describe_offer(&capacity.registered, &need))
                })
                .collect();
            return self.error(&at.key("taskDefinition"), message, Some(offers.join("; ")));
        }
        let statics: Vec<&Expression> = self.policies[service]
            .constraints
            .iter()
            .filter_map(|constraint| match constraint {
                Constraint::MemberOf(expression) if expression.is_static() => Some(expression),
                _ => None,
            })
            .collect();
        let mut instances = 0;
        for capacity in &large {
            for (zone, count) in capacity.per_zone.iter() {
                let subject = Fresh { capacity, zone };
                if statics.iter().all(|expression| expression.matches(&subject)) {
                    instances += count;
                }
            }
        }
        if instances == 0 {
            let texts: Vec<String> = statics.iter().map(|expression| format!("`{expression}`")).collect();
            let message = format!("no instance of the fleet meets the placement constraints {}", texts.join(" and "));
            return self.error(&at.key("placementConstraints"), message, None);
        }
        let distinct = self.policies[service]
            .constraints
            .iter()
            .any(|constraint| matches!(constraint, Constraint::DistinctInstance));
        let static_port = definition.ports.first().copied();
        let desired = spec.desired;
        if desired > instances {
            if let Some(port) = static_port {
                let message = format!(
                    "{desired} tasks hold host port {} each, and only {instances} instances may run them",
                    port.port
                );
                self.error(&at.key("desiredCount"), message, Some("use host port 0 for a dynamic port".into()));
            } else if distinct {
                let message = format!("distinctInstance leaves room for {instances} tasks, and {desired} are desired");
                self.error(&at.key("desiredCount"), message, None);
            }
        }
    }

    /// A fleet that is too small for its services is legal, and worth a word.
    fn enough_room(&mut self) {
        let mut wanted = [0u64; 2];
        for spec in self.fleet.services.values() {
            let need = &self.fleet.definitions[spec.definition].need;
            wanted[0] += u64::from(need.cpu) * u64::from(spec.desired);
            wanted[1] += u64::from(need.memory) * u64::from(spec.desired);
        }
        let mut offered = [0u64; 2];
        for capacity in self.fleet.capacities.values() {
            offered[0] += u64::from(capacity.registered.cpu) * u64::from(capacity.count());
            offered[1] += u64::from(capacity.registered.memory) * u64::from(capacity.count());
        }
        let names = ["CPU units", "MiB of memory"];
        for (place, name) in names.into_iter().enumerate() {
            if wanted[place] > offered[place] {
                let message = format!(
                    "the services want {} {name}, and all instances together have {}: some tasks will never run",
                    wanted[place], offered[place]
                );
                self.warn(&Path::root().key("services"), message);
            }
        }
    }
}

fn describe(need: &Resources) -> String {
    let mut parts = vec![format!("{} CPU units", need.cpu), format!("{} MiB", need.memory)];
    if need.gpus > 0 {
        parts.push(format!("{} GPUs", need.gpus));
    }
    if need.enis > 0 {
        parts.push("a network interface".into());
    }
    parts.join(", ")
}

fn describe_offer(registered: &Resources, need: &Resources) -> String {
    let mut parts = vec![format!("{} CPU units", registered.cpu), format!("{} MiB", registered.memory)];
    if need.gpus > 0 {
        parts.push(format!("{} GPUs", registered.gpus));
    }
    if need.enis > 0 {
        parts.push(format!("interfaces for {} tasks", registered.enis));
    }
    parts.join(", ")
}
