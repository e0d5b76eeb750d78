//! Builds the tree of an expression by recursive descent.

use super::argument;
use super::ast::{Comparison, Condition, Node, TextField, TextTest};
use super::error::QueryError;
use super::grammar::{ATTRIBUTE_PREFIX, BUILT_IN_ATTRIBUTES, Field, OPERATORS, Operator, SUBJECTS, is_connective};
use super::lexer::{Lexer, Word};
use super::pattern::Pattern;
use crate::base::nearest::nearest;

/// How deep parentheses may nest. ECS names no limit; this one keeps the recursion small and is far
/// beyond what people write.
const MAX_DEPTH: usize = 64;

/// Parses a whole expression.
pub(super) fn parse(text: &str) -> Result<Node, QueryError> {
    let mut parser = Parser { lexer: Lexer::new(text), depth: 0 };
    if parser.lexer.peek().is_none() {
        return Err(QueryError::at(1, "the expression is empty")
            .help("write a condition, as in `attribute:ecs.instance-type =~ m5\\..*`"));
    }
    let node = parser.any()?;
    match parser.lexer.peek() {
        None => Ok(node),
        Some(')') => Err(QueryError::at(parser.lexer.column(), "this parenthesis closes nothing")
            .help("take it out, or open it with `(` further left")),
        Some(_) => Err(parser.unexpected("the end of the expression")),
    }
}

struct Parser {
    lexer: Lexer,
    /// Parentheses open at this point.
    depth: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Node, QueryError> {
        let first = self.all()?;
        let mut rest = Vec::new();
        while self.lexer.symbol("||") || self.lexer.keyword("or") {
            rest.push(self.all()?);
        }
        Ok(Node::any(first, rest))
    }

    fn all(&mut self) -> Result<Node, QueryError> {
        let first = self.not()?;
        let mut rest = Vec::new();
        while self.lexer.symbol("&&") || self.lexer.keyword("and") {
            rest.push(self.not()?);
        }
        Ok(Node::all(first, rest))
    }

    fn not(&mut self) -> Result<Node, QueryError> {
        // A loop, since a thousand `!` in a row must not become a thousand calls.
        let mut negated = false;
        while self.lexer.symbol("!") || self.lexer.keyword("not") {
            negated = !negated;
        }
        let node = self.group_or_condition()?;
        Ok(if negated { Node::negate(node) } else { node })
    }

    fn group_or_condition(&mut self) -> Result<Node, QueryError> {
        let open = self.lexer.column();
        if !self.lexer.symbol("(") {
            return self.condition().map(Node::Condition);
        }
        if self.depth == MAX_DEPTH {
            return Err(QueryError::at(open, format!("parentheses may nest at most {MAX_DEPTH} deep")));
        }
        if self.lexer.peek() == Some(')') {
            return Err(QueryError::at(open, "there is nothing between the parentheses"));
        }
        self.depth += 1;
        let node = self.any()?;
        self.depth -= 1;
        if self.lexer.symbol(")") {
            return Ok(node);
        }
        match self.lexer.peek() {
            None => Err(QueryError::at(open, "this parenthesis is never closed").help("close it with `)`")),
            Some(_) => Err(self.unexpected("`)`")),
        }
    }

    fn condition(&mut self) -> Result<Condition, QueryError> {
        let field = self.subject()?;
        let at = self.lexer.column();
        let operator = self.operator(&field)?;
        match field {
            Field::Ordered(ordered) => {
                let Operator::Compare(comparison) = operator else {
                    return Err(not_allowed(at, &Field::Ordered(ordered), operator));
                };
                let quantity = argument::quantity(ordered, &self.value(operator)?)?;
                Ok(Condition::Ordered { comparison, quantity })
            }
            Field::Text(field) => {
                let (negated, test) = match operator {
                    Operator::Compare(Comparison::Equal) => (false, self.equals(&field, operator)?),
                    Operator::Compare(Comparison::NotEqual) => (true, self.equals(&field, operator)?),
                    Operator::In { negated } => (negated, self.one_of(&field, operator)?),
                    Operator::Matches { negated } => (negated, self.matches(operator)?),
                    Operator::Exists { negated } if field.may_be_missing() => (negated, TextTest::Exists),
                    _ => return Err(not_allowed(at, &Field::Text(field), operator)),
                };
                Ok(Condition::Text { field, negated, test })
            }
        }
    }

