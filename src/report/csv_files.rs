//! The CSV files: one row a service, batch, zone, group of instances, incident, cause, or change.
//!
//! Columns keep their order and meaning from version to version; new ones come at the end. Shares are numbers from 0 to
//! 1. A cell is empty where nothing was observed.

use std::io::{self, Write};

use crate::metrics::outcome::{LengthsOutcome, Outcome, PlaceOutcome, SpreadOutcome, UsageOutcome};

/// Takes one row after the other: a timeline is too long to be held as text.
type Sink<'a> = dyn FnMut(Vec<String>) -> io::Result<()> + 'a;

/// A file: its name, its header, its rows.
pub(super) struct Sheet {
    /// The name of the file.
    pub(super) name: &'static str,
    header: &'static [&'static str],
    /// Whether there is anything that it could tell of; without that there is no file.
    concerns: fn(&Outcome) -> bool,
    rows: fn(&Outcome, &mut Sink<'_>) -> io::Result<()>,
}

/// All of them.
const SHEETS: [Sheet; 7] = [
    Sheet { name: "services.csv", header: SERVICES, concerns: always, rows: services },
    Sheet { name: "batches.csv", header: BATCHES, concerns: |outcome| !outcome.batches.is_empty(), rows: batches },
    Sheet { name: "zones.csv", header: ZONES, concerns: always, rows: zones },
    Sheet { name: "capacity.csv", header: CAPACITY, concerns: always, rows: capacity },
    Sheet { name: "incidents.csv", header: INCIDENTS, concerns: always, rows: incidents },
    Sheet { name: "timeline.csv", header: TIMELINE, concerns: always, rows: timeline },
    Sheet { name: "lost.csv", header: LOST, concerns: always, rows: lost },
];

fn always(_: &Outcome) -> bool {
    true
}

/// The files of a result.
pub(super) fn sheets(outcome: &Outcome) -> impl Iterator<Item = &'static Sheet> + '_ {
    SHEETS.iter().filter(|sheet| (sheet.concerns)(outcome))
}

impl Sheet {
    /// Writes the file.
    pub(super) fn write(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(self.header).map_err(io::Error::from)?;
        (self.rows)(outcome, &mut |row| writer.write_record(&row).map_err(io::Error::from))?;
        writer.flush()
    }
}

const SERVICES: &[&str] = &[
    "service",
    "scheduling",
    "desired",
    "up_when_healthy",
    "capacity_availability",
    "service_availability",
    "nines",
    "downtime_seconds_per_year",
    "mean_healthy",
    "min_healthy",
    "outages",
    "outage_mean_seconds",
    "outage_p95_seconds",
    "outage_longest_seconds",
    "mtbf_seconds",
    "mttr_seconds",
    "below_desired_spells",
    "time_to_desired_mean_seconds",
    "time_to_desired_p95_seconds",
    "time_to_desired_longest_seconds",
    "lost_task_seconds",
    "requests_lost_share",
    "requests_lost_to_dead_targets_share",
    "requests_lost_without_target_share",
    "requests_lost_to_dead_targets",
    "requests_lost_without_target",
    "instance_blast_mean_share",
    "instance_blast_max_share",
    "zone_blast_mean_share",
    "zone_blast_max_share",
    "zone_imbalance_mean_tasks",
    "zone_imbalance_max_tasks",
    "tasks_started",
    "tasks_stopped",
    "cost_usd",
];

const BATCHES: &[&str] = &[
    "batch",
    "arrived",
    "placed",
    "given_up",
    "given_up_share",
    "completed",
    "failed",
    "waited_share",
    "wait_mean_seconds",
    "wait_p95_seconds",
    "wait_longest_seconds",
    "arrival_to_end_mean_seconds",
    "arrival_to_end_p95_seconds",
    "arrival_to_end_longest_seconds",
    "waiting_mean_tasks",
    "placed_mean_tasks",
];

const ZONES: &[&str] = &[
    "zone",
    "cpu_reserved_mean_share",
    "cpu_reserved_p95_share",
    "cpu_reserved_max_share",
    "memory_reserved_mean_share",
    "memory_reserved_p95_share",
    "memory_reserved_max_share",
    "tasks_mean",
    "tasks_max",
    "instances_mean",
    "instances_min",
    "instances_max",
];

const CAPACITY: &[&str] = &[
    "capacity",
    "cpu_reserved_mean_share",
    "cpu_reserved_p95_share",
    "cpu_reserved_max_share",
    "memory_reserved_mean_share",
    "memory_reserved_p95_share",
    "memory_reserved_max_share",
    "tasks_mean",
    "tasks_max",
    "instances_mean",
    "instances_min",
    "instances_max",
    "instance_type",
    "instance_cpu_reserved_mean_share",
    "instance_cpu_reserved_p95_share",
    "instance_cpu_reserved_max_share",
    "instance_memory_reserved_mean_share",
    "instance_memory_reserved_p95_share",
    "instance_memory_reserved_max_share",
    "instance_tasks_mean",
    "instance_tasks_max",
    "empty_share",
    "fragmentation_mean_share",
    "fragmentation_max_share",
    "launched",
    "instance_hours",
    "cost_usd",
    "idle_share",
];

