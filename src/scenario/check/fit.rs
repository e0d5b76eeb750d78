//! What can never be placed: tasks that fit no instance, constraints that no instance meets, ports that are too few.

use std::collections::BTreeMap;

use crate::placement::Constraint;
use crate::scenario::source::path::Path;
use crate::world::ServiceId;
use crate::world::fleet::{CapacitySpec, HostPort, Resources, Scheduling};
use crate::world::query::Expression;
use crate::world::subject::FreshSubject;

use super::Checker;

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
        if !self.problems.has_errors() {
            self.enough_room();
            self.enough_ports();
        }
    }

    fn service_fits(&mut self, service: ServiceId, at: &Path) {
        let spec = &self.fleet.services[service];
        let definition = &self.fleet.definitions[spec.definition];
        let (need, family) = (definition.need, definition.family.clone());
        let runs_on = |capacity: &&CapacitySpec| definition.runs_on(capacity);
        let suitable: Vec<&CapacitySpec> = self.fleet.capacities.values().filter(runs_on).collect();
        if suitable.is_empty() {
            let message = format!("task definition `{family}` asks for a platform that no instance has");
            return self.error(
                &at.key("taskDefinition"),
                message,
                Some("see its `runtimePlatform`, and the instance types and operating systems of `capacity`".into()),
            );
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
                let subject = FreshSubject { capacity, zone };
                if statics.iter().all(|expression| expression.matches(&subject)) {
                    instances += count;
                }
            }
        }
        if instances == 0 {
            let texts: Vec<String> = statics.iter().map(|expression| format!("`{expression}`")).collect();
            let message = match texts.as_slice() {
                [one] => format!("no instance of the fleet meets the placement constraint {one}"),
                many => format!("no instance of the fleet meets the placement constraints {}", many.join(" and ")),
            };
            let missing = statics.iter().flat_map(|expression| self.unknown_attributes(expression)).next();
            let help = missing.map(|name| format!("no instance has the attribute `{name}`"));
            return self.error(&at.key("placementConstraints"), message, help);
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

    /// The attributes that an expression asks for and no instance has.
    pub(super) fn unknown_attributes(&self, expression: &Expression) -> Vec<String> {
        let names = expression.attributes().into_iter();
        names.filter(|name| !self.is_attribute(name)).map(str::to_owned).collect()
    }

    /// Whether any instance has it.
    pub(super) fn is_attribute(&self, name: &str) -> bool {
        let lists = self.fleet.capacities.values().flat_map(|capacity| capacity.attributes.values());
        lists.flatten().any(|(known, _)| known == name)
    }

    /// Services that hold the same static port of an instance, and together more often than there are instances.
    fn enough_ports(&mut self) {
        let instances: u64 = self.fleet.capacities.values().map(|capacity| u64::from(capacity.count())).sum();
        let mut holders: BTreeMap<HostPort, (u64, Vec<&str>)> = BTreeMap::new();
        for spec in self.fleet.services.values().filter(|spec| spec.scheduling != Scheduling::Standalone) {
            let tasks = if spec.scheduling == Scheduling::Daemon { instances } else { u64::from(spec.desired) };
            for port in &self.fleet.definitions[spec.definition].ports {
                let (sum, names) = holders.entry(*port).or_default();
                *sum += tasks;
                names.push(&spec.name);
            }
        }
        let short = holders.into_iter().filter(|(_, (sum, names))| *sum > instances && names.len() > 1);
        let messages: Vec<String> = short
            .map(|(port, (sum, names))| {
                format!(
                    "the services {} all hold host port {}: {sum} tasks and {instances} instances, so some tasks will \
                     never run",
                    names.join(", "),
                    port.port
                )
            })
            .collect();
        for message in messages {
            self.warn_with(&Path::root().key("services"), message, "use host port 0 for a dynamic port");
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
        parts.push(format!("{} {}", need.gpus, if need.gpus == 1 { "GPU" } else { "GPUs" }));
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
