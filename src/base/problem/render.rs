//! Showing problems as `rustc` does: message, place, the line, a mark under it.

use std::fmt::Write as _;

use super::{Location, Problem, Problems, Severity, Sources};

/// How many problems are shown; the rest is only counted.
const SHOWN: usize = 50;

/// Columns of the user's text that are shown of one line.
const WIDTH: usize = 100;

/// Columns kept in front of the mark when a line is shortened.
const BEFORE: usize = 40;

/// A line with its help may be this long before the help moves below.
const WIDTH_WITH_HELP: usize = 140;

/// Columns that a tab takes.
const TAB: &str = "    ";

impl Problems {
    /// All problems as text for a terminal or a log, with a closing line that counts
    /// them. Empty if there is none. Text of the user's cannot send the terminal
    /// control sequences.
    pub fn render(&self, sources: &Sources) -> String {
        let problems = self.sorted();
        let mut out = String::new();
        for problem in problems.iter().take(SHOWN) {
            render_one(&mut out, problem, sources);
            out.push('\n');
        }
        let hidden = problems.len().saturating_sub(SHOWN) + self.dropped;
        if hidden > 0 {
            let noun = if hidden == 1 { "problem" } else { "problems" };
            out.push_str(&format!("… and {hidden} more {noun}, not shown\n\n"));
        }
        if !problems.is_empty() {
            out.push_str(&self.count(&problems, sources));
            out.push('\n');
        }
        out
    }

    /// The closing line, such as "3 problems in web.yaml".
    fn count(&self, problems: &[&Problem], sources: &Sources) -> String {
        let total = problems.len() + self.dropped;
        let kept = problems.iter().filter(|p| p.severity == Severity::Warning).count();
        let what = if !self.has_errors() {
            counted(total, "warning")
        } else if kept == 0 {
            counted(total, "problem")
        } else {
            format!("{} ({} among them)", counted(total, "problem"), counted(kept, "warning"))
        };
        let mut places: Vec<_> = problems.iter().filter_map(|p| p.at).map(|at| at.file).collect();
        places.sort_unstable();
        places.dedup();
        let (files, arguments): (Vec<_>, Vec<_>) = places.into_iter().partition(|file| sources.path(*file).is_some());
        let mut named: Vec<String> = match files.as_slice() {
            [] => Vec::new(),
            [file] => vec![printable(&sources.name(*file))],
            many => vec![format!("{} files", many.len())],
        };
        // Several arguments of one option are named once.
        named.extend(arguments.into_iter().map(|argument| printable(&sources.name(argument))));
        named.dedup();
        if named.is_empty() { what } else { format!("{what} in {}", named.join(" and ")) }
    }
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn render_one(out: &mut String, problem: &Problem, sources: &Sources) {
    let word = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let help = problem.help.as_deref().map(printable);
    let _ = writeln!(out, "{word}: {}", printable(&problem.message));
    let Some(at) = problem.at else {
        if let Some(help) = help {
            let _ = writeln!(out, "  = help: {help}");
        }
        return;
    };
    let gutter = " ".repeat(at.line.to_string().len());
    let _ = writeln!(out, "{gutter}--> {}", printable(&sources.describe(at)));
    let Some(line) = sources.line(at.file, at.line) else {
        if let Some(help) = help {
            let _ = writeln!(out, "{gutter} = help: {help}");
        }
        return;
    };
    let snippet = Snippet::new(line, at);
    let _ = writeln!(out, "{gutter} |");
    let _ = writeln!(out, "{} | {}", at.line, snippet.text);
    let mark = format!("{gutter} | {}{}", " ".repeat(snippet.start), "^".repeat(snippet.width));
    match help {
        Some(help) if columns_of(&mark) + columns_of(&help) < WIDTH_WITH_HELP => {
            let _ = writeln!(out, "{mark} {help}");
        }
        Some(help) => {
            let _ = writeln!(out, "{mark}\n{gutter} = help: {help}");
        }
        None => {
            let _ = writeln!(out, "{mark}");
        }
    }
}

/// A line made fit to show, and where in it the mark stands.
struct Snippet {
    text: String,
    start: usize,
    width: usize,
}

impl Snippet {
    fn new(line: &str, at: Location) -> Self {
        let first = usize::try_from(at.column).unwrap_or(1).saturating_sub(1);
        let length = usize::try_from(at.length).unwrap_or(1).max(1);
        let past = first.saturating_add(length);
        // Each character as it is shown, with the column in which it begins.
        let mut cells: Vec<(usize, String)> = Vec::new();
        let (mut column, mut start, mut end) = (0, None, None);
        for (index, c) in line.trim_end().chars().enumerate() {
            if index == first {
                start = Some(column);
            }
            if index == past {
                end = Some(column);
            }
            let shown = show(c);
            let width = columns_of(&shown);
            cells.push((column, shown));
            column += width;
        }
        let start = start.unwrap_or(column);
        let end = end.unwrap_or(column).max(start + 1);
        if column <= WIDTH {
            let text = cells.into_iter().map(|(_, shown)| shown).collect();
            return Self { text, start, width: end - start };
        }
        // Too long: a window that holds the start of the mark.
        let left = if start <= WIDTH - BEFORE { 0 } else { start - BEFORE };
        let right = left + WIDTH;
        let mut text = String::from(if left > 0 { "…" } else { "" });
        let mut shift = None;
        for (column, shown) in cells {
            if column >= left && column + columns_of(&shown) <= right {
                shift.get_or_insert(column);
                text.push_str(&shown);
            }
        }
        if right < column {
            text.push('…');
        }
        let shift = shift.unwrap_or(left);
        let start = start.saturating_sub(shift) + usize::from(left > 0);
        let room = (WIDTH + 1).saturating_sub(start).max(1);
        Self { text, start, width: (end.saturating_sub(shift) + usize::from(left > 0) - start).clamp(1, room) }
    }
}

/// Text with what a terminal would act upon, or that would mislead the eye, spelled out.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c == '\t' { " ".to_owned() } else { show(c) }).collect()
}

fn show(c: char) -> String {
    // Beside control characters: invisible marks that reorder or hide text.
    let hidden = matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}');
    match c {
        '\t' => TAB.to_owned(),
        c if c.is_control() || hidden => c.escape_default().to_string(),
        c => c.to_string(),
    }
}

fn columns_of(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Terminal columns of a character: near enough to the Unicode tables to keep the
/// mark under Chinese, Japanese, Korean and emoji text.
fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36F}' | '\u{FE00}'..='\u{FE0F}' => 0,
        '\u{1100}'..='\u{115F}'
        | '\u{2E80}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF00}'..='\u{FF60}'
        | '\u{FFE0}'..='\u{FFE6}'
        | '\u{1F300}'..='\u{1FAFF}'
        | '\u{20000}'..='\u{3FFFD}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
