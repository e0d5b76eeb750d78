//! From what was recorded to the chain of an outage: who was without a serving task when and why, whose absence each moment
//! is put down to, and what happened to each.

use std::collections::BTreeMap;

use crate::base::time::Time;
use crate::metrics::attribution::struck_name;
use crate::world::incident::Struck;
use crate::world::service::Loss;
use crate::world::{IncidentId, ModelId, World};

use super::history::{Entry, Turn, Whom};
use super::outcome::{Course, CourseEntry, Nature, PhaseShare, Root, Stretch};
use super::spells::Spell;

/// The phase of a moment at which every wanted slot serves and that is still not enough.
const TOO_FEW_WANTED: (&str, &str) = ("tooFewWanted", "fewer tasks wanted than upWhen asks for");

/// A time in which a slot had no serving task.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Down {
    pub slot: u32,
    pub from: Time,
    /// When it was over; `None` where it was not when the recording ended.
    pub to: Option<Time>,
    pub cause: IncidentId,
    /// It was over because the slot was no longer wanted.
    unwanted: bool,
    /// What it waited for, each from when on; of two at the same time the last.
    phases: Vec<(Loss, Time)>,
    /// The entry that ended it.
    last_entry: usize,
}

impl Down {
    /// It was no surprise: stopped or wanted on purpose, so that there was nothing to notice.
    fn planned(&self) -> bool {
        self.phases.first().is_some_and(|(loss, _)| *loss != Loss::Undetected)
    }

    fn covers(&self, from: Time, to: Time) -> bool {
        self.from < to && self.to.is_none_or(|end| end > from)
    }

    /// What it waited for between two moments, one after the other without a gap.
    fn clipped(&self, from: Time, to: Time) -> Vec<(Loss, Time, Time)> {
        let mut list = Vec::new();
        for (place, (loss, since)) in self.phases.iter().enumerate() {
            let until = self.phases.get(place + 1).map_or(to, |(_, next)| *next);
            let (since, until) = ((*since).max(from), until.min(to));
            if since < until {
                list.push((*loss, since, until));
            }
        }
        list
    }
}

/// The times in which slots had no serving task, in order of their beginning.
pub(super) fn downs(entries: &[Entry], before: &BTreeMap<u32, (IncidentId, Loss)>, start: Time) -> Vec<Down> {
    let begin = |slot, from, cause, loss| Down {
        slot,
        from,
        to: None,
        cause,
        unwanted: false,
        phases: vec![(loss, from)],
        last_entry: entries.len(),
    };
    let mut open: BTreeMap<u32, Down> =
        before.iter().map(|(slot, (cause, loss))| (*slot, begin(*slot, start, *cause, *loss))).collect();
    let mut list = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let Whom::Slot(slot) = entry.whom else { continue };
        match entry.turn {
            Turn::Down { cause, loss } => {
                open.insert(slot, begin(slot, entry.time, cause, loss));
            }
            Turn::Waits(loss) => {
                if let Some(down) = open.get_mut(&slot) {
                    down.phases.push((loss, entry.time));
                }
            }
            Turn::Up { wanted } => {
                if let Some(mut down) = open.remove(&slot) {
                    down.to = Some(entry.time);
                    down.unwanted = !wanted;
                    down.last_entry = place;
                    list.push(down);
                }
            }
            Turn::On { .. } | Turn::Noticed(_) | Turn::None => {}
        }
    }
    list.extend(open.into_values());
    list.sort_by_key(|down| (down.from, down.slot));
    list
}

/// The one that ended the spell: that came back, or was no longer wanted, at its last moment; otherwise the one that was
/// down longest at its end.
pub(super) fn ended(downs: &[Down], spell: &Spell) -> (Option<usize>, bool) {
    let at_end = |down: &&Down| spell.over && down.to == Some(spell.to);
    // Of several the last to change.
    if let Some(last) = downs.iter().filter(at_end).max_by_key(|down| down.last_entry) {
        return (downs.iter().position(|down| down == last), true);
    }
    let just_before = |down: &&Down| down.from < spell.to && down.to.is_none_or(|to| to >= spell.to);
    let longest = downs.iter().filter(just_before).min_by_key(|down| (down.from, down.slot));
    (longest.and_then(|longest| downs.iter().position(|down| down == longest)), false)
}

