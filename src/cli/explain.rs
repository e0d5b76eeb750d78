//! `longshore explain`: why a task went where it went, and what an outage was made of.

use std::path::PathBuf;

use clap::Args;

use crate::base::time::{Span, Time};
use crate::base::units::parse_span;
use crate::experiment::explain::placements::Which;
use crate::experiment::explain::{self, Wrong};
use crate::report;

use super::ending::{Ending, Stop};
use super::{load, write};

const AFTER: &str = "\
A run is a function of its scenario and seed, so it is simply run again and looked at.

Alone it lists the outages of the run, the worst first; --outage N explains one of them: what
failed, when whoever could act noticed, what each minute was spent on, and what would have shortened
it. For that the same seed is run again with one thing changed right before the outage.

A task is named by its service and slot, from 0: web/17. A slot is a place that the service keeps
filled; the replacement of a task takes over its slot. For a batch it is the number of the arrival.

Examples:
  longshore explain web.yaml
  longshore explain web.yaml --outage 1
  longshore explain web.yaml --at 3d4h
  longshore explain web.yaml --task web/17
  longshore explain web.yaml --task web/17 --placement 2 --json | jq .explained.excluded

Exit code 2 says that the scenario cannot be used, or that there is no such service, task or moment.";

/// Explains the outages of a run, a moment of it, or why a task was placed where it was
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Explain {
    /// The scenario (YAML or JSON)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A task by its service and slot, such as web/17: lists its placements and explains one
    #[arg(long, value_name = "SERVICE/SLOT", conflicts_with_all = ["outage", "service"])]
    task: Option<String>,
    /// The placement to explain, by its number in the list; without it the first
    #[arg(long, value_name = "N", requires = "task", conflicts_with = "at")]
    placement: Option<u32>,
    /// A moment, as 3d4h or as tables have it ('3d 04:00'): how things stand, and the outage that covers it or the
    /// nearest; with --task the last placement until then
    #[arg(long, value_name = "TIME", value_parser = parse_moment)]
    at: Option<Time>,
    /// The outage to explain, by its number in the list
    #[arg(long, value_name = "N", conflicts_with = "at")]
    outage: Option<u32>,
    /// Looks at one service only; outages are numbered among its own
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Where all randomness comes from. Same as --set seed=N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Changes a value of the scenario, such as services.web.desiredCount=6; may be given several times
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    set: Vec<String>,
    /// Shows everything: each instance, each outage, the course of each task
    #[arg(long)]
    all: bool,
    /// Prints the explanation as JSON; `longshore schema explain` describes it
    #[arg(long)]
    json: bool,
}

/// A moment written as a length of time since the start, `3d4h`, or as tables write it, `3d 04:00:05`.
fn parse_moment(text: &str) -> Result<Time, String> {
    let since_start = |span: Span| Time::ZERO + span;
    parse_span(text).map(since_start).or_else(|error| clock(text).map(since_start).ok_or_else(|| error.to_string()))
}

/// `3d 04:00:05`, `04:00`.
fn clock(text: &str) -> Option<Span> {
    let (days, time) = match text.trim().split_once('d') {
        Some((days, time)) => (days.trim().parse::<u32>().ok()?, time),
        None => (0, text),
    };
    let parts: Vec<f64> = time.trim().split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let good = |part: &f64, end: f64| (0.0..end).contains(part);
    let seconds = match parts.as_slice() {
        [h, m] if good(h, 24.0) && good(m, 60.0) => h * 3600.0 + m * 60.0,
        [h, m, s] if good(h, 24.0) && good(m, 60.0) && good(s, 60.0) => h * 3600.0 + m * 60.0 + s,
        _ => return None,
    };
    Some(Span::from_secs_f64(f64::from(days) * 86_400.0 + seconds))
}

impl From<Wrong> for Stop {
    fn from(wrong: Wrong) -> Stop {
        Stop::bad_with(wrong.message, &wrong.help)
    }
}

pub(super) fn run(args: &Explain) -> Result<Ending, Stop> {
    let mut edits = args.set.clone();
    edits.extend(args.seed.map(|seed| format!("seed={seed}")));
    let loaded = load::all(std::slice::from_ref(&args.file), &edits)?;
    let Some(plan) = loaded.first().map(|loaded| &loaded.plan) else { return Ok(Ending::Done) };
    let only = args.service.as_deref().map(|name| explain::service(plan, name)).transpose()?;
    let at = args.at.map(|at| explain::moment(plan, at)).transpose()?;
    let explained = match (&args.task, at, args.outage) {
        (Some(task), at, _) => {
            let which = match (args.placement, at) {
                (Some(number), _) => Which::Number(number),
                (None, Some(at)) => Which::At(at),
                (None, None) => Which::First,
            };
            explain::placement(plan, &explain::slot(plan, task)?, which)?
        }
        (None, Some(at), _) => explain::at(plan, only, at),
        (None, None, Some(number)) => explain::outage(plan, only, number)?,
        (None, None, None) => explain::outages(plan, only),
    };
    if args.json {
        let text = serde_json::to_string_pretty(&explained);
        let text = text.map_err(|error| Stop::defect(format!("the explanation is no JSON: {error}")))?;
        return write::stdout(&(text + "\n"));
    }
    write::stdout(&report::explain::text(&explained, report::explain::Options { all: args.all }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_they_are_written() {
        let seconds = |text: &str| parse_moment(text).map(|at| at.seconds());
        assert_eq!(seconds("3d4h"), Ok(273_600.0));
        assert_eq!(seconds("3d 04:00"), Ok(273_600.0));
        assert_eq!(seconds("04:00:05"), Ok(14_405.0));
        assert_eq!(seconds("10d 00:00:15"), Ok(864_015.0));
        for wrong in ["", "soon", "25:00", "3d 04:60", "-1h", "3x"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
