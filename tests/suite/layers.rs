//! The layers: a module imports only what stands below it, and the families never import each other.

use std::path::{Path, PathBuf};

/// Lowest first; what stands in one list are siblings.
const RANKS: [&[&str]; 9] = [
    &["base"],
    &["stats"],
    &["world"],
    &["placement", "workload", "failure", "platform", "metrics"],
    &["scenario"],
    &["engine"],
    &["experiment"],
    &["report"],
    &["cli"],
];

fn rank(module: &str) -> Option<usize> {
    RANKS.iter().position(|siblings| siblings.contains(&module))
}

fn sources(folder: &Path, list: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, list);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            list.push(path);
        }
    }
}

/// The modules that a text names with `crate::`, comments left out.
fn named(text: &str) -> Vec<(usize, String)> {
    let mut list = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        for part in code.split("crate::").skip(1) {
            let first = |text: &str| -> String {
                text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
            };
            match part.strip_prefix('{') {
                // `use crate::{failure, metrics};`
                Some(group) => {
                    let names = group.split('}').next().unwrap_or("").split(',').map(first);
                    list.extend(names.filter(|name| !name.is_empty()).map(|name| (number + 1, name)));
                }
                None => list.push((number + 1, first(part))),
            }
        }
    }
    list
}

#[test]
fn modules_import_only_what_stands_below_them() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for file in files {
        let inside = file.strip_prefix(&root).expect("below src");
        let Some(module) = inside.iter().next().and_then(|first| first.to_str()) else { continue };
        let module = module.trim_end_matches(".rs");
        // Tests beside the code may use what stands above it.
        let is_test = inside.iter().any(|part| part == "tests" || part == "tests.rs");
        if ["main", "lib"].contains(&module) || is_test {
            continue;
        }
        let own = rank(module).unwrap_or_else(|| panic!("`{module}` has no place among the layers"));
        for (line, name) in named(&std::fs::read_to_string(&file).expect("a text file")) {
            looked_at += 1;
            match rank(&name) {
                Some(other) if other < own || name == module => {}
                // A macro that is exported from `base` is named without its module.
                None if name == "id" => {}
                _ => wrong.push(format!("{}:{line}: `{module}` names `{name}`", inside.display())),
            }
        }
    }
    assert!(looked_at > 100, "the scan found next to nothing");
    assert!(wrong.is_empty(), "imports against the layers:\n{}", wrong.join("\n"));
}
