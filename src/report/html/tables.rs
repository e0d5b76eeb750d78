//! The tables: services, batches, zones, instances, placement, lost time, failures, cost.

use crate::metrics::outcome::{BatchOutcome, CapacityOutcome, FailureOutcome, Outcome, PlaceOutcome, ServiceOutcome};
use crate::report::words;

use super::{Content, escape};

/// The most rows of a table; the CSV files have the rest.
const MOST_ROWS: usize = 300;

/// A column: its title, its definition (empty where the title says it all), and the cell of a row.
struct Column<T> {
    title: &'static str,
    definition: &'static str,
    is_name: bool,
    cell: fn(&T) -> String,
}

const fn name<T>(title: &'static str, definition: &'static str, cell: fn(&T) -> String) -> Column<T> {
    Column { title, definition, is_name: true, cell }
}

const fn figure<T>(title: &'static str, definition: &'static str, cell: fn(&T) -> String) -> Column<T> {
    Column { title, definition, is_name: false, cell }
}

/// A table with its heading; nothing without rows.
fn table<T>(content: &mut Content<'_>, heading: &str, columns: &[Column<T>], rows: &[T], file: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let class = |column: &Column<T>| if column.is_name { "" } else { " class=\"number\"" };
    let head: String = columns
        .iter()
        .map(|column| {
            let title = content.definitions.titled(column.title, column.definition);
            format!("<th scope=\"col\"{}>{title}</th>\n", class(column))
        })
        .collect();
    let mut body = String::new();
    for row in rows.iter().take(MOST_ROWS) {
        body += "<tr>";
        for column in columns {
            body += &format!("<td{}>{}</td>", class(column), escape::text(&(column.cell)(row)));
        }
        body += "</tr>\n";
    }
    let mut html = format!(
        "<h3>{}</h3>\n<div class=\"scroll\"><table>\n<thead><tr>\n{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>\n",
        escape::text(heading)
    );
    if rows.len() > MOST_ROWS {
        let more = words::plural((rows.len() - MOST_ROWS) as u64, "more row");
        html += &format!("<p class=\"note\">{more}: {}.</p>\n", content.see(file));
    }
    html
}

pub(super) fn html(content: &mut Content<'_>) -> Option<String> {
    let outcome = content.outcome;
    let mut html = String::new();
    html += &table(content, "Services", SERVICES, &outcome.services, "services.csv");
    html += &table(content, "How services are spread", SPREAD, &outcome.services, "services.csv");
    html += &table(content, "Batches", BATCHES, &outcome.batches, "batches.csv");
    html += &table(content, "Zones", ZONES, &outcome.zones, "zones.csv");
    html += &table(content, "Instances", CAPACITY, &outcome.capacity, "capacity.csv");
    html += &table(content, "Lost task-time by cause and phase", LOST, &lost(outcome), "lost.csv");
    html += &table(content, "Failure models", FAILURES, &outcome.failures, "summary.json");
    html += &placement(content);
    html += &table(content, "Cost", COST, std::slice::from_ref(outcome), "summary.json");
    Some(html)
}

fn fixed(value: f64) -> String {
    words::three_digits(value)
}

const SERVICES: &[Column<ServiceOutcome>] = &[
    name("service", "", |of| of.name.clone()),
    figure("desired", "ServiceOutcome.desired", |of| words::count(of.desired.into())),
    figure("up when healthy", "ServiceOutcome.upWhenHealthy", |of| words::count(of.up_when_healthy.into())),
    figure("capacity available", "ServiceOutcome.capacityAvailability", |of| {
        words::availability(of.capacity_availability)
    }),
    figure("service available", "ServiceOutcome.serviceAvailability", |of| {
        words::availability(of.service_availability)
    }),
    figure("nines", "ServiceOutcome.nines", |of| of.nines.map_or_else(|| "–".into(), |nines| format!("{nines:.2}"))),
    figure("down per year", "ServiceOutcome.downtimeSecondsPerYear", |of| {
        words::duration(of.downtime_seconds_per_year)
    }),
    figure("outages", "ServiceOutcome.outages LengthsOutcome.count", |of| words::count(of.outages.count)),
    figure("longest outage", "ServiceOutcome.outages LengthsOutcome.longestSeconds", |of| {
        words::maybe_duration(of.outages.longest_seconds)
    }),
    figure("MTBF", "ServiceOutcome.mtbfSeconds", |of| words::maybe_duration(of.mtbf_seconds)),
    figure("MTTR", "ServiceOutcome.mttrSeconds", |of| words::maybe_duration(of.mttr_seconds)),
    figure("back to desired, 95th pct.", "ServiceOutcome.timeToDesired LengthsOutcome.p95Seconds", |of| {
        words::maybe_duration(of.time_to_desired.p95_seconds)
    }),
    figure("requests lost", "RequestsOutcome.lostShare", |of| {
        let share = |lost: f64| format!("{} %", words::digits(lost * 100.0, 2));
        of.requests.as_ref().map_or_else(|| "–".into(), |requests| share(requests.lost_share))
    }),
    figure("cost", "ServiceOutcome.usd", |of| words::money(of.usd)),
];

