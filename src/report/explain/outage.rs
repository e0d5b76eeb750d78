//! An outage: what happened, when it was noticed, what each minute was spent on, what would have shortened it.

use crate::experiment::explain::outcome::{Course, CourseEntry, Nature, Outage, OutageRow, Outages, Root, WhatIf};
use crate::report::table::grid::{figure, name, table};
use crate::report::words;

use super::Options;
use super::lines::{and, names, wrapped};

/// The most rows of the list.
const MOST_ROWS: usize = 20;

/// The most lines of one course, and how many of them stand at its beginning.
const MOST_ENTRIES: usize = 40;
const FIRST_ENTRIES: usize = 28;

/// The most courses beside the first.
const MOST_COURSES: usize = 8;

/// The most root causes.
const MOST_ROOTS: usize = 8;

/// The most names in a row.
const MOST_NAMES: usize = 8;

/// The longest bar.
const BAR: f64 = 40.0;

/// The outages of a run.
pub(super) fn list(list: &Outages, duration_seconds: f64, options: Options) -> String {
    let rows = &list.outages;
    if rows.is_empty() {
        let text = format!("No service was ever below its desired count in {}.", words::duration(duration_seconds));
        return wrapped("", &text) + "\n" + &hint("a placement", "--task SERVICE/0");
    }
    let (outages, shortages): (Vec<&OutageRow>, Vec<&OutageRow>) = rows.iter().partition(|row| row.kind == "outage");
    let mut parts = Vec::new();
    if outages.is_empty() {
        parts.push(wrapped("", "No outage: no service was ever below its upWhen."));
    } else {
        parts.push(rows_of("Outages (below upWhen), the longest first", &outages, options));
    }
    if !shortages.is_empty() {
        let heading = "Up all the time, but short of tasks: the greatest loss of task-time first";
        parts.push(rows_of(heading, &shortages, options));
    }
    parts.push(
        hint("one of them", "--outage 1") + &hint("a moment", "--at 3d4h") + &hint("a placement", "--task SERVICE/0"),
    );
    parts.join("\n")
}

fn hint(what: &str, option: &str) -> String {
    format!("{what:>12}: {option}\n")
}

fn rows_of(heading: &str, rows: &[&OutageRow], options: Options) -> String {
    let columns = [
        figure("outage"),
        name("service", 24),
        figure("began"),
        figure("lasted"),
        figure("healthy\nfewest"),
        figure("\nneeded"),
        figure("task-time lost"),
        name("failures behind it", 34),
    ];
    let most = if options.all { rows.len() } else { MOST_ROWS };
    let row = |row: &&OutageRow| {
        vec![
            row.number.to_string(),
            row.service.clone(),
            words::moment(row.began_seconds),
            if row.ended_seconds.is_some() {
                words::duration(row.length_seconds)
            } else {
                format!("> {}", words::duration(row.length_seconds))
            },
            format!("{} of {}", row.fewest_healthy, row.desired),
            row.needed.to_string(),
            words::task_time(row.lost_task_seconds),
            if row.causes.is_empty() { "none (planned, or no room)".into() } else { row.causes.join(", ") },
        ]
    };
    let mut text = table(heading, &columns, rows.iter().take(most).map(row).collect());
    if rows.len() > most {
        text += &format!("… and {} more: --all\n", words::count((rows.len() - most) as u64));
    }
    text
}

/// One outage.
pub(super) fn one(outage: &Outage, options: Options) -> String {
    let mut parts = vec![head(outage), roots(outage)];
    parts.extend(courses(outage, options));
    parts.push(phases(outage));
    parts.extend(what_if(outage));
    parts.join("\n")
}

fn head(outage: &Outage) -> String {
    let row = &outage.outage;
    let length = words::duration(row.length_seconds);
    let (began, fewest) = (words::moment(row.began_seconds), row.fewest_healthy);
    let until =
        row.ended_seconds.map_or_else(|| "to the end of the run".into(), |end| format!("to {}", words::moment(end)));
    let what = if row.kind == "outage" {
        format!(
            "{} is down for {length}, {began} {until}: at the fewest {fewest} of {} tasks are healthy, and it takes {} to be \
             up.",
            row.service, row.desired, row.needed
        )
    } else {
        format!(
            "{} is short of tasks for {length}, {began} {until}: at the fewest {fewest} of {} are healthy. It is up all the \
             time, so this is no outage.",
            row.service, row.desired
        )
    };
    let mut text = wrapped(&format!("Outage {}: ", row.number), &what);
    if let Some(again) = outage.desired_again_seconds {
        let later = row.ended_seconds.map_or(0.0, |end| again - end);
        let (again, later) = (words::moment(again), words::duration(later));
        text += &wrapped("", &format!("All desired tasks are healthy again at {again}, {later} after that."));
    }
    text
}

