//! Breaking ties so that every way of looking for the best instance breaks them alike.
//!
//! Instances stand on a ring, in an order that is scrambled anew by each seed (by id with `tieBreak: first`). Each
//! decision starts at a point of the ring of its own, drawn for the order, and takes the first tied instance from there.
//! A search that walks instances in ring order finds the same one as a scan that looks at all of them.

use crate::base::random::{Label, Randomness};
use crate::world::command::Order;
use crate::world::{InstanceId, World};

use super::policy::TieBreak;

const RING: Label = Label::new("placement: order of the ring");
const START: Label = Label::new("placement: start on the ring");

/// The ring of one replication.
#[derive(Copy, Clone, Debug)]
pub struct Ring {
    /// What breaks ties.
    pub tie_break: TieBreak,
    scramble: u32,
}

impl Ring {
    /// The ring that a replication's seed gives.
    pub fn new(random: &Randomness, tie_break: TieBreak) -> Ring {
        Ring { tie_break, scramble: random.scatter(RING, 0) as u32 }
    }

    /// An instance's place on the ring; no two share one.
    #[inline]
    pub fn place(&self, instance: InstanceId) -> u32 {
        match self.tie_break {
            TieBreak::First => instance.0,
            TieBreak::Random => mix32(instance.0 ^ self.scramble),
        }
    }

    /// The instance at a place on the ring.
    #[inline]
    pub fn instance_at(&self, place: u32) -> InstanceId {
        match self.tie_break {
            TieBreak::First => InstanceId(place),
            TieBreak::Random => InstanceId(unmix32(place) ^ self.scramble),
        }
    }

    /// Where the decision for an order starts.
    #[inline]
    pub fn start(&self, world: &World, order: &Order) -> u32 {
        match self.tie_break {
            TieBreak::First => 0,
            TieBreak::Random => {
                let service = &world.services[order.service];
                let lives = service.slots.get(order.slot as usize).map_or(0, |slot| slot.lives);
                let address = u64::from(order.service.0) << 40 ^ u64::from(order.slot) << 20 ^ u64::from(lives);
                world.random.scatter(START, address) as u32
            }
        }
    }

    /// How far an instance lies behind the start: the tied one with the least wins.
    #[inline]
    pub fn distance(&self, instance: InstanceId, start: u32) -> u32 {
        self.place(instance).wrapping_sub(start)
    }
}

/// A bijection of 32-bit numbers that scatters neighbours (two rounds of xor-shift and multiplication by odd numbers).
#[inline]
fn mix32(value: u32) -> u32 {
    let value = (value ^ (value >> 16)).wrapping_mul(FACTORS[0]);
    let value = (value ^ (value >> 15)).wrapping_mul(FACTORS[1]);
    value ^ (value >> 16)
}

/// The way back.
#[inline]
fn unmix32(value: u32) -> u32 {
    let value = (value ^ (value >> 16)).wrapping_mul(inverse(FACTORS[1]));
    let value = (value ^ (value >> 15) ^ (value >> 30)).wrapping_mul(inverse(FACTORS[0]));
    value ^ (value >> 16)
}

const FACTORS: [u32; 2] = [0x7feb_352d, 0x846c_a68b];

/// What an odd number must be multiplied with to give one: each step of Newton's method doubles the right bits.
const fn inverse(odd: u32) -> u32 {
    let mut inverse = odd;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2u32.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_back() {
        for value in (0..u32::MAX).step_by(65_521) {
            assert_eq!(unmix32(mix32(value)), value);
        }
    }
}
