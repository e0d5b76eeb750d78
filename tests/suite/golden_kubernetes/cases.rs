//! One pod against a cluster.

use longshore::placement::kubernetes::plugin::Plugin;
use longshore::placement::kubernetes::{Evaluation, Pending, Reason, Tie};

use super::record::{Case, Loaded, Preemption, index, name};

/// What differs from the recording.
pub fn disagreements(case: &Case) -> Vec<String> {
    let mut loaded = case.objects.load();
    let template = loaded.scheduler.template(&case.pod.spec);
    let pending = Pending::of(template);
    let evaluation = loaded.scheduler.evaluate(&pending);
    let mut wrong = Vec::new();
    nodes(case, &loaded, &evaluation, &mut wrong);
    decision(case, &mut loaded, &pending, &mut wrong);
    if let Some(expected) = &case.expected.preemption {
        preemption(expected, &loaded, &pending, &mut wrong);
    }
    wrong
}

fn differ<T: PartialEq + std::fmt::Debug>(wrong: &mut Vec<String>, what: &str, expected: &T, found: &T) {
    if expected != found {
        wrong.push(format!("{what}: expected {expected:?}, found {found:?}"));
    }
}

fn nodes(case: &Case, loaded: &Loaded, evaluation: &Evaluation, wrong: &mut Vec<String>) {
    let expected = &case.expected;
    let scored = &evaluation.scored;
    differ(wrong, "feasible nodes", &expected.feasible_count, &evaluation.filtered.feasible.len());
    for verdict in &expected.nodes {
        let node = index(&loaded.scheduler, &verdict.name);
        let found = evaluation.rejection(node);
        differ(wrong, &format!("{}: feasible", verdict.name), &verdict.feasible, &found.is_none());
        match (found, verdict.feasible) {
            (Some(found), false) => {
                let code = if found.resolvable { "Unschedulable" } else { "UnschedulableAndUnresolvable" };
                differ(wrong, &format!("{}: code", verdict.name), &verdict.code.as_str(), &code);
                let mut reasons: Vec<String> = found.reasons.iter().map(ToString::to_string).collect();
                let mut recorded = verdict.reasons.clone();
                reasons.sort();
                recorded.sort();
                differ(wrong, &format!("{}: reasons", verdict.name), &recorded, &reasons);
                let place = evaluation.filtered.rejected.iter().position(|(other, _)| *other == node);
                let all = &evaluation.rejected_by[place.expect("a rejected node")];
                // Only the reporting plugin is recorded where pods are nominated or the names ruled the node out.
                let ruled_out = found.reasons.iter().any(|r| matches!(r, Reason::NotNamed | Reason::NamesConflict));
                let only_one = verdict.rejected_by.len() == 1 && (!case.objects.nominated_pods.is_empty() || ruled_out);
                let by: Vec<&str> =
                    if only_one { vec![found.plugin.name()] } else { all.iter().map(|plugin| plugin.name()).collect() };
                let recorded: Vec<&str> = verdict.rejected_by.iter().map(String::as_str).collect();
                differ(wrong, &format!("{}: rejected by", verdict.name), &recorded, &by);
            }
            (None, true) => {
                let place = evaluation.filtered.feasible.iter().position(|other| *other == node);
                let place = place.expect("a feasible node");
                differ(wrong, &format!("{}: total", verdict.name), &verdict.total, &scored.totals[place]);
                for (number, plugin) in expected.score_plugins.iter().enumerate() {
                    let what = format!("{}: {}", verdict.name, plugin.name);
                    let Some(own) = scored.plugins.iter().position(|(own, _)| own.name() == plugin.name) else {
                        wrong.push(format!("{what}: expected a score, the plugin stepped aside"));
                        continue;
                    };
                    differ(wrong, &format!("{what}: weight"), &plugin.weight, &scored.plugins[own].1);
                    let scores = &scored.scores[own];
                    differ(wrong, &format!("{what}: raw"), &verdict.raw[number], &scores.raw[place]);
                    differ(wrong, &format!("{what}: score"), &verdict.scores[number], &scores.normalised[place]);
                }
            }
            _ => {}
        }
    }
    if expected.feasible_count > 0 {
        let modelled = expected.skipped_score_plugins.iter().filter(|name| Plugin::by_name(name).is_some());
        let mut recorded: Vec<&str> = modelled.map(String::as_str).collect();
        let mut skipped: Vec<&str> = scored.skipped.iter().map(|plugin| plugin.name()).collect();
        recorded.sort_unstable();
        skipped.sort_unstable();
        differ(wrong, "skipped", &recorded, &skipped);
        let (total, places) = scored.best();
        let best = places.iter().map(|place| name(&loaded.scheduler, evaluation.filtered.feasible[*place]));
        let mut best: Vec<String> = best.collect();
        best.sort();
        differ(wrong, "best total", &expected.best_total, &total);
        differ(wrong, "best", &expected.best, &best);
    }
}

