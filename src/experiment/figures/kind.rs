//! What sort of number a figure is, told by its name and by whether it is whole.

use schemars::JsonSchema;
use serde::Serialize;

use super::walk::Leaf;

/// The sort of a figure.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A number from 0 to 1.
    Share,
    /// A length of time in seconds, or task-seconds.
    Seconds,
    /// US dollars.
    Usd,
    /// A whole number of something.
    Count,
    /// Any other number.
    Number,
}

/// Which end is the bad one.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Worse {
    /// The lower, the worse: availability.
    Low,
    /// The higher, the worse: losses, waits, cost.
    High,
}

/// Ends of names of shares, and the objects all of whose numbers are shares.
const SHARES: [&str; 2] = ["Share", "Availability"];
const OF_SHARES: [&str; 6] =
    ["cpuReserved", "memoryReserved", "instanceCpuReserved", "instanceMemoryReserved", "fragmentation", "blastRadius"];

/// The more of it, the better.
const BETTER_HIGH: [&str; 10] = [
    "met",
    "serviceAvailability",
    "capacityAvailability",
    "nines",
    "meanHealthy",
    "minHealthy",
    "mtbfSeconds",
    "completed",
    "placed",
    "instancesInService",
];

/// Figures that an experiment shows first, and keeps the distribution of.
const HEADLINES: [&str; 8] = [
    "serviceAvailability",
    "capacityAvailability",
    "downtimeSecondsPerYear",
    "lostTaskSeconds",
    "lostShare",
    "givenUpShare",
    "usdPerMonth",
    "longestSeconds",
];

/// What stands at the end of a figure that is one of several numbers of an object.
const NUMBERS: [&str; 4] = ["mean", "p95", "min", "max"];

/// The last fields of a name: the object that the figure is a number of, and the figure. Words before them are not looked at,
/// for they may be those of a user, whose services may be called `completed` or `cpuReserved`.
fn fields(name: &str) -> (Option<&str>, &str) {
    let mut parts = name.rsplit('.');
    let last = parts.next().unwrap_or(name);
    let mut object = parts.next().filter(|_| NUMBERS.contains(&last));
    if matches!(object, Some("zone" | "instance")) {
        object = parts.next();
    }
    (object, last)
}

impl Kind {
    /// The kind of a figure, by its name and a value of it.
    pub fn of(name: &str, leaf: Leaf) -> Kind {
        let (object, last) = fields(name);
        if object.is_some_and(|object| OF_SHARES.contains(&object))
            || last == "met"
            || SHARES.iter().any(|end| last.ends_with(end))
        {
            Kind::Share
        } else if last.ends_with("Seconds") || last == "downtimeSecondsPerYear" {
            Kind::Seconds
        } else if last == "usd" || last.starts_with("usdPer") {
            Kind::Usd
        } else if matches!(leaf, Leaf::Whole(_)) {
            Kind::Count
        } else {
            Kind::Number
        }
    }
}

/// Which end of a figure is the bad one.
pub fn worse(name: &str) -> Worse {
    let (object, last) = fields(name);
    if BETTER_HIGH.contains(&object.unwrap_or(last)) { Worse::Low } else { Worse::High }
}

/// Whether a figure is only more or less, neither better nor worse by itself: what is reserved, how much was asked of
/// placement.
pub fn is_neutral(name: &str) -> bool {
    let (object, last) = fields(name);
    object.is_some_and(|object| object.ends_with("Reserved") || object == "instanceTasks")
        || last == "emptyShare"
        || ["placement.attempts", "placement.placed"].contains(&name)
}

/// Whether a figure is one of the first to be shown: availability, losses, the longest outage, cost.
pub fn headline(name: &str) -> bool {
    let mut parts = name.rsplit('.');
    let last = parts.next().unwrap_or(name);
    let of = name.split('.').next().unwrap_or(name);
    HEADLINES.contains(&last)
        && ["services", "batches", "cost"].contains(&of)
        && (last != "longestSeconds" || parts.next() == Some("outages"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_kind() {
        let number = Leaf::Number(0.5);
        for (name, leaf, kind) in [
            ("services.web.serviceAvailability", number, Kind::Share),
            ("zones.a.cpuReserved.mean", number, Kind::Share),
            ("services.web.blastRadius.zone.max", number, Kind::Share),
            ("cost.idleShare", number, Kind::Share),
            ("services.web.lostTaskSeconds", number, Kind::Seconds),
            ("services.web.downtimeSecondsPerYear", number, Kind::Seconds),
            ("cost.usdPerMonth", number, Kind::Usd),
            ("services.web.outages.count", Leaf::Whole(2.0), Kind::Count),
            ("services.web.mttrSeconds", Leaf::Null, Kind::Seconds),
            ("services.web.meanHealthy", number, Kind::Number),
            // Services of users who like our words.
            ("services.cpuReserved.lostTaskSeconds", number, Kind::Seconds),
            ("services.fragmentation.zoneImbalance.mean", number, Kind::Number),
            ("failures.blastRadius.strikes", Leaf::Whole(3.0), Kind::Count),
        ] {
            assert_eq!(Kind::of(name, leaf), kind, "{name}");
        }
        assert_eq!(worse("services.web.serviceAvailability"), Worse::Low);
        assert_eq!(worse("services.web.lostTaskSeconds"), Worse::High);
        assert_eq!(worse("zones.a.instancesInService.mean"), Worse::Low);
        for service in ["completed", "placed", "met", "apiReserved"] {
            assert_eq!(worse(&format!("services.{service}.lostTaskSeconds")), Worse::High);
            assert!(!is_neutral(&format!("services.{service}.serviceAvailability")));
        }
        assert!(is_neutral("capacity.group.cpuReserved.mean") && is_neutral("capacity.group.emptyShare"));
        assert!(is_neutral("placement.placed") && is_neutral("placement.attempts") && !is_neutral("batches.a.placed"));
        assert!(
            headline("services.web.outages.longestSeconds") && !headline("services.web.timeToDesired.longestSeconds")
        );
    }
}
