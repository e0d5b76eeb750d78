//! Outcomes made up for tests: consistent enough to look like a run, without running one.

use crate::experiment::figures::{Catalog, Kind, Row};
use crate::experiment::outcome::{
    self, Experiment, LEVEL, Promise, Verdict, VerdictOutcome, WarmupOutcome, WorstOutcome,
};
use crate::experiment::tally::Tally;
use crate::metrics::outcome::*;
use crate::metrics::snapshot::{InstanceState, InstanceView, Snapshot, TaskState, TaskView};
use crate::metrics::timeline::{Series, ServicePoint, Timeline, ZonePoint};

const DAY: f64 = 86_400.0;

/// What to make up.
pub struct Shape {
    /// Services with their desired counts.
    pub services: Vec<(String, u32)>,
    /// Names of the zones.
    pub zones: Vec<String>,
    /// Instances in each zone.
    pub per_zone: u32,
    /// The length of the run.
    pub days: f64,
    /// When the first zone is lost and for how long, in seconds.
    pub outage: Option<(f64, f64)>,
    /// Seconds between crashes of single containers.
    pub crash_every: Option<f64>,
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

const ZONES: [&str; 3] = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];

/// A web service of six tasks that loses a zone two days into thirty, for an hour.
pub fn zone_outage() -> Outcome {
    Shape {
        services: vec![("web".into(), 6)],
        zones: owned(&ZONES),
        per_zone: 4,
        days: 30.0,
        outage: Some((2.0 * DAY, 3600.0)),
        crash_every: Some(2.3 * DAY),
    }
    .build()
}

/// Thirty days in which nothing happens.
pub fn quiet() -> Outcome {
    Shape {
        services: vec![("web".into(), 6)],
        zones: owned(&ZONES),
        per_zone: 4,
        days: 30.0,
        outage: None,
        crash_every: None,
    }
    .build()
}

/// Names that break whatever does not expect them.
pub fn nasty() -> Outcome {
    let long = "a-service-whose-name-says-everything-about-what-it-does-and-then-some-more-".repeat(3);
    let services = [
        ("<script>alert(1)</script> & \"quotes\"", 5),
        (long.as_str(), 9),
        ("名前がとても長いサービスの名前がとても長いサービス", 3),
        ("tab\tnewline\nbell\u{7}", 2),
        ("", 1),
    ];
    let mut outcome = Shape {
        services: services.iter().map(|(name, desired)| ((*name).to_owned(), *desired)).collect(),
        zones: vec![format!("zone-{long}"), "<b>&amp;</b>".into()],
        per_zone: 3,
        days: 7.0,
        outage: Some((DAY, 7200.0)),
        crash_every: Some(0.7 * DAY),
    }
    .build();
    outcome.scenario = format!("<i>{long}</i>");
    outcome.warnings = vec![format!("`{long}` is left out"), "short".into()];
    outcome
}

/// `count` services over three zones, one of which is lost.
pub fn crowd(count: usize, desired: u32, per_zone: u32) -> Outcome {
    Shape {
        services: (0..count).map(|n| (format!("service-{:02}", n + 1), desired + n as u32 % 4)).collect(),
        zones: owned(&ZONES),
        per_zone,
        days: 14.0,
        outage: Some((3.4 * DAY, 2700.0)),
        crash_every: Some(1.1 * DAY),
    }
    .build()
}

/// Six hours in which instances fail one after the other.
pub fn storm() -> Outcome {
    let mut outcome = Shape {
        services: vec![("web".into(), 12), ("api".into(), 30)],
        zones: owned(&ZONES),
        per_zone: 12,
        days: 0.25,
        outage: Some((7000.0, 600.0)),
        crash_every: Some(900.0),
    }
    .build();
    let more = (0..30).map(|n| IncidentOutcome {
        incident: 20 + n,
        failure: "instance-failure".into(),
        struck: format!("i-{n:017x}"),
        began_seconds: 300.0 + 700.0 * f64::from(n),
        ended_seconds: (n % 3 == 0).then(|| 420.0 + 700.0 * f64::from(n)),
        detected_after_seconds: Some(60.0),
        recovered_after_seconds: Some(200.0),
        tasks_lost: 1,
        lost_task_seconds: 20000.0 * f64::from(n % 4),
    });
    outcome.incidents.extend(more);
    outcome.incidents[0].recovered_after_seconds = None;
    outcome.incidents[0].lost_task_seconds = 1e6;
    outcome
}

/// When the `nth` of `lost` tasks serves again, in seconds after the outage began.
fn back_after(nth: u32, lost: u32) -> f64 {
    130.0 + 180.0 * f64::from(nth + 1) / f64::from(lost)
}

