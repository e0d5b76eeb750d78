//! Many jobs on all cores, their results taken in the order of their numbers.
//!
//! Workers fetch the next number; whoever finishes the one that is due hands it, and all that follow without a gap, to the
//! sink. So the sink sees the same results in the same order on any number of threads, and nobody waits at a barrier. No
//! more than [`WINDOW`] jobs are begun ahead of the one that is due: memory is bounded however many jobs there are.
//!
//! Each worker makes one workspace and uses it for all its jobs.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Jobs begun ahead of the one that is due.
pub const WINDOW: u64 = 256;

struct State<T, S> {
    /// The next number to be begun.
    next: u64,
    /// The next number that the sink shall see.
    due: u64,
    end: u64,
    /// Finished, and not yet due.
    waiting: BTreeMap<u64, T>,
    sink: S,
    stopped: bool,
}

struct Shared<T, S> {
    state: Mutex<State<T, S>>,
    /// Something became due, or all is over.
    moved: Condvar,
}

impl<T, S: FnMut(u64, T) -> ControlFlow<()>> Shared<T, S> {
    fn lock(&self) -> MutexGuard<'_, State<T, S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job, when it is near enough to the one that is due.
    fn fetch(&self) -> Option<u64> {
        let mut state = self.lock();
        loop {
            // Results that were ready may have brought the sink further than the workers are.
            state.next = state.next.max(state.due);
            if state.stopped || state.next >= state.end {
                return None;
            }
            if state.waiting.contains_key(&state.next) {
                state.next += 1;
                continue;
            }
            if state.next < state.due + WINDOW {
                state.next += 1;
                return Some(state.next - 1);
            }
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn finish(&self, number: u64, result: T) {
        let mut state = self.lock();
        state.waiting.insert(number, result);
        state.hand_over();
        drop(state);
        self.moved.notify_all();
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.moved.notify_all();
    }
}

impl<T, S: FnMut(u64, T) -> ControlFlow<()>> State<T, S> {
    fn hand_over(&mut self) {
        while !self.stopped {
            let Some(result) = self.waiting.remove(&self.due) else { return };
            let number = self.due;
            self.due += 1;
            self.stopped = (self.sink)(number, result).is_break();
        }
    }
}

/// Wakes the others where a job panics: they would wait for its number for ever.
struct Alarm<'a, T, S: FnMut(u64, T) -> ControlFlow<()>>(&'a Shared<T, S>);

impl<T, S: FnMut(u64, T) -> ControlFlow<()>> Drop for Alarm<'_, T, S> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

/// Does the jobs `numbers` with the threads of the current rayon pool and hands each result to `sink` in the order of the
/// numbers, until it breaks. `ready` are results that are there already: they are not done again.
///
/// After a break no further job is begun; those under way are finished and dropped.
///
/// # Panics
/// Where a job or the sink panics, when all workers have stopped.
pub fn in_order<W, T: Send>(
    numbers: Range<u64>,
    ready: BTreeMap<u64, T>,
    workspace: impl Fn() -> W + Sync,
    job: impl Fn(&mut W, u64) -> T + Sync,
    sink: impl FnMut(u64, T) -> ControlFlow<()> + Send,
) {
    let state =
        State { next: numbers.start, due: numbers.start, end: numbers.end, waiting: ready, sink, stopped: false };
    let shared = Shared { state: Mutex::new(state), moved: Condvar::new() };
    shared.lock().hand_over();
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| {
                let _alarm = Alarm(&shared);
                let mut space = None;
                while let Some(number) = shared.fetch() {
                    let result = job(space.get_or_insert_with(&workspace), number);
                    shared.finish(number, result);
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn pool(threads: usize) -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
    }

    /// Jobs of very different lengths: the sink sees them in order, none twice, the ready ones undone.
    #[test]
    fn the_order_is_that_of_the_numbers() {
        for threads in [1, 2, 5] {
            let done = AtomicU64::new(0);
            let mut seen = Vec::new();
            pool(threads).install(|| {
                let ready = BTreeMap::from([(0, 0), (7, 14), (900, 1800)]);
                let job = |_: &mut (), number: u64| {
                    done.fetch_add(1, Ordering::Relaxed);
                    let turns = if number.is_multiple_of(100) { 200_000 } else { 10 };
                    (0..turns).fold(0, |sum: u64, turn| std::hint::black_box(sum ^ turn));
                    number * 2
                };
                in_order(
                    0..1000,
                    ready,
                    || (),
                    job,
                    |number, result| {
                        seen.push((number, result));
                        ControlFlow::Continue(())
                    },
                );
            });
            assert_eq!(seen, (0..1000).map(|number| (number, number * 2)).collect::<Vec<_>>());
            assert_eq!(done.into_inner(), 997);
        }
    }

    #[test]
    fn a_break_ends_it_and_little_is_begun_ahead() {
        let begun = AtomicU64::new(0);
        let mut last = 0;
        pool(2).install(|| {
            let job = |_: &mut (), number: u64| {
                begun.fetch_max(number, Ordering::Relaxed);
                number
            };
            in_order(
                0..u64::MAX,
                BTreeMap::new(),
                || (),
                job,
                |number, _| {
                    last = number;
                    if number == 5000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                },
            );
        });
        assert_eq!(last, 5000);
        assert!(begun.into_inner() <= 5000 + WINDOW);
    }

    #[test]
    #[should_panic(expected = "told to")]
    fn a_panic_ends_it_instead_of_hanging() {
        pool(2).install(|| {
            let job = |_: &mut (), number: u64| assert!(number != 3, "told to");
            in_order(0..100_000, BTreeMap::new(), || (), job, |_, ()| ControlFlow::Continue(()));
        });
    }
}
