//! Instances: loss, reboot, agent disconnect, hang, zone loss, drain.

use super::sketch::{by_zone, engine_at, healthy, outcome, scenario};

fn changes(text: &str) -> Vec<(f64, u32)> {
    healthy(&outcome(text))
}

/// Three tasks on three instances, one in each zone, with room for two each.
fn three(failures: &str) -> String {
    scenario(3, 2, 3, "    availabilityZoneRebalancing: DISABLED", failures)
}

/// EC2 ends an instance at 1000 s. ECS sees its task STOPPED at 1020, reacts at 1025; PROVISIONING 1026, start 1028 on
/// another instance, which has the image.
#[test]
fn an_instance_that_ec2_has_ended() {
    let text = three("failures: [{type: instanceFailure, seen: terminated, at: 1000s, target: {zones: [a]}}]");
    assert_eq!(changes(&text), [(0.0, 3), (1000.0, 2), (1028.0, 3)]);
    // Auto Scaling replaces it at once: reaction 1030, launch 1070, ACTIVE at 1090.
    assert_eq!(engine_at(&text, 1089).world.live_instances().filter(|(_, row)| row.agent_connected).count(), 2);
    let engine = engine_at(&text, 1090);
    let active: Vec<u32> =
        engine.world.live_instances().filter(|(_, row)| row.agent_connected).map(|(_, row)| row.zone.0).collect();
    assert_eq!(active.len(), 3);
    assert!(active.contains(&0), "the replacement stands in the zone that lost one: {active:?}");
}

/// The host dies at 1000 s and only its status check tells: impaired at 1120, Auto Scaling decides at 1300 and terminates;
/// ECS sees the task STOPPED at 1320, reacts at 1325, 1326, 1328. For 320 s of these 328 nobody who could act knew.
#[test]
fn an_instance_that_only_fails_its_status_check() {
    let outcome = outcome(&three("failures: [{type: instanceFailure, at: 1000s, target: {zones: [a]}}]"));
    assert_eq!(healthy(&outcome), [(0.0, 3), (1000.0, 2), (1328.0, 3)]);
    let undetected: f64 =
        outcome.services[0].lost.iter().filter(|lost| lost.phase == "undetected").map(|lost| lost.task_seconds).sum();
    assert_eq!(undetected, 320.0);
    assert_eq!(outcome.incidents[0].detected_after_seconds, Some(320.0));
    assert_eq!(outcome.incidents[0].recovered_after_seconds, Some(328.0));
    // Paid for: two instances all the time (2 x 7200 s), the third until 1300, its replacement from 1330 on.
    let hours = (2.0 * 7200.0 + 1300.0 + (7200.0 - 1330.0)) / 3600.0;
    assert!((outcome.capacity[0].instance_hours - hours).abs() < 1e-9);
}

/// Behind a load balancer the same loss is seen much earlier: two failed checks (10 s apart, 5 s time-out) put the target
/// out of rotation within 25 s, and ECS replaces the task: before EC2 knows anything.
#[test]
fn a_load_balancer_sees_a_dead_host_first() {
    let service = "    availabilityZoneRebalancing: DISABLED
    imageSize: 0MiB
    loadBalancer: {healthCheckIntervalSeconds: 10, deregistrationDelaySeconds: 0}";
    // Six instances with room for one task each: every zone has a spare one.
    let loss = "failures: [{type: instanceFailure, at: 1000s, target: {matching: runningTasksCount == 1, zones: [a]}}]";
    let changes = changes(&scenario(6, 1, 3, service, loss));
    assert_eq!(changes.len(), 3, "{changes:?}");
    let detected = changes[2].0 - 12.0 - 1000.0;
    assert!((15.0..=25.0).contains(&detected), "{detected}");
}

/// The same loss where the dead instance has room left: its agent still counts as connected (until 1090), and with the
/// zones level the replacement is sent to the dead host itself, where it waits in PENDING until Auto Scaling ends the
/// instance (1300) and ECS sees it (1320); then 1325, 1326, 1328 and 4 s registration.
#[test]
fn a_replacement_may_be_sent_to_the_dead_host() {
    let service = "    availabilityZoneRebalancing: DISABLED
    imageSize: 0MiB
    loadBalancer: {healthCheckIntervalSeconds: 10, deregistrationDelaySeconds: 0}";
    let loss = "failures: [{type: instanceFailure, at: 1000s, target: {zones: [a]}}]";
    assert_eq!(changes(&scenario(3, 2, 3, service, loss)), [(0.0, 3), (1000.0, 2), (1332.0, 3)]);
}

