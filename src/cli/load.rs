//! Reading the scenario files that a command names: all of them, so that the problems of all come at once.

use std::path::PathBuf;

use crate::scenario::{self, Loaded};

use super::ending::Stop;
use super::write;

/// Loads each file with the edits. Warnings go to standard error.
///
/// # Errors
/// The problems of every file that has some.
pub(super) fn all(files: &[PathBuf], edits: &[String]) -> Result<Vec<Loaded>, Stop> {
    let mut good = Vec::new();
    let mut wrong = String::new();
    for file in files {
        match scenario::load(file, edits) {
            Ok(loaded) => {
                write::stderr(&loaded.warnings.render(&loaded.sources));
                good.push(loaded);
            }
            Err(refused) => wrong.push_str(&refused.problems.render(&refused.sources)),
        }
    }
    if wrong.is_empty() {
        return Ok(good);
    }
    if files.len() > 1 {
        let count = files.len() - good.len();
        wrong.push_str(&format!("{count} of {} files cannot be used\n", files.len()));
    }
    Err(Stop::rendered(wrong))
}

/// Makes sure that the variants of each file are sound too. Their warnings are told where they are compared.
///
/// # Errors
/// The problems of every variant that has some.
pub(super) fn variants(files: &[PathBuf], edits: &[String]) -> Result<(), Stop> {
    let refused = files.iter().filter_map(|file| scenario::load_variants(file, edits, &[]).err());
    let wrong: String = refused.map(|refused| refused.problems.render(&refused.sources)).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Stop::rendered(wrong)) }
}
