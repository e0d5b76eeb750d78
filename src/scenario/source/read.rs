//! Files: from a path to a tree, with a clear word for whatever can go wrong between.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::node::{Node, Value};
use super::{wording, yaml};
use crate::base::nearest::nearest;
use crate::base::problem::{FileId, Location, Problem, Problems, Sources};

/// How large a file may be.
#[derive(Copy, Clone)]
struct Bound {
    bytes: u64,
    /// What the file is, as in "the most that a scenario may take".
    what: &'static str,
}

/// A scenario of 100,000 services takes about this much.
const SCENARIO: Bound = Bound { bytes: 8 * 1024 * 1024, what: "a scenario" };

/// A dump of 10,000 pods takes about this much.
const DOCUMENTS: Bound = Bound { bytes: 128 * 1024 * 1024, what: "manifests" };

/// Schemas within a CustomResourceDefinition lie deep.
const DOCUMENT_DEPTH: usize = 64;

/// A pod of a dump has about 500 values.
const DOCUMENT_VALUES: usize = 10_000_000;

/// Reads a scenario: a YAML or JSON file whose top level is a mapping.
///
/// Its text is kept in `sources`; a file that was read before is not read again.
pub fn read(path: &Path, sources: &mut Sources) -> Result<Node, Problems> {
    let file = load(path, sources)?;
    scenario(file, sources)
}

/// Reads a scenario from text that stands for the file `name`.
pub fn read_text(name: impl AsRef<Path>, text: &str, sources: &mut Sources) -> Result<Node, Problems> {
    let file = sources.add(name.as_ref(), without_mark(text));
    scenario(file, sources)
}

/// Reads any one value from a file, as a `file:` reference may name a list as well.
pub(super) fn read_value(path: &Path, sources: &mut Sources) -> Result<Node, Problems> {
    let file = load(path, sources)?;
    value(file, sources)
}

/// Reads all documents of a YAML or JSON file of another tool: Kubernetes manifests, or the dump of a cluster, which may
/// be much larger than what a person writes.
pub fn read_documents(path: &Path, sources: &mut Sources) -> Result<Vec<Node>, Problems> {
    let file = load_within(path, sources, DOCUMENTS)?;
    let text = sources.text(file).unwrap_or_default();
    let nodes = yaml::parse_all(file, &text, yaml::Limits { depth: DOCUMENT_DEPTH, values: DOCUMENT_VALUES })?;
    if nodes.is_empty() {
        return Err(nothing(&text, &sources.name(file)).into());
    }
    Ok(nodes)
}

fn scenario(file: FileId, sources: &Sources) -> Result<Node, Problems> {
    let node = value(file, sources)?;
    match &node.value {
        Value::Map(_) => Ok(node),
        other => {
            let message = format!("expected a mapping (`key: value` lines), found {}", kind(other));
            let mut problem = Problem::error(message).located(node.at);
            problem.help = missing_space(other).map(str::to_owned);
            Err(problem.into())
        }
    }
}

fn value(file: FileId, sources: &Sources) -> Result<Node, Problems> {
    let text = sources.text(file).unwrap_or_default();
    let node = yaml::parse(file, &text)?;
    if node.value == Value::Null {
        return Err(nothing(&text, &sources.name(file)).into());
    }
    Ok(node)
}

fn nothing(text: &str, name: &str) -> Problem {
    if text.trim().is_empty() {
        Problem::error(format!("`{name}` is empty"))
    } else {
        Problem::error(format!("`{name}` holds nothing but comments"))
    }
}

/// The text of a file, added to `sources` unless it is there.
fn load(path: &Path, sources: &mut Sources) -> Result<FileId, Problem> {
    load_within(path, sources, SCENARIO)
}

fn load_within(path: &Path, sources: &mut Sources, bound: Bound) -> Result<FileId, Problem> {
    if let Some(file) = sources.find(path) {
        return Ok(file);
    }
    let bytes = read_bytes(path, bound)?;
    let text = decode(&bytes).map_err(|fault| refuse(fault, &bytes, path, sources))?;
    Ok(sources.add(path, without_mark(text)))
}

