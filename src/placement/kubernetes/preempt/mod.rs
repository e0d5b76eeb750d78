//! `DefaultPreemption`: on which node room can be made for a pod, and which pods have to go.

pub mod choice;
pub mod victims;

use super::filter;
use super::plain::{self, Pending};
use super::reason::{Reason, Unfit};
use super::snapshot::{NodeIndex, PodKey, Snapshot};
use super::tie::Tie;
use crate::world::kubernetes::PreemptionPolicy;

/// What a PodDisruptionBudget still allows; in the order of the cluster's budgets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// `status.disruptionsAllowed`.
    pub allowed: i64,
    /// Pods that the API server has charged already (`status.disruptedPods`).
    pub disrupted: Vec<PodKey>,
}

/// Room that could be made on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The node.
    pub node: NodeIndex,
    /// Pods that have to go, most important first.
    pub victims: Vec<PodKey>,
    /// How many of them break a budget.
    pub violations: usize,
}

/// What came of an attempt.
#[derive(Clone, Debug, Default)]
pub struct Attempt {
    /// Nodes where taking pods away might have helped.
    pub potential: Vec<NodeIndex>,
    /// Nodes where it does.
    pub candidates: Vec<Candidate>,
    /// The candidates that are left after all criteria, as places in the list.
    pub best: Vec<usize>,
    /// The one that was taken.
    pub chosen: Option<usize>,
    /// What the scheduler adds to its event where nothing was found.
    pub message: String,
}

impl Attempt {
    /// The candidate that was taken.
    pub fn preemption(&self) -> Option<&Candidate> {
        self.chosen.map(|place| &self.candidates[place])
    }
}

/// What the plugin for resource claims says before preemption has its say.
const NO_CLAIMS: &str = "no new claims to deallocate, ";

/// Why a pod may not preempt at all.
fn not_eligible(snapshot: &Snapshot, pending: &Pending, filtered: &plain::Filtered) -> Option<&'static str> {
    let pod = &snapshot.templates[pending.template].spec;
    if pod.preemption_policy == PreemptionPolicy::Never {
        return Some("not eligible due to preemptionPolicy=Never.");
    }
    // The pod has made room already and its victims are still on their way out.
    let node = pending.nominated?;
    if filtered.rejected.iter().any(|(other, rejection)| *other == node && !rejection.resolvable) {
        return None;
    }
    let leaves = |key: &PodKey| {
        let row = &snapshot.pods[*key];
        row.preempted && snapshot.templates[row.template].spec.priority < pod.priority
    };
    let leaving = snapshot.nodes[node].live && snapshot.nodes[node].pods.iter().any(leaves);
    leaving.then_some("not eligible due to a terminating pod on the nominated node.")
}

/// Looks for room for a pod that fits nowhere.
pub fn attempt(snapshot: &Snapshot, pending: &Pending, allowances: &[Allowance], tie: &mut Tie) -> Attempt {
    let order = snapshot.live_nodes().map(|(node, _)| node);
    let filtered = plain::filter(snapshot, pending, order, usize::MAX);
    let mut attempt = Attempt::default();
    if !snapshot.settings.preempts {
        return attempt;
    }
    if let Some(why) = not_eligible(snapshot, pending, &filtered) {
        attempt.message = format!("{NO_CLAIMS}preemption: {why}");
        return attempt;
    }
    let potential = filtered.rejected.iter().filter(|(_, rejection)| rejection.resolvable);
    attempt.potential = potential.map(|(node, _)| *node).collect();
    let mut unfit = Unfit { nodes: snapshot.live(), ..Unfit::default() };
    dry_run(snapshot, pending, allowances, tie, &mut attempt, &mut unfit);
    if attempt.candidates.is_empty() {
        for _ in unfit_nodes(&attempt)..snapshot.live() {
            unfit.count(&[Reason::PreemptionHelpsNot]);
        }
        attempt.message = format!("{NO_CLAIMS}preemption: {}", unfit.message());
        return attempt;
    }
    attempt.best = choice::best(snapshot, &attempt.candidates);
    let names = |place: &usize| snapshot.nodes[attempt.candidates[*place].node].facts.name.as_str();
    attempt.chosen = Some(tie.among(&attempt.best, names));
    attempt
}

/// Without a candidate every potential node was tried and has its own reason.
fn unfit_nodes(attempt: &Attempt) -> usize {
    attempt.potential.len()
}

/// Tries the potential nodes in turn, from a random one, until there are enough candidates and one of them breaks no budget.
fn dry_run(
    snapshot: &Snapshot,
    pending: &Pending,
    allowances: &[Allowance],
    tie: &mut Tie,
    attempt: &mut Attempt,
    unfit: &mut Unfit,
) {
    let nodes = attempt.potential.len();
    if nodes == 0 {
        return;
    }
    let args = &snapshot.settings.preemption;
    let share = nodes * args.min_candidate_nodes_percentage / 100;
    let wanted = share.max(args.min_candidate_nodes_absolute).min(nodes);
    let offset = if wanted < nodes { tie.offset(nodes) } else { 0 };
    let pod = &snapshot.templates[pending.template];
    let mut state = filter::State::new(snapshot, pod, pending.pin);
    for step in 0..nodes {
        let node = attempt.potential[(offset + step) % nodes];
        match victims::select(snapshot, &mut state, pending, node, allowances) {
            Ok(candidate) => attempt.candidates.push(candidate),
            Err(reasons) => unfit.count(&reasons),
        }
        let keeps_budgets = |candidate: &Candidate| candidate.violations == 0;
        if attempt.candidates.len() >= wanted && attempt.candidates.iter().any(keeps_budgets) {
            break;
        }
    }
    attempt.candidates.sort_by_key(|candidate| candidate.node);
}
