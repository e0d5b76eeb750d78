//! `longshore plan`: the cheapest capacity that meets the objectives of a scenario.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::nearest::{nearest, one_of};
use crate::base::problem::{Severity, printable};
use crate::base::units;
use crate::experiment::search::outcome::CapacityPlan;
use crate::experiment::search::{Design, SearchError, search};
use crate::report;
use crate::scenario::plan::Loss;
use crate::scenario::{self, Plan};
use crate::world::catalog;
use crate::world::fleet::{Scheduling, ServiceSpec};

use super::common::{self, Common};
use super::ending::{Ending, Stop};
use super::progress::Progress;
use super::{experiments, interrupt, load, write};

const AFTER: &str = "\
What is searched: the instance type, the number of instances and the number of zones of one group of
`capacity`. What is asked of a candidate: that every task finds room at the start, every loss of
--survive, and the `objectives` of the scenario. An objective `survives: anyZone`, or
`survives: {instances: 2}`, is the same as --survive, and may name one service.

Each other objective is decided by replications, as many as it takes: it counts as met only where
the interval of its figure lies wholly on the right side. Losses are counted on the placement at the
start, and the loss of a zone is simulated for two hours without other failures.

Examples:
  longshore plan web.yaml --survive zone
  longshore plan web.yaml --types 'm5.*,c5.large,m6g.*' --zones 2..3 --survive zone --all --png
  longshore plan web.yaml --survive instances=2 --count 4..40 --confidence 99%
  longshore plan web.yaml --set services.web.desiredCount=12 --replications 5000

Exit code 1 says that nothing in the range meets the objectives, 2 that the arguments, the scenario
or a place for the results cannot be used.";

/// Finds the cheapest instance type, number of instances and number of zones that meet the objectives
#[derive(Args)]
#[command(name = "plan", after_help = AFTER)]
#[command(mut_arg("png", |arg| arg.help("Draws the chart as PNG beside the SVG")))]
#[command(mut_arg("json", |arg| arg.help("Prints plan.json instead of the table")))]
pub(super) struct PlanArgs {
    /// A scenario file with objectives
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Instance types of the catalogue, or patterns of them such as 'm5.*,c5.large'; the group's own type without it
    #[arg(long, value_name = "TYPE,TYPE…", value_delimiter = ',')]
    types: Vec<String>,
    /// The group of instances that is searched; the only one without it
    #[arg(long, value_name = "NAME")]
    capacity: Option<String>,
    /// In how many zones it may stand, such as 3 or 2..4: the first so many of the scenario; all without it
    #[arg(long, value_name = "N..M", value_parser = range)]
    zones: Option<RangeInclusive<u32>>,
    /// How many instances it may have, such as 6 or 4..40
    #[arg(long, value_name = "N..M", default_value = "1..200", value_parser = range)]
    count: RangeInclusive<u32>,
    /// Every service must stay up when this is lost: `zone` for any one zone, `instances=2` for any two; may be given several
    /// times
    #[arg(long, value_name = "LOSS", value_parser = loss)]
    survive: Vec<Loss>,
    /// The probability with which an objective that is called met is met
    #[arg(long, value_name = "SHARE", default_value = "95%", value_parser = confidence)]
    confidence: f64,
    /// The most replications of a candidate; few are needed where the figures are clear
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(20..=10_000_000))]
    replications: u64,
    /// Follows every type and number of zones to its own answer, the dearer ones too: the whole frontier
    #[arg(long)]
    all: bool,
    /// Goes on with the replications that an interrupted search of the same scenario has left
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    common: Common,
}

/// `3`, or `2..4` with both ends.
fn range(text: &str) -> Result<RangeInclusive<u32>, String> {
    let number = |text: &str| {
        let help = || format!("`{}` is not a number from 1 to 1000000; write 3 or 2..4", text.trim());
        text.trim().parse::<u32>().ok().filter(|number| (1..=1_000_000).contains(number)).ok_or_else(help)
    };
    let (first, last) = match text.split_once("..") {
        Some((first, last)) => (number(first)?, number(last.strip_prefix('=').unwrap_or(last))?),
        None => (number(text)?, number(text)?),
    };
    if first > last {
        return Err(format!("nothing lies between {first} and {last}: write {last}..{first}"));
    }
    Ok(first..=last)
}

