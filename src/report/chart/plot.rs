//! What the charts over time share: a grid of panels, their axes, the failures behind them, and a strip of the whole run
//! above them.

use crate::metrics::outcome::{IncidentOutcome, Outcome};
use crate::report::words;

use super::palette::Ink;
use super::scene::{Area, HEIGHT, MARGIN, Scene, Type, WIDTH};
use super::steps::{columns, runs};
use super::ticks;
use super::window::{Window, incidents};

/// The most panels in a chart.
pub(super) const MOST_PANELS: usize = 8;

/// The most failures that are marked: more would be one grey area.
const MOST_MARKS: usize = 40;

/// Marks no further apart than this, in pixels, are read as one.
const ONE_MARK: i32 = 3;

/// The room left of a plot for the numbers of its axis.
const GUTTER: i32 = 60;

const SMALL: Type = Type::new(18.0, Ink::FAINT);

/// A plot with its scales: time to the right, a value upwards from 0.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    /// Where the values are drawn.
    pub(super) plot: Area,
    /// The time from left to right, in seconds.
    pub(super) time: (f64, f64),
    /// The value at the upper edge.
    pub(super) top: f64,
}

impl Panel {
    /// The pixel of a moment, within the plot.
    pub(super) fn x(&self, seconds: f64) -> i32 {
        let share = (seconds - self.time.0) / (self.time.1 - self.time.0);
        self.plot.left + (share.clamp(0.0, 1.0) * f64::from(self.plot.width())).round() as i32
    }

    /// The pixel of a value, within the plot.
    pub(super) fn y(&self, value: f64) -> i32 {
        let share = if self.top > 0.0 { value / self.top } else { 0.0 };
        self.plot.bottom - (share.clamp(0.0, 1.0) * f64::from(self.plot.height())).round() as i32
    }

    /// The plot between two moments, from edge to edge.
    pub(super) fn band(&self, from: f64, to: f64) -> Area {
        Area { left: self.x(from), right: self.x(to), ..self.plot }
    }
}

/// A panel's place in the grid.
pub(super) struct Cell {
    /// Its plot.
    pub(super) plot: Area,
    /// The baseline of its heading.
    pub(super) heading: i32,
    /// Whether the failures are named above it.
    pub(super) is_first: bool,
    /// Whether the time is written below it.
    pub(super) is_last: bool,
}

/// Places for `count` panels below `top`: one column for up to three, two for more.
pub(super) fn grid(count: usize, top: i32) -> Vec<Cell> {
    let across = if count > 3 { 2 } else { 1 };
    let down = count.div_ceil(across).max(1) as i32;
    // Times and the legend below; names of failures between the first heading and its plot.
    let bottom = HEIGHT - 92;
    let (gap, heading, names) = (18, 34, 26);
    let height = (bottom - top - names + gap) / down;
    let width = (WIDTH - 2 * MARGIN + 40) / across as i32;
    let cell = |n: usize| {
        // Column by column, so that reading down follows the order.
        let (row, column) = (n as i32 % down, n as i32 / down);
        let left = MARGIN + column * width + GUTTER;
        let upper = top + names + row * height;
        let heading_shift = if row == 0 { names } else { 0 };
        Cell {
            plot: Area::new(left, upper + heading, left + width - GUTTER - 40, upper + height - gap),
            heading: upper + heading - 11 - heading_shift,
            is_first: row == 0,
            is_last: row == down - 1 || n == count - 1,
        }
    };
    (0..count).map(cell).collect()
}

/// Draws the ground of a panel: grid, axes, numbers, and the failures behind it all.
pub(super) fn ground(scene: &mut Scene, panel: &Panel, cell: &Cell, values: &[(f64, String)], outcome: &Outcome) {
    let plot = panel.plot;
    failures(scene, panel, cell.is_first, outcome);
    for (value, text) in values {
        let y = panel.y(*value);
        scene.fill(Area::new(plot.left, y, plot.right, y + 1), Ink::GRID);
        scene.text(text, plot.left - 12, y + 6, SMALL.to_the_left());
    }
    let mut free_from = plot.left - GUTTER;
    for (at, text) in ticks::time(panel.time, if plot.width() > 1000 { 12 } else { 6 }) {
        let x = panel.x(at);
        scene.fill(Area::new(x, plot.top, x + 1, plot.bottom), Ink::GRID);
        let half = SMALL.width(&text) / 2;
        let centre = x.min(WIDTH - 10 - half);
        if cell.is_last && centre - half > free_from {
            scene.fill(Area::new(x, plot.bottom, x + 1, plot.bottom + 6), Ink::AXIS);
            scene.text(&text, centre, plot.bottom + 26, SMALL.centred());
            free_from = centre + half + 12;
        }
    }
    scene.fill(Area::new(plot.left, plot.bottom, plot.right + 1, plot.bottom + 1), Ink::AXIS);
}

