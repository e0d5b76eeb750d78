//! What the YAML reader says, in words for someone who writes a scenario and no parser.

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::granit_parser::ErrorKind;
use serde_saphyr::{Error, ExternalMessageSource, MessageFormatter, UserMessageFormatter};

use super::yaml::{self, Limits, MAX_REPEATED};
use crate::base::problem::{FileId, Problem};

/// How much of a user's text a message repeats.
const SHOWN: usize = 60;

/// A fault of syntax as a problem with its place.
pub(super) fn explain(error: &Error, file: FileId, limits: Limits) -> Problem {
    let at = error.location().filter(|at| at.line() > 0).map(|at| yaml::location(file, at));
    let (message, help) = words(error, limits);
    let mut problem = Problem::error(message).located(at);
    problem.help = help.map(str::to_owned);
    problem
}

fn words(error: &Error, limits: Limits) -> (String, Option<&'static str>) {
    let said = |message: &str, help| (message.to_owned(), help);
    match error.without_snippet() {
        Error::AliasError { error, .. } => words(error, limits),
        Error::ExternalMessage { source, msg, .. } => match &**source {
            ExternalMessageSource::Parser(error) => syntax(error.kind(), msg, limits),
            _ => (msg.clone(), None),
        },
        Error::MultipleDocuments { .. } => said(
            "a second document begins here",
            Some("a file holds one scenario: remove the `---` or `...`, or split the file"),
        ),
        Error::UnknownAnchor { .. } => said(
            "no anchor of this name stands above",
            Some("`*name` repeats what `&name` marks; put text that begins with `*` in quotes"),
        ),
        Error::UnsupportedTag { tag, .. } => {
            (format!("the tag `{}` is not supported", shorten(tag)), Some("put text that begins with `!` in quotes"))
        }
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            said("this alias repeats the very value that it stands in", None)
        }
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasExpansionLimitExceeded { .. } => (
            format!("aliases repeat more than {MAX_REPEATED} values"),
            Some("this grows like a bomb; write out what is needed"),
        ),
        Error::AliasReplayStackDepthExceeded { .. } => said("aliases of aliases are nested too deep", None),
        Error::Budget { breach, .. } => budget(breach, limits),
        Error::MergeValueNotMapOrSeqOfMaps { .. } => {
            said("`<<` can only take in a mapping, or a list of mappings", None)
        }
        Error::Unexpected { expected: "string scalar", .. } => {
            said("a key must be plain text, not a list or a mapping", None)
        }
        Error::InvalidScalar { .. } => said("this is not what its tag says", Some("remove the `!!` tag")),
        Error::Eof { .. } => said("the text ends too early", None),
        other => (UserMessageFormatter.format_message(other).into_owned(), None),
    }
}

/// The faults that people meet, reworded; the rest as the parser puts it, less the
/// part that tells what it was doing.
fn syntax(kind: &ErrorKind, said: &str, limits: Limits) -> (String, Option<&'static str>) {
    let (message, help) = match kind {
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => ("a tab is used for indentation", Some("YAML takes only spaces there")),
        ErrorKind::UnclosedQuotedScalar => ("this quote is never closed", None),
        ErrorKind::UnclosedFlowCollection { open: '{' } | ErrorKind::UnexpectedEofFlowMapping => {
            ("this `{` is never closed", None)
        }
        ErrorKind::UnclosedFlowCollection { .. } | ErrorKind::UnexpectedEofFlowSequence => {
            ("this `[` is never closed", None)
        }
        ErrorKind::MisplacedFlowCollectionEnd => ("this bracket closes nothing", None),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("a `{open}` is closed by `{close}`"), None);
        }
        ErrorKind::ExpectedFlowMappingSeparator => ("expected `,` or `}` here", None),
        ErrorKind::ExpectedFlowSequenceSeparator => ("expected `,` or `]` here", None),
        ErrorKind::MappingValueNotAllowed => (
            "a `key: value` cannot stand here",
            Some("indent it like the lines around it; put text that holds `: ` in quotes"),
        ),
        ErrorKind::InvalidColonPlacement => {
            ("a `:` cannot stand here", Some("is a `[`, a `{` or a quote above it never closed?"))
        }
        ErrorKind::MappingKeyNotAllowed => ("a key cannot stand here", None),
        ErrorKind::SimpleKeyExpected => ("a key without a `:`", Some("write `key: value`, with a space after the `:`")),
        ErrorKind::ExpectedBlockMappingKey => {
            ("expected a key here", Some("indent it like the keys above; a list entry begins with `- `"))
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            ("expected a `- ` here, as in the list above", Some("indent the keys of an entry deeper than its `-`"))
        }
        ErrorKind::BlockSequenceEntryNotAllowed => {
            ("a list entry cannot stand here", Some("begin the list on a line of its own"))
        }
        ErrorKind::InvalidIndentation => ("the indentation fits none of the lines above", None),
        ErrorKind::UnexpectedCharacter { character: '`' } => {
            ("text cannot begin with a backtick", Some("put the text in quotes"))
        }
        ErrorKind::UnexpectedCharacter { character } => {
            let message = format!("text cannot begin with `{character}`");
            return (message, Some("put the text in quotes"));
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar | ErrorKind::InvalidTrailingSingleQuotedScalar => {
            ("text goes on after its closing quote", Some("put all of it inside the quotes"))
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            ("unknown escape in double quotes", Some(r"write `\\` for a backslash, or use single quotes"))
        }
        ErrorKind::RecursionLimitExceeded => return too_deep(limits),
        _ => {
            let end = said.rsplit_once(", ").filter(|(start, _)| start.starts_with("while "));
            return (end.map_or(said, |(_, end)| end).to_owned(), None);
        }
    };
    (message.to_owned(), help)
}

fn budget(breach: &BudgetBreach, limits: Limits) -> (String, Option<&'static str>) {
    let message = match breach {
        BudgetBreach::Depth { .. } => return too_deep(limits),
        BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. } => {
            format!("the file holds more than {} values", limits.values)
        }
        BudgetBreach::Aliases { .. }
        | BudgetBreach::Anchors { .. }
        | BudgetBreach::MergeKeys { .. }
        | BudgetBreach::RecordedAnchorEvents { .. }
        | BudgetBreach::RecordedAnchorBytes { .. } => "the file uses too many anchors and aliases".to_owned(),
        _ => "the file is too large".to_owned(),
    };
    (message, None)
}

fn too_deep(limits: Limits) -> (String, Option<&'static str>) {
    (format!("values are nested more than {} deep", limits.depth), None)
}

/// The beginning of a user's text, to be repeated in a message.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
