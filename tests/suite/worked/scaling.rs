//! Scale-in, scale-out, and rebalancing over the zones.

use super::sketch::{by_instance, by_zone, engine_at, scenario};

/// From six tasks to four with the zones balanced two each: spread takes one from each of two zones, never two from one.
#[test]
fn scale_in_keeps_the_zones_balanced() {
    let service = "    scheduledScaling: [{at: 1000s, desiredCount: 4}]
    placementStrategy:
      - {type: spread, field: attribute:ecs.availability-zone}";
    let engine = engine_at(&scenario(6, 4, 6, service, ""), 1100);
    let mut zones = by_zone(&engine, "web");
    zones.sort_unstable();
    assert_eq!(zones, [1, 1, 2]);
}

/// Binpack filled instances with 4 and 2 tasks; scale-in by two takes them from the one with the most room, which is then
/// empty.
#[test]
fn scale_in_empties_the_instance_with_the_most_room() {
    let service = "    scheduledScaling: [{at: 1000s, desiredCount: 4}]
    placementStrategy: [{type: binpack, field: cpu}]";
    let text = scenario(6, 4, 6, service, "");
    assert_eq!(by_instance(&engine_at(&text, 999), "web"), [4, 2, 0, 0, 0, 0]);
    assert_eq!(by_instance(&engine_at(&text, 1100), "web"), [4, 0, 0, 0, 0, 0]);
}

/// Without strategies: the zone with the most tasks, then the instance with the most. Seven tasks on three instances stand
/// 3, 2, 2; one less leaves 2, 2, 2.
#[test]
fn scale_in_by_default_takes_from_the_fullest_zone() {
    let text = scenario(3, 4, 7, "    scheduledScaling: [{at: 1000s, desiredCount: 6}]", "");
    assert_eq!(by_zone(&engine_at(&text, 999), "web"), [3, 2, 2]);
    assert_eq!(by_zone(&engine_at(&text, 1100), "web"), [2, 2, 2]);
}

/// Scale-out places the new tasks at once: 1 s PROVISIONING, 2 s start.
#[test]
fn scale_out() {
    let text = scenario(3, 4, 3, "    scheduledScaling: [{at: 1000s, desiredCount: 6}]", "");
    assert_eq!(engine_at(&text, 1002).world.services.values().map(|service| service.running).sum::<u32>(), 3);
    assert_eq!(engine_at(&text, 1003).world.services.values().map(|service| service.running).sum::<u32>(), 6);
}

/// A zone is lost and comes back. Without rebalancing its tasks stay where they fled to; with it ECS moves them back, one
/// at a time: the new task first, the old one when the new one is healthy.
#[test]
fn rebalancing_brings_tasks_back_into_a_zone() {
    let failures = "failures: [{type: zoneOutage, at: 600s, lasts: 15m, lost: 0%, target: {zones: [a]}}]";
    let text = |switch: &str| scenario(6, 4, 6, &format!("    availabilityZoneRebalancing: {switch}"), failures);
    let mut during = by_zone(&engine_at(&text("ENABLED"), 1200), "web");
    assert_eq!(during.remove(0), 0);
    assert_eq!(during, [3, 3]);
    assert_eq!(by_zone(&engine_at(&text("ENABLED"), 7000), "web"), [2, 2, 2]);
    let without = by_zone(&engine_at(&text("DISABLED"), 7000), "web");
    assert!(without[0] < 2, "nothing moves tasks back by itself: {without:?}");
}
