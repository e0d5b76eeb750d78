//! The variants of a scenario: `variants` in its file, or the grid of some `--vary`.
//!
//! A variant is the scenario with a few values changed in the tree as it was read, then checked like any other. So each of
//! its problems has a place, and says which variant has it. The scenario must be sound without its variants too.

mod names;

use std::path::Path;

use crate::base::problem::{Problem, Problems, Severity, Sources};

use super::load::{Refused, edit, resolve_edited};
use super::plan::Plan;
use super::source::node::{Node, Value};
use super::source::{read, set};

/// The most variants that are compared at once.
pub const MOST: usize = 24;

/// A scenario with a few values changed.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// What is changed, as `--set` would be given it.
    pub changes: Vec<String>,
    /// What to run.
    pub plan: Plan,
}

/// The variants of one scenario.
#[derive(Debug)]
pub struct Variants {
    /// The scenario's name.
    pub scenario: String,
    /// The variants, in the order of the file or of the grid: the last axis moves first.
    pub list: Vec<Variant>,
    /// The files that were read, for showing places in them.
    pub sources: Sources,
    /// Warnings, those of the scenario first.
    pub warnings: Problems,
}

/// A variant before it is resolved.
struct Draft {
    name: String,
    edits: Vec<(String, Vec<set::Step>, Node)>,
}

/// Reads a scenario, applies the edits, and makes its variants: those of `vary` where there are some, else those of
/// the file. With neither the list is the scenario alone, under its own name.
///
/// # Errors
/// Every problem of the scenario; where it has none, every problem of its variants.
pub fn load_variants(path: &Path, edits: &[String], vary: &[String]) -> Result<Variants, Refused> {
    let mut sources = Sources::new();
    match load(path, edits, vary, &mut sources) {
        Ok((scenario, list, warnings)) => Ok(Variants { scenario, list, sources, warnings }),
        Err(problems) => Err(Refused { problems, sources }),
    }
}

type Parts = (String, Vec<Variant>, Problems);

fn load(path: &Path, edits: &[String], vary: &[String], sources: &mut Sources) -> Result<Parts, Problems> {
    let base = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut tree = read::read(path, sources)?;
    edit(&mut tree, &base, edits, sources)?;
    let (plan, mut warnings) = resolve_edited(tree.clone(), &base, sources)?;
    let drafts = if vary.is_empty() { of_file(&tree)? } else { of_grid(vary, sources)? };
    if let Value::Map(entries) = &mut tree.value {
        entries.retain(|(key, _)| key.text != "variants");
    }
    if drafts.is_empty() {
        return Ok((plan.name.clone(), vec![Variant { name: plan.name.clone(), changes: Vec::new(), plan }], warnings));
    }
    let mut problems = Problems::new();
    let mut list = Vec::new();
    for draft in drafts {
        match resolve(&draft, &tree, &base, sources) {
            Ok((plan, more)) => {
                add(&mut warnings, &more, &draft.name, Severity::Warning);
                let changes =
                    draft.edits.iter().map(|(path, _, value)| format!("{path}={}", value.to_json())).collect();
                list.push(Variant { name: draft.name, changes, plan });
            }
            Err(faults) => add(&mut problems, &faults, &draft.name, Severity::Error),
        }
    }
    if problems.has_errors() { Err(problems) } else { Ok((plan.name, list, warnings)) }
}

fn resolve(draft: &Draft, tree: &Node, base: &Path, sources: &mut Sources) -> Result<(Plan, Problems), Problems> {
    let mut tree = tree.clone();
    let mut problems = Problems::new();
    for (_, steps, value) in &draft.edits {
        if let Err(faults) = set::put(&mut tree, steps, value.clone()) {
            problems.append(faults);
        }
    }
    if problems.has_errors() {
        return Err(problems);
    }
    resolve_edited(tree, base, sources)
}

/// Adds what is wrong with a variant under its name. A warning that the scenario has already is not repeated.
fn add(to: &mut Problems, from: &Problems, name: &str, severity: Severity) {
    for problem in from.sorted() {
        let known = |other: &&Problem| other.at == problem.at && other.message == problem.message;
        if severity == Severity::Warning && to.sorted().iter().any(known) {
            continue;
        }
        to.push(Problem { message: format!("variant `{name}`: {}", problem.message), ..problem.clone() });
    }
}

