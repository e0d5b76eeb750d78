//! Ctrl-C: whatever is half written goes, then the program ends.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::report;

use super::ending::Ending;
use super::write;

/// Files outside of a result's folder that are to be deleted: the log of events while it grows.
static FILES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Deletes a file that is not finished, should Ctrl-C come.
pub(super) fn delete_on_interrupt(file: &Path) {
    FILES.lock().unwrap_or_else(PoisonError::into_inner).push(file.to_owned());
}

/// What to say instead of that nothing is left.
static MESSAGE: Mutex<Option<String>> = Mutex::new(None);

/// Says this on Ctrl-C: what was kept, and how to go on.
pub(super) fn say_on_interrupt(message: String) {
    *MESSAGE.lock().unwrap_or_else(PoisonError::into_inner) = Some(message);
}

/// Begins to listen.
pub(super) fn listen() {
    // Without a listener Ctrl-C ends the program as it always does; only the tidying up is lost.
    let _ = ctrlc::set_handler(|| {
        report::remove_partial();
        for file in FILES.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // It may be in its place by now, under another name.
            let _ = std::fs::remove_file(file);
        }
        // The bar may stand on this line of the terminal.
        let message = MESSAGE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let message = message.as_deref().unwrap_or("the run was not finished, and nothing of it was written");
        write::stderr(&format!("\ninterrupted: {message}\n"));
        std::process::exit(Ending::Interrupted as i32);
    });
}
