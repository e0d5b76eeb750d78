//! What can still be checked of a scenario in which a few entries have the wrong shape: all the others.
//!
//! Nobody refers to a failure or to an objective, so without one the rest means what it would mean. A service has a name that
//! failures and objectives may refer to: without one, only what stands before it in the order of meaning is looked at. To a
//! task definition services and failures refer, though no group of instances does. The fields of the run stand alone. A field
//! that nobody knows may be a list misspelt. Where anything else has the wrong shape, each problem of meaning may follow from
//! it, and none is told.

use std::collections::BTreeSet;

use crate::base::problem::{Location, Problem, Problems, Severity};

use super::source::node::{Node, Value};

/// Lists whose entries may be left out.
const LISTS: [&str; 4] = ["taskDefinitions", "services", "failures", "objectives"];

/// Fields of the run that nothing else refers to, with what is read in their place where they must be there. In a run of no
/// length nothing comes too late.
const FIELDS: [(&str, Option<&str>); 7] = [
    ("name", Some("sound")),
    ("duration", Some("0s")),
    ("description", None),
    ("seed", None),
    ("warmup", None),
    ("start", None),
    ("tieBreak", None),
];

/// What does not depend on the task definitions that there are.
const BEFORE_DEFINITIONS: [&str; 2] = ["capacity", "objectives"];

/// What does not depend on the services that there are.
const BEFORE_SERVICES: [&str; 4] = ["capacity", "taskDefinitions", "services", "runTask"];

/// The sound part of a scenario.
pub(super) struct Sound {
    /// The tree without the entries of the wrong shape.
    pub(super) tree: Node,
    /// Where problems may be told; everywhere without it.
    places: Option<BTreeSet<Location>>,
    /// Where a problem has been told.
    wrong: BTreeSet<Location>,
}

impl Sound {
    /// The part of a tree that the structural `problems` leave; `None` where there is none on which to build.
    pub(super) fn of(tree: &Node, problems: &Problems) -> Option<Sound> {
        let wrong: BTreeSet<Location> = problems.sorted().iter().map(|problem| problem.at).collect::<Option<_>>()?;
        let mut tree = tree.clone();
        let mut found = BTreeSet::new();
        fields(&mut tree, &wrong, &mut found);
        let mut without_service = unknown_fields(&mut tree, &wrong, &mut found);
        let mut without_definition = false;
        for list in LISTS {
            let Some(Node { value: Value::List(entries), .. }) = tree.get_mut(list) else { continue };
            let all = entries.len();
            entries.retain(|entry| {
                let mut here = BTreeSet::new();
                places(entry, &mut here);
                found.extend(here.intersection(&wrong).copied());
                here.is_disjoint(&wrong)
            });
            without_service |= list == "services" && entries.len() < all;
            without_definition |= list == "taskDefinitions" && entries.len() < all;
        }
        if found != wrong {
            return None;
        }
        let within = |lists: &[&str]| {
            let mut all = BTreeSet::new();
            lists.iter().filter_map(|list| tree.get(list)).for_each(|node| places(node, &mut all));
            all
        };
        let places = match (without_definition, without_service) {
            (true, true) => Some(within(&BEFORE_DEFINITIONS[..1])),
            (true, false) => Some(within(&BEFORE_DEFINITIONS)),
            (false, true) => Some(within(&BEFORE_SERVICES)),
            (false, false) => None,
        };
        Some(Sound { tree, places, wrong })
    }

    /// Whether a problem of meaning that this part has would be there without the others too.
    pub(super) fn has(&self, problem: &Problem) -> bool {
        let is_here = |at: Location| self.places.as_ref().is_none_or(|places| places.contains(&at));
        let is_new = |at: &Location| !self.wrong.contains(at);
        problem.severity == Severity::Error && problem.at.filter(is_new).is_some_and(is_here)
    }
}

/// Puts something sound in the place of wrong fields of the run.
fn fields(tree: &mut Node, wrong: &BTreeSet<Location>, found: &mut BTreeSet<Location>) {
    let Value::Map(entries) = &mut tree.value else { return };
    entries.retain_mut(|(key, node)| {
        let Some((_, instead)) = FIELDS.iter().find(|(name, _)| *name == key.text) else { return true };
        let mut here = BTreeSet::new();
        places(node, &mut here);
        if here.is_disjoint(wrong) {
            return true;
        }
        found.extend(here.intersection(wrong).copied());
        node.value = Value::Text(instead.unwrap_or_default().to_owned());
        instead.is_some()
    });
}