const SPREAD: &[Column<ServiceOutcome>] = &[
    name("service", "", |of| of.name.clone()),
    figure("healthy, mean", "ServiceOutcome.meanHealthy", |of| fixed(of.mean_healthy)),
    figure("healthy, least", "ServiceOutcome.minHealthy", |of| words::count(of.min_healthy.into())),
    figure("most on one instance", "ServiceOutcome.blastRadius BlastOutcome.instance SpreadOutcome.max", |of| {
        words::percent(of.blast_radius.instance.max)
    }),
    figure("most in one zone", "ServiceOutcome.blastRadius BlastOutcome.zone SpreadOutcome.max", |of| {
        words::percent(of.blast_radius.zone.max)
    }),
    figure("imbalance of zones, mean", "ServiceOutcome.zoneImbalance SpreadOutcome.mean", |of| {
        fixed(of.zone_imbalance.mean)
    }),
    figure("imbalance of zones, max", "ServiceOutcome.zoneImbalance SpreadOutcome.max", |of| {
        fixed(of.zone_imbalance.max)
    }),
    figure("tasks started", "ServiceOutcome.tasksStarted", |of| words::count(of.tasks_started)),
    figure("tasks stopped", "ServiceOutcome.tasksStopped", |of| {
        words::count(of.tasks_stopped.iter().map(|stopped| stopped.count).sum())
    }),
    figure("task-time lost", "ServiceOutcome.lostTaskSeconds", |of| words::task_time(of.lost_task_seconds)),
];

const BATCHES: &[Column<BatchOutcome>] = &[
    name("batch", "", |of| of.name.clone()),
    figure("arrived", "BatchOutcome.arrived", |of| words::count(of.arrived)),
    figure("placed", "BatchOutcome.placed", |of| words::count(of.placed)),
    figure("completed", "BatchOutcome.completed", |of| words::count(of.completed)),
    figure("failed", "BatchOutcome.failed", |of| words::count(of.failed)),
    figure("given up", "BatchOutcome.givenUp", |of| words::count(of.given_up)),
    figure("had to wait", "BatchOutcome.waitedShare", |of| words::percent(of.waited_share)),
    figure("wait, mean", "BatchOutcome.wait LengthsOutcome.meanSeconds", |of| {
        words::maybe_duration(of.wait.mean_seconds)
    }),
    figure("wait, 95th pct.", "BatchOutcome.wait LengthsOutcome.p95Seconds", |of| {
        words::maybe_duration(of.wait.p95_seconds)
    }),
    figure("arrival to end, mean", "BatchOutcome.response LengthsOutcome.meanSeconds", |of| {
        words::maybe_duration(of.response.mean_seconds)
    }),
];

const ZONES: &[Column<PlaceOutcome>] = &[
    name("zone", "", |of| of.name.clone()),
    figure("instances, mean", "PlaceOutcome.instancesInService MinMaxOutcome.mean", |of| {
        fixed(of.instances_in_service.mean)
    }),
    figure("instances, least", "PlaceOutcome.instancesInService MinMaxOutcome.min", |of| {
        fixed(of.instances_in_service.min)
    }),
    figure("tasks, mean", "PlaceOutcome.tasks SpreadOutcome.mean", |of| fixed(of.tasks.mean)),
    figure("tasks, max", "PlaceOutcome.tasks SpreadOutcome.max", |of| fixed(of.tasks.max)),
    figure("CPU reserved, mean", "PlaceOutcome.cpuReserved UsageOutcome.mean", |of| {
        words::percent(of.cpu_reserved.mean)
    }),
    figure("CPU reserved, max", "PlaceOutcome.cpuReserved UsageOutcome.max", |of| words::percent(of.cpu_reserved.max)),
    figure("memory reserved, mean", "PlaceOutcome.memoryReserved UsageOutcome.mean", |of| {
        words::percent(of.memory_reserved.mean)
    }),
    figure("memory reserved, max", "PlaceOutcome.memoryReserved UsageOutcome.max", |of| {
        words::percent(of.memory_reserved.max)
    }),
];

