//! What a scheduler's profile comes to. Absent values are the defaults of kube-scheduler v1.34.1, but for
//! `percentageOfNodesToScore`.

use crate::world::kubernetes::profile::{
    BalancedArgs, DefaultingType, FitArgs, InterPodAffinityArgs, PluginConfig, PluginSet, Plugins, PreemptionArgs,
    ResourceWeight, ScoringStrategy, SpreadArgs, filled,
};
use crate::world::kubernetes::spread::{TopologySpreadConstraint, WhenUnsatisfiable};
use crate::world::kubernetes::{HOSTNAME_LABEL, LabelSelector, ZONE_LABEL};

use super::plugin::Plugin;

pub use crate::world::kubernetes::profile::{Profile, ShapePoint, StrategyKind};

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
    /// The plugins, weights and arguments, defaults filled in. Names of plugins that are not modelled have no effect.
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
