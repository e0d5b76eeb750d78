//! Standard output and standard error, for readers that may go away.
//!
//! `println!` panics where the other end of a pipe is closed, as in `longshore catalog | head`.

use std::io::{ErrorKind, Write as _, stderr as err, stdout as out};

use super::ending::{Ending, Stop};

/// Writes what was asked for. A reader who has seen enough is no error; a disk that is full is one.
pub(super) fn stdout(text: &str) -> Result<Ending, Stop> {
    let mut out = out().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(Ending::Done),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Ending::Done),
        Err(error) => Err(Stop::bad(format!("cannot write to standard output: {error}"))),
    }
}

/// Writes what is to be said beside it. If that cannot be written, there is no place left to say so.
pub(super) fn stderr(text: &str) {
    let _ = err().lock().write_all(text.as_bytes());
}
