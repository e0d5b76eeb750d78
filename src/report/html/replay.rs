//! The replay: the recorded run as lists of whole numbers, and the place on the page where the script shows it.
//!
//! The numbers, each change a code and what belongs to it:
//!
//! | code | then | meaning |
//! |---|---|---|
//! | 0 | milliseconds | that much later |
//! | 1 | row, service, slot, instance's row, place, state | a task is there |
//! | 2 | row, state | what is with it |
//! | 3 | row | it is over |
//! | 4 | row, group, zone, place, launch, state | an instance is there |
//! | 5 | row, state | what is with it |
//! | 6 | row | it is forgotten |
//! | 7 | service, healthy, desired | counts of a service |
//! | 8 | bits | what of the region does not work: control plane, registry, permission |
//! | 9 | zone, 0 or 1 | whether launches fail |
//!
//! A state is eight times what is ([`TaskTruth`], [`HostTruth`]) and what is believed ([`TaskBelief`], [`HostBelief`]).
//!
//! [`TaskTruth`]: crate::metrics::replay::TaskTruth
//! [`HostTruth`]: crate::metrics::replay::HostTruth
//! [`TaskBelief`]: crate::metrics::replay::TaskBelief
//! [`HostBelief`]: crate::metrics::replay::HostBelief

use serde_json::{Value, json};

use crate::base::time::Time;
use crate::metrics::outcome::{IncidentOutcome, Outcome};
use crate::metrics::replay::{Change, InstanceAt, MOST_ROWS, Replay, State, Switches, TaskAt};
use crate::report::{chart, words};

use super::incidents::{is_moment, worst};
use super::{Content, escape};

/// The most failures marked on the slider: those that lost most.
const MOST_MARKS: usize = 2_000;

pub(super) fn html(content: &mut Content<'_>) -> Option<String> {
    let outcome = content.outcome;
    let replay = outcome.replay.as_ref()?;
    if let Some(rows) = replay.too_large {
        return Some(format!(
            "<p>{} instances and tasks at once: a replay shows at most {}. The maps below show three moments.</p>",
            words::count(rows as u64),
            words::count(MOST_ROWS as u64)
        ));
    }
    let data = escape::json(&data(outcome, replay));
    let precision = escape::text(&precision(replay));
    Some(format!(
        "{}\n<p class=\"note\">{precision}</p>\n<script type=\"application/json\" id=\"replay-data\">{data}</script>",
        include_str!("replay.html").trim_end()
    ))
}

/// What is there and what is left out.
fn precision(replay: &Replay) -> String {
    if replay.step.is_zero() {
        return "Every change of the measured time is there, to the millisecond.".into();
    }
    let whole = replay.ended.since(replay.began).seconds();
    let exact: f64 = replay.exact.iter().map(|(from, to)| to.since(*from).seconds()).sum();
    format!(
        "Every change is there around the failures that took the most tasks ({} of {}, underlined below the slider). \
         Elsewhere the picture is brought up to date every {}: what came and went within such a step is left out.",
        words::duration(exact),
        words::duration(whole),
        words::duration(replay.step.seconds())
    )
}

fn milliseconds(time: Time) -> u64 {
    time.0 / 1000
}

fn data(outcome: &Outcome, replay: &Replay) -> Value {
    let services: Vec<Value> = names(outcome)
        .into_iter()
        .map(|name| {
            let is_batch = outcome.batches.iter().any(|batch| batch.name == name);
            json!([words::clean(&name), u8::from(is_batch)])
        })
        .collect();
    let zones: Vec<String> = outcome.zones.iter().map(|zone| words::clean(&zone.name)).collect();
    let groups: Vec<[String; 2]> = outcome
        .capacity
        .iter()
        .map(|group| [words::clean(&group.place.name), words::clean(&group.instance_type)])
        .collect();
    let exact: Vec<[u64; 2]> = replay.exact.iter().map(|(from, to)| [milliseconds(*from), milliseconds(*to)]).collect();
    let mut marks = worst(&outcome.incidents, MOST_MARKS);
    marks.sort_by_key(|(place, _)| *place);
    let marks: Vec<Value> =
        marks.into_iter().filter(|(_, of)| is_moment(of)).map(|(place, of)| mark(place, of)).collect();
    let (window, worst_moment) = (chart::shown(outcome), worst_moment(outcome));
    json!({
        "began": milliseconds(replay.began),
        "ended": milliseconds(replay.ended),
        "window": [millis(window.0), millis(window.1)],
        "worst": worst_moment.map(millis),
        "step": replay.step.0 / 1000,
        "exact": exact,
        "zones": zones,
        "services": services,
        "groups": groups,
        "colours": chart::set_colours(),
        "marks": marks,
        "start": start(replay),
        "changes": changes(replay),
    })
}

fn millis(seconds: f64) -> u64 {
    (seconds.max(0.0) * 1000.0).round() as u64
}

/// Names of services and batches in the order of their numbers.
fn names(outcome: &Outcome) -> Vec<String> {
    match outcome.snapshots.first() {
        Some(snapshot) => snapshot.services.clone(),
        None => outcome.services.iter().map(|service| service.name.clone()).collect(),
    }
}

