//! The life of a task: crash, restart in place, hang, throttling, image and permission.

use super::sketch::{by_instance, engine_at, healthy, outcome, scenario};

/// At the end of every list of changes stands nothing more: what follows the last change is the run's end.
fn changes(text: &str) -> Vec<(f64, u32)> {
    healthy(&outcome(text))
}

/// A container of a service without load balancer crashes at 1000 s. Nothing has to be detected: the agent reports at once.
/// The scheduler reacts at 1005, PROVISIONING lasts until 1006, the image is cached, the containers run at 1008.
#[test]
fn a_crash() {
    let failures = "failures: [{type: containerCrash, at: 1000s, target: {count: 1}}]";
    assert_eq!(changes(&scenario(3, 2, 2, "", failures)), [(0.0, 2), (1000.0, 1), (1008.0, 2)]);
}

/// With a restart policy the agent restarts the container in place a second later, if it has run for the attempt period
/// (300 s by default): at 1000 s it has, so it runs again at 1001. At 1100 s it has run only 99 s: the task stops for good
/// and is replaced at 1108.
#[test]
fn a_restart_in_place_has_no_second_chance() {
    let failures = "failures: [{type: containerCrash, at: [1000s, 1100s], target: {services: [web]}}]";
    let text =
        scenario(3, 2, 1, "", failures).replace("memory: 1000}", "memory: 1000, restartPolicy: {enabled: true}}");
    assert_eq!(changes(&text), [(0.0, 1), (1000.0, 0), (1001.0, 1), (1100.0, 0), (1108.0, 1)]);
}

/// Exit code 1 of a crash is ignored: no restart in place.
#[test]
fn an_ignored_exit_code_is_not_restarted() {
    let failures = "failures: [{type: containerCrash, at: 1000s}]";
    let text = scenario(3, 2, 1, "", failures)
        .replace("memory: 1000}", "memory: 1000, restartPolicy: {enabled: true, ignoredExitCodes: [1]}}");
    assert_eq!(changes(&text), [(0.0, 1), (1000.0, 0), (1008.0, 1)]);
}

/// A sidecar that is not essential ends: the task stays RUNNING and serves on.
#[test]
fn the_end_of_a_container_that_is_not_essential_ends_nothing() {
    let failures = "failures: [{type: containerCrash, at: 1000s, target: {containers: [sidecar]}}]";
    let text = scenario(3, 2, 1, "", failures).replace(
        "- {name: web, cpu: 1024, memory: 1000}",
        "- {name: web, cpu: 512, memory: 500}\n      - {name: sidecar, cpu: 512, memory: 500, essential: false}",
    );
    assert_eq!(changes(&text), [(0.0, 1)]);
    let essential = text.replace(", essential: false", "");
    assert_eq!(changes(&essential), [(0.0, 1), (1000.0, 0), (1008.0, 1)]);
}

/// A silent hang at 1000 s, seen by the container health check at its defaults (every 30 s, 5 s time-out, 3 retries) of a
/// container that started at 0. Checks start at 30, 60 … 990, 1020: the one at 1020 is the first to fail, at 1025; the next
/// starts 30 s later at 1055 and fails at 1060, the third starts at 1090 and fails at 1095: UNHEALTHY. The scheduler reacts
/// at 1100 and starts the replacement first: it runs at 1103.
#[test]
fn a_hang_that_a_container_health_check_sees() {
    let failures = "failures: [{type: containerHang, at: 1000s}]";
    // The replacement goes to another instance; an image of no size makes its pull no matter.
    let text = scenario(3, 2, 1, "    imageSize: 0MiB", failures)
        .replace("memory: 1000}", "memory: 1000, healthCheck: {interval: 30}}");
    let outcome = outcome(&text);
    assert_eq!(healthy(&outcome), [(0.0, 1), (1000.0, 0), (1103.0, 1)]);
    // The unhealthy task is stopped only when the replacement is HEALTHY: its first check passes 30 s after its start at
    // 1103. Until then ECS counts two running tasks.
    let running: Vec<(f64, u32)> =
        outcome.timeline.services[0].points.iter().map(|point| (point.seconds, point.running)).collect();
    assert!(running.contains(&(1103.0, 2)), "{running:?}");
    let lost = &outcome.services[0].lost;
    let phase = |name: &str| lost.iter().find(|lost| lost.phase == name).map_or(0.0, |lost| lost.task_seconds);
    assert_eq!(
        (phase("undetected"), phase("reacting"), phase("provisioning"), phase("starting")),
        (95.0, 5.0, 1.0, 2.0)
    );
    assert_eq!(outcome.services[0].lost_task_seconds, 103.0);
}

