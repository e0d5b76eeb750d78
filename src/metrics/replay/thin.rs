//! Thinning a record that is too long.
//!
//! Windows around the worst failures keep every change, as many of them as half of the room holds. Elsewhere time is cut
//! into steps, and of a step only what is different at its end is kept, told at its end. The step is the shortest of
//! [`STEPS`] with which the whole fits.

use std::collections::BTreeMap;

use crate::base::time::{MICROS_PER_SECOND, Span, Time};

use super::{Change, Replay, State, Stretch};

/// Lengths of steps, in seconds; longer ones are doubled from the last.
const STEPS: [u64; 16] = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 7 * 86_400];

/// What a change is about.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Instance(u32),
    Task(u32),
    Service(u32),
    Region,
    Launches(u32),
}

fn key(change: &Change) -> Key {
    match *change {
        Change::Instance { row, .. } => Key::Instance(row),
        Change::Task { row, .. } => Key::Task(row),
        Change::Service { service, .. } => Key::Service(service),
        Change::Region(_) => Key::Region,
        Change::Launches { zone, .. } => Key::Launches(zone),
    }
}

/// Thins the record to at most `most` changes, or, where even one step for the whole run has more, to that.
/// `windows` are to be kept, the most important first.
pub(super) fn thin(replay: &mut Replay, windows: &[Stretch], most: usize) {
    let keep = keep(&replay.changes, windows, &replay.exact, most / 2);
    let end = replay.changes.last().map_or(Time::ZERO, |(time, _)| *time);
    // What was thinned before has no finer steps than these.
    let mut step = if replay.step.is_zero() { longer(replay.step) } else { replay.step };
    loop {
        let thinned = steps(replay, &keep, step);
        let is_whole = Time(replay.began.0.saturating_add(step.0)) > end;
        if thinned.len() <= most || is_whole {
            replay.changes = thinned;
            replay.exact = keep;
            replay.step = step;
            return;
        }
        step = longer(step);
    }
}

/// The next length of a step.
fn longer(step: Span) -> Span {
    let known = STEPS.iter().map(|seconds| Span(seconds * MICROS_PER_SECOND)).find(|known| known.0 > step.0);
    known.unwrap_or(Span(step.0.saturating_mul(2)))
}

