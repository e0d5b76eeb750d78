//! YAML text to a located tree, within limits that no honest file meets.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, NonFiniteFloatPolicy, Options, Spanned};

use super::node::{Key, Node, Value};
use super::wording;
use crate::base::problem::{FileId, Location, Problem, Problems};

/// How deep values may be nested. Everything that walks a tree calls itself once a
/// level, so this also bounds the stack.
pub(super) const MAX_DEPTH: usize = 32;

/// How many values a file may hold.
pub(super) const MAX_VALUES: usize = 1_000_000;

/// How many values aliases (`*name`) may add by repeating what an anchor holds. A few
/// lines of aliases of aliases otherwise grow without bound.
pub(super) const MAX_REPEATED: usize = 200_000;

/// What a file may hold.
#[derive(Copy, Clone)]
pub(super) struct Limits {
    /// How deep values may be nested.
    pub depth: usize,
    /// How many values there may be.
    pub values: usize,
}

/// What a scenario may hold.
const SCENARIO: Limits = Limits { depth: MAX_DEPTH, values: MAX_VALUES };

/// The tree of a text. An empty text is [`Value::Null`].
///
/// All keys given twice are reported; any other fault of syntax ends the reading.
pub(super) fn parse(file: FileId, text: &str) -> Result<Node, Problems> {
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options(SCENARIO)) {
        Ok(raw) => {
            let mut problems = Problems::new();
            let node = node(file, raw, &mut problems);
            if problems.has_errors() { Err(problems) } else { Ok(node) }
        }
        Err(error) => Err(wording::explain(&error, file, SCENARIO).into()),
    }
}

/// The trees of all documents of a text, those that hold nothing left out.
pub(super) fn parse_all(file: FileId, text: &str, limits: Limits) -> Result<Vec<Node>, Problems> {
    match serde_saphyr::from_multiple_with_options::<Spanned<Raw>>(text, options(limits)) {
        Ok(documents) => {
            let mut problems = Problems::new();
            let nodes = documents.into_iter().map(|raw| node(file, raw, &mut problems)).collect();
            if problems.has_errors() { Err(problems) } else { Ok(nodes) }
        }
        Err(error) => Err(wording::explain(&error, file, limits).into()),
    }
}

fn options(limits: Limits) -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: limits.depth,
            max_nodes: limits.values,
            max_events: limits.values * 3,
            // One `&defaults` merged into hundreds of services is a fair use; the number
            // of repeated values is what is bounded.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! {
            // Counted in events; a mapping is two, so this is at least half as many values.
            max_total_replayed_events: MAX_REPEATED,
        },
        // Passed on so that each of them is reported, with the place of the first.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        // YAML 1.2: `no` is Norway, not false.
        strict_booleans: true,
        null_as_string: true,
        // `012345678901` is an account number and `1_000` no number of YAML 1.2. As text
        // they are refused where a number is due, rather than read one way or another.
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        // Refused by the schema check, which says where.
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        // A `!Ref` that silently did nothing would be a trap.
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// A value as the YAML reader hands it over.
enum Raw {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        // As a float it is still a number to fields that take any, and the schema check
        // tells the others that it is too large.
        #[expect(clippy::cast_precision_loss)]
        Ok(i64::try_from(value).map_or(Raw::Float(value as f64), Raw::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

fn node(file: FileId, raw: Spanned<Raw>, problems: &mut Problems) -> Node {
    let mut at = location(file, raw.defined);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value),
        Raw::Int(value) => Value::Int(value),
        Raw::Float(value) => Value::Float(value),
        Raw::Text(text) => Value::Text(text),
        Raw::List(items) => Value::List(items.into_iter().map(|item| node(file, item, problems)).collect()),
        Raw::Map(raw) => {
            let entries = entries(file, raw, problems);
            // A mapping in lines of its own begins with a key and no bracket. That key is
            // a better mark than a point.
            if let Some((key, _)) = entries.first()
                && (key.at.line, key.at.column) == (at.line, at.column)
            {
                at.length = key.at.length;
            }
            Value::Map(entries)
        }
    };
    Node { at, value }
}

fn entries(file: FileId, raw: Vec<(Spanned<String>, Spanned<Raw>)>, problems: &mut Problems) -> Vec<(Key, Node)> {
    let mut first = std::collections::HashMap::new();
    let mut entries = Vec::with_capacity(raw.len());
    for (key, value) in raw {
        let at = location(file, key.defined);
        let value = node(file, value, problems);
        if let Some(line) = first.get(&key.value) {
            let message = format!("`{}` is given twice", wording::shorten(&key.value));
            let help = format!("the first is on line {line}; keep one of the two");
            problems.push(Problem::error(message).located(at).with_help(help));
        } else {
            first.insert(key.value.clone(), at.line);
            entries.push((Key { at, text: key.value }, value));
        }
    }
    entries
}

/// A place as we keep it. The reader counts as we do: from 1, in characters.
pub(super) fn location(file: FileId, at: serde_saphyr::Location) -> Location {
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    Location { file, line: small(at.line()).max(1), column: small(at.column()).max(1), length: small(at.span().len()) }
}