impl Shape {
    /// The outcome.
    pub fn build(&self) -> Outcome {
        let services: Vec<ServiceOutcome> =
            self.services.iter().map(|(name, desired)| self.service(name, *desired)).collect();
        let lost_to = |cause: &str| {
            let of = services.iter().flat_map(|service| &service.lost).filter(|lost| lost.cause == cause);
            of.map(|lost| lost.task_seconds).sum::<f64>()
        };
        let crashed = lost_to("crash");
        let failures = vec![
            FailureOutcome {
                name: "zone-outage".into(),
                kind: "zoneOutage".into(),
                strikes: u64::from(self.outage.is_some()),
                tasks_lost: self
                    .outage
                    .map_or(0, |_| self.services.iter().map(|of| u64::from(self.in_first_zone(of.1))).sum()),
                lost_task_seconds: lost_to("zone-outage"),
            },
            FailureOutcome {
                name: "crash".into(),
                kind: "containerCrash".into(),
                strikes: u64::from(crashed > 0.0) * 12,
                tasks_lost: u64::from(crashed > 0.0) * 12,
                lost_task_seconds: crashed,
            },
        ];
        let mut outcome = Outcome {
            scenario: "three-zones".into(),
            version: "0.1.0".into(),
            seed: 42,
            duration_seconds: self.days * DAY,
            events: 123_456,
            objectives: vec![ObjectiveOutcome {
                objective: "web: service availability of at least 99.9 %".into(),
                found: "99.988 %".into(),
                met: true,
            }],
            zones: self.zones.iter().map(|name| self.place(name, self.per_zone)).collect(),
            capacity: vec![CapacityOutcome {
                place: self.place("main", self.per_zone * self.zones.len() as u32),
                instance_type: "m5.large".into(),
                launched: 15,
                instance_hours: 8640.0,
                usd: 924.5,
                idle_share: 0.41,
                ..CapacityOutcome::default()
            }],
            cost: CostOutcome { usd: 924.5, usd_per_month: 937.3, idle_share: 0.41 },
            failures,
            timeline: Timeline {
                services: self.services.iter().map(|of| self.service_series(of)).collect(),
                zones: (0..self.zones.len()).map(|zone| self.zone_series(zone)).collect(),
            },
            snapshots: self.snapshots(),
            services,
            ..Outcome::default()
        };
        if let Some((began, length)) = self.outage {
            outcome.incidents = vec![
                IncidentOutcome {
                    incident: 7,
                    failure: "zone-outage".into(),
                    struck: format!("{}, {} instances", self.zones[0], self.per_zone),
                    began_seconds: began,
                    ended_seconds: Some(began + length),
                    detected_after_seconds: Some(30.0),
                    recovered_after_seconds: Some(310.0),
                    tasks_lost: outcome.failures[0].tasks_lost,
                    lost_task_seconds: outcome.failures[0].lost_task_seconds,
                },
                IncidentOutcome {
                    incident: 8,
                    failure: "crash".into(),
                    struck: "containers".into(),
                    began_seconds: 0.0,
                    ended_seconds: None,
                    detected_after_seconds: None,
                    recovered_after_seconds: None,
                    tasks_lost: 1,
                    lost_task_seconds: 12.5,
                },
            ];
        }
        outcome
    }

    fn in_first_zone(&self, desired: u32) -> u32 {
        desired.div_ceil(self.zones.len() as u32)
    }

    fn crashes(&self) -> Vec<f64> {
        let Some(every) = self.crash_every else { return Vec::new() };
        let count = (self.days * DAY / every) as u32;
        (1..=count).map(|n| f64::from(n) * every - 1000.0).collect()
    }

    fn service(&self, name: &str, desired: u32) -> ServiceOutcome {
        let mut service = ServiceOutcome {
            name: name.to_owned(),
            scheduling: "REPLICA".into(),
            desired,
            up_when_healthy: desired.saturating_sub(1).max(1),
            capacity_availability: 1.0,
            service_availability: 1.0,
            mean_healthy: f64::from(desired),
            min_healthy: desired,
            ..ServiceOutcome::default()
        };
        let mut add = |cause: &str, phase: &str, task_seconds: f64| {
            service.lost.push(LostOutcome { cause: cause.into(), phase: phase.into(), task_seconds });
            service.lost_task_seconds += task_seconds;
        };
        if self.outage.is_some() {
            let lost = self.in_first_zone(desired);
            let all: f64 = (0..lost).map(|nth| back_after(nth, lost)).sum();
            let fixed = f64::from(lost) * 30.0;
            add("zone-outage", "undetected", fixed);
            add("zone-outage", "provisioning", 0.2 * (all - fixed));
            add("zone-outage", "pulling", 0.4 * (all - fixed));
            add("zone-outage", "starting", 0.3 * (all - fixed));
            add("zone-outage", "activating", 0.1 * (all - fixed));
        }
        if self.crash_every.is_some() {
            add("crash", "undetected", 12.0);
            add("crash", "starting", 108.0);
            add("planned", "blockedByDeploymentBounds", 6.0);
        }
        if service.lost_task_seconds > 0.0 {
            let seconds = self.days * DAY;
            service.capacity_availability = 1.0 - service.lost_task_seconds / (seconds * f64::from(desired));
            service.service_availability = 1.0 - 310.0 / seconds;
            service.nines = Some(-(310.0 / seconds).log10());
            service.downtime_seconds_per_year = 310.0 / self.days * 365.0;
            service.min_healthy = desired - self.in_first_zone(desired);
            service.outages = LengthsOutcome {
                count: 1,
                mean_seconds: Some(310.0),
                p95_seconds: Some(310.0),
                longest_seconds: Some(310.0),
            };
        }
        service
    }

