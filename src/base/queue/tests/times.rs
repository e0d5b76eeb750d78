//! Times of new events, as nasty as they come.

use proptest::prelude::*;

/// A small generator, so that a case is one seed and not a list of a million times.
pub(super) struct Rng(pub(super) u64);

impl Rng {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(super) fn exponential(&mut self) -> f64 {
        -(1.0 - (self.next() >> 11) as f64 / (1_u64 << 53) as f64).ln()
    }
}

/// How times of new events come from the present one.
#[derive(Copy, Clone, Debug)]
pub(super) enum Times {
    Exponential,
    /// Weibull of shape 0.4: a heavy tail.
    Heavy,
    /// Every magnitude of time equally likely, up to the end of time.
    Magnitudes,
    /// All at the next whole second, so thousands tie.
    Ticks,
    /// A few microseconds: ties, and everything in the current bucket.
    Close,
    /// Half at this very instant.
    Now,
    /// Nearly all within a minute, a few in 30 years.
    Rare,
    /// Anywhere from the start on, so half of them past.
    Past,
    /// The last instants there are.
    End,
}

impl Times {
    pub(super) fn draw(self, rng: &mut Rng, now: u64) -> u64 {
        let ahead = match self {
            Times::Exponential => (1e6 * rng.exponential()) as u64,
            Times::Heavy => (1e6 * rng.exponential().powf(2.5)) as u64,
            Times::Magnitudes => {
                let bits = rng.below(64);
                rng.next() >> bits
            }
            Times::Ticks => (1 + rng.below(3)) * 1_000_000 - now % 1_000_000,
            Times::Close => rng.below(4),
            Times::Now => rng.below(2) * rng.below(1_000_000),
            Times::Rare if rng.below(1000) == 0 => 946_080_000_000_000,
            Times::Rare => rng.below(60_000_000),
            Times::Past => return rng.below(now.saturating_mul(2).max(1_000_000)),
            Times::End => return u64::MAX - rng.below(3),
        };
        now.saturating_add(ahead)
    }
}

pub(super) fn times() -> impl Strategy<Value = Times> {
    prop_oneof![
        4 => Just(Times::Exponential),
        4 => Just(Times::Heavy),
        2 => Just(Times::Magnitudes),
        4 => Just(Times::Ticks),
        4 => Just(Times::Close),
        4 => Just(Times::Now),
        4 => Just(Times::Rare),
        4 => Just(Times::Past),
        1 => Just(Times::End),
    ]
}
