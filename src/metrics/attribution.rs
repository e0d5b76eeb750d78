//! Lost task-time: to which cause, and to which phase of the recovery.
//!
//! At each moment a service lacks desired - min(healthy, desired) tasks, and some of its slots have no serving task. Each
//! such slot has a cause (the incident that took its last serving task) and a phase (what it is waiting for). The missing
//! tasks are shared out over these slots, so that what is booked sums exactly to what capacity availability lost.

use std::collections::BTreeMap;

use crate::base::id::{Id, Table};
use crate::base::time::Time;
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::Scheduling;
use crate::world::incident::Struck;
use crate::world::service::{Loss, Slot};
use crate::world::{IncidentId, ModelId, ServiceId, World};

use super::availability::healthy_and_desired;
use super::outcome::{FailureOutcome, IncidentOutcome, LostOutcome, Outcome};
use super::{Entry, Meter};

pub(super) const ENTRY: Entry = Entry {
    name: "attribution",
    summary: "lost task-time by root cause and by phase of the recovery; incidents with their detection and recovery",
    make: |world| {
        let mut meter = Box::new(Attribution::default());
        meter.reset(world);
        meter
    },
};

/// A cause and a phase.
type Key = (IncidentId, Loss);

#[derive(Default)]
struct Row {
    /// Slots without a serving task, by cause and phase; few entries.
    down: Vec<(Key, u32)>,
    down_count: u32,
    since: Time,
    missing: u32,
    /// Task-seconds by model and phase; NONE is "no failure".
    lost: BTreeMap<(ModelId, Loss), f64>,
    lost_sum: f64,
}

#[derive(Clone, Debug, Default)]
struct Damage {
    hit: u64,
    down_now: u32,
    detected: Option<Time>,
    recovered: Option<Time>,
    lost: f64,
}

#[derive(Default)]
struct Attribution {
    services: Table<ServiceId, Row>,
    incidents: BTreeMap<IncidentId, Damage>,
    strikes: Table<ModelId, u64>,
    start: Time,
    /// The number of the first incident that is measured.
    first: usize,
}

fn is_down(slot: &Slot) -> bool {
    slot.wanted && slot.up == 0
}

impl Attribution {
    /// Books what has been missing since the last change of the service.
    fn book(&mut self, world: &World, service: ServiceId) {
        let row = &mut self.services[service];
        let seconds = (world.now - row.since).seconds();
        row.since = world.now;
        if seconds <= 0.0 || row.missing == 0 || row.down_count == 0 {
            return;
        }
        let each = f64::from(row.missing.min(row.down_count)) / f64::from(row.down_count) * seconds;
        for ((incident, loss), count) in &row.down {
            let lost = f64::from(*count) * each;
            let model = world.incidents.get(*incident).map_or(ModelId::NONE, |incident| incident.model);
            *row.lost.entry((model, *loss)).or_default() += lost;
            row.lost_sum += lost;
            if let Some(damage) = self.incidents.get_mut(incident) {
                damage.lost += lost;
            }
        }
    }

    fn shift(&mut self, service: ServiceId, key: Key, up: bool) {
        let row = &mut self.services[service];
        let place = row.down.iter().position(|(known, _)| *known == key);
        match (place, up) {
            (Some(place), true) => row.down[place].1 += 1,
            (None, true) => row.down.push((key, 1)),
            (Some(place), false) => {
                row.down[place].1 -= 1;
                if row.down[place].1 == 0 {
                    row.down.swap_remove(place);
                }
            }
            // A slot that was down before the measurement began is known since the reset.
            (None, false) => return,
        }
        if up { row.down_count += 1 } else { row.down_count -= 1 }
    }

    fn slot_changed(&mut self, world: &World, service: ServiceId, before: &Slot, after: &Slot) {
        self.book(world, service);
        if is_down(before) {
            self.shift(service, (before.cause, before.loss), false);
        }
        if is_down(after) {
            self.shift(service, (after.cause, after.loss), true);
        }
        if is_down(before) != is_down(after) || before.cause != after.cause {
            if is_down(before) && before.cause.is_some() {
                let damage = self.incidents.entry(before.cause).or_default();
                damage.down_now = damage.down_now.saturating_sub(1);
                if damage.down_now == 0 {
                    damage.recovered = Some(world.now);
                }
            }
            if is_down(after) && after.cause.is_some() {
                let damage = self.incidents.entry(after.cause).or_default();
                damage.hit += 1;
                damage.down_now += 1;
                damage.recovered = None;
            }
        }
        if is_down(after)
            && after.loss != Loss::Undetected
            && let Some(damage) = self.incidents.get_mut(&after.cause)
            && damage.detected.is_none()
        {
            damage.detected = Some(world.now);
        }
    }

    fn recount(&mut self, world: &World, service: ServiceId) {
        self.book(world, service);
        let (healthy, desired) = healthy_and_desired(world, service);
        self.services[service].missing = desired.saturating_sub(healthy);
    }
}

