//! The worked examples explained: the chain of an outage has the hand-worked times, and a placement the hand-worked reasons.

use longshore::base::time::{Span, Time};
use longshore::experiment::explain::outcome::{Answer, Decision, Explained, Outage, SlotPlacements};
use longshore::experiment::explain::placements::Which;
use longshore::experiment::explain::{at, outage, outages, placement, slot};
use longshore::report::explain::{Options, text};

use super::sketch::{plan, scenario};

fn first(text: &str) -> Outage {
    match outage(&plan(text), None, 1).expect("an outage").answer {
        Answer::Outage(outage) => *outage,
        other => panic!("{other:?}"),
    }
}

/// The phases of the critical path with their seconds.
fn phases(outage: &Outage) -> Vec<(&str, f64)> {
    outage.phases.iter().map(|phase| (phase.phase.as_str(), phase.seconds)).collect()
}

/// When something is told that contains a text.
fn told(outage: &Outage, what: &str) -> Vec<f64> {
    let entries = outage.courses[0].entries.iter();
    entries.filter(|entry| entry.text.contains(what)).map(|entry| entry.seconds).collect()
}

/// The length with the change whose words contain a text.
fn with(outage: &Outage, what: &str) -> f64 {
    let found: Vec<f64> =
        outage.what_if.iter().filter(|row| row.change.contains(what)).map(|row| row.length_seconds).collect();
    assert_eq!(found.len(), 1, "`{what}` in {:?}", outage.what_if);
    found[0]
}

fn three(failures: &str) -> String {
    scenario(3, 2, 3, "    availabilityZoneRebalancing: DISABLED", failures)
}

/// The host dies at 1000 s; agent lost 1090, status check 1120, decision and end 1300, known 1320, reaction 1325,
/// PROVISIONING 1326, start 1328. One thing changed each time: without the reaction of 5 s 323 s; an end that is known at
/// once (20 s) 308 s; a status check and a decision at once (120 s and 180 s) 28 s; without the start (2 s) 326 s.
#[test]
fn an_instance_that_only_fails_its_status_check() {
    let text = three("failures: [{type: instanceFailure, name: dead, at: 1000s, target: {zones: [a]}}]");
    let found = first(&text);
    let row = &found.outage;
    assert_eq!((row.kind.as_str(), row.began_seconds, row.length_seconds), ("shortage", 1000.0, 328.0));
    assert_eq!((row.desired, row.fewest_healthy, row.lost_task_seconds), (3, 2, 328.0));
    assert_eq!(phases(&found), [("undetected", 320.0), ("reacting", 5.0), ("provisioning", 1.0), ("starting", 2.0)]);
    assert_eq!(found.roots.len(), 1);
    assert_eq!((found.roots[0].failure.as_str(), found.roots[0].began_seconds), ("dead", 1000.0));
    assert_eq!(told(&found, "goes down"), [1000.0]);
    assert_eq!(told(&found, "no longer serves"), [1000.0]);
    assert_eq!(told(&found, "lost its agent"), [1090.0]);
    assert_eq!(told(&found, "status check"), [1120.0]);
    assert_eq!(told(&found, "to be replaced"), [1300.0]);
    assert_eq!(told(&found, "is terminated"), [1300.0]);
    assert_eq!(told(&found, "a task is placed on"), [1325.0]);
    assert_eq!(told(&found, "containers run"), [1328.0]);
    let course = &found.courses[0];
    assert_eq!((course.noticed_seconds, course.back_seconds), (Some(1320.0), Some(1328.0)));
    assert_eq!(course.noticed_by.as_deref(), Some("end of the instance"));
    assert_eq!(with(&found, "schedulerReaction"), 323.0);
    assert_eq!(with(&found, "instanceStateChange"), 308.0);
    assert_eq!(with(&found, "statusCheck and unhealthyDecision"), 28.0);
    assert_eq!(with(&found, "agentDisconnect"), 328.0);
    let best = found.what_if.first().expect("an idea");
    assert_eq!(best.shorter_by_seconds, 300.0, "the greatest saving comes first: {best:?}");
}

