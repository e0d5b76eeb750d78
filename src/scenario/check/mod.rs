//! Every problem of meaning at once: names that nobody has, numbers out of range, tasks that fit nowhere.

mod batches;
mod capacity;
mod daemons;
mod definitions;
mod failures;
mod fit;
mod kubernetes;
mod objectives;
mod resolved;
mod services;

use std::collections::BTreeSet;
use std::path::Path as FilePath;
use std::sync::Arc;

use crate::base::distribution::{Distribution, Spec};
use crate::base::id::Table;
use crate::base::problem::{Problem, Problems};
use crate::base::time::Span;
use crate::placement::Policy;
use crate::placement::policy::TieBreak;
use crate::platform::ecs::NoRoom;
use crate::platform::timings::{self, Timings};
use crate::workload::run_task::Arrivals;
use crate::workload::scheduled_count::CountChange;
use crate::world::ServiceId;
use crate::world::fleet::{Fleet, ZoneSpec};

use objectives::Promises;

use super::file::kubernetes::OrchestratorFile;
use super::file::{Scenario, StartFile, TieBreakFile};
use super::manifest::Manifests;
use super::plan::Plan;
use super::source::node::Node;
use super::source::path::Path;

/// The longest run.
const MAX_DURATION: Span = Span::from_secs(1000 * 31_536_000);

/// File systems take 255 bytes, and while a result is written its folder has a longer name.
const MAX_NAME_BYTES: usize = 200;

/// What the parts of the check share.
struct Checker<'a> {
    tree: &'a Node,
    base: &'a FilePath,
    problems: &'a mut Problems,
    fleet: Fleet,
    policies: Table<ServiceId, Policy>,
    no_room: Table<ServiceId, NoRoom>,
    batches: Vec<Arrivals>,
    count_changes: Vec<CountChange>,
    warnings: Vec<String>,
}

/// Checks a scenario whose structure is sound, and resolves it. `None`, or errors among the problems, where it cannot run.
/// `manifests` is what its manifests hold, for Kubernetes.
pub fn check(
    scenario: &Scenario,
    manifests: &Manifests,
    tree: &Node,
    base: &FilePath,
    problems: &mut Problems,
) -> Option<Plan> {
    let mut checker = Checker {
        tree,
        base,
        problems,
        fleet: Fleet::default(),
        policies: Table::new(),
        no_room: Table::new(),
        batches: Vec::new(),
        count_changes: Vec::new(),
        warnings: Vec::new(),
    };
    checker.general(scenario);
    checker.zones(scenario);
    let mut kubernetes = None;
    match scenario.orchestrator.unwrap_or_default() {
        OrchestratorFile::Ecs => checker.ecs(scenario),
        OrchestratorFile::Kubernetes => {
            checker.kubernetes(scenario, manifests);
            kubernetes = Some(checker.kubernetes_settings(scenario));
        }
    }
    let timings = checker.timings(scenario);
    checker.failures(scenario);
    let Promises { objectives, survives } = checker.objectives(scenario);
    if checker.problems.has_errors() {
        return None;
    }
    let Checker { fleet, policies, no_room, batches, count_changes, mut warnings, .. } = checker;
    // Of many objects the same may be said. The order does not depend on which file an object stands in.
    let said: BTreeSet<&String> = manifests.warnings.sorted().into_iter().map(|problem| &problem.message).collect();
    warnings.extend(said.into_iter().cloned());
    Some(Plan {
        name: scenario.name.clone(),
        description: scenario.description.clone(),
        seed: scenario.seed.unwrap_or(1),
        duration: scenario.duration.0,
        warmup: scenario.warmup.map_or(Span::ZERO, |warmup| warmup.0),
        starts_running: scenario.start != Some(StartFile::Empty),
        tie_break: match scenario.tie_break {
            None | Some(TieBreakFile::Random) => TieBreak::Random,
            Some(TieBreakFile::First) => TieBreak::First,
        },
        fleet: Arc::new(fleet),
        policies: Arc::new(policies),
        failures: scenario.failures.clone(),
        base: base.to_path_buf(),
        timings: Arc::new(timings.clone()),
        kubernetes,
        batches,
        count_changes,
        no_room,
        objectives,
        survives,
        warnings,
        resolved: resolved::yaml(scenario, manifests, &timings, base),
    })
}

