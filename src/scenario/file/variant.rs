//! Variants of a scenario, for `compare`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The scenario with a few values changed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "variant")]
pub struct VariantFile {
    /// Its name in tables and charts.
    #[schemars(length(min = 1, max = 60))]
    pub name: String,
    /// What is changed, by the path that `--set` takes: `services.web.placementStrategy: [{type: random}]`. Nothing for the
    /// scenario as it stands.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub set: Map<String, Value>,
}