/// A container is kept from answering from 1000 to 1600 s by one failure and from 1200 to 1400 s by another: it answers at
/// 1600. One that begins before the first is over and lasts longer keeps it until its own end.
#[test]
fn a_container_hangs_until_the_last_failure_lets_it_go() {
    let within = "failures:
  - {type: containerHang, at: 1000s, lasts: 600s}
  - {type: containerHang, at: 1200s, lasts: 200s}";
    let text = scenario(3, 2, 1, "    imageSize: 0MiB", within);
    assert_eq!(healthy(&outcome(&text)), [(0.0, 1), (1000.0, 0), (1600.0, 1)]);
    let longer = text.replace("lasts: 200s", "lasts: 900s");
    assert_eq!(healthy(&outcome(&longer)), [(0.0, 1), (1000.0, 0), (2100.0, 1)]);
    let of_one_row = text.replace("at: 1000s", "at: [1000s, 1500s]");
    assert_eq!(healthy(&outcome(&of_one_row)), [(0.0, 1), (1000.0, 0), (2100.0, 1)]);
}

/// The same hang without any health check is never noticed.
#[test]
fn a_hang_that_nobody_checks_lasts() {
    let failures = "failures: [{type: containerHang, at: 1000s}]";
    assert_eq!(changes(&scenario(3, 2, 1, "", failures)), [(0.0, 1), (1000.0, 0)]);
}

/// Health is ignored during healthCheckGracePeriodSeconds: with 3000 s the verdict of 1095 is acted on at 3000, and the
/// replacement runs at 3003.
#[test]
fn the_grace_period_holds_the_scheduler_back() {
    let failures = "failures: [{type: containerHang, at: 1000s}]";
    let text = scenario(3, 2, 1, "    healthCheckGracePeriodSeconds: 3000\n    imageSize: 0MiB", failures)
        .replace("memory: 1000}", "memory: 1000, healthCheck: {interval: 30}}");
    assert_eq!(changes(&text), [(0.0, 1), (1000.0, 0), (3003.0, 1)]);
}

/// maximumPercent 100 leaves no room to start first: the unhealthy task is stopped at 1100; hanging, it does not hear
/// SIGTERM and is killed after stopTimeout, 30 s, but ECS no longer counts it at once. The scheduler reacts at 1105 and the
/// replacement, on another instance, runs at 1108.
#[test]
fn without_room_the_unhealthy_task_is_stopped_first() {
    let failures = "failures: [{type: containerHang, at: 1000s}]";
    let service = "    deploymentConfiguration: {maximumPercent: 100, minimumHealthyPercent: 0}";
    let text =
        scenario(3, 2, 1, service, failures).replace("memory: 1000}", "memory: 1000, healthCheck: {interval: 30}}");
    assert_eq!(changes(&text), [(0.0, 1), (1000.0, 0), (1108.0, 1)]);
}

/// A service pauses from 1460 to 1620 s because a start failed (see the permission below). Two of its four tasks are UNHEALTHY
/// meanwhile, and maximumPercent 125 leaves room for five: at 1620 the vacant slot is filled and one replacement starts
/// first, 1621, 1623. For the other there is no room any more: its task is stopped at 1620, and replaced like any that
/// stopped, 1625, 1626, 1628.
#[test]
fn room_that_is_gone_after_a_pause() {
    let failures = "failures:
  - {type: permissionRevoked, at: 900s, lasts: 10m}
  - {type: containerCrash, at: 1000s, target: {count: 1}}
  - {type: containerHang, at: 1410s, target: {count: 2}}";
    let service = "    deploymentConfiguration: {maximumPercent: 125, minimumHealthyPercent: 0}\n    imageSize: 0MiB";
    let text =
        scenario(3, 4, 4, service, failures).replace("memory: 1000}", "memory: 1000, healthCheck: {interval: 30}}");
    let wanted = [(0.0, 4), (1000.0, 3), (1410.0, 1), (1623.0, 3), (1628.0, 4)];
    assert_eq!(changes(&text), wanted);
}

const LOAD_BALANCER: &str = "    loadBalancer: {healthCheckIntervalSeconds: 30, deregistrationDelaySeconds: 300}
    imageSize: 0MiB";