fn roots(outage: &Outage) -> String {
    let mut text = String::from("What went wrong\n");
    if outage.roots.is_empty() {
        text += &wrapped("  ", "No failure: tasks were stopped or moved on purpose, or found no room from the start.");
    }
    // Those of one failure in one moment are told in one.
    let mut told: Vec<(Root, Vec<&str>)> = Vec::new();
    for root in &outage.roots {
        let same = |(known, _): &&mut (Root, Vec<&str>)| {
            let alike = known.failure == root.failure && known.ended_seconds == root.ended_seconds;
            alike && known.began_seconds == root.began_seconds
        };
        match told.iter_mut().find(same) {
            Some((known, struck)) => {
                known.slots += root.slots;
                struck.push(&root.struck);
            }
            None => told.push((root.clone(), vec![&root.struck])),
        }
    }
    let left_out = told.len().saturating_sub(MOST_ROOTS);
    for (root, struck) in told.iter().take(MOST_ROOTS) {
        let of_type = words::spaced(&root.kind);
        let what = if of_type == words::spaced(&root.failure) {
            root.failure.clone()
        } else {
            format!("{} ({of_type})", root.failure)
        };
        let lasts = root.ended_seconds.map_or_else(String::new, |end| {
            let length = end - root.began_seconds;
            if length > 0.0 { format!("; it lasts {}", words::duration(length)) } else { String::new() }
        });
        let took = match root.slots {
            0 => "It takes no task, but may stand in the way of those that are missing.".into(),
            slots => format!("It takes {} of {}.", words::plural(slots.into(), "serving task"), outage.outage.service),
        };
        let struck = match struck.as_slice() {
            ["region"] => "the region".into(),
            all => names(all.iter().copied(), MOST_NAMES),
        };
        let text_of = format!("{what} strikes {struck}{lasts}. {took}");
        text += &wrapped(&format!("  {}  ", words::moment(root.began_seconds)), &text_of);
    }
    if left_out > 0 {
        text += &wrapped("  ", &format!("… and {left_out} more: --json has all"));
    }
    text
}

/// What an entry tells, in a word.
fn tag(nature: Nature) -> &'static str {
    match nature {
        Nature::Truth => "is",
        Nature::Belief => "known",
        Nature::Action => "done",
        Nature::Wait => "waits",
    }
}

/// An offset from the beginning of the outage.
fn offset(outage: &Outage, seconds: f64) -> String {
    let after = seconds - outage.outage.began_seconds;
    if after < -0.0005 { format!("−{}", words::duration(-after)) } else { format!("+{}", words::duration(after)) }
}

fn courses(outage: &Outage, options: Options) -> Option<String> {
    let (first, others) = outage.courses.split_first()?;
    let mut text = full(outage, first, true);
    if others.is_empty() {
        return Some(text);
    }
    if options.all {
        for course in others {
            text += "\n";
            text += &full(outage, course, false);
        }
        return Some(text);
    }
    text += "\nThe other tasks\n";
    for course in others.iter().take(MOST_COURSES) {
        let slots = names(course.slots.iter().map(String::as_str), MOST_NAMES);
        text += &wrapped("  ", &format!("{slots}: {}", brief(outage, course)));
    }
    let more = others.len().saturating_sub(MOST_COURSES);
    text += &match more {
        0 => wrapped("  ", "Their courses in full: --all"),
        more => wrapped("  ", &format!("… and {more} other courses; all of them in full: --all")),
    };
    Some(text)
}

/// A course in a sentence.
fn brief(outage: &Outage, course: &Course) -> String {
    let several = course.slots.len() > 1;
    let last = if several { "the last " } else { "" };
    let lost = offset(outage, course.lost_seconds);
    let noticed = match (&course.noticed_by, course.noticed_seconds) {
        (Some(by), Some(at)) => format!("noticed {} by: {by}", offset(outage, at)),
        _ if course.planned => "on purpose".into(),
        _ => "noticed by nobody who could act".into(),
    };
    match course.back_seconds {
        Some(back) => format!("lost {lost}, {noticed}, {last}back {}", offset(outage, back)),
        None => format!("lost {lost}, {noticed}, not back within the run"),
    }
}

