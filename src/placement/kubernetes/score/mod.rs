//! Scores: which of the nodes left is best. One file a plugin.

pub mod balanced;
pub mod fit;
pub mod images;
pub mod node_affinity;
pub mod pod_affinity;
pub mod spread;
pub mod taints;

use super::plugin::Plugin;
use super::snapshot::template::Template;
use super::snapshot::{NodeIndex, Snapshot};

/// The best normalised score.
pub const MAX: i64 = 100;

/// One plugin's scores of the nodes left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scores {
    /// What the plugin said of each node.
    pub raw: Vec<i64>,
    /// The same after normalisation, 0 to 100.
    pub normalised: Vec<i64>,
}

/// A plugin's scores of the nodes left; `None` where it steps aside for the pod.
pub fn of(
    plugin: Plugin,
    snapshot: &Snapshot,
    pod: &Template,
    pin: Option<NodeIndex>,
    nodes: &[NodeIndex],
) -> Option<Scores> {
    match plugin {
        Plugin::TaintToleration => {
            let raw = each(snapshot, nodes, |row| taints::raw(pod, &row.facts));
            let max = raw.iter().copied().max().unwrap_or(0);
            Some(Scores { normalised: raw.iter().map(|raw| taints::normalised(*raw, max)).collect(), raw })
        }
        Plugin::NodeAffinity => node_affinity::takes_part(pod).then(|| {
            let raw = each(snapshot, nodes, |row| node_affinity::raw(pod, &row.facts));
            let max = raw.iter().copied().max().unwrap_or(0);
            Scores { normalised: raw.iter().map(|raw| node_affinity::normalised(*raw, max)).collect(), raw }
        }),
        Plugin::NodeResourcesFit => {
            let rule = fit::Rule::new(snapshot, pod);
            Some(final_scores(each(snapshot, nodes, |row| rule.score(&row.facts, &row.usage))))
        }
        Plugin::NodeResourcesBalancedAllocation => balanced::Rule::new(snapshot, pod)
            .map(|rule| final_scores(each(snapshot, nodes, |row| rule.score(&row.facts, &row.usage)))),
        Plugin::ImageLocality => {
            Some(final_scores(each(snapshot, nodes, |row| images::score(snapshot, pod, &row.images))))
        }
        Plugin::PodTopologySpread => spread::scores(snapshot, pod, pin, nodes),
        Plugin::InterPodAffinity => pod_affinity::scores(snapshot, pod, nodes),
        Plugin::NodeUnschedulable | Plugin::NodeName | Plugin::NodePorts | Plugin::DefaultPreemption => None,
    }
}

fn each(snapshot: &Snapshot, nodes: &[NodeIndex], score: impl Fn(&super::snapshot::node::NodeRow) -> i64) -> Vec<i64> {
    nodes.iter().map(|node| score(&snapshot.nodes[*node])).collect()
}

fn final_scores(raw: Vec<i64>) -> Scores {
    Scores { normalised: raw.clone(), raw }
}
