//! A profile of `KubeSchedulerConfiguration` (`kubescheduler.config.k8s.io/v1`) as it is written: which plugins take part, with
//! what weight and with what arguments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::spread::TopologySpreadConstraint;

/// One profile, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "scheduler profile")]
pub struct Profile {
    /// The name that pods choose the profile by; without effect, as there is one scheduler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduler_name: Option<String>,
    /// How many of the nodes are looked at, in per cent: 100 where absent (every node), 0 for the adaptive rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentage_of_nodes_to_score: Option<u32>,
    /// Which plugins take part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugins: Option<Plugins>,
    /// Arguments of plugins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plugin_config: Vec<PluginConfig>,
}

/// Plugins by extension point.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "set of plugins")]
pub struct Plugins {
    /// At all points that a plugin has.
    pub multi_point: PluginSet,
    /// Before the filters; a plugin that is switched off here rejects no node either.
    pub pre_filter: PluginSet,
    /// Which reject nodes.
    pub filter: PluginSet,
    /// What happens where no node is left: `DefaultPreemption`.
    pub post_filter: PluginSet,
    /// Before the scores; a plugin that is switched off here gives no score either.
    pub pre_score: PluginSet,
    /// Which give scores.
    pub score: PluginSet,
}

impl Plugins {
    /// The sets with the names of their points.
    pub fn points(&self) -> [(&'static str, &PluginSet); 6] {
        [
            ("multiPoint", &self.multi_point),
            ("preFilter", &self.pre_filter),
            ("filter", &self.filter),
            ("postFilter", &self.post_filter),
            ("preScore", &self.pre_score),
            ("score", &self.score),
        ]
    }
}

/// Plugins switched on and off at one point.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "pair of plugin lists")]
pub struct PluginSet {
    /// Switched on, or given another weight.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enabled: Vec<PluginEntry>,
    /// Switched off; `*` for all that are on by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disabled: Vec<PluginEntry>,
}

/// A plugin in a set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "plugin")]
pub struct PluginEntry {
    /// Its name.
    pub name: String,
    /// Its weight among the scores; 1 where absent or 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i32>,
}

/// Arguments of one plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "name", content = "args")]
#[schemars(title = "plugin configuration")]
pub enum PluginConfig {
    /// Room on the node.
    NodeResourcesFit(FitArgs),
    /// Even use of the resources.
    NodeResourcesBalancedAllocation(BalancedArgs),
    /// Affinity between pods.
    InterPodAffinity(InterPodAffinityArgs),
    /// Spreading.
    PodTopologySpread(SpreadArgs),
    /// Preemption.
    DefaultPreemption(PreemptionArgs),
}

impl PluginConfig {
    /// The plugin's name.
    pub fn name(&self) -> &'static str {
        match self {
            PluginConfig::NodeResourcesFit(_) => "NodeResourcesFit",
            PluginConfig::NodeResourcesBalancedAllocation(_) => "NodeResourcesBalancedAllocation",
            PluginConfig::InterPodAffinity(_) => "InterPodAffinity",
            PluginConfig::PodTopologySpread(_) => "PodTopologySpread",
            PluginConfig::DefaultPreemption(_) => "DefaultPreemption",
        }
    }
}

/// A resource and its weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "weight of a resource")]
pub struct ResourceWeight {
    /// The resource.
    pub name: String,
    /// 1 to 100; 1 where absent or 0.
    #[serde(default)]
    pub weight: i64,
}

fn cpu_and_memory() -> Vec<ResourceWeight> {
    ["cpu", "memory"].map(|name| ResourceWeight { name: name.into(), weight: 1 }).into()
}

/// `NodeResourcesFitArgs`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "set of arguments")]
pub struct FitArgs {
    /// `kubescheduler.config.k8s.io/v1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// `NodeResourcesFitArgs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Extended resources that are not looked at by the filter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored_resources: Vec<String>,
    /// Prefixes of such resources, up to the slash.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored_resource_groups: Vec<String>,
    /// How nodes are scored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scoring_strategy: Option<ScoringStrategy>,
}

