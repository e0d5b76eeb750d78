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

/// Names no further from their point than this stand without a line to it.
const UNLINKED: i32 = 30;

/// The most names in one label; the rest is counted.
const MOST_LINES: usize = 5;

/// The widest name, in pixels.
const WIDEST: f64 = 300.0;

/// Points whose marks nearly touch are named together: side by side no further apart than this …
const NEAR_X: i32 = 12;
/// … and one above the other no further than this, where they cover each other.
const NEAR_Y: i32 = 20;

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
        let mut lines: Vec<(String, Type)> = named
            .iter()
            .map(|point| {
                let kind = Type { bold: point.bold, ..Type::new(19.0, Ink::TEXT) };
                (font::fit(&words::clean(&point.name), kind.size, kind.bold, WIDEST), kind)
            })
            .filter(|(line, _)| !line.trim().is_empty())
            .collect();
        if lines.len() > MOST_LINES {
            let more = lines.len() - (MOST_LINES - 1);
            lines.truncate(MOST_LINES - 1);
            lines.push((format!("… and {more} more"), Type::new(19.0, Ink::FAINT)));
        }
        let width = lines.iter().map(|(line, kind)| kind.width(line)).max().unwrap_or(0);
        let height = 24 * lines.len() as i32;
        let own: Vec<(i32, i32)> = named.iter().map(|point| (point.x, point.y)).collect();
        let others: Vec<(i32, i32)> =
            points.iter().map(|point| (point.x, point.y)).filter(|point| !own.contains(point)).collect();
        let clear = |area: Area| is_nearest(area, &own, &others);
        let Some((area, distance)) = place((x, y), (width, height), plot, &taken, clear) else { continue };
        taken.push(area);
        if distance > UNLINKED {
            let end = (if area.left > x { area.left - 4 } else { area.right + 4 }, (area.top + area.bottom) / 2);
            scene.line((x, y), end, 1, Ink::GREY);
        }
        for (at, (line, kind)) in lines.iter().enumerate() {
            scene.text(line, area.left, area.top + 18 + 24 * at as i32, *kind);
        }
    }
}

/// Whether a name in a box is so much nearer to its own points than to any other that nobody takes it for the other's.
fn is_nearest(area: Area, own: &[(i32, i32)], others: &[(i32, i32)]) -> bool {
    let away = |(x, y): &(i32, i32)| {
        let dx = (area.left - x).max(x - area.right).max(0);
        let dy = (area.top - y).max(y - area.bottom).max(0);
        f64::from(dx * dx + dy * dy).sqrt()
    };
    let nearest = |points: &[(i32, i32)]| points.iter().map(away).fold(f64::INFINITY, f64::min);
    nearest(others) > 1.35 * nearest(own)
}

/// The nearest free box of a size beside a point, and how far away it is. Without a line to it, it must also be `clear` whose
/// name it is.
fn place(
    (x, y): (i32, i32),
    (width, height): (i32, i32),
    plot: Area,
    taken: &[Area],
    clear: impl Fn(Area) -> bool,
) -> Option<(Area, i32)> {
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
        if let Some(area) = tries.into_iter().find(|area| {
            inside(*area) && !taken.iter().any(|other| other.meets(*area)) && (distance > UNLINKED || clear(*area))
        }) {
            return Some((area, distance));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::super::scene::{Item, extent};
    use super::*;

    fn named(x: i32, y: i32, name: &str) -> Named {
        Named { x, y, name: name.to_owned(), bold: false }
    }

    /// Where each name stands, and whether a line leads to it.
    fn written(points: &[Named], plot: Area) -> (Vec<(String, Area)>, usize) {
        let mut scene = Scene::default();
        write(&mut scene, points, plot);
        let lines = scene.items.iter().filter(|item| matches!(item, Item::Line { .. })).count();
        let texts = scene.items.iter().filter_map(|item| match item {
            Item::Text { text, x, y, kind } => Some((text.clone(), extent(text, *x, *y, *kind))),
            _ => None,
        });
        (texts.collect(), lines)
    }

    /// At the upper edge of a plot there is no room above: the name of the upper point must not slip down beside the lower.
    #[test]
    fn a_name_is_nearest_to_its_own_point() {
        let plot = Area::new(160, 150, 1500, 770);
        for apart in [37, 40, 48, 60, 90] {
            let points = [named(835, 170, "upper"), named(835, 170 + apart, "lower")];
            let (texts, lines) = written(&points, plot);
            assert_eq!((texts.len(), lines), (2, 0), "{apart}");
            for (text, area) in texts {
                let own = points.iter().position(|point| point.name == text).unwrap();
                let at = |which: usize| [(points[which].x, points[which].y)];
                assert!(is_nearest(area, &at(own), &at(1 - own)), "{text} at {area:?}, {apart} apart");
            }
        }
    }

    #[test]
    fn very_many_names_in_one_place_are_counted() {
        let names: Vec<String> = (0..9).map(|n| format!("name {n}")).collect();
        let points: Vec<Named> = names.iter().map(|name| named(800, 400, name)).collect();
        let (texts, _) = written(&points, Area::new(160, 150, 1500, 770));
        let texts: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["name 0", "name 1", "name 2", "name 3", "… and 5 more"]);
    }
}
