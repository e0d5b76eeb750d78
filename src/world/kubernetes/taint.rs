//! Taints and tolerations.

use serde::{Deserialize, Serialize};

/// What a taint does to pods that do not tolerate it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Effect {
    /// No new pods.
    NoSchedule,
    /// New pods rather elsewhere.
    PreferNoSchedule,
    /// No new pods, and those that are there are evicted.
    NoExecute,
}

/// A taint of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// Its effect.
    pub effect: Effect,
    /// When it was added; written by the node controller, without effect here.
    #[serde(default, skip_serializing)]
    pub time_added: Option<String>,
}

/// How a toleration compares.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum TolerationOperator {
    /// Key and value are equal.
    #[default]
    #[serde(alias = "")]
    Equal,
    /// The key is there, with any value; an empty key tolerates everything.
    Exists,
}

/// A toleration of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Toleration {
    /// The taint's key; empty with `Exists` for all keys.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// How it compares.
    pub operator: TolerationOperator,
    /// The taint's value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// The effect that it is about; all where absent.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "effect_or_empty")]
    #[schemars(with = "Option<Effect>")]
    pub effect: Option<Effect>,
    /// How long a `NoExecute` taint is tolerated, in seconds; for ever where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toleration_seconds: Option<i64>,
}

fn effect_or_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Effect>, D::Error> {
    #[derive(Deserialize)]
    enum Written {
        #[serde(rename = "")]
        All,
        NoSchedule,
        PreferNoSchedule,
        NoExecute,
    }
    Ok(match Option::<Written>::deserialize(from)? {
        None | Some(Written::All) => None,
        Some(Written::NoSchedule) => Some(Effect::NoSchedule),
        Some(Written::PreferNoSchedule) => Some(Effect::PreferNoSchedule),
        Some(Written::NoExecute) => Some(Effect::NoExecute),
    })
}

impl Toleration {
    /// Whether it tolerates a taint (`v1.Toleration.ToleratesTaint`).
    pub fn tolerates(&self, taint: &Taint) -> bool {
        self.effect.is_none_or(|effect| effect == taint.effect)
            && (self.key.is_empty() || self.key == taint.key)
            && match self.operator {
                TolerationOperator::Exists => true,
                TolerationOperator::Equal => self.key == taint.key && self.value == taint.value,
            }
    }
}
