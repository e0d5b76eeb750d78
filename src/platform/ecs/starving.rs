//! Services that wait for room, by what a change of room means to them.

use std::collections::BTreeSet;

use crate::base::id::Table;
use crate::world::ServiceId;

/// What a service that waits does when there is room.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
pub(super) enum State {
    /// It waits for nothing.
    #[default]
    Sated,
    /// It tries at once.
    Awake,
    /// It pauses, and has to say so once there is room for a task of this much CPU.
    Paused {
        /// CPU units of a task.
        cpu: u32,
    },
    /// It pauses and has said so: nothing changes before the pause is over.
    Silent,
}

/// All of them. In a fleet that is overloaded for long nearly every service waits, and a change of room concerns few.
#[derive(Debug)]
pub(super) struct Starving {
    states: Table<ServiceId, State>,
    awake: BTreeSet<ServiceId>,
    paused: BTreeSet<(u32, ServiceId)>,
    silent: BTreeSet<ServiceId>,
}

impl Starving {
    pub(super) fn new(services: usize) -> Starving {
        Starving {
            states: (0..services).map(|_| State::default()).collect(),
            awake: BTreeSet::new(),
            paused: BTreeSet::new(),
            silent: BTreeSet::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.awake.is_empty() && self.paused.is_empty() && self.silent.is_empty()
    }

    pub(super) fn contains(&self, service: ServiceId) -> bool {
        self.states[service] != State::Sated
    }

    pub(super) fn set(&mut self, service: ServiceId, state: State) {
        let before = std::mem::replace(&mut self.states[service], state);
        if before == state {
            return;
        }
        match before {
            State::Sated => {}
            State::Awake => drop(self.awake.remove(&service)),
            State::Paused { cpu } => drop(self.paused.remove(&(cpu, service))),
            State::Silent => drop(self.silent.remove(&service)),
        }
        match state {
            State::Sated => {}
            State::Awake => drop(self.awake.insert(service)),
            State::Paused { cpu } => drop(self.paused.insert((cpu, service))),
            State::Silent => drop(self.silent.insert(service)),
        }
    }

    /// Every one, in order of id.
    pub(super) fn all(&self) -> Vec<ServiceId> {
        let paused = self.paused.iter().map(|(_, service)| service);
        let mut all: Vec<ServiceId> = self.awake.iter().chain(paused).chain(&self.silent).copied().collect();
        all.sort_unstable();
        all
    }

    /// Those that so much free CPU on an instance may mean something to, in order of id.
    pub(super) fn concerned(&self, free_cpu: u32) -> Vec<ServiceId> {
        let end = (free_cpu, ServiceId(u32::MAX));
        let paused = self.paused.range(..=end).map(|(_, service)| service);
        let mut some: Vec<ServiceId> = self.awake.iter().chain(paused).copied().collect();
        some.sort_unstable();
        some
    }
}
