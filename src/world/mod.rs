//! The state of the simulated world: zones, instances, services, tasks, incidents.
//!
//! Two things stand side by side here. *Truth*: what is (a process serves, a host is up, a zone is reachable).
//! *Belief*: what the control plane or the load balancer knows (an agent is connected, a task is healthy, a target is in
//! rotation). Availability is counted on truth, decisions are taken on belief.
//!
//! Families look at `&World` and return [`command::Command`]s; only `engine::apply` changes it.

pub mod actor;
pub mod catalog;
pub mod command;
mod daemon_room;
pub mod demand;
pub mod event;
pub mod fact;
pub mod fleet;
pub mod holds;
pub mod incident;
pub mod instance;
pub mod invariants;
pub mod kubernetes;
pub mod life;
pub mod links;
pub mod query;
pub mod service;
pub mod standing;
pub mod subject;
pub mod task;

use std::sync::Arc;

use crate::base::id::{Table, ids};
use crate::base::random::Randomness;
use crate::base::slab::Slab;
use crate::base::time::Time;

use demand::Demand;
use fleet::Fleet;
use holds::Holds;
use incident::Incident;
use instance::Instance;
use links::Links;
use service::Service;
use standing::Standings;
use task::Task;

ids! {
    /// An Availability Zone.
    ZoneId,
    /// A named group of like instances.
    CapacityId,
    /// A row of the instance table; reused when an instance is gone and replaced.
    InstanceId,
    /// A container image.
    ImageId,
    /// A task definition.
    DefinitionId,
    /// A service, or a batch of standalone tasks (a task group of its own).
    ServiceId,
    /// A row of the task table; reused when a task is gone.
    TaskId,
    /// Something that went wrong once: the root cause that lost time is booked to.
    IncidentId,
    /// A failure model of the scenario, by its place in `failures`.
    ModelId,
}

/// A zone's state.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    /// Outages under way that make launches in this zone fail.
    pub launch_blocks: u32,
    /// Instances in the zone whose row is in use and not terminated.
    pub instances: u32,
}

/// Switches of the region that an incident can turn off; each counts the incidents that hold it off.
#[derive(Clone, Debug, Default)]
pub struct Region {
    /// Control-plane outages: nothing is placed, launched or replaced.
    pub control_plane_down: u32,
    /// Image registry outages: only cached images start.
    pub registry_down: u32,
    /// Revocations of the task execution role: new tasks fail to start.
    pub role_revoked: u32,
}

/// The whole state of one replication.
#[derive(Clone, Debug)]
pub struct World {
    /// What never changes during a run.
    pub fleet: Arc<Fleet>,
    /// Where every random draw comes from.
    pub random: Randomness,
    /// The simulated clock.
    pub now: Time,
    /// `true` while the initial state is being built: whatever takes time takes none.
    pub warming_up: bool,
    /// One row a zone of the fleet.
    pub zones: Table<ZoneId, Zone>,
    /// Switches of the whole region.
    pub region: Region,
    /// EC2 instances; a row's `state` says whether it is in use.
    pub instances: Slab<InstanceId, Instance>,
    /// Sums over the instances.
    pub standings: Standings,
    /// Instances launched so far, which numbers the EC2 instance ids.
    pub launched: u32,
    /// Instances that each place of a group has had so far, by the place.
    pub lanes: Table<CapacityId, Vec<u32>>,
    /// What each service asks for, from the fleet.
    pub demands: Table<ServiceId, Demand>,
    /// One row a service or batch of the fleet.
    pub services: Table<ServiceId, Service>,
    /// Tasks; a row's `phase` says whether it is in use.
    pub tasks: Slab<TaskId, Task>,
    /// One row a task: its neighbours in the lists of its instance and its service.
    pub links: Table<TaskId, Links>,
    /// Truth: instances whose agent failures keep away from the orchestrator.
    pub silent_agents: Holds<InstanceId>,
    /// Truth: containers that failures keep from answering, by the task and their place in it.
    pub hung_containers: Holds<(TaskId, u8)>,
    /// What went wrong so far.
    pub incidents: Table<IncidentId, Incident>,
}

impl World {
    /// An empty world: no instance, no task.
    pub fn new(fleet: Arc<Fleet>, random: Randomness) -> World {
        let zones = fleet.zones.ids().map(|_| Zone::default()).collect();
        let services = fleet.services.values().map(|spec| Service::new(spec, fleet.zones.len())).collect();
        let demands = fleet.services.values().map(|spec| Demand::of(&fleet, spec)).collect();
        let standings = Standings::new(fleet.zones.len());
        let lanes = fleet.capacities.ids().map(|_| Vec::new()).collect();
        World {
            fleet,
            random,
            now: Time::ZERO,
            warming_up: false,
            zones,
            region: Region::default(),
            instances: Slab::new(),
            standings,
            launched: 0,
            lanes,
            demands,
            services,
            tasks: Slab::new(),
            links: Table::new(),
            silent_agents: Holds::default(),
            hung_containers: Holds::default(),
            incidents: Table::new(),
        }
    }

    /// Whether placement takes an instance into account.
    pub fn accepts_tasks(&self, instance: InstanceId) -> bool {
        self.instances[instance].accepts_tasks()
    }

    /// Walks the tasks on an instance.
    pub fn tasks_on(&self, instance: InstanceId) -> impl Iterator<Item = TaskId> + '_ {
        let mut next = self.instances[instance].first_task;
        std::iter::from_fn(move || {
            let task = next;
            task.is_some().then(|| {
                next = self.links[task].next_on_instance;
                task
            })
        })
    }

    /// Walks the tasks of a service, newest first.
    pub fn tasks_of(&self, service: ServiceId) -> impl Iterator<Item = TaskId> + '_ {
        let mut next = self.services[service].first_task;
        std::iter::from_fn(move || {
            let task = next;
            task.is_some().then(|| {
                next = self.links[task].next_in_service;
                task
            })
        })
    }

    /// Instances whose row is in use, in order of id.
    pub fn live_instances(&self) -> impl Iterator<Item = (InstanceId, &Instance)> {
        self.instances.iter().filter(|(_, row)| row.in_use())
    }

    /// The truth about a task's process and its way to the users: it runs, does not hang, its host is up and reachable.
    /// Says nothing of whether a load balancer sends to it.
    pub fn serves(&self, task: TaskId) -> bool {
        let row = &self.tasks[task];
        let essential = self.demands[row.service].essential;
        row.process_up(essential) && row.hung & essential == 0 && {
            let host = &self.instances[row.instance];
            host.host == instance::Host::Up && !host.cut_off
        }
    }
}