const INCIDENTS: &[&str] = &[
    "incident",
    "failure",
    "struck",
    "began_seconds",
    "ended_seconds",
    "detected_after_seconds",
    "recovered_after_seconds",
    "tasks_lost",
    "lost_task_seconds",
];

const TIMELINE: &[&str] = &[
    "seconds",
    "scope",
    "name",
    "healthy",
    "running",
    "desired",
    "cpu_reserved",
    "memory_reserved",
    "tasks",
    "instances",
];

const LOST: &[&str] = &["service", "cause", "phase", "task_seconds"];

/// A number as short as it can be written without loss.
fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}

fn maybe(value: Option<f64>) -> String {
    value.map_or_else(String::new, number)
}

fn lengths(of: &LengthsOutcome) -> [String; 4] {
    [of.count.to_string(), maybe(of.mean_seconds), maybe(of.p95_seconds), maybe(of.longest_seconds)]
}

fn usage(of: &UsageOutcome) -> [String; 3] {
    [number(of.mean), number(of.p95), number(of.max)]
}

fn spread(of: &SpreadOutcome) -> [String; 2] {
    [number(of.mean), number(of.max)]
}

fn services(outcome: &Outcome, sink: &mut Sink<'_>) -> io::Result<()> {
    let row = |service: &crate::metrics::outcome::ServiceOutcome| {
        let mut row = vec![
            service.name.clone(),
            service.scheduling.clone(),
            service.desired.to_string(),
            service.up_when_healthy.to_string(),
            number(service.capacity_availability),
            number(service.service_availability),
            maybe(service.nines),
            number(service.downtime_seconds_per_year),
            number(service.mean_healthy),
            service.min_healthy.to_string(),
        ];
        row.extend(lengths(&service.outages));
        row.extend([maybe(service.mtbf_seconds), maybe(service.mttr_seconds)]);
        row.extend(lengths(&service.time_to_desired));
        row.push(number(service.lost_task_seconds));
        let requests = service.requests.as_ref();
        row.extend([
            maybe(requests.map(|of| of.lost_share)),
            maybe(requests.map(|of| of.lost_to_dead_targets_share)),
            maybe(requests.map(|of| of.lost_without_target_share)),
            maybe(requests.and_then(|of| of.lost_to_dead_targets)),
            maybe(requests.and_then(|of| of.lost_without_target)),
        ]);
        row.extend(spread(&service.blast_radius.instance));
        row.extend(spread(&service.blast_radius.zone));
        row.extend(spread(&service.zone_imbalance));
        row.push(service.tasks_started.to_string());
        row.push(service.tasks_stopped.iter().map(|of| of.count).sum::<u64>().to_string());
        row.push(number(service.usd));
        row
    };
    outcome.services.iter().map(row).try_for_each(sink)
}

fn batches(outcome: &Outcome, sink: &mut Sink<'_>) -> io::Result<()> {
    let row = |batch: &crate::metrics::outcome::BatchOutcome| {
        let count = |count: u64| count.to_string();
        let mut row = vec![
            batch.name.clone(),
            count(batch.arrived),
            count(batch.placed),
            count(batch.given_up),
            number(batch.given_up_share),
            count(batch.completed),
            count(batch.failed),
            number(batch.waited_share),
        ];
        for of in [&batch.wait, &batch.response] {
            row.extend([of.mean_seconds, of.p95_seconds, of.longest_seconds].map(maybe));
        }
        row.extend([batch.mean_waiting, batch.mean_placed].map(number));
        row
    };
    outcome.batches.iter().map(row).try_for_each(sink)
}

fn place(place: &PlaceOutcome) -> Vec<String> {
    let mut row = vec![place.name.clone()];
    row.extend(usage(&place.cpu_reserved));
    row.extend(usage(&place.memory_reserved));
    row.extend(spread(&place.tasks));
    let instances = &place.instances_in_service;
    row.extend([instances.mean, instances.min, instances.max].map(number));
    row
}

fn zones(outcome: &Outcome, sink: &mut Sink<'_>) -> io::Result<()> {
    outcome.zones.iter().map(place).try_for_each(sink)
}

fn capacity(outcome: &Outcome, sink: &mut Sink<'_>) -> io::Result<()> {
    let row = |group: &crate::metrics::outcome::CapacityOutcome| {
        let mut row = place(&group.place);
        row.push(group.instance_type.clone());
        row.extend(usage(&group.instance_cpu_reserved));
        row.extend(usage(&group.instance_memory_reserved));
        row.extend(spread(&group.instance_tasks));
        row.push(number(group.empty_share));
        row.extend(spread(&group.fragmentation));
        row.push(group.launched.to_string());
        row.extend([group.instance_hours, group.usd, group.idle_share].map(number));
        row
    };
    outcome.capacity.iter().map(row).try_for_each(sink)
}