fn mark(place: usize, incident: &IncidentOutcome) -> Value {
    let after = |seconds: Option<f64>| seconds.map(|seconds| millis(incident.began_seconds + seconds));
    json!([
        place,
        millis(incident.began_seconds),
        incident.ended_seconds.map(millis),
        after(incident.recovered_after_seconds),
        incident.tasks_lost,
        words::clean(&incident.failure),
        words::clean(&incident.struck),
    ])
}

fn worst_moment(outcome: &Outcome) -> Option<f64> {
    outcome.snapshots.iter().find(|snapshot| snapshot.moment == "worst").map(|snapshot| snapshot.seconds)
}

fn start(replay: &Replay) -> Vec<u64> {
    let mut numbers = Vec::new();
    for change in &replay.start {
        push(&mut numbers, change, None);
    }
    numbers
}

fn changes(replay: &Replay) -> Vec<u64> {
    let mut numbers = Vec::new();
    let mut state = State::default();
    for change in &replay.start {
        state.apply(change);
    }
    let mut now = milliseconds(replay.began);
    for (time, change) in &replay.changes {
        let time = milliseconds(*time);
        if time > now {
            numbers.extend([0, time - now]);
            now = time;
        }
        push(&mut numbers, change, Some(&state));
        state.apply(change);
    }
    numbers
}

fn task_state(at: &TaskAt) -> u64 {
    8 * at.truth as u64 + at.belief as u64
}

fn host_state(at: &InstanceAt) -> u64 {
    8 * at.truth as u64 + at.belief as u64
}

/// Adds a change; where only the state of something is new, only that.
fn push(numbers: &mut Vec<u64>, change: &Change, before: Option<&State>) {
    match change {
        Change::Task { row, at: None } => numbers.extend([3, u64::from(*row)]),
        Change::Task { row, at: Some(at) } => {
            let known = before.and_then(|state| state.tasks.get(*row as usize).copied().flatten());
            let is_same = known.is_some_and(|known| TaskAt { truth: at.truth, belief: at.belief, ..known } == *at);
            if is_same {
                numbers.extend([2, u64::from(*row), task_state(at)]);
            } else {
                numbers.extend([1, *row, at.service, at.slot, at.instance, at.place].map(u64::from));
                numbers.push(task_state(at));
            }
        }
        Change::Instance { row, at: None } => numbers.extend([6, u64::from(*row)]),
        Change::Instance { row, at: Some(at) } => {
            let known = before.and_then(|state| state.instances.get(*row as usize).copied().flatten());
            let is_same = known.is_some_and(|known| InstanceAt { truth: at.truth, belief: at.belief, ..known } == *at);
            if is_same {
                numbers.extend([5, u64::from(*row), host_state(at)]);
            } else {
                numbers.extend([4, *row, at.capacity, at.zone, at.place, at.serial].map(u64::from));
                numbers.push(host_state(at));
            }
        }
        Change::Service { service, healthy, desired } => {
            numbers.extend([7, *service, *healthy, *desired].map(u64::from));
        }
        Change::Region(Switches { control_plane_down, registry_down, role_revoked }) => {
            let bits = u64::from(*control_plane_down) | u64::from(*registry_down) << 1 | u64::from(*role_revoked) << 2;
            numbers.extend([8, bits]);
        }
        Change::Launches { zone, fail } => numbers.extend([9, u64::from(*zone), u64::from(*fail)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Span;
    use crate::metrics::replay::{HostBelief, HostTruth, TaskBelief, TaskTruth};

    #[test]
    fn a_change_is_told_as_briefly_as_it_can_be() {
        let task = |truth, belief| {
            let at = TaskAt { service: 0, slot: 4, instance: 2, place: 1, truth, belief };
            Change::Task { row: 7, at: Some(at) }
        };
        let host = |truth, belief| {
            let at = InstanceAt { capacity: 1, zone: 2, place: 0, serial: 12, truth, belief };
            Change::Instance { row: 2, at: Some(at) }
        };
        let seconds = |seconds| Time::ZERO + Span::from_secs(seconds);
        let replay = Replay {
            began: seconds(10),
            ended: seconds(99),
            start: vec![host(HostTruth::Up, HostBelief::TakesTasks)],
            changes: vec![
                (seconds(11), task(TaskTruth::NotStarted, TaskBelief::Starting)),
                (seconds(11), task(TaskTruth::Healthy, TaskBelief::Running)),
                (seconds(13), host(HostTruth::Down, HostBelief::TakesTasks)),
                (seconds(13), task(TaskTruth::Dead, TaskBelief::Running)),
                (seconds(20), Change::Task { row: 7, at: None }),
                (seconds(20), task(TaskTruth::Dead, TaskBelief::Running)),
            ],
            ..Replay::default()
        };
        assert_eq!(start(&replay), [4, 2, 1, 2, 0, 12, 9]);
        let expected: [&[u64]; 8] = [
            &[0, 1000],
            &[1, 7, 0, 4, 2, 1, 0],
            &[2, 7, 9],
            &[0, 2000],
            &[5, 2, 25],
            &[2, 7, 25],
            &[0, 7000, 3, 7],
            &[1, 7, 0, 4, 2, 1, 25],
        ];
        assert_eq!(changes(&replay), expected.concat());
    }
}
