//! Which part of the run the charts over time show: around the worst incident, where it would be a hair's breadth in the
//! whole run.

use crate::metrics::outcome::{IncidentOutcome, Outcome};
use crate::report::words;

/// A window that is at least this share of the run is not worth cutting out.
const WORTH_CUTTING: f64 = 0.4;

/// The shortest window, in seconds.
const SHORTEST: f64 = 300.0;

/// The most characters of the scenario's name that a subtitle has.
pub(super) const NAME: usize = 30;

/// A part of the run, in seconds since its start.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(super) struct Window {
    /// What is shown.
    pub(super) shown: (f64, f64),
    /// All that was measured.
    pub(super) whole: (f64, f64),
}

impl Window {
    /// Whether it is less than the whole run.
    pub(super) fn is_cut(&self) -> bool {
        self.shown != self.whole
    }
}

/// Whether an incident is one event, with a beginning, that took tasks. Container-level models gather everything that
/// they do under one incident, which says nothing about time.
fn is_single(incident: &IncidentOutcome) -> bool {
    incident.tasks_lost > 0 && (incident.struck != "containers" || incident.began_seconds > 0.0)
}

/// How long an incident is worth looking at: until what it had emptied served again, and until its cause was over if that
/// came soon after. One that has not recovered lasts to the end.
fn length(incident: &IncidentOutcome, end: f64) -> f64 {
    let Some(recovered) = incident.recovered_after_seconds else { return end - incident.began_seconds };
    let ended = incident.ended_seconds.map_or(0.0, |ended| ended - incident.began_seconds);
    if ended <= 3.0 * recovered { recovered.max(ended) } else { recovered }
}

/// Single incidents that took tasks, worst first.
pub(super) fn incidents(outcome: &Outcome) -> Vec<&IncidentOutcome> {
    let mut single: Vec<&IncidentOutcome> = outcome.incidents.iter().filter(|incident| is_single(incident)).collect();
    // Of several that lost as much, the first.
    single.sort_by(|a, b| {
        b.lost_task_seconds.total_cmp(&a.lost_task_seconds).then(a.began_seconds.total_cmp(&b.began_seconds))
    });
    single
}

/// The window for an outcome, and the incident that it is about.
pub(super) fn choose(outcome: &Outcome) -> (Window, Option<&IncidentOutcome>) {
    let start = outcome.warmup_seconds.clamp(0.0, outcome.duration_seconds.max(0.0));
    // An axis needs some length.
    let whole = (start, outcome.duration_seconds.max(start + 1.0));
    let uncut = Window { shown: whole, whole };
    let Some(worst) = incidents(outcome).first().copied() else { return (uncut, None) };
    let length = length(worst, whole.1).max(SHORTEST);
    // To whole minutes, which are read more easily.
    let from = ((worst.began_seconds - 0.2 * length) / 60.0).floor() * 60.0;
    let to = ((worst.began_seconds + 1.4 * length) / 60.0).ceil() * 60.0;
    let (from, to) = (from.max(whole.0), to.min(whole.1));
    if to - from >= WORTH_CUTTING * (whole.1 - whole.0) || to <= from {
        return (uncut, Some(worst));
    }
    (Window { shown: (from, to), whole }, Some(worst))
}

/// What the window is, for the line below a title.
pub(super) fn describe(outcome: &Outcome, window: &Window, worst: Option<&IncidentOutcome>) -> String {
    let length = words::duration(outcome.duration_seconds);
    let name = words::shorten(&outcome.scenario, NAME);
    let Some(worst) = worst.filter(|_| window.is_cut()) else {
        return format!("{name} · whole run of {length}");
    };
    let mut text = format!(
        "{name} · {} to {} of {length} · failure at {}",
        words::moment(window.shown.0),
        words::moment(window.shown.1),
        words::moment(worst.began_seconds),
    );
    if let Some(ended) = worst.ended_seconds {
        text += &format!(", over after {}", words::duration(ended - worst.began_seconds));
    }
    text += &match worst.recovered_after_seconds {
        Some(after) => format!(", all serving after {}", words::duration(after)),
        None => ", not recovered from".to_owned(),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_long_run_is_cut_to_its_worst_incident() {
        let outcome = sample::zone_outage();
        let (window, worst) = choose(&outcome);
        assert_eq!(window.shown, (172_800.0 - 120.0, 172_800.0 + 480.0));
        assert_eq!(worst.map(|of| of.incident), Some(7));
    }

    #[test]
    fn nothing_to_see_shows_everything() {
        let outcome = sample::quiet();
        let (window, worst) = choose(&outcome);
        assert!(!window.is_cut());
        assert!(worst.is_none());
    }

    #[test]
    fn a_short_run_is_shown_whole() {
        let mut outcome = sample::zone_outage();
        outcome.duration_seconds = 173_400.0;
        outcome.warmup_seconds = 172_000.0;
        assert!(!choose(&outcome).0.is_cut());
    }
}
