//! The JSON Schema of each kind: of the fields that matter, with the names of those that do not.

use schemars::schema_for;
use serde_json::{Map, Value as Json};

use super::fields;
use super::file::object::{BudgetFile, NamespaceFile, NodeFile, PriorityClassFile, ServiceFile};
use super::file::workload::{DaemonSetFile, DeploymentFile, JobFile, PodFile, ReplicaSetFile, StatefulSetFile};
use super::kind::Kind;

/// The schema of a kind. A field of the API that has no effect is known and takes any value.
pub(super) fn of(kind: Kind) -> Json {
    let schema = match kind {
        Kind::Deployment => schema_for!(DeploymentFile),
        Kind::ReplicaSet => schema_for!(ReplicaSetFile),
        Kind::StatefulSet => schema_for!(StatefulSetFile),
        Kind::DaemonSet => schema_for!(DaemonSetFile),
        Kind::Job => schema_for!(JobFile),
        Kind::Pod => schema_for!(PodFile),
        Kind::PodDisruptionBudget => schema_for!(BudgetFile),
        Kind::PriorityClass => schema_for!(PriorityClassFile),
        Kind::Service => schema_for!(ServiceFile),
        Kind::Namespace => schema_for!(NamespaceFile),
        Kind::Node => schema_for!(NodeFile),
    };
    let mut schema = schema.to_value();
    let Json::Object(root) = &mut schema else { return schema };
    for (name, of) in root.get_mut("$defs").and_then(Json::as_object_mut).into_iter().flatten() {
        complete(name, of);
    }
    let title = root.get("title").and_then(Json::as_str).unwrap_or_default().to_owned();
    complete(&title, &mut schema);
    schema
}

/// Names the fields that have no effect, and closes the type to all others.
fn complete(name: &str, schema: &mut Json) {
    let Json::Object(schema) = schema else { return };
    if schema.get("type").and_then(Json::as_str) != Some("object") {
        return;
    }
    let known = schema.entry("properties").or_insert_with(|| Json::Object(Map::new()));
    if let Json::Object(known) = known {
        let others = fields::harmless(name).iter().copied();
        for field in others.chain(fields::without_effect(name).map(|(field, _)| field)) {
            known.entry(field).or_insert(Json::Bool(true));
        }
    }
    schema.insert("additionalProperties".to_owned(), Json::Bool(fields::is_status(name)));
}
