//! EC2 and Auto Scaling: launches, status checks, replacement, balance over the zones.
//!
//! Rules (EC2 Auto Scaling User Guide, health checks and zones): an instance that is no longer running is replaced at
//! once; one whose status check fails is first given a few minutes. The old one is terminated first, and another is
//! launched at the same time, in the zone with the fewest; where a zone refuses launches, in another. When a zone is back,
//! the group is balanced again: launched first, terminated after.

mod status;
mod zones;

use crate::base::id::{Id, Table};
use crate::base::random::Label;
use crate::base::time::Span;
use crate::platform::delays::{Delays, Kind};
use crate::platform::timings::Timings;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::Scheduling;
use crate::world::instance::{Host, Registration};
use crate::world::task::Phase;
use crate::world::{CapacityId, IncidentId, InstanceId, World};

use std::sync::Arc;

use status::{Checks, Turn};

const LAUNCH: Kind = Kind::once("ec2: launch");
const STATUS: Kind = Kind::again("ec2: status check", 0);
const DECISION: Kind = Kind::again("ec2: unhealthy decision", 1);
const REACTION: Kind = Kind::once("ec2: scaling reaction");
const RETRY: Label = Label::new("ec2: launch retry");
const REBALANCE: Label = Label::new("ec2: zone rebalance");

/// The host has booted.
const BOOTED: u8 = 0;
/// The status check has failed for long enough.
const IMPAIRED: u8 = 1;
/// Auto Scaling has waited long enough for an impaired instance.
const UNHEALTHY: u8 = 2;
/// Auto Scaling launches a replacement; the target is a place in `pending`.
const REPLACE: u8 = 3;
/// Auto Scaling looks at the balance of a group.
const BALANCE: u8 = 4;
/// An instance has drained for as long as it may; the step is its serial number.
const DRAINED: u8 = 5;

/// Managed draining holds the termination back by a lifecycle hook, and a hook by 48 hours at most (EC2 Auto Scaling User
/// Guide, lifecycle hooks). Until then the health of the instance is not looked at any more.
const MOST_DRAINING: Span = Span::from_secs(48 * 3600);

/// A launch that has been decided.
#[derive(Copy, Clone, Debug)]
struct Wanted {
    capacity: CapacityId,
    lane: u32,
    /// Attempts that found no zone.
    failed: u32,
}

/// EC2 and the Auto Scaling groups of the fleet.
pub struct Ec2 {
    timings: Arc<Timings>,
    delays: Delays<2>,
    /// Launches that are waiting for their time; places are reused.
    pending: Vec<Option<Wanted>>,
    /// What waits for the control plane to come back.
    held: Vec<Wanted>,
    /// Impaired instances that could not be replaced while the control plane was down.
    held_unhealthy: Vec<(InstanceId, u32)>,
    checks: Checks,
    /// The instance that a rebalancing launch will let go once it has registered, by group.
    moving: Table<CapacityId, Option<u32>>,
    /// Looks at the balance of each group so far.
    looks: Table<CapacityId, u32>,
    counts: zones::Counts,
}

impl Ec2 {
    /// The groups of a fleet.
    pub fn new(timings: Arc<Timings>, groups: usize, zones: usize) -> Ec2 {
        Ec2 {
            timings,
            delays: Delays::default(),
            pending: Vec::new(),
            held: Vec::new(),
            held_unhealthy: Vec::new(),
            checks: Checks::default(),
            moving: (0..groups).map(|_| None).collect(),
            looks: (0..groups).map(|_| 0).collect(),
            counts: zones::Counts::new(groups, zones),
        }
    }

    /// Launches a replacement after `span`.
    fn replace_after(&mut self, span: Span, wanted: Wanted, out: &mut Commands) {
        let place = match self.pending.iter().position(Option::is_none) {
            Some(place) => place,
            None => {
                self.pending.push(None);
                self.pending.len() - 1
            }
        };
        self.pending[place] = Some(wanted);
        out.after(span, REPLACE, 0, 0, place as u32);
    }

    fn launch(&mut self, world: &World, wanted: Wanted, out: &mut Commands) {
        if world.fleet.capacities[wanted.capacity].suspended.launch {
            return;
        }
        if world.region.control_plane_down > 0 {
            self.held.push(wanted);
            return;
        }
        match zones::for_launch(world, &self.counts, wanted.capacity) {
            Some(zone) => out.push(Command::Launch { capacity: wanted.capacity, zone, lane: wanted.lane }),
            None => {
                let retry = self.timings.launch_retry.sample(|| {
                    let entity = u64::from(wanted.capacity.0) << 32 | u64::from(wanted.lane);
                    let had = world.lanes[wanted.capacity].get(wanted.lane as usize).copied().unwrap_or(0);
                    world.random.at(RETRY.with(wanted.failed.into()), entity, had.into())
                });
                let wanted = Wanted { failed: wanted.failed + 1, ..wanted };
                self.replace_after(retry.max(Span(1000)), wanted, out);
            }
        }
    }