/// What ended the spell, in words.
pub(super) fn ended_by(downs: &[Down], spell: &Spell, name: &str) -> String {
    match ended(downs, spell) {
        _ if !spell.over => "it lasts to the end of the run".into(),
        (Some(at), true) if downs[at].unwanted => format!("{name}/{} is no longer wanted", downs[at].slot),
        (Some(at), true) => format!("{name}/{} serves", downs[at].slot),
        _ => "no slot came back in that moment: either fewer tasks are asked for, or the load balancer has no healthy \
              target left and sends to all of them"
            .into(),
    }
}

/// The critical path of a spell: its stretches fill the spell exactly.
pub(super) fn path(downs: &[Down], spell: &Spell, name: &str) -> Vec<Stretch> {
    let stretch = |slot: Option<u32>, phase: &str, from: Time, to: Time| Stretch {
        slot: slot.map_or_else(String::new, |slot| format!("{name}/{slot}")),
        phase: phase.to_owned(),
        from_seconds: from.seconds(),
        to_seconds: to.seconds(),
    };
    // Backwards from the end.
    let mut list = Vec::new();
    let mut until = spell.to;
    let mut next = ended(downs, spell).0;
    while until > spell.from {
        let Some(down) = next.map(|at| &downs[at]) else {
            // Nobody was down just then: up to the last who was.
            let since = downs.iter().filter_map(|down| down.to).filter(|to| *to < until).max().unwrap_or(spell.from);
            let since = since.max(spell.from);
            list.push(stretch(None, TOO_FEW_WANTED.0, since, until));
            until = since;
            next = longest_at(downs, until);
            continue;
        };
        let since = down.from.max(spell.from);
        for (loss, from, to) in down.clipped(since, until).into_iter().rev() {
            list.push(stretch(Some(down.slot), loss.name(), from, to));
        }
        until = since;
        next = longest_at(downs, until);
    }
    list.reverse();
    list
}

/// Of those that were down just before a moment, the one that had been so longest.
fn longest_at(downs: &[Down], moment: Time) -> Option<usize> {
    let then = |down: &Down| down.from < moment && down.to.is_none_or(|to| to >= moment);
    let list = downs.iter().enumerate().filter(|(_, down)| then(down));
    list.min_by_key(|(_, down)| (down.from, down.slot)).map(|(at, _)| at)
}

/// What a phase is called for people.
pub(super) fn title(phase: &str) -> &'static str {
    Loss::of(phase).map_or(TOO_FEW_WANTED.1, Loss::title)
}

/// A path summed by phase, in the order of first appearance.
pub(super) fn by_phase(path: &[Stretch], spell: &Spell) -> Vec<PhaseShare> {
    let mut list: Vec<PhaseShare> = Vec::new();
    for stretch in path {
        let seconds = stretch.to_seconds - stretch.from_seconds;
        match list.iter_mut().find(|known| known.phase == stretch.phase) {
            Some(known) => known.seconds += seconds,
            None => list.push(PhaseShare {
                phase: stretch.phase.clone(),
                title: title(&stretch.phase).into(),
                seconds,
                share: 0.0,
            }),
        }
    }
    let all = spell.length().seconds();
    for phase in &mut list {
        phase.share = if all > 0.0 { phase.seconds / all } else { 0.0 };
    }
    list
}