/// The decision itself, once for each node of the best set.
fn decision(case: &Case, loaded: &mut Loaded, pending: &Pending, wrong: &mut Vec<String>) {
    let expected = &case.expected;
    let found = loaded.scheduler.schedule(pending, &mut Tie::SmallestName);
    match (found, expected.best.first()) {
        (Ok(found), Some(best)) => {
            differ(wrong, "chosen node", best, &name(&loaded.scheduler, found.node));
            differ(wrong, "chosen total", &expected.best_total, &found.total);
            differ(wrong, "ties", &expected.best.len(), &found.ties);
            differ(wrong, "feasible for the choice", &expected.feasible_count, &found.feasible);
            let mut drawn: Vec<String> = (0..found.ties)
                .filter_map(|place| {
                    let mut draw = |_| place;
                    let found = loaded.scheduler.schedule(pending, &mut Tie::Draw(&mut draw)).ok()?;
                    Some(name(&loaded.scheduler, found.node))
                })
                .collect();
            drawn.sort();
            differ(wrong, "nodes drawn", &expected.best, &drawn);
        }
        (Err(found), None) => {
            let mut recorded = std::collections::BTreeMap::new();
            for reason in expected.nodes.iter().flat_map(|verdict| &verdict.reasons) {
                *recorded.entry(reason.clone()).or_insert(0) += 1;
            }
            let reasons = found.reasons.iter().map(|(reason, count)| (reason.to_string(), *count)).collect();
            differ(wrong, "counts of reasons", &recorded, &reasons);
        }
        (found, best) => wrong.push(format!("choice: expected {best:?}, found {found:?}")),
    }
}

fn preemption(expected: &Preemption, loaded: &Loaded, pending: &Pending, wrong: &mut Vec<String>) {
    let found = loaded.scheduler.preempt(pending, &loaded.allowances, &mut Tie::SmallestName);
    let sorted = |nodes: Vec<String>| {
        let mut nodes = nodes;
        nodes.sort();
        nodes
    };
    let named = |node| name(&loaded.scheduler, node);
    let potential = sorted(found.potential.iter().map(|node| named(*node)).collect());
    differ(wrong, "potential nodes", &sorted(expected.potential_nodes.clone()), &potential);
    let mut recorded: Vec<_> =
        expected.candidates.iter().map(|c| (c.node.clone(), c.victims.clone(), c.violations)).collect();
    let victims = |keys: &[_]| keys.iter().map(|key| loaded.pods[key].clone()).collect::<Vec<_>>();
    let mut candidates: Vec<_> =
        found.candidates.iter().map(|c| (named(c.node), victims(&c.victims), c.violations)).collect();
    recorded.sort();
    candidates.sort();
    differ(wrong, "candidates", &recorded, &candidates);
    let best = sorted(found.best.iter().map(|place| named(found.candidates[*place].node)).collect());
    differ(wrong, "nominated nodes", &sorted(expected.nominated_nodes.clone()), &best);
    differ(wrong, "success", &(expected.status == "Success"), &found.preemption().is_some());
    differ(wrong, "message", &expected.message, &found.message);
}