/// A hang behind a load balancer at its defaults (every 30 s, 5 s time-out, 2 failures): the target leaves the rotation
/// after two failed checks, 35 to 65 s after the hang, as the target's own grid will have it; then 5 s reaction, 1 s
/// PROVISIONING, 2 s start, 4 s registration, and the first check passes at once.
#[test]
fn a_hang_that_a_load_balancer_sees() {
    for seed in 1..=20 {
        let failures = format!("seed: {seed}\nfailures: [{{type: containerHang, at: 1000s}}]");
        let outcome = outcome(&scenario(3, 2, 1, LOAD_BALANCER, &failures));
        let changes = healthy(&outcome);
        assert_eq!(changes.len(), 3, "{changes:?}");
        let after_detection = 5.0 + 1.0 + 2.0 + 4.0;
        let detected = changes[2].0 - after_detection - 1000.0;
        assert!((35.0..=65.0).contains(&detected), "seed {seed}: detected after {detected} s");
        // All requests of that time went to the dead target, also after the load balancer gave it up: it had no other.
        let requests = outcome.services[0].requests.as_ref().expect("a load balancer");
        let lost_seconds = requests.lost_share * 7200.0;
        assert!((lost_seconds - (changes[2].0 - 1000.0)).abs() < 1e-6, "{lost_seconds}");
    }
}

/// A load-balanced crash: the target is deregistered at once, no request is sent to it any more, and it need not drain.
/// Healthy again after 5 + 1 + 2 + 4 s.
#[test]
fn a_crash_behind_a_load_balancer_is_no_matter_of_checks() {
    let failures = "failures: [{type: containerCrash, at: 1000s, target: {count: 1}}]";
    let outcome = outcome(&scenario(3, 2, 2, LOAD_BALANCER, failures));
    assert_eq!(healthy(&outcome), [(0.0, 2), (1000.0, 1), (1012.0, 2)]);
    assert_eq!(outcome.services[0].requests.as_ref().map(|requests| requests.lost_share), Some(0.0));
}

/// An instance that has never pulled the image downloads it: 500 MiB at 50 MiB/s take 10 s. The task's own instance, which
/// has the image, is full of another service by then.
#[test]
fn an_image_that_is_not_cached_is_pulled() {
    let service = "    placementStrategy: [{type: binpack, field: cpu}]
    imageSize: 500MiB";
    let failures = "failures: [{type: instanceFailure, seen: terminated, at: 1000s, target: {zones: [a]}}]";
    // Binpack put both tasks on the first instance (zone a). It ends at 1000; ECS knows at 1020, reacts at 1025, PROVISIONING
    // until 1026, pull until 1036, start until 1038. Both tasks wait for the same download.
    assert_eq!(changes(&scenario(3, 2, 2, service, failures)), [(0.0, 2), (1000.0, 0), (1038.0, 2)]);
}

/// While the registry is down a cached image starts all the same, and one that is not cached fails after 60 s: the task
/// never ran, so the service pauses 10, 20, 40 … s between attempts.
#[test]
fn a_registry_outage_strikes_what_is_not_cached() {
    let registry = "{type: imageRegistryOutage, at: 900s, lasts: 10m}";
    let crash = format!("failures: [{registry}, {{type: containerCrash, at: 1000s}}]");
    assert_eq!(changes(&scenario(3, 2, 1, "", &crash)), [(0.0, 1), (1000.0, 0), (1008.0, 1)]);

    let loss = format!(
        "failures: [{registry}, {{type: instanceFailure, seen: terminated, at: 1000s, target: {{zones: [a]}}}}]"
    );
    let service = "    placementStrategy: [{type: binpack, field: cpu}]\n    imageSize: 500MiB";
    // 1000 lost, 1025 placed, 1026 PENDING, the pull fails at 1086; pause 10 s: 1096 placed, 1097, fails at 1157; pause 20 s:
    // 1177, 1178, 1238; pause 40 s: 1278, 1279, 1339; pause 80 s: 1419, 1420, 1480; pause 160 s: 1640, when the registry is
    // back (since 1500): 1641 PENDING, pull of 10 s until 1651, start until 1653.
    assert_eq!(changes(&scenario(3, 2, 1, service, &loss)), [(0.0, 1), (1000.0, 0), (1653.0, 1)]);
    // An agent that always pulls cannot start even what it has: PENDING at 1006, fails at 1066, and so on by the same pauses:
    // 1076/1077/1137, 1157/1158/1218, 1258/1259/1319, 1399/1400/1460, 1620: 1621 PENDING; with imageSize 0 nothing is
    // downloaded, start until 1623.
    let always =
        scenario(3, 2, 1, "    imageSize: 0MiB", &crash).replace("count: 3", "count: 3\n    imagePullBehavior: always");
    assert_eq!(changes(&always), [(0.0, 1), (1000.0, 0), (1623.0, 1)]);
}

