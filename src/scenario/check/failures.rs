//! Failures: each is built once to see whether it can be, and asked whether it ever happens, and how often.

use crate::base::distribution::Spec;
use crate::base::units::Duration;
use crate::failure::{Build, Failure, Times};
use crate::scenario::file::Scenario;
use crate::scenario::source::path::Path;
use crate::world::fleet::FailureName;
use crate::world::{ModelId, query};

use super::{Checker, deeper};

/// Kinds of timers are numbered with one byte, and each failure model takes up to four.
const MAX_FAILURES: usize = 48;

/// Strikes of one clock, or arrivals of one batch: beyond, a run would not end within the user's patience.
pub(super) const MAX_STRIKES: f64 = 1e8;

impl Checker<'_> {
    pub(super) fn failures(&mut self, scenario: &Scenario) {
        if scenario.failures.len() > MAX_FAILURES {
            let message = format!("at most {MAX_FAILURES} failures, found {}", scenario.failures.len());
            let help = Some("put single events into a trace file".to_owned());
            self.error(&Path::root().key("failures").index(MAX_FAILURES), message, help);
        }
        self.failure_names(scenario);
        for failure in &scenario.failures {
            self.fleet.failures.push(FailureName { name: failure.name().to_owned(), kind: failure.type_name() });
        }
        for (place, failure) in scenario.failures.iter().enumerate() {
            let at = Path::root().key("failures").index(place);
            self.failure(failure, place, &at);
            self.target_attributes(failure, &at);
            if !scenario.duration.0.is_zero() {
                self.happens(failure, scenario.duration, &at);
            }
        }
    }

    /// Two failures of one name cannot be told apart in the results.
    fn failure_names(&mut self, scenario: &Scenario) {
        let mut seen: Vec<&str> = Vec::new();
        for (place, failure) in scenario.failures.iter().enumerate() {
            let name = failure.name();
            if seen.contains(&name) {
                let at = Path::root().key("failures").index(place);
                let message = format!("an earlier failure is called `{name}` too: the results do not tell them apart");
                self.warn_with(&at.key("name"), message, "give each a `name` of its own");
            }
            seen.push(name);
        }
    }

    fn failure(&mut self, failure: &Failure, place: usize, at: &Path) {
        let mut faults: Vec<(String, String, Option<String>)> = Vec::new();
        let mut report =
            |field: &str, message: String, help: Option<String>| faults.push((field.to_owned(), message, help));
        let mut build =
            Build { fleet: &self.fleet, base: self.base, model: ModelId(place as u32), report: &mut report };
        failure.build(&mut build);
        for (field, message, help) in faults {
            self.error(&deeper(at.clone(), &field), message, help);
        }
    }

    /// An expression that is wrong was reported when the failure was built.
    fn target_attributes(&mut self, failure: &Failure, at: &Path) {
        let matching = failure.common().target.and_then(|target| target.matching.as_deref());
        if let Some(Ok(expression)) = matching.map(query::parse) {
            for name in self.unknown_attributes(&expression) {
                let message = format!("no instance has the attribute `{name}` of this expression");
                self.warn(&at.key("target").key("matching"), message);
            }
        }
    }

    /// Whether it comes before the end of the run, and not all the time.
    fn happens(&mut self, failure: &Failure, duration: Duration, at: &Path) {
        let common = failure.common();
        if let Some(every) = common.every {
            self.not_too_often(every, duration, &at.key("every"), "strikes");
        }
        let late = |time: &Duration| time.0 > duration.0;
        let times = match common.at {
            None => return,
            Some(Times::One(time)) => std::slice::from_ref(time),
            Some(Times::Many(times)) => times,
        };
        let at = at.key("at");
        if times.is_empty() {
            self.error(&at, "an empty list of times: this failure never happens", None);
        } else if times.iter().all(late) {
            let message = format!("the run ends at {}, before this failure begins", duration.0);
            self.error(&at, message, Some("lengthen `duration`, or let it begin earlier".into()));
        } else if times.iter().any(late) {
            self.warn(&at, "some of these times lie after the end of the run");
        }
    }

    /// Refuses a clock that strikes so often that the run would never end. A law that is wrong was reported elsewhere.
    pub(super) fn not_too_often(&mut self, every: &Spec, duration: Duration, at: &Path, what: &str) {
        let Ok(law) = every.resolve(self.base) else { return };
        // The mean alone would not do: it may be that of rare, very long times among very many short ones.
        let run = duration.0.seconds();
        let mean = law.mean_up_to(run);
        let number = run / mean;
        if !law.is_zero() && number > MAX_STRIKES {
            let about = if number < 1e18 { format!("about {number:.1e}") } else { "more than 1e18".to_owned() };
            let message = format!("{about} {what} in a run of {}; it takes at most {MAX_STRIKES:.0e}", duration.0);
            self.error(at, message, Some("give a longer time between them, or a shorter `duration`".into()));
        }
    }
}