/// Marks when failures that took tasks held, and names the worst where there is room.
fn failures(scene: &mut Scene, panel: &Panel, with_names: bool, outcome: &Outcome) {
    let plot = panel.plot;
    let mut taken: Vec<Area> = Vec::new();
    let shown_incidents = visible(outcome, panel.time);
    for incident in shown_incidents.iter().copied() {
        let band = panel.band(incident.began_seconds, end(incident));
        scene.fill(band, Ink::GREY.alpha(0.16));
        if incident.began_seconds >= panel.time.0 {
            scene.fill(Area { right: band.left + 2, ..band }, Ink::TEXT.alpha(0.25));
        }
        if !with_names {
            continue;
        }
        let kind = SMALL;
        // A long name may reach to the left of its failure, but not past half of the plot.
        let room = (plot.right - band.left - 6).max(plot.width() / 2);
        let here: Vec<&IncidentOutcome> = shown_incidents
            .iter()
            .copied()
            .filter(|other| (panel.x(other.began_seconds) - band.left).abs() <= ONE_MARK)
            .collect();
        let text = named(&here);
        let text = super::font::fit(&text, kind.size, false, f64::from(room));
        let width = kind.width(&text);
        let left = (band.left + 8).min(plot.right - width);
        let baseline = plot.top - 8;
        let area = Area::new(left - 10, baseline - 16, left + width + 16, baseline + 6);
        if !taken.iter().any(|other| other.meets(area)) {
            taken.push(area);
            scene.fill(Area::new(band.left, baseline - 13, band.left + 2, plot.top), Ink::TEXT.alpha(0.55));
            scene.text(&text, left, baseline, kind);
        }
    }
}

/// When an incident was over; one without an end of its own is a moment.
fn end(incident: &IncidentOutcome) -> f64 {
    incident.ended_seconds.unwrap_or(incident.began_seconds)
}

/// The incidents that are marked in a time, worst first.
fn visible(outcome: &Outcome, (from, to): (f64, f64)) -> Vec<&IncidentOutcome> {
    let mut all = incidents(outcome);
    all.retain(|of| end(of) >= from && of.began_seconds <= to);
    all.truncate(MOST_MARKS);
    all
}

/// The name of a mark: of one failure with what it struck, of several that stand at the same place each once.
fn named(here: &[&IncidentOutcome]) -> String {
    if let [one] = here {
        return format!("{}: {}", words::clean(&one.failure), words::clean(&one.struck));
    }
    let mut names: Vec<(&str, usize)> = Vec::new();
    for one in here {
        match names.iter_mut().find(|(name, _)| *name == one.failure) {
            Some((_, count)) => *count += 1,
            None => names.push((&one.failure, 1)),
        }
    }
    let name = |(name, count): &(&str, usize)| {
        let name = words::clean(name);
        if *count > 1 { format!("{count} × {name}") } else { name }
    };
    names.iter().map(name).collect::<Vec<_>>().join(" + ")
}

/// Draws the heading of a panel: a name, and what to know about it.
pub(super) fn heading(scene: &mut Scene, cell: &Cell, name: &str, rest: &str) {
    let room = cell.plot.width();
    let bold = Type::new(21.0, Ink::TEXT).bold();
    let name = words::clean(name);
    let name = if name.trim().is_empty() { "(no name)" } else { &name };
    let rest_width = SMALL.width(rest).min(room * 2 / 3);
    let width = scene.text_within(name, cell.plot.left, cell.heading, room - rest_width - 20, bold);
    scene.text_within(rest, cell.plot.left + width + 18, cell.heading, room - width - 18, SMALL);
}

