//! Failures read from a CSV file: one row a failure.
//!
//! Columns: `at` (time from the start), `failure` (instanceFailure, instanceReboot, instanceHang, agentDisconnect,
//! containerCrash or zoneOutage; the setting `failure` where there is no such column), `target` (the number of an
//! instance's place in the fleet, from 0; the name of a zone or of a service) and `lasts`. Other headings are given by
//! `columns`. Numbers without a unit are in `unit`. The text of the file may stand in the scenario itself (`csv`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::distribution::Table;
use crate::base::time::{Span, Time};
use crate::base::units;
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::fact::Topics;
use crate::world::incident::{Incident, Struck};
use crate::world::instance::Host;
use crate::world::{IncidentId, InstanceId, ModelId, ServiceId, World, ZoneId};

use super::{Build, settings};

/// Headings of the columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "set of columns")]
pub struct Columns {
    /// The time of the failure. Default: `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What is struck. Default: `target`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How long it lasts. Default: `lasts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<String>,
    /// What happens. Default: `failure`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

settings! {
    /// Failures read from a CSV file. Takes neither `every` nor `at`: the times stand in the file.
    Trace {
        /// The CSV file, relative to the scenario file.
        file: String,
        /// The text of such a file, in place of `file`.
        csv: String,
        /// Headings of the columns, where they are others.
        columns: Columns,
        /// What happens, where the file has no column for it. Default: instanceReboot.
        failure: Kind,
        /// The unit of plain numbers: us, ms, s (default), m, h or d.
        unit: String,
    }
}

/// What a row does.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "failure of a trace")]
pub enum Kind {
    /// The instance in a place of the fleet is lost.
    InstanceFailure,
    /// It goes down and boots again.
    InstanceReboot,
    /// It hangs.
    InstanceHang,
    /// Its agent loses its connection.
    AgentDisconnect,
    /// All running containers of a service crash.
    ContainerCrash,
    /// A zone loses power.
    ZoneOutage,
}

const KINDS: [(&str, Kind); 6] = [
    ("instanceFailure", Kind::InstanceFailure),
    ("instanceReboot", Kind::InstanceReboot),
    ("instanceHang", Kind::InstanceHang),
    ("agentDisconnect", Kind::AgentDisconnect),
    ("containerCrash", Kind::ContainerCrash),
    ("zoneOutage", Kind::ZoneOutage),
];

#[derive(Copy, Clone, Debug)]
enum What {
    /// The nth place of the fleet.
    Place(u32),
    Zone(ZoneId),
    Service(ServiceId),
}

#[derive(Copy, Clone, Debug)]
struct Row {
    at: Time,
    kind: Kind,
    what: What,
    lasts: Span,
}

/// A row's time has come.
const BEGIN: u8 = 0;
/// What it did is over.
const END: u8 = 1;

struct Replay {
    model: ModelId,
    rows: Vec<Row>,
    /// What each row under way struck.
    under_way: Vec<(IncidentId, Vec<(InstanceId, u32)>)>,
}

impl Replay {
    fn struck(world: &World, row: &Row) -> Vec<(InstanceId, u32)> {
        let up = world.live_instances().filter(|(_, host)| host.host == Host::Up);
        match row.what {
            What::Place(place) => {
                // Places are numbered through over the groups in the order of the file.
                let mut first = 0;
                let mut wanted = None;
                for (capacity, spec) in world.fleet.capacities.iter() {
                    if place - first < spec.count() {
                        wanted = Some((capacity, place - first));
                        break;
                    }
                    first += spec.count();
                }
                up.filter(|(_, host)| wanted == Some((host.capacity, host.lane)))
                    .map(|(id, host)| (id, host.serial))
                    .collect()
            }
            // What is down already is held down as well, so that it does not come back before the zone.
            What::Zone(zone) => world
                .live_instances()
                .filter(|(_, host)| host.zone == zone && host.host != Host::Gone)
                .map(|(id, host)| (id, host.serial))
                .collect(),
            What::Service(_) => Vec::new(),
        }
    }

