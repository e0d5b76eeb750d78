//! Kubernetes manifests and dumps of clusters, as the library reads them.

mod bad;
mod dump;
mod quirks;
mod typical;

use std::path::{Path, PathBuf};

use longshore::base::problem::{Problems, Sources};
use longshore::scenario::manifest::{Input, Manifests, read_manifests};

/// The folder of the manifests that are right.
fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kubernetes")
}

fn inputs(paths: &[PathBuf]) -> Vec<Input> {
    paths.iter().map(|path| Input::File { path: path.clone(), at: None }).collect()
}

/// Reads files of `tests/data/kubernetes`, without errors; the warnings as they are shown, without the folder.
fn good(names: &[&str]) -> (Manifests, String) {
    let folder = data();
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    let mut sources = Sources::new();
    match read_manifests(&inputs(&paths), &mut sources) {
        Ok(manifests) => {
            let warnings = shown(&manifests.warnings, &sources, &folder);
            (manifests, warnings)
        }
        Err(problems) => panic!("{}", problems.render(&sources)),
    }
}

/// Reads a text, without errors.
fn good_text(text: &str) -> Manifests {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("text.yaml");
    std::fs::write(&path, text).expect("a file");
    let mut sources = Sources::new();
    read_manifests(&inputs(&[path]), &mut sources).unwrap_or_else(|problems| panic!("{}", problems.render(&sources)))
}

/// Problems as they are shown, without the folder that the files are in.
fn shown(problems: &Problems, sources: &Sources, folder: &Path) -> String {
    problems.render(sources).replace(&format!("{}/", folder.display()), "")
}