/// A reboot of 60 s at 1000: the agent is back at 1070 and reports that its task is dead; 1075 reaction, 1076, 1078. The
/// status check (120 s) never fails.
#[test]
fn a_reboot() {
    let text = three("failures: [{type: instanceReboot, at: 1000s, lasts: 60s, target: {zones: [a]}}]");
    assert_eq!(changes(&text), [(0.0, 3), (1000.0, 2), (1078.0, 3)]);
}

/// A reboot of 10 min is too long for Auto Scaling: it is replaced as if it were lost, at 1328.
#[test]
fn a_reboot_that_takes_too_long_is_replaced() {
    let text = three("failures: [{type: instanceReboot, at: 1000s, lasts: 10m, target: {zones: [a]}}]");
    assert_eq!(changes(&text), [(0.0, 3), (1000.0, 2), (1328.0, 3)]);
    // With ReplaceUnhealthy suspended the instance comes back at 1600, its agent at 1610: 1615, 1616, 1618.
    let kept = text.replace("count: 3", "count: 3\n    suspendedProcesses: [ReplaceUnhealthy]");
    assert_eq!(changes(&kept), [(0.0, 3), (1000.0, 2), (1618.0, 3)]);
}

/// The agent disconnects at 1000 for an hour: its task serves on, nobody replaces it. Its container crashes at 2000: ECS
/// does not learn of it before the agent is back at 4600; then 4605, 4606, 4608.
#[test]
fn an_agent_that_is_disconnected_hides_a_crash() {
    let disconnect = "{type: agentDisconnect, at: 1000s, lasts: 1h, target: {zones: [a]}}";
    let alone = three(&format!("failures: [{disconnect}]"));
    assert_eq!(changes(&alone), [(0.0, 3)]);
    let crash = "{type: containerCrash, at: 2000s, target: {zones: [a]}}";
    let text = three(&format!("failures: [{disconnect}, {crash}]"));
    assert_eq!(changes(&text), [(0.0, 3), (2000.0, 2), (4608.0, 3)]);
}

/// ECS places nothing on an instance whose agent is disconnected: the crashed task of zone b goes to zone c at 2008, though
/// zone a has as many tasks.
#[test]
fn nothing_is_placed_where_the_agent_is_disconnected() {
    let failures = "failures:
  - {type: agentDisconnect, at: 1000s, target: {zones: [a]}}
  - {type: agentDisconnect, at: 1001s, lasts: 1s, target: {zones: [b]}}
  - {type: containerCrash, at: 2000s, target: {zones: [c]}}";
    let engine = engine_at(&three(failures), 2100);
    assert_eq!(by_zone(&engine, "web"), [1, 1, 1]);
    let both = "failures:
  - {type: agentDisconnect, at: 1000s, target: {zones: [a, c]}}
  - {type: instanceFailure, seen: terminated, at: 2000s, target: {zones: [c]}}";
    assert_eq!(by_zone(&engine_at(&three(both), 2060), "web"), [1, 2, 0]);
}

/// An instance hangs at 1000 s: agent lost at 1090, status check failed at 1120, replaced like a lost one at 1328. Where the
/// status check passes all the same, nobody ever notices.
#[test]
fn an_instance_that_hangs() {
    let hang =
        |more: &str| three(&format!("failures: [{{type: instanceHang, at: 1000s, target: {{zones: [a]}}{more}}}]"));
    assert_eq!(changes(&hang("")), [(0.0, 3), (1000.0, 2), (1328.0, 3)]);
    assert_eq!(changes(&hang(", passesStatusCheck: true")), [(0.0, 3), (1000.0, 2)]);
    // A hang of 30 s: nobody has noticed when it is over, and its processes serve on.
    assert_eq!(changes(&hang(", lasts: 30s")), [(0.0, 3), (1000.0, 2), (1030.0, 3)]);
}