/// An instance that EC2 has ended: known at 1020, reaction 1025, 1026, 1028. Without the reaction it is exactly 5 s less.
#[test]
fn without_the_reaction_it_is_five_seconds_less() {
    let text = three("failures: [{type: instanceFailure, seen: terminated, at: 1000s, target: {zones: [a]}}]");
    let found = first(&text);
    assert_eq!(phases(&found), [("undetected", 20.0), ("reacting", 5.0), ("provisioning", 1.0), ("starting", 2.0)]);
    let what = found.what_if.iter().find(|row| row.change.contains("schedulerReaction")).expect("tried");
    assert_eq!((what.length_seconds, what.shorter_by_seconds, what.over), (23.0, 5.0, true));
    assert_eq!(with(&found, "provisioning"), 27.0);
    assert_eq!(with(&found, "containerStart"), 26.0);
}

/// The replacement is sent to the dead host itself: its course is undetected twice, until the load balancer notices and until
/// the end of the instance is known (1320); then 5 + 1 + 2 + 4 s. The agent's loss at once would have kept it away.
#[test]
fn a_replacement_on_the_dead_host() {
    let service = "    availabilityZoneRebalancing: DISABLED
    imageSize: 0MiB
    loadBalancer: {healthCheckIntervalSeconds: 10, deregistrationDelaySeconds: 0}";
    let loss = "failures: [{type: instanceFailure, at: 1000s, target: {zones: [a]}}]";
    let found = first(&scenario(3, 2, 3, service, loss));
    assert_eq!(found.outage.length_seconds, 332.0);
    let course = &found.courses[0];
    assert_eq!(course.noticed_by.as_deref(), Some("load balancer"));
    let noticed = course.noticed_seconds.expect("noticed");
    // Two failed checks 10 s apart and a time-out of 5 s.
    assert!((1015.0..=1025.0).contains(&noticed), "{noticed}");
    assert_eq!(told(&found, "a task is placed on"), [1325.0]);
    let seconds = |wanted: &str| phases(&found).iter().filter(|(phase, _)| *phase == wanted).map(|(_, s)| *s).sum();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
    near(told(&found, "which is down")[0], noticed + 5.0);
    // Reaction twice, PROVISIONING twice; all the rest until 1320 nobody knew.
    near(seconds("reacting"), 10.0);
    near(seconds("provisioning"), 2.0);
    near(seconds("undetected"), 314.0);
    near(seconds("starting"), 2.0);
    near(seconds("activating"), 4.0);
    near(found.phases.iter().map(|phase| phase.seconds).sum(), 332.0);
    // Noticed, 5 s, and then 1 + 2 + 4 s on another instance.
    near(with(&found, "agentDisconnect"), noticed - 1000.0 + 12.0);
    let shown = text(&outage(&plan(&scenario(3, 2, 3, service, loss)), None, 1).expect("one"), Options::default());
    assert!(shown.contains("← noticed") && shown.contains("which is down"), "{shown}");
}

/// Two tasks on one instance go through the same: they are told in one.
#[test]
fn slots_with_the_same_course_are_told_in_one() {
    let service = "    availabilityZoneRebalancing: DISABLED
    upWhen: {healthy: 5}";
    let loss = "failures: [{type: instanceFailure, seen: terminated, at: 1000s, target: {zones: [a]}}]";
    let found = first(&scenario(6, 2, 6, service, loss));
    // One task on each of six instances; both of zone a are lost.
    assert_eq!((found.outage.kind.as_str(), found.outage.needed, found.outage.fewest_healthy), ("outage", 5, 4));
    assert_eq!(found.outage.length_seconds, 28.0);
    assert_eq!(found.courses.len(), 1);
    assert_eq!(found.courses[0].slots.len(), 2);
    assert_eq!(found.roots.iter().map(|root| root.slots).sum::<u32>(), 2);
    // The first of them to be back ends it: both are at 1028.
    assert_eq!(found.desired_again_seconds, None);
    assert!(
        found
            .what_if
            .iter()
            .any(|row| row.change.starts_with("one more task of web from 10m before on: 7 instead of 6"))
    );
}

