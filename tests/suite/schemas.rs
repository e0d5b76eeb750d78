//! The JSON Schemas in the repository are those of the code. `LONGSHORE_WRITE_SCHEMAS=1 cargo test schemas` writes them anew.

use std::path::PathBuf;

use serde_json::{Value, json};

fn compare(name: &str, schema: &Value) {
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

/// Whatever in `value` is not as `schema` says. What these schemas do not use is not looked at.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(target) = schema["$ref"].as_str() {
        let target = root.pointer(target.trim_start_matches('#')).unwrap_or_else(|| panic!("{target} is missing"));
        return faults(root, target, value, at, found);
    }
    let branches = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    if let Some(branches) = branches {
        let fits = |branch: &Value| {
            let mut inner = Vec::new();
            faults(root, branch, value, at, &mut inner);
            inner
        };
        let all: Vec<Vec<String>> = branches.iter().map(fits).collect();
        if !all.iter().any(Vec::is_empty) {
            found.extend(all.into_iter().flatten());
        }
    }
    let is = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{at}: the type {other}"),
    };
    let fits = match &schema["type"] {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).any(is),
        _ => true,
    };
    if !fits {
        found.push(format!("{at}: {value} is not of the type {}", schema["type"]));
    }
    if schema["const"].is_string() && schema["const"] != *value
        || schema["enum"].as_array().is_some_and(|list| !list.contains(value))
    {
        found.push(format!("{at}: {value} is not among the words"));
    }
    if let (Value::Array(items), false) = (value, schema["items"].is_null()) {
        items
            .iter()
            .enumerate()
            .for_each(|(n, item)| faults(root, &schema["items"], item, &format!("{at}[{n}]"), found));
    }
    let Value::Object(fields) = value else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            found.push(format!("{at}: `{name}` is missing"));
        }
    }
    for (name, field) in fields {
        let at = format!("{at}.{name}");
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(schema), _) => faults(root, schema, field, &at, found),
            (None, others @ Value::Object(_)) => faults(root, others, field, &at, found),
            // In a branch of several the fields may stand beside it.
            (None, _) if schema["properties"].is_object() && branches.is_none() => {
                found.push(format!("{at} is unknown"))
            }
            _ => {}
        }
    }
}

/// A file of a result and its schema.
type Written = (&'static str, Value);

/// What the program writes is what the schemas say.
#[test]
fn results_are_as_their_schemas_say() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let more = "\nvariants: [{name: one}, {name: two, set: {services.web.desiredCount: 5}}]\n";
    std::fs::write(folder.path().join("case.yaml"), format!("{}{more}", include_str!("cli/valid.yaml")))
        .expect("a file");
    // Here some sums are those of nothing: there is no service, and there are failures that never strike.
    let shipped = |name: &str| format!("{}/scenarios/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let (batch, year) = (shipped("batch-queue"), shipped("hundred-instances-a-year"));
    let of_run = [
        ("experiment.json", longshore::report::json::experiment_schema()),
        ("summary.json", longshore::report::json::schema()),
    ];
    let commands: [(&[&str], &[Written]); 5] = [
        (&["run", &batch, "--replications", "3"], &of_run),
        (&["run", &year, "--replications", "3"], &of_run),
        (&["run", "case.yaml", "--replications", "5"], &of_run),
        (
            &["compare", "case.yaml", "--replications", "5"],
            &[("comparison.json", longshore::report::comparison::schema())],
        ),
        (
            &["plan", "case.yaml", "--survive", "zone", "--replications", "30"],
            &[("plan.json", longshore::report::search::schema())],
        ),
    ];
    for (arguments, files) in commands {
        let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("longshore"));
        let output = command.current_dir(folder.path()).args(arguments).args(["--quiet", "--out", "out"]).output();
        let output = output.expect("the program starts");
        assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
        for (name, schema) in files {
            let text = std::fs::read_to_string(folder.path().join("out").join(name)).expect(name);
            let negative = text.lines().find(|line| line.trim_end_matches(',').ends_with("-0.0"));
            assert_eq!(negative, None, "{name} has a negative zero");
            let value: Value = serde_json::from_str(&text).expect("JSON");
            let mut found = Vec::new();
            faults(schema, schema, &value, name, &mut found);
            found.truncate(20);
            assert!(found.is_empty(), "{}", found.join("\n"));
        }
        std::fs::remove_dir_all(folder.path().join("out")).expect("a folder");
    }
    // The walk itself finds what is missing, of another type, or unknown.
    let schema = longshore::report::json::experiment_schema();
    let mut found = Vec::new();
    faults(&schema, &schema, &json!({"figures": [{"min": "none"}], "other": 1}), "bad", &mut found);
    for wanted in ["`seed` is missing", "bad.figures[0].min: \"none\" is not of the type", "bad.other is unknown"] {
        assert!(found.iter().any(|fault| fault.contains(wanted)), "{wanted}: {found:?}");
    }
}