    fn service_series(&self, (name, desired): &(String, u32)) -> Series<ServicePoint> {
        let desired = *desired;
        let lost = self.in_first_zone(desired);
        // Changes of the healthy count: when and by how much.
        let mut changes: Vec<(f64, i64)> = Vec::new();
        for at in self.crashes() {
            changes.extend([(at, -1), (at + 95.0, 1)]);
        }
        if let Some((began, _)) = self.outage {
            changes.push((began, -i64::from(lost)));
            changes.extend((0..lost).map(|nth| (began + back_after(nth, lost), 1)));
        }
        changes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut healthy = i64::from(desired);
        let point = |seconds: f64, healthy: i64| {
            let healthy = healthy.max(0) as u32;
            ServicePoint { seconds, healthy, running: healthy, desired }
        };
        let mut points = vec![point(0.0, healthy)];
        for (seconds, by) in changes {
            healthy += by;
            points.push(point(seconds, healthy));
        }
        points.push(point(self.days * DAY, healthy));
        Series { name: name.clone(), points }
    }

    fn zone_series(&self, zone: usize) -> Series<ZonePoint> {
        let others = (self.zones.len() - 1).max(1) as f64;
        let tasks: u32 = self.services.iter().map(|of| of.1 / self.zones.len() as u32).sum();
        let usual = ZonePoint { seconds: 0.0, cpu: 0.5, memory: 0.6, tasks, instances: self.per_zone };
        let mut points = vec![usual];
        if let Some((began, length)) = self.outage {
            if zone == 0 {
                points.push(ZonePoint { seconds: began, cpu: 0.0, memory: 0.0, tasks: 0, instances: 0 });
                let back =
                    ZonePoint { seconds: began + length, cpu: 0.0, memory: 0.0, tasks: 0, instances: self.per_zone };
                points.push(back);
            } else {
                for step in 1..=8 {
                    let part = f64::from(step) / 8.0;
                    let seconds = began + 30.0 + 100.0 * part;
                    let (cpu, memory) = (0.5 + 0.5 / others * part, 0.6 + 0.6 / others * part);
                    points.push(ZonePoint { seconds, cpu, memory, ..usual });
                }
            }
        }
        let last = points[points.len() - 1];
        points.push(ZonePoint { seconds: self.days * DAY, ..last });
        Series { name: self.zones[zone].clone(), points }
    }

    fn place(&self, name: &str, instances: u32) -> PlaceOutcome {
        let usage = |mean: f64| UsageOutcome { mean, p95: mean + 0.05, max: mean + 0.25 };
        let instances = f64::from(instances);
        PlaceOutcome {
            name: name.to_owned(),
            cpu_reserved: usage(0.5),
            memory_reserved: usage(0.6),
            tasks: SpreadOutcome { mean: 2.0, max: 3.0 },
            instances_in_service: MinMaxOutcome { mean: instances - 0.02, min: 0.0, max: instances },
        }
    }

    fn snapshots(&self) -> Vec<Snapshot> {
        let mut moments = vec![("start", 0.0)];
        moments.extend(self.outage.map(|(began, _)| ("worst", began)));
        moments.push(("end", self.days * DAY));
        moments.into_iter().map(|(moment, seconds)| self.snapshot(moment, seconds)).collect()
    }

