//! What never changes during a run: zones, kinds of capacity, images, task definitions and services, all resolved.

use super::catalog::Arch;
use crate::base::id::Table;
use crate::base::time::Span;

use super::kubernetes::KubernetesFleet;
use super::{CapacityId, DefinitionId, ImageId, ModelId, ServiceId, ZoneId};

/// Everything that stands fixed before the first event.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    /// Availability Zones.
    pub zones: Table<ZoneId, ZoneSpec>,
    /// Groups of like instances.
    pub capacities: Table<CapacityId, CapacitySpec>,
    /// Container images.
    pub images: Table<ImageId, Image>,
    /// Task definitions.
    pub definitions: Table<DefinitionId, TaskDefinition>,
    /// Services and batches of standalone tasks.
    pub services: Table<ServiceId, ServiceSpec>,
    /// What Kubernetes keeps beside these, where it is the orchestrator.
    pub kubernetes: Option<Box<KubernetesFleet>>,
    /// The orchestrator ends tasks where the memory of an instance runs short.
    pub evicts_for_memory: bool,
    /// Failure models, by their place in the scenario.
    pub failures: Table<ModelId, FailureName>,
}

/// What a failure model is called.
#[derive(Clone, Debug)]
pub struct FailureName {
    /// Its name; by default its type.
    pub name: String,
    /// Its type.
    pub kind: &'static str,
}

/// An Availability Zone.
#[derive(Clone, Debug)]
pub struct ZoneSpec {
    /// Its name, such as `us-east-1a`.
    pub name: String,
    /// Its share of a `count` that is spread over the zones, relative to the other zones.
    pub weight: f64,
}

/// The operating system of an instance or a task.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux.
    Linux,
    /// Windows Server.
    Windows,
}

impl Os {
    /// The value of the attribute `ecs.os-type`.
    pub fn name(self) -> &'static str {
        match self {
            Os::Linux => "linux",
            Os::Windows => "windows",
        }
    }
}

/// Amounts that a task takes and an instance has.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// CPU units, 1024 to the vCPU.
    pub cpu: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// Whole GPUs.
    pub gpus: u32,
    /// Network interfaces for tasks in `awsvpc` mode.
    pub enis: u32,
}

impl Resources {
    /// `true` where each amount of `need` is there.
    #[inline]
    pub fn fits(&self, need: &Resources) -> bool {
        self.cpu >= need.cpu && self.memory >= need.memory && self.gpus >= need.gpus && self.enis >= need.enis
    }

    /// What is left after taking `need`, which must fit.
    #[inline]
    pub fn minus(&self, need: &Resources) -> Resources {
        Resources {
            cpu: self.cpu - need.cpu,
            memory: self.memory - need.memory,
            gpus: self.gpus - need.gpus,
            enis: self.enis - need.enis,
        }
    }

    /// What there is after giving `back`.
    #[inline]
    pub fn plus(&self, back: &Resources) -> Resources {
        Resources {
            cpu: self.cpu + back.cpu,
            memory: self.memory + back.memory,
            gpus: self.gpus + back.gpus,
            enis: self.enis + back.enis,
        }
    }
}

/// When the agent pulls an image (`ECS_IMAGE_PULL_BEHAVIOR` of the agent).
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
pub enum PullBehavior {
    /// Asks the registry; what is cached is not downloaded again, and serves where the registry cannot be reached.
    #[default]
    Default,
    /// Pulls every time; a cached image does not help.
    Always,
    /// Pulls unless an earlier task on this instance pulled it.
    Once,
    /// Uses the cached image if there is one.
    PreferCached,
}

/// A group of like instances: an Auto Scaling group behind a capacity provider.
#[derive(Clone, Debug)]
pub struct CapacitySpec {
    /// Its name.
    pub name: String,
    /// The EC2 instance type, or the name of a custom one.
    pub instance_type: String,
    /// What an instance registers with ECS.
    pub registered: Resources,
    /// Price of an instance-hour in USD.
    pub usd_per_hour: f64,
    /// Operating system.
    pub os: Os,
    /// Processor architecture.
    pub arch: Arch,
    /// Attributes of an instance in each zone, built-in and custom, by name.
    pub attributes: Table<ZoneId, Vec<(String, String)>>,
    /// Instances wanted at the start in each zone.
    pub per_zone: Table<ZoneId, u32>,
    /// Download of images in MiB per second, unpacking included.
    pub pull_mib_per_s: f64,
    /// When the agent pulls.
    pub pull_behavior: PullBehavior,
    /// Auto Scaling processes that are suspended.
    pub suspended: SuspendedProcesses,
    /// Whether ECS drains an instance before Auto Scaling terminates it on purpose.
    pub managed_draining: bool,
    /// DAEMON services that belong on its instances in each zone and have room kept for them, in the order of the file.
    pub daemons: Table<ZoneId, Vec<ServiceId>>,
}