/// The windows that have room, joined and in order, as far as they are still exact.
fn keep(changes: &[(Time, Change)], windows: &[Stretch], exact: &[Stretch], room: usize) -> Vec<Stretch> {
    let mut left = room;
    let mut kept: Vec<Stretch> = Vec::new();
    for (at, &(from, to)) in windows.iter().enumerate() {
        let first = changes.partition_point(|(time, _)| *time < from);
        let after = changes.partition_point(|(time, _)| *time <= to);
        let count = after - first;
        if count <= left {
            left -= count;
            kept.push((from, to));
        } else if at == 0 {
            // Of the worst of all, what there is room for.
            kept.push((from, Time(changes[first + left].0.0.saturating_sub(1)).max(from)));
            left = 0;
        }
    }
    kept.sort_unstable();
    let mut joined: Vec<Stretch> = Vec::new();
    for (from, to) in kept {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    let mut both = Vec::new();
    for &(from, to) in &joined {
        for &(start, end) in exact {
            let (from, to) = (from.max(start), to.min(end));
            if from < to {
                both.push((from, to));
            }
        }
    }
    both
}

/// The record with steps outside the stretches that are kept.
fn steps(replay: &Replay, keep: &[Stretch], step: Span) -> Vec<(Time, Change)> {
    let mut state = State::default();
    for change in &replay.start {
        state.apply(change);
    }
    let mut out: Vec<(Time, Change)> = Vec::new();
    let mut pending: BTreeMap<Key, Change> = BTreeMap::new();
    let mut due = Time::ZERO;
    let mut stretches = keep.iter().copied().peekable();
    let flush = |pending: &mut BTreeMap<Key, Change>, due, state: &mut State, out: &mut Vec<(Time, Change)>| {
        for change in std::mem::take(pending).into_values() {
            if state.apply(&change) {
                out.push((due, change));
            }
        }
    };
    for &(time, change) in &replay.changes {
        while stretches.peek().is_some_and(|stretch| stretch.1 < time) {
            stretches.next();
        }
        let next = stretches.peek().copied();
        let is_exact = next.is_some_and(|(from, _)| from <= time);
        if !pending.is_empty() && (is_exact || time > due) {
            flush(&mut pending, due, &mut state, &mut out);
        }
        if is_exact {
            if state.apply(&change) {
                out.push((time, change));
            }
            continue;
        }
        // Steps are counted from the beginning, and one ends early where an exact stretch begins.
        let steps = time.since(replay.began).0.div_ceil(step.0);
        let end = Time(replay.began.0.saturating_add(steps.saturating_mul(step.0)));
        due = next.map_or(end, |(from, _)| end.min(from)).max(time);
        pending.insert(key(&change), change);
    }
    flush(&mut pending, due, &mut state, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64, healthy: u32) -> (Time, Change) {
        (Time(seconds * MICROS_PER_SECOND), Change::Service { service: 0, healthy, desired: 9 })
    }

    fn recorded(changes: Vec<(Time, Change)>) -> Replay {
        let end = changes.last().unwrap().0;
        Replay { start: vec![at(0, 9).1], changes, exact: vec![(Time::ZERO, end)], ended: end, ..Replay::default() }
    }

    fn seconds(replay: &Replay) -> Vec<(f64, u32)> {
        let healthy = |change: &Change| match *change {
            Change::Service { healthy, .. } => healthy,
            _ => unreachable!(),
        };
        replay.changes.iter().map(|(time, change)| (time.seconds(), healthy(change))).collect()
    }

    /// A dip in the first ten minutes is kept in full; of the four changes in the minute that begins at 20 minutes only
    /// the last shows, at its end; what goes and comes back within a step is not seen.
    #[test]
    fn windows_stay_and_the_rest_is_stepped() {
        let mut changes = vec![at(300, 5), at(310, 9)];
        changes.extend([at(1201, 8), at(1202, 7), at(1203, 8), at(1204, 6)]);
        changes.extend([at(1261, 3), at(1262, 6)]);
        changes.extend([at(4000, 9)]);
        let mut replay = recorded(changes);
        let window = (Time(240 * MICROS_PER_SECOND), Time(400 * MICROS_PER_SECOND));
        thin(&mut replay, &[window], 4);
        assert_eq!(replay.exact, [window]);
        assert_eq!(replay.step, Span::from_secs(5));
        assert_eq!(seconds(&replay), [(300.0, 5), (310.0, 9), (1205.0, 6), (4000.0, 9)]);
    }

    #[test]
    fn of_the_worst_failure_as_much_is_kept_as_there_is_room_for() {
        let changes: Vec<_> = (1..=100).map(|n| at(n * 10, (n % 9) as u32)).collect();
        let mut replay = recorded(changes);
        thin(&mut replay, &[(Time::ZERO, Time(1000 * MICROS_PER_SECOND))], 40);
        assert_eq!(replay.exact, [(Time::ZERO, Time(210 * MICROS_PER_SECOND - 1))]);
        assert!(replay.changes.len() <= 40, "{}", replay.changes.len());
        assert_eq!(seconds(&replay)[..3], [(10.0, 1), (20.0, 2), (30.0, 3)]);
        assert!(replay.changes.is_sorted_by_key(|(time, _)| *time));
        let last = *seconds(&replay).last().unwrap();
        assert_eq!(last.1, 1, "the last state is the true one");
    }

    #[test]
    fn what_was_thinned_once_does_not_become_exact_again() {
        let mut replay = recorded((1..=100).map(|n| at(n * 10, (n % 9) as u32)).collect());
        thin(&mut replay, &[], 20);
        let step = replay.step;
        assert!(replay.exact.is_empty());
        replay.changes.extend((101..=200).map(|n| at(n * 10, (n % 9) as u32)));
        replay.exact.push((Time(1000 * MICROS_PER_SECOND), Time(2000 * MICROS_PER_SECOND)));
        thin(&mut replay, &[(Time(900 * MICROS_PER_SECOND), Time(1100 * MICROS_PER_SECOND))], 40);
        assert_eq!(replay.exact, [(Time(1000 * MICROS_PER_SECOND), Time(1100 * MICROS_PER_SECOND))]);
        assert!(replay.step >= step, "steps never become finer");
    }
}
