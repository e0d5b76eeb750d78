//! `longshore completions`: a script that lets a shell complete commands and options.

use clap::Args;
use clap_complete::Shell;

use super::ending::{Ending, Stop};
use super::write;

const AFTER: &str = "\
Examples:
  longshore completions bash > ~/.local/share/bash-completion/completions/longshore
  longshore completions zsh > ~/.zfunc/_longshore
  longshore completions fish > ~/.config/fish/completions/longshore.fish";

/// Prints a completion script for a shell
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Completions) -> Result<Ending, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command_line(), "longshore", &mut script);
    write::stdout(&String::from_utf8_lossy(&script))
}
