//! Why the scheduler sends a pod where it sends it: the plugin that filtered a node out, or every plugin's score.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rand::RngExt;

use super::super::reason::Rejection;
use super::super::{NodeIndex, Pending, Tie};
use super::{KubePlacer, rng};
use crate::placement::explain::{Basis, Candidate, Explanation, Nomination, Plugin, Verdict};
use crate::placement::policy::TieBreak;
use crate::world::command::Order;
use crate::world::fleet::Scheduling;
use crate::world::{InstanceId, World};

/// What became of a node that no plugin was asked about.
const NOT_LOOKED_AT: &str = "not looked at";

impl KubePlacer {
    /// The explanation of an order, as the world stands.
    pub(super) fn explanation(&mut self, world: &World, order: &Order) -> Explanation {
        let tie_break = match self.tie_break {
            TieBreak::Random => "a random choice, fixed by the seed",
            TieBreak::First => "the name that comes first (tieBreak: first)",
        };
        let nomination = self.nomination(order);
        let daemon = world.fleet.services[order.service].scheduling == Scheduling::Daemon;
        if order.pin.is_some() && !daemon {
            let candidates = only(world, order.pin, "the pod was bound to another node before the run began");
            let basis = Basis::Only("it was bound there before the run began");
            return Explanation { basis, tie_break, nomination, candidates };
        }
        let pending = self.pending(world, order);
        if let Some(decision) = self.scheduler.nominated(&pending) {
            let node = self.instances[decision.node.0 as usize];
            let candidates =
                only(world, node, "the pod is nominated to another node, and the filters let it pass there");
            let basis = Basis::Only("it is nominated to that node, which is tried before all others");
            return Explanation { basis, tie_break, nomination, candidates };
        }
        self.scores(world, order, &pending, tie_break, nomination)
    }

    fn nomination(&self, order: &Order) -> Option<Nomination> {
        let nominated = self.nominated.get(&(order.service, order.slot))?;
        let instance = self.instances[nominated.node.0 as usize];
        Some(Nomination { instance, victims: nominated.victims.clone() })
    }

    fn scores(
        &self,
        world: &World,
        order: &Order,
        pending: &Pending,
        tie_break: &'static str,
        nomination: Option<Nomination>,
    ) -> Explanation {
        let (filtered, scored) = self.scheduler.considered(pending);
        let snapshot = self.scheduler.snapshot();
        let instance = |node: NodeIndex| self.instances[node.0 as usize];
        let mut verdicts: BTreeMap<InstanceId, Verdict> = BTreeMap::new();
        for (node, rejection) in &filtered.rejected {
            verdicts.insert(instance(*node), rejected(rejection));
        }

        let best: Vec<NodeIndex> = scored.best().1.into_iter().map(|place| filtered.feasible[place]).collect();
        let mut rng = rng(world, order);
        let mut draw = |below: usize| rng.random_range(0..below);
        let mut tie = match self.tie_break {
            TieBreak::First => Tie::SmallestName,
            TieBreak::Random => Tie::Draw(&mut draw),
        };
        let chosen = match best.is_empty() {
            true => None,
            false => Some(tie.among(&best, |node| snapshot.nodes[*node].facts.name.as_str())),
        };
        let of_node = |place: usize| scored.scores.iter().map(|scores| scores.normalised[place]).collect::<Vec<i64>>();
        let mut rows: Vec<(NodeIndex, i64, Vec<i64>)> = filtered
            .feasible
            .iter()
            .enumerate()
            .map(|(place, node)| (*node, scored.totals[place], of_node(place)))
            .collect();
        rows.sort_by_cached_key(|(node, total, scores)| {
            let zone = world.instances[instance(*node)].zone;
            (Some(*node) != chosen, Reverse(*total), Reverse(scores.clone()), zone, instance(*node))
        });
        for (place, (node, total, scores)) in rows.into_iter().enumerate() {
            verdicts.insert(instance(node), Verdict::Scored { rank: place as u32 + 1, scores, total });
        }

        let enough = filtered.feasible.len();
        let left_out = |id: InstanceId| match self.node(id) {
            None => Verdict::Excluded { by: "no node", detail: "its kubelet has not registered, or it is gone".into() },
            Some(_) => Verdict::Excluded {
                by: NOT_LOOKED_AT,
                detail: format!("{enough} nodes that can take the pod are enough (percentageOfNodesToScore)"),
            },
        };
        let candidates = world
            .live_instances()
            .map(|(id, _)| Candidate { instance: id, verdict: verdicts.remove(&id).unwrap_or_else(|| left_out(id)) })
            .collect();
        let plugins = scored.plugins.iter().map(|(plugin, weight)| Plugin {
            name: plugin.name(),
            title: plugin.title(),
            weight: *weight,
        });
        let skipped = scored.skipped.iter().map(|plugin| plugin.name()).collect();
        Explanation { basis: Basis::Scores { plugins: plugins.collect(), skipped }, tie_break, nomination, candidates }
    }
}

fn rejected(rejection: &Rejection) -> Verdict {
    let reasons: Vec<String> = rejection.reasons.iter().map(ToString::to_string).collect();
    Verdict::Excluded { by: rejection.plugin.name(), detail: reasons.join(", ") }
}

/// One node was looked at; the others for this reason not.
fn only(world: &World, instance: InstanceId, why_not: &str) -> Vec<Candidate> {
    let verdict = |id: InstanceId| match id == instance {
        true => Verdict::Ranked { rank: 1, values: Vec::new(), behind_at: None },
        false => Verdict::Excluded { by: NOT_LOOKED_AT, detail: why_not.into() },
    };
    world.live_instances().map(|(id, _)| Candidate { instance: id, verdict: verdict(id) }).collect()
}
