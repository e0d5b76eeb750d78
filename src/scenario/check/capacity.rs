//! Groups of instances: the type, what an instance registers, how many stand where.

use crate::base::id::Table;
use crate::base::nearest::instead;
use crate::scenario::file::Scenario;
use crate::scenario::file::capacity::{
    ArchFile, CapacityFile, CountFile, CustomType, InstanceTypeFile, OsFile, ProcessFile, PullBehaviorFile, Switch,
};
use crate::scenario::source::path::Path;
use crate::world::ZoneId;
use crate::world::catalog::{self, Arch};
use crate::world::fleet::{CapacitySpec, Os, PullBehavior, Resources, SuspendedProcesses, ZoneSpec};

use super::Checker;

/// Image data that an instance downloads and unpacks in a second, where the file does not say: the lower end of what is
/// commonly seen (50 to 100 MB/s).
const DEFAULT_PULL_MIB_PER_S: f64 = 50.0;

/// Instances of one group.
const MAX_COUNT: u32 = 1_000_000;

/// Instances of all groups.
const MAX_INSTANCES: u32 = 4_000_000;

/// A type as far as a group needs it.
struct Type {
    name: String,
    registered: Resources,
    arch: Arch,
    usd_per_hour: f64,
}

impl Checker<'_> {
    pub(super) fn capacities(&mut self, scenario: &Scenario) {
        self.unique("capacity", "name", scenario.capacity.iter().map(|capacity| capacity.name.as_str()));
        for (place, given) in scenario.capacity.iter().enumerate() {
            let at = Path::root().key("capacity").index(place);
            let per_zone = self.counts(given, &at);
            let kind = self.instance_type(given, &at);
            let os = match given.operating_system {
                Some(OsFile::Windows) => Os::Windows,
                None | Some(OsFile::Linux) => Os::Linux,
            };
            self.check_attributes(given, &at);
            if given.awsvpc_trunking == Some(true) && os == Os::Windows {
                self.error(&at.key("awsvpcTrunking"), "ENI trunking exists for Linux instances only", None);
            }
            if os == Os::Windows && kind.arch == Arch::Arm64 {
                let help = "use an x86 instance type".to_owned();
                self.error(&at.key("operatingSystem"), "Windows Server does not run on ARM instances", Some(help));
            }
            if os == Os::Windows
                && given.usd_per_hour.is_none()
                && let InstanceTypeFile::Name(name) = &given.instance_type
            {
                let message = format!("the price of `{name}` is that of Linux; give `usdPerHour` for Windows");
                self.warn(&at.key("operatingSystem"), message);
            }
            let pull = given.image_pull_per_second.map_or(DEFAULT_PULL_MIB_PER_S, |size| size.0);
            if pull <= 0.0 {
                self.error(&at.key("imagePullPerSecond"), "an instance that pulls nothing never starts a task", None);
            }
            let attributes = self.fleet.zones.values().map(|zone| attributes(given, zone, &kind, os)).collect();
            self.fleet.capacities.push(CapacitySpec {
                name: given.name.clone(),
                instance_type: kind.name,
                registered: kind.registered,
                usd_per_hour: given.usd_per_hour.unwrap_or(kind.usd_per_hour),
                os,
                arch: kind.arch,
                attributes,
                per_zone,
                pull_mib_per_s: pull.max(1e-6),
                pull_behavior: match given.image_pull_behavior {
                    None | Some(PullBehaviorFile::Default) => PullBehavior::Default,
                    Some(PullBehaviorFile::Always) => PullBehavior::Always,
                    Some(PullBehaviorFile::Once) => PullBehavior::Once,
                    Some(PullBehaviorFile::PreferCached) => PullBehavior::PreferCached,
                },
                suspended: SuspendedProcesses {
                    launch: given.suspended_processes.contains(&ProcessFile::Launch),
                    replace_unhealthy: given.suspended_processes.contains(&ProcessFile::ReplaceUnhealthy),
                    az_rebalance: given.suspended_processes.contains(&ProcessFile::AzRebalance),
                },
                managed_draining: given.managed_draining != Some(Switch::Disabled),
                daemons: Table::new(),
            });
        }
    }

    /// Ids of instances and sums over the fleet are 32 bits wide.
    pub(super) fn not_too_many(&mut self) {
        let all: u64 =
            self.fleet.capacities.values().flat_map(|spec| spec.per_zone.values()).map(|n| u64::from(*n)).sum();
        if all > u64::from(MAX_INSTANCES) {
            let message = format!("at most {MAX_INSTANCES} instances in all, found {all}");
            self.error(&Path::root().key("capacity"), message, None);
        }
    }

    /// Spreads a total over the zones by their weights (largest remainders, the first zone where they are alike), or looks
    /// up a number for each zone.
    fn counts(&mut self, given: &CapacityFile, at: &Path) -> Table<ZoneId, u32> {
        let at = at.key("count");
        let mut counts: Table<ZoneId, u32> = self.fleet.zones.ids().map(|_| 0).collect();
        let mut good = true;
        match &given.count {
            CountFile::Total(total) if *total > MAX_COUNT => {
                good = false;
                self.error(&at, format!("at most {MAX_COUNT} instances in a group, found {total}"), None);
            }
            CountFile::Total(total) => {
                let weights: f64 = self.fleet.zones.values().map(|zone| zone.weight).sum();
                let share = |zone: &ZoneSpec| f64::from(*total) * zone.weight / weights.max(f64::MIN_POSITIVE);
                let mut left = *total;
                let mut remainders = Vec::new();
                for (zone, spec) in self.fleet.zones.iter() {
                    let whole = (share(spec) + 1e-9).floor();
                    counts[zone] = whole as u32;
                    left = left.saturating_sub(counts[zone]);
                    remainders.push((zone, share(spec) - whole));
                }
                remainders.sort_by(|a, b| b.1.total_cmp(&a.1));
                for (zone, _) in remainders.into_iter().take(left as usize) {
                    counts[zone] += 1;
                }
            }
            CountFile::PerZone(given) => {
                for (name, count) in given {
                    let zone = self.fleet.zones.iter().find(|(_, zone)| zone.name == *name).map(|(zone, _)| zone);
                    match zone {
                        Some(zone) if *count <= MAX_COUNT => counts[zone] = *count,
                        Some(_) => {
                            good = false;
                            let message = format!("at most {MAX_COUNT} instances in a zone, found {count}");
                            self.error(&at.key(name.as_str()), message, None);
                        }
                        None => {
                            good = false;
                            let known: Vec<_> = self.fleet.zones.values().map(|zone| zone.name.as_str()).collect();
                            let help = instead(name, "zones", &known);
                            self.error_at_key(&at.key(name.as_str()), format!("there is no zone `{name}`"), help);
                        }
                    }
                }
            }
        }
        if good && counts.values().all(|count| *count == 0) {
            self.error(
                &at,
                "a group without instances",
                Some("give a count of 1 or more, or leave the group out".into()),
            );
        }
        counts
    }

    fn instance_type(&mut self, given: &CapacityFile, at: &Path) -> Type {
        let reserved = given.reserved_memory.map_or(0, |size| size.0.ceil() as u64);
        let trunking = given.awsvpc_trunking == Some(true);
        match &given.instance_type {
            InstanceTypeFile::Name(name) => {
                let given_at = at.clone();
                let at = at.key("instanceType");
                let Some(found) = catalog::find(name) else {
                    let help = match catalog::nearest(name) {
                        Some(near) => format!("did you mean `{near}`? `longshore catalog` lists all"),
                        None if !name.is_empty() && catalog::matching(name).next().is_some() => {
                            format!("`longshore catalog {name}` lists the types that hold it in their name")
                        }
                        None => "`longshore catalog` lists all types".to_owned(),
                    };
                    self.error(&at, format!("there is no instance type `{name}`"), Some(help));
                    return Type {
                        name: name.clone(),
                        registered: Resources { cpu: u32::MAX, memory: u32::MAX, gpus: u32::MAX, enis: u32::MAX },
                        arch: Arch::X86_64,
                        usd_per_hour: 0.0,
                    };
                };
                if trunking && found.branch_enis == 0 {
                    self.warn(&at, format!("`{name}` does not support ENI trunking: `awsvpcTrunking` changes nothing"));
                }
                let memory = catalog::registered_memory_mib(found.memory_mib);
                let left = self.less_reserved(memory, reserved, &given_at);
                Type {
                    name: name.clone(),
                    registered: Resources {
                        cpu: found.vcpu * 1024,
                        memory: left,
                        gpus: found.gpus,
                        enis: catalog::awsvpc_tasks(&found, trunking),
                    },
                    arch: found.arch,
                    usd_per_hour: found.usd_per_hour,
                }
            }
            InstanceTypeFile::Custom(custom) => self.custom_type(custom, reserved, at),
        }
    }

    fn custom_type(&mut self, custom: &CustomType, reserved: u64, at: &Path) -> Type {
        Type {
            name: custom.name.clone().unwrap_or_else(|| "custom".into()),
            registered: Resources {
                cpu: custom.vcpu * 1024,
                memory: self.less_reserved(custom.memory.0.floor() as u64, reserved, at),
                gpus: custom.gpus.unwrap_or(0),
                enis: custom.awsvpc_tasks.unwrap_or(u32::MAX),
            },
            arch: match custom.cpu_architecture {
                Some(ArchFile::Arm) => Arch::Arm64,
                None | Some(ArchFile::X86) => Arch::X86_64,
            },
            usd_per_hour: custom.usd_per_hour.unwrap_or(0.0),
        }
    }

    fn less_reserved(&mut self, memory: u64, reserved: u64, at: &Path) -> u32 {
        if reserved >= memory {
            let message = match reserved {
                0 => "an instance without memory takes no task".to_owned(),
                _ => format!("of the {memory} MiB that an instance registers nothing is left for tasks"),
            };
            self.error(&at.key(if reserved == 0 { "instanceType" } else { "reservedMemory" }), message, None);
        }
        memory.saturating_sub(reserved).min(u64::from(u32::MAX)) as u32
    }

    /// Names of 1 to 128 characters of a certain alphabet; values likewise (ECS API, Attribute).
    fn check_attributes(&mut self, given: &CapacityFile, at: &Path) {
        let at = at.key("attributes");
        let fine = |text: &str, more: &[char]| {
            (1..=128).contains(&text.chars().count())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "_./\\-".contains(c) || more.contains(&c))
        };
        for (name, value) in &given.attributes {
            if name.starts_with("ecs.") {
                let help = "attributes that begin with `ecs.` are ECS's own".to_owned();
                self.error_at_key(&at.key(name.as_str()), format!("the attribute `{name}` cannot be set"), Some(help));
            } else if !fine(name, &[]) {
                let help = "1 to 128 letters, digits, `_`, `-`, `.`, `/` and `\\`".to_owned();
                self.error_at_key(
                    &at.key(name.as_str()),
                    format!("`{name}` cannot be the name of an attribute"),
                    Some(help),
                );
            }
            if !fine(value, &['@', ':', ' ']) {
                let help = "1 to 128 letters, digits, `_`, `-`, `.`, `/`, `\\`, `@`, `:` and spaces".to_owned();
                self.error(
                    &at.key(name.as_str()),
                    format!("`{value}` cannot be the value of an attribute"),
                    Some(help),
                );
            }
        }
    }
}

/// The attributes of an instance in a zone: ECS's own and the user's.
fn attributes(given: &CapacityFile, zone: &ZoneSpec, kind: &Type, os: Os) -> Vec<(String, String)> {
    let family = match os {
        Os::Linux => "LINUX",
        Os::Windows => "WINDOWS_SERVER_2022_FULL",
    };
    let mut list: Vec<(String, String)> = vec![
        ("ecs.availability-zone".into(), zone.name.clone()),
        ("ecs.instance-type".into(), kind.name.clone()),
        ("ecs.os-type".into(), os.name().into()),
        ("ecs.os-family".into(), family.into()),
        ("ecs.cpu-architecture".into(), kind.arch.to_string()),
        ("ecs.ami-id".into(), format!("ami-{}-{}", os.name(), kind.arch)),
        ("ecs.vpc-id".into(), "vpc-1".into()),
        ("ecs.subnet-id".into(), format!("subnet-{}", zone.name)),
    ];
    if given.awsvpc_trunking == Some(true) {
        list.push(("ecs.awsvpc-trunk-id".into(), "trunk".into()));
    }
    list.extend(given.attributes.iter().map(|(name, value)| (name.clone(), value.clone())));
    list
}
