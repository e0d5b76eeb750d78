//! Delays belong to lives: the nth task of a slot, the nth instance of a place in its group. What happens elsewhere, or when
//! it happens, changes none of them.

use longshore::experiment::explain::outage;
use longshore::experiment::explain::outcome::{Answer, Outage};
use longshore::metrics::outcome::Outcome;

use super::sketch::{outcome, plan};

/// Every delay is random, and wide: two draws are never alike to the microsecond.
const TIMINGS: &str = "
timings:
  schedulerReaction: {uniform: {low: 1s, high: 10s}}
  provisioning: {uniform: {low: 1s, high: 9s}}
  eniAttachment: {uniform: {low: 1s, high: 9s}}
  containerStart: {uniform: {low: 1s, high: 9s}}
  containerRestart: {uniform: {low: 1s, high: 9s}}
  targetRegistration: {uniform: {low: 1s, high: 9s}}
  containerStop: {uniform: {low: 1s, high: 9s}}
  deprovisioning: {uniform: {low: 1s, high: 9s}}
  instanceStateChange: {uniform: {low: 10s, high: 60s}}
  agentDisconnect: {uniform: {low: 60s, high: 120s}}
  agentReconnect: {uniform: {low: 1s, high: 60s}}
  statusCheck: {uniform: {low: 60s, high: 120s}}
  unhealthyDecision: {uniform: {low: 60s, high: 120s}}
  scalingReaction: {uniform: {low: 10s, high: 60s}}
  instanceLaunch: {uniform: {low: 10s, high: 60s}}
  instanceRegistration: {uniform: {low: 10s, high: 60s}}
  launchRetry: {uniform: {low: 10s, high: 60s}}
  taskRebalance: {uniform: {low: 10s, high: 60s}}
";

/// Three instances, one in each zone. `web` and `other` have a task on each.
fn three(web: &str, failures: &str) -> String {
    format!(
        "name: delays
duration: 4h
tieBreak: first
zones: [a, b, c]
capacity:
  - {{name: group, instanceType: {{vcpu: 2, memory: 2000MiB}}, count: 3}}
taskDefinitions:
  - family: web
    containerDefinitions: [{{name: web, cpu: 1024, memory: 1000}}]
services:
  - name: web
    taskDefinition: web
    desiredCount: 3
    availabilityZoneRebalancing: DISABLED
    placementConstraints: [{{type: distinctInstance}}]
{web}
  - name: other
    taskDefinition: web
    desiredCount: 3
    availabilityZoneRebalancing: DISABLED
    placementConstraints: [{{type: distinctInstance}}]
failures: [{failures}]
{TIMINGS}"
    )
}

/// When the number of healthy tasks of a service changed, and to what: (microseconds, healthy).
fn changes(outcome: &Outcome, service: usize) -> Vec<(u64, u32)> {
    let mut list: Vec<(u64, u32)> = Vec::new();
    for point in &outcome.timeline.services[service].points {
        if list.last().is_none_or(|(_, last)| *last != point.healthy) {
            list.push(((point.seconds * 1e6).round() as u64, point.healthy));
        }
    }
    list
}

/// How long a service with three tasks was short of one, each time, in microseconds.
fn gaps(outcome: &Outcome, service: usize) -> Vec<u64> {
    let changes = changes(outcome, service);
    changes.windows(2).filter(|pair| pair[0].1 < 3).map(|pair| pair[1].0 - pair[0].0).collect()
}

fn crash(service: &str, zone: &str, at: &str) -> String {
    format!("{{type: containerCrash, at: {at}, target: {{services: [{service}], zones: [{zone}]}}}}")
}

/// A crash of another service 37.123 s later than before: the four crashes of `web` after it, two of the same slot, take as
/// long as they did, to the microsecond, and each as long as none of the others.
#[test]
fn a_shift_elsewhere_changes_nothing() {
    let run = |elsewhere: &str| {
        let crashes = ["1000s", "2000s"].map(|at| crash("web", "a", at)).join(", ");
        let more = ["3000s", "4000s"].map(|at| crash("web", "b", at)).join(", ");
        outcome(&three("", &format!("{}, {crashes}, {more}", crash("other", "a", elsewhere))))
    };
    let (first, second) = (run("500s"), run("537123ms"));
    assert_eq!(changes(&first, 0), changes(&second, 0));
    let mut each = gaps(&first, 0);
    assert_eq!(each.len(), 4);
    assert_ne!(changes(&first, 1), changes(&second, 1), "the other service was struck later");
    assert_eq!(gaps(&first, 1), gaps(&second, 1), "and took as long");
    each.sort_unstable();
    each.dedup();
    assert_eq!(each.len(), 4, "each task has delays of its own: {each:?}");
}

/// The same crashes of the same slot at other times are the same lives: they take as long.
#[test]
fn a_life_takes_as_long_whenever_it_begins() {
    let run = |times: [&str; 3]| gaps(&outcome(&three("", &times.map(|at| crash("web", "a", at)).join(", "))), 0);
    let found = run(["1000s", "2000s", "3000s"]);
    assert_eq!(found.len(), 3);
    assert_eq!(found, run(["1013700ms", "2500s", "9000001ms"]));
}

