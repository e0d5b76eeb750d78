//! Whether what was promised was kept: in one run, and with confidence over replications.
//!
//! Over replications, a promise about a mean (availability, share of requests, cost, reservation) is judged by the 95 %
//! interval of that mean (a search for capacity takes others): met where all of it is on the right side, missed where all of it is on the wrong side, else
//! undecided. A promise that one event breaks (no outage longer than, back within, at most so many refusals) is judged by the
//! share of the replications that keep it: it must be at least [`KEPT`], and its interval decides likewise.
//!
//! What must be survived is not a matter of figures: see [`super::survive::promise`].

use crate::base::time::Span;
use crate::metrics::outcome::{ObjectiveOutcome, Outcome, ServiceOutcome};
use crate::scenario::Plan;
use crate::scenario::plan::Goal;
use crate::stats::interval::{self, Interval};

use super::figures::Kind;
use super::outcome::{Promise, Verdict, VerdictOutcome};
use super::tally::Column;

/// The share of the replications that must keep a promise which a single event breaks.
pub const KEPT: f64 = 0.95;

/// Judges each objective of a plan.
pub(super) fn judge(plan: &Plan, outcome: &Outcome) -> Vec<ObjectiveOutcome> {
    plan.objectives
        .iter()
        .map(|objective| {
            let name = objective.service.map(|service| plan.fleet.services[service].name.as_str());
            let figures = name.and_then(|name| outcome.services.iter().find(|service| service.name == name));
            match figures {
                Some(figures) => of_service(objective.goal, figures),
                None => of_fleet(objective.goal, outcome),
            }
        })
        .collect()
}