fn loss(text: &str) -> Result<Loss, String> {
    let help = "write `zone`, or `instances=2`";
    match text.trim().split_once('=') {
        None if text.trim() == "zone" => Ok(Loss::Zone),
        Some(("instances", count)) => match count.trim().parse::<u32>() {
            Ok(count) if count > 0 => Ok(Loss::Instances(count)),
            _ => Err(format!("`{count}` is not a number of instances: {help}")),
        },
        _ => Err(help.to_owned()),
    }
}

fn confidence(text: &str) -> Result<f64, String> {
    let share = units::parse_share(text).map_err(|error| error.to_string())?;
    if (0.5..1.0).contains(&share) {
        Ok(share)
    } else {
        Err("give a share from 50 % to below 100 %, such as 95%".into())
    }
}

pub(super) fn run(args: &PlanArgs) -> Result<Ending, Stop> {
    let edits = args.common.edits();
    let loaded = load::all(std::slice::from_ref(&args.file), &edits)?;
    let Some(base) = loaded.into_iter().next().map(|one| one.plan) else {
        return Err(Stop::defect("a scenario that was read is not there"));
    };
    let design = design(args, &base)?;
    let folder = args.common.folder(&format!("{}-plan", base.name))?;
    interrupt::listen();
    let journal = common::journal(&folder, &[&known_by(&base, &design)], args.resume)?;
    let load = |more: &[String]| candidate(&args.file, &edits, more);
    let mut progress = Progress::new(&base.name, args.common.quiet);
    let found = search(&base, &load, &design, Some(&journal), |share| progress.advance(share));
    progress.finish();
    let found = found.map_err(|error| match error {
        SearchError::Journal(error) => experiments::stop(error),
        SearchError::Broken(fault) => Stop::defect(fault),
    })?;
    let resolved = match found.chosen.and_then(|at| found.candidates.get(at)) {
        Some(chosen) => Some(load(&chosen.changes).map_err(Stop::defect)?.resolved),
        None => None,
    };
    report::search::write(&found, resolved.as_deref(), &folder, &args.common.files(false)).map_err(Stop::bad)?;
    journal.delete().map_err(experiments::stop)?;
    if args.common.json {
        write::stdout(&common::json(&found, "the plan is")?)?;
    } else if !args.common.quiet {
        write::stdout(&report::table::search::report(&found, Some(&folder)))?;
    }
    Ok(judge(&found))
}

/// The plan of a candidate, or the first thing that is wrong with it.
fn candidate(file: &Path, edits: &[String], more: &[String]) -> Result<Plan, String> {
    match scenario::load(file, &[edits, more].concat()) {
        Ok(loaded) => Ok(loaded.plan),
        Err(refused) => {
            let sorted = refused.problems.sorted();
            let first = sorted.into_iter().find(|problem| problem.severity == Severity::Error);
            Err(first.map_or_else(|| "the scenario is not usable".to_owned(), |problem| problem.message.clone()))
        }
    }
}

/// What the journal knows the search by: the scenario, and what decides which replications are asked for.
fn known_by(base: &Plan, design: &Design) -> Plan {
    let Design { group, types, zones, counts, survive, confidence, most, all, checking: _ } = design;
    let mut plan = base.clone();
    plan.resolved += &format!("# {group:?} {types:?} {zones:?} {counts:?} {survive:?} {confidence:?} {most} {all}");
    plan
}

/// Says on standard error that there is nothing.
fn judge(found: &CapacityPlan) -> Ending {
    if found.chosen.is_some() {
        return Ending::Done;
    }
    let why = found.nearest.as_deref().unwrap_or("nothing fits");
    let text = format!("nothing in the range keeps all promises of `{}`: {why}", found.scenario);
    write::stderr(&format!("{}\n", printable(&text)));
    Ending::ObjectiveMissed
}

