//! Lines of an explanation: wrapped, with what follows set under what stands behind the prefix.

use crate::report::table::grid::WIDTH;
use crate::report::words;

/// A text behind a prefix, wrapped; further lines stand below the beginning of the text.
pub(crate) fn wrapped(prefix: &str, text: &str) -> String {
    let indent = prefix.chars().count();
    let room = usize::from(WIDTH).saturating_sub(indent).max(20);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words::clean(text).split_whitespace() {
        let mut word = word.to_owned();
        let length = line.chars().count();
        if length > 0 && length + 1 + word.chars().count() > room {
            lines.push(std::mem::take(&mut line));
        }
        while word.chars().count() > room {
            // A name that no line holds is broken where the line ends.
            let rest = word.split_off(word.char_indices().nth(room).map_or(word.len(), |(at, _)| at));
            lines.push(std::mem::replace(&mut word, rest));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    let mut text = String::new();
    for (place, line) in lines.iter().enumerate() {
        let before = if place == 0 { prefix.to_owned() } else { " ".repeat(indent) };
        text.push_str(format!("{before}{line}").trim_end());
        text.push('\n');
    }
    text
}

/// Names one after the other, with how many more there are where they are too many.
pub(super) fn names<'a>(list: impl ExactSizeIterator<Item = &'a str>, most: usize) -> String {
    let count = list.len();
    // Leaving out a single one saves nothing.
    let most = if count <= most + 1 { count } else { most };
    let shown: Vec<&str> = list.take(most).collect();
    let text = shown.join(", ");
    if count > most { format!("{text} and {} more", words::count((count - most) as u64)) } else { text }
}

/// A list in a sentence: `a`, `a and b`, `a, b and c`.
pub(super) fn and(list: &[String]) -> String {
    match list {
        [] => String::new(),
        [one] => one.clone(),
        [many @ .., last] => format!("{} and {last}", many.join(", ")),
    }
}
