//! The key figures: of each service while there are few, of the worst otherwise, and of the fleet.

use crate::metrics::outcome::ServiceOutcome;
use crate::report::words;

use super::{Content, escape};

/// The most services that get cards of their own.
const MOST_SERVICES: usize = 3;

/// A figure: its title, its definition, its value.
struct Card(&'static str, &'static str, String);

pub(super) fn html(content: &mut Content<'_>) -> Option<String> {
    let outcome = content.outcome;
    let mut order: Vec<&ServiceOutcome> = outcome.services.iter().collect();
    let left_out = order.len().saturating_sub(MOST_SERVICES);
    if left_out > 0 {
        // Those that lost most; of equal ones, the first.
        order.sort_by(|a, b| b.lost_task_seconds.total_cmp(&a.lost_task_seconds));
        order.truncate(MOST_SERVICES);
    }
    let mut html = String::new();
    for service in order {
        let cards = service_cards(service);
        html += &group(content, &service.name, &cards);
    }
    if left_out > 0 {
        html += &format!(
            "<p class=\"note\">{} that lost less: see the tables.</p>\n",
            words::plural(left_out as u64, "more service")
        );
    }
    let fleet = vec![
        Card("cost per month", "CostOutcome.usdPerMonth", words::money(outcome.cost.usd_per_month)),
        Card("reserved by no task", "CostOutcome.idleShare", words::percent(outcome.cost.idle_share)),
        Card("placement attempts", "PlacementOutcome.attempts", words::count(outcome.placement.attempts)),
        Card(
            "without an instance",
            "PlacementOutcome.refused",
            words::count(outcome.placement.attempts.saturating_sub(outcome.placement.placed)),
        ),
        Card(
            "wait for placement, 95th pct.",
            "PlacementOutcome.pending LengthsOutcome.p95Seconds",
            words::maybe_duration(outcome.placement.pending.p95_seconds),
        ),
    ];
    html += &group(content, "The fleet", &fleet);
    Some(html)
}

fn service_cards(service: &ServiceOutcome) -> Vec<Card> {
    let mut cards = vec![
        Card(
            "service available",
            "ServiceOutcome.serviceAvailability",
            words::availability(service.service_availability),
        ),
        Card(
            "capacity available",
            "ServiceOutcome.capacityAvailability",
            words::availability(service.capacity_availability),
        ),
        Card(
            "down per year",
            "ServiceOutcome.downtimeSecondsPerYear",
            words::duration(service.downtime_seconds_per_year),
        ),
        Card("outages", "ServiceOutcome.outages LengthsOutcome.count", words::count(service.outages.count)),
        Card(
            "longest below desired",
            "ServiceOutcome.timeToDesired LengthsOutcome.longestSeconds",
            words::maybe_duration(service.time_to_desired.longest_seconds),
        ),
        Card("task-time lost", "ServiceOutcome.lostTaskSeconds", words::task_time(service.lost_task_seconds)),
    ];
    if let Some(requests) = &service.requests {
        let share = words::digits(requests.lost_share * 100.0, 2);
        cards.push(Card("requests lost", "RequestsOutcome.lostShare", format!("{share} %")));
    }
    cards
}

fn group(content: &mut Content<'_>, name: &str, cards: &[Card]) -> String {
    let cards: String = cards
        .iter()
        .map(|Card(title, paths, value)| {
            let title = content.definitions.titled(title, paths);
            format!("<div class=\"card\"><dt>{title}</dt><dd>{}</dd></div>\n", escape::text(value))
        })
        .collect();
    format!("<h3>{}</h3>\n<dl class=\"cards\">\n{cards}</dl>\n", escape::text(name))
}
