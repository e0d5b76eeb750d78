//! Names beside points, so that none covers another.

use crate::report::chart::font;
use crate::report::chart::palette::Ink;
use crate::report::chart::scene::{Area, Scene, Type};
use crate::report::words;

/// A point to be named.
pub(in crate::report::chart) struct Named {
    pub(in crate::report::chart) x: i32,
    pub(in crate::report::chart) y: i32,
    pub(in crate::report::chart) name: String,
    pub(in crate::report::chart) bold: bool,
}

/// The widest name, in pixels.
const WIDEST: f64 = 300.0;

/// Points whose marks nearly touch are named together: side by side no further apart than this …
const NEAR_X: i32 = 12;
/// … and one above the other no further than this, so that a name beside one cannot be read as that of the other.
const NEAR_Y: i32 = 36;

/// Writes the names. Points whose marks nearly touch share a label, in which they stand from the top down; where no room is near, a line leads
/// to the name.
pub(in crate::report::chart) fn write(scene: &mut Scene, points: &[Named], plot: Area) {
    let mut sorted: Vec<&Named> = points.iter().collect();
    sorted.sort_by_key(|point| point.y);
    let mut groups: Vec<Vec<&Named>> = Vec::new();
    for point in sorted {
        let is_near = |other: &&Named| (other.x - point.x).abs() <= NEAR_X && (other.y - point.y).abs() <= NEAR_Y;
        match groups.iter_mut().find(|group| group.iter().any(is_near)) {
            Some(group) => group.push(point),
            None => groups.push(vec![point]),
        }
    }
    let mut taken: Vec<Area> =
        points.iter().map(|point| Area::new(point.x - 11, point.y - 11, point.x + 12, point.y + 12)).collect();
    for named in &groups {
        let (x, y) = (named[0].x, (named[0].y + named[named.len() - 1].y) / 2);
        let lines: Vec<(String, Type)> = named
            .iter()
            .map(|point| {
                let kind = Type { bold: point.bold, ..Type::new(19.0, Ink::TEXT) };
                (font::fit(&words::clean(&point.name), kind.size, kind.bold, WIDEST), kind)
            })
            .filter(|(line, _)| !line.trim().is_empty())
            .collect();
        let width = lines.iter().map(|(line, kind)| kind.width(line)).max().unwrap_or(0);
        let height = 24 * lines.len() as i32;
        let Some((area, distance)) = place((x, y), (width, height), plot, &taken) else { continue };
        taken.push(area);
        if distance > 30 {
            let end = (if area.left > x { area.left - 4 } else { area.right + 4 }, (area.top + area.bottom) / 2);
            scene.line((x, y), end, 1, Ink::GREY);
        }
        for (at, (line, kind)) in lines.iter().enumerate() {
            scene.text(line, area.left, area.top + 18 + 24 * at as i32, *kind);
        }
    }
}

/// The nearest free box of a size beside a point, and how far away it is.
fn place((x, y): (i32, i32), (width, height): (i32, i32), plot: Area, taken: &[Area]) -> Option<(Area, i32)> {
    let bounds = Area::new(plot.left + 4, plot.top + 2, plot.right + 40, plot.bottom - 2);
    let inside = |area: Area| {
        area.left >= bounds.left && area.right <= bounds.right && area.top >= bounds.top && area.bottom <= bounds.bottom
    };
    for distance in [14, 22, 40, 60, 85, 115, 150, 190, 240, 300] {
        let right = |dy: i32| Area::new(x + distance, y + dy - height / 2, x + distance + width, y + dy + height / 2);
        let left = |dy: i32| Area::new(x - distance - width, y + dy - height / 2, x - distance, y + dy + height / 2);
        let above = Area::new(x - width / 2, y - distance - height, x + width / 2, y - distance);
        let below = Area::new(x - width / 2, y + distance, x + width / 2, y + distance + height);
        // Beside the bars of the interval, which go straight to the right and upwards.
        let aside = 6 + height / 2 + distance / 4;
        let tries = [right(-aside), left(-aside), right(aside), left(aside), above, below, right(0), left(0)];
        if let Some(area) =
            tries.into_iter().find(|area| inside(*area) && !taken.iter().any(|other| other.meets(*area)))
        {
            return Some((area, distance));
        }
    }
    None
}