/// What a cause is called in tables.
fn cause_name(world: &World, model: ModelId) -> String {
    world.fleet.failures.get(model).map_or_else(|| "planned".to_owned(), |failure| failure.name.clone())
}

fn counted(instances: u32) -> String {
    format!("{instances} instance{}", if instances == 1 { "" } else { "s" })
}

/// What an incident struck, for people.
pub fn struck_name(world: &World, struck: Struck) -> String {
    match struck {
        Struck::Containers => "containers".into(),
        Struck::Task { service, slot, .. } => format!("{}/{slot}", world.fleet.services[service].name),
        Struck::Service(service) => format!("service {}", world.fleet.services[service].name),
        Struck::Instance { serial, .. } => format!("i-{serial:017x}"),
        Struck::Group { instances } => format!("group of {}", counted(instances)),
        Struck::Zone { zone, instances } => format!("{}, {}", world.fleet.zones[zone].name, counted(instances)),
        Struck::Region => "region".into(),
    }
}

impl Meter for Attribution {
    fn topics(&self) -> Topics {
        Topics::SLOT.and(Topics::HEALTHY).and(Topics::PLACEMENT).and(Topics::INCIDENT).and(Topics::CONTAINER)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        match *fact {
            Fact::SlotChanged { service, slot, before } => {
                let after = world.services[service].slots[slot as usize];
                self.slot_changed(world, service, &before, &after);
            }
            Fact::HealthyChanged { service, .. } | Fact::DesiredChanged { service, .. } => self.recount(world, service),
            Fact::Opened(incident) => {
                let row = &world.incidents[incident];
                // Containers that are struck together count one by one, as they are struck.
                self.strikes[row.model] += u64::from(row.struck != Struck::Containers);
                if row.struck != Struck::Containers || row.opened > Time::ZERO {
                    self.incidents.entry(incident).or_default();
                }
            }
            Fact::Exited { incident, .. } | Fact::Hung { incident, .. } => {
                if let Some(row) = world.incidents.get(incident)
                    && row.struck == Struck::Containers
                {
                    self.strikes[row.model] += 1;
                    self.incidents.entry(incident).or_default();
                }
            }
            _ => {}
        }
    }

    fn reset(&mut self, world: &World) {
        self.start = world.now;
        self.first = world.incidents.len();
        self.strikes = world.fleet.failures.ids().map(|_| 0).collect();
        self.services = world.fleet.services.ids().map(|_| Row { since: world.now, ..Row::default() }).collect();
        self.incidents.clear();
        for service in world.fleet.services.ids() {
            for slot in world.services[service].slots.iter().filter(|slot| is_down(slot)) {
                self.shift(service, (slot.cause, slot.loss), true);
                if slot.cause.is_some() {
                    let damage = self.incidents.entry(slot.cause).or_default();
                    damage.hit += 1;
                    damage.down_now += 1;
                }
            }
            self.recount(world, service);
        }
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        let specs = world.fleet.services.iter().filter(|(_, spec)| spec.scheduling != Scheduling::Standalone);
        let services: Vec<ServiceId> = specs.map(|(service, _)| service).collect();
        for (service, figures) in services.iter().zip(&mut outcome.services) {
            self.recount(world, *service);
            let row = &self.services[*service];
            figures.lost_task_seconds = row.lost_sum;
            figures.lost = row
                .lost
                .iter()
                .map(|((model, loss), task_seconds)| LostOutcome {
                    cause: cause_name(world, *model),
                    phase: loss.name().to_owned(),
                    task_seconds: *task_seconds,
                })
                .collect();
        }
        for (model, failure) in world.fleet.failures.iter() {
            let of_model = |incident: &IncidentId| world.incidents[*incident].model == model;
            let damages = || self.incidents.iter().filter(|(incident, _)| of_model(incident)).map(|(_, damage)| damage);
            outcome.failures.push(FailureOutcome {
                name: failure.name.clone(),
                kind: failure.kind.to_owned(),
                strikes: self.strikes[model],
                tasks_lost: damages().map(|damage| damage.hit).sum(),
                // The sum of nothing is -0.0.
                lost_task_seconds: damages().map(|damage| damage.lost).sum::<f64>() + 0.0,
            });
        }
        for (incident, damage) in &self.incidents {
            let row = &world.incidents[*incident];
            let after = |time: Option<Time>| time.map(|time| (time - row.opened).seconds());
            let single = row.struck != Struck::Containers || row.opened > Time::ZERO;
            outcome.incidents.push(IncidentOutcome {
                incident: incident.index() as u32,
                failure: cause_name(world, row.model),
                struck: struck_name(world, row.struck),
                began_seconds: row.opened.seconds(),
                ended_seconds: row.closed.map(Time::seconds),
                detected_after_seconds: if single { after(damage.detected) } else { None },
                recovered_after_seconds: if single && damage.hit > 0 { after(damage.recovered) } else { None },
                tasks_lost: damage.hit,
                lost_task_seconds: damage.lost,
            });
        }
    }
}
