//! How things stand at a moment.

use crate::experiment::explain::outcome::{Moment, ServiceState};
use crate::report::words;

use super::lines::{and, names, wrapped};
use super::{Options, outage};

/// The most names in a row.
const MOST_NAMES: usize = 12;

/// The most services that are told one by one.
const MOST_SERVICES: usize = 12;

/// The most instances about which somebody is mistaken.
const MOST_MISTAKEN: usize = 10;

pub(super) fn text(moment: &Moment, options: Options) -> String {
    let at = words::moment(moment.at_seconds);
    let mut text = format!("At {at}\n");
    let (complete, short): (Vec<&ServiceState>, Vec<&ServiceState>) =
        moment.services.iter().partition(|service| service.healthy >= service.desired && service.up);
    let most = if options.all { short.len() } else { MOST_SERVICES };
    for service in short.iter().take(most) {
        text += &state(service);
    }
    if short.len() > most {
        text += &wrapped("  ", &format!("… and {} more services short of tasks: --all", short.len() - most));
    }
    match (short.is_empty(), complete.as_slice()) {
        (_, []) => {}
        (true, [one]) => text += &wrapped("  ", &format!("{} has all its {} tasks.", one.service, one.desired)),
        (true, all) => text += &wrapped("  ", &format!("All {} services have all their tasks.", all.len())),
        (false, all) => {
            let list = names(all.iter().map(|service| service.service.as_str()), MOST_NAMES);
            text += &wrapped("  ", &format!("All tasks healthy: {list}."));
        }
    }
    if !moment.mistaken.is_empty() {
        let most = if options.all { moment.mistaken.len() } else { MOST_MISTAKEN };
        text += "\nWhat is believed and is not so\n";
        for line in moment.mistaken.iter().take(most) {
            text += &wrapped("  ", line);
        }
        if moment.mistaken.len() > most {
            text += &wrapped("  ", &format!("… and {} more: --all", moment.mistaken.len() - most));
        }
    }
    if let Some(found) = &moment.outage {
        let row = &found.outage;
        let kind = if row.kind == "outage" { "outage" } else { "shortage of tasks" };
        let away = match moment.relation.as_deref() {
            Some("before") => {
                let since = moment.at_seconds - row.ended_seconds.unwrap_or(moment.at_seconds);
                let short = found.desired_again_seconds.is_some_and(|again| again > moment.at_seconds);
                let still = if short { "; some of its tasks are still missing" } else { "" };
                format!(
                    "Nothing is down at that moment. The nearest {kind} was over {} before{still}.",
                    words::duration(since)
                )
            }
            Some("after") => {
                let until = words::duration(row.began_seconds - moment.at_seconds);
                format!("Nothing is down at that moment. The nearest {kind} begins {until} after.")
            }
            _ => format!("The moment lies in this {kind}:"),
        };
        text += "\n";
        text += &wrapped("", &away);
        text += "\n";
        text += &outage::one(found, options);
    } else {
        text += "\nNo service was ever below its desired count in this run.\n";
    }
    text
}

fn state(service: &ServiceState) -> String {
    let ServiceState { service: name, desired, healthy, needed, up, waiting } = service;
    let up = if *up { format!("up (it takes {needed})") } else { format!("DOWN (it takes {needed})") };
    let waits: Vec<String> = waiting
        .iter()
        .map(|waiting| {
            let slots = names(waiting.slots.iter().map(String::as_str), MOST_NAMES);
            format!("{slots}: {}", waiting.title)
        })
        .collect();
    let waits = if waits.is_empty() { String::new() } else { format!(" {}.", and(&waits)) };
    wrapped("  ", &format!("{name}: {healthy} of {desired} tasks healthy, {up}.{waits}"))
}
