//! The queue against a reference, and the cases it might get wrong.

mod times;

use super::{CALENDAR_BELOW, NEAR_AT_MOST, Queue};
use crate::base::time::Time;
use proptest::prelude::*;
use std::collections::BTreeMap;
use times::{Rng, Times, times};

/// A queue beside a reference: a map ordered by (time, number of the push). Each
/// event is the number of its push, so any wrong order shows.
struct Pair {
    queue: Queue<u64>,
    reference: BTreeMap<(u64, u64), u64>,
    next: u64,
    now: u64,
    /// Whether the calendar was seen on, and then off again.
    on: bool,
    off_again: bool,
}

impl Pair {
    fn new(queue: Queue<u64>) -> Self {
        let reference = BTreeMap::new();
        Self { queue, reference, next: 0, now: 0, on: false, off_again: false }
    }

    fn push(&mut self, time: u64) {
        self.queue.push(Time(time), self.next);
        self.reference.insert((time, self.next), self.next);
        self.next += 1;
        self.look();
    }

    /// Pops both; whether there was anything.
    fn pop(&mut self) -> bool {
        let expected = self.reference.pop_first().map(|((time, _), event)| (Time(time), event));
        if self.next.is_multiple_of(3) {
            assert_eq!(self.queue.peek_time(), expected.map(|(time, _)| time));
        }
        assert_eq!(self.queue.pop(), expected);
        self.now = expected.map_or(self.now, |(time, _)| time.0);
        self.look();
        expected.is_some()
    }

    fn look(&mut self) {
        assert_eq!(self.queue.len(), self.reference.len());
        assert_eq!(self.queue.is_empty(), self.reference.is_empty());
        let on = !self.queue.calendar.is_near(Time(u64::MAX));
        self.off_again |= self.on && !on;
        self.on |= on;
    }

    fn drain(&mut self) {
        while self.pop() {}
    }
}

/// A stretch of steps, each a push or a pop.
#[derive(Clone, Debug)]
struct Phase {
    times: Times,
    steps: usize,
    /// Of 10 steps, how many push.
    pushes: u64,
}

fn phase() -> impl Strategy<Value = Phase> {
    (times(), 1..6 * NEAR_AT_MOST, 0..=10_u64).prop_map(|(times, steps, pushes)| Phase { times, steps, pushes })
}

