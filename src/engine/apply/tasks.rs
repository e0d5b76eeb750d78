//! Changes of tasks and services.

use crate::world::command::Order;
use crate::world::fact::Fact;
use crate::world::fleet::Scheduling;
use crate::world::links::Links;
use crate::world::service::{Loss, Slot};
use crate::world::task::{Health, Phase, Run, StopCode, Target, Task};
use crate::world::{IncidentId, InstanceId, ServiceId, TaskId};

use super::Applier;
use super::counting::Counted;

impl Applier<'_> {
    pub(super) fn place(&mut self, order: Order) {
        match self.placer.choose(self.world, &order) {
            Ok(instance) => self.create(order, instance),
            Err(refusal) => {
                let victims = self.placer.preempt(self.world, &order);
                self.facts.push(Fact::Refused { order, refusal });
                self.facts.extend(victims.into_iter().map(Fact::Preempted));
            }
        }
    }

    fn create(&mut self, order: Order, instance: InstanceId) {
        let now = self.world.now;
        self.make_slot(order.service, order.slot);
        let life = self.count_task(&order);
        let task = self.world.tasks.take(Task::free_row);
        let row = &mut self.world.tasks[task];
        let kept = (row.run_counter, row.phase_step + 1, row.health_step + 1, row.target_step + 1);
        *row = Task {
            service: order.service,
            slot: order.slot,
            instance,
            replaces: order.replaces,
            life,
            first_run: kept.0,
            placed_at: now,
            phase_since: now,
            phase: Phase::Provisioning,
            run_counter: kept.0,
            phase_step: kept.1,
            health_step: kept.2,
            target_step: kept.3,
            ..Task::free_row()
        };
        self.link(task);
        let demand = &self.world.demands[order.service];
        let host = &mut self.world.instances[instance];
        host.free = host.free.minus(&demand.need);
        if demand.takes_ports {
            for port in &self.world.fleet.definitions[demand.definition].ports {
                if let Err(place) = host.ports.binary_search(port) {
                    host.ports.insert(place, *port);
                }
            }
        }
        self.keep_for_daemons(order.service, instance);
        self.placer.task_placed(self.world, task);
        self.recount(task, Counted::NOTHING, IncidentId::NONE);
        self.facts.push(Fact::Placed(task));
    }

    pub(super) fn set_phase(&mut self, task: TaskId, phase: Phase) {
        let before = self.count(task);
        let row = &mut self.world.tasks[task];
        let from = row.phase;
        debug_assert!(from < phase, "a task never goes back: {from:?} to {phase:?}");
        row.phase = phase;
        row.phase_since = self.world.now;
        row.phase_step += 1;
        let instance = row.instance;
        if phase == Phase::Stopped {
            row.target = Target::None;
            let demand = &self.world.demands[row.service];
            let host = &mut self.world.instances[instance];
            host.free = host.free.plus(&demand.need);
            if demand.takes_ports {
                let ports = &self.world.fleet.definitions[demand.definition].ports;
                host.ports.retain(|port| !ports.contains(port));
            }
            let service = row.service;
            self.unlink(task);
            self.keep_for_daemons(service, instance);
            self.placer.task_ended(self.world, task);
        }
        let cause = self.cause_of(task);
        self.recount(task, before, cause);
        self.facts.push(Fact::PhaseChanged { task, from });
        if phase == Phase::Stopped {
            self.world.tasks.give_back(task);
            self.facts.push(Fact::RoomChanged(instance));
        }
    }

    /// The incident that a task's slot already suffers from, for changes that have no cause of their own.
    fn cause_of(&self, task: TaskId) -> IncidentId {
        let row = &self.world.tasks[task];
        self.world.services[row.service].slots.get(row.slot as usize).map_or(IncidentId::NONE, |slot| slot.cause)
    }

    pub(super) fn stop(&mut self, task: TaskId, code: StopCode) {
        if self.world.tasks[task].stopping {
            return;
        }
        let before = self.count(task);
        let row = &mut self.world.tasks[task];
        row.stopping = true;
        row.stop_code = Some(code);
        let cause = self.cause_of(task);
        self.placer.task_stopping(self.world, task);
        self.recount(task, before, cause);
        self.facts.push(Fact::Stopping(task));
    }

    pub(super) fn set_health(&mut self, task: TaskId, health: Health) {
        let from = self.world.tasks[task].health;
        if from != health {
            self.world.tasks[task].health = health;
            self.facts.push(Fact::HealthChanged { task, from });
        }
    }

    pub(super) fn set_target(&mut self, task: TaskId, target: Target) {
        let from = self.world.tasks[task].target;
        if from != target {
            let before = self.count(task);
            let row = &mut self.world.tasks[task];
            row.target = target;
            row.target_step += 1;
            let cause = self.cause_of(task);
            self.recount(task, before, cause);
            self.facts.push(Fact::TargetChanged { task, from });
        }
    }

    pub(super) fn waits(&mut self, service: ServiceId, slot: u32, loss: Loss) {
        if let Some(row) = self.world.services[service].slots.get_mut(slot as usize)
            && row.up == 0
            && row.loss != loss
        {
            let before = *row;
            row.loss = loss;
            self.facts.push(Fact::SlotChanged { service, slot, before });
        }
    }

    pub(super) fn start_all(&mut self, task: TaskId) {
        let fleet = &self.world.fleet;
        let service = self.world.tasks[task].service;
        let containers = fleet.definitions[fleet.services[service].definition].containers.len();
        let now = self.world.now;
        let before = self.count(task);
        (0..containers as u8).for_each(|container| self.world.hung_containers.forget(&(task, container)));
        let row = &mut self.world.tasks[task];
        row.started = true;
        row.started_at = now;
        row.exited = 0;
        row.hung = 0;
        row.run_counter += 1;
        row.run = Run { started_at: now, number: row.run_counter };
        if containers > 1 {
            row.run_counter += containers as u32 - 1;
            let last = row.run_counter;
            let others = (1..containers as u32).map(|index| Run { started_at: now, number: last + 1 - index });
            row.other_runs = Some(others.collect());
        }
        row.health_step += 1;
        self.recount(task, before, IncidentId::NONE);
        for container in 0..containers as u8 {
            self.count_life(task);
            self.facts.push(Fact::Started { task, container });
        }
    }

    pub(super) fn start_one(&mut self, task: TaskId, container: u8) {
        let now = self.world.now;
        let before = self.count(task);
        self.world.hung_containers.forget(&(task, container));
        let row = &mut self.world.tasks[task];
        row.exited &= !(1 << container);
        row.restarting &= !(1 << container);
        row.hung &= !(1 << container);
        row.run_counter += 1;
        let run = Run { started_at: now, number: row.run_counter };
        match (container, &mut row.other_runs) {
            (0, _) => row.run = run,
            (_, Some(runs)) => runs[usize::from(container) - 1] = run,
            (_, None) => {}
        }
        row.health_step += 1;
        self.recount(task, before, IncidentId::NONE);
        self.count_life(task);
        self.facts.push(Fact::Started { task, container });
    }

    fn count_life(&mut self, task: TaskId) {
        let row = &self.world.tasks[task];
        if let Some(slot) = self.world.services[row.service].slots.get_mut(row.slot as usize) {
            slot.lives += 1;
        }
    }

    pub(super) fn end_processes(&mut self, task: TaskId) {
        let before = self.count(task);
        let row = &mut self.world.tasks[task];
        row.exited = u16::MAX;
        row.restarting = 0;
        row.health_step += 1;
        let cause = self.cause_of(task);
        self.recount(task, before, cause);
    }

    pub(super) fn exit(&mut self, task: TaskId, container: u8, incident: IncidentId, out_of_memory: bool) {
        let before = self.count(task);
        let row = &mut self.world.tasks[task];
        row.exited |= 1 << container;
        row.health_step += 1;
        self.recount(task, before, incident);
        self.facts.push(Fact::Exited { task, container, incident, out_of_memory });
    }

    pub(super) fn hang(&mut self, task: TaskId, container: u8, incident: IncidentId, silent: bool) {
        if !self.world.hung_containers.hold((task, container), incident) {
            return;
        }
        let before = self.count(task);
        let row = &mut self.world.tasks[task];
        row.hung |= 1 << container;
        row.silent = silent;
        row.health_step += 1;
        self.recount(task, before, incident);
        self.facts.push(Fact::Hung { task, container, incident });
    }

    pub(super) fn unhang(&mut self, task: TaskId, container: u8, incident: IncidentId) {
        if !self.world.hung_containers.let_go(&(task, container), incident) {
            return;
        }
        let before = self.count(task);
        let row = &mut self.world.tasks[task];
        row.hung &= !(1 << container);
        row.health_step += 1;
        self.recount(task, before, IncidentId::NONE);
        self.facts.push(Fact::Unhung { task, container });
    }

    pub(super) fn want(&mut self, service: ServiceId, slot: u32, wanted: bool) {
        self.make_slot(service, slot);
        let row = &mut self.world.services[service];
        let before = row.desired;
        let was = row.slots[slot as usize];
        if was.wanted == wanted {
            return;
        }
        row.slots[slot as usize].wanted = wanted;
        if wanted {
            row.desired += 1
        } else {
            row.desired -= 1
        }
        self.facts.push(Fact::SlotChanged { service, slot, before: was });
        self.facts.push(Fact::DesiredChanged { service, before });
    }

    pub(super) fn shrink(&mut self, service: ServiceId) {
        if let Some(task) = self.placer.choose_to_stop(self.world, service) {
            let slot = self.world.tasks[task].slot;
            // A task that replaces it goes with it: the slot is given up as a whole.
            let of_slot: Vec<TaskId> = self
                .world
                .tasks_of(service)
                .filter(|&other| self.world.tasks[other].slot == slot && !self.world.tasks[other].stopping)
                .collect();
            self.want(service, slot, false);
            for task in of_slot {
                self.stop(task, StopCode::ServiceSchedulerInitiated);
            }
        }
    }

    /// Counts a task of a slot and says which it is. A standalone task is the only one of its number.
    fn count_task(&mut self, order: &Order) -> u32 {
        self.world.services[order.service].slots.get_mut(order.slot as usize).map_or(1, |slot| {
            slot.placed += 1;
            slot.placed
        })
    }

    /// Slots are made when they are first spoken of: a daemon's slot is numbered like the instance's row.
    fn make_slot(&mut self, service: ServiceId, slot: u32) {
        if self.world.demands[service].scheduling != Scheduling::Standalone {
            let slots = &mut self.world.services[service].slots;
            if slots.len() <= slot as usize {
                slots.resize(slot as usize + 1, Slot::VACANT);
            }
        }
    }

    /// A task has come to an instance or left it: if it is a daemon's, other room is to be kept.
    fn keep_for_daemons(&mut self, service: ServiceId, instance: InstanceId) {
        if self.world.demands[service].scheduling == Scheduling::Daemon {
            self.world.instances[instance].kept = self.world.kept_for_daemons(instance);
        }
    }

    /// Puts a task at the head of the lists of its instance and its service.
    fn link(&mut self, task: TaskId) {
        let (instance, service) = (self.world.tasks[task].instance, self.world.tasks[task].service);
        let host = &mut self.world.instances[instance];
        let next = std::mem::replace(&mut host.first_task, task);
        host.task_count += 1;
        let zone = host.zone;
        self.world.services[service].in_zone[zone] += 1;
        let next_of_service = std::mem::replace(&mut self.world.services[service].first_task, task);
        let links = &mut self.world.links;
        let row = Links { next_on_instance: next, next_in_service: next_of_service, ..Links::NONE };
        if links.len() == task.0 as usize {
            links.push(row);
        } else {
            links[task] = row;
        }
        if next.is_some() {
            links[next].prev_on_instance = task;
        }
        if next_of_service.is_some() {
            links[next_of_service].prev_in_service = task;
        }
    }

    fn unlink(&mut self, task: TaskId) {
        let row = &self.world.tasks[task];
        let (instance, service) = (row.instance, row.service);
        let links = &mut self.world.links;
        let of = links[task];
        let host = &mut self.world.instances[instance];
        host.task_count -= 1;
        let zone = host.zone;
        if of.prev_on_instance.is_none() {
            host.first_task = of.next_on_instance;
        } else {
            links[of.prev_on_instance].next_on_instance = of.next_on_instance;
        }
        if of.next_on_instance.is_some() {
            links[of.next_on_instance].prev_on_instance = of.prev_on_instance;
        }
        let row = &mut self.world.services[service];
        row.in_zone[zone] -= 1;
        if of.prev_in_service.is_none() {
            row.first_task = of.next_in_service;
        } else {
            links[of.prev_in_service].next_in_service = of.next_in_service;
        }
        if of.next_in_service.is_some() {
            links[of.next_in_service].prev_in_service = of.prev_in_service;
        }
    }
}
