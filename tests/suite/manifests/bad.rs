//! The corpus: every file of `tests/bad-manifests` is refused with a reviewed message.

use std::path::Path;

use longshore::base::problem::Sources;
use longshore::scenario::manifest::read_manifests;

use super::{inputs, shown};

#[test]
fn every_bad_manifest_is_refused_with_a_word_for_its_writer() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-manifests");
    let mut files: Vec<_> = std::fs::read_dir(&corpus)
        .expect("the corpus")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    assert!(files.len() >= 80, "{} files are left of the corpus", files.len());
    for path in files {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).expect("a name");
        let mut sources = Sources::new();
        let said = match read_manifests(&inputs(&[path]), &mut sources) {
            Ok(_) => panic!("{name} is taken"),
            Err(problems) => shown(&problems, &sources, &corpus),
        };
        insta::with_settings!({
            prepend_module_to_snapshot => false,
            omit_expression => true,
            snapshot_path => "../../bad-manifests/messages",
            description => name.clone(),
        }, {
            insta::assert_snapshot!(name, said);
        });
    }
}

/// A file that cannot be read is shown where it is named; there without a place where nobody named it.
#[test]
fn a_file_that_is_not_there() {
    let mut sources = Sources::new();
    let problems = read_manifests(&inputs(&["/nowhere/web.yaml".into()]), &mut sources).expect_err("no such file");
    assert!(problems.render(&sources).contains("there is no file `/nowhere/web.yaml`"));
}
