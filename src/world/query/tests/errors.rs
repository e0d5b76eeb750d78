//! Every fault with its column, its message and, where there is one, the advice.

use crate::world::query::{MAX_CHARS, QueryError, parse};

fn fault(text: &str) -> QueryError {
    match parse(text) {
        Ok(expression) => panic!("`{text}` was taken as `{expression}`"),
        Err(error) => error,
    }
}

/// Checks the column and that message and help contain the given parts.
fn check(text: &str, column: usize, message: &str, help: &str) {
    let error = fault(text);
    assert_eq!(error.column, column, "{text}: {error}");
    assert!(error.message.contains(message), "{text}: {error}");
    assert!(error.help.as_deref().unwrap_or_default().contains(help), "{text}: {error}");
    assert!(!error.to_string().contains('\n'), "{text}: {error}");
}

#[test]
fn nothing_to_parse() {
    check("", 1, "empty", "write a condition");
    check("  \t ", 1, "empty", "write a condition");
    check("()", 1, "nothing between the parentheses", "");
    check("attribute:a exists and ( )", 24, "nothing between the parentheses", "");
}

#[test]
fn subjects() {
    check("agentversion == 1", 1, "no subject `agentversion`", "did you mean `agentVersion`?");
    check("  runningTaskCount == 1", 3, "no subject `runningTaskCount`", "`runningTasksCount`");
    check("taskgroup == a", 1, "no subject", "did you mean `task:group`?");
    check("ecs.instance-type == t3.micro", 1, "no subject", "`attribute:ecs.instance-type`");
    check("attributes:ecs.instance-type == a", 1, "no subject", "`attribute:ecs.instance-type`");
    check("stack == prod", 1, "no subject `stack`", "`attribute:NAME`");
    check("== a", 1, "expected a condition, found `==`", "a condition is");
    check("attribute:a exists and", 23, "found the end of the expression", "a condition is");
    check("attribute:a exists and or", 24, "found `or`", "a condition is");
    check("not", 4, "found the end of the expression", "a condition is");
}

#[test]
fn operators() {
    check("attribute:a", 12, "expected an operator, found the end", "this subject takes `==`");
    check("attribute:a = x", 13, "expected an operator, found `=`", "equality is written `==`");
    check("attribute:a equal x", 13, "found `equal`", "did you mean `equals`?");
    check("attribute:a exist", 13, "found `exist`", "did you mean `exists`?");
    check("attribute:a ! in [x]", 13, "expected an operator, found `!`", "`!in`");
    check("agentVersion =~ 1.*", 14, "not take the operator `=~`", "it takes `==`, `!=`, `>`");
    check("runningTasksCount in [1]", 19, "not take the operator `in`", "`<=`");
    check("agentConnected > true", 16, "not take the operator `>`", "`in`");
    check("agentConnected exists", 16, "not take the operator `exists`", "`=~`");
    check("registeredAt not_exists", 14, "not take the operator `!exists`", "`<=`");
    check("attribute:a >= 3", 13, "not take the operator `>=`", "`exists`");
    check("task:group less_than b", 12, "not take the operator `<`", "`exists`");
}

#[test]
fn missing_arguments() {
    check("attribute:a ==", 15, "`==` needs a value after it, found the end", "");
    check("attribute:a == and attribute:b exists", 16, "found `and`", "put it in quotes");
    check("(attribute:a == )", 17, "needs a value after it, found `)`", "");
    check("attribute:a =~", 15, "`=~` needs a value", "");
    check("attribute:a !~ or attribute:b exists", 16, "`!~` needs a value", "put it in quotes");
    check("attribute:a in", 15, "`in` needs a value", "");
    check("runningTasksCount > && attribute:a exists", 21, "`>` needs a value", "");
    check("attribute:a == ''", 17, "empty", "");
    check("attribute:a =~ \"\"", 17, "empty", "");
}

#[test]
fn parentheses_and_quotes() {
    check("(attribute:a exists", 1, "never closed", "close it with `)`");
    check("attribute:a exists and (attribute:b =~ (x)", 24, "never closed", "");
    check("attribute:a exists)", 19, "closes nothing", "take it out");
    check("(attribute:a exists attribute:b exists)", 21, "expected `and`, `or` or `)`", "quotes");
    check("attribute:a == 'x", 16, "the quote ' is never closed", "another '");
    check("attribute:a in [\"x]", 17, "the quote \" is never closed", "");
    let deep = format!("{}attribute:a exists{}", "(".repeat(65), ")".repeat(65));
    check(&deep, 65, "at most 64 deep", "");
    assert!(parse(&deep[1..deep.len() - 1]).is_ok());
}