/// Auto Scaling processes that a user has suspended (EC2 Auto Scaling User Guide, suspended processes).
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct SuspendedProcesses {
    /// Nothing is launched.
    pub launch: bool,
    /// Unhealthy instances are left alone.
    pub replace_unhealthy: bool,
    /// An unequal spread over the zones is left alone.
    pub az_rebalance: bool,
}

impl CapacitySpec {
    /// All instances wanted at the start.
    pub fn count(&self) -> u32 {
        self.per_zone.values().sum()
    }

    /// The round in which a place of the group was handed out: places go to the zones in turn, one to each that still wants
    /// one, so that this is also the place's rank within its zone.
    pub fn round_of(&self, lane: u32) -> u32 {
        let before = |round: u32| -> u32 { self.per_zone.values().map(|count| (*count).min(round)).sum() };
        let (mut low, mut high) = (0, self.per_zone.values().copied().max().unwrap_or(0));
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if before(middle) <= lane { low = middle } else { high = middle - 1 }
        }
        low
    }

    /// The value of an attribute of an instance in `zone`.
    pub fn attribute(&self, zone: ZoneId, name: &str) -> Option<&str> {
        let list = &self.attributes[zone];
        list.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A container image.
#[derive(Clone, Debug)]
pub struct Image {
    /// Its name as the task definition has it.
    pub name: String,
    /// What is downloaded, in MiB.
    pub size_mib: f64,
}

/// How the containers of a task meet the network.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
pub enum NetworkMode {
    /// Docker's bridge; host ports are the instance's.
    #[default]
    Bridge,
    /// The instance's own network.
    Host,
    /// A network interface for each task.
    Awsvpc,
    /// No network.
    None,
}

/// A port of the instance that a task holds for itself.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostPort {
    /// 1 to 65535.
    pub port: u16,
    /// UDP instead of TCP: the two do not conflict.
    pub udp: bool,
}

/// A task definition, resolved.
#[derive(Clone, Debug)]
pub struct TaskDefinition {
    /// Its family.
    pub family: String,
    /// What placement takes off an instance: task-level sizes, else the sum over the containers (soft limit before hard).
    pub need: Resources,
    /// Static host ports.
    pub ports: Vec<HostPort>,
    /// Network mode.
    pub network: NetworkMode,
    /// Containers, at most 16.
    pub containers: Vec<Container>,
    /// One bit for each container whose end ends the task.
    pub essential: u16,
    /// What an instance must run, where the task says.
    pub os: Option<Os>,
    /// The processor that an instance must have, where the task says.
    pub arch: Option<Arch>,
}

impl TaskDefinition {
    /// Whether instances of a group have the operating system and the processor that it asks for.
    pub fn runs_on(&self, capacity: &CapacitySpec) -> bool {
        self.os.is_none_or(|os| os == capacity.os) && self.arch.is_none_or(|arch| arch == capacity.arch)
    }

    /// One bit for each essential container that has a health check: those that decide a task's health.
    pub fn checked(&self) -> u16 {
        let bits = self.containers.iter().enumerate().filter(|(_, container)| container.health_check.is_some());
        bits.fold(0, |bits, (place, _)| bits | 1 << place) & self.essential
    }
}

/// A container of a task definition.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: ImageId,
    /// A command that Docker runs to see whether it is well.
    pub health_check: Option<HealthCheck>,
    /// Whether the agent restarts it in place.
    pub restart: Option<RestartPolicy>,
    /// The hard memory limit in MiB: beyond it the kernel kills the container.
    pub hard_limit: Option<u32>,
    /// SIGTERM to SIGKILL.
    pub stop_timeout: Option<Span>,
}

/// A container health check (ECS API, HealthCheck).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// From the end of one check to the start of the next.
    pub interval: Span,
    /// A check without an answer fails after this.
    pub timeout: Span,
    /// Consecutive failures until UNHEALTHY.
    pub retries: u32,
    /// Failures in this time after the start do not count until a check has passed.
    pub start_period: Span,
}

