//! Failures that overlap: what several of them hold in a bad state stays there until the last has let go.

use std::collections::BTreeMap;

use super::IncidentId;

/// For each thing that is held, the failures that hold it.
#[derive(Clone, Debug)]
pub struct Holds<K>(BTreeMap<K, Vec<IncidentId>>);

impl<K> Default for Holds<K> {
    fn default() -> Self {
        Holds(BTreeMap::new())
    }
}

impl<K: Ord> Holds<K> {
    /// One more failure holds it. Returns `true` for the first.
    pub fn hold(&mut self, thing: K, by: IncidentId) -> bool {
        let holders = self.0.entry(thing).or_default();
        holders.push(by);
        holders.len() == 1
    }

    /// A failure lets go. Returns `true` where it was the last: nothing holds the thing any more. One that does not hold it,
    /// or whose hold was forgotten, changes nothing.
    pub fn let_go(&mut self, thing: &K, by: IncidentId) -> bool {
        let Some(holders) = self.0.get_mut(thing) else { return false };
        let Some(place) = holders.iter().position(|holder| *holder == by) else { return false };
        holders.swap_remove(place);
        holders.is_empty() && self.0.remove(thing).is_some()
    }

    /// Whether any failure holds it.
    pub fn is_held(&self, thing: &K) -> bool {
        !self.0.is_empty() && self.0.contains_key(thing)
    }

    /// All let go at once: what they held is no more.
    pub fn forget(&mut self, thing: &K) {
        if !self.0.is_empty() {
            self.0.remove(thing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Holds, IncidentId};

    #[test]
    fn the_last_to_let_go_frees() {
        let [one, other, third] = [0, 1, 2].map(IncidentId);
        let mut holds = Holds::default();
        assert!(holds.hold(7, one));
        assert!(!holds.hold(7, other));
        assert!(!holds.let_go(&7, one) && !holds.let_go(&7, one) && holds.is_held(&7));
        assert!(holds.let_go(&7, other) && !holds.is_held(&7));
        holds.hold(7, one);
        holds.forget(&7);
        assert!(!holds.is_held(&7) && holds.hold(7, third));
        assert!(!holds.let_go(&7, one) && holds.is_held(&7), "its hold was forgotten");
    }
}