    /// The host or its network has changed: the status check may see it.
    fn watch(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let row = &world.instances[instance];
        match self.checks.look(world, instance) {
            Turn::Fails => {
                let span = self.delays.instance(world, &self.timings.status_check, STATUS, instance);
                out.after(span, IMPAIRED, 0, self.checks.step(instance), instance.0);
            }
            Turn::Passes if row.impaired && row.host != Host::Gone => {
                out.push(Command::SetImpaired { instance, impaired: false });
            }
            Turn::Passes | Turn::None => {}
        }
    }

    /// Ends an instance: after draining where that is of use and asked for.
    fn end(&self, world: &World, instance: InstanceId, out: &mut Commands) {
        let row = &world.instances[instance];
        let drains = world.fleet.capacities[row.capacity].managed_draining
            && row.works()
            && !row.impaired
            && row.registration != Registration::None;
        if drains && has_tasks_to_wait_for(world, instance) {
            out.push(Command::Register { instance, registration: Registration::Draining });
            out.after(MOST_DRAINING, DRAINED, 0, row.serial, instance.0);
        } else {
            out.push(Command::SetHost { instance, host: Host::Gone, incident: IncidentId::NONE });
        }
    }

    fn on_condemned(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        self.replace(world, instance, out);
        self.end(world, instance, out);
    }

    /// The place of an instance falls vacant; the launch that is to move it to another zone has already filled it.
    fn replace(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        let row = &world.instances[instance];
        if self.moving[row.capacity] == Some(row.serial) {
            self.moving[row.capacity] = None;
        } else {
            let reaction = self.delays.instance(world, &self.timings.scaling_reaction, REACTION, instance);
            self.replace_after(reaction, Wanted { capacity: row.capacity, lane: row.lane, failed: 0 }, out);
        }
    }

    fn decide_unhealthy(&mut self, world: &World, instance: InstanceId, out: &mut Commands) {
        if world.region.control_plane_down > 0 {
            self.held_unhealthy.push((instance, self.checks.step(instance)));
        } else {
            out.push(Command::Condemn(instance));
        }
    }

    fn balance(&mut self, world: &World, capacity: CapacityId, out: &mut Commands) {
        let spec = &world.fleet.capacities[capacity];
        if spec.suspended.az_rebalance || spec.suspended.launch || world.region.control_plane_down > 0 {
            return;
        }
        if let Some((surplus, zone)) = zones::out_of_balance(world, &self.counts, capacity)
            && self.moving[capacity].is_none()
        {
            let row = &world.instances[surplus];
            self.moving[capacity] = Some(row.serial);
            out.push(Command::Launch { capacity, zone, lane: row.lane });
        }
    }

    fn later_balance(&mut self, world: &World, capacity: CapacityId, out: &mut Commands) {
        if world.warming_up {
            return out.wake_at(world.now, BALANCE, 0, 0, capacity.0);
        }
        let nth = self.looks[capacity];
        self.looks[capacity] += 1;
        let span = self.timings.zone_rebalance.sample(|| world.random.at(REBALANCE, capacity.0.into(), nth.into()));
        out.after(span, BALANCE, 0, 0, capacity.0);
    }
}

/// Whether tasks that ECS drains are left on an instance: neither daemons nor standalone ones that nobody waits for.
fn has_tasks_to_wait_for(world: &World, instance: InstanceId) -> bool {
    world
        .tasks_on(instance)
        .any(|task| world.fleet.services[world.tasks[task].service].scheduling != Scheduling::Daemon)
}

impl Actor for Ec2 {
    fn topics(&self) -> Topics {
        Topics::HOST.and(Topics::INSTANCE).and(Topics::REGION).and(Topics::PHASE)
    }

    fn timer_kinds(&self) -> u8 {
        6
    }

    fn adopt(&mut self, settings: &dyn std::any::Any) {
        if let Some(timings) = settings.downcast_ref::<Arc<Timings>>() {
            self.timings = timings.clone();
        }
    }

    fn start(&mut self, world: &World, out: &mut Commands) {
        for (capacity, spec) in world.fleet.capacities.iter() {
            let mut lane = 0;
            // One from each zone in turn, so that the first lanes are spread like the whole.
            let most = spec.per_zone.values().copied().max().unwrap_or(0);
            for round in 0..most {
                for (zone, _) in spec.per_zone.iter().filter(|(_, count)| **count > round) {
                    out.push(Command::Launch { capacity, zone, lane });
                    lane += 1;
                }
            }
        }
    }