/// Draws the strip of the whole run with the window marked in it, and gives the height below which there is room. A chart
/// that shows the whole run has none.
pub(super) fn overview(scene: &mut Scene, outcome: &Outcome, window: &Window) -> i32 {
    if !window.is_cut() {
        return 112;
    }
    let plot = Area::new(MARGIN + GUTTER, 140, WIDTH - MARGIN, 180);
    let title = "Whole run: share of desired tasks missing, of the service that misses most; the window is marked";
    scene.text(title, plot.left, plot.top - 8, SMALL);
    scene.fill(plot, Ink::PALE);
    let mut worst = vec![0f64; plot.width() as usize];
    for series in &outcome.timeline.services {
        let missing = series.points.iter().map(|point| {
            let missing = f64::from(point.desired.saturating_sub(point.healthy));
            (point.seconds, missing / f64::from(point.desired.max(1)))
        });
        for (worst, column) in worst.iter_mut().zip(columns(missing, window.whole, plot.width())) {
            *worst = worst.max(column.high);
        }
    }
    let most = worst.iter().copied().fold(0.0, f64::max).max(0.01);
    let panel = Panel { plot, time: window.whole, top: most };
    let shown = panel.band(window.shown.0, window.shown.1);
    // Wide enough to be seen at any length of run.
    let frame = Area::new(shown.left - 5, plot.top - 3, shown.right.max(shown.left + 2) + 5, plot.bottom + 4);
    scene.fill(frame, Ink::SKY.alpha(0.35));
    for (from, to, top) in runs(worst.len(), |x| panel.y(worst[x])) {
        scene.fill(Area::new(plot.left + from, top, plot.left + to, plot.bottom), Ink::VERMILION);
    }
    scene.frame(frame, 2, Ink::BLUE);
    scene.fill(Area::new(plot.left, plot.bottom, plot.right, plot.bottom + 1), Ink::AXIS);
    scene.text(&words::percent(most), plot.left - 10, plot.top + 12, Type::new(15.0, Ink::FAINT).to_the_left());
    scene.text("0 %", plot.left - 10, plot.bottom + 3, Type::new(15.0, Ink::FAINT).to_the_left());
    for (at, text) in ticks::time(window.whole, 12) {
        let half = SMALL.width(&text) / 2;
        scene.text(&text, panel.x(at).min(WIDTH - 10 - half), plot.bottom + 24, SMALL.centred());
    }
    220
}

/// A key of the legend.
pub(super) enum Key {
    /// A line.
    Line(Ink),
    /// A line of dashes.
    Dashes(Ink),
    /// A line of dots.
    Dots(Ink),
    /// An area.
    Area(Ink),
    /// An upright line.
    Upright(Ink),
}

/// Draws the last line of the chart: what the signs mean, failures included where there are any, and what the axis counts.
pub(super) fn legend(scene: &mut Scene, keys: &[(Key, &str)], outcome: &Outcome, window: &Window) {
    let y = HEIGHT - 26;
    let mut x = MARGIN + GUTTER;
    let marked = visible(outcome, window.shown);
    let failure = if marked.iter().any(|of| end(of) > of.began_seconds) {
        (Key::Area(Ink::GREY.alpha(0.3)), "failure, from its beginning to its end")
    } else {
        (Key::Upright(Ink::TEXT.alpha(0.55)), "failure")
    };
    let failures = marked.first().map(|_| &failure);
    for (key, text) in keys.iter().chain(failures) {
        let sign = Area::new(x, y - 14, x + 36, y + 2);
        let middle = (sign.top + sign.bottom) / 2;
        match key {
            Key::Line(ink) => scene.fill(Area::new(sign.left, middle - 2, sign.right, middle + 2), *ink),
            Key::Dashes(ink) => scene.dashes((sign.left, sign.right), middle, (8, 6), 2, *ink),
            Key::Dots(ink) => scene.dashes((sign.left, sign.right), middle, (2, 4), 2, *ink),
            Key::Area(ink) => scene.fill(sign, *ink),
            Key::Upright(ink) => scene.fill(Area::new(sign.left + 17, sign.top, sign.left + 19, sign.bottom), *ink),
        }
        scene.text(text, x + 46, y, SMALL);
        x += 46 + SMALL.width(text) + 34;
    }
    let text = "time since the start of the run";
    // The axis says it almost; the keys have no other place.
    if x + SMALL.width(text) <= WIDTH - MARGIN {
        scene.text(text, WIDTH - MARGIN, y, SMALL.to_the_left());
    }
}
