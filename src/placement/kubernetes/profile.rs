//! A profile of `KubeSchedulerConfiguration` (`kubescheduler.config.k8s.io/v1`): which plugins take part, with what weight and
//! with what arguments. Absent values are the defaults of kube-scheduler v1.34.1, but for `percentageOfNodesToScore`.

use serde::{Deserialize, Serialize};

use crate::world::kubernetes::spread::{TopologySpreadConstraint, WhenUnsatisfiable};
use crate::world::kubernetes::{HOSTNAME_LABEL, LabelSelector, ZONE_LABEL};

use super::plugin::Plugin;

/// One profile, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
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

/// Plugins switched on and off at one point.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PluginSet {
    /// Switched on, or given another weight.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enabled: Vec<PluginEntry>,
    /// Switched off; `*` for all that are on by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disabled: Vec<PluginEntry>,
}

/// A plugin in a set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PluginEntry {
    /// Its name.
    pub name: String,
    /// Its weight among the scores; 1 where absent or 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i32>,
}

/// Arguments of one plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", content = "args")]
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

/// A resource and its weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
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

fn filled(resources: &[ResourceWeight]) -> Vec<ResourceWeight> {
    if resources.is_empty() {
        return cpu_and_memory();
    }
    let one_for_none = |weight: i64| if weight == 0 { 1 } else { weight };
    resources.iter().map(|r| ResourceWeight { name: r.name.clone(), weight: one_for_none(r.weight) }).collect()
}

/// Rules of `NodeResourcesFit`.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RatioShape {
    /// Its points, in order of use.
    pub shape: Vec<ShapePoint>,
}

/// A point of the function.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShapePoint {
    /// Use in per cent, 0 to 100.
    pub utilization: i64,
    /// Score, 0 to 10.
    pub score: i64,
}

/// `NodeResourcesBalancedAllocationArgs`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
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
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DefaultingType {
    /// Built in: hosts with `maxSkew` 3, zones with `maxSkew` 5, both `ScheduleAnyway`.
    #[default]
    System,
    /// The list of the arguments, which may be empty.
    List,
}

/// `DefaultPreemptionArgs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
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

/// What a profile comes to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Plugins that reject nodes, in order.
    pub filters: Vec<Plugin>,
    /// Plugins that give scores with their weights, in order.
    pub scores: Vec<(Plugin, i64)>,
    /// Whether pods may be preempted.
    pub preempts: bool,
    /// Nodes to look at, in per cent; 0 for the adaptive rule.
    pub percentage: u32,
    /// Of `NodeResourcesFit`.
    pub fit: FitArgs,
    /// Its strategy, defaults filled in.
    pub strategy: ScoringStrategy,
    /// Resources of `NodeResourcesBalancedAllocation`.
    pub balanced: Vec<ResourceWeight>,
    /// Of `InterPodAffinity`.
    pub affinity: InterPodAffinityArgs,
    /// Default constraints of `PodTopologySpread`.
    pub default_constraints: Vec<TopologySpreadConstraint>,
    /// Whether those are the built-in ones, which leave no node out for a missing label.
    pub system_defaulted: bool,
    /// Of `DefaultPreemption`.
    pub preemption: PreemptionArgs,
}

