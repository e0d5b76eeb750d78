//! Whether what was promised was kept.

use crate::base::time::Span;
use crate::metrics::outcome::{ObjectiveOutcome, Outcome, ServiceOutcome};
use crate::scenario::Plan;
use crate::scenario::plan::Goal;

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

/// A share as people write it, with as many digits as it takes to tell it from 100 %.
fn percent(share: f64) -> String {
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
