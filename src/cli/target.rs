//! Where the results of each scenario go, made sure of before anything runs: a long run whose results cannot be written
//! would be lost.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::report;
use crate::scenario::Plan;

use super::ending::Stop;

/// Results go here where nothing else is said.
pub(super) const DEFAULT: &str = "output";

/// The folder of each scenario's result, in the order of the scenarios. `files` are theirs, for messages.
pub(super) fn folders(plans: &[&Plan], files: &[PathBuf], out: Option<&Path>) -> Result<Vec<PathBuf>, Stop> {
    let folders: Vec<PathBuf> = match (out, plans) {
        (Some(out), [_]) => vec![out.to_owned()],
        (out, plans) => plans.iter().map(|plan| out.unwrap_or(Path::new(DEFAULT)).join(&plan.name)).collect(),
    };
    for (later, folder) in folders.iter().enumerate() {
        if let Some(earlier) = folders[..later].iter().position(|other| is_same(other, folder)) {
            let (one, other) = (files[earlier].display(), files[later].display());
            let name = &plans[later].name;
            return Err(Stop::bad_with(
                format!(
                    "`{one}` and `{other}` are both named `{name}`: the results of one would replace those of the other"
                ),
                "give one of them another `name`, or run them one at a time with `--out`",
            ));
        }
    }
    folders.iter().try_for_each(|folder| check(folder))?;
    Ok(folders)
}

/// Some file systems do not tell capital letters from small ones.
fn is_same(one: &Path, other: &Path) -> bool {
    one.to_string_lossy().to_lowercase() == other.to_string_lossy().to_lowercase()
}

pub(super) fn check(folder: &Path) -> Result<(), Stop> {
    report::check(folder).map_err(Stop::bad)?;
    let Some(name) = folder.file_name() else { return Ok(()) };
    // What is half written stands beside it under a name a little longer; file systems take 255 bytes.
    if name.len() > 220 {
        return Err(Stop::bad_with(
            format!("the folder `{}` has a name of {} bytes, too long for a file system", folder.display(), name.len()),
            "choose a shorter one with `--out`",
        ));
    }
    probe(folder)
}

/// Tries whether a file can be made where the folder will stand; nothing is left of it.
fn probe(folder: &Path) -> Result<(), Stop> {
    let mut place = folder.parent().unwrap_or(folder);
    while let Some(above) = place.parent()
        && !place.exists()
    {
        place = above;
    }
    let place = if place.as_os_str().is_empty() { Path::new(".") } else { place };
    let help = "choose another folder with `--out`";
    if !place.is_dir() {
        let message = format!("`{}` cannot be made: `{}` is not a folder", folder.display(), place.display());
        return Err(Stop::bad_with(message, help));
    }
    match tempfile::tempfile_in(place) {
        Ok(_) => Ok(()),
        Err(error) => {
            let why = match error.kind() {
                ErrorKind::PermissionDenied => "may not be written to".to_owned(),
                ErrorKind::ReadOnlyFilesystem => "lies on a disk that is read-only".to_owned(),
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "lies on a disk that is full".to_owned(),
                ErrorKind::NotFound => "takes no new files".to_owned(),
                _ => format!("takes no new files ({})", plain(&error)),
            };
            let place = place.display();
            Err(Stop::bad_with(format!("`{}` cannot be made: `{place}` {why}", folder.display()), help))
        }
    }
}

/// The operating system's own words, without the path that the library for temporary files adds.
fn plain(error: &std::io::Error) -> String {
    match error.raw_os_error() {
        Some(code) => std::io::Error::from_raw_os_error(code).to_string(),
        None => error.kind().to_string(),
    }
}
