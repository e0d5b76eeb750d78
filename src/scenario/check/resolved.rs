//! The scenario with every default filled in, so that a run can be repeated from its results.

use crate::platform::timings::{self, Timings, TimingsSpec};
use crate::scenario::file::kubernetes::OrchestratorFile;
use crate::scenario::file::{Scenario, StartFile, TieBreakFile};

/// The resolved scenario as YAML. What the file gave stands as it was given; what it left out stands with its default.
pub(super) fn yaml(scenario: &Scenario, timings: &Timings) -> String {
    let mut resolved = scenario.clone();
    resolved.seed = Some(scenario.seed.unwrap_or(1));
    resolved.warmup = Some(scenario.warmup.unwrap_or_default());
    resolved.start = Some(scenario.start.unwrap_or(StartFile::Running));
    resolved.tie_break = Some(scenario.tie_break.unwrap_or(TieBreakFile::Random));
    let foreign: &[&str] = match scenario.orchestrator.unwrap_or_default() {
        OrchestratorFile::Ecs => &timings::OF_KUBERNETES,
        OrchestratorFile::Kubernetes => &timings::OF_ECS,
    };
    resolved.timings = Some(merged(scenario.timings.as_ref(), &timings.to_spec(), foreign));
    serde_saphyr::to_string(&resolved).unwrap_or_else(|error| format!("# could not be written: {error}\n"))
}

/// The given delays, and the defaults of those that were not given, but for those that another orchestrator alone has.
fn merged(given: Option<&TimingsSpec>, defaults: &TimingsSpec, foreign: &[&str]) -> TimingsSpec {
    let to_map = |spec: &TimingsSpec| match serde_json::to_value(spec) {
        Ok(serde_json::Value::Object(map)) => map,
        _ => serde_json::Map::new(),
    };
    let mut merged = to_map(defaults);
    merged.retain(|name, _| !foreign.contains(&name.as_str()));
    if let Some(given) = given {
        merged.extend(to_map(given));
    }
    serde_json::from_value(merged.into()).unwrap_or_else(|_| defaults.clone())
}
