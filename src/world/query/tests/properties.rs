//! What holds for every text.

use proptest::prelude::*;

use crate::world::query::{MAX_CHARS, parse};

/// Values as they may be written after `==`, in all notations.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9@:/._-]{1,8}"
            .prop_filter("connectives need quotes", |word| { !["and", "or", "not"].contains(&word.as_str()) }),
        "'[a-z0-9]([a-z :]{0,6}[a-z0-9])?'",
        "\"[a-z0-9]([a-z ]{0,6}[a-z0-9])?\"",
        Just("'and'".to_owned()),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let name = "[a-zA-Z0-9._/-]{1,8}";
    let text_field = prop_oneof![
        name.prop_map(|name| format!("attribute:{name}")),
        Just("ec2InstanceId".to_owned()),
        Just("task:group".to_owned()),
    ];
    let equality = prop::sample::select(vec!["==", "!=", " equals ", " not_equals "]);
    let membership = prop::sample::select(vec![" in", " !in ", " not_in "]);
    let matching = prop::sample::select(vec!["=~", " !~ ", " matches ", " not_matches "]);
    let existence = prop::sample::select(vec!["exists", "!exists", "not_exists"]);
    let order = prop::sample::select(vec![">", ">=", "<", "<=", "==", "!=", " less_than "]);
    let pattern = prop::sample::select(vec!["t3.*", "(m5|c5)\\..*", "'a b'", "[a-z&&[^e]]+", "\"it's\"", "x|y"]);
    let quantity = prop_oneof![
        any::<u64>().prop_map(|count| ("runningTasksCount", count.to_string())),
        "[0-9]{1,4}(\\.[0-9]{1,4}){0,3}".prop_map(|version| ("agentVersion", version)),
        (1..=9999, 1..=12, 1..=28, 0..24, -11..=11)
            .prop_map(|(year, month, day, hour, zone)| {
                let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:59:00{zone:+03}:00");
                ("registeredAt", text)
            })
            .prop_filter("beyond the range", |(_, text)| {
                !text.starts_with("0001-01-01") && !text.starts_with("9999-12-31")
            }),
    ];
    let field = text_field.boxed();
    prop_oneof![
        (field.clone(), equality, value()).prop_map(|(f, op, v)| format!("{f}{op}{v}")),
        (field.clone(), membership, prop::collection::vec(value(), 1..4))
            .prop_map(|(f, op, list)| format!("{f}{op}[{}]", list.join(" ,"))),
        (field, matching, pattern).prop_map(|(f, op, p)| format!("{f}{op}{p}")),
        (name, existence).prop_map(|(name, op)| format!("attribute:{name} {op}")),
        (order, quantity).prop_map(|(op, (subject, value))| format!("{subject}{op}{value}")),
    ]
}

fn expression() -> impl Strategy<Value = String> {
    condition().prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), prop::sample::select(vec![" and ", " && ", " or ", "||"]), inner.clone())
                .prop_map(|(left, connective, right)| format!("{left}{connective}{right}")),
            inner.clone().prop_map(|inner| format!("({inner})")),
            inner.clone().prop_map(|inner| format!("not {inner}")),
            inner.prop_map(|inner| format!("!({inner} )")),
        ]
    })
}

/// Pieces of the language in no order, which get further into the parser than random characters.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "attribute:a",
        "task:group",
        "agentVersion",
        "registeredAt",
        "agentConnected",
        "attribute:",
        "and",
        "or",
        "not",
        "!",
        "&&",
        "||",
        "&",
        "==",
        "!=",
        "=~",
        "!~",
        "in",
        "!in",
        "exists",
        "<",
        ">=",
        "(",
        ")",
        "[",
        "]",
        ",",
        "'",
        "\"",
        "\\",
        "x",
        "true",
        "1.2",
        "2018-01-01",
        "(m|c).*",
        "(?=a)",
        "*",
        " ",
        "é",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.join(" "))
}

fn survives(text: &str) -> Result<(), TestCaseError> {
    match parse(text) {
        Ok(expression) => {
            let normal = expression.to_string();
            if normal.chars().count() <= MAX_CHARS {
                prop_assert_eq!(parse(&normal), Ok(expression), "{}", normal);
            }
        }
        Err(error) => {
            prop_assert!(error.column >= 1);
            prop_assert!(error.column <= text.chars().count() + 1, "{}", error);
            prop_assert!(!error.message.is_empty());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn good_texts_come_back_the_same(text in expression()) {
        let expression = parse(&text);
        prop_assert!(expression.is_ok(), "{}: {:?}", text, expression);
        survives(&text)?;
    }

    #[test]
    fn any_text_is_taken_or_refused(text in any::<String>()) {
        survives(&text)?;
    }

    #[test]
    fn any_soup_is_taken_or_refused(text in soup()) {
        survives(&text)?;
    }

    #[test]
    fn any_pattern_is_taken_or_refused(pattern in "[a-c\\\\()\\[\\]{}?*+|^$.<>=!&:1kQE-]{0,12}") {
        survives(&format!("attribute:a =~ {pattern}"))?;
        survives(&format!("attribute:a =~ '{pattern}'"))?;
    }
}

#[test]
fn the_longest_chains_do_not_overflow_the_stack() {
    for piece in ["!", "(", "not ", "((!"] {
        let text = piece.repeat(MAX_CHARS / piece.len() - 12) + "attribute:a exists";
        let _ = parse(&text);
    }
}