    fn snapshot(&self, moment: &'static str, seconds: f64) -> Snapshot {
        let zones = self.zones.len();
        let mut instances = Vec::new();
        for zone in 0..zones {
            for nth in 0..self.per_zone {
                let serial = zone as u32 * self.per_zone + nth;
                let state = match (moment, zone, serial % 7) {
                    ("worst", 0, _) => InstanceState::Down,
                    ("worst", _, 5) => InstanceState::Starting,
                    ("end", _, 6) => InstanceState::Draining,
                    _ => InstanceState::InService,
                };
                instances.push(InstanceView {
                    zone,
                    capacity: "main".into(),
                    serial,
                    state,
                    cpu: 0.0,
                    memory: 0.0,
                    tasks: Vec::new(),
                });
            }
        }
        for (service, (_, desired)) in self.services.iter().enumerate() {
            for slot in 0..*desired {
                let zone = slot as usize % zones;
                let nth = (slot as usize / zones + service * 3) % self.per_zone as usize;
                let instance = &mut instances[zone * self.per_zone as usize + nth];
                let state = match instance.state {
                    InstanceState::Down => TaskState::Dead,
                    InstanceState::Starting => TaskState::Starting,
                    InstanceState::Draining => TaskState::Stopping,
                    _ => TaskState::Serving,
                };
                instance.tasks.push(TaskView { service, slot, state });
                instance.cpu = (instance.cpu + 0.14f64).min(1.0);
                instance.memory = (instance.memory + 0.19f64).min(1.0);
            }
        }
        let services = self.services.iter().map(|of| of.0.clone()).collect();
        Snapshot { moment, seconds, instances, services, zones: self.zones.clone() }
    }
}

/// An experiment in which service `k` misses `missing[k][n]` of its time, and of its capacity, in replication `n`; each has
/// the promise.
pub fn experiment_of(missing: &[&[f64]], promise: Option<f64>) -> Experiment {
    let catalog = Catalog::default();
    let mut tally = Tally::default();
    let names: Vec<String> = (0..missing.len())
        .flat_map(|service| {
            let of = |figure: &str| format!("services.service-{service}.{figure}");
            [of("capacityAvailability"), of("serviceAvailability"), of("lostTaskSeconds"), of("outages.longestSeconds")]
        })
        .collect();
    let kinds = [Kind::Share, Kind::Share, Kind::Seconds, Kind::Seconds];
    let places: Vec<usize> =
        names.iter().zip(kinds.iter().cycle()).map(|(name, kind)| catalog.place(name, *kind)).collect();
    let replications = missing.first().map_or(0, |values| values.len());
    for number in 0..replications {
        // Without an outage the longest one is a figure from no observation.
        let null = f64::from_bits(0x7ff8_0000_0000_0a11);
        let values = missing.iter().flat_map(|values| {
            let lost = values[number];
            let longest = if lost > 0.0 { 86_400.0 * lost } else { null };
            [1.0 - lost, 1.0 - lost, 1e6 * lost, longest]
        });
        tally.add(number as u64, &Row::from_bits(values.map(f64::to_bits)), &catalog);
    }
    let verdict = |service: usize| {
        let figure = format!("services.service-{service}.serviceAvailability");
        let column = catalog.find(&figure).and_then(|place| tally.column(place)).unwrap();
        let (interval, bound) = (column.interval(Kind::Share), promise?);
        let verdict = match (interval.low, interval.high) {
            (Some(low), _) if low >= bound => Verdict::Met,
            (_, Some(high)) if high < bound => Verdict::Missed,
            _ => Verdict::Undecided,
        };
        Some(VerdictOutcome {
            objective: format!("service `service-{service}` is available at least {bound}"),
            found: format!("{}", column.mean.mean),
            verdict,
            met_share: 0.5,
            promise: Some(Promise { figure, bound }),
            decided_by: None,
        })
    };
    let arcs: Vec<std::sync::Arc<str>> = names.iter().map(|name| name.as_str().into()).collect();
    let worst = places.get(1).and_then(|place| tally.column(*place)).and_then(|column| column.worst());
    Experiment {
        scenario: "sample".into(),
        version: "1.2.3".into(),
        seed: 7,
        duration_seconds: 30.0 * DAY,
        warmup_seconds: DAY,
        replications: replications as u64,
        confidence: LEVEL,
        precision: None,
        worst: WorstOutcome {
            replication: worst.map_or(0, |(_, number)| number),
            seed: 7,
            service_availability: worst.map(|(value, _)| value),
            lost_task_seconds: worst.map_or(0.0, |(value, _)| 1e6 * (1.0 - value)),
        },
        warmup: WarmupOutcome::default(),
        objectives: (0..missing.len()).filter_map(verdict).collect(),
        figures: outcome::figures(&tally, &catalog, &arcs),
        warnings: Vec::new(),
    }
}

/// An experiment of so many services and replications. Most replications lose nothing, the others from seconds to days.
pub fn experiment(services: usize, replications: usize) -> Experiment {
    let missing: Vec<Vec<f64>> = (0..services)
        .map(|service| {
            let one = |number: usize| match (number * 7919 + service * 104_729) % 1009 {
                draw if draw < 600 => 0.0,
                draw => 10f64.powf(-7.0 + draw as f64 / 180.0 - (service % 3) as f64 / 3.0).min(1.0),
            };
            (0..replications).map(one).collect()
        })
        .collect();
    let rows: Vec<&[f64]> = missing.iter().map(Vec::as_slice).collect();
    experiment_of(&rows, Some(0.999))
}