/// A container restart policy (ECS API, ContainerRestartPolicy).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct RestartPolicy {
    /// The container is restarted only if it has run at least this long since it last started.
    pub attempt_period: Span,
    /// `true` where 0, the exit code of work that is done, is ignored.
    pub ignores_success: bool,
    /// `true` where the exit code of a crash (1) is in `ignoredExitCodes`: such an exit is not restarted.
    pub ignores_crash: bool,
    /// `true` where 137, the exit code of a kill for memory, is ignored.
    pub ignores_oom: bool,
}

/// How a service's tasks are wanted.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Scheduling {
    /// A number of tasks.
    Replica,
    /// One task on each instance that matches.
    Daemon,
    /// Standalone tasks (RunTask): started when they arrive, never replaced.
    Standalone,
}

/// When a service counts as up.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum UpWhen {
    /// At least so many healthy tasks.
    Healthy(u32),
    /// At least this share of the desired count, rounded up.
    HealthyShare(f64),
}

impl UpWhen {
    /// The number of healthy tasks that it takes.
    pub fn threshold(self, desired: u32) -> u32 {
        match self {
            UpWhen::Healthy(count) => count,
            // The tiny allowance keeps 66 % of 50 at 33 whatever the last bit of the product.
            UpWhen::HealthyShare(share) => (share * f64::from(desired) - 1e-9).ceil().max(0.0) as u32,
        }
    }
}

/// The target group of a load-balanced service (Application Load Balancers User Guide, target groups).
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct TargetGroup {
    /// Between checks of one target.
    pub interval: Span,
    /// A check without an answer fails after this.
    pub timeout: Span,
    /// Consecutive passes until an unhealthy target is healthy.
    pub healthy_threshold: u32,
    /// Consecutive failures until a healthy target is unhealthy.
    pub unhealthy_threshold: u32,
    /// How long a target drains after it was deregistered.
    pub deregistration_delay: Span,
    /// Whether it sends to all targets where none is healthy. An Application Load Balancer does; a Kubernetes Service has
    /// no endpoints then.
    pub fails_open: bool,
    /// Mean rate of requests that users send, where the user gave one.
    pub requests_per_second: Option<f64>,
}

/// A service or a batch of standalone tasks, resolved.
#[derive(Clone, Debug)]
pub struct ServiceSpec {
    /// Its name.
    pub name: String,
    /// Its task group: `service:NAME`, for standalone tasks `family:FAMILY` unless the user gave one.
    pub group: String,
    /// Its task definition.
    pub definition: DefinitionId,
    /// How its tasks are wanted.
    pub scheduling: Scheduling,
    /// Tasks wanted at the start; a daemon's follows from the instances.
    pub desired: u32,
    /// Lower bound of healthy tasks while tasks are replaced on purpose, in percent of desired, rounded up.
    pub minimum_healthy_percent: u32,
    /// Upper bound of running and pending tasks, in percent of desired, rounded down.
    pub maximum_percent: u32,
    /// Whether ECS moves tasks until the zones are balanced.
    pub az_rebalancing: bool,
    /// Health is ignored that long after a task started.
    pub grace: Span,
    /// Its target group, where it has a load balancer.
    pub load_balancer: Option<TargetGroup>,
    /// What "up" means.
    pub up_when: UpWhen,
}

impl ServiceSpec {
    /// `ceil(desired × minimumHealthyPercent / 100)` (ECS API, DeploymentConfiguration: rounded up).
    pub fn healthy_floor(&self, desired: u32) -> u32 {
        (u64::from(desired) * u64::from(self.minimum_healthy_percent)).div_ceil(100) as u32
    }

    /// `floor(desired × maximumPercent / 100)` (ECS API, DeploymentConfiguration: rounded down).
    pub fn task_ceiling(&self, desired: u32) -> u32 {
        (u64::from(desired) * u64::from(self.maximum_percent) / 100) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_when_rounds_up() {
        assert_eq!(UpWhen::HealthyShare(0.66).threshold(6), 4);
        assert_eq!(UpWhen::HealthyShare(0.66).threshold(50), 33);
        assert_eq!(UpWhen::HealthyShare(0.5).threshold(4), 2);
        assert_eq!(UpWhen::Healthy(4).threshold(6), 4);
    }
}
