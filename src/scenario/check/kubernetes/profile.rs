//! A scheduler's profile, checked as kube-scheduler checks its configuration before it starts (v1.34,
//! `pkg/scheduler/apis/config/validation`), and what of it has no effect here.

use crate::base::nearest::instead;
use crate::placement::kubernetes::plugin::Plugin;
use crate::scenario::source::path::Path;
use crate::world::kubernetes::profile::{
    DefaultingType, PluginConfig, PluginEntry, Profile, RatioShape, ResourceWeight, ScoringStrategy, SpreadArgs,
    StrategyKind,
};

use super::Checker;

impl Checker<'_> {
    /// Reports what is wrong with a profile.
    pub(super) fn profile(&mut self, profile: &Profile, at: &Path) {
        if let Some(percent) = profile.percentage_of_nodes_to_score.filter(|percent| *percent > 100) {
            let path = at.key("percentageOfNodesToScore");
            self.error(
                &path,
                format!("expected 0 to 100, found {percent}"),
                Some("0 stands for the adaptive rule".into()),
            );
        }
        if let Some(plugins) = &profile.plugins {
            for (point, set) in plugins.points() {
                let path = at.key("plugins").key(point);
                self.entries(&set.enabled, point, true, &path.key("enabled"));
                self.entries(&set.disabled, point, false, &path.key("disabled"));
            }
        }
        let mut seen: Vec<&str> = Vec::new();
        for (place, config) in profile.plugin_config.iter().enumerate() {
            let path = at.key("pluginConfig").index(place);
            if seen.contains(&config.name()) {
                let message = format!("`{}` is configured by an earlier entry", config.name());
                self.error(&path.key("name"), message, Some("write its arguments once".into()));
            }
            seen.push(config.name());
            self.arguments(config, &path.key("args"));
        }
    }

    fn entries(&mut self, entries: &[PluginEntry], point: &'static str, enabled: bool, at: &Path) {
        for (place, entry) in entries.iter().enumerate() {
            let (name, path) = (entry.name.as_str(), at.index(place));
            if entries[..place].iter().any(|earlier| earlier.name == name) {
                self.error(&path.key("name"), format!("`{name}` stands in this list already"), None);
            }
            if let Some(weight) = entry.weight.filter(|weight| *weight < 0) {
                let message = format!("a weight is not negative, found {weight}");
                self.error(
                    &path.key("weight"),
                    message,
                    Some("0 stands for 1; `disabled` switches a plugin off".into()),
                );
            }
            let path = path.key("name");
            let Some(plugin) = Plugin::by_name(name) else {
                self.without_counterpart(name, enabled, &path);
                continue;
            };
            let has_it = match point {
                "filter" => plugin.filters(),
                "score" => plugin.scores(),
                "postFilter" => plugin.preempts(),
                _ => true,
            };
            if enabled && !has_it {
                let has = |plugin: &Plugin| match point {
                    "filter" => plugin.filters(),
                    "score" => plugin.scores(),
                    _ => plugin.preempts(),
                };
                let able = Plugin::DEFAULT.iter().map(|(plugin, _)| *plugin).filter(has).map(Plugin::name);
                let able: Vec<&str> = able.collect();
                let message = format!("`{name}` has no part at `{point}`");
                self.error(&path, message, instead(name, "plugins that have one", &able));
            }
        }
    }

    /// A name that is no plugin of this scheduler.
    fn without_counterpart(&mut self, name: &str, enabled: bool, at: &Path) {
        if name == "*" {
            if enabled {
                let help = "name the plugins; `*` stands under `disabled`".to_owned();
                self.error(at, "`*` cannot be enabled", Some(help));
            }
        } else if Plugin::is_known(name) {
            self.warn(at, format!("`{name}` has no counterpart here: to name it has no effect"));
        } else {
            let known: Vec<&str> = Plugin::names().collect();
            self.error(at, format!("kube-scheduler has no plugin `{name}`"), instead(name, "plugins", &known));
        }
    }

    fn arguments(&mut self, config: &PluginConfig, at: &Path) {
        match config {
            PluginConfig::NodeResourcesFit(args) => {
                if let Some(strategy) = &args.scoring_strategy {
                    self.strategy(strategy, &at.key("scoringStrategy"));
                }
            }
            PluginConfig::NodeResourcesBalancedAllocation(args) => self.weights(&args.resources, &at.key("resources")),
            PluginConfig::InterPodAffinity(args) => {
                let weight = args.hard_pod_affinity_weight;
                self.within(weight, 0..=100, &at.key("hardPodAffinityWeight"));
            }
            PluginConfig::PodTopologySpread(args) => self.default_constraints(args, at),
            PluginConfig::DefaultPreemption(args) => {
                let (share, least) = (args.min_candidate_nodes_percentage, args.min_candidate_nodes_absolute);
                let path = at.key("minCandidateNodesPercentage");
                self.within(i64::try_from(share).unwrap_or(i64::MAX), 0..=100, &path);
                if share == 0 && least == 0 {
                    let message = "`minCandidateNodesPercentage` and `minCandidateNodesAbsolute` cannot both be 0";
                    self.error(&path, message, Some("write a number above 0 in one of them".into()));
                }
            }
        }
    }

    fn within(&mut self, found: i64, range: std::ops::RangeInclusive<i64>, at: &Path) {
        if !range.contains(&found) {
            self.error(at, format!("expected {} to {}, found {found}", range.start(), range.end()), None);
        }
    }

    fn weights(&mut self, resources: &[ResourceWeight], at: &Path) {
        for (place, resource) in resources.iter().enumerate() {
            // Absent or 0 it is 1.
            self.within(resource.weight, 0..=100, &at.index(place).key("weight"));
            if resources[..place].iter().any(|earlier| earlier.name == resource.name) {
                let message = format!("`{}` stands in this list already", resource.name);
                self.error(&at.index(place).key("name"), message, None);
            }
        }
    }

    fn strategy(&mut self, strategy: &ScoringStrategy, at: &Path) {
        self.weights(&strategy.resources, &at.key("resources"));
        let by_shape = strategy.kind == StrategyKind::RequestedToCapacityRatio;
        match &strategy.requested_to_capacity_ratio {
            Some(ratio) if by_shape => self.shape(ratio, &at.key("requestedToCapacityRatio").key("shape")),
            Some(_) => {
                let path = at.key("requestedToCapacityRatio");
                self.warn(&path, "`requestedToCapacityRatio` has no effect but with `type: RequestedToCapacityRatio`");
            }
            None if by_shape => {
                let help = "add `requestedToCapacityRatio: {shape: [{utilization: 0, score: 0}, {utilization: 100, \
                            score: 10}]}`";
                self.error(&at.key("type"), "`RequestedToCapacityRatio` needs a shape", Some(help.into()));
            }
            None => {}
        }
    }

    fn shape(&mut self, ratio: &RatioShape, at: &Path) {
        if ratio.shape.is_empty() {
            self.error(at, "a shape has at least one point", None);
        }
        for (place, point) in ratio.shape.iter().enumerate() {
            let path = at.index(place);
            self.within(point.utilization, 0..=100, &path.key("utilization"));
            self.within(point.score, 0..=10, &path.key("score"));
            if let Some(before) = place.checked_sub(1).map(|before| ratio.shape[before].utilization)
                && point.utilization <= before
            {
                let message = format!("the points of a shape go up: {} comes after {before}", point.utilization);
                self.error(&path.key("utilization"), message, None);
            }
        }
    }

    fn default_constraints(&mut self, args: &SpreadArgs, at: &Path) {
        let path = at.key("defaultConstraints");
        if args.defaulting_type == DefaultingType::System && !args.default_constraints.is_empty() {
            let help = "add `defaultingType: List`".to_owned();
            self.error_at_key(&path, "`defaultConstraints` are only read with `defaultingType: List`", Some(help));
        }
        for (place, constraint) in args.default_constraints.iter().enumerate() {
            let path = path.index(place);
            if constraint.max_skew < 1 {
                let message = format!("expected at least 1, found {}", constraint.max_skew);
                self.error(&path.key("maxSkew"), message, None);
            }
            if constraint.label_selector.is_some() {
                let help = "leave it out: the pods of the same Service or controller are counted".to_owned();
                let message = "a default constraint takes no `labelSelector`";
                self.error_at_key(&path.key("labelSelector"), message, Some(help));
            }
        }
    }
}