/// The variants of the file. Its structure is sound.
fn of_file(tree: &Node) -> Result<Vec<Draft>, Problems> {
    let Some(Node { value: Value::List(items), .. }) = tree.get("variants") else { return Ok(Vec::new()) };
    let mut problems = Problems::new();
    let mut drafts: Vec<Draft> = Vec::new();
    for item in items {
        let Some(named) = item.get("name") else { continue };
        let name = named.as_text().unwrap_or_default().trim().to_owned();
        let fault = if name.is_empty() {
            Some("a variant needs a name".to_owned())
        } else if drafts.iter().any(|other| other.name == name) {
            Some(format!("the name `{name}` is taken by an earlier variant"))
        } else {
            None
        };
        problems.extend(fault.map(|fault| Problem::error(fault).located(named.at)));
        let mut edits = Vec::new();
        if let Some(Node { value: Value::Map(entries), .. }) = item.get("set") {
            for (key, value) in entries {
                match set::steps(key) {
                    Ok(steps) => edits.push((key.text.clone(), steps, value.clone())),
                    Err(faults) => problems.append(faults),
                }
            }
        }
        drafts.push(Draft { name, edits });
    }
    if drafts.len() > MOST {
        let at = tree.get("variants").map(|node| node.at);
        problems.push(Problem::error(too_many(drafts.len())).located(at));
    }
    if problems.has_errors() { Err(problems) } else { Ok(drafts) }
}

fn too_many(count: usize) -> String {
    format!("at most {MOST} variants can be compared at once, found {count}")
}

/// Every combination of the values of the axes.
fn of_grid(vary: &[String], sources: &mut Sources) -> Result<Vec<Draft>, Problems> {
    let mut problems = Problems::new();
    let mut axes: Vec<set::Axis> = Vec::new();
    for text in vary {
        match set::axis(text, sources) {
            Ok(axis) if axes.iter().any(|other| other.path == axis.path) => {
                let fault = Problem::error(format!("`{}` is varied by an earlier --vary already", axis.path));
                problems
                    .push(fault.located(axis.steps.first().map(|step| step.at)).with_help("give all its values there"));
            }
            Ok(axis) => axes.push(axis),
            Err(faults) => problems.append(faults),
        }
    }
    let count = axes.iter().map(|axis| axis.values.len()).try_fold(1_usize, usize::checked_mul).unwrap_or(usize::MAX);
    if count > MOST {
        problems.push(Problem::error(too_many(count)).with_help("give fewer values, or compare in several steps"));
    }
    if problems.has_errors() {
        return Err(problems);
    }
    let names = names::of_axes(&axes);
    let mut drafts = vec![Draft { name: String::new(), edits: Vec::new() }];
    for (axis, names) in axes.iter().zip(&names) {
        drafts = drafts
            .iter()
            .flat_map(|draft| {
                axis.values.iter().zip(names).map(|(value, name)| {
                    let comma = if draft.name.is_empty() { "" } else { ", " };
                    let mut edits = draft.edits.clone();
                    edits.push((axis.path.clone(), axis.steps.clone(), value.clone()));
                    Draft { name: format!("{}{comma}{name}", draft.name), edits }
                })
            })
            .collect();
    }
    Ok(drafts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(folder: &Path, variants: &str) -> std::path::PathBuf {
        let text = format!(
            "name: x\nduration: 1d\nzones: [a, b]\ncapacity: [{{name: g, instanceType: m5.large, count: 2}}]\n\
             taskDefinitions: [{{family: f, containerDefinitions: [{{name: c, cpu: 64, memory: 64}}]}}]\n\
             services: [{{name: web, taskDefinition: f, desiredCount: 2}}]\n{variants}"
        );
        let path = folder.join("x.yaml");
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn variants_of_a_file_and_of_a_grid() {
        let folder = tempfile::tempdir().unwrap();
        let path = scenario(
            folder.path(),
            "variants:\n  - {name: as it is}\n  - {name: more, set: {services.web.desiredCount: 3, capacity.g.count: 4}}\n",
        );
        let found = load_variants(&path, &["seed=9".into()], &[]).map_err(|_| "refused").unwrap();
        assert_eq!(found.list.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["as it is", "more"]);
        assert_eq!(found.list[1].changes, ["services.web.desiredCount=3", "capacity.g.count=4"]);
        let desired = |one: &Variant| one.plan.fleet.services.values().next().unwrap().desired;
        assert_eq!(found.list.iter().map(desired).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(found.list[1].plan.seed, 9);

        let vary = ["services.web.desiredCount=1,2,3".to_owned(), "capacity.g.count=2,4".to_owned()];
        let grid = load_variants(&path, &[], &vary).map_err(|_| "refused").unwrap();
        assert_eq!(grid.list.len(), 6);
        assert_eq!(grid.list[1].name, "desiredCount 1, count 4");
        assert_eq!(desired(&grid.list[5]), 3);
    }

    #[test]
    fn a_variant_that_does_not_load_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = scenario(
            folder.path(),
            "variants:\n  - {name: bad, set: {services.wbe.desiredCount: 3}}\n  - {name: worse, set: {services.web.desiredCount: -3}}\n",
        );
        let refused = load_variants(&path, &[], &[]).unwrap_err();
        let text = refused.problems.render(&refused.sources);
        assert!(text.contains("variant `bad`") && text.contains("variant `worse`"), "{text}");
        assert!(text.contains("x.yaml:8:"), "{text}");
    }
}
