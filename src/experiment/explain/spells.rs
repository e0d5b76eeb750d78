//! When a service was down, and when it was short of tasks: found in one run that keeps nothing else.
//!
//! An *outage* is a spell in which a service has fewer healthy tasks than its `upWhen` asks for; these are the outages that
//! a run counts. A *shortage* is a spell below the desired count. Both are counted on truth.

use std::sync::{Arc, Mutex, PoisonError};

use crate::base::id::Table;
use crate::base::time::{Span, Time};
use crate::metrics::Meter;
use crate::metrics::outcome::Outcome;
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::Scheduling;
use crate::world::{IncidentId, ServiceId, World};

/// What a service lacked.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It was below `upWhen`.
    Outage,
    /// It was below the desired count.
    Shortage,
}

/// A stretch of time in which a service lacked something.
#[derive(Clone, Debug, PartialEq)]
pub struct Spell {
    /// The service.
    pub service: ServiceId,
    /// What it lacked.
    pub kind: Kind,
    /// The first moment.
    pub from: Time,
    /// The moment at which it was over, or the end of the run.
    pub to: Time,
    /// Whether it was over by then.
    pub over: bool,
    /// Healthy tasks that it takes not to be in it, when it began.
    pub needed: u32,
    /// Desired count when it began.
    pub desired: u32,
    /// The fewest healthy tasks.
    pub fewest: u32,
    /// Missing tasks (desired less healthy) summed over time, in task-seconds.
    pub lost: f64,
    /// Incidents that slots without a serving task suffered from, in order of appearance.
    pub causes: Vec<IncidentId>,
}

impl Spell {
    /// How long it was.
    pub fn length(&self) -> Span {
        self.to - self.from
    }

    /// Whether it covers a moment.
    pub fn covers(&self, at: Time) -> bool {
        self.from <= at && (at < self.to || !self.over && at == self.to)
    }

    /// Whether two share a moment.
    pub fn meets(&self, other: &Spell) -> bool {
        self.service == other.service && self.from < other.to && other.from < self.to
    }
}

/// The most causes that are kept of one spell.
const MOST_CAUSES: usize = 64;

#[derive(Default)]
struct Found {
    over: Vec<Spell>,
    /// Open spells of each service, by kind.
    open: Table<ServiceId, [Option<Spell>; 2]>,
    since: Table<ServiceId, (Time, u32)>,
}

/// The spells that a [`Watch`] has found.
#[derive(Clone, Default)]
pub struct Spells(Arc<Mutex<Found>>);

/// The meter that finds them.
pub struct Watch(Spells);

impl Spells {
    /// A meter and the place where its spells are found.
    pub fn watch() -> (Spells, Box<dyn Meter>) {
        let spells = Spells::default();
        (spells.clone(), Box::new(Watch(spells)))
    }

    fn with<T>(&self, look: impl FnOnce(&mut Found) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All spells so far, those under way up to `now`, in order of their beginning.
    pub fn list(&self, now: Time) -> Vec<Spell> {
        self.with(|found| {
            let mut list = found.over.clone();
            for (service, pair) in found.open.iter() {
                for spell in pair.iter().flatten().filter(|spell| now > spell.from) {
                    let (since, missing) = found.since[service];
                    let lost = spell.lost + f64::from(missing) * (now - since.max(spell.from)).seconds();
                    list.push(Spell { to: now, lost, ..spell.clone() });
                }
            }
            list.sort_by_key(|spell| (spell.from, spell.service, spell.kind));
            list
        })
    }

    /// Whether a service is in a spell.
    pub fn is_open(&self, service: ServiceId, kind: Kind) -> bool {
        self.with(|found| found.open.get(service).is_some_and(|pair| pair[kind as usize].is_some()))
    }
}

impl Found {
    fn update(&mut self, world: &World, service: ServiceId) {
        let spec = &world.fleet.services[service];
        if spec.scheduling == Scheduling::Standalone {
            return;
        }
        while self.open.len() < world.fleet.services.len() {
            self.open.push([None, None]);
            self.since.push((world.now, 0));
        }
        let row = &world.services[service];
        let (healthy, desired) = (row.healthy(spec.load_balancer.is_some()), row.desired);
        let now = world.now;
        let (since, missing) = self.since[service];
        for kind in [Kind::Outage, Kind::Shortage] {
            let needed = match kind {
                Kind::Outage => spec.up_when.threshold(desired),
                Kind::Shortage => desired,
            };
            let open = &mut self.open[service][kind as usize];
            if let Some(spell) = open {
                spell.lost += f64::from(missing) * (now - since.max(spell.from)).seconds();
                if healthy >= needed {
                    spell.to = now;
                    spell.over = true;
                    // One of no length is a change of several tasks in one instant.
                    self.over.extend(open.take().filter(|spell| spell.to > spell.from));
                } else {
                    spell.fewest = spell.fewest.min(healthy);
                }
            } else if healthy < needed {
                let causes = Vec::new();
                *open = Some(Spell {
                    service,
                    kind,
                    from: now,
                    to: now,
                    over: false,
                    needed,
                    desired,
                    fewest: healthy,
                    lost: 0.0,
                    causes,
                });
            }
        }
        self.since[service] = (now, desired.saturating_sub(healthy));
        for slot in row.slots.iter().filter(|slot| slot.wanted && slot.up == 0 && slot.cause.is_some()) {
            self.blame(service, slot.cause);
        }
    }

    fn blame(&mut self, service: ServiceId, cause: IncidentId) {
        for spell in self.open[service].iter_mut().flatten() {
            if !spell.causes.contains(&cause) && spell.causes.len() < MOST_CAUSES {
                spell.causes.push(cause);
            }
        }
    }
}

impl Meter for Watch {
    fn topics(&self) -> Topics {
        Topics::HEALTHY.and(Topics::PLACEMENT).and(Topics::START)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        self.0.with(|found| match *fact {
            // What changes while the initial state is built takes no time.
            _ if world.warming_up => {}
            Fact::WarmedUp => world.fleet.services.ids().for_each(|service| found.update(world, service)),
            Fact::HealthyChanged { service, .. } | Fact::DesiredChanged { service, .. } => found.update(world, service),
            _ => {}
        });
    }

    fn reset(&mut self, _: &World) {}

    fn report(&mut self, _: &World, _: &mut Outcome) {}
}