/// The incidents behind some downs, and those of the whole region in the meantime, which stand in the way of recovery.
pub(super) fn roots(downs: &[&Down], world: &World, spell: &Spell, name: &str) -> Vec<Root> {
    let mut by_incident: Vec<(IncidentId, Vec<&Down>)> = Vec::new();
    for down in downs.iter().filter(|down| down.cause.is_some()) {
        match by_incident.iter_mut().find(|(incident, _)| *incident == down.cause) {
            Some((_, list)) => list.push(down),
            None => by_incident.push((down.cause, vec![down])),
        }
    }
    for (incident, row) in world.incidents.iter().filter(|(_, row)| row.struck == Struck::Region) {
        let meanwhile = row.opened < spell.to && row.closed.is_none_or(|closed| closed > spell.from);
        if meanwhile && !by_incident.iter().any(|(known, _)| *known == incident) {
            by_incident.push((incident, Vec::new()));
        }
    }
    let root = |(incident, of): (IncidentId, Vec<&Down>)| {
        let row = world.incidents.get(incident)?;
        let failure = world.fleet.failures.get(row.model);
        let first = of.iter().map(|down| down.from).min().unwrap_or(row.opened);
        let containers = row.struck == Struck::Containers;
        let mut slots: Vec<u32> = of.iter().map(|down| down.slot).collect();
        slots.dedup();
        let struck = if containers {
            slots.iter().map(|slot| format!("{name}/{slot}")).collect::<Vec<_>>().join(", ")
        } else {
            struck_name(world, row.struck)
        };
        Some(Root {
            failure: failure.map_or_else(String::new, |failure| failure.name.clone()),
            kind: failure.map_or("", |failure| failure.kind).to_owned(),
            struck,
            began_seconds: if containers { first } else { row.opened }.seconds(),
            ended_seconds: row.closed.map(Time::seconds),
            slots: of.len() as u32,
        })
    };
    by_incident.into_iter().filter_map(root).collect()
}