/// The task execution role loses its permission for ten minutes: what runs runs on; a task that crashes cannot be started
/// again until the first attempt after the permission is back, by the same pauses as above.
#[test]
fn a_revoked_permission_fails_new_tasks() {
    let failures = "failures:
  - {type: permissionRevoked, at: 900s, lasts: 10m}
  - {type: containerCrash, at: 1000s, target: {count: 1}}";
    // 1005 placed, 1006 PENDING, fails at 1066; 1076, 1077, 1137; 1157, 1158, 1218; 1258, 1259, 1319; 1399, 1400, 1460;
    // 1620, 1621, 1623.
    assert_eq!(changes(&scenario(3, 2, 2, "", failures)), [(0.0, 2), (1000.0, 1), (1623.0, 2)]);
}

/// A container that ends while its task is ACTIVATING never let it reach RUNNING: that is throttled like a start that
/// fails. The task that crashed at 1000 is replaced at 1005 and starts its container at 1008; registration would last until
/// 1012, but it crashes at 1010: 10 s pause. 1020 placed, 1021 PENDING, 1023 started, crash at 1024: 20 s pause. 1044
/// placed, 1045, 1047 started, 1051 registered.
#[test]
fn a_container_that_ends_before_its_task_is_running_is_throttled() {
    let failures = "failures: [{type: containerCrash, at: [1000s, 1010s, 1024s]}]";
    assert_eq!(changes(&scenario(3, 2, 1, LOAD_BALANCER, failures)), [(0.0, 1), (1000.0, 0), (1051.0, 1)]);
}

/// One that ends right after its task has reached RUNNING is not throttled, however often: each time 5 s reaction, 1 s
/// PROVISIONING, 2 s start.
#[test]
fn a_task_that_was_running_is_never_throttled() {
    let failures = "failures: [{type: containerCrash, at: [1000s, 1009s, 1018s]}]";
    let restarts = [(0.0, 1), (1000.0, 0), (1008.0, 1), (1009.0, 0), (1017.0, 1), (1018.0, 0), (1026.0, 1)];
    assert_eq!(changes(&scenario(3, 2, 1, "", failures)), restarts);
}

/// A peak of memory use above the hard limit (1000 MiB) kills the container; below it nothing happens. With a median of
/// 2000 MiB and no spread every peak kills, with 900 MiB none does.
#[test]
fn the_hard_limit_decides_the_kill() {
    let failures = |median: u32| {
        format!(
            "failures: [{{type: outOfMemory, at: 1000s, target: {{count: 1}}, memoryUse: {{median: {median}MiB, sigma: 0}}}}]"
        )
    };
    assert_eq!(changes(&scenario(3, 2, 2, "", &failures(2000))), [(0.0, 2), (1000.0, 1), (1008.0, 2)]);
    assert_eq!(changes(&scenario(3, 2, 2, "", &failures(900))), [(0.0, 2)]);
}

/// The task's memory limits all of its containers: where it alone is given, or where it is less than the container's own.
#[test]
fn the_memory_of_the_task_is_a_hard_limit_too() {
    let failures = |median: u32| {
        format!("failures: [{{type: outOfMemory, at: 1000s, memoryUse: {{median: {median}MiB, sigma: 0}}}}]")
    };
    let text = |median: u32, sizes: &str| {
        scenario(3, 2, 1, "", &failures(median))
            .replace("- {name: web, cpu: 1024, memory: 1000}", &format!("- {{name: web, cpu: 1024{sizes}}}"))
            .replace("  - family: web", "  - family: web\n    memory: '1000'")
    };
    let killed = [(0.0, 1), (1000.0, 0), (1008.0, 1)];
    assert_eq!(changes(&text(1001, "")), killed);
    assert_eq!(changes(&text(999, "")), [(0.0, 1)]);
    assert_eq!(changes(&text(1001, ", memory: 2000, memoryReservation: 500")), killed);
    assert_eq!(changes(&text(501, ", memory: 500")), killed);
}

