//! Which daemons belong on which instances, so that room is kept for them.

use crate::base::id::Table;
use crate::placement::Constraint;
use crate::world::fleet::{CapacitySpec, Scheduling};
use crate::world::subject::FreshSubject;
use crate::world::{ServiceId, ZoneId};

use super::Checker;

impl Checker<'_> {
    /// Fills in [`CapacitySpec::daemons`].
    pub(super) fn daemons(&mut self) {
        let list: Vec<Table<ZoneId, Vec<ServiceId>>> = self
            .fleet
            .capacities
            .values()
            .map(|capacity| self.fleet.zones.ids().map(|zone| self.daemons_on(capacity, zone)).collect())
            .collect();
        for (capacity, daemons) in self.fleet.capacities.values_mut().zip(list) {
            capacity.daemons = daemons;
        }
    }

    /// Daemons that a fresh instance has to take: of its platform, with attributes alone to decide, and as many as it has
    /// room for at once.
    fn daemons_on(&self, capacity: &CapacitySpec, zone: ZoneId) -> Vec<ServiceId> {
        let subject = FreshSubject { capacity, zone };
        let meets = |constraint: &Constraint| match constraint {
            Constraint::MemberOf(expression) => expression.is_static() && expression.matches(&subject),
            // A daemon has one task on each instance anyway.
            Constraint::DistinctInstance => true,
        };
        let mut left = capacity.registered;
        let mut list = Vec::new();
        for (service, spec) in self.fleet.services.iter() {
            let definition = &self.fleet.definitions[spec.definition];
            let belongs = spec.scheduling == Scheduling::Daemon
                && definition.runs_on(capacity)
                && self.policies[service].constraints.iter().all(meets);
            if belongs && left.fits(&definition.need) {
                left = left.minus(&definition.need);
                list.push(service);
            }
        }
        list
    }
}
