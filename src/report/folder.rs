//! The folder of a result: written beside its place and swapped in when it is complete, so that whoever looks sees the
//! whole old result or the whole new one.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error::ReportError;

/// The files one of which makes a folder a result.
const PROOFS: [&str; 4] = ["summary.json", "experiment.json", "comparison.json", "plan.json"];

/// What the files of a result end in. Anything else in its folder belongs to somebody else.
const OURS: [&str; 7] = ["json", "jsonl", "yaml", "csv", "svg", "png", "html"];

/// Folders that are being written, for the one who handles Ctrl-C.
struct Registry(Mutex<Vec<PathBuf>>);

static PARTIAL: Registry = Registry(Mutex::new(Vec::new()));

impl Registry {
    /// A thread that panicked while it held the list has not left it half changed.
    fn lock(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remove_all(&self) {
        // Held all the while, so that no swap begins.
        for path in self.lock().drain(..) {
            // The writer may add a file while we delete; it stops at the next one, whose folder is gone.
            for _ in 0..3 {
                if fs::remove_dir_all(&path).is_ok() || !path.exists() {
                    break;
                }
            }
        }
    }
}

/// Deletes what is half written. For the thread that handles Ctrl-C, which then ends the program; a swap that is under
/// way is waited for.
pub fn remove_partial() {
    PARTIAL.remove_all();
}

/// Where the result shall go, checked.
struct Target {
    /// As the user wrote it.
    shown: PathBuf,
    /// The folder itself, links resolved.
    path: PathBuf,
    parent: PathBuf,
    name: String,
    /// Whether there is something to replace.
    exists: bool,
}

/// Whether a result may be written to `to`. Worth asking before a long run; [`super::write`] asks again.
pub fn check(to: &Path) -> Result<(), ReportError> {
    look(to).map(drop)
}

fn look(to: &Path) -> Result<Target, ReportError> {
    let exists = fs::symlink_metadata(to).is_ok();
    let path =
        if exists { fs::canonicalize(to).map_err(|cause| ReportError::io("read", to, cause))? } else { to.to_owned() };
    if exists && !path.is_dir() {
        return Err(ReportError::NotAFolder { path: to.to_owned() });
    }
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
        return Err(ReportError::NoName { path: to.to_owned() });
    };
    if exists {
        let here = std::env::current_dir().and_then(fs::canonicalize);
        if here.is_ok_and(|here| here.starts_with(&path)) {
            return Err(ReportError::CurrentFolder { path: to.to_owned() });
        }
        check_contents(to)?;
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    Ok(Target { shown: to.to_owned(), path, parent, name, exists })
}

/// Only an empty folder or a result, and nothing but a result, may be replaced.
fn check_contents(to: &Path) -> Result<(), ReportError> {
    let cannot_read = |cause| ReportError::io("read", to, cause);
    let entries: Vec<fs::DirEntry> =
        fs::read_dir(to).map_err(cannot_read)?.collect::<io::Result<_>>().map_err(cannot_read)?;
    if entries.is_empty() {
        return Ok(());
    }
    if !PROOFS.iter().any(|proof| is_summary(&to.join(proof))) {
        return Err(ReportError::Foreign { path: to.to_owned() });
    }
    let mut foreign: Vec<String> = entries
        .iter()
        .filter(|entry| !is_ours(entry))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    foreign.sort();
    match foreign.into_iter().next() {
        Some(entry) => Err(ReportError::ForeignEntry { path: to.to_owned(), entry }),
        None => Ok(()),
    }
}

/// Other programs write a `summary.json` too; ours names the scenario and the seed.
fn is_summary(path: &Path) -> bool {
    let Ok(text) = fs::read_to_string(path) else { return false };
    let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) else { return false };
    value.get("scenario").is_some() && value.get("seed").is_some()
}

fn is_ours(entry: &fs::DirEntry) -> bool {
    if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
        return false;
    }
    let name = entry.file_name();
    // File managers leave their own hidden files wherever someone looks.
    name.to_string_lossy().starts_with('.')
        || Path::new(&name).extension().is_some_and(|end| OURS.iter().any(|ours| end.eq_ignore_ascii_case(ours)))
}

/// A result that is being written. Dropped before [`Partial::commit`], it leaves nothing behind.
pub(super) struct Partial {
    target: Target,
    /// Where the files are until then.
    path: PathBuf,
    files: Vec<String>,
}

