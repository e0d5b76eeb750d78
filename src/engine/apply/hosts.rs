//! Changes of instances: what becomes of their hosts, and of what EC2 and ECS believe of them.

use crate::world::fact::Fact;
use crate::world::fleet::Scheduling;
use crate::world::instance::{Host, Instance, Registration};
use crate::world::standing::Standing;
use crate::world::task::Run;
use crate::world::{CapacityId, IncidentId, InstanceId, TaskId, World, ZoneId};

use super::Applier;
use super::counting::Counted;

impl Applier<'_> {
    pub(super) fn launch(&mut self, capacity: CapacityId, zone: ZoneId, lane: u32) {
        let now = self.world.now;
        self.world.launched += 1;
        let serial = self.world.launched;
        let registered = self.world.fleet.capacities[capacity].registered;
        let life = self.count_launch(capacity, lane);
        let instance = self.world.instances.take(Instance::free_row);
        let row = &mut self.world.instances[instance];
        let (host_step, agent_step) = (row.host_step + 1, row.agent_step + 1);
        row.cached.clear();
        let (cached, ports) = (std::mem::take(&mut row.cached), std::mem::take(&mut row.ports));
        *row = Instance {
            capacity,
            zone,
            serial,
            lane,
            life,
            host: Host::Launching,
            free: registered,
            cached,
            ports,
            launched_at: now,
            host_step,
            agent_step,
            ..Instance::free_row()
        };
        self.world.instances[instance].kept = self.world.kept_for_daemons(instance);
        self.world.zones[zone].instances += 1;
        self.stands(instance, Standing::default());
        self.placer.instance_changed(self.world, instance);
        self.facts.push(Fact::Launched(instance));
    }

    /// Counts an instance of a place in its group and says which it is.
    fn count_launch(&mut self, capacity: CapacityId, lane: u32) -> u32 {
        let lanes = &mut self.world.lanes[capacity];
        if lanes.len() <= lane as usize {
            lanes.resize(lane as usize + 1, 0);
        }
        lanes[lane as usize] += 1;
        lanes[lane as usize]
    }

    pub(super) fn set_host(&mut self, instance: InstanceId, host: Host, incident: IncidentId) {
        let from = self.world.instances[instance].host;
        let dark = self.world.instances[instance].power_cuts > 0;
        if from == host || from == Host::Gone || host == Host::Up && dark {
            return;
        }
        let dies = matches!(host, Host::Down | Host::Gone) && !matches!(from, Host::Down);
        let before = self.count_all(instance);
        let stood = Standing::of(&self.world.instances[instance]);
        let zone = self.world.instances[instance].zone;
        if matches!(host, Host::Down | Host::Gone) {
            self.world.silent_agents.forget(&instance);
        }
        let row = &mut self.world.instances[instance];
        row.host = host;
        row.host_step += 1;
        row.agent_step += 1;
        match host {
            Host::Up => row.incident = if row.cut_off { row.incident } else { IncidentId::NONE },
            _ if incident.is_some() => row.incident = incident,
            _ => {}
        }
        let cause = row.incident;
        if host == Host::Gone {
            self.world.zones[zone].instances -= 1;
        }
        self.stands(instance, stood);
        for &(task, _) in &before {
            let row = &mut self.world.tasks[task];
            if dies {
                row.exited = u16::MAX;
                row.restarting = 0;
                row.run = Run { started_at: row.run.started_at, number: row.run_counter };
            }
            row.health_step += 1;
        }
        self.recount_all(before, cause);
        self.facts.push(match host {
            Host::Up if matches!(from, Host::Hung { .. }) => Fact::HostUnhung(instance),
            Host::Up => Fact::HostUp(instance),
            Host::Hung { .. } => Fact::HostHung(instance),
            Host::Down => Fact::HostDown(instance),
            Host::Gone | Host::Absent | Host::Launching => Fact::HostGone(instance),
        });
    }

    pub(super) fn set_power(&mut self, instance: InstanceId, on: bool, incident: IncidentId) {
        let cuts = &mut self.world.instances[instance].power_cuts;
        if on {
            *cuts = cuts.saturating_sub(1);
        } else {
            *cuts = cuts.saturating_add(1);
            self.set_host(instance, Host::Down, incident);
        }
    }

    pub(super) fn set_cut_off(&mut self, instance: InstanceId, cut_off: bool, incident: IncidentId) {
        let row = &mut self.world.instances[instance];
        row.network_cuts =
            if cut_off { row.network_cuts.saturating_add(1) } else { row.network_cuts.saturating_sub(1) };
        if row.cut_off == (row.network_cuts > 0) {
            return;
        }
        let before = self.count_all(instance);
        let row = &mut self.world.instances[instance];
        row.cut_off = cut_off;
        row.agent_step += 1;
        if cut_off {
            row.incident = incident;
        } else if row.host == Host::Up {
            row.incident = IncidentId::NONE;
        }
        self.recount_all(before, incident);
        self.facts.push(Fact::CutOffChanged(instance));
    }

    pub(super) fn register(&mut self, instance: InstanceId, registration: Registration) {
        let row = &mut self.world.instances[instance];
        let from = row.registration;
        if from == registration {
            return;
        }
        let stood = Standing::of(row);
        row.registration = registration;
        if from == Registration::None {
            row.registered_at = self.world.now;
        }
        self.after_belief(instance, stood);
        self.facts.push(Fact::Registered { instance, from });
        self.state_room(instance);
    }

    pub(super) fn set_silent(&mut self, instance: InstanceId, silent: bool, incident: IncidentId) {
        if silent {
            self.world.silent_agents.hold(instance, incident);
            self.set_agent(instance, false);
        } else if self.world.silent_agents.let_go(&instance, incident) && self.world.instances[instance].works() {
            self.set_agent(instance, true);
        }
    }

    pub(super) fn set_agent(&mut self, instance: InstanceId, connected: bool) {
        let silent = self.world.silent_agents.is_held(&instance);
        let row = &mut self.world.instances[instance];
        if row.agent_connected == connected || connected && silent {
            return;
        }
        let stood = Standing::of(row);
        row.agent_connected = connected;
        if self.world.fleet.kubernetes.is_none() {
            row.ready = connected;
        }
        row.agent_step += 1;
        self.after_belief(instance, stood);
        self.facts.push(Fact::AgentChanged(instance));
        self.state_room(instance);
    }

    pub(super) fn set_ready(&mut self, instance: InstanceId, ready: bool) {
        let row = &mut self.world.instances[instance];
        if row.ready == ready {
            return;
        }
        let stood = Standing::of(row);
        row.ready = ready;
        self.after_belief(instance, stood);
        self.facts.push(Fact::ReadyChanged(instance));
        self.state_room(instance);
    }

    pub(super) fn set_pressure(&mut self, instance: InstanceId, on: bool) {
        let row = &mut self.world.instances[instance];
        if row.pressed == on {
            return;
        }
        let stood = Standing::of(row);
        row.pressed = on;
        self.after_belief(instance, stood);
        self.state_room(instance);
    }

    /// After a change of an instance that counted for `before`.
    fn stands(&mut self, instance: InstanceId, before: Standing) {
        let row = &self.world.instances[instance];
        self.world.standings.change(row.zone, before, Standing::of(row));
    }

    fn after_belief(&mut self, instance: InstanceId, before: Standing) {
        self.stands(instance, before);
        self.placer.instance_changed(self.world, instance);
    }

    fn state_room(&mut self, instance: InstanceId) {
        if self.world.accepts_tasks(instance) {
            self.facts.push(Fact::RoomChanged(instance));
        }
    }

    pub(super) fn set_impaired(&mut self, instance: InstanceId, impaired: bool) {
        if self.world.instances[instance].impaired != impaired {
            self.world.instances[instance].impaired = impaired;
            self.facts.push(Fact::ImpairedChanged(instance));
        }
    }

    pub(super) fn condemn(&mut self, instance: InstanceId) {
        if !self.world.instances[instance].condemned {
            let stood = Standing::of(&self.world.instances[instance]);
            self.world.instances[instance].condemned = true;
            self.stands(instance, stood);
            self.facts.push(Fact::Condemned(instance));
        }
    }

    pub(super) fn forget(&mut self, instance: InstanceId) {
        let row = &mut self.world.instances[instance];
        debug_assert_eq!(row.task_count, 0, "an instance with tasks is not forgotten");
        if row.host == Host::Absent || row.task_count > 0 {
            return;
        }
        let stood = Standing::of(row);
        row.host = Host::Absent;
        row.registration = Registration::None;
        row.agent_connected = false;
        row.ready = false;
        row.pressed = false;
        row.host_step += 1;
        row.agent_step += 1;
        self.stands(instance, stood);
        self.placer.instance_changed(self.world, instance);
        self.forget_daemons(instance);
        self.facts.push(Fact::Forgotten(instance));
        self.world.instances.give_back(instance);
    }

    /// The slots of daemons are numbered like rows, but their lives belong to the instance (see [`crate::world::life`]): the
    /// next one in the row begins anew.
    fn forget_daemons(&mut self, instance: InstanceId) {
        let World { services, demands, .. } = &mut *self.world;
        for (service, demand) in demands.iter() {
            if demand.scheduling == Scheduling::Daemon
                && let Some(slot) = services[service].slots.get_mut(instance.0 as usize)
            {
                (slot.lives, slot.placed) = (0, 0);
            }
        }
    }

    /// Before a change that concerns every task on an instance.
    fn count_all(&self, instance: InstanceId) -> Vec<(TaskId, Counted)> {
        self.world.tasks_on(instance).map(|task| (task, self.count(task))).collect()
    }

    /// After it.
    fn recount_all(&mut self, before: Vec<(TaskId, Counted)>, cause: IncidentId) {
        for (task, counted) in before {
            self.recount(task, counted, cause);
        }
    }
}
