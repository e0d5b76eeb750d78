//! A map with a box for each instance.

use crate::metrics::snapshot::{InstanceState, InstanceView, Snapshot};
use crate::report::words;

use super::super::font;
use super::super::palette::Ink;
use super::super::scene::{Area, MARGIN, Scene, Type, WIDTH};
use super::look::{CPU, Look, MEMORY, instance, task};

/// Space between zones.
const BETWEEN: i32 = 28;
/// The largest box.
const LARGEST: (i32, i32) = (460, 230);
/// The largest square for a task.
const LARGEST_TASK: i32 = 30;
/// The smallest square that is still told from its neighbour.
const SMALLEST_TASK: i32 = 5;

/// Sizes that all boxes of a map share.
struct Layout {
    /// Boxes beside one another in a zone.
    across: usize,
    width: i32,
    height: i32,
    gap: i32,
    /// Height of the line with the name; 0 where there is no room for one.
    name: i32,
    /// Whether the bars stand beside the name, for want of room below it.
    is_compact: bool,
    /// Height of each of the two bars.
    bar: i32,
    /// The side of a task's square.
    side: i32,
}

impl Layout {
    /// The largest boxes of a good shape with which `most` fit into a zone of `width` by `height`.
    fn new(most: usize, tasks: usize, width: i32, height: i32) -> Layout {
        let gap_of = |across: usize| if across <= 4 { 12 } else { 6 };
        let shape = |across: usize| {
            let gap = gap_of(across);
            let down = most.div_ceil(across) as i32;
            let wide = ((width + gap) / across as i32 - gap).min(LARGEST.0);
            let high = ((height + gap) / down - gap).min(LARGEST.1);
            (wide, high)
        };
        // A box is a good deal wider than high; the tighter of the two sides decides.
        let score = |across: &usize| {
            let (wide, high) = shape(*across);
            (wide * 2).min(high * 3)
        };
        let across = (1..=most.max(1)).rev().max_by_key(score).unwrap_or(1);
        let (width, height) = shape(across);
        let name = match height {
            h if h >= 110 => 28,
            h if h >= 60 => 20,
            h if h >= 42 => 16,
            _ => 0,
        };
        let bar = (height / 14).clamp(3, 10);
        let is_compact = name > 0 && height < 66;
        let mut layout = Layout { across, width, height, gap: gap_of(across), name, is_compact, bar, side: 0 };
        let room = layout.room(Area::new(0, 0, width, height));
        let fits = |side: &i32| {
            let (across, down) = (room.width() / (side + space(*side)), room.height() / (side + space(*side)));
            across as usize * down as usize >= tasks.max(1)
        };
        layout.side = (SMALLEST_TASK..=LARGEST_TASK).rev().find(fits).unwrap_or(0);
        layout
    }

    /// Space inside a box.
    fn inset(&self) -> i32 {
        if self.width > 120 { 10 } else { 5 }
    }

    /// The part of a box in which tasks sit.
    fn room(&self, area: Area) -> Area {
        let inset = self.inset();
        let bars = if self.is_compact { 0 } else { 2 * (self.bar + 3) + 3 };
        let top = area.top + inset + self.name + bars;
        Area::new(area.left + inset, top, area.right - inset, area.bottom - inset / 2)
    }
}

/// Space between squares.
fn space(side: i32) -> i32 {
    if side >= 12 { 4 } else { 2 }
}

/// Draws the boxes above `bottom`.
pub(super) fn draw(scene: &mut Scene, look: &Look, snapshot: &Snapshot, bottom: i32) {
    let zones = snapshot.zones.len().max(1);
    let of_zone = |zone: usize| snapshot.instances.iter().filter(move |instance| instance.zone == zone);
    let most = (0..zones).map(|zone| of_zone(zone).count()).max().unwrap_or(0);
    let tasks = snapshot.instances.iter().map(|instance| instance.tasks.len()).max().unwrap_or(0);
    let width = (WIDTH - 2 * MARGIN + BETWEEN) / zones as i32 - BETWEEN;
    let top = 124;
    let (heading, inset) = (44, 12);
    let room = Area::new(inset, top + heading, width - inset, bottom - inset);
    let layout = Layout::new(most, tasks, room.width(), room.height());
    for (zone, name) in snapshot.zones.iter().enumerate() {
        let left = MARGIN + zone as i32 * (width + BETWEEN);
        let area = Area::new(left, top, left + width, bottom);
        scene.frame(area, 2, Ink::GRID);
        zone_heading(scene, area, name, of_zone(zone));
        for (n, instance) in of_zone(zone).enumerate() {
            let (row, column) = ((n / layout.across) as i32, (n % layout.across) as i32);
            let x = left + inset + column * (layout.width + layout.gap);
            let y = room.top + row * (layout.height + layout.gap);
            instance_box(scene, look, &layout, Area::new(x, y, x + layout.width, y + layout.height), instance);
        }
    }
}

/// How a zone's name looks.
const ZONE: Type = Type::new(21.0, Ink::TEXT).bold();

