//! The task groups of which one instance holds tasks, packed so that most instances need no more than two cache lines.

/// The tasks of a group on one instance.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Tasks that are not stopping.
    pub wanted: u32,
    /// All that are not STOPPED.
    pub all: u32,
}

/// What a change of a task does to its instance's hold.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A task was placed.
    Placed,
    /// A task is no longer wanted.
    Stopping,
    /// A task has stopped that was no longer wanted.
    Ended,
    /// A task has stopped that was wanted to the last.
    Lost,
}

/// What became of a hold.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// The instance held no task of the group before.
    New,
    /// It did, and still does.
    Other,
    /// It holds none any more.
    Gone,
}

impl Hold {
    #[inline]
    fn change(&mut self, change: Change) {
        match change {
            Change::Placed => {
                self.wanted += 1;
                self.all += 1;
            }
            Change::Stopping => self.wanted -= 1,
            Change::Ended => self.all -= 1,
            Change::Lost => {
                self.wanted -= 1;
                self.all -= 1;
            }
        }
    }
}

/// The hold of a group with a small number, in small counts.
#[derive(Copy, Clone, Debug)]
struct Small {
    group: u16,
    wanted: u8,
    all: u8,
}

/// The holds of one instance, in no order.
#[derive(Clone, Debug)]
#[repr(C, align(128))]
pub struct Holds {
    /// What does not go into `few`: large numbers, large counts, and what came when there was no place. A box around the
    /// vector keeps the row small.
    #[allow(clippy::box_collection)]
    more: Option<Box<Vec<(u32, Hold)>>>,
    count: u8,
    few: [Small; FEW],
}

const FEW: usize = 29;
const _: () = assert!(size_of::<Holds>() == 128);

impl Holds {
    /// No task of any group.
    pub const NONE: Holds = Holds { more: None, count: 0, few: [Small { group: 0, wanted: 0, all: 0 }; FEW] };

    #[inline]
    fn place(&self, group: u32) -> Option<usize> {
        let few = &self.few[..usize::from(self.count)];
        few.iter().position(|small| u32::from(small.group) == group)
    }

    /// The tasks of a group; `None` where there are none.
    #[inline]
    pub fn of(&self, group: u32) -> Option<Hold> {
        match self.place(group) {
            Some(at) => {
                let Small { wanted, all, .. } = self.few[at];
                Some(Hold { wanted: wanted.into(), all: all.into() })
            }
            None => self.more.as_ref()?.iter().find(|(other, _)| *other == group).map(|(_, hold)| *hold),
        }
    }

    /// Takes note of a change of a task of a group.
    #[inline]
    pub fn change(&mut self, group: u32, change: Change) -> Became {
        let Some(at) = self.place(group) else { return self.change_other(group, change) };
        let small = &mut self.few[at];
        let mut hold = Hold { wanted: small.wanted.into(), all: small.all.into() };
        hold.change(change);
        if hold.all > 0
            && let (Ok(wanted), Ok(all)) = (u8::try_from(hold.wanted), u8::try_from(hold.all))
        {
            (small.wanted, small.all) = (wanted, all);
            return Became::Other;
        }
        self.count -= 1;
        self.few[at] = self.few[usize::from(self.count)];
        if hold.all == 0 {
            return Became::Gone;
        }
        self.more.get_or_insert_default().push((group, hold));
        Became::Other
    }

    /// The same for a group that is not among the few.
    fn change_other(&mut self, group: u32, change: Change) -> Became {
        if let Some(more) = &mut self.more
            && let Some(at) = more.iter().position(|(other, _)| *other == group)
        {
            more[at].1.change(change);
            if more[at].1.all > 0 {
                return Became::Other;
            }
            more.swap_remove(at);
            if more.is_empty() {
                self.more = None;
            }
            return Became::Gone;
        }
        debug_assert_eq!(change, Change::Placed, "a task leaves that was never placed");
        match u16::try_from(group) {
            Ok(group) if usize::from(self.count) < FEW => {
                self.few[usize::from(self.count)] = Small { group, wanted: 1, all: 1 };
                self.count += 1;
            }
            _ => self.more.get_or_insert_default().push((group, Hold { wanted: 1, all: 1 })),
        }
        Became::New
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Three hundred tasks of one group, more groups than the row has places for, and numbers beyond sixteen bits: at each
    /// step the row says what a plain map says.
    #[test]
    fn a_row_says_what_a_map_says() {
        let groups = [0, 1, 65_535, 65_536, 1 << 20].into_iter().chain(2..40);
        let mut changes: Vec<(u32, Change)> = groups.map(|group| (group, Change::Placed)).collect();
        changes.extend((0..300).map(|_| (7, Change::Placed)));
        changes.extend((0..300).map(|_| (65_536, Change::Placed)));
        changes.extend((0..301).map(|_| (7, Change::Stopping)));
        changes.extend((0..301).map(|_| (7, Change::Ended)));
        changes.extend((0..301).map(|_| (65_536, Change::Lost)));
        changes.extend((20..40).map(|group| (group, Change::Lost)));
        changes.extend((20..40).map(|group| (group, Change::Placed)));
        let (mut row, mut map) = (Holds::NONE, BTreeMap::new());
        for (group, change) in changes {
            let known = map.contains_key(&group);
            let hold = map.entry(group).or_insert(Hold { wanted: 0, all: 0 });
            hold.change(change);
            let gone = hold.all == 0;
            if gone {
                map.remove(&group);
            }
            let expected = if gone {
                Became::Gone
            } else if known {
                Became::Other
            } else {
                Became::New
            };
            assert_eq!(row.change(group, change), expected, "group {group}");
            for group in (0..41).chain([65_535, 65_536, 1 << 20]) {
                assert_eq!(row.of(group), map.get(&group).copied(), "group {group}");
            }
        }
        let leaving: Vec<u32> = map.keys().copied().collect();
        for group in leaving {
            assert_eq!(row.change(group, Change::Lost), Became::Gone);
        }
        assert!(row.count == 0 && row.more.is_none());
    }
}