/// Four places for five tasks: the fifth never finds room. The time from the first refusal on is waiting for capacity, and
/// a spare instance would have been enough.
#[test]
fn a_task_that_never_finds_room() {
    let found = first(&scenario(4, 1, 5, "", ""));
    assert_eq!((found.outage.began_seconds, found.outage.ended_seconds), (0.0, None));
    assert_eq!(found.outage.length_seconds, 7200.0);
    assert!(found.roots.is_empty());
    assert_eq!(phases(&found), [("waitingForCapacity", 7200.0)]);
    assert_eq!(found.ended_by, "it lasts to the end of the run");
    let spare = found.what_if.iter().find(|row| row.change.contains("spare instance")).expect("tried");
    assert!(spare.over && spare.length_seconds < 60.0, "{spare:?}");
}

/// A moment in the outage shows the slot in its phase, and who is mistaken about the dead host.
#[test]
fn a_moment_of_it() {
    let text_of = three("failures: [{type: instanceFailure, at: 1000s, target: {zones: [a]}}]");
    let look = |seconds: u64| match at(&plan(&text_of), None, Time::ZERO + Span::from_secs(seconds)).answer {
        Answer::Moment(moment) => *moment,
        other => panic!("{other:?}"),
    };
    let inside = look(1050);
    assert_eq!(inside.relation.as_deref(), Some("covers"));
    assert_eq!((inside.services[0].healthy, inside.services[0].desired), (2, 3));
    assert_eq!(inside.services[0].waiting[0].phase, "undetected");
    assert_eq!(inside.mistaken.len(), 1);
    // From 1090 on nobody places there any more.
    assert_eq!(look(1091).mistaken.len(), 0);
    assert_eq!(look(500).relation.as_deref(), Some("after"));
    assert_eq!(look(2000).relation.as_deref(), Some("before"));
}

fn placed(text: &str, which: Which, task: &str) -> SlotPlacements {
    let plan = plan(text);
    let question = slot(&plan, task).expect("a slot");
    match placement(&plan, &question, which).expect("explained").answer {
        Answer::Placement(found) => *found,
        other => panic!("{other:?}"),
    }
}

fn values(decision: &Decision) -> Vec<Vec<&str>> {
    decision.ranked.iter().map(|row| row.values.iter().map(String::as_str).collect()).collect()
}

/// Spread over zones, then binpack by memory: when the fourth task of six comes, each zone has one. Zone is level, and the
/// three instances that have a task have 3000 MiB left, the others 4000; the lowest id breaks the tie.
#[test]
fn the_ranking_of_a_placement() {
    let strategy = "    placementStrategy:
      - {type: spread, field: attribute:ecs.availability-zone}
      - {type: binpack, field: memory}";
    let found = placed(&scenario(6, 4, 6, strategy, ""), Which::First, "web/3");
    let decision = &found.explained;
    assert_eq!((found.attempts.len(), decision.attempt.why.as_str()), (1, "initial state"));
    assert!(decision.excluded.is_empty());
    assert_eq!(decision.steps.iter().map(|step| (step.before, step.after)).collect::<Vec<_>>(), [(6, 6), (6, 3)]);
    let values = values(decision);
    assert_eq!(values[0], ["1 task in a", "3000 MiB left"]);
    assert_eq!(values[2], ["1 task in c", "3000 MiB left"]);
    assert_eq!(values[3], ["1 task in a", "4000 MiB left"]);
    let behind: Vec<Option<u32>> = decision.ranked.iter().map(|row| row.behind_at).collect();
    assert_eq!(behind, [None, None, None, Some(1), Some(1), Some(1)]);
    assert_eq!(decision.ranked[0].instance, found.attempts[0].instance.clone().expect("placed"));
}