/// A restart in place is a delay that one task meets again and again: each restart has its own, the same in both runs.
#[test]
fn restarts_in_place_are_numbered() {
    let run = |times: [&str; 3]| {
        let text = three("", &times.map(|at| crash("web", "a", at)).join(", "))
            .replace("memory: 1000}", "memory: 1000, restartPolicy: {enabled: true}}");
        gaps(&outcome(&text), 0)
    };
    let found = run(["1000s", "2000s", "3000s"]);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|gap| (1_000_000..9_000_000).contains(gap)), "in place: {found:?}");
    assert!(found[0] != found[1] && found[1] != found[2] && found[0] != found[2], "{found:?}");
    assert_eq!(found, run(["1000001ms", "2222s", "8000s"]));
}

fn ends(zone: &str, at: &str) -> String {
    format!("{{type: instanceFailure, seen: terminated, at: {at}, target: {{zones: [{zone}]}}}}")
}

/// Instances are ended in another order, so that their replacements and the daemons on them stand in other rows: each place
/// of the group is back after as long as before, and so is its daemon.
#[test]
fn instances_are_known_by_their_place() {
    let run = |failures: &[String]| {
        let text = three("", &failures.join(", ")).replace("    desiredCount: 3\n", "    schedulingStrategy: DAEMON\n");
        let text = text.replace("    availabilityZoneRebalancing: DISABLED\n", "");
        gaps(&outcome(&text.replace("    placementConstraints: [{type: distinctInstance}]\n", "")), 0)
    };
    let found = run(&[ends("a", "1000s"), ends("b", "2000s"), ends("a", "3000s"), ends("b", "4000s")]);
    assert_eq!(found.len(), 4);
    let turned = run(&[ends("b", "1000s"), ends("a", "2000s"), ends("b", "3000s"), ends("a", "4000s")]);
    assert_eq!([found[1], found[0], found[3], found[2]], turned[..]);
    // Both at once, so that they compete for the same free rows.
    let both = run(&[ends("a", "1000s"), ends("b", "1000001ms"), ends("a", "3000s"), ends("b", "4000s")]);
    assert_eq!(both[both.len() - 2..], found[2..]);
}

/// A host that only fails its status check: contact, status check, decision, end, launch and registration all take as long
/// at another time, and so do a reboot and what follows it.
#[test]
fn what_an_instance_meets_takes_as_long_whenever_it_comes() {
    let run = |dies: &str, reboots: &str| {
        let dies = format!("{{type: instanceFailure, at: {dies}, target: {{zones: [a]}}}}");
        let reboots = format!("{{type: instanceReboot, at: {reboots}, lasts: 30s, target: {{zones: [c]}}}}");
        gaps(&outcome(&three("", &format!("{reboots}, {dies}"))), 0)
    };
    let found = run("3000s", "1000s");
    assert!(found.len() >= 2, "{found:?}");
    assert_eq!(found, run("4321s", "1111s"));
}

fn first_outage(text: &str) -> Outage {
    match outage(&plan(text), None, 1).expect("an outage").answer {
        Answer::Outage(outage) => *outage,
        other => panic!("{other:?}"),
    }
}

/// An outage explained, every delay random: taking one delay away shortens it by exactly what that delay took, for no other
/// is drawn anew; and what had no part in it changes nothing at all.
#[test]
fn one_delay_less_is_less_by_that_delay() {
    let web = "    imageSize: 500MiB
    healthCheckGracePeriodSeconds: 0
    loadBalancer: {healthCheckIntervalSeconds: 10, deregistrationDelaySeconds: 0}";
    // The instance of zone a is gone, and another service fills the two others: the task waits for a new instance.
    let found = first_outage(&three(web, &ends("a", "1000s")));
    let phase = |name: &str| found.phases.iter().find(|phase| phase.phase == name).map_or(0.0, |phase| phase.seconds);
    let saved = |what: &str| {
        let rows: Vec<_> = found.what_if.iter().filter(|row| row.change.contains(what)).collect();
        assert_eq!(rows.len(), 1, "`{what}` in {:?}", found.what_if);
        rows[0].shorter_by_seconds
    };
    let near = |saved: f64, took: f64| assert!((saved - took).abs() < 2e-6, "saved {saved}, took {took}");
    assert!(phase("pulling") > 9.9 && phase("starting") > 1.0 && phase("provisioning") > 1.0, "{:?}", found.phases);
    near(saved("images of web"), phase("pulling"));
    near(saved("containerStart"), phase("starting"));
    near(saved("provisioning and eniAttachment"), phase("provisioning"));
    near(saved("targetRegistration"), phase("activating"));
    assert_eq!(saved("statusCheck and unhealthyDecision"), 0.0);
    assert_eq!(saved("a silent agent"), 0.0);
}
