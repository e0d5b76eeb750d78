//! A placement: each instance with the rule that excluded it, or its rank and the values that decided.

use crate::experiment::explain::outcome::{Attempt, Decision, Excluded, Ranked, SlotPlacements};
use crate::report::table::grid::{figure, name, table};
use crate::report::words;

use super::lines::{names, wrapped};
use super::{Options, scores};

/// The most attempts in the list.
const MOST_ATTEMPTS: usize = 15;

/// The most ranked instances.
const MOST_RANKED: usize = 10;

/// The most instances named for one reason.
const MOST_NAMES: usize = 4;

/// The most of those that give way.
const MOST_VICTIMS: usize = 6;

/// The most ways to fail one rule that are told apart.
const MOST_DETAILS: usize = 6;

const STEPS: [&str; 9] = ["step 1", "step 2", "step 3", "step 4", "step 5", "step 6", "step 7", "step 8", "step 9"];

pub(super) fn text(slot: &SlotPlacements, options: Options) -> String {
    let mut parts = vec![attempts(slot, options), verdict(slot)];
    parts.extend(ranking(slot, options));
    parts.extend(excluded(slot, options));
    parts.join("\n")
}

fn attempts(slot: &SlotPlacements, options: Options) -> String {
    let columns = [figure("placement"), figure("at"), name("went to", 34), name("why", 60)];
    let chosen = slot.explained.attempt.number;
    let row = |attempt: &Attempt| {
        let mark = if attempt.number == chosen { "→ " } else { "" };
        let why = match &attempt.nominated {
            Some(nominated) => format!("{}; makes room on {nominated}", attempt.why),
            None => attempt.why.clone(),
        };
        vec![format!("{mark}{}", attempt.number), words::moment(attempt.seconds), went_to(attempt), why]
    };
    let all = slot.attempts.len();
    let most = if options.all { all } else { MOST_ATTEMPTS };
    // The one that is explained stands among those that are shown.
    let last = (chosen as usize + most / 2).max(most).min(all);
    let first = last.saturating_sub(most);
    let heading = format!("Every placement of {} in this run; a replacement takes over the slot", slot.slot);
    let mut text = table(&heading, &columns, slot.attempts[first..last].iter().map(row).collect());
    if first > 0 || last < all {
        text += &format!("… {} of {} shown: --all\n", last - first, words::count(all as u64));
    }
    if all > 1 {
        text += "Another one in full: --placement N, or --at TIME for the last before a moment\n";
    }
    text
}

fn went_to(attempt: &Attempt) -> String {
    match (&attempt.instance, &attempt.zone, &attempt.refusal) {
        (Some(instance), Some(zone), _) => format!("{instance} ({zone})"),
        (_, _, Some(refusal)) => format!("refused: {refusal}"),
        _ => "–".into(),
    }
}

fn verdict(slot: &SlotPlacements) -> String {
    let decision = &slot.explained;
    let attempt = &decision.attempt;
    let at = words::moment(attempt.seconds);
    let (able, unable) = (decision.ranked.len() as u64, decision.excluded.len() as u64);
    let one = word(slot);
    let of = words::plural(able + unable, one);
    let mut text = match &attempt.instance {
        None => {
            let refusal = attempt.refusal.as_deref().unwrap_or("no reason");
            format!(
                "At {at} {} finds no {one}: none of {of} can take it. What stands for all of them: {refusal}.",
                slot.slot
            )
        }
        Some(_) if decision.only_because.is_some() => {
            let why = decision.only_because.as_deref().unwrap_or_default();
            format!("At {at} {} goes to {}: {why}.", slot.slot, went_to(attempt))
        }
        Some(_) if able == 1 => {
            format!("At {at} {} goes to {}: of {of} it is the only one that can take it.", slot.slot, went_to(attempt))
        }
        Some(_) => {
            let why = match &decision.scoring {
                Some(scoring) => scores::deciding(decision, scoring, one),
                None => deciding(decision),
            };
            format!("At {at} {} goes to {}: {able} of {of} can take it, and {why}.", slot.slot, went_to(attempt))
        }
    };
    if let Some(trouble) = decision.ranked.first().and_then(|first| first.unknown_trouble.as_ref()) {
        text += &format!(" In truth that {one} is {trouble}; whoever decides here does not know it yet.");
    }
    if let Some(room) = &decision.nomination {
        let gave_way = names(room.victims.iter().map(String::as_str), MOST_VICTIMS);
        text += &format!(" Room had been made for it on {}: {gave_way} had to give way.", room.instance);
    }
    if let Some(nominated) = &attempt.nominated {
        let give_way = names(attempt.victims.iter().map(String::as_str), MOST_VICTIMS);
        text += &format!(" Room is made for it on {nominated}: {give_way} must give way, being of lower priority.");
    }
    wrapped(&format!("Placement {}: ", attempt.number), &text)
}