/// How room on a node is scored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "scoring strategy")]
pub struct ScoringStrategy {
    /// Which rule.
    #[serde(rename = "type")]
    pub kind: StrategyKind,
    /// Over which resources; cpu and memory alike where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceWeight>,
    /// The shape of `RequestedToCapacityRatio`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_to_capacity_ratio: Option<RatioShape>,
}

impl ScoringStrategy {
    /// The resources, defaults filled in.
    pub fn weights(&self) -> Vec<ResourceWeight> {
        filled(&self.resources)
    }
}

/// Resources with their weights, defaults filled in: cpu and memory alike where there are none.
pub fn filled(resources: &[ResourceWeight]) -> Vec<ResourceWeight> {
    if resources.is_empty() {
        return cpu_and_memory();
    }
    let one_for_none = |weight: i64| if weight == 0 { 1 } else { weight };
    resources.iter().map(|r| ResourceWeight { name: r.name.clone(), weight: one_for_none(r.weight) }).collect()
}

/// Rules of `NodeResourcesFit`.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "scoring strategy")]
pub enum StrategyKind {
    /// The emptier, the better.
    #[default]
    LeastAllocated,
    /// The fuller, the better.
    MostAllocated,
    /// By a function of the use.
    RequestedToCapacityRatio,
}

/// A function of the use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "shape")]
pub struct RatioShape {
    /// Its points, in order of use.
    pub shape: Vec<ShapePoint>,
}

/// A point of the function.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "point of a shape")]
pub struct ShapePoint {
    /// Use in per cent, 0 to 100.
    pub utilization: i64,
    /// Score, 0 to 10.
    pub score: i64,
}

/// `NodeResourcesBalancedAllocationArgs`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "set of arguments")]
pub struct BalancedArgs {
    /// `kubescheduler.config.k8s.io/v1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// `NodeResourcesBalancedAllocationArgs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Over which resources, weights without effect; cpu and memory where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceWeight>,
}

/// `InterPodAffinityArgs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "set of arguments")]
pub struct InterPodAffinityArgs {
    /// `kubescheduler.config.k8s.io/v1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// `InterPodAffinityArgs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What a required affinity of an existing pod that the incoming pod matches counts, 0 to 100.
    pub hard_pod_affinity_weight: i64,
    /// Skip the score of pods that prefer nothing themselves.
    pub ignore_preferred_terms_of_existing_pods: bool,
}

impl Default for InterPodAffinityArgs {
    fn default() -> Self {
        InterPodAffinityArgs {
            api_version: None,
            kind: None,
            hard_pod_affinity_weight: 1,
            ignore_preferred_terms_of_existing_pods: false,
        }
    }
}

/// `PodTopologySpreadArgs`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "set of arguments")]
pub struct SpreadArgs {
    /// `kubescheduler.config.k8s.io/v1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// `PodTopologySpreadArgs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Constraints of pods that have none of their own; without selectors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_constraints: Vec<TopologySpreadConstraint>,
    /// Where the default constraints come from.
    pub defaulting_type: DefaultingType,
}

/// Where default constraints come from.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "defaulting type")]
pub enum DefaultingType {
    /// Built in: hosts with `maxSkew` 3, zones with `maxSkew` 5, both `ScheduleAnyway`.
    #[default]
    System,
    /// The list of the arguments, which may be empty.
    List,
}

/// `DefaultPreemptionArgs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "set of arguments")]
pub struct PreemptionArgs {
    /// `kubescheduler.config.k8s.io/v1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// `DefaultPreemptionArgs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Candidates to find, as a share of the nodes that could be.
    pub min_candidate_nodes_percentage: usize,
    /// Candidates to find at least.
    pub min_candidate_nodes_absolute: usize,
}

impl Default for PreemptionArgs {
    fn default() -> Self {
        PreemptionArgs {
            api_version: None,
            kind: None,
            min_candidate_nodes_percentage: 10,
            min_candidate_nodes_absolute: 100,
        }
    }
}