/// Leaves out what a problem points at by its key: a field that a scenario does not have. Returns whether it may be the list of
/// services or of batches under another name.
fn unknown_fields(tree: &mut Node, wrong: &BTreeSet<Location>, found: &mut BTreeSet<Location>) -> bool {
    let Value::Map(entries) = &mut tree.value else { return false };
    let mut may_be_list = false;
    entries.retain(|(key, node)| {
        if !wrong.contains(&key.at) {
            return true;
        }
        found.insert(key.at);
        may_be_list |= matches!(node.value, Value::List(_) | Value::Map(_));
        false
    });
    may_be_list
}

/// Every place in a tree.
fn places(node: &Node, all: &mut BTreeSet<Location>) {
    all.insert(node.at);
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| places(item, all)),
        Value::Map(entries) => entries.iter().for_each(|(key, value)| {
            all.insert(key.at);
            places(value, all);
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The messages about a scenario; `change` puts mistakes into it.
    fn messages(change: &[(&str, &str)]) -> Vec<String> {
        let mut text =
            "name: s\nduration: 1d\nzones: [a, b]\ncapacity: [{name: g, instanceType: m5.large, count: 4}]\n\
            taskDefinitions: [{family: f, containerDefinitions: [{name: c, cpu: 64, memory: 64}]}]\nservices:\n\
            - {name: web, taskDefinition: f, desiredCount: 2}\n- {name: api, taskDefinition: f, desiredCount: 2}\n\
            failures:\n- {type: zoneOutage, at: 1h, lasts: 1h, target: {zones: [a]}}\n\
            - {type: containerCrash, every: 3h}\nobjectives:\n- {service: web, availability: 99%}\n\
            - {service: api, availability: 99%}\n"
                .to_owned();
        for (from, to) in change {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        match crate::scenario::load_text(&text, Path::new(".")) {
            Ok(_) => Vec::new(),
            Err(refused) => refused.problems.sorted().into_iter().map(|problem| problem.message.clone()).collect(),
        }
    }

    #[test]
    fn a_wrong_field_hides_no_unrelated_mistake() {
        assert_eq!(messages(&[]), [""; 0]);
        let found = messages(&[
            ("every: 3h", "every: 3 hours"),
            ("zones: [a]", "zones: [c]"),
            ("service: api, availability: 99%", "service: apy, availability: 99%"),
            ("m5.large", "m5.lagre"),
        ]);
        let wanted = ["`m5.lagre`", "there is no zone `c`", "found `3 hours`", "there is no service `apy`"];
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        assert!(found.iter().zip(wanted).all(|(message, part)| message.contains(part)), "{found:?}");
    }

    /// The service is there, though its entry is wrong: that nobody knows it would be no mistake of the writer's.
    #[test]
    fn a_wrong_service_is_not_said_to_be_missing() {
        let found = messages(&[("f, desiredCount: 2", "f, desiredCuont: 2"), ("m5.large", "m5.lagre")]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("m5.lagre") && found[1].contains("desiredCuont"), "{found:?}");
    }

    #[test]
    fn wrong_fields_of_the_run_hide_nothing() {
        let found =
            messages(&[("duration: 1d", "duration: a day\nseed: one\nregion: x"), ("zones: [a]", "zones: [c]")]);
        let wanted = ["duration", "`one`", "unknown field `region`", "there is no zone `c`"];
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        assert!(wanted.iter().all(|part| found.iter().any(|message| message.contains(part))), "{found:?}");
    }

    /// What is under a name that nobody knows may be what others refer to.
    #[test]
    fn nothing_is_missing_that_may_have_been_misspelt() {
        let found = messages(&[("services:", "servces:"), ("m5.large", "m5.lagre")]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("m5.lagre") && found[1].contains("servces"), "{found:?}");
    }

    #[test]
    fn a_wrong_task_definition_is_not_said_to_be_missing() {
        let found = messages(&[
            ("cpu: 64", "cpus: 64"),
            ("m5.large", "m5.lagre"),
            ("service: api, availability: 99%", "service: apy, availability: 99%"),
        ]);
        let wanted = ["`m5.lagre`", "`cpus`", "there is no service `apy`"];
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        assert!(found.iter().zip(wanted).all(|(message, part)| message.contains(part)), "{found:?}");
    }

    #[test]
    fn nothing_follows_from_a_wrong_group_of_instances() {
        let found = messages(&[("count: 4", "cuont: 4"), ("zones: [a]", "zones: [c]")]);
        assert!(found.iter().all(|message| message.contains("count") || message.contains("cuont")), "{found:?}");
    }

    #[test]
    fn an_unknown_task_definition_hides_nothing_of_its_service() {
        let found = messages(&[(
            "taskDefinition: f, desiredCount: 2",
            "taskDefinition: g, desiredCount: 2, upWhen: {healthy: 3}, placementStrategy: [{type: spread, field: zone}]",
        )]);
        let wanted = ["there is no task definition `g`", "3 healthy tasks are asked for", "spread takes"];
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        assert!(wanted.iter().all(|part| found.iter().any(|message| message.contains(part))), "{found:?}");
    }
}
