//! Placement: the order of evaluation, the strategies, the constraints, what is registered and what is reserved.

use super::sketch::{begun, by_instance, by_zone, engine_at, outcome, refused, scenario};

const ZONES_THEN_MEMORY: &str = "    placementStrategy:
      - {type: spread, field: attribute:ecs.availability-zone}
      - {type: binpack, field: memory}";

/// Spread over zones, then binpack by memory: balance first, packing inside the zone. Six tasks on six instances in three
/// zones: two tasks a zone, and both on one instance of the zone, because after the first that instance has less memory
/// left than its empty neighbour.
#[test]
fn zones_are_balanced_first_and_packed_inside() {
    let engine = begun(&scenario(6, 4, 6, ZONES_THEN_MEMORY, ""));
    assert_eq!(by_zone(&engine, "web"), [2, 2, 2]);
    // Instances stand in the order of their launch: one a zone in turn.
    assert_eq!(by_instance(&engine, "web"), [2, 2, 2, 0, 0, 0]);
}

/// Binpack alone fills one instance after the other: 4 + 2 on two of six instances.
#[test]
fn binpack_fills_the_fullest_that_has_room() {
    let strategy = "    placementStrategy: [{type: binpack, field: cpu}]";
    assert_eq!(by_instance(&begun(&scenario(6, 4, 6, strategy, "")), "web"), [4, 2, 0, 0, 0, 0]);
}

/// Spread over instances: one each, then a second round from the first (lowest id breaks the tie).
#[test]
fn spread_over_instances_takes_the_one_with_fewest() {
    let strategy = "    placementStrategy: [{type: spread, field: instanceId}]";
    assert_eq!(by_instance(&begun(&scenario(6, 4, 8, strategy, "")), "web"), [2, 2, 1, 1, 1, 1]);
}

/// Without a strategy a service is spread over zones, and inside a zone over instances.
#[test]
fn the_default_spreads_over_zones_then_instances() {
    let engine = begun(&scenario(6, 4, 6, "", ""));
    assert_eq!(by_zone(&engine, "web"), [2, 2, 2]);
    assert_eq!(by_instance(&engine, "web"), [1, 1, 1, 1, 1, 1]);
}

fn two_services(first: &str, second: &str) -> String {
    let text = scenario(3, 4, 3, first, "");
    let other = format!(
        "  - name: other
    taskDefinition: web
    desiredCount: 3
{second}

timings:"
    );
    text.replacen("\ntimings:", &format!("\n{other}"), 1).replacen("\n\n\n  - name: other", "\n  - name: other", 1)
}

/// Spread counts tasks of the same service only: `web` is packed on the first instance, and `other` still has one task on
/// each instance.
#[test]
fn spread_counts_the_tasks_of_its_own_service() {
    let packed = "    placementStrategy: [{type: binpack, field: memory}]";
    let spread = "    placementStrategy: [{type: spread, field: instanceId}]";
    let engine = begun(&two_services(packed, spread));
    assert_eq!(by_instance(&engine, "web"), [3, 0, 0]);
    assert_eq!(by_instance(&engine, "other"), [1, 1, 1]);
}

/// `not(task:group == service:web)` keeps `other` away from instances that run `web` (anti-affinity), `task:group ==
/// service:web` draws it to them (affinity).
#[test]
fn affinity_and_anti_affinity_by_task_group() {
    let packed = "    placementStrategy: [{type: binpack, field: memory}]";
    let constraint = |expression: &str| {
        format!("{packed}\n    placementConstraints: [{{type: memberOf, expression: \"{expression}\"}}]")
    };
    let away = begun(&two_services(packed, &constraint("not(task:group == service:web)")));
    assert_eq!(by_instance(&away, "other"), [0, 3, 0]);
    let towards = begun(&two_services(packed, &constraint("task:group == service:web")));
    // One place is left beside the three of `web`; the other two tasks of `other` find no instance.
    assert_eq!(by_instance(&towards, "other"), [1, 0, 0]);
}