/// An instance hangs from 1000 to 1030 s, too short for anyone to notice. A container that crashes there at 1010 (or is out of
/// memory) is found when its host answers: STOPPED at 1030, reaction 1035, 1036, 1038. One that crashes at 999 and is to be
/// restarted in place after 1.5 s is started at 1030.
#[test]
fn what_a_hang_hides_is_seen_to_when_it_is_over() {
    let hang = "{type: instanceHang, at: 1000s, lasts: 30s, target: {zones: [a]}}";
    let crash =
        |at: &str| three(&format!("failures: [{hang}, {{type: containerCrash, at: {at}, target: {{zones: [a]}}}}]"));
    assert_eq!(changes(&crash("1010s")), [(0.0, 3), (1000.0, 2), (1038.0, 3)]);
    let policy = "memory: 1000, restartPolicy: {enabled: true, restartAttemptPeriod: 60}}";
    let restarted =
        crash("999s").replace("memory: 1000}", policy).replace("containerRestart: 1s", "containerRestart: 1500ms");
    assert_eq!(changes(&restarted), [(0.0, 3), (999.0, 2), (1030.0, 3)]);
}

/// A zone loses power for an hour. Its task is back at 1328, on an instance of another zone; the instance that Auto Scaling
/// launches cannot go into the zone and goes into another. When the zone is back (4600 s), Auto Scaling rebalances 300 s
/// later: a launch at 4900 in zone a, ACTIVE at 4960, and the surplus instance goes, drained.
#[test]
fn a_zone_loses_power() {
    let failures =
        "failures: [{type: zoneOutage, at: 1000s, lasts: 1h, lost: 0%, recovery: 60s, target: {zones: [a]}}]";
    let text = three(failures);
    assert_eq!(changes(&text)[..3], [(0.0, 3), (1000.0, 2), (1328.0, 3)]);
    let zones = |seconds| {
        let engine = engine_at(&text, seconds);
        let mut counts = [0; 3];
        for (_, row) in engine.world.live_instances().filter(|(_, row)| row.agent_connected) {
            counts[row.zone.0 as usize] += 1;
        }
        counts
    };
    assert_eq!(zones(1089), [1, 1, 1]);
    assert_eq!(zones(1090), [0, 1, 1]);
    // Launched at 1330 in the first of the other zones, ACTIVE at 1390.
    assert_eq!(zones(1390), [0, 2, 1]);
    assert_eq!(zones(4959), [0, 2, 1]);
    assert_eq!(zones(4960).iter().sum::<u32>(), 4);
    assert_eq!(zones(5100), [1, 1, 1]);
}

/// The same, and the surplus instance that is to be moved ends by itself at 4930, while the launch in zone a is on its way: that
/// launch has filled its place, and there is no other.
#[test]
fn an_instance_that_fails_while_it_is_moved_is_replaced_once() {
    let failures = "failures:
  - {type: zoneOutage, at: 1000s, lasts: 1h, lost: 0%, recovery: 60s, target: {zones: [a]}}
  - type: instanceFailure
    seen: terminated
    at: 4930s
    target: {zones: [b], matching: 'registeredAt > 2025-01-01T00:10:00Z'}";
    let text = three(failures);
    let zones = |seconds| {
        let engine = engine_at(&text, seconds);
        let mut counts = [0; 3];
        for (_, row) in engine.world.live_instances().filter(|(_, row)| row.agent_connected) {
            counts[row.zone.0 as usize] += 1;
        }
        (counts, engine.world.launched)
    };
    // Three at the start, one for the zone that was lost, one to move it back.
    assert_eq!(zones(4920), ([0, 2, 1], 5));
    assert_eq!(zones(4959), ([0, 1, 1], 5));
    assert_eq!(zones(7000), ([1, 1, 1], 5));
}

/// The same, but the instance of zone c ends by itself at 4850. Its replacement is launched at 4880, into zone a, which has none,
/// and is ACTIVE at 4940. The launch that is to bring an instance from b to c (4900) is ACTIVE at 4960, and only then does the
/// surplus one of b go.
#[test]
fn an_instance_that_is_moved_waits_for_the_one_in_its_place() {
    let failures = "failures:
  - {type: zoneOutage, at: 1000s, lasts: 1h, lost: 0%, recovery: 60s, target: {zones: [a]}}
  - {type: instanceFailure, seen: terminated, at: 4850s, target: {zones: [c]}}";
    let text = three(failures);
    let seen = |seconds| {
        let engine = engine_at(&text, seconds);
        let live = || engine.world.live_instances();
        let active = live().filter(|(_, row)| row.agent_connected).count();
        (engine.world.launched, active, live().any(|(_, row)| row.condemned && row.works()))
    };
    assert_eq!(seen(4939), (6, 2, false));
    assert_eq!(seen(4959), (6, 3, false));
    assert_eq!(seen(4960), (6, 4, true));
    assert_eq!(seen(7000), (6, 3, false));
}

