//! The text of the scenario to begin with.

use std::path::{Component, Path, PathBuf};

use crate::base::problem::Sources;
use crate::scenario::source::node::Node;
use crate::scenario::source::read;
use crate::scenario::{Refused, load_text};

use super::super::ending::Stop;

const TEXT: &str = include_str!("starter.yaml");

/// The task definition where the user brings none.
const OWN_DEFINITION: &str = include_str!("definition.yaml");

/// What the group of instances may be made of: the first that the task definition accepts is taken.
const GROUPS: [&str; 9] = [
    "instanceType: m5.large",
    "instanceType: m5.2xlarge",
    "instanceType: m5.8xlarge",
    "instanceType: m5.24xlarge",
    "instanceType: m6g.large",
    "instanceType: m6g.4xlarge",
    "instanceType: g4dn.xlarge",
    "instanceType: p4d.24xlarge",
    "instanceType: m5.2xlarge\n    operatingSystem: WINDOWS",
];

/// The starter with a task definition of its own.
pub(super) fn plain(path: &Path) -> String {
    fill(path, "web", OWN_DEFINITION, GROUPS[0])
}

/// The starter with a task definition of the user's.
pub(super) fn with_definition(path: &Path, from: &Path) -> Result<String, Stop> {
    let family = family(from)?;
    let reference = quoted(&relative(from, path));
    let definition = format!("  # Kept in a file of its own, in the shape that ECS prints.\n  - file: {reference}\n");
    let mut first: Option<Refused> = None;
    for group in GROUPS {
        let text = fill(path, &family, &definition, group);
        match load_text(&text, folder(path)) {
            Ok(_) => return Ok(text),
            Err(refused) => {
                first.get_or_insert(refused);
            }
        }
    }
    let why = first.map(|refused| refused.problems.render(&refused.sources)).unwrap_or_default();
    Err(Stop::rendered(format!("{why}No starter could be made with this task definition\n")))
}

/// A name for the scenario after that of its file.
pub(super) fn plain_name(path: &Path) -> String {
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || " -_".contains(c);
    let name: String = name.chars().filter(|c| plain(*c)).take(100).collect();
    if name.trim().is_empty() { "scenario".to_owned() } else { name.trim().to_owned() }
}

fn fill(path: &Path, family: &str, definition: &str, group: &str) -> String {
    TEXT.replace("{name}", &quoted(&plain_name(path)))
        .replace("{family}", &quoted(family))
        .replace("{definition}", definition.trim_end())
        .replace("{group}", group)
}

/// The family of the definition in a file, whichever of the two shapes it has.
fn family(from: &Path) -> Result<String, Stop> {
    let mut sources = Sources::new();
    let tree = read::read(from, &mut sources).map_err(|problems| Stop::rendered(problems.render(&sources)))?;
    let definition = tree.get("taskDefinition").unwrap_or(&tree);
    match definition.get("family").and_then(Node::as_text) {
        Some(family) => Ok(family.to_owned()),
        None => Err(Stop::bad_with(
            format!("`{}` has no `family`, so it is no task definition of ECS", from.display()),
            "give the JSON that describe-task-definition prints or register-task-definition takes",
        )),
    }
}

/// The folder that a file stands in.
pub(super) fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A path as the scenario at `scenario` has to write it.
pub(super) fn relative(to: &Path, scenario: &Path) -> String {
    let (Ok(target), Ok(folder)) = (std::fs::canonicalize(to), std::fs::canonicalize(folder(scenario))) else {
        return to.display().to_string();
    };
    let shared = target.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(target.components().skip(shared)).collect();
    path.display().to_string()
}

/// Text as YAML takes it: in quotes where it is not plainly a word. A JSON string is a YAML string too.
pub(super) fn quoted(text: &str) -> String {
    let word = (text.starts_with(|c: char| c.is_ascii_alphabetic()) || text.starts_with("../"))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        && !["true", "false", "null"].contains(&text.to_ascii_lowercase().as_str());
    if word { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_is_a_valid_scenario() {
        for name in ["web.yaml", "12", "null", "ü b.yaml", "---"] {
            let text = plain(Path::new(name));
            let loaded = load_text(&text, Path::new("."));
            let said = loaded.as_ref().err().map(|refused| refused.problems.render(&refused.sources));
            assert_eq!(said, None, "{name}");
            assert!(loaded.is_ok_and(|loaded| loaded.warnings.is_empty()));
        }
    }
}
