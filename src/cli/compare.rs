//! `longshore compare`: variants of a scenario, or several scenarios, under the very same failures.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::nearest::nearest;
use crate::base::problem::printable;
use crate::experiment::compare::{CompareError, Contender, Design, compare};
use crate::report;
use crate::scenario::{self, Plan, Variant};

use super::common::{self, Common};
use super::ending::{Ending, Stop};
use super::progress::Progress;
use super::{experiments, interrupt, write};

const AFTER: &str = "\
What is compared: the `variants` of the scenario's file; or the grid of all --vary, which leaves the
file's variants out; or several files, each as it stands. Replication K of every variant meets the
very same crashes, outages and arrivals, so a difference comes from the variants and not from luck.

Values of --vary stand between commas; a comma in brackets, braces or quotes belongs to the value.

Examples:
  longshore compare web.yaml
  longshore compare web.yaml --vary services.web.desiredCount=4,6,8 --vary capacity.asg.count=6,9
  longshore compare web.yaml --vary 'services.web.placementStrategy=
      [{type: spread, field: instanceId}],[{type: binpack, field: memory}],[{type: random}]'
  longshore compare two-zones.yaml three-zones.yaml --replications 500 --png
  longshore compare web.yaml --until-precision 10% --figure services.web.outages.longestSeconds

Exit code 2 says that a scenario, a variant or a place for the results cannot be used.";

/// Compares variants of a scenario, or several scenarios, under the very same failures
#[derive(Args)]
#[command(after_help = AFTER)]
#[command(mut_arg("seed", |arg| arg.help("Where all randomness comes from, in every variant. Same as --set seed=N")))]
#[command(mut_arg("set", |arg| {
    arg.help("Changes a value in every variant, such as duration=1y; may be given several times")
}))]
#[command(mut_arg("json", |arg| arg.help("Prints comparison.json instead of the table")))]
pub(super) struct Compare {
    /// A scenario file with variants, or to be varied; or several scenario files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Varies a value, such as services.web.desiredCount=4,6,8; given several times, every combination is a variant
    #[arg(long, value_name = "KEY.PATH=VALUE,VALUE…")]
    vary: Vec<String>,
    /// The variant that the others are compared with; the first without it
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,
    /// A further figure to compare, by its path in summary.json; may be given several times
    #[arg(long, value_name = "FIGURE")]
    figure: Vec<String>,
    /// Replications of each variant, on all cores
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(2..=10_000_000))]
    replications: u64,
    /// Goes on, after --replications, until the difference of each variant to the baseline in lost task-time (of batches:
    /// in mean response) is known to within this share of the larger of the two
    #[arg(long, value_name = "SHARE", value_parser = common::precision)]
    until_precision: Option<f64>,
    /// Gives the precision up after so many replications
    #[arg(long, value_name = "N", requires = "until_precision", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(2..))]
    max_replications: u64,
    /// Goes on with the replications that an interrupted comparison of the same variants has left
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Compare) -> Result<Ending, Stop> {
    let (name, variants) = load(args)?;
    let baseline = baseline(args.baseline.as_deref(), &variants)?;
    let folder = args.common.folder(&format!("{name}-comparison"))?;
    interrupt::listen();
    let contenders: Vec<Contender> =
        variants.iter().map(|one| Contender { name: &one.name, changes: &one.changes, plan: &one.plan }).collect();
    let design = Design {
        replications: args.replications,
        precision: args.until_precision,
        most: args.max_replications.max(args.replications),
        baseline,
        figures: args.figure.clone(),
        checking: args.common.checking(),
    };
    let plans: Vec<&Plan> = variants.iter().map(|one| &one.plan).collect();
    let journal = common::journal(&folder, &plans, args.resume)?;
    let mut progress = Progress::new(&name, args.common.quiet);
    let compared = compare(&name, &contenders, &design, Some(&journal), |share| progress.advance(share));
    progress.finish();
    let comparison = match compared {
        Ok(comparison) => comparison,
        Err(error) => {
            // A figure that there is not is found before the first replication: nothing is worth keeping.
            if matches!(error, CompareError::NoFigure { .. }) && !args.resume {
                journal.delete().map_err(experiments::stop)?;
            }
            return Err(stop(error));
        }
    };
    let resolved: Vec<&str> = variants.iter().map(|one| one.plan.resolved.as_str()).collect();
    report::comparison::write(&comparison, &resolved, &folder, &args.common.files(false)).map_err(Stop::bad)?;
    journal.delete().map_err(experiments::stop)?;
    if args.common.json {
        write::stdout(&common::json(&comparison, "the comparison is")?)?;
    } else if !args.common.quiet {
        write::stdout(&report::table::comparison::report(&comparison, Some(&folder)))?;
    }
    Ok(Ending::Done)
}