/// Auto Scaling waits 180 s for the impairment that it sees, not for an earlier one. The network of a zone is lost at 1000:
/// impaired at 1120, back at 1130, before the decision (1300). It is lost again at 1140: impaired at 1260, so the decision
/// is due at 1440, and the network is back at 1350. Nothing is replaced.
#[test]
fn a_second_impairment_has_its_own_time() {
    let failures = "failures:
  - {type: zoneOutage, loses: network, at: 1000s, lasts: 130s, target: {zones: [a]}}
  - {type: zoneOutage, loses: network, at: 1140s, lasts: 210s, target: {zones: [a]}}";
    let text = three(failures);
    assert_eq!(changes(&text), [(0.0, 3), (1000.0, 2), (1130.0, 3), (1140.0, 2), (1350.0, 3)]);
    assert_eq!(engine_at(&text, 7000).world.launched, 3);
}

/// The status check counts from the loss of the network that it sees. Lost at 1000 and back at 1060: nothing was seen. Lost
/// again at 1100: impaired at 1220 (not at 1120), the decision is due at 1400, and the network is back at 1310.
#[test]
fn a_status_check_forgets_a_short_loss() {
    let failures = "failures:
  - {type: zoneOutage, loses: network, at: 1000s, lasts: 60s, target: {zones: [a]}}
  - {type: zoneOutage, loses: network, at: 1100s, lasts: 210s, target: {zones: [a]}}";
    let text = three(failures);
    assert_eq!(changes(&text), [(0.0, 3), (1000.0, 2), (1060.0, 3), (1100.0, 2), (1310.0, 3)]);
    assert_eq!(engine_at(&text, 7000).world.launched, 3);
}

/// A host that hangs (1000 s, impaired at 1120) and then loses its power for good (1200 s) fails one and the same check all
/// the time: the decision stands at 1300, 1320 ECS sees it, 1325, 1326, 1328.
#[test]
fn a_failure_on_top_of_a_failure_is_one_impairment() {
    let failures = "failures:
  - {type: instanceHang, at: 1000s, target: {zones: [a]}}
  - {type: instanceFailure, at: 1200s, target: {zones: [a]}}";
    assert_eq!(changes(&three(failures)), [(0.0, 3), (1000.0, 2), (1328.0, 3)]);
}

/// The network of a zone is lost for 10 s: shorter than anybody's patience. The tasks serve again at 1010, unharmed.
#[test]
fn a_short_loss_of_network_does_no_lasting_harm() {
    let failures = "failures: [{type: zoneOutage, loses: network, at: 1000s, lasts: 10s, target: {zones: [a]}}]";
    assert_eq!(changes(&three(failures)), [(0.0, 3), (1000.0, 2), (1010.0, 3)]);
}

/// An instance is retired with notice: ECS drains it, the replacement of its task first (healthy after 40 s in RUNNING,
/// for it has no check), so that nobody notices.
#[test]
fn a_retirement_with_draining_goes_unnoticed() {
    let failures = "failures: [{type: instanceRetirement, at: 1000s, target: {zones: [a]}}]";
    assert_eq!(changes(&three(failures)), [(0.0, 3), (1003.0, 4), (1043.0, 3)]);
    // Without managed draining the instance just ends: as if EC2 had ended it, 1028.
    let abrupt = three(failures).replace("count: 3", "count: 3\n    managedDraining: DISABLED");
    assert_eq!(changes(&abrupt), [(0.0, 3), (1000.0, 2), (1028.0, 3)]);
}