/// Four instances with room for one task each: the fifth task is refused for CPU by all of them, 15 times in the run: twice in
/// the initial state, in its turn and when the other four have started, which ends the pause; and 13 times after.
#[test]
fn a_refusal_with_its_numbers() {
    let found = placed(&scenario(4, 1, 5, "", ""), Which::First, "web/4");
    let all: Vec<f64> = found.attempts.iter().map(|attempt| attempt.seconds).collect();
    assert_eq!(all.len(), 15, "{all:?}");
    assert_eq!(found.explained.attempt.refusal.as_deref(), Some("RESOURCE:CPU"));
    assert!(found.explained.ranked.is_empty());
    assert_eq!(found.explained.excluded.len(), 4);
    for row in &found.explained.excluded {
        assert_eq!((row.by.as_str(), row.detail.as_str()), ("RESOURCE:CPU", "needs 1024 CPU units, has 0 free"));
    }
    // The pauses are 10, 20, 40 s: attempts at 0, 10, 30, 70.
    assert_eq!(all[..5], [0.0, 0.0, 10.0, 30.0, 70.0]);
    let at = |seconds| Which::At(Time::ZERO + Span::from_secs(seconds));
    assert_eq!(placed(&scenario(4, 1, 5, "", ""), at(69), "web/4").explained.attempt.number, 4);
}

/// Constraints exclude with their own words: the zone, and the task that is there already.
#[test]
fn constraints_with_their_words() {
    let service = "    placementConstraints:
      - {type: distinctInstance}
      - {type: memberOf, expression: \"attribute:ecs.availability-zone in [a, b]\"}";
    let found = placed(&scenario(3, 4, 2, service, ""), Which::First, "web/1");
    let excluded: Vec<(&str, &str)> =
        found.explained.excluded.iter().map(|row| (row.zone.as_str(), row.detail.as_str())).collect();
    assert_eq!(excluded.len(), 2);
    assert_eq!(excluded[0], ("a", "already has web/0"));
    assert!(excluded[1].0 == "c" && excluded[1].1.contains("ecs.availability-zone in [a, b]"), "{excluded:?}");
    assert_eq!(found.explained.ranked.len(), 1);
}

/// A replacement names why it was needed and takes over the slot.
#[test]
fn the_placements_of_a_slot() {
    let text = three("failures: [{type: instanceFailure, seen: terminated, at: 1000s, target: {zones: [a]}}]");
    let found = placed(&text, Which::Number(2), "web/0");
    let times: Vec<f64> = found.attempts.iter().map(|attempt| attempt.seconds).collect();
    assert_eq!(times, [0.0, 1025.0]);
    assert_eq!(found.attempts[1].why, "its instance had ended");
    assert_eq!(found.explained.attempt.number, 2);
}

/// What cannot be explained says what would be right.
#[test]
fn questions_that_are_wrong() {
    let plan = plan(&three(""));
    let wrong = |task: &str| match slot(&plan, task) {
        Err(wrong) => wrong,
        Ok(question) => placement(&plan, &question, Which::First).expect_err("no such slot"),
    };
    assert!(wrong("web").help.contains("web/17"));
    assert!(wrong("wbe/1").help.contains("web"));
    assert!(wrong("web/9").message.contains("web/0 to web/2"));
    assert!(outage(&plan, None, 1).expect_err("none").message.contains("no service was ever below"));
    let question = slot(&plan, "web/0").expect("a slot");
    assert!(placement(&plan, &question, Which::Number(7)).expect_err("only one").message.contains("it has 1"));
    let none: Explained = outages(&plan, None);
    assert!(text(&none, Options::default()).contains("No service was ever below its desired count"));
}