/// The variants and the name of the whole.
fn load(args: &Compare) -> Result<(String, Vec<Variant>), Stop> {
    let edits = args.common.edits();
    let (name, list) = match args.files.as_slice() {
        [one] => of_one(one, &edits, &args.vary)?,
        _ if !args.vary.is_empty() => {
            let help = "vary one file, or compare several as they stand; `--set` changes a value in all of them";
            return Err(Stop::bad_with("`--vary` takes one file", help));
        }
        files => of_files(files, &edits)?,
    };
    let Some((first, others)) = list.split_first() else { return Err(Stop::bad("there is nothing to compare")) };
    if others.is_empty() {
        let help = "add a list `variants` to the file, vary a value with `--vary services.NAME.desiredCount=4,6`, or name \
                    several files";
        return Err(Stop::bad_with(format!("`{}` alone: there is nothing to compare it with", first.name), help));
    }
    let mut wrong = Vec::new();
    for other in others {
        let (one, two) = (&first.plan, &other.plan);
        let mut differ = |what: &str, one: String, two: String| {
            if one != two {
                wrong.push(format!("`{}` has the {what} {one}, `{}` has {two}", first.name, other.name));
            }
        };
        differ("seed", one.seed.to_string(), two.seed.to_string());
        differ("duration", one.duration.to_string(), two.duration.to_string());
        differ("warmup", one.warmup.to_string(), two.warmup.to_string());
    }
    if wrong.is_empty() {
        return Ok((name, list));
    }
    let help = "variants are compared over the same time with the same seed: give all of them the same with `--set` or `--seed`";
    Err(Stop::bad_with(wrong.join("; "), help))
}

fn of_one(file: &Path, edits: &[String], vary: &[String]) -> Result<(String, Vec<Variant>), Stop> {
    match scenario::load_variants(file, edits, vary) {
        Ok(loaded) => {
            write::stderr(&loaded.warnings.render(&loaded.sources));
            Ok((loaded.scenario, loaded.list))
        }
        Err(refused) => Err(Stop::rendered(refused.problems.render(&refused.sources))),
    }
}

/// Several files: each is a variant under the name of its scenario, or, where two have the same, of its file.
fn of_files(files: &[PathBuf], edits: &[String]) -> Result<(String, Vec<Variant>), Stop> {
    let loaded = super::load::all(files, edits)?;
    let names: Vec<String> = loaded.iter().map(|one| one.plan.name.clone()).collect();
    let unique = (1..names.len()).all(|at| !names[..at].contains(&names[at]));
    let stem = |file: &PathBuf| file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let names: Vec<String> = if unique { names } else { files.iter().map(stem).collect() };
    if let Some(at) = (1..names.len()).find(|at| names[..*at].contains(&names[*at])) {
        let help = "give one of the scenarios another `name`";
        return Err(Stop::bad_with(format!("two of the files are both named `{}`", names[at]), help));
    }
    let whole = match names.as_slice() {
        [one, two] => format!("{one}-and-{two}"),
        [one, others @ ..] => format!("{one}-and-{}-others", others.len()),
        [] => String::new(),
    };
    let list = loaded.into_iter().zip(names).map(|(one, name)| Variant { name, changes: Vec::new(), plan: one.plan });
    Ok((whole, list.collect()))
}

fn baseline(wanted: Option<&str>, variants: &[Variant]) -> Result<usize, Stop> {
    let Some(wanted) = wanted else { return Ok(0) };
    let names = || variants.iter().map(|one| one.name.as_str());
    if let Some(at) = names().position(|name| name == wanted) {
        return Ok(at);
    }
    let help = match nearest(wanted, names()) {
        Some(name) => format!("did you mean `{}`?", printable(name)),
        None => format!("there is {}", crate::base::nearest::one_of(names().collect::<Vec<_>>())),
    };
    Err(Stop::bad_with(format!("there is no variant `{wanted}` to be the baseline"), &help))
}

fn stop(error: CompareError) -> Stop {
    match error {
        CompareError::NoFigure { ref names } => {
            let meant: Vec<String> =
                names.iter().filter_map(|(_, near)| near.as_ref().map(|near| format!("`{near}`"))).collect();
            let help = if meant.is_empty() {
                "a figure is a path in summary.json, elements of lists by their name: `services.web.outages.count`"
                    .into()
            } else {
                format!("did you mean {}?", meant.join(", "))
            };
            Stop::bad_with(&error, &help)
        }
        CompareError::Journal(error) => experiments::stop(error),
        CompareError::Broken(fault) => Stop::defect(fault),
    }
}
