//! Which part of the run the charts over time show: around the worst incident, or where there is none around the worst time
//! of a service without all its tasks, where that would be a hair's breadth in the whole run.

use crate::metrics::outcome::{IncidentOutcome, Outcome};
use crate::report::words;

use super::font;
use super::scene::{MARGIN, SUBTITLE, WIDTH};

/// A window that is at least this share of the run is not worth cutting out.
const WORTH_CUTTING: f64 = 0.4;

/// The shortest time that a window about a failure is made for, in seconds: what follows is worth seeing as well.
const SHORTEST: f64 = 300.0;

/// The same about a time in which a service was short of tasks.
const SHORTEST_DIP: f64 = 60.0;

/// The least room for the scenario's name in a subtitle, in pixels.
const NAME: f64 = 200.0;

/// What a window is about.
#[derive(Copy, Clone, Debug)]
pub(super) enum Focus<'a> {
    /// A failure with a beginning.
    Incident(&'a IncidentOutcome),
    /// A time in which a service was short of tasks.
    Dip(Dip<'a>),
}

/// A time in which a service was short of tasks.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(super) struct Dip<'a> {
    /// The service.
    service: &'a str,
    /// When it began, in seconds.
    began: f64,
    /// How long it lasted, in seconds.
    lasted: f64,
    /// The task-seconds that it lost.
    lost: f64,
}

impl Focus<'_> {
    /// The title of a chart around it.
    pub(super) fn title(&self, what: &str) -> String {
        match self {
            Focus::Incident(worst) => format!("{what} around the worst failure: {}", words::clean(&worst.failure)),
            Focus::Dip(worst) => format!("{what} around the worst time of {}", words::clean(worst.service)),
        }
    }
}

/// A subtitle: the name of the scenario, cut where there is no room for it, and the rest.
pub(super) fn subtitle(outcome: &Outcome, rest: &str) -> String {
    let room = f64::from(WIDTH - 2 * MARGIN) - font::width(rest, SUBTITLE, false);
    let name = font::fit(&words::clean(&outcome.scenario), SUBTITLE, false, room.max(NAME));
    format!("{name}{rest}")
}

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

/// The time in which a service lost most task-time in a row; of several, the first.
fn worst_dip(outcome: &Outcome, (start, end): (f64, f64)) -> Option<Dip<'_>> {
    let mut worst: Option<Dip<'_>> = None;
    for series in &outcome.timeline.services {
        let mut open: Option<Dip<'_>> = None;
        let ends = series.points.iter().skip(1).map(|point| point.seconds).chain([end]);
        for (point, until) in series.points.iter().zip(ends) {
            let (from, until) = (point.seconds.max(start), until.min(end));
            let missing = point.desired.saturating_sub(point.healthy);
            if missing == 0 || until <= from {
                open = if until <= from { open } else { None };
                continue;
            }
            let dip = open.get_or_insert(Dip { service: &series.name, began: from, lasted: 0.0, lost: 0.0 });
            dip.lasted = until - dip.began;
            dip.lost += f64::from(missing) * (until - from);
            if worst.is_none_or(|worst| dip.lost > worst.lost) {
                worst = Some(*dip);
            }
        }
    }
    worst
}

/// The window for an outcome, and what it is about.
pub(super) fn choose(outcome: &Outcome) -> (Window, Option<Focus<'_>>) {
    let start = outcome.warmup_seconds.clamp(0.0, outcome.duration_seconds.max(0.0));
    // An axis needs some length.
    let whole = (start, outcome.duration_seconds.max(start + 1.0));
    let uncut = Window { shown: whole, whole };
    let incident = incidents(outcome).first().copied().map(Focus::Incident);
    let Some(focus) = incident.or_else(|| worst_dip(outcome, whole).map(Focus::Dip)) else { return (uncut, None) };
    let (began, length) = match focus {
        Focus::Incident(worst) => (worst.began_seconds, length(worst, whole.1).max(SHORTEST)),
        Focus::Dip(worst) => (worst.began, worst.lasted.max(SHORTEST_DIP)),
    };
    // To whole minutes, which are read more easily.
    let from = ((began - 0.2 * length) / 60.0).floor() * 60.0;
    let to = ((began + 1.4 * length) / 60.0).ceil() * 60.0;
    let (from, to) = (from.max(whole.0), to.min(whole.1));
    if to - from >= WORTH_CUTTING * (whole.1 - whole.0) || to <= from {
        return (uncut, Some(focus));
    }
    (Window { shown: (from, to), whole }, Some(focus))
}

/// What the window is, for the line below a title.
pub(super) fn describe(outcome: &Outcome, window: &Window, focus: Option<Focus<'_>>, before: &str) -> String {
    let length = words::duration(outcome.duration_seconds);
    let (from, to) = (words::moment(window.shown.0), words::moment(window.shown.1));
    let about = match focus.filter(|_| window.is_cut()) {
        None => format!("whole run of {length}"),
        Some(Focus::Dip(worst)) => format!(
            "{from} to {to} of {length} · short of tasks from {} for {}",
            words::moment(worst.began),
            words::duration(worst.lasted)
        ),
        Some(Focus::Incident(worst)) => {
            let mut text = format!("{from} to {to} of {length} · failure at {}", words::moment(worst.began_seconds));
            if let Some(ended) = worst.ended_seconds {
                text += &format!(", over after {}", words::duration(ended - worst.began_seconds));
            }
            text += &match worst.recovered_after_seconds {
                Some(after) => format!(", all serving after {}", words::duration(after)),
                None => ", not recovered from".to_owned(),
            };
            text
        }
    };
    subtitle(outcome, &format!(" · {before}{about}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::timeline::ServicePoint;
    use crate::report::sample;

    #[test]
    fn a_long_run_is_cut_to_its_worst_incident() {
        let outcome = sample::zone_outage();
        let (window, worst) = choose(&outcome);
        assert_eq!(window.shown, (172_800.0 - 120.0, 172_800.0 + 480.0));
        assert!(matches!(worst, Some(Focus::Incident(of)) if of.incident == 7), "{worst:?}");
    }

    /// Crashes of containers are one incident without a time of its own: the window is about the time in which the service
    /// was short of most.
    #[test]
    fn without_single_incidents_a_long_run_is_cut_to_its_worst_time() {
        let mut outcome = sample::quiet();
        outcome.duration_seconds = 864_000.0;
        let series = &mut outcome.timeline.services[0];
        let like = series.points[0];
        let desired = like.desired;
        series.points = [
            (0.0, 0),
            (7_000.0, 1),
            (7_010.0, 0),
            (9_000.0, 1),
            (9_030.0, 2),
            (9_060.0, 0),
            (9_500.0, 1),
            (9_570.0, 0),
        ]
        .map(|(seconds, missing)| ServicePoint { seconds, healthy: desired - missing, ..like })
        .to_vec();
        let (window, worst) = choose(&outcome);
        // One for 30 s and two for 30 s are more than one for 70 s.
        assert!(matches!(worst, Some(Focus::Dip(Dip { began: 9_000.0, lasted: 60.0, lost: 90.0, .. }))), "{worst:?}");
        assert_eq!(window.shown, (8_940.0, 9_120.0));
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