fn design(args: &PlanArgs, base: &Plan) -> Result<Design, Stop> {
    if base.objectives.is_empty() && base.survives.is_empty() && args.survive.is_empty() {
        let help =
            "add `objectives` to the scenario, such as `- {service: web, availability: 99.95%}`, or `--survive zone`";
        return Err(Stop::bad_with(format!("`{}` promises nothing: every capacity would do", base.name), help));
    }
    let counted = |spec: &ServiceSpec| spec.scheduling == Scheduling::Replica;
    if !args.survive.is_empty() && !base.fleet.services.values().any(counted) {
        let help = "leave `--survive` out, and promise something of the whole fleet, such as `objectives: [{usdPerMonth: 900}]`";
        let message =
            format!("`{}` has no service with a desired count: there is nothing to survive a loss", base.name);
        return Err(Stop::bad_with(message, help));
    }
    let group = group(args.capacity.as_deref(), base)?;
    let own = base.fleet.capacities.values().find(|spec| spec.name == group);
    let types = types(&args.types, own.map_or("", |spec| spec.instance_type.as_str()))?;
    let all = base.fleet.zones.len();
    let zones = match &args.zones {
        None => vec![all],
        Some(range) => {
            let (first, last) = (*range.start() as usize, *range.end() as usize);
            if last > all {
                let names: Vec<&str> = base.fleet.zones.values().map(|zone| zone.name.as_str()).collect();
                let help = format!("add zones to the scenario, or ask for at most {all}");
                let there = if all == 1 { "1 zone".into() } else { format!("{all} zones") };
                let message = format!("{last} zones are asked for, and the scenario has {there}: {}", names.join(", "));
                return Err(Stop::bad_with(message, &help));
            }
            (first..=last).collect()
        }
    };
    Ok(Design {
        group,
        types,
        zones,
        counts: args.count.clone(),
        survive: args.survive.clone(),
        confidence: args.confidence,
        most: args.replications,
        all: args.all,
        checking: args.common.checking(),
    })
}

fn group(wanted: Option<&str>, base: &Plan) -> Result<String, Stop> {
    let names: Vec<&str> = base.fleet.capacities.values().map(|spec| spec.name.as_str()).collect();
    match (wanted, names.as_slice()) {
        (Some(wanted), _) if names.contains(&wanted) => Ok(wanted.to_owned()),
        (None, [only]) => Ok((*only).to_owned()),
        (None, _) => {
            let help = format!("say which one is searched with `--capacity`: there is {}", one_of(names));
            Err(Stop::bad_with("the scenario has several groups of instances", &help))
        }
        (Some(wanted), _) => {
            let help = match nearest(wanted, names.iter().copied()) {
                Some(name) => format!("did you mean `{}`?", printable(name)),
                None => format!("there is {}", one_of(names)),
            };
            Err(Stop::bad_with(format!("there is no capacity `{wanted}`"), &help))
        }
    }
}

/// The types that names and patterns mean, in the order in which they are asked for, each once.
fn types(wanted: &[String], own: &str) -> Result<Vec<String>, Stop> {
    if wanted.is_empty() {
        return Ok(vec![own.to_owned()]);
    }
    let mut list: Vec<String> = Vec::new();
    let mut unknown = Vec::new();
    for text in wanted {
        let text = text.trim();
        let before = list.len();
        if text == own {
            list.push(text.to_owned());
        } else if text.contains(['*', '?']) {
            list.extend(catalog::matching(text).map(|found| found.name.to_owned()));
        } else if let Some(found) = catalog::find(text) {
            list.push(found.name.to_owned());
        }
        if list.len() == before {
            unknown.push(text);
        }
    }
    if !unknown.is_empty() {
        let message = format!("no instance type fits `{}`", unknown.join("`, `"));
        let near: Vec<String> =
            unknown.iter().filter_map(|text| catalog::nearest(text)).map(|name| format!("`{name}`")).collect();
        let help = if near.is_empty() {
            "`longshore catalog` lists all; a pattern such as 'm5.*' must fit the whole name".to_owned()
        } else {
            format!("did you mean {}?", near.join(" or "))
        };
        return Err(Stop::bad_with(message, &help));
    }
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|name| seen.insert(name.clone()));
    Ok(list)
}
