//! The event queue against two binary heaps, side by side in one run.
//!
//! - `hold_N`: N pending events; a step pops the earliest and pushes one at an
//!   exponential time (mean 1 s) after it.
//! - `cancel_M`: M instances of 8 tasks each. A task lives 100 s and is started
//!   again when done; an instance fails after 1000 s, which cancels its tasks, and
//!   starts them again after a repair of 10 s (all means of exponentials). Events
//!   of a cancelled task stay in the queue and are dropped by their generation.
//!
//! An element of the throughput is one event popped.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use longshore::base::queue::Queue;
use longshore::base::time::Time;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// Simulated microseconds in a second.
const SECOND: f64 = 1e6;

/// What is compared. Every payload is 8 bytes.
trait Pending {
    fn new() -> Self;
    fn push(&mut self, time: u64, event: u64);
    fn pop(&mut self) -> (u64, u64);
}

impl Pending for Queue<u64> {
    fn new() -> Self {
        Queue::new()
    }
    fn push(&mut self, time: u64, event: u64) {
        Queue::push(self, Time(time), event);
    }
    fn pop(&mut self) -> (u64, u64) {
        let (time, event) = Queue::pop(self).expect("an event is pending");
        (time.0, event)
    }
}

/// The baseline: 16 bytes of key and payload, the time in the high half. The low
/// half is both, so it compares as a key of 16 bytes and carries the event for
/// nothing; what it does not do is keep equal times in order.
struct BinaryHeap16(BinaryHeap<Reverse<u128>>);

impl Pending for BinaryHeap16 {
    fn new() -> Self {
        Self(BinaryHeap::new())
    }
    fn push(&mut self, time: u64, event: u64) {
        self.0.push(Reverse((u128::from(time) << 64) | u128::from(event)));
    }
    fn pop(&mut self) -> (u64, u64) {
        let Reverse(key) = self.0.pop().expect("an event is pending");
        ((key >> 64) as u64, key as u64)
    }
}

/// 24 bytes: compared by (time, order of push), with the event beside.
struct Entry {
    time: u64,
    number: u64,
    event: u64,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.time, other.number).cmp(&(self.time, self.number))
    }
}

struct BinaryHeapSamePayload {
    heap: BinaryHeap<Entry>,
    next: u64,
}

impl Pending for BinaryHeapSamePayload {
    fn new() -> Self {
        Self { heap: BinaryHeap::new(), next: 0 }
    }
    fn push(&mut self, time: u64, event: u64) {
        self.heap.push(Entry { time, number: self.next, event });
        self.next += 1;
    }
    fn pop(&mut self) -> (u64, u64) {
        let Entry { time, event, .. } = self.heap.pop().expect("an event is pending");
        (time, event)
    }
}

/// xoshiro256++.
struct Rng([u64; 4]);

