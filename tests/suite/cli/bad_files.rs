//! The corpus: every file of `tests/bad` is refused with exit code 2, a reviewed message, and nothing written.

use std::path::Path;

use super::{listing, longshore, said};

#[test]
fn every_bad_scenario_is_refused_with_a_word_for_its_writer() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let out = tempfile::tempdir().expect("a temporary folder");
    let mut count = 0;
    for name in listing(&corpus) {
        let file = corpus.join(&name);
        if file.is_dir() {
            continue;
        }
        let said = said(longshore(&corpus).arg("run").arg(&name).arg("--out").arg(out.path().join("result")));
        let shown = name.display().to_string();
        assert_eq!(said.code, Some(2), "{shown}: {}", said.err);
        assert_eq!(said.out, "", "{shown}");
        assert!(listing(out.path()).is_empty(), "{shown} leaves something behind");
        insta::with_settings!({
            prepend_module_to_snapshot => false,
            omit_expression => true,
            snapshot_path => "../../bad/messages",
            description => name.display().to_string(),
        }, {
            insta::assert_snapshot!(shown, said.err);
        });
        count += 1;
    }
    assert!(count >= 120, "{count} files are left of the corpus");
}

/// What is refused by `run` is refused by `validate`, in the same words.
#[test]
fn validate_says_the_same_as_run() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    for name in ["many-problems.yaml", "tabs.yaml", "file-cycle.yaml", "task-too-large.yaml"] {
        let run = said(longshore(&corpus).args(["run", name, "--out", "/nowhere/at/all"]));
        let validate = said(longshore(&corpus).args(["validate", name]));
        assert_eq!((run.code, &run.err), (validate.code, &validate.err), "{name}");
    }
}

/// A mistake that comes with `--set` is shown in the argument.
#[test]
fn every_bad_edit_is_refused() {
    let edits = [
        "services",
        "=3",
        "a..b=1",
        "services[0=1",
        "duration=[1d",
        "services.api.desiredCount=3",
        "failures.9.at=1d",
        "services.web=5",
        "services.web.desiredCount=-1",
        "services.web.desiredCount=",
        "services.web.desired_count=3",
        "name=",
        "name.first=x",
        "zones=us-east-1a",
        "taskDefinitions.0={file: none.json}",
        "failures.1.every={exponential: {mean: 0s}}",
        "capacity.web-asg.instanceType=m5",
        "duration=1d\nzones=[]",
    ];
    let folder = super::with_valid();
    let mut all = String::new();
    for edit in edits {
        let said = said(longshore(folder.path()).args(["run", "valid.yaml", "--set", edit]));
        assert_eq!(said.code, Some(2), "{edit}: {}", said.err);
        all.push_str(&format!("--set '{edit}'\n{}\n", said.err));
    }
    assert_eq!(listing(folder.path()).len(), 1, "nothing is written");
    super::snapshot("bad-edits", &all);
}
