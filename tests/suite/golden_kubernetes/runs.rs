//! Pods one after the other.

use std::collections::BTreeMap;

use longshore::base::time::Time;
use longshore::placement::kubernetes::{Pending, Scheduler, Tie};

use super::record::{Event, Run, Step, name};

/// Steps that agree, all steps, and what differs.
pub fn disagreements(run: &Run) -> (usize, usize, Vec<String>) {
    let mut scheduler = run.objects.load().scheduler;
    let mut placed = BTreeMap::new();
    let mut steps = run.steps.iter();
    let (mut right, mut wrong) = (0, Vec::new());
    for event in &run.events {
        match event {
            Event::Delete(pod) => {
                if let Some(key) = placed.remove(pod) {
                    scheduler.remove_pod(key);
                }
            }
            Event::Pod(pod) => {
                let Some(step) = steps.next() else {
                    wrong.push("more pods than steps".into());
                    break;
                };
                let template = scheduler.template(&pod.spec);
                let pending = Pending::of(template);
                let found = step_as_found(&mut scheduler, &pending, step);
                if let Some(found) = found {
                    wrong.push(format!("{}: {found}", step.pod));
                } else {
                    right += 1;
                }
                // The recorded node is taken in any case, so that one wrong step does not spoil the rest.
                if let Some(node) = &step.node {
                    let node = scheduler.snapshot().node_named(node).expect("a node of the run");
                    placed.insert(pod.spec.name.clone(), scheduler.add_pod(template, node, Time(0)));
                }
            }
        }
    }
    (right, run.steps.len(), wrong)
}

fn step_as_found(scheduler: &mut Scheduler, pending: &Pending, step: &Step) -> Option<String> {
    let evaluation = scheduler.evaluate(pending);
    let (total, places) = evaluation.scored.best();
    let mut best: Vec<String> =
        places.iter().map(|place| name(scheduler, evaluation.filtered.feasible[*place])).collect();
    best.sort();
    let decided = scheduler.schedule(pending, &mut Tie::SmallestName);
    let expected = (&step.node, step.feasible, step.best_total, &step.best);
    match decided {
        Ok(decision) => {
            let node = Some(name(scheduler, decision.node));
            let found = (&node, decision.feasible, decision.total, &best);
            let same = found == expected && total == decision.total && best.len() == decision.ties;
            (!same).then(|| format!("expected {expected:?}, found {found:?}, {} ties", decision.ties))
        }
        Err(unfit) => {
            let reasons: BTreeMap<String, usize> =
                unfit.reasons.iter().map(|(reason, count)| (reason.to_string(), *count)).collect();
            let same = step.node.is_none() && reasons == step.reasons;
            (!same).then(|| format!("expected {expected:?} and {:?}, found {reasons:?}", step.reasons))
        }
    }
}
