//! What a chart consists of: filled boxes, discs, step lines, straight lines and texts, in pixels.
//!
//! A chart is first put together as a list of these and painted afterwards, so that SVG and PNG cannot differ and tests
//! can ask whether a text leaves the page or covers another.

use super::font;
use super::palette::Ink;
use crate::report::words;

/// The width of every chart: a slide of 16 to 9.
pub(super) const WIDTH: i32 = 1600;
/// The height of every chart.
pub(super) const HEIGHT: i32 = 900;
/// The size of the line below the title.
pub(super) const SUBTITLE: f64 = 21.0;
/// What stays empty at each edge.
pub(super) const MARGIN: i32 = 50;

/// A box; right and bottom lie just outside.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl Area {
    pub(super) const fn new(left: i32, top: i32, right: i32, bottom: i32) -> Area {
        Area { left, top, right, bottom }
    }

    pub(super) const fn width(self) -> i32 {
        self.right - self.left
    }

    pub(super) const fn height(self) -> i32 {
        self.bottom - self.top
    }

    /// Whether the two share a pixel.
    pub(super) const fn meets(self, other: Area) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// Which point of a text is given.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Copy, Clone, Debug)]
pub(super) struct Type {
    /// Pixels to the em.
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) ink: Ink,
    pub(super) anchor: Anchor,
}

impl Type {
    pub(super) const fn new(size: f64, ink: Ink) -> Type {
        Type { size, bold: false, ink, anchor: Anchor::Start }
    }

    pub(super) const fn bold(self) -> Type {
        Type { bold: true, ..self }
    }

    pub(super) const fn centred(self) -> Type {
        Type { anchor: Anchor::Middle, ..self }
    }

    pub(super) const fn to_the_left(self) -> Type {
        Type { anchor: Anchor::End, ..self }
    }

    /// The width of `text` in pixels.
    pub(super) fn width(self, text: &str) -> i32 {
        font::width(text, self.size, self.bold).ceil() as i32
    }
}

/// One thing to paint.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A filled box.
    Fill(Area, Ink),
    /// A disc.
    Disc { x: i32, y: i32, radius: i32, ink: Ink },
    /// A line whose parts are level or upright.
    Steps { points: Vec<(i32, i32)>, width: u32, ink: Ink },
    /// A straight line in any direction.
    Line { from: (i32, i32), to: (i32, i32), width: u32, ink: Ink },
    /// A text on its baseline.
    Text { text: String, x: i32, y: i32, kind: Type },
}

/// A chart before it is painted.
#[derive(Clone, Debug, Default)]
pub(super) struct Scene {
    pub(super) items: Vec<Item>,
}

impl Scene {
    /// A chart with its heading: what it shows, and of what.
    pub(super) fn titled(title: &str, subtitle: &str) -> Scene {
        let mut scene = Scene::default();
        let room = WIDTH - 2 * MARGIN;
        scene.text_within(title, MARGIN, 62, room, Type::new(34.0, Ink::TEXT).bold());
        scene.text_within(subtitle, MARGIN, 98, room, Type::new(SUBTITLE, Ink::FAINT));
        scene
    }

    /// A filled box; nothing where it has no pixel.
    pub(super) fn fill(&mut self, area: Area, ink: Ink) {
        if area.width() > 0 && area.height() > 0 {
            self.items.push(Item::Fill(area, ink));
        }
    }

    /// The outline of a box, inside of it.
    pub(super) fn frame(&mut self, area: Area, width: i32, ink: Ink) {
        let Area { left, top, right, bottom } = area;
        self.fill(Area::new(left, top, right, top + width), ink);
        self.fill(Area::new(left, bottom - width, right, bottom), ink);
        self.fill(Area::new(left, top + width, left + width, bottom - width), ink);
        self.fill(Area::new(right - width, top + width, right, bottom - width), ink);
    }

    /// A disc.
    pub(super) fn disc(&mut self, x: i32, y: i32, radius: i32, ink: Ink) {
        self.items.push(Item::Disc { x, y, radius, ink });
    }

    /// A level line of dashes.
    pub(super) fn dashes(&mut self, (from, to): (i32, i32), y: i32, (dash, gap): (i32, i32), width: i32, ink: Ink) {
        let mut x = from;
        while x < to {
            self.fill(Area::new(x, y - width / 2, (x + dash).min(to), y - width / 2 + width), ink);
            x += dash + gap;
        }
    }

    /// A line whose parts are level or upright.
    pub(super) fn steps(&mut self, points: Vec<(i32, i32)>, width: u32, ink: Ink) {
        if points.len() > 1 {
            self.items.push(Item::Steps { points, width, ink });
        }
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (i32, i32), to: (i32, i32), width: u32, ink: Ink) {
        self.items.push(Item::Line { from, to, width, ink });
    }

    /// A text with its baseline at `y`.
    pub(super) fn text(&mut self, text: &str, x: i32, y: i32, kind: Type) {
        let text = words::clean(text);
        if !text.trim().is_empty() {
            self.items.push(Item::Text { text, x, y, kind });
        }
    }

    /// The same, shortened to `room` pixels; gives the width that it takes.
    pub(super) fn text_within(&mut self, text: &str, x: i32, y: i32, room: i32, kind: Type) -> i32 {
        let text = font::fit(&words::clean(text), kind.size, kind.bold, f64::from(room));
        let width = kind.width(&text);
        self.text(&text, x, y, kind);
        width
    }
}

/// The box that a text covers.
#[cfg(test)]
pub(super) fn extent(text: &str, x: i32, y: i32, kind: Type) -> Area {
    let width = kind.width(text);
    let left = match kind.anchor {
        Anchor::Start => x,
        Anchor::Middle => x - width / 2,
        Anchor::End => x - width,
    };
    let size = kind.size;
    Area::new(left, y - (0.74 * size) as i32, left + width, y + (0.2 * size) as i32)
}
