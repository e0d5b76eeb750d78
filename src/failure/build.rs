//! From settings to a model: names are looked up, laws are resolved, and every problem is reported with its place.

use std::path::Path;

use crate::base::distribution::{Distribution, Spec};
use crate::base::nearest::instead;
use crate::base::random::Label;
use crate::base::time::Time;
use crate::world::fleet::Fleet;
use crate::world::{ModelId, query};

use super::target::Target;
use super::{TargetSpec, Times};

/// Where problems go: the field within the model, what is wrong, and what would be right.
pub type Report<'a> = dyn FnMut(&str, String, Option<String>) + 'a;

/// What a model needs to be built.
pub struct Build<'a> {
    /// The fleet that it will strike.
    pub fleet: &'a Fleet,
    /// The folder that file names are relative to.
    pub base: &'a Path,
    /// Its place in `failures`.
    pub model: ModelId,
    /// Where problems go.
    pub report: &'a mut Report<'a>,
}

/// When a model strikes.
#[derive(Clone, Debug)]
pub enum When {
    /// At random, by this law.
    Every(Distribution),
    /// At these times, sorted.
    At(Vec<Time>),
}

impl Build<'_> {
    /// A label for the model's own random draws.
    pub fn label(&self, text: &'static str) -> Label {
        Label::new(text).with(self.model.0.into())
    }

    /// Reports a problem.
    pub fn problem(&mut self, field: &str, message: impl Into<String>, help: Option<String>) {
        (self.report)(field, message.into(), help);
    }

    /// `every` or `at`, one of the two.
    pub fn when(&mut self, every: Option<&Spec>, at: Option<&Times>) -> Option<When> {
        match (every, at) {
            (Some(every), None) => {
                let law = self.law("every", Some(every), Distribution::ZERO)?;
                if law.is_zero() {
                    self.problem(
                        "every",
                        "a failure every 0s never lets time pass",
                        Some("give a mean above 0".into()),
                    );
                    return None;
                }
                Some(When::Every(law))
            }
            (None, Some(at)) => {
                let mut times: Vec<Time> = at.list().iter().map(|time| Time::ZERO + time.0).collect();
                times.sort_unstable();
                Some(When::At(times))
            }
            (None, None) => {
                let help = "add `every: {exponential: {mean: 60d}}` or `at: 2d`".to_owned();
                self.problem("", "this failure never happens: it has neither `every` nor `at`", Some(help));
                None
            }
            (Some(_), Some(_)) => {
                let help = "for both, write two failures".to_owned();
                self.problem("at", "a failure has either `every` or `at`, not both", Some(help));
                None
            }
        }
    }

    /// For models that strike the region as a whole.
    pub fn refuse_target(&mut self, given: bool) {
        if given {
            let help = "leave `target` out".to_owned();
            self.problem("target", "this failure concerns the whole region and takes no target", Some(help));
        }
    }

    /// A law, or its default where it is left out.
    pub fn law(&mut self, field: &str, spec: Option<&Spec>, default: Distribution) -> Option<Distribution> {
        match spec {
            None => Some(default),
            Some(spec) => match spec.resolve(self.base) {
                Ok(law) => Some(law),
                Err(error) => {
                    self.problem(field, error, None);
                    None
                }
            },
        }
    }

    /// The same for models that strike instances, zones or groups: whatever runs there goes down with them.
    pub fn target_of_hosts(&mut self, spec: Option<&TargetSpec>, when: Option<&When>) -> Option<Target> {
        let given = |names: fn(&TargetSpec) -> &Vec<String>| spec.is_some_and(|spec| !names(spec).is_empty());
        for (field, given) in
            [("services", given(|spec| &spec.services)), ("containers", given(|spec| &spec.containers))]
        {
            if given {
                let message = format!("this failure strikes instances with all that runs on them, not {field}");
                let help = "use `zones`, `capacity` or `matching`".to_owned();
                self.problem(&format!("target.{field}"), message, Some(help));
            }
        }
        self.target(spec, when)
    }

    /// The target, with every name looked up.
    pub fn target(&mut self, spec: Option<&TargetSpec>, when: Option<&When>) -> Option<Target> {
        let Some(spec) = spec else { return Some(Target::default()) };
        let mut target = Target { containers: spec.containers.clone(), ..Target::default() };
        let mut good = true;
        let fleet = self.fleet;
        let mut look_up = |field: &str, names: &[String], known: &mut dyn Iterator<Item = &str>| -> Vec<u32> {
            let known: Vec<&str> = known.collect();
            let mut ids = Vec::new();
            for (place, name) in names.iter().enumerate() {
                match known.iter().position(|other| other == name) {
                    Some(id) => ids.push(id as u32),
                    None => {
                        good = false;
                        let (one, many) = kind_of(field);
                        let message = format!("there is no {one} `{name}`");
                        (self.report)(&format!("target.{field}[{place}]"), message, instead(name, many, &known));
                    }
                }
            }
            ids
        };
        let services = look_up("services", &spec.services, &mut fleet.services.values().map(|row| row.name.as_str()));
        let zones = look_up("zones", &spec.zones, &mut fleet.zones.values().map(|row| row.name.as_str()));
        let capacity = look_up("capacity", &spec.capacity, &mut fleet.capacities.values().map(|row| row.name.as_str()));
        let containers: std::collections::BTreeSet<&str> = fleet
            .definitions
            .values()
            .flat_map(|definition| definition.containers.iter().map(|container| container.name.as_str()))
            .collect();
        look_up("containers", &spec.containers, &mut containers.into_iter());
        target.services = services.into_iter().map(crate::world::ServiceId).collect();
        target.zones = zones.into_iter().map(crate::world::ZoneId).collect();
        target.capacity = capacity.into_iter().map(crate::world::CapacityId).collect();
        if let Some(text) = &spec.matching {
            match query::parse(text) {
                Ok(expression) => target.matching = Some(expression),
                Err(error) => {
                    good = false;
                    let message = format!("in the expression, column {}: {}", error.column, error.message);
                    self.problem("target.matching", message, error.help);
                }
            }
        }
        target.share = spec.share.map(|share| share.0);
        target.count = spec.count;
        if spec.share.is_some() && spec.count.is_some() {
            good = false;
            let help = "give one of the two".to_owned();
            self.problem("target.count", "a target has either a share or a count", Some(help));
        }
        if (spec.share.is_some() || spec.count.is_some()) && matches!(when, Some(When::Every(_))) {
            good = false;
            let field = if spec.share.is_some() { "target.share" } else { "target.count" };
            let help = "with `every` each container, instance or zone has a clock of its own; use `at`".to_owned();
            self.problem(field, "a share or a count of the target goes with `at` only", Some(help));
        }
        good.then_some(target)
    }
}

/// What a list of a target holds, one of them and several, for messages.
fn kind_of(field: &str) -> (&str, &str) {
    match field {
        "services" => ("service or batch", "services and batches"),
        "zones" => ("zone", "zones"),
        "capacity" => ("group of instances", "groups"),
        "containers" => ("container", "containers"),
        other => (other, other),
    }
}