/// What the slots went through, those with the same course in one, led by the one that was back last; the course of `first`
/// comes first and is led by it.
pub(super) fn courses(
    entries: &[Entry],
    downs: &[&Down],
    first: Option<&Down>,
    until: Time,
    world: &World,
    name: &str,
) -> Vec<Course> {
    type Alike = (ModelId, Vec<Loss>, Option<&'static str>);
    let model = |down: &Down| world.incidents.get(down.cause).map_or(ModelId::NONE, |incident| incident.model);
    let mut groups: Vec<(Alike, Vec<&Down>)> = Vec::new();
    for down in downs {
        let phases = down.clipped(down.from, down.to.unwrap_or(until)).into_iter().map(|(loss, ..)| loss).collect();
        let alike = (model(down), phases, noticed(entries, down).map(|(_, by)| by));
        match groups.iter_mut().find(|(known, _)| *known == alike) {
            Some((_, list)) => list.push(down),
            None => groups.push((alike, vec![down])),
        }
    }
    let back = |down: &Down| down.to.unwrap_or(Time::NEVER);
    for (_, list) in &mut groups {
        list.sort_by_key(|down| (Some(*down) != first, std::cmp::Reverse(back(down)), down.slot));
    }
    groups.sort_by_key(|(_, list)| (Some(list[0]) != first, std::cmp::Reverse(back(list[0])), list[0].slot));
    groups.into_iter().map(|(_, list)| course(entries, &list, until, name)).collect()
}

fn course(entries: &[Entry], of: &[&Down], until: Time, name: &str) -> Course {
    let leader = of[0];
    let noticed = noticed(entries, leader);
    let phases = leader.clipped(leader.from, leader.to.unwrap_or(until));
    let stretch = |(loss, from, to): (Loss, Time, Time)| Stretch {
        slot: format!("{name}/{}", leader.slot),
        phase: loss.name().to_owned(),
        from_seconds: from.seconds(),
        to_seconds: to.seconds(),
    };
    let last_back = of.iter().map(|down| down.to).collect::<Option<Vec<Time>>>();
    Course {
        slots: of.iter().map(|down| format!("{name}/{}", down.slot)).collect(),
        lost_seconds: of.iter().map(|down| down.from).min().unwrap_or(leader.from).seconds(),
        back_seconds: last_back.and_then(|list| list.into_iter().max()).map(Time::seconds),
        noticed_seconds: noticed.map(|(time, _)| time.seconds()),
        noticed_by: noticed.map(|(_, by)| by.to_owned()),
        planned: leader.planned(),
        entries: entries_of(entries, leader),
        phases: phases.into_iter().map(stretch).collect(),
    }
}

/// When somebody who could act first knew of it, and who.
fn noticed(entries: &[Entry], down: &Down) -> Option<(Time, &'static str)> {
    if down.planned() {
        return None;
    }
    let (loss, time) = *down.phases.iter().find(|(loss, _)| *loss != Loss::Undetected)?;
    let same = |entry: &&Entry| entry.time == time && entry.whom == Whom::Slot(down.slot);
    let by = entries.iter().filter(same).find_map(|entry| match entry.turn {
        Turn::Noticed(by) => Some(by),
        _ => None,
    });
    Some((time, by.unwrap_or(if loss == Loss::Starting { "agent, which restarts it" } else { "scheduler" })))
}

/// Everything that has to do with one down, in order: its slot, the instance that its task is or was on, what is launched
/// while it waits for room, and what concerns everybody.
fn entries_of(entries: &[Entry], down: &Down) -> Vec<CourseEntry> {
    let mut on: Option<u32> = None;
    let mut waits_for_room = false;
    let mut known: Vec<u32> = Vec::new();
    // The instance that lost the task is told right after the loss, in the same moment.
    let lost_on = entries.iter().find_map(|entry| match (entry.whom, entry.turn) {
        (Whom::Slot(slot), Turn::On { serial }) if slot == down.slot && entry.time == down.from => Some(serial),
        _ => None,
    });
    on = on.or(lost_on);
    let mut list: Vec<(Time, u8, usize, &Entry)> = Vec::new();
    for (place, entry) in entries.iter().enumerate().take(down.last_entry.saturating_add(1)) {
        if entry.time < down.from {
            continue;
        }
        let concerns = match entry.whom {
            Whom::Slot(slot) if slot == down.slot => {
                match entry.turn {
                    Turn::On { serial } => on = Some(serial),
                    Turn::Waits(loss) => waits_for_room = is_wait_for_room(loss),
                    Turn::Down { loss, .. } => waits_for_room = is_wait_for_room(loss),
                    _ => {}
                }
                true
            }
            Whom::Slot(_) => false,
            Whom::Instance(serial) => {
                if waits_for_room && !known.contains(&serial) {
                    known.push(serial);
                }
                on == Some(serial) || waits_for_room && known.contains(&serial)
            }
            Whom::All => true,
        };
        if concerns && !entry.text.is_empty() {
            // Of what happens in the moment of the loss the cause is told first.
            let rank = match (entry.time == down.from, entry.nature, entry.turn) {
                (true, Nature::Truth, Turn::None) => 0,
                _ => 1,
            };
            list.push((entry.time, rank, place, entry));
        }
    }
    list.sort_by_key(|(time, rank, place, _)| (*time, *rank, *place));
    let told = |(time, _, _, entry): (Time, u8, usize, &Entry)| CourseEntry {
        seconds: time.seconds(),
        nature: entry.nature,
        text: entry.text.clone(),
    };
    let mut told: Vec<CourseEntry> = list.into_iter().map(told).collect();
    told.dedup();
    told
}

fn is_wait_for_room(loss: Loss) -> bool {
    matches!(loss, Loss::WaitingForInstance | Loss::WaitingForCapacity | Loss::Throttled)
}

/// The downs that share a moment with a spell.
pub(super) fn within<'a>(downs: &'a [Down], spell: &Spell) -> Vec<&'a Down> {
    downs.iter().filter(|down| down.covers(spell.from, spell.to)).collect()
}
