//! What a scenario asks for without any effect is named in a warning, and what has an effect is not.

use super::sketch::{plan, scenario};

/// Whether a warning holds the words.
fn warned(text: &str, words: &str) -> bool {
    plan(text).warnings.iter().any(|warning| warning.contains(words))
}

fn plain() -> String {
    scenario(3, 2, 2, "", "")
}

/// ECS takes a task's health from its essential containers alone.
#[test]
fn the_health_check_of_a_container_that_is_not_essential() {
    let with = |essential: bool| {
        let sidecar = format!(
            "memory: 500}}\n      - {{name: log, memory: 100, essential: {essential}, healthCheck: {{interval: 30}}}}"
        );
        plain().replace("memory: 1000}", &sidecar)
    };
    assert!(warned(&with(false), "`healthCheck` of container `log` has no effect"));
    assert!(!warned(&with(true), "healthCheck"));
}

/// A grace period in which there is nothing to ignore.
#[test]
fn a_grace_period_without_any_check() {
    let grace = "    healthCheckGracePeriodSeconds: 60";
    let words = "`healthCheckGracePeriodSeconds` of service `web` has no effect";
    assert!(warned(&scenario(3, 2, 2, grace, ""), words));
    assert!(!warned(&scenario(3, 2, 2, &format!("{grace}\n    loadBalancer: {{}}"), ""), words));
    let checked = scenario(3, 2, 2, grace, "").replace("memory: 1000}", "memory: 1000, healthCheck: {interval: 30}}");
    assert!(!warned(&checked, words));
}

/// The catalogue knows prices of Linux instances.
#[test]
fn the_price_of_a_windows_instance() {
    let text = plain().replace("{vcpu: 2, memory: 2000MiB}", "m5.large\n    operatingSystem: WINDOWS");
    assert!(warned(&text, "the price of `m5.large` is that of Linux"));
    assert!(!warned(&text.replace("WINDOWS", "WINDOWS\n    usdPerHour: 0.188"), "price"));
}

/// A target that no instance can belong to strikes nothing.
#[test]
fn a_target_by_an_attribute_that_no_instance_has() {
    let at = |expression: &str| {
        scenario(
            3,
            2,
            2,
            "",
            &format!("failures: [{{type: instanceReboot, at: 1h, target: {{matching: {expression}}}}}]"),
        )
    };
    assert!(warned(&at("attribute:rack == r1"), "no instance has the attribute `rack`"));
    assert!(!warned(&at("attribute:ecs.availability-zone == a"), "attribute"));
}

/// More tasks are asked for than are desired at first, but not more than later.
#[test]
fn up_may_be_what_is_desired_later() {
    let text = scenario(3, 2, 2, "    upWhen: {healthy: 3}\n    scheduledScaling: [{at: 1h, desiredCount: 4}]", "");
    assert_eq!(super::sketch::healthy(&super::sketch::outcome(&text)).last().map(|(_, healthy)| *healthy), Some(4));
}
