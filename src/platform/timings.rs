//! How long things take: every delay that the platform adds, each a distribution with a default.
//!
//! Few of these are published. The default's source stands with each: "documented" for a figure from the documentation,
//! "measured" for a published measurement, "estimate" for a plausible value that AWS does not publish.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::distribution::{Distribution, Spec};
use crate::base::time::Span;
use crate::base::units::Duration;

/// Declares the delays once, for the file, for the engine and for the documentation.
macro_rules! timings {
    ($($(#[$doc:meta])* $name:ident = $default:expr;)+) => {
        /// Delays of the platform as a scenario file gives them; each may be left out.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[schemars(title = "set of timings")]
        pub struct TimingsSpec {
            $($(#[$doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $name: Option<Spec>,)+
            /// How ECS paces a service whose tasks cannot be placed or fail to start.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub retry: Option<RetrySpec>,
        }

        /// Delays of the platform, resolved.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Timings {
            $($(#[$doc])* pub $name: Distribution,)+
            /// How ECS paces a service whose tasks cannot be placed or fail to start.
            pub retry: Retry,
        }

        impl Timings {
            /// Fills in the defaults. `report` is told of each field that is wrong: its name and what is wrong with it.
            pub fn resolve(spec: &TimingsSpec, base: &Path, mut report: impl FnMut(&str, String)) -> Timings {
                Timings {
                    $($name: match &spec.$name {
                        None => $default,
                        Some(given) => given.resolve(base).unwrap_or_else(|error| {
                            report(&camel_case(stringify!($name)), error);
                            $default
                        }),
                    },)+
                    retry: spec.retry.as_ref().map_or_else(Retry::default, |retry| retry.resolve(&mut report)),
                }
            }

            /// The same delays as a scenario file would give them, defaults included.
            pub fn to_spec(&self) -> TimingsSpec {
                TimingsSpec {
                    $($name: Some(Spec::from_law(&self.$name)),)+
                    retry: Some(RetrySpec {
                        initial: Some(Duration(self.retry.initial)),
                        max: Some(Duration(self.retry.max)),
                        when_capacity_changes: Some(self.retry.when_capacity_changes),
                    }),
                }
            }
        }
    };
}

timings! {
    /// From the moment ECS knows that a task is missing to its attempt to place another. Estimate: uniform 1 s to 10 s.
    scheduler_reaction = uniform(1, 10);
    /// PROVISIONING of a task without a network interface of its own. Estimate: 0 s to 1 s.
    provisioning = uniform(0, 1);
    /// Attaching a network interface to an awsvpc task, added to `provisioning`. Documented as "several seconds"; 5 s.
    eni_attachment = Distribution::secs(5);
    /// Creating and starting the containers once the image is there. Estimate: uniform 0.5 s to 2 s.
    container_start = Distribution::Uniform { low: 0.5, high: 2.0 };
    /// Restarting a container in place by its restart policy. Estimate: 1 s.
    container_restart = Distribution::secs(1);
    /// A pull that fails gives up after this. Documented: the agent's pull inactivity time-out, 1 min.
    pull_failure = Distribution::secs(60);
    /// ACTIVATING: registering the target with the load balancer. Estimate: uniform 2 s to 8 s.
    target_registration = uniform(2, 8);
    /// From SIGTERM to the end of the process, never more than `stopTimeout`. Estimate: 1 s.
    container_stop = Distribution::secs(1);
    /// DEPROVISIONING. Estimate: 0 s to 1 s.
    deprovisioning = uniform(0, 1);
    /// From the end of an instance in EC2 to ECS seeing its tasks STOPPED. Estimate: uniform 10 s to 60 s.
    instance_state_change = uniform(10, 60);
    /// From the loss of contact to ECS seeing the agent disconnected. Documented: the agent's connection is closed after
    /// 60 s to 120 s without a message.
    agent_disconnect = uniform(60, 120);
    /// From the host working again to ECS seeing the agent connected. Estimate: 10 s.
    agent_reconnect = Distribution::secs(10);
    /// From a host's failure to a status check that counts as impaired. Documented: a check a minute; estimate: two
    /// failed minutes.
    status_check = Distribution::secs(120);
    /// From impaired to Auto Scaling's decision that the instance is unhealthy. Documented as "a few minutes"; 3 min.
    unhealthy_decision = Distribution::secs(180);
    /// From an instance's end or Auto Scaling's decision to the launch of another. Estimate: uniform 10 s to 60 s.
    scaling_reaction = uniform(10, 60);
    /// From the launch to a booted host. Measured by others at 26 s to 29 s; lognormal with median 30 s and sigma 0.3.
    instance_launch = Distribution::LogNormal { mu: 3.401_197_381_662_155_5, sigma: 0.3 };
    /// From a booted host to an ACTIVE container instance. Estimate: 20 s.
    instance_registration = Distribution::secs(20);
    /// A launch that fails is tried again after this. Estimate: 1 min.
    launch_retry = Distribution::secs(60);
    /// From a zone's return to Auto Scaling balancing its groups over the zones again. Estimate: 5 min.
    zone_rebalance = Distribution::secs(300);
    /// From steady state to ECS moving tasks between zones (availabilityZoneRebalancing). Not published; 1 min.
    task_rebalance = Distribution::secs(60);
    /// A task without a load balancer and without a health check counts as healthy so long after it reached RUNNING.
    /// Documented: 40 s.
    steady_after = Distribution::secs(40);
    /// Kubernetes: the age of a node's lease when its kubelet falls silent. Documented: renewed every 10 s, so uniform 0 s
    /// to 10 s.
    node_lease_age = uniform(0, 10);
    /// Kubernetes: from the deletion of a pod to the creation of its substitute. Not published, milliseconds; 0 s.
    pod_creation = Distribution::secs(0);
}

/// Delays that only ECS and its load balancers have.
pub const OF_ECS: [&str; 10] = [
    "schedulerReaction",
    "eniAttachment",
    "pullFailure",
    "targetRegistration",
    "deprovisioning",
    "instanceStateChange",
    "agentDisconnect",
    "taskRebalance",
    "steadyAfter",
    "retry",
];

/// Delays that only Kubernetes has.
pub const OF_KUBERNETES: [&str; 2] = ["nodeLeaseAge", "podCreation"];

impl TimingsSpec {
    /// Which delays of a list are given.
    pub fn given_among<'n>(&self, names: &'n [&'n str]) -> Vec<&'n str> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(given)) => {
                names.iter().copied().filter(|name| given.contains_key(*name)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// How ECS paces a service whose tasks cannot be placed or fail to start, as a scenario file gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "set of retry times")]
pub struct RetrySpec {
    /// The first pause. Estimate: 10 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<Duration>,
    /// The longest pause. Documented: 15 min.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Duration>,
    /// Whether a service that found no room tries again as soon as room appears, instead of at the end of its pause.
    /// Default: false, for ECS documents only the pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when_capacity_changes: Option<bool>,
}

/// How ECS paces a service whose tasks cannot be placed or fail to start: the pause doubles (ECS Developer Guide, service
/// throttle logic, gives the longest; the growth is an estimate).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The first pause.
    pub initial: Span,
    /// The longest pause.
    pub max: Span,
    /// Whether room that appears ends the pause.
    pub when_capacity_changes: bool,
}

impl Default for Retry {
    fn default() -> Self {
        Retry { initial: Span::from_secs(10), max: Span::from_secs(900), when_capacity_changes: false }
    }
}

impl RetrySpec {
    fn resolve(&self, report: &mut impl FnMut(&str, String)) -> Retry {
        let default = Retry::default();
        let initial = self.initial.map_or(default.initial, |given| given.0);
        let max = self.max.map_or(default.max, |given| given.0).max(initial);
        if initial.is_zero() {
            report("retry.initial", "a pause of 0 would try for ever in the same instant; give at least 1ms".into());
        }
        let when_capacity_changes = self.when_capacity_changes.unwrap_or(default.when_capacity_changes);
        Retry { initial: initial.max(Span(1000)), max, when_capacity_changes }
    }
}

fn uniform(low: u32, high: u32) -> Distribution {
    Distribution::Uniform { low: low.into(), high: high.into() }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut text, word| {
        let (head, tail) = word.split_at(1);
        text.push_str(&head.to_ascii_uppercase());
        text.push_str(tail);
        text
    })
}
