//! Topology spread constraints.

use serde::{Deserialize, Serialize};

use super::selector::LabelSelector;

/// How evenly pods are to lie over domains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TopologySpreadConstraint {
    /// The most that a domain may have above the least, at least 1.
    pub max_skew: i32,
    /// The node label whose values are the domains.
    pub topology_key: String,
    /// What happens where it cannot be kept.
    pub when_unsatisfiable: WhenUnsatisfiable,
    /// Which pods are counted; none where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_selector: Option<LabelSelector>,
    /// With fewer domains than this, the least is taken as 0. Only with `DoNotSchedule`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_domains: Option<i32>,
    /// Whether nodes that the pod's node affinity rules out count. Default: they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_affinity_policy: Option<InclusionPolicy>,
    /// Whether nodes with taints that the pod does not tolerate are left out. Default: they count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_taints_policy: Option<InclusionPolicy>,
    /// Keys whose values on the incoming pod are added to the selector.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub match_label_keys: Vec<String>,
}

/// What happens where a spread cannot be kept.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum WhenUnsatisfiable {
    /// The pod waits.
    DoNotSchedule,
    /// It goes where the spread suffers least.
    ScheduleAnyway,
}

/// Whether a rule is taken into account where domains are counted.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum InclusionPolicy {
    /// Only nodes that pass the rule count.
    Honor,
    /// All nodes count.
    Ignore,
}
