//! Whether services stay up when a zone, or some instances, are lost: counted on the placement that the orchestrator makes.
//!
//! The tasks are placed as at the start of a run, everything running. A service keeps up when the healthy tasks that are
//! not on what is lost are at least as many as its `upWhen` asks for, from the very moment of the loss. Of `k` instances those
//! are lost that hold most of the service's tasks: no other `k` leave fewer, so all choices are covered. Placement may depend
//! on chance (strategy `random`, ties), so [`STARTS`] starts with the random numbers of as many replications are looked at
//! and the worst one counts.
//!
//! The loss of a zone is simulated too ([`lose_zones`]), without other failures: its hosts lose power for good ten minutes
//! after the start, it takes no launches, and Auto Scaling and the orchestrator react for two hours. That must not leave
//! fewer healthy tasks than the count, and shows when the service is whole again, with the zone still gone.
//!
//! Judged is the placement at the start. Failures that pile up before the loss are a matter of the simulated
//! availability. DAEMON services are left out: what is wanted of them shrinks with the instances.
//!
//! A search for capacity asks this of each candidate ([`mod@super::search`]); of a single plan the losses that its scenario
//! promises to survive are judged once ([`promise`]), however many replications are run.

mod count;
pub mod outcome;
pub mod promise;
mod simulate;

use rayon::prelude::*;

use crate::scenario::Plan;
use crate::scenario::plan::Loss;
use crate::world::ServiceId;
use crate::world::fleet::Scheduling;

use outcome::LossOutcome;

pub use simulate::lose_zones;

/// Starts that are looked at.
pub const STARTS: u64 = 16;

/// A loss and the services that must survive it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// What is lost.
    pub loss: Loss,
    /// Who must stay up; services with a desired count, in their order.
    pub services: Vec<ServiceId>,
}

/// What must be survived in a plan, each loss once: what its scenario promises, and what every service must survive besides.
pub fn demands(plan: &Plan, by_all: &[Loss]) -> Vec<Demand> {
    let mut list: Vec<Demand> = Vec::new();
    let mut add = |loss: Loss, service: ServiceId| match list.iter_mut().find(|demand| demand.loss == loss) {
        Some(demand) => demand.services.push(service),
        None => list.push(Demand { loss, services: vec![service] }),
    };
    for loss in by_all {
        let services = plan.fleet.services.iter();
        let replicas = services.filter(|(_, spec)| spec.scheduling == Scheduling::Replica);
        replicas.for_each(|(service, _)| add(*loss, service));
    }
    plan.survives.iter().for_each(|promised| add(promised.loss, promised.service));
    for demand in &mut list {
        demand.services.sort_unstable();
        demand.services.dedup();
    }
    list
}

/// What the starts of a plan show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// A service whose tasks do not all find room: its name, tasks that run, tasks wanted.
    pub unplaced: Option<(String, u32, u32)>,
    /// What each loss leaves of each service, in the order of the losses, zones and services.
    pub losses: Vec<LossOutcome>,
}

impl Standing {
    /// What is wrong with it: in a word or two, and in a sentence.
    pub fn limit(&self) -> Option<(String, String)> {
        if let Some((service, running, wanted)) = &self.unplaced {
            let missing = wanted - running;
            let tasks = if missing == 1 { "1 task".into() } else { format!("{missing} tasks") };
            let find = if missing == 1 { "finds" } else { "find" };
            return Some((
                "room".into(),
                format!("no room: {tasks} of the {wanted} of `{service}` {find} no instance"),
            ));
        }
        // The worst first: what is furthest below.
        let fails = self.losses.iter().filter(|loss| !loss.survives());
        let worst = fails.reduce(|a, b| if b.needed - b.left > a.needed - a.left { b } else { a });
        worst.map(|loss| (format!("loss of {}", loss.lost), loss.sentence()))
    }

    /// The worse of two starts, figure by figure.
    fn worse(mut self, other: Standing) -> Standing {
        self.unplaced = self.unplaced.or(other.unplaced);
        for (one, other) in self.losses.iter_mut().zip(other.losses) {
            one.left = one.left.min(other.left);
        }
        self
    }
}

/// Looks at the starts of a plan. The first one is enough where something is wrong with it.
pub fn standing(plan: &Plan, demands: &[Demand]) -> Standing {
    let mut plan = plan.clone();
    plan.starts_running = true;
    let first = count::start(&plan, demands, 0);
    if first.limit().is_some() {
        return first;
    }
    others(&plan, demands, first)
}

/// Looks at all the starts of a plan.
fn whole_standing(plan: &Plan, demands: &[Demand]) -> Standing {
    let mut plan = plan.clone();
    plan.starts_running = true;
    let first = count::start(&plan, demands, 0);
    others(&plan, demands, first)
}

fn others(plan: &Plan, demands: &[Demand], first: Standing) -> Standing {
    let others: Vec<Standing> =
        (1..STARTS).into_par_iter().map(|replication| count::start(plan, demands, replication)).collect();
    others.into_iter().fold(first, Standing::worse)
}
