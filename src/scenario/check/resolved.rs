//! The scenario with every default filled in, so that a run can be repeated from its results.

use std::path::Path;

use serde_json::Value as Json;

use crate::platform::timings::{self, Timings, TimingsSpec};
use crate::scenario::file::kubernetes::{ManifestFile, OrchestratorFile};
use crate::scenario::file::{Scenario, StartFile, TieBreakFile};
use crate::scenario::manifest::Manifests;

/// The resolved scenario as YAML. What the file gave stands as it was given; what it left out stands with its default. It needs no
/// other file: objects of Kubernetes stand in place of the names of their files and of the dump, texts in place of the
/// names of CSV files, which are relative to `base`.
pub(super) fn yaml(scenario: &Scenario, manifests: &Manifests, timings: &Timings, base: &Path) -> String {
    let mut resolved = with_tables(scenario, base);
    resolved.manifests = manifests.written.iter().cloned().map(ManifestFile::Inline).collect();
    resolved.cluster = None;
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

/// The scenario with the texts of its CSV files.
fn with_tables(scenario: &Scenario, base: &Path) -> Scenario {
    // Objects of Kubernetes are large and have none.
    let small = Scenario { manifests: Vec::new(), ..scenario.clone() };
    let Ok(mut json) = serde_json::to_value(&small) else { return small };
    let mut any = false;
    if let Some(fields) = json.as_object_mut() {
        let known = ["failures", "timings", "services", "runTask", "workloads"];
        fields.iter_mut().filter(|(name, _)| known.contains(&name.as_str())).for_each(|(_, value)| {
            any |= put_tables(value, base);
        });
    }
    if any { serde_json::from_value(json).unwrap_or(small) } else { small }
}

/// Puts the text of each CSV file that a trace or an empirical law names in the place of its name. Whether there was any.
fn put_tables(json: &mut Json, base: &Path) -> bool {
    match json {
        Json::Array(items) => items.iter_mut().fold(false, |any, item| put_tables(item, base) | any),
        Json::Object(fields) => {
            let mut any = false;
            if fields.get("type").is_some_and(|kind| kind == "trace") {
                any |= put_table(fields, base);
            }
            for (name, value) in fields.iter_mut() {
                any |= match value {
                    Json::Object(law) if name == "empirical" => put_table(law, base),
                    _ => put_tables(value, base),
                };
            }
            any
        }
        _ => false,
    }
}

fn put_table(fields: &mut serde_json::Map<String, Json>, base: &Path) -> bool {
    let Some(file) = fields.get("file").and_then(Json::as_str) else { return false };
    let Ok(text) = std::fs::read_to_string(base.join(file)) else { return false };
    fields.remove("file");
    fields.insert("csv".to_owned(), text.into());
    true
}