impl Partial {
    /// Starts a result that shall end up in `to`.
    pub(super) fn beside(to: &Path) -> Result<Partial, ReportError> {
        let target = look(to)?;
        fs::create_dir_all(&target.parent).map_err(|cause| ReportError::io("write", &target.parent, cause))?;
        let path = target.parent.join(format!(".{}.partial-{}", target.name, std::process::id()));
        // Left by a process of the same number that was killed.
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|cause| ReportError::io("replace", &path, cause))?;
        }
        PARTIAL.lock().push(path.clone());
        let partial = Partial { target, path, files: Vec::new() };
        fs::create_dir(&partial.path).map_err(|cause| ReportError::io("write", &partial.target.shown, cause))?;
        Ok(partial)
    }

    /// Adds a file, which `fill` writes.
    pub(super) fn file(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), ReportError> {
        let written = File::create(self.path.join(name)).and_then(|file| {
            let mut writer = BufWriter::new(file);
            fill(&mut writer)?;
            writer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
        });
        // The final name, which is the one that the user knows.
        written.map_err(|cause| self.cannot_write(name, cause))?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// A file that cannot be written because its folder was just removed is no fault of the disk.
    fn cannot_write(&self, name: &str, cause: io::Error) -> ReportError {
        if PARTIAL.lock().contains(&self.path) {
            ReportError::io("write", &self.target.shown.join(name), cause)
        } else {
            ReportError::Interrupted { path: self.target.shown.clone() }
        }
    }

    /// Moves a ready file in.
    pub(super) fn adopt(&mut self, name: &str, from: &Path) -> Result<(), ReportError> {
        let to = self.path.join(name);
        // A rename is refused across file systems, and the temporary folder often is another one.
        if fs::rename(from, &to).is_err() {
            let mut source = File::open(from).map_err(|cause| ReportError::io("read", from, cause))?;
            self.file(name, |out| io::copy(&mut source, out).map(drop))?;
            // Its owner deletes it if we cannot; the result is complete either way.
            let _ = fs::remove_file(from);
            return Ok(());
        }
        let synced = File::options().write(true).open(&to).and_then(|file| file.sync_all());
        synced.map_err(|cause| self.cannot_write(name, cause))?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// Puts the result in its place and gives its files.
    pub(super) fn commit(self) -> Result<Vec<PathBuf>, ReportError> {
        let to = &self.target.path;
        let cannot = |cause| ReportError::io("replace", &self.target.shown, cause);
        sync_folder(&self.path);
        let aside = self.target.parent.join(format!(".{}.old-{}", self.target.name, std::process::id()));
        {
            // Held over the swap, so that Ctrl-C comes before it or after it.
            let mut partial = PARTIAL.lock();
            if !partial.contains(&self.path) {
                return Err(ReportError::Interrupted { path: self.target.shown.clone() });
            }
            if self.target.exists {
                fs::rename(to, &aside).map_err(cannot)?;
            }
            if let Err(cause) = fs::rename(&self.path, to) {
                if self.target.exists {
                    fs::rename(&aside, to).map_err(|cause| ReportError::io("move back", &aside, cause))?;
                }
                return Err(cannot(cause));
            }
            partial.retain(|path| *path != self.path);
        }
        sync_folder(&self.target.parent);
        if self.target.exists {
            fs::remove_dir_all(&aside).map_err(|cause| ReportError::LeftOver { path: aside, cause })?;
        }
        Ok(self.files.iter().map(|name| self.target.shown.join(name)).collect())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let mut partial = PARTIAL.lock();
        if partial.contains(&self.path) {
            partial.retain(|path| *path != self.path);
            // The error that brought us here is the one to report.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Makes the names in a folder last through a power cut. Some systems cannot; a result is not thrown away for that.
fn sync_folder(path: &Path) {
    if cfg!(unix) {
        let _ = File::open(path).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctrl_c_removes_what_is_half_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".out.partial-1");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("summary.json"), "{").unwrap();
        let registry = Registry(Mutex::new(vec![path.clone()]));
        registry.remove_all();
        assert!(!path.exists());
        assert!(registry.lock().is_empty());
    }

    #[test]
    fn the_current_folder_is_not_replaced() {
        for to in [".", "..", "/"] {
            assert!(check(Path::new(to)).is_err(), "{to}");
        }
    }
}
