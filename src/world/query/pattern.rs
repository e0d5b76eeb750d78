//! The patterns of `=~` and `!~`.
//!
//! ECS says the argument is a Java regular expression (`java.util.regex.Pattern`). The `regex` crate
//! shares most of that syntax. Where Java has more, or gives the same characters another meaning,
//! the pattern is refused with the reason rather than matched differently from ECS. One difference is let
//! pass: `\w`, `\d`, `\s` take letters and digits of all scripts here, those of ASCII in Java. The values of
//! attributes are ASCII, so it could only show in the names of task groups.

use regex::Regex;

/// A compiled pattern. Two patterns are equal if their texts are.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    text: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// Why a pattern cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadPattern {
    /// The character of the pattern, counted from 0, at which the fault lies.
    pub(super) offset: usize,
    pub(super) message: String,
}

impl Pattern {
    /// Compiles a pattern that must match a value from end to end (see the module `query`).
    pub(super) fn new(text: &str) -> Result<Self, BadPattern> {
        if let Some((offset, what)) = find_difference(text) {
            let message = format!("the simulator cannot match {what}");
            return Err(BadPattern { offset, message });
        }
        // Compiled bare first: `a)(b` is wrong, but would be right inside the group added below.
        let compiled = Regex::new(text).and_then(|_| Regex::new(&format!(r"\A(?:{text})\z")));
        match compiled {
            Ok(regex) => Ok(Self { text: text.to_owned(), regex }),
            Err(error) => {
                let message = format!("bad regular expression: {}", reason(&error));
                Err(BadPattern { offset: 0, message })
            }
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn matches(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }
}

/// The crate's reason in one line; its full message draws the pattern over several.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

/// The first construct that one of Java and the `regex` crate lacks, or that they read differently, with its
/// place in characters.
fn find_difference(pattern: &str) -> Option<(usize, &'static str)> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut class_depth = 0_usize;
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match c {
            '\\' => {
                if let Some(what) = java_only_escape(next, class_depth > 0) {
                    return Some((at, what));
                }
                at += 1;
            }
            '[' if class_depth > 0 && next == Some(':') => {
                return Some((at, "a POSIX class (`[:alpha:]`), which Java writes `\\p{Alpha}`"));
            }
            '-' | '~' if class_depth > 0 && next == Some(c) => {
                return Some((at, "`--` or `~~` in a class, where Java reads two plain characters"));
            }
            '[' => {
                class_depth += 1;
                // A bracket that comes first in a class is one of its members.
                let first = if next == Some('^') { at + 2 } else { at + 1 };
                if chars.get(first) == Some(&']') {
                    at = first;
                }
            }
            ']' => class_depth = class_depth.saturating_sub(1),
            '(' if class_depth == 0 && next == Some('?') => {
                let rest = (chars.get(at + 2).copied(), chars.get(at + 3).copied());
                if let Some(what) = java_only_group(rest) {
                    return Some((at, what));
                }
                // The `?` here opens the group; it repeats nothing.
                at += 1;
            }
            '*' | '+' | '?' | '}' if class_depth == 0 => match next {
                Some('+') => {
                    return Some((at + 1, "a possessive quantifier of Java (`*+`, `++`, `?+`)"));
                }
                Some('*' | '{') => {
                    return Some((at + 1, "two quantifiers in a row, which Java refuses as well"));
                }
                // The `?` of a lazy quantifier.
                Some('?') => at += 1,
                _ => {}
            },
            _ => {}
        }
        at += 1;
    }
    None
}

fn java_only_escape(escaped: Option<char>, in_class: bool) -> Option<&'static str> {
    match escaped? {
        '1'..='9' if !in_class => Some("a back-reference of Java (`\\1`)"),
        'k' if !in_class => Some("a back-reference of Java (`\\k<name>`)"),
        'Q' | 'E' => Some("a quotation of Java (`\\Q...\\E`)"),
        // Word boundaries in the crate, plain characters in Java.
        '<' | '>' => Some("an escaped angle bracket"),
        _ => None,
    }
}

fn java_only_group(after_question_mark: (Option<char>, Option<char>)) -> Option<&'static str> {
    match after_question_mark {
        (Some('='), _) => Some("a look-ahead of Java (`(?=...)`)"),
        (Some('!'), _) => Some("a negative look-ahead of Java (`(?!...)`)"),
        (Some('<'), Some('=')) => Some("a look-behind of Java (`(?<=...)`)"),
        (Some('<'), Some('!')) => Some("a negative look-behind of Java (`(?<!...)`)"),
        (Some('P'), _) => Some("a group named with `(?P<...>)`, which Java writes `(?<name>...)`"),
        (Some('>'), _) => Some("an atomic group of Java (`(?>...)`)"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, value: &str) -> bool {
        Pattern::new(pattern).expect("a good pattern").matches(value)
    }

    #[test]
    fn the_whole_value_must_match() {
        assert!(matches("t3.*", "t3.micro"));
        assert!(!matches("t3", "t3.micro"));
        assert!(!matches("micro", "t3.micro"));
        assert!(matches("a|bc", "bc"));
        assert!(!matches("a|bc", "abc"));
    }

    #[test]
    fn a_full_stop_is_any_character() {
        assert!(matches("t3.*", "t3a.micro"));
        assert!(!matches(r"t3\..*", "t3a.micro"));
    }

    #[test]
    fn what_only_java_has_is_named_and_placed() {
        for (pattern, offset, word) in [
            ("m5(?=a)", 2, "look-ahead"),
            ("(?!t2).*", 0, "negative look-ahead"),
            ("a(?<=b)", 1, "look-behind"),
            ("(?<!b)a", 0, "negative look-behind"),
            ("x(?>a)", 1, "atomic"),
            (r"(a)\1", 3, "back-reference"),
            (r"(?<n>a)\k<n>", 7, "back-reference"),
            (r"\Qa.b\E", 0, "quotation"),
            ("a*+", 2, "possessive"),
            ("a{2}+", 4, "possessive"),
            ("t3.**", 4, "two quantifiers"),
            ("[[:alpha:]]", 1, "POSIX"),
            ("[a-z--b]", 4, "two plain characters"),
            ("(?P<n>a)", 0, "named"),
        ] {
            let bad = Pattern::new(pattern).expect_err(pattern);
            assert_eq!(bad.offset, offset, "{pattern}");
            assert!(bad.message.contains(word), "{pattern}: {}", bad.message);
        }
    }

    #[test]
    fn what_both_have_is_taken() {
        for pattern in ["a*?", "a+?b", r"\++", "[*+]+", "(?:a)+", "(?i)A", "(?<n>a)", r"[\d.]+", "[]+]+", "[^]*+]*"] {
            assert!(Pattern::new(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn the_reason_of_the_crate_fits_one_line() {
        let bad = Pattern::new("m5.(").expect_err("an open group");
        assert_eq!(bad.message, "bad regular expression: unclosed group");
        let bad = Pattern::new("a)(b").expect_err("groups the wrong way round");
        assert_eq!(bad.message, "bad regular expression: unopened group");
        let bad = Pattern::new("(((.{999}){999}){999})").expect_err("too large");
        assert!(bad.message.contains("size limit"), "{}", bad.message);
        assert!(!bad.message.contains('\n'));
    }
}
