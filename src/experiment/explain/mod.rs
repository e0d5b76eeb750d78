//! Explaining a run: why a task went where it went, and what an outage was made of.
//!
//! A run is a function of its plan, so nothing has to be kept to explain it: it is run again up to the moment and looked at.
//!
//! | file | its idea |
//! |---|---|
//! | [`spells`] | when a service was down or short of tasks |
//! | [`history`] | what happened in such a time, as entries |
//! | [`chain`] | from the entries to causes, courses and the critical path |
//! | [`what_if`] | the same seed with one thing changed |
//! | [`mod@moment`] | how things stand at a moment |
//! | [`placements`] | the placements of a slot, one of them in full |
//! | [`outcome`] | what comes of it, as data |

mod chain;
mod history;
mod moment;
pub mod outcome;
pub mod placements;
pub mod spells;
mod what_if;

use crate::base::time::Time;
use crate::engine::{self, Setup};
use crate::scenario::Plan;
use crate::world::{IncidentId, ServiceId, World};

use history::{History, Whom};
use outcome::{Answer, Explained, Moment, Outage, OutageRow, Outages};
use placements::Which;
use spells::{Kind, Spell, Spells};

/// Why something cannot be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}

/// A slot: one of the places that a service keeps filled. A replacement takes over the slot of the task that it replaces. For
/// a batch it is the number of the arrival.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its service.
    pub service: ServiceId,
    /// Its number, from 0.
    pub slot: u32,
}

/// The service of a name.
///
/// # Errors
/// Where there is none.
pub fn service(plan: &Plan, name: &str) -> Result<ServiceId, Wrong> {
    let found = plan.fleet.services.iter().find(|(_, spec)| spec.name == name);
    found.map(|(id, _)| id).ok_or_else(|| {
        let names: Vec<&str> = plan.fleet.services.values().map(|spec| spec.name.as_str()).collect();
        Wrong {
            message: format!("there is no service `{name}` in `{}`", plan.name),
            help: format!("there are: {}", names.join(", ")),
        }
    })
}

/// A slot written like `web/17`.
///
/// # Errors
/// Where it is written otherwise, or there is no such service.
pub fn slot(plan: &Plan, text: &str) -> Result<Question, Wrong> {
    let parsed = text.rsplit_once('/').and_then(|(name, slot)| Some((name, slot.parse::<u32>().ok()?)));
    let Some((name, slot)) = parsed else {
        return Err(Wrong {
            message: format!("`{text}` names no task"),
            help: "write a service and the number of a slot, from 0, like web/17".into(),
        });
    };
    Ok(Question { service: service(plan, name)?, slot })
}

/// A moment that lies in the run.
///
/// # Errors
/// Where it does not.
pub fn moment(plan: &Plan, at: Time) -> Result<Time, Wrong> {
    if at <= Time::ZERO + plan.duration {
        return Ok(at);
    }
    Err(Wrong {
        message: format!("{at} lies behind the end of the run"),
        help: format!("`{}` lasts {}", plan.name, plan.duration),
    })
}

fn explained(plan: &Plan, answer: Answer) -> Explained {
    Explained { scenario: plan.name.clone(), seed: plan.seed, duration_seconds: plan.duration.seconds(), answer }
}

/// The placements of a slot, one of them in full.
///
/// # Errors
/// See [`placements::explain`].
pub fn placement(plan: &Plan, question: &Question, which: Which) -> Result<Explained, Wrong> {
    let found = placements::explain(plan, question, which)?;
    Ok(explained(plan, Answer::Placement(Box::new(found))))
}

/// Every outage and shortage of a run in the order of their numbers, and everything below the desired count.
struct Listed {
    numbered: Vec<(Spell, OutageRow)>,
    all: Vec<Spell>,
    /// The run at its end.
    world: World,
}

/// The name of an incident's failure.
fn cause(world: &World, incident: IncidentId) -> Option<String> {
    let model = world.incidents.get(incident)?.model;
    world.fleet.failures.get(model).map(|failure| failure.name.clone())
}

fn listed(plan: &Plan, only: Option<ServiceId>) -> Listed {
    let (spells, meter) = Spells::watch();
    let mut engine = engine::build_with(plan, Setup::default(), vec![meter]);
    engine.run_until(Time::ZERO + plan.duration);
    let all = spells.list(engine.world.now);
    let warmup = Time::ZERO + plan.warmup;
    let counts = |spell: &&Spell| only.is_none_or(|only| only == spell.service) && spell.to > warmup;
    let outages: Vec<&Spell> = all.iter().filter(counts).filter(|spell| spell.kind == Kind::Outage).collect();
    let apart = |spell: &&Spell| !outages.iter().any(|outage| outage.meets(spell));
    let shortages = all.iter().filter(counts).filter(|spell| spell.kind == Kind::Shortage).filter(apart);
    let mut shortages: Vec<&Spell> = shortages.collect();
    let mut outages = outages;
    // Stable sorts: of equal ones the earlier comes first.
    outages.sort_by_key(|spell| std::cmp::Reverse(spell.length()));
    shortages.sort_by(|a, b| b.lost.total_cmp(&a.lost));
    let row = |(place, spell): (usize, &Spell)| {
        let mut causes: Vec<String> = Vec::new();
        for name in spell.causes.iter().filter_map(|incident| cause(&engine.world, *incident)) {
            if !causes.contains(&name) {
                causes.push(name);
            }
        }
        OutageRow {
            number: place as u32 + 1,
            service: plan.fleet.services[spell.service].name.clone(),
            kind: if spell.kind == Kind::Outage { "outage" } else { "shortage" }.into(),
            began_seconds: spell.from.seconds(),
            ended_seconds: spell.over.then(|| spell.to.seconds()),
            length_seconds: spell.length().seconds(),
            desired: spell.desired,
            needed: spell.needed,
            fewest_healthy: spell.fewest,
            lost_task_seconds: spell.lost,
            causes,
        }
    };
    let ordered: Vec<Spell> = outages.into_iter().chain(shortages).cloned().collect();
    let rows: Vec<OutageRow> = ordered.iter().enumerate().map(row).collect();
    Listed { numbered: ordered.into_iter().zip(rows).collect(), all, world: engine.world }
}