    fn on_fact(&mut self, world: &World, fact: &Fact, out: &mut Commands) {
        self.counts.follow(world, fact);
        match *fact {
            Fact::Launched(instance) => {
                self.delays.instance_begins(instance);
                if world.warming_up {
                    out.push(Command::SetHost { instance, host: Host::Up, incident: IncidentId::NONE });
                } else {
                    let span = self.delays.instance(world, &self.timings.instance_launch, LAUNCH, instance);
                    out.after(span, BOOTED, 0, world.instances[instance].host_step, instance.0);
                }
            }
            Fact::HostDown(instance)
            | Fact::HostHung(instance)
            | Fact::HostUp(instance)
            | Fact::HostUnhung(instance)
            | Fact::CutOffChanged(instance) => self.watch(world, instance, out),
            Fact::ImpairedChanged(instance) => {
                let row = &world.instances[instance];
                let left_alone = world.fleet.capacities[row.capacity].suspended.replace_unhealthy;
                if row.impaired && !row.condemned && !left_alone {
                    let span = self.delays.instance(world, &self.timings.unhealthy_decision, DECISION, instance);
                    out.after(span, UNHEALTHY, 0, self.checks.step(instance), instance.0);
                }
            }
            Fact::HostGone(instance) => {
                self.watch(world, instance, out);
                let row = &world.instances[instance];
                if !row.condemned && !world.fleet.capacities[row.capacity].suspended.replace_unhealthy {
                    self.replace(world, instance, out);
                }
            }
            Fact::Condemned(instance) => self.on_condemned(world, instance, out),
            Fact::Registered { instance, from: Registration::None } => {
                // The one that is moved goes when the one that was launched in its place is there, and no other.
                let new = &world.instances[instance];
                if let Some(serial) = self.moving[new.capacity]
                    && let Some((old, row)) = world.live_instances().find(|(_, row)| row.serial == serial)
                    && row.lane == new.lane
                {
                    out.push(Command::Condemn(old));
                    self.later_balance(world, new.capacity, out);
                }
            }
            Fact::PhaseChanged { task, .. } if world.tasks[task].phase == Phase::Stopped => {
                let instance = world.tasks[task].instance;
                let row = &world.instances[instance];
                let drained = row.condemned && row.registration == Registration::Draining && row.host != Host::Gone;
                if drained && !has_tasks_to_wait_for(world, instance) {
                    out.push(Command::SetHost { instance, host: Host::Gone, incident: IncidentId::NONE });
                }
            }
            Fact::LaunchesChanged(zone) if world.zones[zone].launch_blocks == 0 => {
                for capacity in world.fleet.capacities.ids() {
                    self.later_balance(world, capacity, out);
                }
            }
            Fact::ControlPlaneChanged if world.region.control_plane_down == 0 => {
                for wanted in std::mem::take(&mut self.held) {
                    self.launch(world, wanted, out);
                }
                for (instance, step) in std::mem::take(&mut self.held_unhealthy) {
                    if world.instances[instance].impaired && step == self.checks.step(instance) {
                        out.push(Command::Condemn(instance));
                    }
                }
                for capacity in world.fleet.capacities.ids() {
                    self.later_balance(world, capacity, out);
                }
            }
            _ => {}
        }
    }

    fn on_timer(&mut self, world: &World, kind: u8, event: Event, out: &mut Commands) {
        if kind == REPLACE {
            if let Some(wanted) = self.pending[event.target() as usize].take() {
                self.launch(world, wanted, out);
            }
            return;
        }
        if kind == BALANCE {
            self.balance(world, CapacityId(event.target()), out);
            return;
        }
        let instance = InstanceId::from_index(event.target() as usize);
        let row = &world.instances[instance];
        let still_failing = event.is_current(self.checks.step(instance));
        match kind {
            BOOTED if event.is_current(row.host_step) => {
                out.push(Command::SetHost { instance, host: Host::Up, incident: IncidentId::NONE });
            }
            IMPAIRED if still_failing => out.push(Command::SetImpaired { instance, impaired: true }),
            UNHEALTHY if still_failing && !row.condemned => self.decide_unhealthy(world, instance, out),
            DRAINED if event.is_current(row.serial) && row.registration == Registration::Draining => {
                out.push(Command::SetHost { instance, host: Host::Gone, incident: IncidentId::NONE });
            }
            _ => {}
        }
    }
}