/// Two containers with checks, every 10 s and every 60 s: the task is HEALTHY when both have passed. Its predecessor hangs
/// silently at 1000 s; the check of the first container at 1000 is over, those at 1010, 1025 and 1040 fail: UNHEALTHY at
/// 1045. Reaction at 1050, the replacement starts at 1053, and its predecessor is stopped 60 s later, not 10.
#[test]
fn a_task_is_healthy_when_the_last_of_its_checks_has_passed() {
    let failures = "failures: [{type: containerHang, at: 1000500ms, target: {containers: [web]}}]";
    let text = scenario(3, 2, 1, "    imageSize: 0MiB", failures).replace(
        "- {name: web, cpu: 1024, memory: 1000}",
        "- {name: web, cpu: 512, memory: 500, healthCheck: {interval: 10}}
      - {name: slow, cpu: 512, memory: 500, healthCheck: {interval: 60}}",
    );
    let tasks = |seconds| by_instance(&engine_at(&text, seconds), "web").iter().sum::<u32>();
    assert_eq!((tasks(1049), tasks(1053), tasks(1112), tasks(1113)), (1, 2, 2, 1));
}

/// The essential container ends at 1000 s; the sidecar is told to end and takes a second. Until then the task holds its room:
/// the fleet has none other, so the replacement finds it only at the next attempt. Without the sidecar it is placed at 1000.
#[test]
fn the_other_containers_of_a_task_are_stopped_in_their_time() {
    let failures = "failures: [{type: containerCrash, at: 1000s, target: {containers: [web]}}]";
    let with = scenario(3, 1, 3, "", failures)
        .replace(
            "- {name: web, cpu: 1024, memory: 1000}",
            "- {name: web, cpu: 512, memory: 500}\n      - {name: log, cpu: 512, memory: 500, essential: false}",
        )
        .replace("schedulerReaction: 5s", "schedulerReaction: 0s");
    let without = scenario(3, 1, 3, "", failures).replace("schedulerReaction: 5s", "schedulerReaction: 0s");
    // Refused at 1000, a pause of 10 s, 1 s PROVISIONING and 2 s start.
    assert_eq!(changes(&with), [(0.0, 3), (1000.0, 0), (1013.0, 3)]);
    assert_eq!(changes(&without), [(0.0, 3), (1000.0, 0), (1003.0, 3)]);
}

/// The control plane is down for an hour: a crashed task is not replaced before it is back at 4500 s; then it is placed at
/// once, 1 s PROVISIONING and 2 s start. A container with a restart policy is restarted in place all the while.
#[test]
fn a_control_plane_outage_stops_replacement_but_not_restarts() {
    let failures = "failures:
  - {type: controlPlaneOutage, at: 900s, lasts: 1h}
  - {type: containerCrash, at: 1000s}";
    assert_eq!(changes(&scenario(3, 2, 1, "", failures)), [(0.0, 1), (1000.0, 0), (4503.0, 1)]);
    let restarted =
        scenario(3, 2, 1, "", failures).replace("memory: 1000}", "memory: 1000, restartPolicy: {enabled: true}}");
    assert_eq!(changes(&restarted), [(0.0, 1), (1000.0, 0), (1001.0, 1)]);
}

/// awsvpc adds the attachment of a network interface: 5 s.
#[test]
fn an_awsvpc_task_waits_for_its_interface() {
    let failures = "failures: [{type: containerCrash, at: 1000s}]";
    let text = scenario(3, 2, 1, "", failures).replace("family: web", "family: web\n    networkMode: awsvpc");
    assert_eq!(changes(&text), [(0.0, 1), (1000.0, 0), (1013.0, 1)]);
}

/// Containers that a scheduled failure strikes together are counted one by one: two crashes, one incident.
#[test]
fn containers_that_are_struck_together_are_counted_once_each() {
    let failures = "failures: [{type: containerCrash, at: 1000s, target: {count: 2}}]";
    let outcome = outcome(&scenario(3, 2, 3, "", failures));
    assert_eq!((outcome.failures[0].strikes, outcome.failures[0].tasks_lost, outcome.incidents.len()), (2, 2, 1));
}

/// Six standalone tasks all arrive at time zero; the service has left room for four of them. They come after the initial
/// state: they are counted, and take their time to start.
#[test]
fn a_batch_that_arrives_at_time_zero() {
    let batch = "runTask: [{name: jobs, taskDefinition: web, count: 6, every: 0s, runTime: 600s}]";
    let outcome = outcome(&scenario(3, 2, 2, "    imageSize: 0MiB", batch));
    let jobs = &outcome.batches[0];
    assert_eq!((jobs.arrived, jobs.placed, jobs.given_up, jobs.completed), (6, 4, 2, 4));
    // 1 s PROVISIONING, 2 s start, 600 s of work.
    assert_eq!(jobs.response.mean_seconds, Some(603.0));
}
