//! Plain tables and wrapped text that never get wider than the terminal that people have.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Row, Table, TableStyle, Width, presets,
};

use crate::report::words;

/// The widest line, in columns of the terminal.
pub(in crate::report) const WIDTH: u16 = 100;

/// Space between columns.
const GAP: u16 = 2;

/// The narrowest that a column of names becomes.
const NARROWEST: u16 = 6;

/// A space at which no line is broken.
const HARD_SPACE: &str = "\u{a0}";

/// A rule below the header and nothing else.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));

/// A column: its title, which may have several lines, and what it holds.
pub(in crate::report) struct Column {
    title: std::borrow::Cow<'static, str>,
    /// For names, the widest that the column gets; figures and labels are never cut.
    name: Option<u16>,
    is_left: bool,
}

/// A column of names, shortened to `most` columns of the terminal and further where the line would be too long.
pub(in crate::report) const fn name(title: &'static str, most: u16) -> Column {
    Column { title: std::borrow::Cow::Borrowed(title), name: Some(most), is_left: true }
}

/// A column of figures.
pub(in crate::report) fn figure(title: impl Into<std::borrow::Cow<'static, str>>) -> Column {
    Column { title: title.into(), name: None, is_left: false }
}

/// A column of our own short words, which are never cut.
pub(in crate::report) const fn label(title: &'static str) -> Column {
    Column { title: std::borrow::Cow::Borrowed(title), name: None, is_left: true }
}

/// Sets a table under a heading.
pub(in crate::report) fn table(heading: &str, columns: &[Column], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(STYLE).set_width(WIDTH).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.iter().map(|column| Cell::new(&column.title)));
    for row in rows {
        // A cell is one word to the table, so that it is cut at its edge and not at its first space.
        let mut row = Row::from(row.iter().map(|cell| words::clean(cell).replace(' ', HARD_SPACE)));
        row.max_height(1);
        table.add_row(row);
    }
    let content = table.column_max_content_widths();
    let widths = widths(columns, &content);
    for ((at, column), width) in columns.iter().enumerate().zip(widths) {
        let Some(of_table) = table.column_mut(at) else { continue };
        let gap = if at + 1 == columns.len() { 0 } else { GAP };
        of_table.set_padding((0, gap));
        of_table.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + gap)));
        of_table.set_cell_alignment(if column.is_left { CellAlignment::Left } else { CellAlignment::Right });
    }
    format!("{heading}\n{}\n", table.trim_fmt().replace(HARD_SPACE, " "))
}

fn title_width(column: &Column) -> u16 {
    column.title.lines().map(|line| line.chars().count()).max().unwrap_or(0) as u16
}

/// Figures get what they need, and names share what is left: each at most what it needs, and the longest is cut first.
fn widths(columns: &[Column], content: &[u16]) -> Vec<u16> {
    let mut widths: Vec<u16> = columns
        .iter()
        .zip(content)
        .map(|(column, content)| column.name.map_or(*content, |most| (*content).min(most)).max(1))
        .collect();
    let room = WIDTH.saturating_sub(GAP * (columns.len().saturating_sub(1)) as u16);
    // The widest names give first, so that a short one, such as that of an instance type, stays whole; of equally wide ones
    // the last: what a row is about stands at its beginning. No name gets narrower than its title, unless the figures leave
    // no choice.
    for least in [title_width, |_: &Column| NARROWEST] {
        while widths.iter().sum::<u16>() > room {
            let can_give = |at: &usize| columns[*at].name.is_some() && widths[*at] > least(&columns[*at]);
            let Some(widest) = (0..columns.len()).filter(can_give).max_by_key(|at| (widths[*at], *at)) else { break };
            widths[widest] -= 1;
        }
    }
    widths
}

/// A text wrapped to the width, its lines after the first set under the text behind `mark`.
pub(in crate::report) fn paragraph(mark: &str, text: &str) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_width(WIDTH).set_content_arrangement(ContentArrangement::Dynamic);
    table.add_row([mark.to_owned(), words::clean(text)]);
    let gap = u16::from(!mark.is_empty());
    for (at, padding) in [(0, (0, gap)), (1, (0, 0))] {
        if let Some(column) = table.column_mut(at) {
            column.set_padding(padding);
        }
    }
    if mark.is_empty()
        && let Some(column) = table.column_mut(0)
    {
        column.set_constraint(ColumnConstraint::Hidden);
    }
    format!("{}\n", table.trim_fmt())
}
