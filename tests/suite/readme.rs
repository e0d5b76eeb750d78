//! What the README shows is so: its links lead somewhere, its change applies to the code as it stands, its scenarios load.

use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("the README")
}

/// The blocks of code in a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let parts = text.split(&fence).skip(1);
    parts.map(|rest| rest.split_once("\n```").expect("an end").0.to_owned() + "\n").collect()
}

#[test]
fn links_lead_somewhere() {
    for file in ["README.md", "output/README.md", "scenarios/benchmarks/README.md"] {
        let text = std::fs::read_to_string(root().join(file)).expect(file);
        let folder = root().join(file).parent().expect("a folder").to_owned();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        for link in links.filter(|link| !link.starts_with("http") && !link.starts_with('#')) {
            let path = link.split('#').next().unwrap_or(link);
            assert!(folder.join(path).exists(), "{file}: {link}");
        }
    }
}

/// Each hunk of the change that adds a strategy finds its lines where it says that they are.
#[test]
fn the_strategy_that_is_added_fits_the_code() {
    let text = readme();
    let [change] = &blocks(&text, "diff")[..] else { panic!("one change") };
    let (mut old, mut line, mut hunks, mut added) = (Vec::new(), 0, 0, 0);
    for row in change.lines() {
        if let Some(name) = row.strip_prefix("--- ") {
            let file = name.strip_prefix("a/").map(|name| root().join(name));
            old = file.map_or_else(Vec::new, |file| {
                let text = std::fs::read_to_string(&file).expect("the file that is changed");
                text.lines().map(str::to_owned).collect()
            });
        } else if let Some(name) = row.strip_prefix("+++ b/") {
            assert_eq!(root().join(name).exists(), !old.is_empty(), "{name}");
        } else if let Some(place) = row.strip_prefix("@@ -") {
            let number = place.split([',', ' ']).next().expect("a number");
            line = number.parse::<usize>().expect("a number").saturating_sub(1);
            hunks += 1;
        } else if row.starts_with('+') {
            added += 1;
        } else {
            // An empty line of the file is a space in a change, which editors may strip.
            let wanted = row.get(1..).unwrap_or_default();
            assert_eq!(old.get(line).map(String::as_str), Some(wanted), "line {}", line + 1);
            line += 1;
        }
    }
    assert!(hunks == 3 && added > 20, "{hunks} hunks, {added} lines");
}

/// A whole scenario loads as it stands, the beginning of one with what it needs.
#[test]
fn scenarios_load() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    };
    let definition = r#"{"family": "webserver", "containerDefinitions": [{"name": "c", "cpu": 64, "memory": 64}]}"#;
    put("webserver.taskdef.json", definition);
    let manifest = std::fs::read_to_string(root().join("scenarios/manifests/web.yaml")).expect("a manifest");
    put("manifests/web.yaml", &manifest);
    let texts = blocks(&readme(), "yaml");
    assert_eq!(texts.len(), 3, "scenarios in the README");
    for (at, text) in texts.iter().enumerate() {
        let mut whole = text.clone();
        let needed = [
            ("name:", "name: readme\n"),
            ("duration:", "duration: 10d\n"),
            ("zones:", "zones: [us-east-1a, us-east-1b]\n"),
            ("capacity:", "capacity: [{name: asg, instanceType: m5.large, count: 4}]\n"),
        ];
        for (key, line) in needed {
            if !whole.lines().any(|line| line.starts_with(key)) {
                whole.insert_str(0, line);
            }
        }
        if !whole.contains("manifests:") && !whole.contains("taskDefinitions:") {
            whole += "taskDefinitions: [{file: webserver.taskdef.json}]\n\
                services: [{name: web, taskDefinition: webserver, desiredCount: 4}]\n";
        }
        let path = put(&format!("{at}.yaml"), &whole);
        if let Err(refused) = longshore::scenario::load(&path, &[]) {
            panic!("{}", refused.problems.render(&refused.sources));
        }
    }
}
