//! The plugins of this scheduler: names, order, default weights.

/// A plugin of kube-scheduler that is modelled here.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plugin {
    /// Cordoned nodes.
    NodeUnschedulable,
    /// A node asked for by name.
    NodeName,
    /// Taints.
    TaintToleration,
    /// Node selector and node affinity.
    NodeAffinity,
    /// Ports of the node.
    NodePorts,
    /// Room on the node.
    NodeResourcesFit,
    /// Spreading over domains.
    PodTopologySpread,
    /// Affinity to pods.
    InterPodAffinity,
    /// Making room.
    DefaultPreemption,
    /// Even use of the resources.
    NodeResourcesBalancedAllocation,
    /// Images that are there already.
    ImageLocality,
}

/// Plugins of kube-scheduler v1.34.1 without counterpart here: they are about volumes, claims, gates, the queue or binding.
const NOT_MODELLED: [&str; 8] = [
    "SchedulingGates",
    "PrioritySort",
    "VolumeRestrictions",
    "NodeVolumeLimits",
    "VolumeBinding",
    "VolumeZone",
    "DynamicResources",
    "DefaultBinder",
];

impl Plugin {
    /// All that take part by default, in order, with their weights among the scores.
    pub const DEFAULT: [(Plugin, i64); 11] = [
        (Plugin::NodeUnschedulable, 0),
        (Plugin::NodeName, 0),
        (Plugin::TaintToleration, 3),
        (Plugin::NodeAffinity, 2),
        (Plugin::NodePorts, 0),
        (Plugin::NodeResourcesFit, 1),
        (Plugin::PodTopologySpread, 2),
        (Plugin::InterPodAffinity, 2),
        (Plugin::DefaultPreemption, 0),
        (Plugin::NodeResourcesBalancedAllocation, 1),
        (Plugin::ImageLocality, 1),
    ];

    /// The name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Plugin::NodeUnschedulable => "NodeUnschedulable",
            Plugin::NodeName => "NodeName",
            Plugin::TaintToleration => "TaintToleration",
            Plugin::NodeAffinity => "NodeAffinity",
            Plugin::NodePorts => "NodePorts",
            Plugin::NodeResourcesFit => "NodeResourcesFit",
            Plugin::PodTopologySpread => "PodTopologySpread",
            Plugin::InterPodAffinity => "InterPodAffinity",
            Plugin::DefaultPreemption => "DefaultPreemption",
            Plugin::NodeResourcesBalancedAllocation => "NodeResourcesBalancedAllocation",
            Plugin::ImageLocality => "ImageLocality",
        }
    }

    /// What a column of its scores is called.
    pub fn title(self) -> &'static str {
        match self {
            Plugin::TaintToleration => "taints",
            Plugin::NodeAffinity => "affinity",
            Plugin::NodeResourcesFit => "fit",
            Plugin::PodTopologySpread => "spread",
            Plugin::InterPodAffinity => "pods",
            Plugin::NodeResourcesBalancedAllocation => "balance",
            Plugin::ImageLocality => "images",
            other => other.name(),
        }
    }

    /// The plugin of a name.
    pub fn by_name(name: &str) -> Option<Plugin> {
        Plugin::DEFAULT.iter().map(|(plugin, _)| *plugin).find(|plugin| plugin.name() == name)
    }

    /// Whether kube-scheduler has a plugin of this name.
    pub fn is_known(name: &str) -> bool {
        Plugin::names().any(|known| known == name)
    }

    /// The names of all plugins of kube-scheduler, those without a counterpart here last.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Plugin::DEFAULT.iter().map(|(plugin, _)| plugin.name()).chain(NOT_MODELLED)
    }

    /// Whether it rejects nodes.
    pub fn filters(self) -> bool {
        !matches!(self, Plugin::DefaultPreemption | Plugin::NodeResourcesBalancedAllocation | Plugin::ImageLocality)
    }

    /// Whether it gives scores.
    pub fn scores(self) -> bool {
        matches!(
            self,
            Plugin::TaintToleration
                | Plugin::NodeAffinity
                | Plugin::NodeResourcesFit
                | Plugin::PodTopologySpread
                | Plugin::InterPodAffinity
                | Plugin::NodeResourcesBalancedAllocation
                | Plugin::ImageLocality
        )
    }

    /// Whether it makes room.
    pub fn preempts(self) -> bool {
        self == Plugin::DefaultPreemption
    }
}