/// `attribute:ecs.availability-zone in [a, b]` leaves zone c empty.
#[test]
fn a_constraint_on_the_zone_binds() {
    let constraint = "    placementConstraints:
      - {type: memberOf, expression: \"attribute:ecs.availability-zone in [a, b]\"}";
    assert_eq!(by_zone(&begun(&scenario(6, 4, 6, constraint, "")), "web"), [3, 3, 0]);
}

/// `runningTasksCount == 1` admits only instances with exactly one running task: none at the start, so nothing is ever
/// placed, and the reason is the constraint.
#[test]
fn running_tasks_count_is_looked_at_for_each_decision() {
    let constraint = "    placementConstraints: [{type: memberOf, expression: \"runningTasksCount == 1\"}]";
    let outcome = outcome(&scenario(3, 4, 2, constraint, ""));
    assert_eq!(outcome.services[0].mean_healthy, 0.0);
    assert_eq!(outcome.placement.refused[0].name, "memberOf constraint unsatisfied");
}

/// distinctInstance: each task on another instance, whatever binpack would like.
#[test]
fn distinct_instance_binds() {
    let service = "    placementStrategy: [{type: binpack, field: cpu}]
    placementConstraints: [{type: distinctInstance}]";
    assert_eq!(by_instance(&begun(&scenario(6, 4, 4, service, "")), "web"), [1, 1, 1, 1, 0, 0]);
}

/// Four instances with room for one task each; four of five tasks run, the fifth is refused for CPU.
#[test]
fn a_full_fleet_refuses_for_the_resource_that_is_short() {
    let outcome = outcome(&scenario(4, 1, 5, "", ""));
    assert_eq!(outcome.services[0].mean_healthy, 4.0);
    assert_eq!(outcome.placement.refused.len(), 1);
    assert_eq!(outcome.placement.refused[0].name, "RESOURCE:CPU");
    // The pause before each next attempt doubles from 10 s to 15 min. The attempt of the initial state is not counted; then
    // come 10, 30, 70, 150, 310, 630, 1270 s, and every 900 s until 7200 s: 2170, 3070, 3970, 4870, 5770, 6670.
    assert_eq!(outcome.placement.refused[0].count, 13);
}

/// Memory is short: tasks of 1000 MiB and 128 CPU units on instances of 4 vCPU and 4000 MiB: four each, twelve in all.
#[test]
fn memory_is_the_reason_where_memory_is_short() {
    let text = scenario(3, 4, 13, "", "").replace("cpu: 1024", "cpu: 128");
    let outcome = outcome(&text);
    assert_eq!(outcome.services[0].mean_healthy, 12.0);
    assert_eq!(outcome.placement.refused[0].name, "RESOURCE:MEMORY");
}

/// A static host port is exclusive on its instance, TCP and UDP apart; port 0 is dynamic and never conflicts.
#[test]
fn host_ports() {
    let with_port = |mapping: &str| {
        scenario(3, 4, 3, "    placementStrategy: [{type: binpack, field: cpu}]", "").replace(
            "{name: web, cpu: 1024, memory: 1000}",
            &format!("{{name: web, cpu: 1024, memory: 1000, portMappings: [{mapping}]}}"),
        )
    };
    let fixed = begun(&with_port("{containerPort: 80, hostPort: 80}"));
    assert_eq!(by_instance(&fixed, "web"), [1, 1, 1]);
    let dynamic = begun(&with_port("{containerPort: 80, hostPort: 0}"));
    assert_eq!(by_instance(&dynamic, "web"), [3, 0, 0]);
    let both = begun(&two_services(
        "    placementStrategy: [{type: binpack, field: cpu}]",
        "    placementStrategy: [{type: binpack, field: cpu}]",
    ));
    assert_eq!(by_instance(&both, "web"), [3, 0, 0]);
    let message =
        refused(&with_port("{containerPort: 80, hostPort: 80}").replace("desiredCount: 3", "desiredCount: 4"));
    assert!(message.contains("host port 80") && message.contains("only 3 instances"), "{message}");
}

/// awsvpc: c5.large has 3 interfaces, one of them its own: 2 tasks; with trunking 10 (ECS Developer Guide, ENI trunking).
#[test]
fn network_interfaces_limit_awsvpc_tasks() {
    let text = |trunking: bool| {
        scenario(2, 4, 25, "", "")
            .replace(
                "instanceType: {vcpu: 4, memory: 4000MiB}",
                &format!("instanceType: c5.large\n    awsvpcTrunking: {trunking}"),
            )
            .replace("family: web", "family: web\n    networkMode: awsvpc")
            .replace("cpu: 1024, memory: 1000", "cpu: 64, memory: 64")
    };
    let few = outcome(&text(false));
    assert_eq!(few.services[0].mean_healthy, 4.0);
    assert_eq!(few.placement.refused[0].name, "RESOURCE:ENI");
    assert_eq!(outcome(&text(true)).services[0].mean_healthy, 20.0);
}

/// The soft limit is what placement takes off: 300 MiB soft and 1000 MiB hard, on 1000 MiB: three tasks, not one.
#[test]
fn the_soft_limit_decides_the_placement() {
    let text = scenario(2, 1, 6, "", "")
        .replace("{name: web, cpu: 1024, memory: 1000}", "{name: web, cpu: 128, memory: 1000, memoryReservation: 300}");
    assert_eq!(by_instance(&begun(&text), "web"), [3, 3]);
}

/// m4.large has 8192 MiB and registers 7985: a task of 8192 MiB fits no instance, one of 7985 does.
#[test]
fn an_8_gib_task_never_fits_an_8_gib_instance() {
    let text = |memory: u32| {
        scenario(3, 4, 1, "", "")
            .replace("instanceType: {vcpu: 4, memory: 4000MiB}", "instanceType: m4.large")
            .replace("memory: 1000", &format!("memory: {memory}"))
    };
    assert_eq!(outcome(&text(7985)).services[0].mean_healthy, 1.0);
    let message = refused(&text(8192));
    assert!(message.contains("fits no instance") && message.contains("7985 MiB"), "{message}");
    // ECS_RESERVED_MEMORY lowers what is offered.
    let reserved = text(7985).replace("count: 3", "count: 3\n    reservedMemory: 1MiB");
    assert!(refused(&reserved).contains("7984 MiB"));
}

/// GPUs are whole: an instance with one GPU takes one task with one.
#[test]
fn gpus() {
    let text = scenario(2, 4, 3, "", "")
        .replace("memory: 4000MiB}", "memory: 4000MiB, gpus: 1}")
        .replace("memory: 1000}", "memory: 1000, resourceRequirements: [{type: GPU, value: \"1\"}]}");
    let outcome = outcome(&text);
    assert_eq!(outcome.services[0].mean_healthy, 2.0);
    assert_eq!(outcome.placement.refused[0].name, "RESOURCE:GPU");
}

/// A daemon has one task on each instance, and its room is taken before the replicas': on three instances with four
/// places each, a daemon leaves nine of them.
#[test]
fn a_daemon_comes_first_and_everywhere() {
    let daemon = "  - name: agent
    taskDefinition: web
    schedulingStrategy: DAEMON

timings:";
    let text = scenario(3, 4, 12, "", "").replacen("\ntimings:", &format!("\n{daemon}"), 1);
    let engine = begun(&text.replacen("\n\n\n  - name: agent", "\n  - name: agent", 1));
    assert_eq!(by_instance(&engine, "agent"), [1, 1, 1]);
    assert_eq!(by_instance(&engine, "web"), [3, 3, 3]);
}

/// A daemon's room stays its own between two of its tasks. Three instances with four places each are full: a daemon's task and
/// three of `web`, and a tenth task of `web` waits for any room that appears. At 1000 s a container of the daemon crashes: its
/// place is free, and the waiting task would take it for good before the scheduler reacts for the daemon at 1005. It may not:
/// 1006 PROVISIONING, 1008 running.
#[test]
fn a_replica_never_takes_the_place_of_a_daemon() {
    let daemon = "  - name: agent
    taskDefinition: web
    schedulingStrategy: DAEMON
failures: [{type: containerCrash, at: 1000s, target: {services: [agent], count: 1}}]
timings:
  retry: {whenCapacityChanges: true}";
    let text = scenario(3, 4, 10, "", "").replacen("\n\n\ntimings:", &format!("\n{daemon}"), 1);
    let outcome = outcome(&text);
    let points = outcome.timeline.services[1].points.iter().map(|point| (point.seconds, point.healthy));
    let mut points: Vec<(f64, u32)> = points.filter(|(seconds, _)| *seconds >= 1000.0).collect();
    points.dedup_by_key(|(_, healthy)| *healthy);
    assert_eq!(points, [(1000.0, 2), (1008.0, 3)]);
    let engine = engine_at(&text, 7000);
    assert_eq!(by_instance(&engine, "agent"), [1, 1, 1]);
    assert_eq!(by_instance(&engine, "web"), [3, 3, 3]);
}

/// Standalone tasks are placed at random by default: over 40 tasks on 10 instances no instance is left out by much, and
/// none has them all.
#[test]
fn standalone_tasks_are_placed_at_random() {
    let batch = "runTask:
  - {name: batch, taskDefinition: web, every: 0s, count: 200, runTime: 1d}";
    let text = scenario(10, 40, 0, "", batch);
    let engine = engine_at(&text, 60);
    let counts = by_instance(&engine, "batch");
    assert_eq!(counts.iter().sum::<u32>(), 200);
    // Binomial(200, 1/10): mean 20, standard deviation 4.2; five of them either way.
    assert!(counts.iter().all(|count| (1..=41).contains(count)), "{counts:?}");
    assert!(counts.iter().any(|count| *count != 20), "a random choice would hardly be this even: {counts:?}");
}

/// A task definition as it was registered with AWS, numbers written as text, is taken unchanged. It asks for Fargate: on EC2
/// it runs with a warning. The task's own sizes (256 CPU units, 512 MiB) are what placement takes off.
#[test]
fn a_task_definition_of_aws_is_taken_unchanged() {
    let text = scenario(2, 2, 2, "", "")
        .replace(
            "family: web\n    containerDefinitions:\n      - {name: web, cpu: 1024, memory: 1000}",
            "file: tests/data/webserver.taskdef.json",
        )
        .replace("taskDefinition: web\n", "taskDefinition: webserver\n");
    let plan = super::sketch::plan(&text);
    assert!(plan.warnings.iter().any(|warning| warning.contains("FARGATE")), "{:?}", plan.warnings);
    let definition = plan.fleet.definitions.values().next().expect("a definition");
    assert_eq!((definition.need.cpu, definition.need.memory, definition.need.enis), (256, 512, 1));
    assert_eq!(definition.containers[0].hard_limit, Some(100));
    assert_eq!(outcome(&text).services[0].mean_healthy, 2.0);
}