#[test]
fn lists() {
    check("attribute:a in x", 16, "`in` takes a list", "square brackets");
    check("attribute:a == [x, y]", 16, "`==` takes one value, not a list", "use `in`");
    check("attribute:a in []", 16, "the list is empty", "at least one");
    check("attribute:a in [x, y", 16, "never closed", "`]`");
    check("attribute:a in [", 16, "never closed", "`]`");
    check("attribute:a in [x y]", 19, "expected `,` or `]` in the list, found `y`", "quotes");
    check("attribute:a in [x,]", 19, "expected a value in the list, found `]`", "commas");
    check("attribute:a in [,x]", 17, "expected a value in the list, found `,`", "commas");
    check("attribute:a not_in [(x)]", 21, "expected a value", "commas");
}

#[test]
fn patterns() {
    check("attribute:a =~ m5.(", 16, "bad regular expression: unclosed group", "quotes");
    check("attribute:a =~ *.large", 16, "bad regular expression", "`.*`");
    check("attribute:a =~ [x, y]", 16, "bad regular expression", "use `in`");
    check("attribute:a =~ m5(?=a).*", 18, "look-ahead", "");
    check(r"attribute:a =~ '(a)\1'", 20, "back-reference", "");
    check("attribute:a =~ a++", 18, "possessive", "");
}

#[test]
fn attribute_names_and_values() {
    check("attribute: stack == x", 11, "has no name", "right after the colon");
    check("attribute:a:b == x", 12, "name of an attribute cannot contain ':'", "letters, digits");
    check("attribute:größe == x", 13, "cannot contain 'ö'", "letters, digits");
    check("attribute:a == t3.*", 19, "value of an attribute cannot contain '*'", "use `=~`");
    check("attribute:a in [x, 'y;z']", 22, "cannot contain ';'", "letters, digits, spaces");
    check("attribute:a == ' x'", 17, "cannot begin or end with a space", "");
    check("attribute:a == 'x '", 17, "cannot begin or end with a space", "");
    let long = "n".repeat(129);
    check(&format!("attribute:{long} exists"), 139, "at most 128 characters, this one has 129", "");
    check(&format!("attribute:a == {long}"), 144, "at most 128 characters, this one has 129", "");
    assert!(parse(&format!("attribute:{} == {}", &long[1..], &long[1..])).is_ok());
    assert!(parse(r"attribute:a.b_c/d\e-1 == 'a b@c:d/e\f_g.h-1'").is_ok());
}

#[test]
fn typed_values() {
    check("agentVersion > latest", 16, "`latest` is not a version", "`1.14.5`");
    check("agentVersion == v1.2", 17, "`v1.2` is not a version", "");
    check("registeredAt < yesterday", 16, "`yesterday` is not a date", "`2018-06-18`");
    check("registeredAt < '2018-02-30'", 17, "`2018-02-30` is not a date", "");
    check("runningTasksCount == -1", 22, "`-1` is not a count", "whole number");
    check("runningTasksCount == 1.5", 22, "not a count", "");
    check("runningTasksCount == 99999999999999999999", 22, "not a count", "");
    check("runningTasksCount == ''", 23, "`` is not a count", "");
    check("agentConnected == yes", 19, "agentConnected is never `yes`", "`true` or `false`");
    check("agentConnected in [true, no]", 26, "agentConnected is never `no`", "");
}

#[test]
fn trailing_text() {
    check("attribute:a == x y", 18, "expected `and`, `or` or the end", "needs quotes");
    check("attribute:a exists true", 20, "found `true`", "`exists` takes no value");
    check("attribute:a == x AND attribute:b == y", 18, "found `AND`", "write `and` in small letters");
    check("attribute:a == x & attribute:b == y", 18, "found `&`", "write `&&`");
    check("attribute:a == x | attribute:b == y", 18, "found `|`", "write `||`");
    check("attribute:a == x, attribute:b == y", 17, "found `,`", "");
    check("attribute:a == 'x''y'", 19, "found `'`", "");
}

#[test]
fn length() {
    let padded = format!("attribute:a exists{}", " ".repeat(MAX_CHARS - 18));
    assert!(parse(&padded).is_ok());
    check(&format!("{padded} "), 2001, "at most 2000 characters, this one has 2001", "");
}

#[test]
fn the_message_reads_as_one_line() {
    assert_eq!(
        fault("agentversion == 1").to_string(),
        "column 1: there is no subject `agentversion` (did you mean `agentVersion`?)"
    );
}