impl Checker<'_> {
    /// An ECS scenario: groups of instances, task definitions, services, batches.
    fn ecs(&mut self, scenario: &Scenario) {
        self.only_of_kubernetes(scenario);
        self.capacities(scenario);
        self.not_too_many();
        self.definitions(scenario);
        self.services(scenario);
        self.batches(scenario);
        self.fits();
        self.daemons();
    }

    /// Reports an error at a place of the file.
    fn error(&mut self, path: &Path, message: impl Into<String>, help: Option<String>) {
        let mut problem = Problem::error(message).located(self.tree.locate(path));
        problem.help = help;
        self.problems.push(problem);
    }

    /// Reports an error at the key that a path ends in, where the key is what is wrong and not its value.
    fn error_at_key(&mut self, path: &Path, message: impl Into<String>, help: Option<String>) {
        let mut problem = Problem::error(message).located(self.tree.locate_key(path));
        problem.help = help;
        self.problems.push(problem);
    }

    /// Reports a warning at a place of the file; it is repeated with the results.
    fn warn(&mut self, path: &Path, message: impl Into<String>) {
        let message = message.into();
        self.warnings.push(message.clone());
        self.problems.push(Problem::warning(message).located(self.tree.locate(path)));
    }

    /// The same, with what to do about it.
    fn warn_with(&mut self, path: &Path, message: impl Into<String>, help: &str) {
        let message = message.into();
        self.warnings.push(message.clone());
        self.problems.push(Problem::warning(message).located(self.tree.locate(path)).with_help(help));
    }

    /// Reports a name that stands twice in a list.
    fn unique<'n>(&mut self, list: &str, field: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen: Vec<&str> = Vec::new();
        for (place, name) in names.enumerate() {
            let path = Path::root().key(list).index(place).key(field);
            if seen.contains(&name) {
                self.error(&path, format!("the {field} `{name}` is taken by an earlier entry of `{list}`"), None);
            }
            if name.trim().is_empty() {
                self.error(&path, "a name must not be empty", None);
            }
            seen.push(name);
        }
    }

    fn general(&mut self, scenario: &Scenario) {
        let root = Path::root();
        if scenario.duration.0.is_zero() {
            self.error(&root.key("duration"), "a run of no length shows nothing", Some("give a time like 30d".into()));
        } else if scenario.duration.0 > MAX_DURATION {
            self.error(&root.key("duration"), "a run lasts at most 1000 years", None);
        }
        if let Some(warmup) = scenario.warmup
            && warmup.0 >= scenario.duration.0
            && !scenario.duration.0.is_zero()
        {
            let message = format!("the warm-up ({}) must be shorter than the run ({})", warmup.0, scenario.duration.0);
            self.error(&root.key("warmup"), message, None);
        }
        self.name(&scenario.name);
        let ecs = scenario.orchestrator.unwrap_or_default() == OrchestratorFile::Ecs;
        if ecs && scenario.services.is_empty() && scenario.run_task.is_empty() {
            let help = "add a service under `services` or a batch under `runTask`".to_owned();
            self.error(&root, "there is no workload: neither services nor standalone tasks", Some(help));
        }
    }

    /// A name that can be that of a folder, on any file system.
    fn name(&mut self, name: &str) {
        let at = Path::root().key("name");
        let help = Some("use letters, digits, spaces, `-` and `_`".to_owned());
        if name.trim().is_empty()
            || name.starts_with('.')
            || name.contains(['/', '\\', '\0'])
            || name.chars().any(char::is_control)
        {
            self.error(&at, "the name becomes the name of a folder, and this cannot be one", help);
        } else if name.trim() != name {
            let message = "the name becomes the name of a folder, and begins or ends with a space";
            self.error(&at, message, Some(format!("write it as `{}`", name.trim())));
        } else if name.len() > MAX_NAME_BYTES {
            let message = format!(
                "the name becomes the name of a folder, and takes {} bytes: at most {MAX_NAME_BYTES} are safe",
                name.len()
            );
            self.error(&at, message, None);
        }
    }

    fn zones(&mut self, scenario: &Scenario) {
        self.unique_zones(scenario);
        for (place, zone) in scenario.zones.iter().enumerate() {
            let weight = zone.weight();
            if !(weight.is_finite() && weight >= 0.0) {
                let path = Path::root().key("zones").index(place).key("weight");
                self.error(&path, format!("a weight is 0 or more, found {weight}"), None);
            }
            self.fleet.zones.push(ZoneSpec { name: zone.name().to_owned(), weight: weight.max(0.0) });
        }
        if !scenario.zones.is_empty() && scenario.zones.iter().all(|zone| zone.weight() <= 0.0) {
            self.error(&Path::root().key("zones"), "at least one zone needs a weight above 0", None);
        }
    }

    fn unique_zones(&mut self, scenario: &Scenario) {
        let mut seen: Vec<&str> = Vec::new();
        for (place, zone) in scenario.zones.iter().enumerate() {
            let path = Path::root().key("zones").index(place);
            let name = zone.name();
            if seen.contains(&name) {
                self.error(&path, format!("the zone `{name}` stands here a second time"), None);
            } else if name.trim().is_empty() {
                self.error(&path, "a zone needs a name", None);
            }
            seen.push(name);
        }
    }

    fn timings(&mut self, scenario: &Scenario) -> Timings {
        let mut spec = scenario.timings.clone().unwrap_or_default();
        if scenario.orchestrator == Some(OrchestratorFile::Kubernetes) && spec.instance_registration.is_none() {
            // Measured by others: an EKS node is Ready 25 s after its host has booted.
            spec.instance_registration = Some(Spec::from_law(&Distribution::secs(25)));
        }
        let (other, names, own): (&str, &[&str], &str) = match scenario.orchestrator.unwrap_or_default() {
            OrchestratorFile::Ecs => ("Kubernetes", &timings::OF_KUBERNETES, "ECS"),
            OrchestratorFile::Kubernetes => ("ECS", &timings::OF_ECS, "Kubernetes"),
        };
        for name in scenario.timings.as_ref().map(|given| given.given_among(names)).unwrap_or_default() {
            let message = format!("`{name}` is a delay of {other}: it has no effect on {own}");
            self.warn(&Path::root().key("timings").key(name), message);
        }
        let mut faults = Vec::new();
        let timings = Timings::resolve(&spec, self.base, |field, message| faults.push((field.to_owned(), message)));
        for (field, message) in faults {
            let path = deeper(Path::root().key("timings"), &field);
            self.error(&path, message, None);
        }
        timings
    }
}

/// A path made longer by a dotted field with indexes, such as `target.zones[1]`.
fn deeper(path: Path, field: &str) -> Path {
    let mut path = path;
    for part in field.split('.').filter(|part| !part.is_empty()) {
        let mut pieces = part.split('[');
        if let Some(key) = pieces.next() {
            path = path.key(key);
        }
        for index in pieces {
            if let Ok(index) = index.trim_end_matches(']').parse() {
                path = path.index(index);
            }
        }
    }
    path
}
