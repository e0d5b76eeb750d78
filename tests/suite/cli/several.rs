//! Several scenarios in one call.

use std::fs;

use super::{listing, longshore, said, snapshot, with_valid};

#[test]
fn each_gets_a_folder_of_its_own() {
    let folder = with_valid();
    let copy = include_str!("valid.yaml").replace("name: valid", "name: other one");
    fs::write(folder.path().join("other.yaml"), copy).expect("a scenario");
    let said = said(longshore(folder.path()).args(["run", "valid.yaml", "other.yaml", "--out", "all"]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    let names: Vec<String> =
        listing(&folder.path().join("all")).iter().map(|name| name.display().to_string()).collect();
    assert_eq!(names, ["other one", "valid"]);
}

#[test]
fn nothing_runs_unless_all_are_good() {
    let folder = with_valid();
    fs::write(folder.path().join("bad.yaml"), "name: x\n").expect("a scenario");
    fs::write(folder.path().join("worse.yaml"), "").expect("a scenario");
    let said = said(longshore(folder.path()).args(["run", "bad.yaml", "valid.yaml", "worse.yaml"]));
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    snapshot("several-with-bad-ones", &said.err);
    assert_eq!(listing(folder.path()).len(), 3, "nothing is written");
}

#[test]
fn two_of_one_name_would_share_a_folder() {
    let folder = with_valid();
    fs::write(folder.path().join("copy.yaml"), include_str!("valid.yaml")).expect("a scenario");
    let said = said(longshore(folder.path()).args(["run", "valid.yaml", "copy.yaml"]));
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    snapshot("several-of-one-name", &said.err);
    assert_eq!(listing(folder.path()).len(), 2, "nothing is written");
}

/// Variants are for `compare`: a run says that it leaves them out, unless it shall be quiet, and goes on.
#[test]
fn a_run_says_that_it_leaves_variants_out() {
    let folder = with_valid();
    let text = format!("{}\nvariants: [{{name: a}}, {{name: b, set: {{seed: 5}}}}]\n", include_str!("valid.yaml"));
    fs::write(folder.path().join("many.yaml"), text.replace("name: valid", "name: many")).expect("a scenario");
    let ran = |more: &[&str]| {
        let said = said(
            longshore(folder.path()).args(["run", "valid.yaml", "many.yaml", "--set", "objectives=[]"]).args(more),
        );
        assert_eq!(said.code, Some(0), "{}", said.err);
        said.err
    };
    let note = "note: many.yaml is run as it stands; its 2 variants are left out: `longshore compare` runs them";
    for more in [&[][..], &["--replications", "2", "--json"]] {
        let err = ran(more);
        assert_eq!(err.lines().filter(|line| line.starts_with("note: ")).collect::<Vec<_>>(), [note], "{err}");
    }
    assert_eq!(ran(&["--quiet"]), "");
}
