//! `file:` references: a part of a scenario that is kept in a file of its own.

use std::path::{Path as FilePath, PathBuf};

use super::node::{Node, Value};
use super::read;
use crate::base::problem::{Location, Problem, Problems, Sources};

/// How many files may refer to one another in a row.
const MAX_CHAIN: usize = 32;

/// Where the path of a reference is written, and the path.
fn reference(node: &Node) -> Option<(Location, &Node)> {
    match &node.value {
        Value::Map(entries) => match entries.as_slice() {
            [(key, path)] if key.text == "file" => Some((key.at, path)),
            _ => None,
        },
        _ => None,
    }
}

/// Puts the tree of another file in the place of `{file: PATH}`. Any other value,
/// a mapping with more keys than `file` among them, is left as it is.
///
/// A path is relative to the file that names it. `base_dir` stands in where a
/// reference was not read from a file, as with `--set service={file: web.json}`.
/// The file may hold a reference itself. What it holds deeper down is not looked at:
/// the caller knows which places may hold a reference, and resolves those.
///
/// If the file cannot be read, the reference stays and `problems` tell why.
pub fn resolve(node: &mut Node, base_dir: &FilePath, sources: &mut Sources, problems: &mut Problems) {
    let mut chain: Vec<Link> = Vec::new();
    let mut found: Option<Node> = None;
    while let Some((_, path)) = reference(found.as_ref().unwrap_or(node)) {
        match follow(path, base_dir, &mut chain, sources) {
            Ok(next) => found = Some(next),
            Err(faults) => {
                problems.append(faults);
                return;
            }
        }
    }
    if let Some(found) = found {
        *node = found;
    }
}

/// A file on the way from the first reference.
struct Link {
    /// The one name that a file has, whatever way leads to it.
    real: PathBuf,
    /// As it is shown.
    shown: String,
}

fn follow(path: &Node, base_dir: &FilePath, chain: &mut Vec<Link>, sources: &mut Sources) -> Result<Node, Problems> {
    let Some(text) = path.as_text().filter(|text| !text.is_empty()) else {
        let message = format!("expected the path of a file, found {}", read::kind(&path.value));
        return Err(Problem::error(message).located(path.at).into());
    };
    let target = folder(path.at, base_dir, sources).join(text);
    let real = std::fs::canonicalize(&target).unwrap_or_else(|_| target.clone());
    let shown = target.display().to_string();
    if chain.iter().any(|link| link.real == real) {
        let way = chain.iter().map(|link| &link.shown).chain([&shown]);
        let way = way.map(|shown| format!("`{shown}`")).collect::<Vec<_>>().join(" → ");
        let problem = Problem::error("these files refer to one another in a circle").located(path.at).with_help(way);
        return Err(problem.into());
    }
    if chain.len() == MAX_CHAIN {
        let message = format!("more than {MAX_CHAIN} files refer to one another in a row");
        return Err(Problem::error(message).located(path.at).into());
    }
    chain.push(Link { real, shown });
    read::read_value(&target, sources).map_err(|faults| at_reference(faults, path.at))
}

/// The folder that a path written at `at` is relative to.
fn folder(at: Location, base_dir: &FilePath, sources: &Sources) -> PathBuf {
    match sources.path(at.file).and_then(FilePath::parent) {
        Some(folder) => folder.to_owned(),
        None => base_dir.to_owned(),
    }
}

/// Problems of a whole file have no place in its text; they are shown where the file
/// is named.
fn at_reference(faults: Problems, at: Location) -> Problems {
    let mut located = Problems::new();
    located.extend(faults.sorted().into_iter().cloned().map(|mut problem| {
        problem.at.get_or_insert(at);
        problem
    }));
    located
}

#[cfg(test)]
mod tests;
