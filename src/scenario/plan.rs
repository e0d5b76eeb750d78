//! A scenario without strings to be interpreted: what the engine runs.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::base::id::Table;
use crate::base::time::Span;
use crate::failure::Failure;
use crate::placement::Policy;
use crate::placement::kubernetes::Profile;
use crate::placement::policy::TieBreak;
use crate::platform::ecs::NoRoom;
use crate::platform::kubernetes::settings::Settings;
use crate::platform::timings::Timings;
use crate::workload::run_task::Arrivals;
use crate::workload::scheduled_count::CountChange;
use crate::world::ServiceId;
use crate::world::fleet::Fleet;

/// Everything that a run needs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenario's name.
    pub name: String,
    /// What it shows or asks.
    pub description: Option<String>,
    /// The seed.
    pub seed: u64,
    /// How long to simulate, warm-up included.
    pub duration: Span,
    /// The time at the start that is left out of every figure.
    pub warmup: Span,
    /// The run begins with everything running.
    pub starts_running: bool,
    /// What breaks a tie.
    pub tie_break: TieBreak,
    /// Zones, capacity, task definitions, services.
    pub fleet: Arc<Fleet>,
    /// Placement rules of each service.
    pub policies: Arc<Table<ServiceId, Policy>>,
    /// What fails; checked, so that each can be built.
    pub failures: Vec<Failure>,
    /// The folder that file names are relative to.
    pub base: PathBuf,
    /// How long things take.
    pub timings: Arc<Timings>,
    /// Settings of Kubernetes and of its scheduler, where it is the orchestrator.
    pub kubernetes: Option<KubernetesPlan>,
    /// Batches of standalone tasks.
    pub batches: Vec<Arrivals>,
    /// Desired counts that change at set times.
    pub count_changes: Vec<CountChange>,
    /// What becomes of a standalone task that finds no room.
    pub no_room: Table<ServiceId, NoRoom>,
    /// What is promised of the figures of a run.
    pub objectives: Vec<Objective>,
    /// What is promised of the placement at the start, whatever happens in a run.
    pub survives: Vec<Survive>,
    /// What the scenario asks for and the simulation leaves out.
    pub warnings: Vec<String>,
    /// The scenario with every default filled in, as YAML.
    pub resolved: String,
}

/// What Kubernetes needs beside the fleet.
#[derive(Clone, Debug)]
pub struct KubernetesPlan {
    /// Settings of the controllers.
    pub settings: Arc<Settings>,
    /// The scheduler's profile.
    pub profile: Profile,
}

/// A promise about a figure of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// The service that it is about; `None` for the whole fleet.
    pub service: Option<ServiceId>,
    /// What is promised.
    pub goal: Goal,
}

/// What is promised.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Goal {
    /// At least this service availability.
    Availability(f64),
    /// At least this capacity availability.
    CapacityAvailability(f64),
    /// No outage longer than this.
    LongestOutage(Span),
    /// Always back at the desired count within this.
    RecoversWithin(Span),
    /// At most this share of requests lost.
    RequestsLost(f64),
    /// At most this cost per month of 730 hours, in USD.
    UsdPerMonth(f64),
    /// At most this share of CPU reserved in any zone on average.
    CpuReserved(f64),
    /// At most this share of memory reserved in any zone on average.
    MemoryReserved(f64),
    /// At most so many placement attempts that found no instance.
    Refusals(u64),
}

/// A promise that a service stays up, whatever is lost of a kind.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Survive {
    /// The service; it has a desired count.
    pub service: ServiceId,
    /// What may be lost.
    pub loss: Loss,
}

/// What may be lost.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Any one zone.
    Zone,
    /// Any so many instances, at least one.
    Instances(u32),
}

impl fmt::Display for Loss {
    /// `any one zone`, `any 2 instances`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Loss::Zone => f.write_str("any one zone"),
            Loss::Instances(1) => f.write_str("any one instance"),
            Loss::Instances(count) => write!(f, "any {count} instances"),
        }
    }
}