/// Two tasks, 100/100: the drain may neither start first nor stop first, and goes on until the lifecycle hook that holds the
/// termination back ends after 48 hours (173,800 s): ECS sees it at 173,820, reacts at 173,825, 173,826; the
/// new instance in zone a has to pull the image (4 s), 173,830, 173,832.
#[test]
fn a_drain_against_100_100_goes_on_for_48_hours() {
    let service = "    availabilityZoneRebalancing: DISABLED
    deploymentConfiguration: {minimumHealthyPercent: 100, maximumPercent: 100}";
    let text = scenario(3, 2, 3, service, "failures: [{type: instanceRetirement, at: 1000s, target: {zones: [a]}}]");
    assert_eq!(changes(&text), [(0.0, 3)]);
    let long = text.replace("duration: 2h", "duration: 60h");
    assert_eq!(changes(&long), [(0.0, 3), (173_800.0, 2), (173_832.0, 3)]);
    // A host that fails while it drains is not looked at any more: its task is missed until then.
    let dies = long.replace("target: {zones: [a]}}]", "target: {zones: [a]}}, {type: instanceFailure, at: 2000s, target: {zones: [a], matching: runningTasksCount == 1}}]");
    assert_eq!(changes(&dies), [(0.0, 3), (2000.0, 2), (173_832.0, 3)]);
    // 50 % may go: the task is stopped at once (1000), the scheduler reacts at 1005, 1006, 1008.
    let half = text.replace("minimumHealthyPercent: 100", "minimumHealthyPercent: 50");
    assert_eq!(changes(&half), [(0.0, 3), (1000.0, 2), (1008.0, 3)]);
}

/// The three instances, one task each and room for no more; what fails is left alone, so that what comes back is the very same
/// instance.
fn left_alone(failures: &str) -> String {
    scenario(3, 1, 3, "", failures).replace("count: 3", "count: 3\n    suspendedProcesses: [ReplaceUnhealthy]")
}

/// A zone is out from 1000 to 1200 s by one failure and from 1100 to 1400 s by another: it is out until 1400. Its agent is
/// back 10 s later and reports the dead task; 5 s reaction, 1 s PROVISIONING, 2 s start. The order of the two is no matter.
#[test]
fn a_zone_is_out_until_the_last_outage_is_over() {
    let changes_of = |failures: &str| changes(&left_alone(failures));
    let whole = [(0.0, 3), (1000.0, 2), (1418.0, 3)];
    let outage = |at: u32, lasts: u32| {
        format!("  - {{type: zoneOutage, at: {at}s, lasts: {lasts}s, lost: 0%, recovery: 0s, target: {{zones: [a]}}}}")
    };
    assert_eq!(changes_of(&format!("failures:\n{}\n{}", outage(1000, 200), outage(1100, 300))), whole);
    assert_eq!(changes_of(&format!("failures:\n{}\n{}", outage(1100, 300), outage(1000, 200))), whole);
    // One within the other.
    assert_eq!(changes_of(&format!("failures:\n{}\n{}", outage(1000, 400), outage(1100, 100))), whole);
    let trace = |rows: &str| format!("failures: [{{type: trace, csv: \"at,failure,target,lasts\\n{rows}\"}}]");
    assert_eq!(changes_of(&trace("1000,zoneOutage,a,200\\n1100,zoneOutage,a,300\\n")), whole);
    assert_eq!(changes_of(&trace("1000,zoneOutage,a,400\\n1100,zoneOutage,a,100\\n")), whole);
}

/// The same with the network: the processes live, so that the tasks serve again at 1400.
#[test]
fn a_zone_is_cut_off_until_the_last_outage_is_over() {
    let failures = "failures:
  - {type: zoneOutage, loses: network, at: 1000s, lasts: 200s, target: {zones: [a]}}
  - {type: zoneOutage, loses: network, at: 1100s, lasts: 300s, target: {zones: [a]}}";
    assert_eq!(changes(&left_alone(failures)), [(0.0, 3), (1000.0, 2), (1400.0, 3)]);
}

/// An instance reboots from 1000 to 1060 s; its rack loses power from 1010 to 1210 s: it is up at 1210.
#[test]
fn a_rack_holds_down_what_was_down_already() {
    let failures = "failures:
  - {type: instanceReboot, at: 1000s, lasts: 60s, target: {zones: [a]}}
  - {type: correlatedGroup, at: 1010s, lasts: 200s, size: 1, target: {capacity: [group]}}";
    let changes = changes(&left_alone(failures));
    assert_eq!(changes, [(0.0, 3), (1000.0, 2), (1010.0, 0), (1228.0, 3)]);
}

/// An instance reboots from 999 to 1210 s; its rack is without power from 1000 to 1060 s. The two others serve again at 1078;
/// it is not brought up by the rack but by the end of its reboot: agent back at 1220; 1225, 1226, 1228.
#[test]
fn the_end_of_an_outage_ends_no_reboot() {
    let failures = "failures:
  - {type: instanceReboot, at: 999s, lasts: 211s, target: {zones: [a]}}
  - {type: correlatedGroup, at: 1000s, lasts: 60s, size: 1, target: {capacity: [group]}}";
    let changes = changes(&left_alone(failures));
    assert_eq!(changes, [(0.0, 3), (999.0, 2), (1000.0, 0), (1078.0, 2), (1228.0, 3)]);
}

