//! How the load of a run develops, from its very beginning: what [`super::warmup`] judges the warm-up by.

use std::sync::mpsc::{Receiver, Sender, channel};

use crate::base::time::{Span, Time};
use crate::metrics::Meter;
use crate::metrics::outcome::Outcome;
use crate::scenario::Plan;
use crate::world::World;
use crate::world::fact::{Fact, Topics};

/// Slices of the run, warm-up included.
pub const SLICES: usize = 200;

/// The replications that are followed: the first ones, enough to tell a trend from chance.
pub const SAMPLED: u64 = 256;

/// Follows the number of healthy tasks of all services, standalone ones that run among them, as means over slices.
pub struct Course {
    slice: Span,
    since: Time,
    value: f64,
    sums: Vec<f64>,
    to: Sender<Vec<f64>>,
}

/// The end at which the course arrives when its run is reported.
pub struct Arrival(Receiver<Vec<f64>>);

impl Arrival {
    /// The means of the [`SLICES`]; empty where the run was not reported.
    pub fn take(self) -> Vec<f64> {
        self.0.try_recv().unwrap_or_default()
    }
}

impl Course {
    /// A meter for a run of a plan.
    pub fn follow(plan: &Plan) -> (Box<dyn Meter>, Arrival) {
        let (to, from) = channel();
        let course = Course {
            slice: Span((plan.duration.0 / SLICES as u64).max(1)),
            since: Time::ZERO,
            value: 0.0,
            sums: vec![0.0; SLICES],
            to,
        };
        (Box::new(course), Arrival(from))
    }

    /// Adds the value since the last change.
    fn advance(&mut self, now: Time) {
        while self.since < now {
            let at = ((self.since.0 / self.slice.0) as usize).min(SLICES - 1);
            let end = if at + 1 == SLICES { now } else { now.min(Time((at as u64 + 1) * self.slice.0)) };
            self.sums[at] += self.value * (end - self.since).seconds();
            self.since = end;
        }
    }
}

impl Meter for Course {
    fn topics(&self) -> Topics {
        Topics::HEALTHY
    }

    fn on_fact(&mut self, world: &World, fact: &Fact) {
        if let Fact::HealthyChanged { before, after, .. } = *fact {
            self.advance(world.now);
            self.value += f64::from(after) - f64::from(before);
        }
    }

    /// The warm-up is what is looked at.
    fn reset(&mut self, _: &World) {}

    fn report(&mut self, world: &World, _: &mut Outcome) {
        self.advance(world.now);
        let last = (world.now - Time((SLICES as u64 - 1) * self.slice.0)).seconds();
        let whole = self.slice.seconds();
        let mut means = std::mem::take(&mut self.sums);
        for (at, sum) in means.iter_mut().enumerate() {
            *sum /= if at + 1 == SLICES { last } else { whole };
        }
        // Nobody waits for it where the run was dropped.
        let _ = self.to.send(means);
    }
}