const CAPACITY: &[Column<CapacityOutcome>] = &[
    name("group", "", |of| of.place.name.clone()),
    name("type", "CapacityOutcome.instanceType", |of| of.instance_type.clone()),
    figure("number, mean", "PlaceOutcome.instancesInService MinMaxOutcome.mean", |of| {
        fixed(of.place.instances_in_service.mean)
    }),
    figure("tasks on one, mean", "CapacityOutcome.instanceTasks SpreadOutcome.mean", |of| {
        words::three_digits(of.instance_tasks.mean)
    }),
    figure("launched", "CapacityOutcome.launched", |of| words::count(of.launched)),
    figure("CPU reserved, mean", "PlaceOutcome.cpuReserved UsageOutcome.mean", |of| {
        words::percent(of.place.cpu_reserved.mean)
    }),
    figure("memory reserved, mean", "PlaceOutcome.memoryReserved UsageOutcome.mean", |of| {
        words::percent(of.place.memory_reserved.mean)
    }),
    figure("fragmentation, mean", "CapacityOutcome.fragmentation SpreadOutcome.mean", |of| {
        words::percent(of.fragmentation.mean)
    }),
    figure("hours", "CapacityOutcome.instanceHours", |of| fixed(of.instance_hours)),
    figure("cost", "CapacityOutcome.usd", |of| words::money(of.usd)),
    figure("not reserved", "CapacityOutcome.idleShare", |of| words::percent(of.idle_share)),
];

const FAILURES: &[Column<FailureOutcome>] = &[
    name("failure", "", |of| of.name.clone()),
    name("type", "FailureOutcome.type", |of| words::spaced(&of.kind)),
    figure("strikes", "FailureOutcome.strikes", |of| words::count(of.strikes)),
    figure("tasks lost", "FailureOutcome.tasksLost", |of| words::count(of.tasks_lost)),
    figure("task-time lost", "FailureOutcome.lostTaskSeconds", |of| words::task_time(of.lost_task_seconds)),
];

const COST: &[Column<Outcome>] = &[
    figure("measured time", "CostOutcome.usd", |of| words::money(of.cost.usd)),
    figure("per month", "CostOutcome.usdPerMonth", |of| words::money(of.cost.usd_per_month)),
    figure("reserved by no task", "CostOutcome.idleShare", |of| words::percent(of.cost.idle_share)),
];

/// Lost time of one service by one cause and phase.
struct Lost {
    service: String,
    cause: String,
    phase: String,
    task_seconds: f64,
    share: f64,
}

const LOST: &[Column<Lost>] = &[
    name("service", "", |of| of.service.clone()),
    name("cause", "LostOutcome.cause", |of| of.cause.clone()),
    name("phase", "LostOutcome.phase", |of| words::phase(&of.phase)),
    figure("task-time lost", "LostOutcome.taskSeconds", |of| words::task_time(of.task_seconds)),
    figure("share of the service's", "", |of| words::percent(of.share)),
];

/// The largest first.
fn lost(outcome: &Outcome) -> Vec<Lost> {
    let of_service = |service: &ServiceOutcome| {
        let all = service.lost_task_seconds;
        let name = service.name.clone();
        service.lost.clone().into_iter().map(move |lost| Lost {
            service: name.clone(),
            cause: lost.cause,
            phase: lost.phase,
            task_seconds: lost.task_seconds,
            share: if all > 0.0 { lost.task_seconds / all } else { 0.0 },
        })
    };
    let mut rows: Vec<Lost> = outcome.services.iter().flat_map(of_service).collect();
    rows.sort_by(|a, b| b.task_seconds.total_cmp(&a.task_seconds));
    rows
}

/// A reason for which no instance was found.
struct Refused(String, u64, f64);

const REFUSED: &[Column<Refused>] = &[
    name("no instance for want of", "PlacementOutcome.refused", |of| of.0.clone()),
    figure("attempts", "CountOutcome.count", |of| words::count(of.1)),
    figure("share of all attempts", "PlacementOutcome.attempts", |of| words::percent(of.2)),
];

fn placement(content: &mut Content<'_>) -> String {
    let placement = &content.outcome.placement;
    let share = |count: u64| if placement.attempts == 0 { 0.0 } else { count as f64 / placement.attempts as f64 };
    let rows: Vec<Refused> = placement
        .refused
        .iter()
        .map(|refused| Refused(refused.name.clone(), refused.count, share(refused.count)))
        .collect();
    if rows.is_empty() {
        return "<h3>Placement</h3>\n<p>Every attempt to place a task found an instance.</p>\n".into();
    }
    table(content, "Placement", REFUSED, &rows, "summary.json")
}
