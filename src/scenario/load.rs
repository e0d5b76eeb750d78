//! The way in: read the file, apply `--set`, check structure, then meaning.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::base::problem::{Problem, Problems, Sources};
use crate::base::units;

use super::check;
use super::file::Scenario;
use super::manifest::{Input, read_manifests};
use super::plan::Plan;
use super::sound::Sound;
use super::source::node::{Node, Value};
use super::source::{include, read, schema as structure, set};

/// A plan with what was read for it.
pub struct Loaded {
    /// What to run.
    pub plan: Plan,
    /// The files that were read, for showing places in them.
    pub sources: Sources,
    /// Warnings.
    pub warnings: Problems,
    /// Variants in the file. They are for a comparison; the plan is the scenario as it stands.
    pub variants: usize,
}

/// What was wrong, with what was read.
pub struct Refused {
    /// All problems.
    pub problems: Problems,
    /// The files that were read.
    pub sources: Sources,
}

/// The JSON Schema of a scenario file.
pub fn schema() -> Json {
    let mut schema = schemars::schema_for!(Scenario);
    schema.insert("title".into(), "scenario".into());
    schema.insert(
        "if".into(),
        json!({"properties": {"orchestrator": {"const": "kubernetes"}}, "required": ["orchestrator"]}),
    );
    schema.insert("else".into(), json!({"required": OF_ECS}));
    schema.to_value()
}

/// Fields that an ECS scenario must have and a Kubernetes scenario may leave out.
const OF_ECS: [&str; 3] = ["zones", "capacity", "taskDefinitions"];

/// The schema that a scenario is checked against: its conditions are resolved.
fn schema_of(tree: &Node) -> Json {
    let mut schema = schema();
    let kubernetes =
        matches!(tree.get("orchestrator"), Some(Node { value: Value::Text(name), .. }) if name == "kubernetes");
    if !kubernetes && let Some(required) = schema["required"].as_array_mut() {
        // In the order of the fields, which is that of the messages.
        required.extend(OF_ECS.map(Json::from));
    }
    schema
}

/// Reads a scenario, applies edits of the form `key.path=value`, and checks everything.
///
/// # Errors
/// Every problem that was found, each with its place.
pub fn load(path: &Path, edits: &[String]) -> Result<Loaded, Refused> {
    let mut sources = Sources::new();
    match load_with(path, edits, &mut sources) {
        Ok((plan, warnings, variants)) => Ok(Loaded { plan, sources, warnings, variants }),
        Err(problems) => Err(Refused { problems, sources }),
    }
}

/// As [`load`], from a text; file names in it are relative to `base`.
///
/// # Errors
/// Every problem that was found, each with its place.
pub fn load_text(text: &str, base: &Path) -> Result<Loaded, Refused> {
    let mut sources = Sources::new();
    let tree = read::read_text(base.join("scenario.yaml"), text, &mut sources);
    match tree.and_then(|tree| resolve(tree, base, &[], &mut sources)) {
        Ok((plan, warnings, variants)) => Ok(Loaded { plan, sources, warnings, variants }),
        Err(problems) => Err(Refused { problems, sources }),
    }
}

fn load_with(path: &Path, edits: &[String], sources: &mut Sources) -> Result<(Plan, Problems, usize), Problems> {
    let base = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let tree = match is_dump(path) {
        true => read::read_text(path.with_extension("scenario"), &around_dump(path), sources)?,
        false => read::read(path, sources)?,
    };
    resolve(tree, &base, edits, sources)
}

/// The plan, warnings, and the number of variants.
fn resolve(
    mut tree: Node,
    base: &Path,
    edits: &[String],
    sources: &mut Sources,
) -> Result<(Plan, Problems, usize), Problems> {
    edit(&mut tree, base, edits, sources)?;
    let variants = match tree.get("variants") {
        Some(Node { value: Value::List(variants), .. }) => variants.len(),
        _ => 0,
    };
    let (plan, warnings) = resolve_edited(tree, base, sources)?;
    Ok((plan, warnings, variants))
}

/// Applies edits to a tree as it was read, and puts the files in that its task definitions name.
pub(super) fn edit(tree: &mut Node, base: &Path, edits: &[String], sources: &mut Sources) -> Result<(), Problems> {
    let mut problems = Problems::new();
    include_definitions(tree, base, sources, &mut problems);
    for edit in edits {
        if let Err(faults) = set::set(tree, edit, sources) {
            problems.append(faults);
        }
    }
    if problems.has_errors() { Err(problems) } else { Ok(()) }
}

