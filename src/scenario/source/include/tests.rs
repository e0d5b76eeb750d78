use super::*;
use std::fs;
use tempfile::TempDir;

/// A folder with files, and what resolving the value of `task:` in the first gives.
fn resolved(files: &[(&str, &str)]) -> (Node, Sources, String) {
    let folder = TempDir::new().expect("folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("parent")).expect("folders");
        fs::write(path, text).expect("written");
    }
    let mut sources = Sources::new();
    let mut tree = read::read(&folder.path().join(files[0].0), &mut sources).expect("reads");
    let mut problems = Problems::new();
    let task = tree.get_mut("task").expect("task");
    resolve(task, FilePath::new("/nowhere"), &mut sources, &mut problems);
    let shown = problems.render(&sources).replace(&format!("{}/", folder.path().display()), "");
    (tree, sources, shown)
}

#[test]
fn is_replaced_by_the_file_which_keeps_its_own_places() {
    let (tree, sources, problems) =
        resolved(&[("a.yaml", "task: {file: tasks/web.json}\n"), ("tasks/web.json", "{\n  \"family\": \"web\"\n}")]);
    assert_eq!(problems, "");
    let family = tree.get("task").and_then(|task| task.get("family")).expect("family");
    assert_eq!(family.as_text(), Some("web"));
    assert_eq!((family.at.line, family.at.column), (2, 13));
    assert!(sources.name(family.at.file).ends_with("tasks/web.json"));
}

#[test]
fn paths_are_relative_to_the_file_that_names_them() {
    let (tree, _, problems) = resolved(&[
        ("a.yaml", "task: {file: tasks/web.yaml}\n"),
        ("tasks/web.yaml", "file: ../other/real.yaml\n"),
        ("other/real.yaml", "[1, 2]\n"),
    ]);
    assert_eq!(problems, "");
    assert_eq!(tree.to_json(), serde_json::json!({"task": [1, 2]}));
}

#[test]
fn other_values_are_left_alone() {
    for value in ["{file: x.yaml, cpu: 1}", "{files: x}", "file", "[{file: x.yaml}]", "~"] {
        let text = format!("task: {value}\n");
        let (tree, ..) = resolved(&[("a.yaml", &text)]);
        let plain = read::read_text("b", &text, &mut Sources::new()).expect("reads");
        assert_eq!(tree.to_json(), plain.to_json(), "{value}");
    }
}

#[test]
fn a_missing_file_is_shown_at_the_reference() {
    let (tree, _, problems) = resolved(&[("a.yaml", "task:\n  file: web.yml\n"), ("web.yaml", "a: 1\n")]);
    insta::assert_snapshot!(problems, @r"
    error: there is no file `web.yml`
     --> a.yaml:2:9
      |
    2 |   file: web.yml
      |         ^^^^^^^ did you mean `web.yaml`?

    1 problem in a.yaml
    ");
    assert!(tree.get("task").and_then(|task| task.get("file")).is_some(), "it stays");
}

#[test]
fn a_circle_is_shown_as_a_chain() {
    let (.., problems) =
        resolved(&[("a.yaml", "task: {file: b.yaml}\n"), ("b.yaml", "file: c.yaml\n"), ("c.yaml", "file: ./b.yaml\n")]);
    insta::assert_snapshot!(problems, @r"
    error: these files refer to one another in a circle
     --> c.yaml:1:7
      |
    1 | file: ./b.yaml
      |       ^^^^^^^^ `b.yaml` → `c.yaml` → `./b.yaml`

    1 problem in c.yaml
    ");
}

#[test]
fn a_fault_inside_the_file_is_shown_there_and_a_bad_path_here() {
    let (.., problems) = resolved(&[("a.yaml", "task: {file: b.yaml}\n"), ("b.yaml", "x: [1\n")]);
    assert!(problems.contains("--> b.yaml:1:4"), "{problems}");
    for (value, found) in [("3", "the number `3`"), ("''", "empty text"), ("[a]", "a list")] {
        let (.., problems) = resolved(&[("a.yaml", &format!("task: {{file: {value}}}\n"))]);
        assert!(problems.contains(&format!("expected the path of a file, found {found}")), "{problems}");
    }
    let (.., problems) = resolved(&[("a.yaml", "task: {file: .}\n")]);
    assert!(problems.contains("is a folder, not a file"), "{problems}");
}

#[test]
fn a_long_chain_ends() {
    let mut files = vec![("a.yaml".to_owned(), "task: {file: f0.yaml}\n".to_owned())];
    files.extend((0..40).map(|n| (format!("f{n}.yaml"), format!("file: f{}.yaml\n", n + 1))));
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (.., problems) = resolved(&files);
    assert!(problems.contains("more than 32 files"), "{problems}");
}

#[test]
fn without_a_file_the_base_counts() {
    let folder = TempDir::new().expect("folder");
    fs::write(folder.path().join("web.yaml"), "cpu: 1\n").expect("written");
    let mut sources = Sources::new();
    let file = sources.add_argument("--set", "task={file: web.yaml}");
    let at = Location { file, line: 1, column: 6, length: 1 };
    let mut node = Node::from_json(at, &serde_json::json!({"file": "web.yaml"}));
    let mut problems = Problems::new();
    resolve(&mut node, folder.path(), &mut sources, &mut problems);
    assert!(problems.is_empty());
    assert_eq!(node.to_json(), serde_json::json!({"cpu": 1}));
}
