//! What the API server would refuse, its defaults, and the plain objects that are left.

mod affinity;
mod budget;
mod container;
mod defaults;
mod labels;
mod names;
mod node;
mod pod;
mod priority;
mod probe;
mod resources;
mod start;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use crate::base::problem::{Location, Problem, Problems};
use crate::world::kubernetes::{Count, DEFAULT_NAMESPACE, Labels, Namespace, ServiceObject};

use super::Manifests;
use super::file::object::{NamespaceFile, ServiceFile, ServiceType};
use super::file::{IntOrString, Meta};
use super::objects::{Object, Objects};
use super::place::Place;

use priority::Classes;

/// The label by which every namespace can be selected.
const NAMESPACE_LABEL: &str = "kubernetes.io/metadata.name";

/// What the parts of the check share.
struct Checker<'a> {
    problems: &'a mut Problems,
    classes: Classes,
    /// Whether some objects were left out for their faults: what is missing may be among them.
    incomplete: bool,
    out: Manifests,
}

/// Checks objects whose structure is sound, and resolves them.
pub(super) fn check(objects: Objects, problems: &mut Problems) -> Manifests {
    let incomplete = problems.has_errors();
    let mut checker = Checker { problems, classes: Classes::default(), incomplete, out: Manifests::default() };
    checker.classes(&objects.classes);
    checker.nodes(&objects.nodes);
    checker.workloads(&objects);
    checker.pods(&objects.pods);
    for object in &objects.services {
        checker.service(object);
    }
    for object in &objects.budgets {
        checker.budget(object);
    }
    checker.namespaces(&objects.namespaces);
    checker.out
}

impl Checker<'_> {
    fn error(&mut self, at: Location, message: impl Into<String>) {
        self.problems.push(Problem::error(message).located(at));
    }

    fn error_with(&mut self, at: Location, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::error(message).located(at).with_help(help));
    }

    fn warn(&mut self, at: Location, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::warning(message).located(at).with_help(help));
    }

    /// The name of an object; empty, with an error, where it has none.
    fn name(&mut self, meta: &Meta, root: Place, rule: names::Rule) -> String {
        let place = root.key("metadata");
        match meta.name.as_deref() {
            Some(name) => {
                self.check_name(name, place.key("name"), rule);
                name.to_owned()
            }
            None if place.has("generateName") => {
                self.error_with(
                    place.at(),
                    "missing field `name`",
                    "`generateName` gives no name that others can refer to",
                );
                String::new()
            }
            None => {
                self.error_with(place.at(), "missing field `name`", "every object has a name");
                String::new()
            }
        }
    }

    fn check_name(&mut self, name: &str, place: Place, rule: names::Rule) {
        if let Err(why) = rule(name) {
            self.error_with(place.at(), format!("`{name}` cannot be a name"), why);
        }
    }

    /// The namespace of an object.
    fn namespace(&mut self, meta: &Meta, root: Place) -> String {
        match meta.namespace.as_deref().filter(|namespace| !namespace.is_empty()) {
            Some(namespace) => {
                self.check_name(namespace, root.key("metadata").key("namespace"), names::dns_label);
                namespace.to_owned()
            }
            None => DEFAULT_NAMESPACE.to_owned(),
        }
    }

    /// A number of pods, or a share of them.
    fn count(&mut self, value: &IntOrString, place: Place) -> Option<Count> {
        let text = match value {
            IntOrString::Int(number) => match u32::try_from(*number) {
                Ok(pods) => return Some(Count::Pods(pods)),
                Err(_) => number.to_string(),
            },
            IntOrString::Text(text) => text.clone(),
        };
        let digits =
            text.strip_suffix('%').filter(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
        match digits.map(str::parse::<u32>) {
            Some(Ok(percent)) => Some(Count::Percent(percent)),
            _ => {
                let message = format!("expected a whole number from 0 or a share like \"25%\", found `{text}`");
                self.error(place.at(), message);
                None
            }
        }
    }

    /// A number of pods, or a share of at most all of them.
    fn count_of_all(&mut self, value: &IntOrString, place: Place) -> Option<Count> {
        let count = self.count(value, place)?;
        if let Count::Percent(percent) = count
            && percent > 100
        {
            self.error(place.at(), format!("a share of pods is at most 100%, found `{percent}%`"));
        }
        Some(count)
    }

    fn service(&mut self, object: &Object<ServiceFile>) {
        let Object { file, tree, from_cluster } = object;
        let root = Place::root(tree);
        let name = self.name(&file.metadata, root, names::dns_label);
        let namespace = self.namespace(&file.metadata, root);
        let selector = file.spec.selector.clone().filter(|selector| !selector.is_empty());
        match &selector {
            Some(selector) => self.labels(selector, root.key("spec").key("selector")),
            None if *from_cluster || file.spec.kind == Some(ServiceType::ExternalName) => {}
            None => {
                let message = format!("the Service `{name}` has no selector, and so no pods");
                self.warn(root.key("spec").at_key(), message, "give it the labels of its pods as `selector`");
            }
        }
        self.out.services.push(ServiceObject { name, namespace, selector });
    }

    /// The namespaces that are written, and those that are only used.
    fn namespaces(&mut self, objects: &[Object<NamespaceFile>]) {
        let mut all: BTreeMap<String, Labels> = BTreeMap::new();
        for object in objects {
            let root = Place::root(&object.tree);
            let name = self.name(&object.file.metadata, root, names::dns_label);
            self.labels(&object.file.metadata.labels, root.key("metadata").key("labels"));
            all.insert(name, object.file.metadata.labels.clone());
        }
        let out = &self.out;
        let used: BTreeSet<String> = (out.workloads.iter().map(|workload| &workload.namespace))
            .chain(out.pods.iter().map(|start| &start.pod.spec.namespace))
            .chain(out.services.iter().map(|service| &service.namespace))
            .chain(out.budgets.iter().map(|budget| &budget.namespace))
            .cloned()
            .collect();
        for name in used {
            all.entry(name).or_default();
        }
        self.out.namespaces = all
            .into_iter()
            .map(|(name, mut labels)| {
                labels.insert(NAMESPACE_LABEL.to_owned(), name.clone());
                Namespace { name, labels }
            })
            .collect();
    }
}
