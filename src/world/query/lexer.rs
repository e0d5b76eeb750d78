//! Cuts an expression into words, symbols, quoted values and patterns.
//!
//! What a character means depends on its place: `(` opens a group before a condition, but belongs to
//! the pattern after `=~`. The parser therefore asks for the kind of token it can use, instead of
//! getting a list of tokens cut beforehand.

use super::error::QueryError;

/// A word or value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Without the quotes.
    pub(super) text: String,
    /// The column of the first character of `text` (after the quote, if there is one).
    pub(super) column: usize,
}

pub(super) struct Lexer {
    chars: Vec<char>,
    at: usize,
}

impl Lexer {
    pub(super) fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), at: 0 }
    }

    /// The column of the next character, after white space.
    pub(super) fn column(&mut self) -> usize {
        self.skip_space();
        self.at + 1
    }

    /// The next character after white space, not consumed.
    pub(super) fn peek(&mut self) -> Option<char> {
        self.skip_space();
        self.chars.get(self.at).copied()
    }

    /// Consumes a symbol if it comes next.
    pub(super) fn symbol(&mut self, symbol: &str) -> bool {
        self.skip_space();
        let found = symbol.chars().eq(self.chars.iter().copied().skip(self.at).take(symbol.len()));
        if found {
            self.at += symbol.len();
        }
        found
    }

    /// Consumes a symbol that ends in a letter, such as `!in`, unless it is the start of a word.
    pub(super) fn symbol_word(&mut self, symbol: &str) -> bool {
        let start = self.at;
        let found = self.symbol(symbol) && self.chars.get(self.at).is_none_or(|&c| ends_word(c));
        if !found {
            self.at = start;
        }
        found
    }

    /// Consumes `keyword` if it is the whole of the next word.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        let found = self.peek_word().is_some_and(|word| word.text == keyword);
        if found {
            self.at += keyword.len();
        }
        found
    }

    /// The next unquoted word, not consumed.
    pub(super) fn peek_word(&mut self) -> Option<Word> {
        self.skip_space();
        let text: String = self.chars.iter().skip(self.at).take_while(|c| !ends_word(**c)).collect();
        (!text.is_empty()).then_some(Word { text, column: self.at + 1 })
    }

    /// Consumes the next unquoted word.
    pub(super) fn word(&mut self) -> Option<Word> {
        let word = self.peek_word()?;
        self.at += word.text.chars().count();
        Some(word)
    }

    /// Consumes a value in single or double quotes, if a quote comes next. There is no escape inside:
    /// a value that holds one kind of quote is written in the other, and backslashes reach the
    /// patterns untouched.
    pub(super) fn quoted(&mut self) -> Result<Option<Word>, QueryError> {
        let Some(quote @ ('\'' | '"')) = self.peek() else { return Ok(None) };
        let start = self.at + 1;
        match self.chars[start..].iter().position(|&c| c == quote) {
            Some(length) => {
                let text = self.chars[start..start + length].iter().collect();
                self.at = start + length + 1;
                Ok(Some(Word { text, column: start + 1 }))
            }
            None => Err(QueryError::at(start, format!("the quote {quote} is never closed"))
                .help(format!("end the value with another {quote}"))),
        }
    }

    /// Consumes an unquoted pattern. It runs to the next space, quote, `&&`, `||`, or to a closing
    /// parenthesis that it did not open itself, so that `(attribute:a =~ (m5|c5).*)` means what it
    /// seems to mean.
    pub(super) fn pattern(&mut self) -> Option<Word> {
        self.skip_space();
        let start = self.at;
        let (mut groups, mut classes) = (0_usize, 0_usize);
        while let Some(&c) = self.chars.get(self.at) {
            let next = self.chars.get(self.at + 1).copied();
            match c {
                _ if c.is_whitespace() || c == '\'' || c == '"' => break,
                '\\' if next.is_some_and(|next| !next.is_whitespace() && !is_quote(next)) => {
                    self.at += 1;
                }
                '[' => classes += 1,
                ']' => classes = classes.saturating_sub(1),
                '(' if classes == 0 => groups += 1,
                ')' if classes == 0 && groups == 0 => break,
                ')' if classes == 0 => groups -= 1,
                '&' | '|' if classes == 0 && groups == 0 && next == Some(c) => break,
                _ => {}
            }
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        (!text.is_empty()).then_some(Word { text, column: start + 1 })
    }

    /// What comes next, in words for an error message.
    pub(super) fn found(&mut self) -> String {
        if let Some(word) = self.peek_word() {
            return format!("`{}`", word.text);
        }
        let Some(first) = self.peek() else { return "the end of the expression".to_owned() };
        // Symbols that make up operators are shown together: `==`, not `=`.
        let operator: String = self.chars.iter().skip(self.at).take_while(|&&c| "!=<>~&|".contains(c)).collect();
        if operator.is_empty() { format!("`{first}`") } else { format!("`{operator}`") }
    }

    fn skip_space(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '"')
}

/// Whether a character cannot be part of an unquoted word.
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || is_quote(c) || "()[],!=<>&|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> String {
        Lexer::new(text).pattern().map(|word| word.text).unwrap_or_default()
    }

    #[test]
    fn a_pattern_ends_where_it_should() {
        assert_eq!(pattern(" t3.* and x"), "t3.*");
        assert_eq!(pattern("t3.*)"), "t3.*");
        assert_eq!(pattern("(m5|c5).*) or"), "(m5|c5).*");
        assert_eq!(pattern(r"a\)b) or"), r"a\)b");
        assert_eq!(pattern("[)]a) or"), "[)]a");
        assert_eq!(pattern("a|b||c"), "a|b");
        assert_eq!(pattern("a&&b"), "a");
        assert_eq!(pattern("[a-z&&[^e]]x&&b"), "[a-z&&[^e]]x");
        assert_eq!(pattern(r"a\"), r"a\");
        assert_eq!(pattern(")"), "");
    }

    #[test]
    fn columns_count_characters_after_the_quote() {
        let mut lexer = Lexer::new("é 'añb' c");
        assert_eq!(lexer.word(), Some(Word { text: "é".into(), column: 1 }));
        assert_eq!(lexer.quoted(), Ok(Some(Word { text: "añb".into(), column: 4 })));
        assert_eq!(lexer.word(), Some(Word { text: "c".into(), column: 9 }));
        assert_eq!(lexer.column(), 10);
    }

    #[test]
    fn a_symbol_of_letters_is_not_the_start_of_a_word() {
        assert!(Lexer::new("!in[a]").symbol_word("!in"));
        assert!(!Lexer::new("!instance").symbol_word("!in"));
        assert!(Lexer::new("!exists").symbol_word("!exists"));
    }
}
