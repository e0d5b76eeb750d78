//! Randomness that does not depend on what else happens.
//!
//! Each draw has an address: (seed, replication, label, entity, nth). The same address gives the same number whatever
//! the placement strategy, the order of events or the number of threads; two variants of a scenario therefore meet the
//! very same failures. An address is hashed into the state of a xoshiro256++ generator, whose algorithm is fixed (unlike
//! that of `StdRng`, which may change with the crate's version).

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The generator that every draw starts from.
pub type Rng = Xoshiro256PlusPlus;

/// What a stream is for: the family and the purpose, as a hash of a text.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Label(u64);

impl Label {
    /// The label of a text such as `"container crash: life"`; evaluated at compile time where it is a constant.
    pub const fn new(text: &str) -> Label {
        // FNV-1a: only needs to keep a few dozen names apart; `mix` does the scattering.
        let bytes = text.as_bytes();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut index = 0;
        while index < bytes.len() {
            hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            index += 1;
        }
        Label(hash)
    }

    /// The label of one of several of a kind, such as the third crash model of a scenario.
    pub const fn with(self, index: u64) -> Label {
        Label(mix(self.0 ^ mix(index.wrapping_add(0x9e37_79b9_7f4a_7c15))))
    }
}

/// The root of all streams of one replication.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Randomness {
    root: u64,
}

impl Randomness {
    /// The root for a scenario's seed and the number of the replication (0 is the single run).
    pub fn new(seed: u64, replication: u64) -> Randomness {
        Randomness { root: mix(seed ^ mix(replication.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1))) }
    }

    /// The generator at an address.
    #[inline]
    pub fn at(&self, label: Label, entity: u64, nth: u64) -> Rng {
        let a = mix(self.root ^ label.0);
        let b = mix(a ^ entity.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Rng::seed_from_u64(mix(b ^ nth.wrapping_mul(0xc2b2_ae3d_27d4_eb4f)))
    }

    /// A number that scatters `value`, fixed for this replication.
    #[inline]
    pub fn scatter(&self, label: Label, value: u64) -> u64 {
        mix(self.root ^ label.0 ^ value.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

/// The finaliser of SplitMix64: a bijection that changes about half of the bits for each bit changed.
#[inline]
pub const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    const LIFE: Label = Label::new("life");

    #[test]
    fn an_address_always_gives_the_same_number() {
        let random = Randomness::new(7, 0);
        let first: u64 = random.at(LIFE, 3, 9).random();
        let again: u64 = random.at(LIFE, 3, 9).random();
        assert_eq!(first, again);
    }

    #[test]
    fn every_part_of_the_address_matters() {
        let draw = |seed, replication, label: Label, entity, nth| -> u64 {
            Randomness::new(seed, replication).at(label, entity, nth).random()
        };
        let base = draw(7, 0, LIFE, 3, 9);
        assert_ne!(base, draw(8, 0, LIFE, 3, 9));
        assert_ne!(base, draw(7, 1, LIFE, 3, 9));
        assert_ne!(base, draw(7, 0, Label::new("repair"), 3, 9));
        assert_ne!(base, draw(7, 0, LIFE.with(1), 3, 9));
        assert_ne!(base, draw(7, 0, LIFE, 4, 9));
        assert_ne!(base, draw(7, 0, LIFE, 3, 10));
    }

    /// Neighbouring addresses must not be correlated: the mean of 100,000 first draws of neighbours is within four
    /// standard errors of one half, and so is the mean product of neighbouring draws within those of one quarter.
    #[test]
    fn neighbours_are_independent() {
        let random = Randomness::new(1, 0);
        let draws: Vec<f64> = (0..100_000).map(|nth| random.at(LIFE, 0, nth).random::<f64>()).collect();
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        assert!((mean - 0.5).abs() < 4.0 * (1.0 / 12.0_f64 / n).sqrt(), "{mean}");
        let product = draws.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / (n - 1.0);
        assert!((product - 0.25).abs() < 4.0 * (7.0 / 144.0_f64 / n).sqrt(), "{product}");
    }
}
