//! A map of a fleet that is too large for boxes: instances by state and tasks by service, counted for each zone.

use std::collections::BTreeMap;

use crate::metrics::snapshot::{InstanceView, Snapshot, TaskState};
use crate::report::words;

use super::super::palette::Ink;
use super::super::scene::{Area, MARGIN, Scene, Type, WIDTH};
use super::boxes::zone_heading;
use super::look::{INSTANCE_STATES, Look, instance, task};
use super::{MOST_INSTANCES, MOST_ZONES};

const KIND: Type = Type::new(18.0, Ink::TEXT);
/// The height of a line with its bar.
const LINE: i32 = 48;

/// Draws the counts above `bottom`.
pub(super) fn draw(scene: &mut Scene, look: &Look, snapshot: &Snapshot, bottom: i32) {
    let zones = snapshot.zones.len().clamp(1, MOST_ZONES);
    let width = (WIDTH - 2 * MARGIN + 28) / zones as i32 - 28;
    let mut note =
        format!("Counted by zone: this map draws boxes for up to {MOST_INSTANCES} instances in {MOST_ZONES} zones.");
    if snapshot.zones.len() > zones {
        note += &format!(" The first {zones} of {} zones are shown.", snapshot.zones.len());
    }
    scene.text(&note, MARGIN, 132, Type::new(18.0, Ink::FAINT));
    let most = (0..zones).flat_map(|zone| {
        let of_zone: Vec<&InstanceView> = snapshot.instances.iter().filter(|of| of.zone == zone).collect();
        by_service(&of_zone).into_values().map(|states| states.iter().sum::<u64>())
    });
    let most = most.max().unwrap_or(1).max(1);
    for (zone, name) in snapshot.zones.iter().take(zones).enumerate() {
        let left = MARGIN + zone as i32 * (width + 28);
        let area = Area::new(left, 150, left + width, bottom);
        scene.frame(area, 2, Ink::GRID);
        let of_zone: Vec<&InstanceView> = snapshot.instances.iter().filter(|of| of.zone == zone).collect();
        zone_heading(scene, area, name, of_zone.iter().copied());
        let inner = Area::new(area.left + 14, area.top + 48, area.right - 14, area.bottom - 8);
        let below = instances(scene, inner, &of_zone);
        services(scene, look, Area { top: below, ..inner }, snapshot, &of_zone, most);
    }
}

/// A bar of all instances by state, with a line for each state; gives the height below.
fn instances(scene: &mut Scene, area: Area, of_zone: &[&InstanceView]) -> i32 {
    let mut left = area.left;
    let mut y = area.top + 54;
    for state in INSTANCE_STATES {
        let count = of_zone.iter().filter(|of| of.state == state).count();
        if count == 0 {
            continue;
        }
        let (name, ground, outline) = instance(state);
        let wide = (area.width() as usize * count / of_zone.len().max(1)) as i32;
        let part = Area::new(left, area.top, left + wide.max(3), area.top + 26);
        scene.fill(part, ground);
        scene.frame(part, if wide > 6 { 2 } else { 1 }, outline);
        left = part.right;
        let mean = |of: fn(&InstanceView) -> f64| {
            let all = of_zone.iter().filter(|view| view.state == state).map(|view| of(view));
            words::percent(all.sum::<f64>() / count as f64)
        };
        let reserved = format!("CPU {}, memory {} reserved", mean(|view| view.cpu), mean(|view| view.memory));
        let text = format!("{} {name}: {reserved}", words::count(count as u64));
        scene.text_within(&text, area.left, y, area.width(), KIND);
        y += 26;
    }
    y + 14
}

/// Tasks of each service by state: serving, starting, stopping, dead.
fn by_service(of_zone: &[&InstanceView]) -> BTreeMap<usize, [u64; 4]> {
    let mut counts: BTreeMap<usize, [u64; 4]> = BTreeMap::new();
    for of in of_zone.iter().flat_map(|of| &of.tasks) {
        let place = match of.state {
            TaskState::Serving => 0,
            TaskState::Starting => 1,
            TaskState::Stopping => 2,
            TaskState::Dead => 3,
        };
        counts.entry(of.service).or_default()[place] += 1;
    }
    counts
}

/// A line for each service: its name, its tasks by state, and a bar on the scale of the map.
fn services(scene: &mut Scene, look: &Look, area: Area, snapshot: &Snapshot, of_zone: &[&InstanceView], most: u64) {
    let counts = by_service(of_zone);
    let room = ((area.height() / LINE).max(1)) as usize;
    let shown = if counts.len() > room { room - 1 } else { counts.len() };
    let mut y = area.top;
    for (service, states) in counts.iter().take(shown) {
        let serving = states[0];
        let mut text = format!("{} serve", words::count(serving));
        for (count, name) in states[1..].iter().zip(["starting", "stopping", "dead"]) {
            if *count > 0 {
                text += &format!(", {} {name}", words::count(*count));
            }
        }
        let width = KIND.width(&text).min(area.width() / 2);
        scene.text_within(&text, area.right, y + 16, area.width() / 2, KIND.to_the_left());
        let name = snapshot.services.get(*service).map_or("", String::as_str);
        scene.text_within(name, area.left + 24, y + 16, area.width() - width - 36, KIND);
        task(scene, Area::new(area.left, y + 2, area.left + 16, y + 18), look.sign(*service), TaskState::Serving);
        let scale = f64::from(area.width()) / most as f64;
        let full = area.left + (serving as f64 * scale).round() as i32;
        let all = area.left + (states.iter().sum::<u64>() as f64 * scale).round() as i32;
        let ink = look.sign(*service).ink;
        scene.fill(Area::new(area.left, y + 24, full, y + 36), ink);
        scene.fill(Area::new(full, y + 24, all, y + 36), ink.alpha(0.3));
        y += LINE;
    }
    if shown < counts.len() {
        scene.text(&format!("… and {} more", counts.len() - shown), area.left, y + 16, KIND);
    }
}
