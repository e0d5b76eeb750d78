use super::*;
use proptest::prelude::*;
use serde_json::json;
use std::fs;
use tempfile::TempDir;

fn read_str(text: &str) -> Result<Node, String> {
    let mut sources = Sources::new();
    read_text("a.yaml", text, &mut sources).map_err(|problems| problems.render(&sources))
}

/// The problems of a text, without the closing line.
fn fault(text: &str) -> String {
    let all = read_str(text).expect_err("is refused");
    all.rsplit_once("\n\n").map_or(all.clone(), |(problems, _)| problems.to_owned())
}

/// First line of the problems, its place, and its help, on one line.
fn brief(text: &str) -> String {
    let all = fault(text);
    let place = all.lines().find_map(|line| line.split_once("--> a.yaml:")).map_or("", |(_, at)| at);
    let help = all.lines().find_map(|line| line.split_once("^ ").or(line.split_once("help: ")).map(|(_, help)| help));
    let message = all.lines().next().unwrap_or_default();
    format!("{place} {message} / {}", help.unwrap_or("-"))
}

/// What reading a file of these bytes says, its path shown as `f`.
fn refused(bytes: &[u8]) -> String {
    let folder = TempDir::new().expect("folder");
    let path = folder.path().join("f");
    fs::write(&path, bytes).expect("written");
    file_fault(&path).replace(&path.display().to_string(), "f")
}

fn file_fault(path: &Path) -> String {
    let mut sources = Sources::new();
    let problems = read(path, &mut sources).expect_err("is refused");
    problems.render(&sources)
}

