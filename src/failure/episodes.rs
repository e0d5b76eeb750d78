//! The clock of outages that have a place: quiet times and outages alternate, for each zone, for each group, or once for
//! the region; or they come at set times.

use std::collections::BTreeMap;

use crate::base::distribution::Distribution;
use crate::base::random::Label;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::fact::Topics;
use crate::world::incident::{Incident, Struck};
use crate::world::{IncidentId, ModelId, World};

use super::build::When;

/// What an outage does.
pub trait Outage: Send {
    /// The places that can suffer it, each with a clock of its own: zones, groups, or one for the region.
    fn places(&self, world: &World) -> Vec<u32>;

    /// Those of the places that the `nth` scheduled outage strikes at once.
    fn chosen(&mut self, world: &World, _nth: u64) -> Vec<u32> {
        self.places(world)
    }

    /// Chooses what the `nth` outage of a place strikes.
    fn struck(&mut self, world: &World, place: u32, nth: u64) -> Struck;

    /// It begins; called right after [`Outage::struck`].
    fn begin(&mut self, world: &World, place: u32, incident: IncidentId, out: &mut Commands);

    /// It is over.
    fn end(&mut self, world: &World, place: u32, out: &mut Commands);

    /// A timer of its own, set with kind [`OWN`].
    fn on_timer(&mut self, _world: &World, _event: Event, _out: &mut Commands) {}
}

/// An outage begins in a place, by the place's clock.
const BEGIN: u8 = 0;
/// An outage ends in a place.
const END: u8 = 1;
/// For the outage itself.
pub const OWN: u8 = 2;
/// A scheduled outage begins.
const SCHEDULED: u8 = 3;

/// The actor of a model with places.
pub struct Episodes<O> {
    model: ModelId,
    label: Label,
    when: When,
    lasts: Distribution,
    outage: O,
    /// Outages of each place so far.
    counts: BTreeMap<u32, u64>,
    /// Outages under way.
    under_way: BTreeMap<u32, IncidentId>,
}

impl<O: Outage> Episodes<O> {
    /// The actor of an outage.
    pub fn new(model: ModelId, label: Label, when: When, lasts: Distribution, outage: O) -> Episodes<O> {
        Episodes { model, label, when, lasts, outage, counts: BTreeMap::new(), under_way: BTreeMap::new() }
    }

    fn quiet(&self, world: &World, place: u32, out: &mut Commands) {
        if let When::Every(law) = &self.when {
            let nth = self.counts.get(&place).copied().unwrap_or(0);
            let span = law.sample(|| world.random.at(self.label, place.into(), nth));
            out.after(span, BEGIN, 0, 0, place);
        }
    }

    fn begin(&mut self, world: &World, place: u32, out: &mut Commands) {
        // An outage of a place that is still out has nothing to strike.
        if self.under_way.contains_key(&place) {
            return;
        }
        let count = self.counts.entry(place).or_default();
        *count += 1;
        let nth = *count;
        let struck = self.outage.struck(world, place, nth);
        let incident = out.open(Incident { model: self.model, struck, opened: world.now, closed: None });
        self.under_way.insert(place, incident);
        self.outage.begin(world, place, incident, out);
        let span = self.lasts.sample(|| world.random.at(self.label.with(1), place.into(), nth));
        out.after(span, END, 0, 0, place);
    }
}

impl<O: Outage> Actor for Episodes<O> {
    fn topics(&self) -> Topics {
        Topics(0)
    }

    fn timer_kinds(&self) -> u8 {
        4
    }

    fn start(&mut self, world: &World, out: &mut Commands) {
        match &self.when {
            When::Every(_) => {
                for place in self.outage.places(world) {
                    self.quiet(world, place, out);
                }
            }
            When::At(times) => {
                for (nth, at) in times.iter().enumerate() {
                    out.wake_at(*at, SCHEDULED, 0, 0, nth as u32);
                }
            }
        }
    }

    fn on_timer(&mut self, world: &World, kind: u8, event: Event, out: &mut Commands) {
        match kind {
            SCHEDULED => {
                for place in self.outage.chosen(world, event.target().into()) {
                    self.begin(world, place, out);
                }
            }
            BEGIN => self.begin(world, event.target(), out),
            END => {
                let place = event.target();
                if let Some(incident) = self.under_way.remove(&place) {
                    self.outage.end(world, place, out);
                    out.push(Command::Close(incident));
                    self.quiet(world, place, out);
                }
            }
            _ => self.outage.on_timer(world, event, out),
        }
    }
}