    fn subject(&mut self) -> Result<Field, QueryError> {
        if self.next_is_connective() {
            return Err(self.no_subject());
        }
        let word = self.lexer.word().ok_or_else(|| self.no_subject())?;
        if let Some(name) = word.text.strip_prefix(ATTRIBUTE_PREFIX) {
            argument::attribute_name(name, word.column + ATTRIBUTE_PREFIX.len())?;
            return Ok(Field::Text(TextField::Attribute(name.to_owned())));
        }
        Field::named(&word.text).ok_or_else(|| {
            QueryError::at(word.column, format!("there is no subject `{}`", word.text)).help(subject_help(&word.text))
        })
    }

    /// The error for a place where a condition should begin and none does.
    fn no_subject(&mut self) -> QueryError {
        QueryError::at(self.lexer.column(), format!("expected a condition, found {}", self.lexer.found()))
            .help("a condition is a subject, an operator and mostly a value, as in `runningTasksCount == 1`")
    }

    fn operator(&mut self, field: &Field) -> Result<Operator, QueryError> {
        for (symbol, word, operator) in OPERATORS {
            let ends_in_letter = symbol.ends_with(|c: char| c.is_ascii_alphabetic());
            let found = if ends_in_letter { self.lexer.symbol_word(symbol) } else { self.lexer.symbol(symbol) };
            if found || self.lexer.keyword(word) {
                return Ok(operator);
            }
        }
        let column = self.lexer.column();
        let word = self.lexer.peek_word().map(|word| word.text);
        let message = format!("expected an operator, found {}", self.lexer.found());
        let error = QueryError::at(column, message);
        let near = word.and_then(|word| nearest(&word, OPERATORS.map(|(_, word, _)| word)));
        Err(match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if self.lexer.peek() == Some('=') => error.help("equality is written `==`"),
            None => error.help(format!("this subject takes {}", field.allowed_operators())),
        })
    }

    fn equals(&mut self, field: &TextField, operator: Operator) -> Result<TextTest, QueryError> {
        let word = self.value(operator)?;
        argument::text(field, word).map(TextTest::Equals)
    }

    fn matches(&mut self, operator: Operator) -> Result<TextTest, QueryError> {
        let word = match self.lexer.quoted()? {
            Some(word) => word,
            None if self.next_is_connective() => return Err(self.missing_argument(operator)),
            None => self.lexer.pattern().ok_or_else(|| self.missing_argument(operator))?,
        };
        if word.text.is_empty() {
            return Err(QueryError::at(word.column, "the pattern between the quotes is empty"));
        }
        Pattern::new(&word.text).map(TextTest::Matches).map_err(|bad| {
            let error = QueryError::at(word.column + bad.offset, bad.message);
            match word.text.chars().next() {
                Some('*' | '?') => error.help("`.*` stands for any characters, `.` for one"),
                Some('[') => error.help("a pattern with spaces needs quotes; for a list, use `in`"),
                _ => error.help("a pattern with spaces or parentheses is best put in quotes"),
            }
        })
    }

    fn one_of(&mut self, field: &TextField, operator: Operator) -> Result<TextTest, QueryError> {
        let open = self.lexer.column();
        if !self.lexer.symbol("[") {
            if self.lexer.peek().is_none() || self.next_is_connective() {
                return Err(self.missing_argument(operator));
            }
            return Err(QueryError::at(open, format!("`{}` takes a list", symbol_of(operator)))
                .help("put the values in square brackets, as in `[us-east-1a, us-east-1b]`"));
        }
        if self.lexer.peek() == Some(']') {
            return Err(QueryError::at(open, "the list is empty").help("name at least one value"));
        }
        let mut values = Vec::new();
        loop {
            let word = match self.lexer.quoted()? {
                Some(word) => Some(word),
                None => self.lexer.word(),
            };
            let Some(word) = word else { return Err(self.broken_list(open, "a value")) };
            values.push(argument::text(field, word)?);
            if self.lexer.symbol("]") {
                return Ok(TextTest::OneOf(values));
            }
            if !self.lexer.symbol(",") {
                return Err(self.broken_list(open, "`,` or `]`"));
            }
        }
    }

    fn broken_list(&mut self, open: usize, expected: &str) -> QueryError {
        if self.lexer.peek().is_none() {
            return QueryError::at(open, "this list is never closed").help("close it with `]`");
        }
        let message = format!("expected {expected} in the list, found {}", self.lexer.found());
        QueryError::at(self.lexer.column(), message)
            .help("values are separated by commas; one with spaces needs quotes")
    }

    /// The single value after a comparison.
    fn value(&mut self, operator: Operator) -> Result<Word, QueryError> {
        if let Some(word) = self.lexer.quoted()? {
            return Ok(word);
        }
        if self.lexer.peek() == Some('[') {
            let message = format!("`{}` takes one value, not a list", symbol_of(operator));
            return Err(
                QueryError::at(self.lexer.column(), message).help("to test against several values, use `in` or `!in`")
            );
        }
        if self.next_is_connective() {
            return Err(self.missing_argument(operator));
        }
        self.lexer.word().ok_or_else(|| self.missing_argument(operator))
    }

    fn next_is_connective(&mut self) -> bool {
        self.lexer.peek_word().is_some_and(|word| is_connective(&word.text))
    }

    fn missing_argument(&mut self, operator: Operator) -> QueryError {
        let symbol = symbol_of(operator);
        let found = self.lexer.found();
        let error = QueryError::at(self.lexer.column(), format!("`{symbol}` needs a value after it, found {found}"));
        if self.next_is_connective() {
            return error.help(format!("if the value really is {found}, put it in quotes"));
        }
        error
    }

    /// The error for text that follows a complete condition and does not belong there.
    fn unexpected(&mut self, end: &str) -> QueryError {
        let found = self.lexer.found();
        let error = QueryError::at(self.lexer.column(), format!("expected `and`, `or` or {end}, found {found}"));
        match (self.lexer.peek(), self.lexer.peek_word()) {
            (Some('&'), _) => error.help("write `&&` or `and`"),
            (Some('|'), _) => error.help("write `||` or `or`"),
            (_, Some(word)) => {
                let lower = word.text.to_ascii_lowercase();
                if lower != word.text && is_connective(&lower) {
                    error.help(format!("write `{lower}` in small letters"))
                } else {
                    error.help("a value with spaces needs quotes; `exists` takes no value")
                }
            }
            _ => error,
        }
    }
}

fn symbol_of(operator: Operator) -> &'static str {
    OPERATORS.iter().find(|entry| entry.2 == operator).map_or("", |entry| entry.0)
}

fn not_allowed(column: usize, field: &Field, operator: Operator) -> QueryError {
    let symbol = symbol_of(operator);
    QueryError::at(column, format!("this subject does not take the operator `{symbol}`"))
        .help(format!("it takes {}", field.allowed_operators()))
}

fn subject_help(word: &str) -> String {
    let attribute = word.split_once(':').map_or(word, |(_, name)| name);
    if let Some(name) = nearest(word, SUBJECTS) {
        format!("did you mean `{name}`?")
    } else if let Some(name) = nearest(attribute, BUILT_IN_ATTRIBUTES) {
        format!("did you mean `{ATTRIBUTE_PREFIX}{name}`?")
    } else {
        format!(
            "the subjects are {} and `{ATTRIBUTE_PREFIX}NAME`; a custom attribute such as `stack` is \
             written `{ATTRIBUTE_PREFIX}stack`",
            SUBJECTS.map(|name| format!("`{name}`")).join(", "),
        )
    }
}
