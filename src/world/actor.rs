//! What a family looks like to the engine.

use std::any::Any;

use super::World;
use super::command::Commands;
use super::event::Event;
use super::fact::{Fact, Topics};

/// A part of the world that acts: a failure model, a source of demand, an orchestrator.
///
/// An actor looks at the world and returns commands. It never changes the world, and it never meets another actor.
pub trait Actor: Send {
    /// What it wants to hear of.
    fn topics(&self) -> Topics;

    /// How many kinds of timer it sets.
    fn timer_kinds(&self) -> u8 {
        1
    }

    /// Takes over settings in the middle of a run, where it knows their type; for runs in which one thing is changed.
    fn adopt(&mut self, _settings: &dyn Any) {}

    /// Called once, before the initial state is built.
    fn start(&mut self, _world: &World, _out: &mut Commands) {}

    /// Something happened that it wants to hear of.
    fn on_fact(&mut self, _world: &World, _fact: &Fact, _out: &mut Commands) {}

    /// One of its timers; `kind` counts from 0 within the actor.
    fn on_timer(&mut self, _world: &World, _kind: u8, _event: Event, _out: &mut Commands) {}
}