/// The outages of a run.
pub fn outages(plan: &Plan, only: Option<ServiceId>) -> Explained {
    let rows = listed(plan, only).numbered.into_iter().map(|(_, row)| row).collect();
    explained(plan, Answer::Outages(Outages { outages: rows }))
}

/// The outage of a number.
///
/// # Errors
/// Where there is none.
pub fn outage(plan: &Plan, only: Option<ServiceId>, number: u32) -> Result<Explained, Wrong> {
    let list = listed(plan, only);
    let count = list.numbered.len();
    match (number as usize).checked_sub(1).and_then(|place| list.numbered.get(place)) {
        Some((spell, row)) => {
            let found = chain_of(plan, spell, row.clone(), &list);
            Ok(explained(plan, Answer::Outage(Box::new(found))))
        }
        None => {
            let message = match count {
                0 => "in this run no service was ever below its desired count".into(),
                1 => format!("there is no outage {number}: there is one"),
                _ => format!("there is no outage {number}: there are {count}"),
            };
            Err(Wrong { message, help: "`longshore explain SCENARIO` lists them".into() })
        }
    }
}

/// A moment, and the outage that covers it, or the nearest.
pub fn at(plan: &Plan, only: Option<ServiceId>, at: Time) -> Explained {
    let (services, mistaken) = moment::look(plan, at, only);
    let list = listed(plan, only);
    let distance = |spell: &Spell| {
        if spell.covers(at) { 0 } else { spell.from.since(at).0.max(at.since(spell.to).0).max(1) }
    };
    // The numbers go from the worst on: of those that lie equally near it is the worst.
    let nearest = list.numbered.iter().min_by_key(|(spell, row)| (distance(spell), row.number));
    let relation = nearest.map(|(spell, _)| match () {
        () if spell.covers(at) => "covers",
        () if spell.from > at => "after",
        () => "before",
    });
    let outage = nearest.map(|(spell, row)| chain_of(plan, spell, row.clone(), &list));
    let relation = relation.map(str::to_owned);
    let found = Moment { at_seconds: at.seconds(), services, mistaken, relation, outage };
    explained(plan, Answer::Moment(Box::new(found)))
}

/// Runs again up to the end of a spell, and of the shortage around it, with everything recorded from its beginning on.
fn recorded(plan: &Plan, spell: &Spell, from: Time, to: Time) -> History {
    let (history, recorder) = History::recorder(spell.service, from == Time::ZERO);
    let mut engine = engine::build_with(plan, Setup::default(), vec![recorder]);
    if from > Time::ZERO {
        engine.run_until(Time(from.0 - 1));
        engine.sample();
    }
    engine.run_until(to);
    history
}

fn chain_of(plan: &Plan, spell: &Spell, row: OutageRow, list: &Listed) -> Outage {
    let around: Vec<&Spell> = list.all.iter().filter(|other| other.meets(spell)).collect();
    let from = around.iter().map(|other| other.from).min().unwrap_or(spell.from);
    let to = around.iter().map(|other| other.to).max().unwrap_or(spell.to);
    let (entries, before) = recorded(plan, spell, from, to).take();
    let name = &plan.fleet.services[spell.service].name;
    let downs = chain::downs(&entries, &before, from);
    let within = chain::within(&downs, spell);
    let path = chain::path(&downs, spell, name);
    let phases = chain::by_phase(&path, spell);
    let first = chain::ended(&downs, spell).0.map(|at| &downs[at]);
    let courses = chain::courses(&entries, &within, first, to, &list.world, name);
    let hosts = entries.iter().any(|entry| {
        let in_spell = entry.time >= spell.from && entry.time <= spell.to;
        in_spell && entry.nature == outcome::Nature::Truth && matches!(entry.whom, Whom::Instance(_))
    });
    let what_if = what_if::all(&what_if::Facts { plan, world: &list.world, spell, phases: &phases, hosts });
    let desired_again = around.iter().filter(|other| other.kind == Kind::Shortage && other.over).map(|other| other.to);
    let desired_again = desired_again.max().filter(|to| *to > spell.to && spell.kind == Kind::Outage);
    Outage {
        outage: row,
        roots: chain::roots(&within, &list.world, spell, name),
        ended_by: chain::ended_by(&downs, spell, name),
        path,
        phases,
        courses,
        what_if,
        desired_again_seconds: desired_again.map(Time::seconds),
    }
}