/// What decided, in words.
fn deciding(decision: &Decision) -> String {
    let last_step = decision.steps.iter().rposition(|step| step.after < step.before);
    let level = decision.steps.last().map_or(decision.ranked.len() as u32, |step| step.after);
    let tie = format!("between the {level} that are still level decides {}", decision.tie_break);
    match (last_step.map(|at| (at, &decision.steps[at])), level) {
        (None, _) => format!("nothing tells them apart: {tie}"),
        (Some((_, step)), 1) => format!("step `{}` decides", step.title),
        (Some((_, step)), _) => format!("`{}` leaves {} of {}; {tie}", step.title, step.after, step.before),
    }
}

/// What an instance is called.
fn word(slot: &SlotPlacements) -> &'static str {
    if slot.words.instance == "node" { "node" } else { "instance" }
}

fn ranking(slot: &SlotPlacements, options: Options) -> Option<String> {
    let decision = &slot.explained;
    if decision.ranked.is_empty() || decision.only_because.is_some() {
        return None;
    }
    if let Some(scoring) = &decision.scoring {
        return Some(scores::ranking(decision, scoring, word(slot), options));
    }
    let mut text = String::from("The ranking\n");
    for (place, step) in decision.steps.iter().enumerate() {
        let line = format!("{}: of {} level it leaves {}", step.title, step.before, step.after);
        text += &wrapped(&format!("  step {}  ", place + 1), &line);
    }
    let mut columns = vec![figure("rank"), name("instance", 20), name("zone", 16), name("group", 16)];
    columns.extend(decision.steps.iter().zip(STEPS).map(|(_, title)| name(title, 30)));
    columns.push(name("behind by", 12));
    let most = if options.all { decision.ranked.len() } else { MOST_RANKED };
    let row = |ranked: &Ranked| {
        let mark = if ranked.unknown_trouble.is_some() { "† " } else { "" };
        let mut cells = vec![
            format!("{mark}{}", ranked.rank),
            ranked.instance.clone(),
            ranked.zone.clone(),
            ranked.capacity.clone(),
        ];
        cells.extend(ranked.values.iter().take(STEPS.len()).cloned());
        cells.push(match (ranked.rank, ranked.behind_at) {
            (1, _) => "chosen".into(),
            (_, Some(step)) => format!("step {}", step + 1),
            (_, None) => "tie-break".into(),
        });
        cells
    };
    text.push_str(table("", &columns, decision.ranked.iter().take(most).map(row).collect()).trim_start_matches('\n'));
    if decision.ranked.len() > most {
        text += &format!("… and {} more: --all\n", words::count((decision.ranked.len() - most) as u64));
    }
    let tie = decision.steps.last().map_or(decision.ranked.len() as u32, |step| step.after);
    if tie > 1 {
        text += &wrapped("", &format!("Tie-break: {}.", decision.tie_break));
    }
    if let Some(dead) = decision.ranked.iter().take(most).find_map(|ranked| ranked.unknown_trouble.as_ref()) {
        text += &wrapped("† ", &format!("in truth {dead}, which the decision does not know"));
    }
    Some(text)
}

fn excluded(slot: &SlotPlacements, options: Options) -> Option<String> {
    let decision = &slot.explained;
    if decision.excluded.is_empty() {
        return None;
    }
    let mut by_rule: Vec<(&str, Vec<&Excluded>)> = Vec::new();
    for row in &decision.excluded {
        match by_rule.iter_mut().find(|(rule, _)| *rule == row.by) {
            Some((_, list)) => list.push(row),
            None => by_rule.push((&row.by, vec![row])),
        }
    }
    let mut text = String::from("Excluded, each by the first rule that it fails\n");
    for (rule, list) in by_rule {
        text += &wrapped("  ", &format!("{rule}: {}", words::plural(list.len() as u64, word(slot))));
        let mut by_detail: Vec<(&str, Vec<&Excluded>)> = Vec::new();
        for row in &list {
            match by_detail.iter_mut().find(|(detail, _)| *detail == row.detail) {
                Some((_, same)) => same.push(row),
                None => by_detail.push((&row.detail, vec![row])),
            }
        }
        let most_details = if options.all { by_detail.len() } else { MOST_DETAILS };
        let most = if options.all { usize::MAX - 1 } else { MOST_NAMES };
        for (detail, same) in by_detail.iter().take(most_details) {
            let named: Vec<String> = same.iter().map(|row| format!("{} ({})", row.instance, row.zone)).collect();
            let listed = names(named.iter().map(String::as_str), most);
            text += &wrapped("    ", &format!("{detail}: {listed}"));
        }
        if by_detail.len() > most_details {
            let rest: usize = by_detail[most_details..].iter().map(|(_, same)| same.len()).sum();
            text += &wrapped("    ", &format!("… and {rest} more for the same reason: --all"));
        }
    }
    Some(text)
}
