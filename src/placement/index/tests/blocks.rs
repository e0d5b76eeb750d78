//! Blocks against a sorted map.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::placement::index::blocks::{Blocks, Free, Levels, Need, Spot};
use crate::placement::index::pools::key;

/// One change: an instance with so much free, or gone.
fn change() -> impl Strategy<Value = (u32, Option<(u32, u32)>)> {
    let free = (0u32..2048, prop_oneof![0u32..4, 0u32..4096]);
    (0u32..400, prop_oneof![1 => Just(None), 3 => free.prop_map(Some)])
}

proptest! {
    #[test]
    fn agree_with_a_map(changes in prop::collection::vec(change(), 1..1500), needs in prop::collection::vec(0u32..2048, 1..12)) {
        let levels = Levels::new(needs.iter().copied());
        let mut blocks = Blocks::new(levels.clone());
        let mut free: BTreeMap<u32, Free> = BTreeMap::new();
        let mut map: BTreeMap<u64, (u32, Free)> = BTreeMap::new();
        for (step, (id, now)) in changes.into_iter().enumerate() {
            let place = id.wrapping_mul(0x9e37_79b9);
            let old = free.remove(&id);
            let now = now.map(|(cpu, memory)| Free { cpu, memory });
            if let Some(old) = old {
                map.remove(&key(old.memory, place));
            }
            match (old, now) {
                (Some(old), Some(now)) => {
                    blocks.change(key(old.memory, place), key(now.memory, place), now);
                }
                (Some(old), None) => blocks.remove(key(old.memory, place)),
                (None, Some(now)) => blocks.insert(key(now.memory, place), now),
                (None, None) => {}
            }
            if let Some(now) = now {
                free.insert(id, now);
                map.insert(key(now.memory, place), (id, now));
            }
            if step % 16 == 0 {
                prop_assert_eq!(blocks.verify(), Ok(()));
                prop_assert!(blocks.entries().eq(map.iter().map(|(key, (_, free))| (*key, *free))));
                let cpu = needs[step / 16 % needs.len()];
                let need = Need { cpu, memory: place % 4096, level: levels.of(cpu) };
                let (from, below) = (key(place % 3000, place), key(place % 3000 + 500, 0));
                let admits = |key: u64| !key.is_multiple_of(3);
                let fits = |entry: &(&u64, &(u32, Free))| {
                    let (key, (_, free)) = entry;
                    free.cpu >= need.cpu && free.memory >= need.memory && admits(**key)
                };
                let wanted = map.range(from..below).find(fits).map(|(key, _)| *key);
                let hit = blocks.first(from, below, need, admits);
                prop_assert_eq!(hit.map(|hit| hit.key), wanted);
                if let Some(hit) = hit {
                    for from in [hit.key, hit.key + 1, hit.key + u64::from(place)] {
                        let after = blocks.first_after(hit, from, u64::MAX, need, admits);
                        prop_assert_eq!(after.map(|hit| hit.key), map.range(from..).find(fits).map(|(key, _)| *key));
                    }
                }
            }
        }
    }

    /// An order that never changes: each instance is found where it was last seen, or by its key where blocks have moved.
    #[test]
    fn an_order_that_stays(changes in prop::collection::vec(change(), 1..1500)) {
        let mut blocks = Blocks::new(Levels::new([0, 512, 1024]));
        let mut map: BTreeMap<u64, Free> = BTreeMap::new();
        let mut spots = vec![Spot::default(); 400];
        for (step, (id, now)) in changes.into_iter().enumerate() {
            let key = key(0, id.wrapping_mul(0x9e37_79b9));
            let now = now.map(|(cpu, memory)| Free { cpu, memory });
            match (map.remove(&key), now) {
                (Some(_), Some(now)) => blocks.update(key, now, &mut spots[id as usize]),
                (Some(_), None) => blocks.remove(key),
                (None, Some(now)) => blocks.insert(key, now),
                (None, None) => {}
            }
            if let Some(now) = now {
                map.insert(key, now);
            }
            if step % 16 == 0 {
                prop_assert_eq!(blocks.verify(), Ok(()));
                prop_assert!(blocks.entries().eq(map.iter().map(|(key, free)| (*key, *free))));
            }
        }
    }
}
