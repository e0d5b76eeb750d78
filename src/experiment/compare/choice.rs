//! Which figures are compared.

use std::sync::Arc;

/// Of each service: ends of names.
const OF_SERVICES: [&str; 8] = [
    "serviceAvailability",
    "capacityAvailability",
    "downtimeSecondsPerYear",
    "lostTaskSeconds",
    "requests.lostShare",
    "timeToDesired.meanSeconds",
    "blastRadius.zone.mean",
    "blastRadius.instance.mean",
];

/// Of each batch.
const OF_BATCHES: [&str; 3] = ["wait.meanSeconds", "response.meanSeconds", "givenUpShare"];

/// Of each group of instances.
const OF_CAPACITY: [&str; 4] = ["cpuReserved.mean", "memoryReserved.mean", "fragmentation.mean", "emptyShare"];

/// Of the whole fleet.
const OF_FLEET: [&str; 3] = ["cost.usdPerMonth", "cost.idleShare", "placement.refusals"];

/// The names that all plans have, in the order of the first.
pub(super) fn common(names: &[Vec<Arc<str>>]) -> Vec<Arc<str>> {
    let Some((first, others)) = names.split_first() else { return Vec::new() };
    let others: Vec<std::collections::HashSet<&Arc<str>>> = others.iter().map(|names| names.iter().collect()).collect();
    first.iter().filter(|name| others.iter().all(|other| other.contains(name))).cloned().collect()
}

/// The elements of a list that have a figure: `services.NAME.serviceAvailability` gives NAME. Names may hold dots.
fn elements<'a>(names: &'a [Arc<str>], list: &str, end: &str) -> Vec<&'a str> {
    names
        .iter()
        .filter_map(|name| name.strip_prefix(list)?.strip_prefix('.')?.strip_suffix(end)?.strip_suffix('.'))
        .collect()
}

/// The services that all plans have.
pub(super) fn services(common: &[Arc<str>]) -> Vec<String> {
    elements(common, "services", "serviceAvailability").into_iter().map(str::to_owned).collect()
}

/// The figures to be compared: what is always of interest, and what was asked for.
pub(super) fn chosen(common: &[Arc<str>], asked: &[String]) -> Vec<Arc<str>> {
    let mut wanted: Vec<String> = Vec::new();
    let lists: [(&str, &str, &[&str]); 3] = [
        ("services", "serviceAvailability", &OF_SERVICES),
        ("batches", "givenUpShare", &OF_BATCHES),
        ("capacity", "emptyShare", &OF_CAPACITY),
    ];
    for (list, end, ends) in lists {
        for element in elements(common, list, end) {
            wanted.extend(ends.iter().map(|end| format!("{list}.{element}.{end}")));
        }
    }
    wanted.extend(OF_FLEET.map(str::to_owned));
    wanted.extend(asked.iter().cloned());
    let mut chosen: Vec<Arc<str>> = Vec::new();
    for name in wanted {
        // A figure that is `null` as a whole (requests without a load balancer) has no name below it.
        if let Some(known) = common.iter().find(|known| ***known == *name)
            && !chosen.contains(known)
        {
            chosen.push(known.clone());
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_dots_are_matched_from_their_ends() {
        let names = |list: &[&str]| list.iter().map(|name| Arc::from(*name)).collect::<Vec<Arc<str>>>();
        let first = names(&["services.a.b.serviceAvailability", "services.a.b.x", "cost.usdPerMonth", "only.here"]);
        let second = names(&["cost.usdPerMonth", "services.a.b.serviceAvailability", "services.a.b.x"]);
        let common = common(&[first, second]);
        assert_eq!(services(&common), ["a.b"]);
        let chosen = chosen(&common, &["services.a.b.x".into(), "cost.usdPerMonth".into()]);
        let chosen: Vec<&str> = chosen.iter().map(|name| &**name).collect();
        assert_eq!(chosen, ["services.a.b.serviceAvailability", "cost.usdPerMonth", "services.a.b.x"]);
    }
}