/// A course in full.
fn full(outage: &Outage, course: &Course, first: bool) -> String {
    let leader = course.slots.first().map_or("", String::as_str);
    let mut heading = if first && course.back_seconds.is_some() && outage.ended_by.contains(leader) {
        format!("What happened to {leader}, whose return ended it")
    } else {
        format!("What happened to {leader}")
    };
    if first && !outage.ended_by.contains(leader) {
        heading += &format!(" ({})", outage.ended_by);
    }
    let mut text = wrapped("", &heading);
    if course.slots.len() > 1 {
        let rest = names(course.slots[1..].iter().map(String::as_str), MOST_NAMES);
        text += &wrapped("  ", &format!("The same course, at times of their own: {rest}."));
    }
    let entries = folded(&course.entries);
    let shown = entries.len();
    // The last that became known in that moment is about the task itself.
    let noticed_at = entries
        .iter()
        .rposition(|(entry, ..)| course.noticed_seconds == Some(entry.seconds) && entry.nature == Nature::Belief);
    for (place, (entry, times, last)) in entries.iter().enumerate() {
        if shown > MOST_ENTRIES && place >= FIRST_ENTRIES && place < shown - (MOST_ENTRIES - FIRST_ENTRIES) {
            if place == FIRST_ENTRIES {
                text += &format!("  … {} lines left out: --json has all\n", shown - MOST_ENTRIES);
            }
            continue;
        }
        let prefix = format!(
            "  {:>12}  {:>8}  {:<5}  ",
            words::moment(entry.seconds),
            offset(outage, entry.seconds),
            tag(entry.nature)
        );
        let noticed = noticed_at == Some(place);
        let repeated =
            if *times > 1 { format!(" ({times} times, until {})", words::moment(*last)) } else { String::new() };
        let mark = if noticed { " ← noticed" } else { "" };
        text += &wrapped(&prefix, &format!("{}{repeated}{mark}", entry.text));
    }
    if course.noticed_by.is_none() && !course.planned {
        text += &wrapped("  ", "Nobody who could act noticed.");
    }
    text
}

/// Entries with those that repeat the one before folded: how many, and when the last of them was.
fn folded(entries: &[CourseEntry]) -> Vec<(&CourseEntry, u32, f64)> {
    let mut list: Vec<(&CourseEntry, u32, f64)> = Vec::new();
    for entry in entries {
        match list.last_mut() {
            Some((known, times, last)) if known.text == entry.text => {
                *times += 1;
                *last = entry.seconds;
            }
            _ => list.push((entry, 1, entry.seconds)),
        }
    }
    list
}

fn phases(outage: &Outage) -> String {
    let mut path: Vec<String> = Vec::new();
    for stretch in outage.path.iter().rev().filter(|stretch| !stretch.slot.is_empty()) {
        if path.last() != Some(&stretch.slot) {
            path.push(stretch.slot.clone());
        }
    }
    path.reverse();
    let of = if path.len() > 6 { words::plural(path.len() as u64, "slot") } else { and(&path) };
    let length = words::duration(outage.outage.length_seconds);
    let mut text = wrapped("", &format!("What the {length} were spent on, by the course of {of}"));
    let width = outage.phases.iter().map(|phase| phase.title.chars().count()).max().unwrap_or(0);
    for phase in &outage.phases {
        let bar = "█".repeat((phase.share * BAR).round() as usize);
        let (title, spent) = (&phase.title, words::duration(phase.seconds));
        let line = format!("  {title:<width$}  {spent:>8}  {:>6}  {bar}", words::percent(phase.share));
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn what_if(outage: &Outage) -> Option<String> {
    if outage.what_if.is_empty() {
        return None;
    }
    // Less than this is the noise of rounding.
    let matters = |what: &&WhatIf| what.shorter_by_seconds.abs() >= 0.0005;
    let (some, none): (Vec<&WhatIf>, Vec<&WhatIf>) = outage.what_if.iter().partition(matters);
    let mut text = String::from("What would have shortened it: the same seed, one thing changed right before it\n");
    if !some.is_empty() {
        text += "     then lasts   shorter by\n";
    }
    for what in some {
        let lasts = match (what.over, what.length_seconds) {
            (false, seconds) => format!("> {}", words::duration(seconds)),
            (true, 0.0) => "no outage".into(),
            (true, seconds) => words::duration(seconds),
        };
        let change = if what.attainable { what.change.clone() } else { format!("bound: {}", what.change) };
        let shorter = if what.shorter_by_seconds < 0.0 {
            format!("−{}", words::duration(-what.shorter_by_seconds))
        } else {
            words::duration(what.shorter_by_seconds)
        };
        text += &wrapped(&format!("  {lasts:>13}  {shorter:>11}  "), &change);
    }
    if !none.is_empty() {
        let list: Vec<String> = none.iter().map(|what| what.change.clone()).collect();
        text += &wrapped("  Of no use here: ", &list.join("; "));
    }
    text +=
        &wrapped("  ", "It is this one outage again each time, not an average: compare variants over several seeds.");
    Some(text)
}
