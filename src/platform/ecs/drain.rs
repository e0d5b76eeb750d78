//! Instances in DRAINING (ECS Developer Guide, container instance draining).
//!
//! No new tasks; service tasks that do not run yet are stopped at once; running ones are replaced within
//! `minimumHealthyPercent` and `maximumPercent`: the replacement first where there is room, else the task is stopped as
//! long as enough healthy ones remain. Standalone tasks are left alone. The daemon's task is stopped last.

use crate::world::command::{Command, Commands};
use crate::world::fleet::Scheduling;
use crate::world::instance::Registration;
use crate::world::task::{Phase, StopCode};
use crate::world::{InstanceId, ServiceId, TaskId, World};

use super::{Ecs, Waiting};

impl Ecs {
    pub(super) fn start_draining(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        self.draining.insert(instance);
        let tasks: Vec<TaskId> = world.tasks_on(instance).collect();
        for task in tasks {
            let row = &world.tasks[task];
            let service_task = Self::scheduling(world, task) == Scheduling::Replica;
            if service_task && !row.stopping && row.phase < Phase::Running {
                out.push(Command::Stop { task, code: StopCode::ServiceSchedulerInitiated });
            }
        }
        self.drain_on(world, out);
    }

    /// Goes on with every instance that drains.
    pub(super) fn drain_on(&mut self, world: &World, out: &mut Commands) {
        if self.draining.is_empty() || Self::control_plane_is_down(world) {
            return;
        }
        // Tasks that this very round has decided to stop are not yet counted as stopping.
        let mut stopped: Vec<(ServiceId, u32)> = Vec::new();
        for instance in self.draining.clone() {
            if world.instances[instance].registration != Registration::Draining {
                self.draining.remove(&instance);
                continue;
            }
            let tasks: Vec<TaskId> = world.tasks_on(instance).collect();
            let only_daemons = tasks.iter().all(|&task| Self::scheduling(world, task) == Scheduling::Daemon);
            for task in tasks {
                let row = &world.tasks[task];
                if row.stopping || row.phase != Phase::Running {
                    continue;
                }
                match Self::scheduling(world, task) {
                    Scheduling::Replica => self.drain_task(world, task, &mut stopped, out),
                    Scheduling::Daemon if only_daemons => {
                        out.push(Command::Want { service: row.service, slot: row.slot, wanted: false });
                        out.push(Command::Stop { task, code: StopCode::ServiceSchedulerInitiated });
                    }
                    Scheduling::Daemon | Scheduling::Standalone => {}
                }
            }
        }
    }

    fn drain_task(&mut self, world: &World, task: TaskId, stopped: &mut Vec<(ServiceId, u32)>, out: &mut Commands) {
        let row = &world.tasks[task];
        let (service, slot) = (row.service, row.slot);
        if world.services[service].slots[slot as usize].tasks > 1 {
            return;
        }
        let waiting = Waiting { slot, replaces: task };
        if self.services[service].waiting.contains(waiting) {
            return;
        }
        if Self::room_to_start_first(world, service) {
            return self.want(world, service, waiting, out);
        }
        let counts = &world.services[service];
        let healthy = counts.healthy(world.fleet.services[service].load_balancer.is_some());
        let so_far = stopped.iter().position(|(other, _)| *other == service);
        let going = so_far.map_or(0, |place| stopped[place].1);
        let floor = world.fleet.services[service].healthy_floor(counts.desired);
        if healthy.saturating_sub(going + 1) >= floor {
            match so_far {
                Some(place) => stopped[place].1 += 1,
                None => stopped.push((service, 1)),
            }
            out.push(Command::Stop { task, code: StopCode::ServiceSchedulerInitiated });
        }
    }
}
