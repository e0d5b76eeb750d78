//! Priority classes, and what a pod gets from its own (the admission controller `Priority`).

use std::collections::BTreeMap;

use crate::base::nearest::instead;
use crate::scenario::manifest::file::object::PriorityClassFile;
use crate::scenario::manifest::file::pod::PodSpecFile;
use crate::scenario::manifest::objects::Object;
use crate::scenario::manifest::place::Place;
use crate::world::kubernetes::PreemptionPolicy;

use super::{Checker, names};

/// The highest value that is not kept for the system.
const HIGHEST: i32 = 1_000_000_000;

/// What every cluster has (scheduling/v1, helpers.go).
const BUILT_IN: [(&str, i32); 2] =
    [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)];

#[derive(Copy, Clone, Debug)]
struct Class {
    value: i32,
    policy: PreemptionPolicy,
}

/// The classes that are known.
#[derive(Debug, Default)]
pub(super) struct Classes {
    by_name: BTreeMap<String, Class>,
    /// That of pods that name none.
    default: Option<Class>,
}

impl Checker<'_> {
    pub(super) fn classes(&mut self, objects: &[Object<PriorityClassFile>]) {
        for (name, value) in BUILT_IN {
            let class = Class { value, policy: PreemptionPolicy::PreemptLowerPriority };
            self.classes.by_name.insert(name.to_owned(), class);
        }
        let mut default: Option<(String, i32)> = None;
        for object in objects {
            let root = Place::root(&object.tree);
            let file = &object.file;
            let name = self.name(&file.metadata, root, names::dns_subdomain);
            if name.starts_with("system-") && !BUILT_IN.contains(&(name.as_str(), file.value)) {
                let message = format!("`{name}`: names that begin with `system-` are kept for the system");
                self.error(root.key("metadata").key("name").at(), message);
            } else if file.value > HIGHEST && !name.starts_with("system-") {
                let message = format!("the value of a PriorityClass is at most {HIGHEST}, found {}", file.value);
                self.error(root.key("value").at(), message);
            }
            let class = Class { value: file.value, policy: file.preemption_policy };
            if file.global_default {
                match &default {
                    // Kubernetes takes the lowest where an update left two.
                    Some((other, value)) => {
                        let message = format!("a second PriorityClass with `globalDefault`; the first is `{other}`");
                        if !object.from_cluster {
                            self.error(root.key("globalDefault").at(), message);
                        } else if file.value < *value {
                            self.classes.default = Some(class);
                        }
                    }
                    None => {
                        default = Some((name.clone(), file.value));
                        self.classes.default = Some(class);
                    }
                }
            }
            self.classes.by_name.insert(name, class);
        }
    }

    /// The priority of a pod, and whether it may make room for itself.
    pub(super) fn priority(&mut self, spec: &PodSpecFile, place: Place, from_cluster: bool) -> (i32, PreemptionPolicy) {
        let named = spec.priority_class_name.as_deref().filter(|name| !name.is_empty());
        let class = match named {
            None => self.classes.default,
            Some(name) => {
                let class = self.classes.by_name.get(name).copied();
                // A dump may leave the classes out; its pods have the value.
                if class.is_none() && !self.incomplete && !(from_cluster && spec.priority.is_some()) {
                    let known: Vec<String> = self.classes.by_name.keys().cloned().collect();
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    let help = instead(name, "classes", &known).unwrap_or_default();
                    let message = format!("there is no PriorityClass `{name}`");
                    self.error_with(
                        place.key("priorityClassName").at(),
                        message,
                        format!("{help}; or add its manifest"),
                    );
                }
                class
            }
        };
        let class = class.unwrap_or(Class { value: 0, policy: PreemptionPolicy::PreemptLowerPriority });
        match spec.priority {
            Some(value) if from_cluster => (value, spec.preemption_policy.unwrap_or(class.policy)),
            Some(value) if value != class.value => {
                let message = "`priority` is filled in by the API server, and not written by hand";
                self.error_with(place.key("priority").at_key(), message, "write `priorityClassName`");
                (class.value, class.policy)
            }
            _ => (class.value, spec.preemption_policy.unwrap_or(class.policy)),
        }
    }
}