fn play(pair: &mut Pair, phases: &[Phase], rng: &mut Rng) {
    for phase in phases {
        for _ in 0..phase.steps {
            if rng.below(10) < phase.pushes {
                let time = phase.times.draw(rng, pair.now);
                pair.push(time);
            } else {
                pair.pop();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_mix_pops_as_the_reference(
        phases in prop::collection::vec(phase(), 1..12),
        seed: u64,
    ) {
        let mut pair = Pair::new(Queue::new());
        play(&mut pair, &phases, &mut Rng(seed));
        pair.drain();
    }

    #[test]
    fn a_cleared_queue_is_as_new(
        before in prop::collection::vec(phase(), 1..4),
        after in prop::collection::vec(phase(), 1..4),
        seed: u64,
    ) {
        let mut rng = Rng(seed);
        let mut used = Pair::new(Queue::new());
        play(&mut used, &before, &mut rng);
        used.queue.clear();
        prop_assert!(used.queue.is_empty());
        prop_assert_eq!(used.queue.peek_time(), None);
        prop_assert_eq!(used.queue.pop(), None);
        let mut pair = Pair::new(used.queue);
        play(&mut pair, &after, &mut rng);
        pair.drain();
    }
}

/// Every distribution by itself, held at a size far beyond the switch, so that
/// buckets fill, overflow and are laid out anew; then drained back to the heap.
#[test]
fn each_distribution_crosses_the_switch_both_ways() {
    use Times::{Close, Exponential, Heavy, Magnitudes, Now, Past, Rare, Ticks};
    for times in [Exponential, Heavy, Magnitudes, Ticks, Close, Now, Rare, Past] {
        let mut rng = Rng(7);
        let mut pair = Pair::new(Queue::new());
        for _ in 0..40 * NEAR_AT_MOST {
            let time = times.draw(&mut rng, pair.now);
            pair.push(time);
        }
        for _ in 0..120 * NEAR_AT_MOST {
            pair.pop();
            let time = times.draw(&mut rng, pair.now);
            pair.push(time);
        }
        assert!(pair.on, "{times:?}: the calendar was never on");
        for _ in 0..pair.queue.len() - CALENDAR_BELOW / 2 {
            pair.pop();
        }
        for _ in 0..CALENDAR_BELOW {
            let time = times.draw(&mut rng, pair.now);
            pair.push(time);
        }
        pair.drain();
        assert!(pair.off_again, "{times:?}: the calendar was never off again");
    }
}

/// Equal times stay in the order of their push wherever they come to rest: in the
/// run, in the heap after the run was begun, in the overflow, and across a laying
/// out.
#[test]
fn equal_times_are_first_in_first_out() {
    let mut queue = Queue::new();
    let instants = [5, 1_000_000, 30_000_000_000, u64::MAX];
    let mut pushed = [0_u64; 4];
    let mut popped = [0_u64; 4];
    let mut rng = Rng(1);
    for step in 0..200_000_u64 {
        // Beside them others, so that there are widths to be found.
        queue.push(Time(rng.below(2_000_000)), (9, 0));
        let which = rng.below(4) as usize;
        queue.push(Time(instants[which]), (which, pushed[which]));
        pushed[which] += 1;
        if step % 2 == 0 {
            let (_, (which, number)) = queue.pop().expect("two were pushed");
            if which < 4 {
                assert_eq!(number, popped[which]);
                popped[which] += 1;
            }
        }
    }
    while let Some((_, (which, number))) = queue.pop() {
        if which < 4 {
            assert_eq!(number, popped[which]);
            popped[which] += 1;
        }
    }
    assert_eq!(popped, pushed);
}

#[test]
fn a_push_into_the_past_is_next() {
    for pending in [1, NEAR_AT_MOST / 2, 20 * NEAR_AT_MOST] {
        let mut queue = Queue::new();
        for i in 0..pending as u64 {
            queue.push(Time(1_000_000 + 1000 * i), i);
        }
        let (now, _) = queue.pop().expect("some are pending");
        queue.push(Time(now.0 - 1), 100);
        queue.push(Time(3), 101);
        queue.push(Time(3), 102);
        assert_eq!(queue.peek_time(), Some(Time(3)));
        assert_eq!(queue.pop(), Some((Time(3), 101)));
        assert_eq!(queue.pop(), Some((Time(3), 102)));
        assert_eq!(queue.pop(), Some((Time(now.0 - 1), 100)));
        assert_eq!(queue.pop().map(|(time, _)| time.0), (pending > 1).then_some(1_001_000));
    }
}

/// A second replication of the same events must find all the room it needs.
#[test]
fn clearing_keeps_the_room() {
    let room = |queue: &Queue<u64>| (queue.calendar.room(), queue.near.room());
    let fill = |queue: &mut Queue<u64>| {
        let mut rng = Rng(2);
        for i in 0..50 * NEAR_AT_MOST as u64 {
            queue.push(Time((1e6 * rng.exponential()) as u64), i);
        }
        for i in 0..50 * NEAR_AT_MOST as u64 {
            let (now, _) = queue.pop().expect("they are held at one number");
            queue.push(Time(now.0 + (1e6 * rng.exponential()) as u64), i);
        }
    };
    let mut queue = Queue::new();
    fill(&mut queue);
    let first = room(&queue);
    assert!(first.0 > 50 * NEAR_AT_MOST, "the calendar holds most of them");
    queue.clear();
    assert_eq!(room(&queue), first);
    fill(&mut queue);
    assert_eq!(room(&queue), first);
}

/// The room taken stays in proportion to the events pending, however long the
/// window of time moves on.
#[test]
fn room_is_bounded_by_the_events_pending() {
    let pending = 50 * NEAR_AT_MOST;
    for times in [Times::Exponential, Times::Heavy, Times::Ticks, Times::Rare] {
        let mut rng = Rng(3);
        let mut queue = Queue::new();
        for _ in 0..pending {
            queue.push(Time(times.draw(&mut rng, 0)), ());
        }
        for _ in 0..100 * pending {
            let (now, ()) = queue.pop().expect("they are held at one number");
            queue.push(Time(times.draw(&mut rng, now.0)), ());
        }
        let room = queue.calendar.room();
        assert!(room < 8 * pending, "{times:?}: room for {room} for {pending} pending");
    }
}