impl Rng {
    /// Seeds by splitmix64, as its authors advise.
    fn new(mut seed: u64) -> Self {
        Self(std::array::from_fn(|_| {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = seed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let out = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// An exponential time of this mean, in microseconds.
    fn exponential(&mut self, mean: f64) -> u64 {
        let u = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (-mean * (1.0 - u).ln()) as u64
    }
}

/// Something that takes one step at a time.
trait Model {
    fn step(&mut self);
}

struct Hold<Q> {
    queue: Q,
    rng: Rng,
}

impl<Q: Pending> Hold<Q> {
    fn new(pending: u64) -> Self {
        let mut model = Self { queue: Q::new(), rng: Rng::new(1) };
        for event in 0..pending {
            let time = model.rng.exponential(SECOND);
            model.queue.push(time, event);
        }
        model
    }
}

impl<Q: Pending> Model for Hold<Q> {
    fn step(&mut self) {
        let (time, event) = self.queue.pop();
        self.queue.push(time + self.rng.exponential(SECOND), event);
    }
}

const TASKS: u64 = 8;
const FAILURE: u64 = TASKS;
const REPAIR: u64 = TASKS + 1;

struct Cancel<Q> {
    queue: Q,
    rng: Rng,
    /// Generation of each instance; an event of another one is stale.
    generations: Vec<u32>,
}

impl<Q: Pending> Cancel<Q> {
    fn new(instances: u32) -> Self {
        let generations = vec![0; instances as usize];
        let mut model = Self { queue: Q::new(), rng: Rng::new(1), generations };
        for instance in 0..instances {
            model.start(0, u64::from(instance));
        }
        model
    }

    fn schedule(&mut self, now: u64, instance: u64, what: u64, mean: f64) {
        let generation = u64::from(self.generations[instance as usize]);
        let time = now + self.rng.exponential(mean * SECOND);
        self.queue.push(time, (generation << 32) | (instance << 4) | what);
    }

    fn start(&mut self, now: u64, instance: u64) {
        for task in 0..TASKS {
            self.schedule(now, instance, task, 100.0);
        }
        self.schedule(now, instance, FAILURE, 1000.0);
    }
}

impl<Q: Pending> Model for Cancel<Q> {
    fn step(&mut self) {
        let (now, event) = self.queue.pop();
        let (generation, instance, what) = ((event >> 32) as u32, (event & 0xffff_ffff) >> 4, event & 0xf);
        if generation != self.generations[instance as usize] {
            return;
        }
        match what {
            FAILURE => {
                self.generations[instance as usize] += 1;
                self.schedule(now, instance, REPAIR, 10.0);
            }
            REPAIR => self.start(now, instance),
            task => self.schedule(now, instance, task, 100.0),
        }
    }
}

/// Times `steps` steps of a warm model.
fn contend<M: Model>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    steps: u64,
    warm_up: u64,
    new: impl Fn() -> M,
) {
    // Built only if this contender is selected, and kept across samples: the
    // models are stationary.
    let mut model = None;
    group.bench_function(name, |bencher| {
        let model = model.get_or_insert_with(|| {
            let mut model = new();
            (0..warm_up).for_each(|_| model.step());
            model
        });
        bencher.iter_custom(|iterations| {
            let start = Instant::now();
            for _ in 0..iterations {
                (0..steps).for_each(|_| model.step());
            }
            start.elapsed()
        });
    });
}

fn hold(criterion: &mut Criterion) {
    for (name, pending) in [("hold_1e3", 1_000), ("hold_1e5", 100_000), ("hold_1e6", 1_000_000)] {
        let steps = 100_000;
        let warm_up = 2 * pending + 500_000;
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(steps));
        group.sample_size(20).measurement_time(Duration::from_secs(4));
        contend(&mut group, "longshore", steps, warm_up, || Hold::<Queue<u64>>::new(pending));
        contend(&mut group, "binary_heap_16", steps, warm_up, || Hold::<BinaryHeap16>::new(pending));
        contend(&mut group, "binary_heap_same_payload", steps, warm_up, || Hold::<BinaryHeapSamePayload>::new(pending));
        group.finish();
    }
}

fn cancel(criterion: &mut Criterion) {
    for (name, instances) in [("cancel_1e3", 1_000), ("cancel_1e5", 100_000)] {
        let steps = 100_000;
        let warm_up = 18 * u64::from(instances) + 500_000;
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(steps));
        group.sample_size(20).measurement_time(Duration::from_secs(4));
        contend(&mut group, "longshore", steps, warm_up, || Cancel::<Queue<u64>>::new(instances));
        contend(&mut group, "binary_heap_16", steps, warm_up, || Cancel::<BinaryHeap16>::new(instances));
        contend(&mut group, "binary_heap_same_payload", steps, warm_up, || {
            Cancel::<BinaryHeapSamePayload>::new(instances)
        });
        group.finish();
    }
}

// Criterion's plots need fonts that `plotters` is built without here.
criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = hold, cancel
}
criterion_main!(benches);
