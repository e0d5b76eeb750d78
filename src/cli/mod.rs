//! The command line: one file a command, each of which turns its arguments into calls of the layers below.
//!
//! Standard output holds what was asked for, standard error what else there is to say. How a command ends, and the exit
//! code that goes with it, is in [`ending`].

mod catalog;
mod common;
mod compare;
mod completions;
mod ending;
mod experiments;
mod explain;
mod init;
mod interrupt;
mod list;
mod load;
mod plan;
mod progress;
mod run;
mod schema;
mod target;
mod validate;
mod write;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use ending::{Ending, Stop};

/// What stands below the options of the whole program.
const AFTER: &str = "\
Examples:
  longshore init web.yaml                     write a scenario to begin with
  longshore run web.yaml                      run it; results go to output/NAME/
  longshore run web.yaml --seed 7 --set services.web.desiredCount=9
  longshore explain web.yaml                  what its outages were made of
  longshore plan web.yaml --types 'm6g.*'     the cheapest instances that meet its objectives
  longshore catalog 'm6g.*'                   instance types by name

Exit codes:
  0    done
  1    the scenario ran, and an objective was missed, or is undecided after all replications; no
       capacity meets them
  2    the arguments, a scenario or a place for the results are not usable
  70   a defect of longshore itself
  130  ended by Ctrl-C";

/// Simulates where containers land on EC2 instances in several Availability Zones, and what becomes of the services
/// when containers, instances and zones fail.
#[derive(Parser)]
#[command(name = "longshore", version, about, after_help = AFTER, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Explain(explain::Explain),
    Compare(compare::Compare),
    Plan(plan::PlanArgs),
    Validate(validate::Validate),
    Init(init::Init),
    Catalog(catalog::Catalog),
    List(list::List),
    Schema(schema::Schema),
    Completions(completions::Completions),
}

/// The whole program: reads the arguments of the process, does what they ask, and says how it ended.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` come here too. Where nobody reads any more there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { Ending::BadInput.into() } else { Ending::Done.into() };
        }
    };
    match std::panic::catch_unwind(|| dispatch(cli.command)) {
        Ok(Ok(ending)) => ending.into(),
        Ok(Err(stop)) => stop.report(),
        Err(_) => {
            // Where it happened was printed when it did.
            crate::report::remove_partial();
            Stop::defect("longshore had to give up").report()
        }
    }
}

fn dispatch(command: Option<Command>) -> Result<Ending, Stop> {
    match command {
        None => write::stdout(&command_line().render_help().to_string()),
        Some(Command::Run(args)) => run::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Compare(args)) => compare::run(&args),
        Some(Command::Plan(args)) => plan::run(&args),
        Some(Command::Validate(args)) => validate::run(&args),
        Some(Command::Init(args)) => init::run(&args),
        Some(Command::Catalog(args)) => catalog::run(&args),
        Some(Command::List(args)) => list::run(&args),
        Some(Command::Schema(args)) => schema::run(&args),
        Some(Command::Completions(args)) => completions::run(&args),
    }
}

/// The command line as clap knows it, for help and completions.
fn command_line() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command_line().debug_assert();
    }
}
