//! Room for daemons.
//!
//! ECS reserves the CPU, memory and network interfaces of an instance for the daemon tasks that belong there, so that a
//! daemon's task is the first to start and never finds its place taken by a replica (ECS Developer Guide, daemon scheduling
//! strategy). So while a daemon has no task on an instance of its own, as much as it needs is kept free: after the instance
//! has registered, and again between the end of a daemon's task and the next. Host ports are not kept.
//!
//! Which daemons belong where follows from platform and static expressions ([`CapacitySpec::daemons`]); a daemon whose
//! constraints look at more than attributes has no room kept.
//!
//! [`CapacitySpec::daemons`]: super::fleet::CapacitySpec::daemons

use super::fleet::{Resources, Scheduling};
use super::{InstanceId, ServiceId, World};

impl World {
    /// What has to be kept free on an instance by the tasks that it has now.
    pub fn kept_for_daemons(&self, instance: InstanceId) -> Resources {
        let missing = self.daemons_of(instance).iter().filter(|daemon| !self.holds(instance, **daemon));
        missing.fold(Resources::default(), |sum, daemon| sum.plus(&self.need_of(*daemon)))
    }

    /// What an instance has free for a task of a service: nothing that is kept for another one.
    #[inline]
    pub fn room(&self, instance: InstanceId, service: ServiceId) -> Resources {
        let open = self.instances[instance].open();
        let daemon = self.demands[service].scheduling == Scheduling::Daemon;
        let kept_for_it = daemon && self.daemons_of(instance).contains(&service) && !self.holds(instance, service);
        if kept_for_it { open.plus(&self.need_of(service)) } else { open }
    }

    fn daemons_of(&self, instance: InstanceId) -> &[ServiceId] {
        let row = &self.instances[instance];
        &self.fleet.capacities[row.capacity].daemons[row.zone]
    }

    /// A task of the service holds resources of the instance.
    fn holds(&self, instance: InstanceId, service: ServiceId) -> bool {
        self.tasks_on(instance).any(|task| self.tasks[task].service == service)
    }

    fn need_of(&self, service: ServiceId) -> Resources {
        self.demands[service].need
    }
}