/// Zones of a region differ in the end of their names.
fn zone_name(name: &str, room: i32) -> String {
    font::fit_ends(&words::clean(name), ZONE.size, ZONE.bold, f64::from(room))
}

/// The name of a zone and how much is in it.
pub(super) fn zone_heading<'a>(
    scene: &mut Scene,
    area: Area,
    name: &str,
    instances: impl Iterator<Item = &'a InstanceView>,
) {
    let (count, tasks) = instances.fold((0, 0), |sum, of| (sum.0 + 1, sum.1 + of.tasks.len() as u64));
    let (x, y, room) = (area.left + 14, area.top + 30, area.width() - 28);
    let text = format!("{}, {}", words::plural(count, "instance"), words::plural(tasks, "task"));
    let kind = Type::new(18.0, Ink::FAINT).to_the_left();
    let width = kind.width(&text);
    if width < room / 2 {
        scene.text(&text, area.right - 14, y, kind);
        scene.text(&zone_name(name, room - width - 14), x, y, ZONE);
    } else {
        scene.text(&zone_name(name, room), x, y, ZONE);
    }
}

/// An instance: name and state, reservation, tasks.
fn instance_box(scene: &mut Scene, look: &Look, layout: &Layout, area: Area, view: &InstanceView) {
    let (_, ground, outline) = instance(view.state);
    scene.fill(area, ground);
    scene.frame(area, if view.state == InstanceState::InService { 1 } else { 2 }, outline);
    let inset = layout.inset();
    let mut line = Area::new(area.left + inset, area.top + inset, area.right - inset, area.top + inset + layout.name);
    if layout.is_compact {
        let kind = Type::new(11.5, Ink::TEXT);
        let width = scene.text_within(&format!("#{}", view.serial), line.left, line.top + 10, line.width(), kind);
        line.left += width.max(line.width() / 2) + 4;
    } else {
        name(scene, line, view);
        line.top = line.bottom;
    }
    for (share, ink) in [(view.cpu, CPU), (view.memory, MEMORY)] {
        let bar = Area { bottom: line.top + layout.bar, ..line };
        scene.fill(bar, Ink::WHITE);
        let filled = (share.clamp(0.0, 1.0) * f64::from(bar.width())).round() as i32;
        scene.fill(Area { right: bar.left + filled, ..bar }, ink);
        scene.frame(bar, 1, Ink::GREY.alpha(0.5));
        line.top += layout.bar + 3;
    }
    let room = layout.room(area);
    if layout.side == 0 {
        crowd(scene, look, room, view);
        return;
    }
    let pitch = layout.side + space(layout.side);
    let across = (room.width() / pitch).max(1);
    for (n, of) in view.tasks.iter().enumerate() {
        let (row, column) = (n as i32 / across, n as i32 % across);
        let (x, y) = (room.left + column * pitch, room.top + row * pitch);
        task(scene, Area::new(x, y, x + layout.side, y + layout.side), look.sign(of.service), of.state);
    }
}

/// The name of an instance, and its state unless that is the usual one.
fn name(scene: &mut Scene, line: Area, view: &InstanceView) {
    if line.height() == 0 {
        return;
    }
    // Narrow boxes get smaller letters, so that their state fits as it does on wide ones.
    let size = (f64::from(line.height()) * 0.72).min(f64::from(line.width()) / 8.0);
    let kind = Type::new(size.clamp(11.0, 18.0), Ink::TEXT);
    let baseline = line.top + line.height() * 5 / 8;
    let state = if view.state == InstanceState::InService { "" } else { instance(view.state).0 };
    let short = format!("#{}", view.serial);
    let state_width = kind.bold().width(state) + 8;
    let room = line.width() - state_width - kind.width(&format!(" {short}"));
    let group = font::fit(&words::clean(&view.capacity), kind.size, false, f64::from(room));
    // Three letters of a group say nothing.
    let name = if group.chars().count() > 5 || group == words::clean(&view.capacity) {
        format!("{group} {short}")
    } else {
        short
    };
    if kind.width(&name) + state_width <= line.width() {
        scene.text(state, line.right, baseline, kind.bold().to_the_left());
    }
    scene.text_within(&name, line.left, baseline, line.width(), kind);
}

/// Tasks of an instance that are too many for squares: their number over a strip in the services' colours.
fn crowd(scene: &mut Scene, look: &Look, room: Area, view: &InstanceView) {
    if view.tasks.is_empty() || room.height() < 4 {
        return;
    }
    let scale = f64::from(room.width()) / view.tasks.len() as f64;
    let strip = Area { bottom: room.top + (room.height() / 3).clamp(3, 12), ..room };
    for (n, of) in view.tasks.iter().enumerate() {
        let x = |n: usize| room.left + (n as f64 * scale).round() as i32;
        scene.fill(Area { left: x(n), right: x(n + 1), ..strip }, look.sign(of.service).ink);
    }
    if room.bottom - strip.bottom >= 14 {
        let text = words::plural(view.tasks.len() as u64, "task");
        scene.text_within(&text, room.left, strip.bottom + 13, room.width(), Type::new(12.0, Ink::TEXT));
    }
}
