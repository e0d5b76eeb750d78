//! Images that come to one instance at the same time.

use longshore::metrics::outcome::Outcome;

use super::sketch::{TIMINGS, outcome};

/// One instance that downloads 64 MiB/s, so that 1 GiB takes 16 s alone. Services `one` and `two` want a task each from
/// 1000 s on, whose PROVISIONING ends at 1001; a container starts within 2 s.
fn ecs(sizes: [&str; 2], failures: &str) -> String {
    let definition = |name: &str, image: &str| {
        format!(
            "  - family: {name}
    containerDefinitions: [{{name: main, image: \"{image}\", cpu: 256, memory: 256}}]
"
        )
    };
    let service = |name: &str, size: &str| {
        format!(
            "  - name: {name}
    taskDefinition: {name}
    desiredCount: 0
    imageSize: {size}
    scheduledScaling: [{{at: 1000s, desiredCount: 1}}]
"
        )
    };
    format!(
        "name: pulls
duration: 2h
tieBreak: first
zones: [a, b]
capacity:
  - {{name: group, instanceType: {{vcpu: 4, memory: 4000MiB}}, count: 1, imagePullPerSecond: 64MiB}}
taskDefinitions:
{}{}services:
{}{}{failures}
{TIMINGS}",
        definition("one", "first:1"),
        definition("two", "second:1"),
        service("one", sizes[0]),
        service("two", sizes[1]),
    )
}

/// When the first task of each service serves.
fn serves(outcome: &Outcome) -> Vec<f64> {
    let services = outcome.timeline.services.iter();
    services
        .map(|of| of.points.iter().find(|point| point.healthy > 0).map_or(f64::NAN, |point| point.seconds))
        .collect()
}

/// Without images 1001 + 2. One of 1 GiB: 16 s more. Two at once take 32 s.
#[test]
fn two_downloads_at_once_share_the_bandwidth() {
    assert_eq!(serves(&outcome(&ecs(["0MiB", "0MiB"], ""))), [1003.0, 1003.0]);
    assert_eq!(serves(&outcome(&ecs(["1GiB", "0MiB"], ""))), [1019.0, 1003.0]);
    assert_eq!(serves(&outcome(&ecs(["1GiB", "1GiB"], ""))), [1035.0, 1035.0]);
}

/// 256 MiB beside 1 GiB: at 32 MiB/s each the small one is there after 8 s, at 1009; 768 MiB are left of the other, 12 s
/// alone: 1021. Two seconds to start.
#[test]
fn what_is_left_goes_on_alone() {
    assert_eq!(serves(&outcome(&ecs(["1GiB", "256MiB"], ""))), [1023.0, 1011.0]);
}

/// A download that begins later slows down what is under way. `two` comes 8 s after `one`: 512 MiB are left at 1009, which
/// take 16 s by half: 1025. By then `two` has 512 MiB, and 8 s more alone: 1033.
#[test]
fn a_download_that_begins_later() {
    let text = ecs(["1GiB", "1GiB"], "");
    let at = text.rfind("{at: 1000s").expect("the scaling of the second");
    let text = format!("{}{{at: 1008s{}", &text[..at], &text[at + "{at: 1000s".len()..]);
    assert_eq!(serves(&outcome(&text)), [1027.0, 1035.0]);
}

/// The same image is downloaded once, however many wait for it.
#[test]
fn an_image_on_its_way_is_waited_for() {
    let text = ecs(["1GiB", "1GiB"], "").replace("second:1", "first:1");
    assert_eq!(serves(&outcome(&text)), [1019.0, 1019.0]);
}

/// The host reboots at 1009, 8 s into both downloads, and is back at 1030; its agent goes on 10 s later, and both downloads
/// begin anew: 32 s from 1040 on, and 2 s to start.
#[test]
fn a_reboot_loses_downloads() {
    let reboot = "failures: [{type: instanceReboot, at: 1009s, lasts: 21s}]";
    assert_eq!(serves(&outcome(&ecs(["1GiB", "1GiB"], reboot))), [1074.0, 1074.0]);
}

/// The registry goes down while both are on their way: both fail when they would have ended, at 1033.
#[test]
fn a_registry_that_goes_away_on_the_way() {
    let registry = "failures: [{type: imageRegistryOutage, at: 1010s, lasts: 20m}]";
    let outcome = outcome(&ecs(["1GiB", "1GiB"], registry));
    assert!(serves(&outcome).iter().all(|&seconds| seconds > 2210.0), "{:?}", serves(&outcome));
}

/// One node that downloads 50 MiB/s. Two pods of images of 500 MiB are bound at 1000, have their sandboxes at 1001. On EKS
/// both images are there at 1021. A kubelet with `serializeImagePulls: true`, and one of upstream Kubernetes, pulls one
/// after the other: 1011, 1021. Two seconds to start.
#[test]
fn kubelets_pull_at_once_or_one_after_the_other() {
    let manifest = |name: &str| {
        format!(
            "  - apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: {name}}}
    spec:
      replicas: 0
      selector: {{matchLabels: {{app: {name}}}}}
      template:
        metadata: {{labels: {{app: {name}}}}}
        spec:
          containers: [{{name: main, image: \"{name}:1\", resources: {{requests: {{cpu: 100m, memory: 100Mi}}}}}}]
"
        )
    };
    let run = |kubernetes: &str| {
        let text = format!(
            "name: pulls
duration: 2h
tieBreak: first
orchestrator: kubernetes
kubernetes: {{{kubernetes}}}
zones: [a, b]
capacity:
  - {{name: nodes, instanceType: {{vcpu: 4, memory: 4000MiB}}, maxPods: 10, count: 1}}
manifests:
{}{}workloads:
  one: {{imageSize: 500MiB, scheduledScaling: [{{at: 1000s, desiredCount: 1}}]}}
  two: {{imageSize: 500MiB, scheduledScaling: [{{at: 1000s, desiredCount: 1}}]}}
{TIMINGS}  nodeLeaseAge: 0s
",
            manifest("one"),
            manifest("two")
        );
        serves(&outcome(&text))
    };
    assert_eq!(run(""), [1023.0, 1023.0]);
    assert_eq!(run("serializeImagePulls: true"), [1013.0, 1023.0]);
    assert_eq!(run("controlPlane: upstream"), [1013.0, 1023.0]);
    assert_eq!(run("controlPlane: upstream, serializeImagePulls: false"), [1023.0, 1023.0]);
}