/// An agent is kept away from 1000 to 2600 s by one failure and from 1500 to 4600 s by another: it is back at 4600. What
/// crashed at 2000 is known then: 4605, 4606, 4608. A boot ends what keeps it away: it reboots from 2700 to 2760 s, is back
/// at 2770, and the task is replaced at 2778. What began before the reboot does not end what began after it.
#[test]
fn an_agent_is_away_until_the_last_failure_lets_it_go() {
    let away = "  - {type: agentDisconnect, at: 1000s, lasts: 1600s, target: {zones: [a]}}
  - {type: agentDisconnect, at: 1500s, lasts: 3100s, target: {zones: [a]}}
  - {type: containerCrash, at: 2000s, target: {zones: [a]}}";
    assert_eq!(changes(&three(&format!("failures:\n{away}"))), [(0.0, 3), (2000.0, 2), (4608.0, 3)]);
    let reboot =
        format!("failures:\n{away}\n  - {{type: instanceReboot, at: 2700s, lasts: 60s, target: {{zones: [a]}}}}");
    assert_eq!(changes(&three(&reboot)), [(0.0, 3), (2000.0, 2), (2778.0, 3)]);
    let again = format!(
        "{reboot}
  - {{type: agentDisconnect, at: 3000s, lasts: 3000s, target: {{zones: [a]}}}}
  - {{type: containerCrash, at: 4000s, target: {{zones: [a]}}}}"
    );
    let changes = changes(&three(&again));
    assert_eq!(changes, [(0.0, 3), (2000.0, 2), (2778.0, 3), (4000.0, 2), (6008.0, 3)]);
}

/// An instance boots for 60 s and registers; an agent that is kept away from its boot on registers when it is let go.
#[test]
fn an_agent_that_is_kept_away_does_not_register() {
    let failures = "failures:
  - {type: instanceFailure, seen: terminated, at: 1000s, target: {zones: [a]}}
  - {type: agentDisconnect, at: BOOTED, lasts: 500s, target: {zones: [a]}}";
    let registered = |text: &str| {
        (1000..2000).find(|second| {
            let engine = engine_at(text, *second);
            let mut there = engine.world.live_instances().filter(|(_, row)| row.zone.0 == 0 && row.serial > 3);
            there.any(|(_, row)| row.registration == longshore::world::instance::Registration::Active)
        })
    };
    let alone = three(&failures.replace("at: BOOTED", "at: 110m"));
    let at = registered(&alone).expect("it is replaced");
    let booted = format!("at: {}s", at - 1);
    let text = three(&failures.replace("at: BOOTED", &booted));
    assert_eq!(registered(&text), Some(at - 1 + 500));
    let engine = engine_at(&text, at + 600);
    assert!(engine.world.live_instances().all(|(_, row)| row.agent_connected));
}

/// An instance that is lost for good stays lost when an outage of its zone is over.
#[test]
fn the_end_of_an_outage_brings_no_lost_instance_back() {
    let failures = "failures:
  - {type: instanceFailure, at: 900s, target: {zones: [a]}}
  - {type: zoneOutage, at: 1000s, lasts: 100s, lost: 0%, recovery: 0s, target: {zones: [a]}}
  - {type: correlatedGroup, at: 1200s, lasts: 100s, size: 1, target: {zones: [b]}}";
    // The task of zone b: up at 1300, agent at 1310, reaction at 1315.
    assert_eq!(changes(&left_alone(failures)), [(0.0, 3), (900.0, 2), (1200.0, 1), (1318.0, 2)]);
}

/// Racks of two in a zone of five and a zone of one: two whole ones, a half one, and one in the other zone.
#[test]
fn racks_are_as_large_as_they_are_said_to_be() {
    let failures = "failures: [{type: correlatedGroup, at: 1000s, lasts: 100s, size: 2}]";
    let outcome = outcome(&scenario(3, 1, 6, "", failures).replace("count: 3", "count: {a: 5, b: 1}"));
    let mut struck: Vec<&str> = outcome.incidents.iter().map(|incident| incident.struck.as_str()).collect();
    struck.sort_unstable();
    assert_eq!(struck, ["group of 1 instance", "group of 1 instance", "group of 2 instances", "group of 2 instances"]);
}
