//! `--vary`: one place of a scenario and several values for it.

use super::*;

/// A place and the values that it takes one after the other.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The path as it was written, without quotes and brackets: its steps joined by dots.
    pub path: String,
    /// The path.
    pub steps: Vec<Step>,
    /// The values.
    pub values: Vec<Node>,
}

/// Reads an axis such as `services.web.desiredCount=4,6,8`.
///
/// Values are cut at commas that stand outside of brackets, braces and quotes, and each is read as YAML:
/// `web.placementStrategy=[{type: random}],[{type: binpack, field: memory}]` has two.
pub fn axis(text: &str, sources: &mut Sources) -> Result<Axis, Problems> {
    let file = sources.add_argument("--vary", text);
    let (steps, list, offset) = words::split(text, file)?;
    let mut problems = Problems::new();
    let mut values: Vec<Node> = Vec::new();
    let mut column = offset;
    for piece in pieces(list) {
        let blank = piece.chars().take_while(|c| c.is_whitespace()).count() as u32;
        let length = piece.chars().count() as u32;
        let at = Location { file, line: 1, column: column + blank + 1, length: length.saturating_sub(blank).max(1) };
        if piece.trim().is_empty() {
            let fault = Problem::error("there is no value here").located(at);
            problems.push(fault.with_help("values stand between commas, as in `services.web.desiredCount=4,6,8`"));
        } else {
            match parse(piece, column, file) {
                Ok(value) if values.iter().any(|other| other.to_json() == value.to_json()) => {
                    problems.push(Problem::error("this value stands here a second time").located(at));
                }
                Ok(value) => values.push(value),
                Err(faults) => problems.append(faults),
            }
        }
        column += length + 1;
    }
    if problems.has_errors() {
        return Err(problems);
    }
    let path = steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(".");
    Ok(Axis { path, steps, values })
}

/// Cuts a text at the commas outside of brackets, braces and quotes.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut begin, mut depth) = (Vec::new(), 0, 0_usize);
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            // In the middle of a word it is an apostrophe.
            (None, '"' | '\'') if text[begin..at].trim_end().is_empty() || depth > 0 => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                pieces.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[begin..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_outside_of_brackets() {
        assert_eq!(pieces("4,6, 8"), ["4", "6", " 8"]);
        assert_eq!(pieces("[{a: 1, b: [x, y]}],[]"), ["[{a: 1, b: [x, y]}]", "[]"]);
        assert_eq!(pieces("'a,b',\"c,d\",it's,e"), ["'a,b'", "\"c,d\"", "it's", "e"]);
        assert_eq!(pieces(""), [""]);
    }

    #[test]
    fn an_axis_has_a_path_and_values() {
        let mut sources = Sources::new();
        let found = axis("services.web.desiredCount=4,6,[a, b]", &mut sources).expect("an axis");
        assert_eq!(found.path, "services.web.desiredCount");
        assert_eq!(
            found.values.iter().map(Node::to_json).collect::<Vec<_>>(),
            [4.into(), 6.into(), serde_json::json!(["a", "b"])]
        );
        // The second value stands in column 29 of the argument.
        assert_eq!(found.values[1].at.column, 29);
        assert!(
            axis("a=1,,2", &mut sources).is_err()
                && axis("a=1,1", &mut sources).is_err()
                && axis("a", &mut sources).is_err()
        );
    }
}