    fn begin(&mut self, world: &World, index: u32, out: &mut Commands) {
        let row = self.rows[index as usize];
        let instances = Self::struck(world, &row);
        let struck = match row.what {
            What::Service(service) => Struck::Service(service),
            What::Zone(zone) => Struck::Zone { zone, instances: instances.len() as u32 },
            What::Place(_) => match instances.first() {
                Some(&(instance, serial)) => Struck::Instance { instance, serial },
                // The place is empty or already down: nothing is left to fail.
                None => return,
            },
        };
        let incident = out.open(Incident { model: self.model, struck, opened: world.now, closed: None });
        for &(instance, _) in &instances {
            out.push(match row.kind {
                Kind::InstanceFailure | Kind::ZoneOutage | Kind::InstanceReboot | Kind::ContainerCrash => {
                    Command::SetPower { instance, on: false, incident }
                }
                Kind::InstanceHang => {
                    Command::SetHost { instance, host: Host::Hung { passes_status_check: false }, incident }
                }
                Kind::AgentDisconnect => Command::SetSilent { instance, silent: true, incident },
            });
        }
        if let What::Service(service) = row.what {
            let containers = world.fleet.definitions[world.fleet.services[service].definition].containers.len() as u8;
            for task in world.tasks_of(service) {
                for container in (0..containers).filter(|container| world.tasks[task].exited >> container & 1 == 0) {
                    if world.tasks[task].started && !world.tasks[task].stopping {
                        out.push(Command::Exit { task, container, incident, out_of_memory: false });
                    }
                }
            }
        }
        if let What::Zone(zone) = row.what {
            out.push(Command::BlockLaunches { zone, blocked: true });
        }
        self.under_way[index as usize] = (incident, instances);
        if row.kind != Kind::InstanceFailure && row.kind != Kind::ContainerCrash {
            out.after(row.lasts, END, 0, 0, index);
        }
    }

    fn end(&mut self, world: &World, index: u32, out: &mut Commands) {
        let row = self.rows[index as usize];
        let (incident, instances) =
            std::mem::replace(&mut self.under_way[index as usize], (IncidentId::NONE, Vec::new()));
        for (instance, serial) in instances {
            let host = &world.instances[instance];
            if host.serial != serial {
                continue;
            }
            if matches!(row.kind, Kind::ZoneOutage | Kind::InstanceReboot) {
                out.push(Command::SetPower { instance, on: true, incident: IncidentId::NONE });
            }
            if row.kind == Kind::AgentDisconnect {
                out.push(Command::SetSilent { instance, silent: false, incident });
            } else if matches!(host.host, Host::Down | Host::Hung { .. }) {
                out.push(Command::SetHost { instance, host: Host::Up, incident: IncidentId::NONE });
            }
        }
        if let What::Zone(zone) = row.what {
            out.push(Command::BlockLaunches { zone, blocked: false });
        }
        out.push(Command::Close(incident));
    }
}

impl Actor for Replay {
    fn topics(&self) -> Topics {
        Topics(0)
    }

    fn timer_kinds(&self) -> u8 {
        2
    }

    fn start(&mut self, _: &World, out: &mut Commands) {
        for (index, row) in self.rows.iter().enumerate() {
            out.wake_at(row.at, BEGIN, 0, 0, index as u32);
        }
    }

