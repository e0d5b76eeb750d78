//! What a cluster administrator can set, with the defaults of Kubernetes v1.34 and those of Amazon EKS.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::time::Span;
use crate::base::units::Duration;
use crate::world::kubernetes::profile::Profile;

/// Whose control plane runs.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "control plane")]
pub enum ControlPlane {
    /// Amazon EKS: pods of a zone that is mostly or wholly unreachable stay bound.
    #[default]
    Eks,
    /// Kubernetes as it is released.
    Upstream,
}

/// Settings of the controllers as a scenario file gives them; each may be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "set of Kubernetes settings")]
pub struct SettingsFile {
    /// Whose control plane runs. Default: eks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control_plane: Option<ControlPlane>,
    /// From a node's last sign of life to `Ready: Unknown`. Default: 50s, as from v1.32 on; 40s before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_monitor_grace_period: Option<Duration>,
    /// Between looks at the nodes. Default: 5s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_monitor_period: Option<Duration>,
    /// Nodes per second that are tainted for eviction in a healthy zone. Default: 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_eviction_rate: Option<f64>,
    /// The same in a large zone that is partly down. Default: 0.01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_node_eviction_rate: Option<f64>,
    /// The share of nodes that are not ready from which a zone is partly down. Default: 55%.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unhealthy_zone_threshold: Option<crate::base::units::Share>,
    /// Up to so many nodes a zone that is partly down is not evicted from at all. Default: 50; EKS 100000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large_cluster_size_threshold: Option<u32>,
    /// Whether a kubelet pulls one image at a time (`KubeletConfiguration`). Default: true; EKS false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serialize_image_pulls: Option<bool>,
    /// How the kubelet paces containers that end again and again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crash_loop_back_off: Option<CrashLoopFile>,
    /// A profile of kube-scheduler, as in `KubeSchedulerConfiguration`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduler_profile: Option<Profile>,
}

/// CrashLoopBackOff as a scenario file gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "crash loop back-off")]
pub struct CrashLoopFile {
    /// The first wait that is not zero. Default: 10s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<Duration>,
    /// The longest wait. Default: 5m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Duration>,
    /// A container that has run for longer starts over. Default: 10m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset_after: Option<Duration>,
    /// Whether the first restart comes without a wait. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_restart_immediate: Option<bool>,
}

/// How the kubelet paces restarts: waits that double (Kubernetes, pod lifecycle, "Container restarts").
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct CrashLoop {
    /// The first wait that is not zero.
    pub initial: Span,
    /// The longest wait.
    pub max: Span,
    /// A container that has run for longer starts over.
    pub reset_after: Span,
    /// Whether the first restart comes without a wait.
    pub first_restart_immediate: bool,
}

impl CrashLoop {
    /// The wait before restart number `nth`, from 0, of containers that ended soon.
    pub fn wait(&self, nth: u32) -> Span {
        let doublings = if self.first_restart_immediate {
            match nth.checked_sub(1) {
                None => return Span::ZERO,
                Some(doublings) => doublings,
            }
        } else {
            nth
        };
        // Beyond forty doublings of a microsecond every wait is the longest.
        self.initial.times(1 << doublings.min(40)).min(self.max)
    }
}

/// Settings of the controllers, resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Whose control plane runs.
    pub control_plane: ControlPlane,
    /// From a node's last sign of life to `Ready: Unknown`.
    pub grace_period: Span,
    /// Between looks at the nodes.
    pub monitor_period: Span,
    /// Nodes per second in a healthy zone, and in one that is fully down upstream.
    pub eviction_rate: f64,
    /// Nodes per second in a large zone that is partly down.
    pub secondary_eviction_rate: f64,
    /// The share from which a zone is partly down, from 0 to 1.
    pub unhealthy_zone_threshold: f64,
    /// The number of nodes above which a zone is large.
    pub large_cluster_size_threshold: u32,
    /// Whether a kubelet pulls one image at a time.
    pub serialize_image_pulls: bool,
    /// Restarts of containers.
    pub crash_loop: CrashLoop,
}

impl Settings {
    /// Fills in the defaults. `report` is told of each field that is wrong: its name and what is wrong with it.
    pub fn resolve(given: &SettingsFile, mut report: impl FnMut(&str, String)) -> Settings {
        let control_plane = given.control_plane.unwrap_or_default();
        let span = |given: Option<Duration>, default: u64| given.map_or(Span::from_secs(default), |given| given.0);
        let loops = given.crash_loop_back_off.clone().unwrap_or_default();
        let settings = Settings {
            control_plane,
            grace_period: span(given.node_monitor_grace_period, 50),
            monitor_period: span(given.node_monitor_period, 5),
            eviction_rate: given.node_eviction_rate.unwrap_or(0.1),
            secondary_eviction_rate: given.secondary_node_eviction_rate.unwrap_or(0.01),
            unhealthy_zone_threshold: given.unhealthy_zone_threshold.map_or(0.55, |share| share.0),
            large_cluster_size_threshold: given.large_cluster_size_threshold.unwrap_or(match control_plane {
                ControlPlane::Eks => 100_000,
                ControlPlane::Upstream => 50,
            }),
            serialize_image_pulls: given.serialize_image_pulls.unwrap_or(control_plane == ControlPlane::Upstream),
            crash_loop: CrashLoop {
                initial: span(loops.initial, 10),
                max: span(loops.max, 300),
                reset_after: span(loops.reset_after, 600),
                first_restart_immediate: loops.first_restart_immediate.unwrap_or(true),
            },
        };
        if settings.monitor_period.is_zero() {
            report("nodeMonitorPeriod", "the nodes cannot be looked at without a pause; give at least 1s".into());
        }
        for (name, rate) in [
            ("nodeEvictionRate", settings.eviction_rate),
            ("secondaryNodeEvictionRate", settings.secondary_eviction_rate),
        ] {
            if !(0.0..=1000.0).contains(&rate) {
                report(name, format!("a rate is a number of nodes per second from 0 to 1000, found {rate}"));
            }
        }
        if settings.crash_loop.initial.is_zero() {
            report("crashLoopBackOff.initial", "the first wait must be longer than 0; give 10s".into());
        } else if settings.crash_loop.max < settings.crash_loop.initial {
            report("crashLoopBackOff.max", "the longest wait must not be shorter than the first".into());
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kubernetes, pod lifecycle: the first restart at once, then 10 s, 20 s, 40 s … capped at 300 s.
    #[test]
    fn waits_double_up_to_five_minutes() {
        let settings = Settings::resolve(&SettingsFile::default(), |_, _| {});
        let waits: Vec<f64> = (0..9).map(|nth| settings.crash_loop.wait(nth).seconds()).collect();
        assert_eq!(waits, [0.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0]);
    }
}