#[test]
fn faults_of_syntax_read_well() {
    let cases = [
        "a: [1, 2",
        "a: {b: 1",
        "a: 'x",
        "a: \"x\" y",
        "a: b: c",
        "a: 1\n b: 2\n",
        "a:\n\tb: 1\n",
        "a: 1\nb\nc: 2\n",
        "a: 1\nb:2\nc: 3\n",
        "- a\nb: 1\n",
        "a:\n  - 1\n  b: 2\n",
        "a: {b: 1}}",
        "a: [1}",
        "a: @x",
        "a: %x",
        "a: `x`",
        "a: *n",
        "a: &a [*a]",
        "a: !Ref x",
        "a: !!int x",
        "? [a, b]\n: 1\n",
        "a: 1\n---\nb: 2\n",
        "a: 1\n...\nb: 2\n",
        "a: \"\\q\"",
        "a: - b",
        "a:\n    b: 1\n  c: 2\n",
        "a: \"\\ud800\"",
        "%YAML 3.0\n---\na: 1\n",
        "a: [1 2, {x: }\n",
        "<<: 3\n",
        "a: 1\na: 2\n",
    ];
    let all: Vec<String> = cases.iter().map(|text| format!("{text:<24?} {}", brief(text))).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn all_keys_given_twice_are_reported() {
    let all = fault("a: 1\nb: {c: 1, c: 2}\n'a': 3\n");
    insta::assert_snapshot!(all, @r"
    error: `c` is given twice
     --> a.yaml:2:11
      |
    2 | b: {c: 1, c: 2}
      |           ^ the first is on line 2; keep one of the two

    error: `a` is given twice
     --> a.yaml:3:1
      |
    3 | 'a': 3
      | ^^^ the first is on line 1; keep one of the two
    ");
}

#[test]
fn top_level_is_a_mapping_and_something() {
    assert_eq!(brief("[1]"), "1:1 error: expected a mapping (`key: value` lines), found a list / -");
    assert!(brief("cpu:6").contains("found `cpu:6` / put a space after the `:`"));
    assert!(brief("hello").contains("found `hello`"));
    assert!(brief("7").contains("found the number `7`"));
    for text in ["", "  \n\t\n", "\u{FEFF}"] {
        assert!(fault(text).starts_with("error: `a.yaml` is empty"), "{text:?}");
    }
    for text in ["# x\n", "---\n", "~"] {
        assert!(fault(text).starts_with("error: `a.yaml` holds nothing but comments"), "{text:?}");
    }
}

#[test]
fn values_follow_yaml_1_2() {
    let text = "a: no\nb: yes\nc: on\nd: true\ne: 0123\nf: 1_000\ng: 0x1F\nh: -3\ni: 1e3\nj: 12:30\n\
                k: 2024-01-01\nl: ~\nm:\nn: 'no'\no: 0o17\np: 9223372036854775807\n1: x\ntrue: y\nnull: z\n";
    let expected = json!({
        "a": "no", "b": "yes", "c": "on", "d": true, "e": "0123", "f": "1_000", "g": 31, "h": -3,
        "i": 1000.0, "j": "12:30", "k": "2024-01-01", "l": null, "m": null, "n": "no", "o": 15,
        "p": i64::MAX, "1": "x", "true": "y", "null": "z",
    });
    assert_eq!(read_str(text).expect("reads").to_json(), expected);
}

#[test]
fn numbers_out_of_range_are_floats() {
    let node = read_str("a: .inf\nb: 1e400\nc: .nan\nd: 9223372036854775808\ne: -99999999999999999999\nf: -.inf")
        .expect("reads");
    let float = |key| match node.get(key).map(|node| &node.value) {
        Some(Value::Float(value)) => *value,
        other => panic!("{key}: {other:?}"),
    };
    assert_eq!((float("a"), float("b"), float("f")), (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY));
    assert!(float("c").is_nan());
    assert_eq!((float("d"), float("e")), (9_223_372_036_854_775_808.0, -1e20));
}

#[test]
fn anchors_aliases_and_merge_keys() {
    let node = read_str("x: &x {cpu: 1, memory: 2}\ny:\n  <<: *x\n  cpu: 3\nz: *x\n").expect("reads");
    assert_eq!(
        node.to_json(),
        json!({"x": {"cpu": 1, "memory": 2}, "y": {"cpu": 3, "memory": 2}, "z": {"cpu": 1, "memory": 2}})
    );
    let memory = node.get("y").and_then(|y| y.get("memory")).expect("memory");
    assert_eq!((memory.at.line, memory.at.column), (1, 24), "the text, not its use");
    let many = (0..500).map(|n| format!("s{n}: {{<<: *d}}\n")).collect::<String>();
    assert!(read_str(&format!("d: &d {{cpu: 1}}\n{many}")).is_ok(), "one anchor, used often");
}

#[test]
fn line_ends_and_byte_order_mark() {
    let node = read_str("\u{FEFF}a: 1\r\nb:\r\n  - x\r\n").expect("reads");
    assert_eq!(node.to_json(), json!({"a": 1, "b": ["x"]}));
    let b = node.get("b").expect("b");
    assert_eq!((b.at.line, b.at.column, node.at.column), (3, 3, 1));
    assert!(brief("a: 1\r\nb: [\r\n").starts_with("2:4 "));
    assert!(read_str("{\n\t\"a\": [\n\t\t1\n\t]\n}").is_ok(), "JSON may be indented with tabs");
    assert!(read_str(&format!("{}a: 1\n", "# a comment\n".repeat(500))).is_ok());
}

#[test]
fn bombs_and_towers_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let uses = vec![format!("*a{}", n - 1); 10].join(", ");
        bomb += &format!("a{n}: &a{n} [{uses}]\n");
    }
    assert!(fault(&bomb).contains("aliases"), "{}", fault(&bomb));
    let expected = "values are nested more than 32 deep";
    for text in [
        format!("a: {}", "[".repeat(100_000)),
        format!("a: {}", "{a: ".repeat(1000)),
        (0..100).map(|n| format!("{}a:\n", " ".repeat(n))).collect(),
    ] {
        assert!(fault(&text).contains(expected), "{}", fault(&text));
    }
    // Depth counts through aliases too, or a chain of them would fill the stack.
    let tower = |inner: &str| format!("{}{inner}{}", "[".repeat(28), "]".repeat(28));
    let chain: String = (1..9).map(|n| format!("a{n}: &a{n} {}\n", tower(&format!("*a{}", n - 1)))).collect();
    assert!(fault(&format!("a0: &a0 {}\n{chain}", tower("x"))).contains(expected));
    let deepest = format!("a: {}{}", "[".repeat(yaml::MAX_DEPTH - 1), "]".repeat(yaml::MAX_DEPTH - 1));
    assert!(read_str(&deepest).is_ok());
}