fn incidents(outcome: &Outcome, sink: &mut Sink<'_>) -> io::Result<()> {
    let row = |incident: &crate::metrics::outcome::IncidentOutcome| {
        vec![
            incident.incident.to_string(),
            incident.failure.clone(),
            incident.struck.clone(),
            number(incident.began_seconds),
            maybe(incident.ended_seconds),
            maybe(incident.detected_after_seconds),
            maybe(incident.recovered_after_seconds),
            incident.tasks_lost.to_string(),
            number(incident.lost_task_seconds),
        ]
    };
    outcome.incidents.iter().map(row).try_for_each(sink)
}

fn timeline(outcome: &Outcome, sink: &mut Sink<'_>) -> io::Result<()> {
    for series in &outcome.timeline.services {
        for point in &series.points {
            let mut row = vec![number(point.seconds), "service".into(), series.name.clone()];
            row.extend([point.healthy, point.running, point.desired].map(|count| count.to_string()));
            row.extend([const { String::new() }; 4]);
            sink(row)?;
        }
    }
    for series in &outcome.timeline.zones {
        for point in &series.points {
            let mut row = vec![number(point.seconds), "zone".into(), series.name.clone()];
            row.extend([const { String::new() }; 3]);
            row.extend([point.cpu, point.memory].map(number));
            row.extend([point.tasks, point.instances].map(|count| count.to_string()));
            sink(row)?;
        }
    }
    Ok(())
}

fn lost(outcome: &Outcome, sink: &mut Sink<'_>) -> io::Result<()> {
    for service in &outcome.services {
        for lost in &service.lost {
            sink(vec![service.name.clone(), lost.cause.clone(), lost.phase.clone(), number(lost.task_seconds)])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::outcome::BatchOutcome;
    use crate::report::sample;

    fn text(name: &str, outcome: &Outcome) -> String {
        let mut out = Vec::new();
        let sheet = SHEETS.iter().find(|sheet| sheet.name == name).unwrap();
        sheet.write(outcome, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// A batch of five tasks: one was given up, two had to wait, one of the placed ones failed and one still runs.
    fn with_a_batch() -> Outcome {
        let lengths = |mean: f64, p95: f64| LengthsOutcome {
            count: 2,
            mean_seconds: Some(mean),
            p95_seconds: Some(p95),
            longest_seconds: Some(p95),
        };
        let batch = BatchOutcome {
            name: "nightly".into(),
            arrived: 5,
            placed: 4,
            given_up: 1,
            given_up_share: 0.2,
            completed: 2,
            failed: 1,
            wait: lengths(2.0, 4.0),
            waited_share: 0.5,
            response: lengths(15.0, 20.0),
            mean_waiting: 0.125,
            mean_placed: 1.5,
        };
        Outcome { batches: vec![batch], ..sample::zone_outage() }
    }

    #[test]
    fn a_batch_has_its_row() {
        let found = text("batches.csv", &with_a_batch());
        let expected = "nightly,5,4,1,0.2,2,1,0.5,2,4,4,15,20,20,0.125,1.5";
        assert_eq!(found, format!("{}\n{expected}\n", BATCHES.join(",")));
    }

    #[test]
    fn without_batches_there_is_no_file_of_them() {
        let names = |outcome: &Outcome| -> Vec<&str> { sheets(outcome).map(|sheet| sheet.name).collect() };
        assert!(!names(&sample::zone_outage()).contains(&"batches.csv"));
        assert_eq!(names(&with_a_batch()).len(), SHEETS.len());
    }

    #[test]
    fn every_row_has_a_cell_for_every_column() {
        let outcome = with_a_batch();
        for sheet in &SHEETS {
            let mut count = 0;
            let mut check = |row: Vec<String>| {
                assert_eq!(row.len(), sheet.header.len(), "{}", sheet.name);
                count += 1;
                Ok(())
            };
            (sheet.rows)(&outcome, &mut check).unwrap();
            assert!(count > 0, "{}", sheet.name);
        }
    }

    #[test]
    fn a_row_reads_as_expected_and_null_is_empty() {
        let outcome = sample::zone_outage();
        let incidents = text("incidents.csv", &outcome);
        let mut lines = incidents.lines();
        assert_eq!(lines.next(), Some(INCIDENTS.join(",").as_str()));
        assert_eq!(lines.next(), Some("7,zone-outage,\"eu-west-1a, 4 instances\",172800,176400,30,310,2,530"));
        assert_eq!(lines.next(), Some("8,crash,containers,0,,,,1,12.5"));
        let services = text("services.csv", &sample::quiet());
        assert!(services.lines().nth(1).unwrap().starts_with("web,REPLICA,6,5,1,1,,0,6,6,0,,,,,,0,,,,0,"));
    }

    #[test]
    fn the_timeline_is_one_long_table() {
        let timeline = text("timeline.csv", &sample::zone_outage());
        assert!(timeline.contains("\n172800,service,web,4,4,6,,,,\n"));
        assert!(timeline.contains(",zone,eu-west-1a,,,,0.5,0.6,2,4\n"));
    }

    #[test]
    fn names_are_quoted_where_they_need_it() {
        let mut outcome = sample::quiet();
        outcome.services[0].name = "a,\"b\"".into();
        assert!(text("services.csv", &outcome).contains("\n\"a,\"\"b\"\"\",REPLICA"));
    }
}