impl Profile {
    /// The plugins, weights and arguments, defaults filled in. Names that are no plugin of this scheduler are in
    /// [`Profile::unknown_plugins`]; here they have no effect.
    pub fn settings(&self) -> Settings {
        let none = Plugins::default();
        let plugins = self.plugins.as_ref().unwrap_or(&none);
        let on = plugins.multi_point.applied(Plugin::DEFAULT.iter().map(|(plugin, weight)| (*plugin, *weight)));
        let at = |points: [&PluginSet; 2], has: fn(Plugin) -> bool| {
            let mut list: Vec<(Plugin, i64)> = on.iter().copied().filter(|(plugin, _)| has(*plugin)).collect();
            for point in points {
                list = point.applied(list.into_iter());
            }
            list.retain(|(plugin, _)| has(*plugin));
            list
        };
        let (mut fit, mut balanced, mut affinity) =
            (FitArgs::default(), BalancedArgs::default(), InterPodAffinityArgs::default());
        let (mut spread, mut preemption) = (SpreadArgs::default(), PreemptionArgs::default());
        for config in &self.plugin_config {
            match config.clone() {
                PluginConfig::NodeResourcesFit(args) => fit = args,
                PluginConfig::NodeResourcesBalancedAllocation(args) => balanced = args,
                PluginConfig::InterPodAffinity(args) => affinity = args,
                PluginConfig::PodTopologySpread(args) => spread = args,
                PluginConfig::DefaultPreemption(args) => preemption = args,
            }
        }
        let mut strategy = fit.scoring_strategy.clone().unwrap_or_default();
        strategy.resources = strategy.weights();
        let system_defaulted = spread.defaulting_type == DefaultingType::System;
        let default_constraints = if system_defaulted { system_defaults() } else { spread.default_constraints };
        Settings {
            filters: at([&plugins.pre_filter, &plugins.filter], Plugin::filters)
                .into_iter()
                .map(|(plugin, _)| plugin)
                .collect(),
            scores: at([&plugins.pre_score, &plugins.score], Plugin::scores),
            preempts: !at([&plugins.post_filter, &PluginSet::default()], Plugin::preempts).is_empty(),
            percentage: self.percentage_of_nodes_to_score.unwrap_or(100),
            fit,
            strategy,
            balanced: filled(&balanced.resources),
            affinity,
            default_constraints,
            system_defaulted,
            preemption,
        }
    }

    /// Names in the profile that are no plugin of kube-scheduler v1.34.1.
    pub fn unknown_plugins(&self) -> Vec<&str> {
        let Some(plugins) = &self.plugins else { return Vec::new() };
        let points = [
            &plugins.multi_point,
            &plugins.pre_filter,
            &plugins.filter,
            &plugins.post_filter,
            &plugins.pre_score,
            &plugins.score,
        ];
        let entries = points.into_iter().flat_map(|set| set.enabled.iter().chain(&set.disabled));
        let names = entries.map(|entry| entry.name.as_str());
        names.filter(|name| *name != "*" && !Plugin::is_known(name)).collect()
    }
}

impl PluginSet {
    /// A list with this set's changes: what is disabled leaves, what is enabled is replaced in its place or added.
    fn applied(&self, list: impl Iterator<Item = (Plugin, i64)>) -> Vec<(Plugin, i64)> {
        let off = |plugin: Plugin| self.disabled.iter().any(|entry| entry.name == "*" || entry.name == plugin.name());
        let mut list: Vec<(Plugin, i64)> = list.filter(|(plugin, _)| !off(*plugin)).collect();
        for entry in &self.enabled {
            let Some(plugin) = Plugin::by_name(&entry.name) else { continue };
            let weight = entry.weight.map_or(1, i64::from).max(1);
            match list.iter_mut().find(|(other, _)| *other == plugin) {
                Some(place) => place.1 = weight,
                None => list.push((plugin, weight)),
            }
        }
        list
    }
}

/// `systemDefaultConstraints` of `PodTopologySpread`.
fn system_defaults() -> Vec<TopologySpreadConstraint> {
    let constraint = |key: &str, max_skew| TopologySpreadConstraint {
        max_skew,
        topology_key: key.into(),
        when_unsatisfiable: WhenUnsatisfiable::ScheduleAnyway,
        label_selector: None::<LabelSelector>,
        min_domains: None,
        node_affinity_policy: None,
        node_taints_policy: None,
        match_label_keys: Vec::new(),
    };
    vec![constraint(HOSTNAME_LABEL, 3), constraint(ZONE_LABEL, 5)]
}