// A million values take a debug build some time.
#[test]
fn a_flood_of_values_is_refused() {
    let wide = format!("a: [{}]", "1,".repeat(yaml::MAX_VALUES));
    assert!(fault(&wide).contains("more than 1000000 values"));
}

#[test]
fn what_is_no_file() {
    let folder = TempDir::new().expect("folder");
    fs::write(folder.path().join("web.yaml"), "a: 1").expect("written");
    let at = |name: &str| file_fault(&folder.path().join(name)).replace(&format!("{}/", folder.path().display()), "");
    assert_eq!(at("web.yml"), "error: there is no file `web.yml`\n  = help: did you mean `web.yaml`?\n\n1 problem\n");
    assert_eq!(at("zzzzzz.yaml"), "error: there is no file `zzzzzz.yaml`\n\n1 problem\n");
    assert!(at("none/web.yml").contains("help: the folder `none` does not exist either"));
    assert!(at("web.yaml/x").contains("a part of the path is no folder"));
    assert!(at("../").contains("is a folder, not a file"));
    // As root every file can be read, so the wording alone is tested.
    let denied = unreadable(Path::new("x"), &ErrorKind::PermissionDenied.into());
    assert_eq!(denied.message, "`x` may not be read");
}

#[test]
fn what_is_no_text() {
    assert!(refused(b"a: 1\nb: \0x").starts_with("error: `f` is no text: it holds a zero byte (byte 8, line 2)"));
    let latin = refused(b"a: 1\nname: caf\xe9\n");
    insta::assert_snapshot!(latin, @r"
    error: `f` is not in UTF-8 (byte 14, line 2)
     --> f:2:10
      |
    2 | name: caf�
      |          ^ save it as plain text in UTF-8

    1 problem in f
    ");
    assert!(refused(b"\xff\xfea\0:\0").contains("is in UTF-16"));
}

#[test]
fn what_is_too_large() {
    let expected = "larger than 8 MiB";
    assert!(refused(&vec![b'#'; 8 * 1024 * 1024 + 1]).contains(expected));
    assert!(refused(&vec![b'#'; 8 * 1024 * 1024]).contains("nothing but comments"));
    #[cfg(unix)]
    assert!(file_fault(Path::new("/dev/zero")).contains(expected));
}

#[test]
fn a_broken_file_stays_broken_and_a_good_one_is_read_once() {
    let folder = TempDir::new().expect("folder");
    let path = folder.path().join("f");
    fs::write(&path, b"a: \xff").expect("written");
    let mut sources = Sources::new();
    assert!(read(&path, &mut sources).is_err());
    assert!(read(&path, &mut sources).is_err());
    fs::write(&path, "a: 1").expect("written");
    let first = read(&path, &mut sources).expect("reads");
    fs::write(&path, "a: 2").expect("written");
    assert_eq!(read(&path, &mut sources).expect("reads"), first);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut sources = Sources::new();
        let result = match decode(&bytes) {
            Ok(text) => read_text("a.yaml", text, &mut sources),
            Err(fault) => Err(refuse(fault, &bytes, Path::new("a.yaml"), &mut sources).into()),
        };
        if let Err(problems) = result {
            prop_assert!(problems.has_errors());
            problems.render(&sources);
        }
    }

    #[test]
    fn no_yaml_like_text_panics(parts in prop::collection::vec(
        prop::sample::select(vec![
            "a", "b: ", "- ", "\n", "  ", "\t", "[", "]", "{", "}", ",", ": ", "'", "\"", "&x ", "*x",
            "<<: ", "!t ", "|", ">", "#", "---\n", "...\n", "é", "日", "\r\n", "?", "1", "0x", ".inf", "~", "%",
            "\u{FEFF}", "\\",
        ]), 0..40)) {
        let text: String = parts.concat();
        let mut sources = Sources::new();
        match read_text("a.yaml", &text, &mut sources) {
            Ok(node) => { node.to_json(); }
            Err(problems) => {
                for problem in problems.sorted() {
                    if let Some(at) = problem.at {
                        prop_assert!(sources.line(at.file, at.line).is_some(), "{text:?} {problem:?}");
                    }
                }
                problems.render(&sources);
            }
        }
    }
}