    fn on_timer(&mut self, world: &World, kind: u8, event: Event, out: &mut Commands) {
        match kind {
            BEGIN => self.begin(world, event.target(), out),
            _ => self.end(world, event.target(), out),
        }
    }
}

pub(super) fn build(given: &Trace, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
    for (field, there) in [("every", given.every.is_some()), ("at", given.at.is_some())] {
        if there {
            build.problem(field, "a trace takes its times from its file", Some(format!("leave `{field}` out")));
        }
    }
    build.refuse_target(given.target.is_some());
    if given.file.is_none() && given.csv.is_none() {
        build.problem("", "a trace needs `file`", Some("add `file: failures.csv`".into()));
        return None;
    }
    match read(given, build) {
        Ok(rows) => {
            let under_way = vec![(IncidentId::NONE, Vec::new()); rows.len()];
            Some(Box::new(Replay { model: build.model, rows, under_way }))
        }
        Err(error) => {
            build.problem(if given.file.is_some() { "file" } else { "csv" }, error, None);
            None
        }
    }
}

fn read(given: &Trace, build: &Build<'_>) -> Result<Vec<Row>, String> {
    let unit = given.unit.as_deref().unwrap_or("s");
    units::parse_span(&format!("1{unit}"))
        .map_err(|_| format!("there is no unit `{unit}`: use us, ms, s, m, h or d"))?;
    let columns = given.columns.clone().unwrap_or_default();
    let table = Table::of(given.file.as_deref(), given.csv.as_deref(), build.base)?;
    let name = table.name;
    let cannot = |error: csv::Error| format!("cannot read `{name}`: {error}");
    let mut reader = table.reader.map_err(cannot)?;
    let headings = reader.headers().map_err(cannot)?.clone();
    let column = |given: &Option<String>, default: &str| {
        let wanted = given.as_deref().unwrap_or(default).to_owned();
        (headings.iter().position(|heading| heading.trim() == wanted), wanted, given.is_some())
    };
    let needed = |(place, wanted, _): (Option<usize>, String, bool)| {
        place.ok_or_else(|| {
            let known = headings.iter().collect::<Vec<_>>().join(", ");
            format!("`{name}` has no column `{wanted}`; it has: {known}")
        })
    };
    let at = needed(column(&columns.at, "at"))?;
    let target = needed(column(&columns.target, "target"))?;
    let optional = |found: (Option<usize>, String, bool)| if found.2 { needed(found).map(Some) } else { Ok(found.0) };
    let lasts = optional(column(&columns.lasts, "lasts"))?;
    let failure = optional(column(&columns.failure, "failure"))?;
    let places: u32 = build.fleet.capacities.values().map(|capacity| capacity.count()).sum();
    let mut rows = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(cannot)?;
        let cell = |column: usize| record.get(column).unwrap_or("").trim();
        let wrong = |what: String| format!("row {} of `{name}`: {what}", number + 2);
        let span = |column: usize| {
            let text = cell(column);
            let written = if text.parse::<f64>().is_ok() { format!("{text}{unit}") } else { text.to_owned() };
            units::parse_span(&written).map_err(|error| wrong(error.to_string()))
        };
        let kind = match failure.map(cell) {
            Some(text) => KINDS.iter().find(|(known, _)| *known == text).map(|(_, kind)| *kind).ok_or_else(|| {
                let known = KINDS.map(|(known, _)| known).join(", ");
                wrong(format!("there is no failure `{text}`; there are: {known}"))
            })?,
            None => given.failure.unwrap_or(Kind::InstanceReboot),
        };
        let text = cell(target);
        let what = match kind {
            Kind::ZoneOutage => {
                let zone = build.fleet.zones.iter().find(|(_, zone)| zone.name == text);
                What::Zone(zone.ok_or_else(|| wrong(format!("there is no zone `{text}`")))?.0)
            }
            Kind::ContainerCrash => {
                let service = build.fleet.services.iter().find(|(_, service)| service.name == text);
                What::Service(service.ok_or_else(|| wrong(format!("there is no service `{text}`")))?.0)
            }
            _ => match text.parse::<u32>() {
                Ok(place) if place < places => What::Place(place),
                _ => {
                    return Err(wrong(format!(
                        "`{text}` is not a place of the fleet: they are numbered 0 to {}",
                        places.saturating_sub(1)
                    )));
                }
            },
        };
        let lasts = match lasts {
            Some(column) if !cell(column).is_empty() => span(column)?,
            _ => Span::from_secs(60),
        };
        rows.push(Row { at: Time::ZERO + span(at)?, kind, what, lasts });
    }
    Ok(rows)
}
