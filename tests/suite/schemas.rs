//! The JSON Schemas in the repository are those of the code. `LONGSHORE_WRITE_SCHEMAS=1 cargo test schemas` writes them anew.

use std::path::PathBuf;

fn compare(name: &str, schema: &serde_json::Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
    let text = format!("{:#}\n", schema);
    if std::env::var_os("LONGSHORE_WRITE_SCHEMAS").is_some() {
        std::fs::write(&path, &text).expect("a file that can be written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == text, "{} is not what the code says: see the head of this test", path.display());
}

#[test]
fn the_schemas_of_the_repository_are_up_to_date() {
    compare("scenario.schema.json", &longshore::scenario::schema());
    compare("summary.schema.json", &longshore::report::json::schema());
    compare("experiment.schema.json", &longshore::report::json::experiment_schema());
    compare("explain.schema.json", &longshore::report::json::explain_schema());
    compare("comparison.schema.json", &longshore::report::comparison::schema());
    compare("plan.schema.json", &longshore::report::search::schema());
}
