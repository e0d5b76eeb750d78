//! How a command ends.

use std::fmt::Display;
use std::process::ExitCode;

use crate::base::problem::printable;

/// The ways to end, each with its exit code.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// What was asked for is done.
    Done = 0,
    /// All is done, and an objective of a scenario was missed.
    ObjectiveMissed = 1,
    /// Arguments, a scenario, or a place for the results cannot be used; everything that is wrong was listed.
    BadInput = 2,
    /// A defect of the program. The code is that of `EX_SOFTWARE` in sysexits.h.
    Defect = 70,
    /// Ctrl-C, as shells count it: 128 and the number of SIGINT.
    Interrupted = 130,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> ExitCode {
        ExitCode::from(ending as u8)
    }
}

/// Why a command stops before its end: what is to be said, and how the program ends.
#[derive(Debug)]
pub(super) struct Stop {
    ending: Ending,
    /// Ready for standard error, line ends included.
    text: String,
}

impl Stop {
    /// Input or output that cannot be used, in one sentence.
    pub(super) fn bad(message: impl Display) -> Stop {
        Stop { ending: Ending::BadInput, text: sentence(&message.to_string(), None) }
    }

    /// The same with what to do about it.
    pub(super) fn bad_with(message: impl Display, help: &str) -> Stop {
        Stop { ending: Ending::BadInput, text: sentence(&message.to_string(), Some(help)) }
    }

    /// Problems that were rendered already.
    pub(super) fn rendered(text: String) -> Stop {
        Stop { ending: Ending::BadInput, text }
    }

    /// A defect of the program.
    pub(super) fn defect(message: impl Display) -> Stop {
        let help = "this is a defect of longshore: please report it with the scenario file and the line above";
        Stop { ending: Ending::Defect, text: sentence(&format!("internal error: {message}"), Some(help)) }
    }

    /// Says why, and gives the exit code.
    pub(super) fn report(self) -> ExitCode {
        super::write::stderr(&self.text);
        self.ending.into()
    }
}

fn sentence(message: &str, help: Option<&str>) -> String {
    let message = printable(message);
    match help {
        None => format!("error: {message}\n"),
        Some(help) => format!("error: {message}\n  = help: {}\n", printable(help)),
    }
}
