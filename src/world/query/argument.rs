//! Checks the value on the right of an operator against what the subject can hold.
//!
//! A value the subject can never have is an error, not a condition that is always false: in a
//! placement constraint it would leave the task unplaced with no hint why.

use super::ast::{OrderedField, Quantity, TextField};
use super::error::QueryError;
use super::lexer::Word;
use super::time::Instant;
use super::version::Version;

/// The most characters an attribute's name or value may have (ECS API, `Attribute`).
const MAX_ATTRIBUTE_CHARS: usize = 128;

/// Checks the name after `attribute:`; `column` is where it begins.
pub(super) fn attribute_name(name: &str, column: usize) -> Result<(), QueryError> {
    if name.is_empty() {
        return Err(QueryError::at(column, "the attribute has no name")
            .help("write it right after the colon, as in `attribute:stack`"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_./\\".contains(c);
    check_characters(name, column, "name", allowed, "letters, digits and - _ . / \\")
}

/// Checks a value for `==`, `!=` and the members of a list.
pub(super) fn text(field: &TextField, word: Word) -> Result<String, QueryError> {
    let Word { text, column } = word;
    if text.is_empty() {
        return Err(QueryError::at(column, "the value between the quotes is empty"));
    }
    match field {
        TextField::AgentConnected if text != "true" && text != "false" => {
            return Err(
                QueryError::at(column, format!("agentConnected is never `{text}`")).help("it is `true` or `false`")
            );
        }
        TextField::Attribute(_) => attribute_value(&text, column)?,
        _ => {}
    }
    Ok(text)
}

fn attribute_value(value: &str, column: usize) -> Result<(), QueryError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.@/\\: ".contains(c);
    let list = "letters, digits, spaces and - _ . @ / \\ :";
    check_characters(value, column, "value", allowed, list).map_err(|error| {
        if value.contains(['*', '?', '$', '^', '+']) {
            return error.help("for a pattern, use `=~` with a regular expression");
        }
        error
    })?;
    // The ECS API says so of `Attribute.value`.
    if value.starts_with(' ') || value.ends_with(' ') {
        return Err(QueryError::at(column, "the value of an attribute cannot begin or end with a space")
            .help("take the space out"));
    }
    Ok(())
}

fn check_characters(
    text: &str,
    column: usize,
    what: &str,
    allowed: impl Fn(char) -> bool,
    list: &str,
) -> Result<(), QueryError> {
    if let Some((index, wrong)) = text.chars().enumerate().find(|&(_, c)| !allowed(c)) {
        let message = format!("the {what} of an attribute cannot contain {wrong:?}");
        return Err(QueryError::at(column + index, message).help(format!("it may hold {list}")));
    }
    let length = text.chars().count();
    if length > MAX_ATTRIBUTE_CHARS {
        let message =
            format!("the {what} of an attribute has at most {MAX_ATTRIBUTE_CHARS} characters, this one has {length}");
        return Err(QueryError::at(column + MAX_ATTRIBUTE_CHARS, message));
    }
    Ok(())
}

/// Reads the right side of a comparison.
pub(super) fn quantity(field: OrderedField, word: &Word) -> Result<Quantity, QueryError> {
    let Word { text, column } = word;
    let (read, what, help) = match field {
        OrderedField::AgentVersion => (
            Version::parse(text).map(Quantity::AgentVersion),
            "version",
            "agentVersion is compared with numbers joined by full stops, as in `1.14.5`",
        ),
        OrderedField::RegisteredAt => (
            Instant::parse(text).map(Quantity::RegisteredAt),
            "date",
            "registeredAt is compared with a date such as `2018-06-18`, `2018-06-18T22:28:28`, \
             `2018-06-18T22:28:28Z` or `2018-06-18T22:28:28+00:00`, between the years 1 and 9999",
        ),
        OrderedField::RunningTasksCount => (
            whole_number(text).map(Quantity::RunningTasks),
            "count",
            "runningTasksCount is compared with a whole number, as in `0`",
        ),
    };
    read.ok_or_else(|| QueryError::at(*column, format!("`{text}` is not a {what}")).help(help))
}

fn whole_number(text: &str) -> Option<u64> {
    // `str::parse` alone would take a leading plus sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
