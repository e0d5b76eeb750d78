//! A placer that lets scan and index decide side by side, and stops at the first difference.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::placement::Placer;
use crate::placement::explain::{Basis, Verdict};
use crate::placement::index::Index;
use crate::placement::scan::Scan;
use crate::placement::tie::Ring;
use crate::scenario::Plan;
use crate::world::command::Order;
use crate::world::fact::Refusal;
use crate::world::{InstanceId, ServiceId, TaskId, World};

/// Calls between two looks at the inside of the index.
const VERIFY_EVERY: u64 = 97;

/// What has been met, so that a test knows whether it has tested anything.
#[derive(Clone, Default)]
pub struct Tally(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    runs: u64,
    placed: u64,
    refused: BTreeMap<Refusal, u64>,
    pinned: u64,
    zoned: u64,
}

impl Tally {
    fn with(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.0.lock().expect("no test panicked before"));
    }

    /// A scenario was run to its end.
    pub fn ran(&self) {
        self.with(|counts| counts.runs += 1);
    }

    /// Every kind of decision was met.
    pub fn judge(&self) {
        let counts = self.0.lock().expect("no test panicked before");
        assert!(counts.placed > 100 * counts.runs, "{} placed in {} runs", counts.placed, counts.runs);
        assert!(counts.pinned > 100 && counts.zoned > 20, "pinned {}, zoned {}", counts.pinned, counts.zoned);
        // Those after this one are Kubernetes's.
        for reason in Refusal::ALL.into_iter().take_while(|reason| *reason != Refusal::NoNodes) {
            let met = counts.refused.get(&reason).copied().unwrap_or(0);
            // A cluster without any instance cannot be written down.
            assert!(met > 0 || reason == Refusal::NoInstances, "{reason:?} was never met: {:?}", counts.refused);
        }
        eprintln!("{} runs, {} placed, refused {:?}", counts.runs, counts.placed, counts.refused);
    }
}

/// Calls between two decisions that are explained.
const EXPLAIN_EVERY: u64 = 5;

/// Both placers.
pub struct Both {
    seed: u64,
    scan: Scan,
    index: Index,
    tally: Tally,
    calls: u64,
}

impl Both {
    /// Both for the same plan and ring.
    pub fn new(seed: u64, plan: &Plan, ring: Ring, tally: Tally) -> Both {
        let scan = Scan::new(plan.policies.clone(), ring);
        let index = Index::new(&plan.fleet, plan.policies.clone(), ring);
        Both { seed, scan, index, tally, calls: 0 }
    }

    /// The explanation ranks first what was chosen, ranks without a gap, and leaves no instance out.
    fn explained(&mut self, world: &World, order: &Order, chosen: Result<InstanceId, Refusal>) {
        let explanation = self.index.explain(world, order).expect("the index gives reasons");
        let name = &world.fleet.services[order.service].name;
        let place = format!("seed {}, call {}, `{name}`, {order:?}", self.seed, self.calls);
        assert_eq!(explanation.winner(), chosen.ok(), "{place}");
        assert_eq!(explanation.candidates.len(), world.live_instances().count(), "{place}");
        let mut ranks: Vec<u32> = Vec::new();
        for candidate in &explanation.candidates {
            match &candidate.verdict {
                Verdict::Scored { .. } => panic!("{place}: a score"),
                Verdict::Ranked { rank, values, .. } => {
                    let Basis::Steps(steps) = &explanation.basis else { panic!("{place}: no steps") };
                    assert_eq!(values.len(), steps.len(), "{place}");
                    ranks.push(*rank);
                }
                Verdict::Excluded { detail, .. } => assert!(!detail.is_empty(), "{place}"),
            }
        }
        ranks.sort_unstable();
        assert!(ranks.iter().copied().eq(1..=ranks.len() as u32), "{place}: {ranks:?}");
    }
}

impl Placer for Both {
    fn choose(&mut self, world: &World, order: &Order) -> Result<InstanceId, Refusal> {
        self.calls += 1;
        if self.calls.is_multiple_of(VERIFY_EVERY)
            && let Err(error) = self.index.verify(world)
        {
            panic!("seed {}, call {}, at {}: {error}", self.seed, self.calls, world.now);
        }
        let scan = self.scan.choose(world, order);
        let index = self.index.choose(world, order);
        assert_eq!(
            scan, index,
            "seed {}, call {}, at {}: scan (left) and index (right) differ on {order:?} of `{}`",
            self.seed, self.calls, world.now, world.fleet.services[order.service].name
        );
        if self.calls.is_multiple_of(EXPLAIN_EVERY) {
            self.explained(world, order, scan);
        }
        self.tally.with(|counts| {
            counts.pinned += u64::from(order.pin.is_some());
            counts.zoned += u64::from(order.zone.is_some());
            match scan {
                Ok(_) => counts.placed += 1,
                Err(refusal) => *counts.refused.entry(refusal).or_default() += 1,
            }
        });
        scan
    }

    fn choose_to_stop(&mut self, world: &World, service: ServiceId) -> Option<TaskId> {
        self.index.choose_to_stop(world, service)
    }

    fn instance_changed(&mut self, world: &World, instance: InstanceId) {
        self.index.instance_changed(world, instance);
    }

    fn task_placed(&mut self, world: &World, task: TaskId) {
        self.index.task_placed(world, task);
    }

    fn task_stopping(&mut self, world: &World, task: TaskId) {
        self.index.task_stopping(world, task);
    }

    fn task_ended(&mut self, world: &World, task: TaskId) {
        self.index.task_ended(world, task);
    }
}