fn read_bytes(path: &Path, bound: Bound) -> Result<Vec<u8>, Problem> {
    let name = path.display();
    let Bound { bytes: most, what } = bound;
    let too_large = || {
        let limit = most / (1024 * 1024);
        Problem::error(format!("`{name}` is larger than {limit} MiB, the most that {what} may take"))
    };
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| {
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        if about.len() <= most {
            // A device or a pipe tells no length, so the limit holds while reading too.
            file.take(most + 1).read_to_end(&mut bytes)?;
        }
        Ok(about.len())
    });
    match read {
        Ok(length) if length > most || bytes.len() as u64 > most => Err(too_large()),
        Ok(_) => Ok(bytes),
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// Why a file could not be read.
fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let name = path.display();
    match error.kind() {
        ErrorKind::NotFound => {
            let problem = Problem::error(format!("there is no file `{name}`"));
            match likely(path) {
                Some(help) => problem.with_help(help),
                None => problem,
            }
        }
        ErrorKind::PermissionDenied => Problem::error(format!("`{name}` may not be read"))
            .with_help("check the permissions of the file and of the folders that it is in"),
        ErrorKind::IsADirectory => {
            Problem::error(format!("`{name}` is a folder, not a file")).with_help("name one of the files in it")
        }
        ErrorKind::NotADirectory => {
            Problem::error(format!("there is no file `{name}`: a part of the path is no folder"))
        }
        _ => Problem::error(format!("`{name}` cannot be read: {error}")),
    }
}

/// A hint for a path that names no file: a missing folder, or a file of a like name.
fn likely(path: &Path) -> Option<String> {
    let folder = match path.parent()? {
        folder if folder.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    if !folder.is_dir() {
        return Some(format!("the folder `{}` does not exist either", folder.display()));
    }
    let mut names: Vec<String> =
        std::fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    let meant = nearest(path.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    Some(format!("did you mean `{}`?", path.with_file_name(meant).display()))
}

/// Why bytes are no text: what is there instead, and at which byte.
struct NoText {
    offset: usize,
    what: &'static str,
}

fn decode(bytes: &[u8]) -> Result<&str, NoText> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(NoText { offset: 0, what: "is in UTF-16" });
    }
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(NoText { offset, what: "is no text: it holds a zero byte" });
    }
    std::str::from_utf8(bytes).map_err(|error| NoText { offset: error.valid_up_to(), what: "is not in UTF-8" })
}

/// The problem of a file that is no text. If most of it is text, the line is shown.
fn refuse(fault: NoText, bytes: &[u8], path: &Path, sources: &mut Sources) -> Problem {
    let NoText { offset, what } = fault;
    let before = String::from_utf8_lossy(&bytes[..offset]);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let name = path.display();
    let message = format!("`{name}` {what} (byte {offset}, line {line})");
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let file = sources.add_broken(path, String::from_utf8_lossy(bytes).into_owned());
    let at = Location { file, line: small(line), column: small(column), length: 1 };
    Problem::error(message).located(at).with_help("save it as plain text in UTF-8")
}

/// Text without the byte order mark that some editors put in front.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{FEFF}').unwrap_or(text)
}

/// What a value is, as in "found …".
pub(in crate::scenario) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Int(value) => format!("the number `{value}`"),
        Value::Float(value) if !value.is_finite() => format!("`{}`", number(*value)),
        Value::Float(value) => format!("the number `{}`", number(*value)),
        Value::Text(text) if text.is_empty() => "empty text".to_owned(),
        // What looks like a number or a truth value here was quoted, or is none to YAML 1.2.
        Value::Text(text) if text.parse::<f64>().is_ok() || text.parse::<bool>().is_ok() => {
            format!("the text `{}`", wording::shorten(text))
        }
        Value::Text(text) => format!("`{}`", wording::shorten(text)),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a mapping".to_owned(),
    }
}

/// `desiredCount:6` is one piece of text to YAML, a slip that is hard to see.
pub(super) fn missing_space(value: &Value) -> Option<&'static str> {
    let colon = match value {
        Value::Text(text) => text
            .split_once(':')
            .is_some_and(|(key, rest)| !key.is_empty() && !key.contains(char::is_whitespace) && !rest.starts_with('/')),
        _ => false,
    };
    colon.then_some("put a space after the `:`")
}

/// A number as one would write it in YAML.
pub(super) fn number(value: f64) -> String {
    if value.is_nan() {
        ".nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { ".inf".to_owned() } else { "-.inf".to_owned() }
    } else {
        // Debug keeps the `.0` and falls back to an exponent for long numbers.
        format!("{value:?}")
    }
}

#[cfg(test)]
mod tests;
