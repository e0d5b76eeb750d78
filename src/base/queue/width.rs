//! How wide a bucket should be.

use super::Slot;
use crate::base::time::Time;

/// Events a bucket should hold.
pub(super) const EVENTS: usize = 64;

/// Entries looked at for a first guess.
const SAMPLE: usize = 4096;

/// The guess looks at the earliest of this many parts of the sample: the width
/// must suit what is popped next, and a heavy tail says nothing of that.
const PART: usize = 16;

/// The logarithm of a suitable width from the pending events themselves, all of
/// them at or after `start`. Needs no order among them.
pub(super) fn guess_shift<E: Copy>(slots: &[Slot<E>], start: Time) -> u32 {
    let stride = slots.len().div_ceil(SAMPLE).max(1);
    let mut times: Vec<u64> = slots.iter().step_by(stride).map(|slot| slot.time.0.saturating_sub(start.0)).collect();
    times.sort_unstable();
    // Many at one instant say nothing of the density, so look past them.
    let mut at = times.len() / PART;
    while at < times.len() && times[at] == 0 {
        at = 2 * at + 1;
    }
    let Some(&span) = times.get(at) else { return 0 };
    let events = (at + 1) * stride;
    log2(u128::from(span) * EVENTS as u128 / events as u128)
}

/// What the calendar has passed since the width was last looked at.
#[derive(Copy, Clone, Default)]
pub(super) struct Passed {
    /// Events in the buckets passed.
    pub(super) events: usize,
    /// Buckets passed, empty ones too.
    pub(super) buckets: u64,
}

impl Passed {
    /// The logarithm of the width that would have held [`EVENTS`] to a bucket;
    /// `shift` itself if that is near enough. At least one event must be passed.
    pub(super) fn suited_shift(self, shift: u32) -> u32 {
        let span = u128::from(self.buckets) << shift;
        let suited = log2(span * EVENTS as u128 / self.events as u128);
        // A factor of two either way costs less than laying out anew, and would
        // come and go with chance.
        if suited.abs_diff(shift) <= 1 { shift } else { suited }
    }
}

/// The nearest power of two not above `width`, as a logarithm, and such that the
/// bucket of a time can be a shift.
fn log2(width: u128) -> u32 {
    width.max(1).ilog2().min(u64::BITS - 1)
}
