//! Cutting an edit into its path and its value.

use super::*;

/// How many steps a path may have: no scenario is deeper.
const MAX_STEPS: usize = yaml::MAX_DEPTH;

/// One step of a path as written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// A key, the name of an element, or its position in digits.
    pub name: String,
    /// Where it is written.
    pub at: Location,
}

/// The steps of an edit, the text of its value, and how many characters come before it.
pub(super) fn split(edit: &str, file: FileId) -> Result<(Vec<Step>, &str, u32), Problem> {
    let mut reader = Reader { rest: edit, column: 1, file };
    let mut steps = vec![reader.step()?];
    loop {
        let begin = reader.column;
        match reader.next() {
            Some('=') => return Ok((steps, reader.rest, reader.column - 1)),
            Some('.') => steps.push(reader.step()?),
            Some('[') => steps.push(reader.bracket(begin)?),
            Some(_) => {
                let fault = Problem::error("expected `.`, `[` or `=` after the `]`");
                return Err(fault.located(reader.mark(begin)));
            }
            None => {
                let fault = Problem::error("there is no `=` and value");
                let help = "write it as `services.web.desiredCount=6`";
                return Err(fault.located(reader.mark(1)).with_help(help));
            }
        }
        if steps.len() > MAX_STEPS {
            let fault = Problem::error(format!("the path has more than {MAX_STEPS} steps"));
            return Err(fault.located(reader.mark(begin)));
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    column: u32,
    file: FileId,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        self.column = self.column.saturating_add(1);
        Some(c)
    }

    /// What was read since a column.
    fn mark(&self, begin: u32) -> Location {
        let length = self.column.saturating_sub(begin).max(1);
        Location { file: self.file, line: 1, column: begin, length }
    }

    /// A bare name, or one in quotes.
    fn step(&mut self) -> Result<Step, Problem> {
        let begin = self.column;
        let name = match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
            _ => self.until(&['.', '[', '=']).trim().to_owned(),
        };
        if name.is_empty() {
            let fault = Problem::error("a step of the path is empty").located(self.mark(begin));
            return Err(fault.with_help("write it as `services.web.desiredCount=6`"));
        }
        Ok(Step { name, at: self.mark(begin) })
    }

    /// What stands between `[` and `]`.
    fn bracket(&mut self, begin: u32) -> Result<Step, Problem> {
        let inner = self.column;
        let name = match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
            _ => self.until(&[']', '=']).trim().to_owned(),
        };
        let at = self.mark(inner);
        if self.next() != Some(']') {
            return Err(Problem::error("this `[` is never closed").located(self.mark(begin)));
        }
        if name.is_empty() {
            let fault = Problem::error("there is nothing in the brackets");
            return Err(fault.located(self.mark(begin)).with_help("write a position or a name"));
        }
        Ok(Step { name, at })
    }

    fn quoted(&mut self, quote: char) -> Result<String, Problem> {
        let begin = self.column;
        self.next();
        let name = self.until(&[quote]);
        match self.next() {
            Some(_) => Ok(name),
            None => Err(Problem::error("this quote is never closed").located(self.mark(begin))),
        }
    }

    fn until(&mut self, ends: &[char]) -> String {
        let mut name = String::new();
        while let Some(c) = self.rest.chars().next().filter(|c| !ends.contains(c)) {
            name.push(c);
            self.next();
        }
        name
    }
}
