//! Kubernetes objects as they are written: the fields that matter here. [`super::fields`] lists the others.

pub mod object;
pub mod pod;
pub mod workload;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Metadata of an object.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "MetadataBlock")]
pub struct Meta {
    /// Its name.
    pub name: Option<String>,
    /// Its namespace.
    pub namespace: Option<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// What owns it.
    pub owner_references: Vec<OwnerRef>,
    /// What the API server gave it: an object that has one was read from a cluster.
    pub uid: Option<String>,
    /// Since when it is being deleted.
    pub deletion_timestamp: Option<String>,
}

/// A reference to an owner.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "OwnerReference")]
pub struct OwnerRef {
    /// Its API version.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Whether it manages the object.
    #[serde(default)]
    pub controller: bool,
}

/// A whole number or a text (`intstr.IntOrString`).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(extend("x-what" = "a whole number or a share like \"25%\""))]
pub enum IntOrString {
    /// A number.
    Int(i64),
    /// A share.
    Text(String),
}
