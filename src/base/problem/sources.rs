//! The texts that were read, and places in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One of the texts in a [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A stretch of one line of a text. Small and `Copy`: every value of a tree has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The text.
    pub file: FileId,
    /// The line, from 1.
    pub line: u32,
    /// The character in that line, from 1.
    pub column: u32,
    /// How many characters are meant. Zero marks a mere point; a stretch that runs
    /// over the end of its line is shown up to there.
    pub length: u32,
}

/// Where a text comes from, which decides how a place in it is named.
#[derive(Clone, Debug)]
enum Origin {
    /// A file, or a text with a name like one.
    File(PathBuf),
    /// An argument of the command line, after the option that it belongs to.
    Argument(String),
}

/// The texts that were read, kept to show the lines that problems are about.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    texts: Vec<(Origin, Arc<str>)>,
    by_path: BTreeMap<PathBuf, FileId>,
}

impl Sources {
    /// No text yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the text of a file. A later file of the same path gets an id of its own,
    /// and [`find`](Self::find) goes on giving the first.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        let path = path.into();
        let id = self.insert(Origin::File(path.clone()), text.into());
        self.by_path.entry(path).or_insert(id);
        id
    }

    /// Adds what could be made of a file that is no proper text, to be shown and never
    /// to be found again.
    pub fn add_broken(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        self.insert(Origin::File(path.into()), text.into())
    }

    /// Adds an argument of the command line, such as what follows `--set`.
    pub fn add_argument(&mut self, option: &str, text: impl Into<Arc<str>>) -> FileId {
        self.insert(Origin::Argument(option.to_owned()), text.into())
    }

    fn insert(&mut self, origin: Origin, text: Arc<str>) -> FileId {
        // Beyond four billion texts the last id is shared, and a snippet would be wrong.
        let id = FileId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push((origin, text));
        id
    }

    /// The text that was added under this path.
    pub fn find(&self, path: &Path) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The whole text.
    pub fn text(&self, file: FileId) -> Option<Arc<str>> {
        self.entry(file).map(|(_, text)| Arc::clone(text))
    }

    /// The path of the text; `None` for an argument of the command line.
    pub fn path(&self, file: FileId) -> Option<&Path> {
        match self.entry(file)? {
            (Origin::File(path), _) => Some(path),
            (Origin::Argument(_), _) => None,
        }
    }

    /// What a person calls this text: its path, or the option it was given with.
    pub fn name(&self, file: FileId) -> String {
        match self.entry(file) {
            Some((Origin::File(path), _)) => path.display().to_string(),
            Some((Origin::Argument(option), _)) => option.clone(),
            None => "(unknown)".to_owned(),
        }
    }

    /// A place as a person would name it: `web.yaml:12:5`, or `--set, column 5`.
    pub fn describe(&self, at: Location) -> String {
        let name = self.name(at.file);
        match self.path(at.file) {
            Some(_) => format!("{name}:{}:{}", at.line, at.column),
            None if at.line == 1 => format!("{name}, column {}", at.column),
            None => format!("{name}, line {}, column {}", at.line, at.column),
        }
    }

    /// One line of the text, counted from 1, without its end.
    pub fn line(&self, file: FileId, line: u32) -> Option<&str> {
        let (_, text) = self.entry(file)?;
        lines(text).nth(usize::try_from(line).ok()?.checked_sub(1)?)
    }

    fn entry(&self, file: FileId) -> Option<&(Origin, Arc<str>)> {
        self.texts.get(usize::try_from(file.0).ok()?)
    }
}

/// The lines of a text as YAML counts them: ended by `\n`, `\r\n` or a lone `\r`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\n', '\r']) else {
            rest = None;
            return Some(text);
        };
        let ending = if text[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = Some(&text[end + ending..]);
        Some(&text[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_in_yaml() {
        let all: Vec<_> = lines("a\nb\r\nc\rd\n\ne\u{85}f").collect();
        assert_eq!(all, ["a", "b", "c", "d", "", "e\u{85}f"]);
        assert_eq!(lines("").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn places_are_named() {
        let mut sources = Sources::new();
        let file = sources.add("web.yaml", "a: 1\n");
        let set = sources.add_argument("--set", "a=1");
        let at = |file| Location { file, line: 1, column: 3, length: 1 };
        assert_eq!(sources.describe(at(file)), "web.yaml:1:3");
        assert_eq!(sources.describe(at(set)), "--set, column 3");
        assert_eq!(sources.line(file, 1), Some("a: 1"));
        assert_eq!(sources.line(file, 0), None);
        assert_eq!(sources.line(file, 3), None);
        assert_eq!(sources.find(Path::new("web.yaml")), Some(file));
        assert_eq!(sources.path(set), None);
    }
}
