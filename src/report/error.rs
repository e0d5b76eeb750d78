//! Why a result could not be written, in words that say what to do.
//!
//! The cause stands in the message itself, so that it is read once, however the caller prints errors.

use std::io;
use std::path::{Path, PathBuf};

/// Why a result could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The target is a file.
    #[error("{} is a file, and the result needs a folder: choose another name", path.display())]
    NotAFolder {
        /// The target.
        path: PathBuf,
    },
    /// The target ends in `..`, or is the root of a disk.
    #[error("{} cannot be the folder of a result: give it a name of its own, such as {}", path.display(), path.join("result").display())]
    NoName {
        /// The target.
        path: PathBuf,
    },
    /// The target is the current folder or one above it, which cannot be swapped from under the user.
    #[error("{} holds the folder that you are in and would be replaced as a whole: choose another folder", path.display())]
    CurrentFolder {
        /// The target.
        path: PathBuf,
    },
    /// The target has contents, and they are no result.
    #[error("{} holds something else than a result of longshore (it has no summary.json of ours): choose another folder, or empty it first", path.display())]
    Foreign {
        /// The target.
        path: PathBuf,
    },
    /// The target is a result with something in it that we have not written.
    #[error("{} holds `{entry}`, which is no part of a result and would be lost: move it away, or choose another folder", path.display())]
    ForeignEntry {
        /// The target.
        path: PathBuf,
        /// The name of what is not ours.
        entry: String,
    },
    /// The disk is full.
    #[error("no room is left on the disk to write {}: free some, or choose a folder on another disk", path.display())]
    Full {
        /// What was being written.
        path: PathBuf,
    },
    /// The rights do not suffice.
    #[error("{} must not be written: change its permissions, or choose another folder", path.display())]
    Denied {
        /// What was being written.
        path: PathBuf,
    },
    /// The disk cannot be written to at all.
    #[error("{} lies on a disk that is read-only: choose a folder on another disk", path.display())]
    ReadOnly {
        /// What was being written.
        path: PathBuf,
    },
    /// Anything else that the operating system refuses.
    #[error("cannot {act} {}: {cause}", path.display())]
    Io {
        /// What was being done: `write`, `read`, `replace`, `move back`.
        act: &'static str,
        /// To what.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// The new result is in place; the old one could not be deleted.
    #[error("the new result is in place, but the old one cannot be deleted ({cause}): delete {} yourself", path.display())]
    LeftOver {
        /// Where the old result is now.
        path: PathBuf,
        /// Why it cannot be deleted.
        cause: io::Error,
    },
    /// Ctrl-C came first.
    #[error("interrupted before {} was complete: nothing was changed there", path.display())]
    Interrupted {
        /// The target.
        path: PathBuf,
    },
}

impl ReportError {
    /// The error for `act` on `path` that failed with `cause`.
    pub(super) fn io(act: &'static str, path: &Path, cause: io::Error) -> ReportError {
        let path = path.to_owned();
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ReportError::Full { path },
            io::ErrorKind::PermissionDenied if act != "read" => ReportError::Denied { path },
            io::ErrorKind::ReadOnlyFilesystem => ReportError::ReadOnly { path },
            _ => ReportError::Io { act, path, cause },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_path_and_the_way_out() {
        let path = Path::new("out/summary.json");
        let full = ReportError::io("write", path, io::ErrorKind::StorageFull.into());
        insta::assert_snapshot!(full, @"no room is left on the disk to write out/summary.json: free some, or choose a folder on another disk");
        let denied = ReportError::io("write", path, io::ErrorKind::PermissionDenied.into());
        insta::assert_snapshot!(denied, @"out/summary.json must not be written: change its permissions, or choose another folder");
    }
}