/// Finds a figure by its name.
pub(super) type Find<'a> = &'a dyn Fn(&str) -> Option<(Kind, &'a Column)>;

/// Judges the objective at a position over replications, by intervals of a `level`. `met` is in which of them it was met.
pub(super) fn verdict(
    plan: &Plan,
    position: usize,
    met: Option<&Column>,
    level: f64,
    find: Find<'_>,
) -> VerdictOutcome {
    let goal = plan.objectives[position].goal;
    let service = plan.objectives[position].service.map(|service| plan.fleet.services[service].name.as_str());
    let figures = ServiceOutcome { name: service.unwrap_or_default().to_owned(), ..ServiceOutcome::default() };
    // The sentence does not depend on what was found.
    let judged = if service.is_some() { of_service(goal, &figures) } else { of_fleet(goal, &Outcome::default()) };
    let met_share = met.map_or(0.0, |column| column.mean.mean);
    let of =
        |name: &str| service.map(|service| format!("services.{service}.{name}")).unwrap_or_else(|| name.to_owned());
    let zones = |name: &str| plan.fleet.zones.values().map(|zone| format!("zones.{}.{name}.mean", zone.name)).collect();
    let (names, bound, at_least): (Vec<String>, f64, bool) = match goal {
        Goal::Availability(wanted) => (vec![of("serviceAvailability")], wanted, true),
        Goal::CapacityAvailability(wanted) => (vec![of("capacityAvailability")], wanted, true),
        Goal::RequestsLost(wanted) => (vec![of("requests.lostShare")], wanted, false),
        Goal::UsdPerMonth(wanted) => (vec![of("cost.usdPerMonth")], wanted, false),
        Goal::CpuReserved(wanted) => (zones("cpuReserved"), wanted, false),
        Goal::MemoryReserved(wanted) => (zones("memoryReserved"), wanted, false),
        Goal::LongestOutage(_) | Goal::RecoversWithin(_) | Goal::Refusals(_) => (Vec::new(), KEPT, true),
    };
    if names.is_empty() {
        let count = met.map_or(0, |column| column.mean.count);
        let kept = (met_share * count as f64).round() as u64;
        let interval = interval::of_share(kept, count, level);
        let found = format!("kept in {} of replications, {}", percent(met_share), range(&interval, level, percent));
        return VerdictOutcome {
            objective: judged.objective,
            found,
            verdict: side(&interval, bound, at_least),
            met_share,
            promise: None,
            decided_by: (kept == count).then(|| interval::enough(1.0 - bound, level)).flatten(),
        }
        .told();
    }
    let verdicts = names.iter().filter_map(|name| {
        let (kind, column) = find(name)?;
        let interval = column.interval_at(kind, level);
        let write = if kind == Kind::Usd { dollars } else { percent };
        let found = format!("{}, {}", write(column.mean.mean), range(&interval, level, write));
        let perfect = kind == Kind::Share && if at_least { column.min.0 == 1.0 } else { column.max.0 == 0.0 };
        let gap = if at_least { 1.0 - bound } else { bound };
        let enough = perfect.then(|| interval::enough(gap, level)).flatten();
        Some((side(&interval, bound, at_least), column.mean.mean, found, enough))
    });
    // Of several zones the worst one decides; of equal ones, the one that reserves most.
    let rank =
        |verdict: Verdict| [Verdict::Met, Verdict::Undecided, Verdict::Missed].iter().position(|one| *one == verdict);
    let worst = verdicts.max_by(|a, b| rank(a.0).cmp(&rank(b.0)).then(a.1.total_cmp(&b.1)));
    // Without any of the figures (no requests are counted) there is nothing to break the promise.
    let (verdict, _, found, decided_by) = worst.unwrap_or((Verdict::Met, 0.0, judged.found, None));
    let promise = match names.as_slice() {
        [figure] => Some(Promise { figure: figure.clone(), bound }),
        _ => None,
    };
    VerdictOutcome { objective: judged.objective, found, verdict, met_share, promise, decided_by }.told()
}

impl VerdictOutcome {
    /// What is decided needs no more replications.
    fn told(self) -> VerdictOutcome {
        let decided_by = self.decided_by.filter(|_| self.verdict == Verdict::Undecided);
        VerdictOutcome { decided_by, ..self }
    }
}

/// On which side of a bound an interval lies.
fn side(interval: &Interval, bound: f64, at_least: bool) -> Verdict {
    let is_above = interval.low.is_some_and(|low| if at_least { low >= bound } else { low > bound });
    let is_below = interval.high.is_some_and(|high| if at_least { high < bound } else { high <= bound });
    match (is_above, is_below) {
        (true, _) if at_least => Verdict::Met,
        (true, _) => Verdict::Missed,
        (_, true) if at_least => Verdict::Missed,
        (_, true) => Verdict::Met,
        _ => Verdict::Undecided,
    }
}

fn range(interval: &Interval, level: f64, write: fn(f64) -> String) -> String {
    let end = |end: Option<f64>| end.map_or_else(|| "?".to_owned(), write);
    // To a tenth of a percent: 95, 99.5.
    let level = (level * 1000.0).round() / 10.0;
    format!("{level} % interval {} to {}", end(interval.low), end(interval.high))
}

fn dollars(usd: f64) -> String {
    format!("${usd:.2}")
}

/// A share as people write it, with as many digits as it takes to tell it from 100 %.
pub(super) fn percent(share: f64) -> String {
    if share >= 1.0 {
        return "100 %".into();
    }
    // Two digits more than it takes to see the first that is not a nine.
    let digits = (-(1.0 - share).log10().floor()).clamp(2.0, 9.0) as usize;
    format!("{:.digits$} %", share * 100.0)
}

fn span(seconds: f64) -> String {
    Span::from_secs_f64(seconds.round()).to_string()
}

fn of_service(goal: Goal, figures: &ServiceOutcome) -> ObjectiveOutcome {
    let name = &figures.name;
    let (objective, found, met) = match goal {
        Goal::Availability(wanted) => (
            format!("service `{name}` is available at least {}", percent(wanted)),
            percent(figures.service_availability),
            figures.service_availability >= wanted,
        ),
        Goal::CapacityAvailability(wanted) => (
            format!("service `{name}` has at least {} of its capacity", percent(wanted)),
            percent(figures.capacity_availability),
            figures.capacity_availability >= wanted,
        ),
        Goal::LongestOutage(wanted) => {
            let longest = figures.outages.longest_seconds.unwrap_or(0.0);
            let found = if longest > 0.0 { span(longest) } else { "no outage".into() };
            (format!("service `{name}` has no outage longer than {wanted}"), found, longest <= wanted.seconds())
        }
        Goal::RecoversWithin(wanted) => {
            let longest = figures.time_to_desired.longest_seconds.unwrap_or(0.0);
            let found = if longest > 0.0 { span(longest) } else { "never below".into() };
            (
                format!("service `{name}` is back at its desired count within {wanted}"),
                found,
                longest <= wanted.seconds(),
            )
        }
        Goal::RequestsLost(wanted) => {
            let lost = figures.requests.as_ref().map_or(0.0, |requests| requests.lost_share);
            (
                format!("service `{name}` loses at most {:.4} % of its requests", wanted * 100.0),
                format!("{:.4} %", lost * 100.0),
                lost <= wanted,
            )
        }
        Goal::UsdPerMonth(_) | Goal::CpuReserved(_) | Goal::MemoryReserved(_) | Goal::Refusals(_) => {
            (String::new(), String::new(), true)
        }
    };
    ObjectiveOutcome { objective, found, met }
}

fn of_fleet(goal: Goal, outcome: &Outcome) -> ObjectiveOutcome {
    let most = |of: fn(&crate::metrics::outcome::PlaceOutcome) -> f64| outcome.zones.iter().map(of).fold(0.0, f64::max);
    let (objective, found, met) = match goal {
        Goal::UsdPerMonth(wanted) => (
            format!("the instances cost at most ${wanted:.2} a month"),
            format!("${:.2}", outcome.cost.usd_per_month),
            outcome.cost.usd_per_month <= wanted,
        ),
        Goal::CpuReserved(wanted) => {
            let found = most(|zone| zone.cpu_reserved.mean);
            (format!("no zone reserves more than {} of its CPU", percent(wanted)), percent(found), found <= wanted)
        }
        Goal::MemoryReserved(wanted) => {
            let found = most(|zone| zone.memory_reserved.mean);
            (format!("no zone reserves more than {} of its memory", percent(wanted)), percent(found), found <= wanted)
        }
        Goal::Refusals(wanted) => {
            let found = outcome.placement.attempts - outcome.placement.placed;
            (format!("at most {wanted} placement attempts find no instance"), found.to_string(), found <= wanted)
        }
        _ => (String::new(), String::new(), true),
    };
    ObjectiveOutcome { objective, found, met }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_keep_the_digits_that_matter() {
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.5), "50.00 %");
        assert_eq!(percent(0.9995), "99.9500 %");
        assert_eq!(percent(0.99), "99.00 %");
        assert_eq!(percent(0.999_999_85), "99.9999850 %");
    }
}
