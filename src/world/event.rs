//! What the queue holds: eight bytes that say whose timer it is and what it is about.

/// A timer: the kind, a small number, the step at which it was set, and the row that it is about.
///
/// A timer is not cancelled: when what it was about has moved on, its step no longer matches and it is dropped.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Event(u64);

const STEP_BITS: u32 = 20;

/// A step as an event carries it: the low 20 bits of a row's counter.
pub const fn short_step(step: u32) -> u32 {
    step & ((1 << STEP_BITS) - 1)
}

impl Event {
    /// Packs a timer; `small` is below 16.
    pub fn new(kind: u8, small: u8, step: u32, target: u32) -> Event {
        debug_assert!(small < 16);
        Event(
            u64::from(kind) << 56 | u64::from(small & 15) << 52 | u64::from(short_step(step)) << 32 | u64::from(target),
        )
    }

    /// Packs a timer that no step can make stale, about a number below 16,777,216 (such as a service) and another one
    /// (such as a slot of it).
    pub fn of_two(kind: u8, first: u32, target: u32) -> Event {
        debug_assert!(first < 1 << (STEP_BITS + 4));
        Event::new(kind, (first >> STEP_BITS) as u8 & 15, first, target)
    }

    /// The first number of [`Event::of_two`].
    pub fn first(self) -> u32 {
        u32::from(self.small()) << STEP_BITS | self.step()
    }

    /// Whose timer it is and what for.
    pub fn kind(self) -> u8 {
        (self.0 >> 56) as u8
    }

    /// A number below 16, such as a container's place in its task.
    pub fn small(self) -> u8 {
        (self.0 >> 52) as u8 & 15
    }

    /// The low bits of the step at which it was set.
    pub fn step(self) -> u32 {
        short_step((self.0 >> 32) as u32)
    }

    /// `true` where the row still stands at the step at which the timer was set.
    pub fn is_current(self, step: u32) -> bool {
        self.step() == short_step(step)
    }

    /// The row that it is about.
    pub fn target(self) -> u32 {
        self.0 as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_and_unpacks() {
        let event = Event::new(200, 13, 0xfff_1234, u32::MAX - 1);
        assert_eq!((event.kind(), event.small(), event.step(), event.target()), (200, 13, 0xf_1234, u32::MAX - 1));
        assert!(event.is_current(0xfff_1234));
        assert!(!event.is_current(0xfff_1235));
        assert_eq!(std::mem::size_of::<Event>(), 8);
    }

    /// A daemon's slot has the number of an instance's row, of which there may be more than a step can count.
    #[test]
    fn two_numbers() {
        for (first, target) in [(0, 1 << 20), ((1 << 24) - 1, u32::MAX - 1), (1 << 20, 3_999_999)] {
            let event = Event::of_two(7, first, target);
            assert_eq!((event.kind(), event.first(), event.target()), (7, first, target));
        }
    }
}