/// From a tree with its edits to a plan, and warnings.
pub(super) fn resolve_edited(mut tree: Node, base: &Path, sources: &mut Sources) -> Result<(Plan, Problems), Problems> {
    let mut problems = Problems::new();
    include_definitions(&mut tree, base, sources, &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    let units: [structure::UnitRule; 3] = [
        ("duration", &|value| check_unit("duration", value)),
        ("size", &|value| check_unit("size", value)),
        ("share", &|value| check_unit("share", value)),
    ];
    structure::check_units(&tree, &schema_of(&tree), &units, &mut problems);
    if problems.has_errors() {
        if let Some(sound) = Sound::of(&tree, &problems) {
            check_sound(&sound, base, sources, &mut problems);
        }
        return Err(problems);
    }
    let scenario: Scenario = match serde_json::from_value(tree.to_json()) {
        Ok(scenario) => scenario,
        Err(error) => {
            // What passes the check deserializes; should the two ever disagree, the user still learns what serde says.
            problems.push(Problem::error(error.to_string()).located(tree.at));
            return Err(problems);
        }
    };
    let manifests = match read_manifests(&manifest_inputs(&tree, base), sources) {
        Ok(manifests) => manifests,
        Err(faults) => {
            problems.append(faults);
            return Err(problems);
        }
    };
    let plan = check::check(&scenario, &manifests, &tree, base, &mut problems);
    problems.append(manifests.warnings);
    match plan {
        Some(plan) if !problems.has_errors() => Ok((plan, problems)),
        _ => Err(problems),
    }
}

/// Adds the problems of meaning in the part of a scenario that has the right shape.
fn check_sound(sound: &Sound, base: &Path, sources: &mut Sources, problems: &mut Problems) {
    let Ok(scenario) = serde_json::from_value::<Scenario>(sound.tree.to_json()) else { return };
    let Ok(manifests) = read_manifests(&manifest_inputs(&sound.tree, base), sources) else { return };
    let mut found = Problems::new();
    check::check(&scenario, &manifests, &sound.tree, base, &mut found);
    problems.extend(found.sorted().into_iter().filter(|problem| sound.has(problem)).cloned());
}

/// Whether a file is what `kubectl get … -o json` prints: a JSON object that begins with its API version.
fn is_dump(path: &Path) -> bool {
    let mut start = [0; 64];
    let read = std::fs::File::open(path).and_then(|mut file| std::io::Read::read(&mut file, &mut start)).unwrap_or(0);
    let text = String::from_utf8_lossy(&start[..read]);
    text.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with("\"apiVersion\""))
}

/// A scenario around the dump of a cluster: thirty days in which nothing fails. Edits add what shall happen.
fn around_dump(path: &Path) -> String {
    let text =
        |part: Option<&std::ffi::OsStr>| part.map_or_else(String::new, |part| part.to_string_lossy().into_owned());
    let scenario = json!({
        "name": text(path.file_stem()),
        "duration": "30d",
        "orchestrator": "kubernetes",
        "cluster": text(path.file_name()),
    });
    scenario.to_string()
}

/// Where the manifests stand: in files, in the scenario itself, in the dump of a cluster.
fn manifest_inputs(tree: &Node, base: &Path) -> Vec<Input> {
    let mut inputs = Vec::new();
    if let Some(Node { value: Value::List(given), .. }) = tree.get("manifests") {
        inputs.extend(given.iter().map(|one| match &one.value {
            Value::Text(name) => Input::File { path: base.join(name), at: Some(one.at) },
            _ => Input::Inline(one.clone()),
        }));
    }
    if let Some(Node { value: Value::Text(name), at }) = tree.get("cluster") {
        inputs.push(Input::File { path: base.join(name), at: Some(*at) });
    }
    inputs
}

/// Task definitions may stand in files of their own, in the shape that `describe-task-definition` prints as well.
fn include_definitions(tree: &mut Node, base: &Path, sources: &mut Sources, problems: &mut Problems) {
    let Some(Node { value: Value::List(definitions), .. }) = tree.get_mut("taskDefinitions") else { return };
    for definition in definitions {
        include::resolve(definition, base, sources, problems);
        let described = match &mut definition.value {
            Value::Map(fields) if fields.iter().any(|(key, _)| key.text == "taskDefinition") => {
                let known = ["taskDefinition", "tags"];
                fields.iter().all(|(key, _)| known.contains(&&*key.text))
            }
            _ => false,
        };
        if described
            && let Some(inner) = definition.get("taskDefinition")
            && matches!(inner.value, Value::Map(_))
        {
            *definition = inner.clone();
        }
    }
}

fn check_unit(unit: &str, value: &Value) -> Result<(), String> {
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        _ => return Ok(()),
    };
    match units::check_unit(unit, &text) {
        Some(Err(error)) => Err(error.to_string()),
        _ => Ok(()),
    }
}
