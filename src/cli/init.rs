//! `longshore init`: a scenario to begin with.

mod kubernetes;
mod starter;

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::problem::printable;

use super::ending::{Ending, Stop};
use super::write;

const AFTER: &str = "\
Examples:
  longshore init web.yaml                           a web service in three zones
  longshore init web.yaml --from taskdef.json       the same with a task definition of yours
  aws ecs describe-task-definition --task-definition web > taskdef.json
  longshore init --from taskdef.json > web.yaml
  longshore init web.yaml --from deploy.yaml        Kubernetes workloads on nodes of EKS";

/// Writes a scenario with comments that runs as it is
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Init {
    /// The file to write; must not exist. Standard output where left out
    file: Option<PathBuf>,
    /// What to run: an ECS task definition, as register-task-definition takes or describe-task-definition prints it, or
    /// Kubernetes manifests, or a cluster as `kubectl get nodes,pods,deployments -A -o json` prints it; the scenario
    /// refers to the file
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

pub(super) fn run(args: &Init) -> Result<Ending, Stop> {
    // What goes to standard output is taken to end up in the current folder.
    let path = args.file.as_deref().unwrap_or(Path::new("scenario.yaml"));
    if args.file.is_some() && path.symlink_metadata().is_ok() {
        return Err(exists(path));
    }
    let text = match &args.from {
        None => starter::plain(path),
        Some(from) if kubernetes::is_manifest(from)? => kubernetes::with_manifests(path, from)?,
        Some(from) => starter::with_definition(path, from)?,
    };
    match &args.file {
        None => write::stdout(&text),
        Some(file) => {
            create(file, &text)?;
            let name = printable(&file.display().to_string());
            write::stdout(&format!("{name} is written. Run it with: longshore run {name}\n"))
        }
    }
}

fn create(file: &Path, text: &str) -> Result<(), Stop> {
    let mut out = OpenOptions::new().write(true).create_new(true).open(file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(file),
        ErrorKind::NotFound => Stop::bad(format!("the folder of `{}` does not exist", file.display())),
        _ => Stop::bad(format!("`{}` cannot be written: {error}", file.display())),
    })?;
    out.write_all(text.as_bytes()).map_err(|error| {
        // Half a scenario is worse than none.
        let _ = std::fs::remove_file(file);
        Stop::bad(format!("`{}` cannot be written: {error}", file.display()))
    })
}

fn exists(file: &Path) -> Stop {
    let message = format!("`{}` is there already, and is left as it is", file.display());
    Stop::bad_with(message, "choose another name, or delete it first")
}
