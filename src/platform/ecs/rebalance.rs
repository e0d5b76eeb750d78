//! availabilityZoneRebalancing: moving tasks until the zones are balanced.
//!
//! Once the service is in steady state, and two zones in use differ by more than one task, ECS starts a task in the zone
//! with the fewest, waits until it is healthy, and stops one in the zone with the most; then it looks again (Amazon ECS,
//! Balancing a service across Availability Zones; the exact rule and reaction time are not published).

use crate::base::random::Label;
use crate::base::time::Span;
use crate::world::command::{Command, Commands, Order};
use crate::world::{InstanceId, ServiceId, TaskId, World, ZoneId};

use super::{Ecs, timer};

const LOOK: Label = Label::new("ecs: task rebalance");

impl Ecs {
    /// A look at the balance is due some time after whatever may have upset it.
    pub(super) fn rebalance_later(&mut self, world: &World, service: ServiceId, out: &mut Commands) {
        if !world.fleet.services[service].az_rebalancing || self.services[service].rebalance_due || world.warming_up {
            return;
        }
        let row = &mut self.services[service];
        row.rebalance_due = true;
        let nth = row.looks;
        row.looks += 1;
        let span = self.timings.task_rebalance.sample(|| world.random.at(LOOK, service.0.into(), nth.into()));
        // A move that finds no room is tried again after this time: never at once.
        out.after(span.max(Span::from_secs(1)), timer::REBALANCE, 0, 0, service.0);
    }

    /// An instance has joined or come back: every service may be out of balance now.
    pub(super) fn rebalance_all_later(&mut self, world: &World, out: &mut Commands) {
        if !world.warming_up {
            for service in world.fleet.services.ids() {
                self.rebalance_later(world, service, out);
            }
        }
    }

    pub(super) fn look_at_balance(&mut self, world: &World, service: ServiceId, out: &mut Commands) {
        self.services[service].rebalance_due = false;
        let row = &world.services[service];
        if Self::control_plane_is_down(world) {
            return self.rebalance_later(world, service, out);
        }
        let steady = row.live == row.desired && row.running == row.desired && self.services[service].waiting.is_empty();
        if !steady {
            // Reaching RUNNING again brings the next look.
            return;
        }
        let zones = || row.in_zone.iter().map(|(zone, count)| (zone, *count));
        let open = |zone: &(ZoneId, u32)| world.standings.accepting[zone.0] > 0;
        let Some(low) = zones().filter(open).min_by_key(|(_, count)| *count) else { return };
        let Some(high) = zones().max_by_key(|(_, count)| *count) else { return };
        if high.1 > low.1 + 1 && Self::room_to_start_first(world, service) {
            let in_high = |task: &TaskId| world.instances[world.tasks[*task].instance].zone == high.0;
            // The oldest: the list begins with the newest.
            let Some(task) = world.tasks_of(service).filter(in_high).last() else { return };
            self.services[service].in_flight = true;
            out.push(Command::Place(Order {
                service,
                slot: world.tasks[task].slot,
                replaces: task,
                pin: InstanceId::NONE,
                zone: low.0,
            }));
        }
    }
}
