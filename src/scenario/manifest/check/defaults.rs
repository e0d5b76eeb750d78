//! Tolerations that nobody writes: those of the admission controller and of the DaemonSet controller.

use crate::world::kubernetes::taint::TolerationOperator;
use crate::world::kubernetes::{Effect, Toleration};

const NOT_READY: &str = "node.kubernetes.io/not-ready";
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

/// How long a pod stays on a node that does not answer, in seconds (`default-not-ready-toleration-seconds`).
const TOLERATED_SECONDS: i64 = 300;

fn exists(key: &str, effect: Effect, seconds: Option<i64>) -> Toleration {
    Toleration {
        key: key.to_owned(),
        operator: TolerationOperator::Exists,
        effect: Some(effect),
        toleration_seconds: seconds,
        ..Toleration::default()
    }
}

/// What the admission controller `DefaultTolerationSeconds` adds to a pod that says nothing of nodes that do not answer.
pub(super) fn admit(tolerations: &mut Vec<Toleration>) {
    for key in [NOT_READY, UNREACHABLE] {
        let said = tolerations.iter().any(|toleration| {
            (toleration.key.is_empty() || toleration.key == key)
                && toleration.effect.is_none_or(|effect| effect == Effect::NoExecute)
        });
        if !said {
            tolerations.push(exists(key, Effect::NoExecute, Some(TOLERATED_SECONDS)));
        }
    }
}

/// What the DaemonSet controller adds to its pods (pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations).
pub(super) fn daemon(tolerations: &mut Vec<Toleration>, host_network: bool) {
    let always = [
        (NOT_READY, Effect::NoExecute),
        (UNREACHABLE, Effect::NoExecute),
        ("node.kubernetes.io/disk-pressure", Effect::NoSchedule),
        ("node.kubernetes.io/memory-pressure", Effect::NoSchedule),
        ("node.kubernetes.io/pid-pressure", Effect::NoSchedule),
        ("node.kubernetes.io/unschedulable", Effect::NoSchedule),
    ];
    let network = [("node.kubernetes.io/network-unavailable", Effect::NoSchedule)];
    for (key, effect) in always.into_iter().chain(network.into_iter().filter(|_| host_network)) {
        let added = exists(key, effect, None);
        // One for the same taint that only lasts for a time is replaced.
        let same = |other: &Toleration| Toleration { toleration_seconds: None, ..other.clone() } == added;
        match tolerations.iter_mut().find(|other| same(other)) {
            Some(other) => *other = added,
            None => tolerations.push(added),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_that_says_nothing_stays_for_five_minutes() {
        let mut tolerations = Vec::new();
        admit(&mut tolerations);
        let expected =
            [exists(NOT_READY, Effect::NoExecute, Some(300)), exists(UNREACHABLE, Effect::NoExecute, Some(300))];
        assert_eq!(tolerations, expected);
        admit(&mut tolerations);
        assert_eq!(tolerations, expected, "what is there is not added again");
    }

    #[test]
    fn a_word_on_one_taint_leaves_the_default_for_the_other() {
        let mut tolerations = vec![exists(UNREACHABLE, Effect::NoExecute, Some(30))];
        admit(&mut tolerations);
        assert_eq!(tolerations[0].toleration_seconds, Some(30));
        assert_eq!(tolerations[1], exists(NOT_READY, Effect::NoExecute, Some(300)));
        assert_eq!(tolerations.len(), 2);
        // Any effect is also NoExecute; all keys are also this one; NoSchedule is neither.
        let mut all = vec![Toleration { operator: TolerationOperator::Exists, ..Toleration::default() }];
        admit(&mut all);
        assert_eq!(all.len(), 1);
        let mut other = vec![exists(UNREACHABLE, Effect::NoSchedule, None)];
        admit(&mut other);
        assert_eq!(other.len(), 3);
    }

    #[test]
    fn daemons_stay_for_ever() {
        let mut tolerations = vec![exists(NOT_READY, Effect::NoExecute, Some(5))];
        daemon(&mut tolerations, true);
        admit(&mut tolerations);
        assert_eq!(tolerations.len(), 7);
        assert!(tolerations.iter().all(|toleration| toleration.toleration_seconds.is_none()));
        let mut without = Vec::new();
        daemon(&mut without, false);
        assert_eq!(without.len(), 6);
    }
}
