//! `longshore validate`: whether scenarios are sound, without running them.

use std::path::PathBuf;

use clap::Args;

use crate::base::problem::printable;
use crate::scenario::Loaded;
use crate::world::fleet::Scheduling;

use super::ending::{Ending, Stop};
use super::{load, write};

const AFTER: &str = "\
Examples:
  longshore validate web.yaml
  longshore validate scenarios/*.yaml
  longshore validate web.yaml --set duration=1y";

/// Checks scenario files and lists everything that is wrong with them, each with its line and column
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Validate {
    /// Scenario files (YAML or JSON)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Changes a value before the check, such as services.web.desiredCount=6; may be given several times
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    set: Vec<String>,
}

pub(super) fn run(args: &Validate) -> Result<Ending, Stop> {
    let scenarios = load::all(&args.files, &args.set)?;
    load::variants(&args.files, &args.set)?;
    let lines: String = args.files.iter().zip(&scenarios).map(|(file, loaded)| line(file, loaded)).collect();
    write::stdout(&lines)
}

fn line(file: &std::path::Path, loaded: &Loaded) -> String {
    let fleet = &loaded.plan.fleet;
    let instances: u32 = fleet.capacities.values().map(|capacity| capacity.count()).sum();
    let services = fleet.services.values().filter(|service| service.scheduling != Scheduling::Standalone).count();
    let parts = [
        plural(fleet.zones.len(), "zone"),
        plural(instances as usize, "instance"),
        plural(services, "service"),
        plural(loaded.plan.batches.len(), "batch"),
        plural(loaded.plan.failures.len(), "failure"),
        plural(loaded.plan.objectives.len() + loaded.plan.survives.len(), "objective"),
    ];
    format!("{} is valid: {}\n", printable(&file.display().to_string()), parts.join(", "))
}

fn plural(number: usize, one: &str) -> String {
    let ending = match (number, one) {
        (1, _) => "",
        (_, "batch") => "es",
        _ => "s",
    };
    format!("{number} {one}{ending}")
}
