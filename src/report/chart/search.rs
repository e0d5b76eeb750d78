//! `cost-availability` of a search: every candidate that was simulated, the frontier, and the one that was chosen.

use crate::experiment::outcome::Verdict;
use crate::experiment::search::outcome::{CandidateOutcome, CapacityPlan};
use crate::report::comparison::figures::Style;
use crate::report::words;

use super::compare::{Axis, Named, dot, ring, write_names};
use super::message;
use super::palette::Ink;
use super::scene::{Area, HEIGHT, MARGIN, Scene, Type, WIDTH};

/// The line of the frontier.
const FRONTIER: Ink = Ink::GREEN;

/// The most names beside points.
const MOST_NAMES: usize = 6;

pub(super) fn draw(plan: &CapacityPlan) -> Scene {
    let subtitle = format!(
        "{} · capacity {} · bars: the intervals of the decisions, {} confidence",
        words::shorten(&plan.scenario, 50),
        words::shorten(&plan.group, 30),
        words::percent(plan.confidence)
    );
    let title = match plan.chosen {
        Some(_) => "The cheapest capacity that keeps the promises",
        None => "No capacity in the range is shown to keep the promises",
    };
    let mut scene = Scene::titled(title, &subtitle);
    let points: Vec<(usize, &CandidateOutcome, [f64; 3])> = plan
        .candidates
        .iter()
        .enumerate()
        .filter_map(|(at, one)| {
            let found = one.availability.as_ref()?;
            Some((at, one, [found.mean, found.low.unwrap_or(found.mean), found.high.unwrap_or(found.mean)]))
        })
        .collect();
    if points.is_empty() {
        let why = plan.nearest.as_deref().unwrap_or("No candidate came as far as a simulation.");
        message(&mut scene, "There is nothing to draw.", &words::shorten(why, 140), Ink::FAINT);
        return scene;
    }
    let plot = Area::new(MARGIN + 110, 150, WIDTH - MARGIN - 40, HEIGHT - 130);
    let across = Axis::of_amounts(points.iter().map(|(_, one, _)| one.usd_per_month), Style::Money);
    // A candidate that failed early is known within wide bounds: its bar is cut at the edge, so that the others can be seen.
    let any = points.iter().any(|(_, one, _)| one.keeps());
    let is_whole = |one: &CandidateOutcome| one.keeps() || (!any && one.verdict == Verdict::Undecided);
    let shown = points.iter().flat_map(|(_, one, share)| share.iter().take(if is_whole(one) { 3 } else { 1 }));
    let up = Axis::over(shown.copied(), Style::Availability, false, false);
    across.below(&mut scene, plot, 8);
    up.beside(&mut scene, plot, 7);
    let kind = Type::new(19.0, Ink::TEXT).bold();
    let title = "Availability of the least available service (%)";
    scene.text_within(title, plot.left - 60, plot.top - 16, plot.width() + 60, kind);
    let scale = if across.is_logarithmic() { "US dollars, logarithmic" } else { "US dollars" };
    scene.text_within(&format!("Cost per month ({scale})"), plot.left, plot.bottom + 52, plot.width(), kind);
    let has_frontier = frontier(&mut scene, &points, &across, &up, plot);
    let mut names = Vec::new();
    for (at, one, [mean, low, high]) in &points {
        let (x, y) = (across.x(plot, one.usd_per_month), up.y(plot, *mean));
        let chosen = plan.chosen == Some(*at);
        let ink = match one.verdict {
            _ if chosen => Ink::BLUE,
            Verdict::Met => Ink::SKY,
            Verdict::Missed => Ink::VERMILION,
            Verdict::Undecided => Ink::GREY,
        };
        scene.fill(Area::new(x - 1, up.y(plot, *high), x + 1, up.y(plot, *low)), ink.alpha(0.6));
        let radius = if chosen { 13 } else { 9 };
        if one.keeps() {
            dot(&mut scene, x, y, radius, ink)
        } else {
            ring(&mut scene, x, y, radius, ink)
        }
        let zones = words::plural(one.zones.len() as u64, "zone");
        let name = format!("{} × {}, {zones}", one.instances, words::clean(&one.instance_type));
        names.push(Named { x, y, name, bold: chosen });
    }
    // Where there are many, the chosen one, those on the frontier and the cheapest keep their names.
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|at| (!names[*at].bold, !points[*at].1.on_frontier, names[*at].x));
    for at in order.into_iter().skip(MOST_NAMES) {
        names[at].name.clear();
    }
    write_names(&mut scene, &names, plot);
    legend(&mut scene, &points, plan.chosen, has_frontier);
    scene
}

/// The line of the best availability that is shown for at most so much money, as far as it lies in the plot. Whether there is
/// any.
fn frontier(
    scene: &mut Scene,
    points: &[(usize, &CandidateOutcome, [f64; 3])],
    across: &Axis,
    up: &Axis,
    plot: Area,
) -> bool {
    let mut on: Vec<(f64, f64)> = points
        .iter()
        .filter(|(_, one, share)| one.on_frontier && up.holds(share[1]))
        .map(|(_, one, share)| (one.usd_per_month, share[1]))
        .collect();
    on.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut steps: Vec<(i32, i32)> = Vec::new();
    for (cost, share) in on {
        let (x, y) = (across.x(plot, cost), up.y(plot, share));
        if let Some((_, before)) = steps.last().copied() {
            steps.push((x, before));
        }
        steps.push((x, y));
    }
    if let Some((_, last)) = steps.last().copied() {
        steps.push((plot.right, last));
    }
    let any = !steps.is_empty();
    scene.steps(steps, 3, FRONTIER);
    any
}

/// What the signs mean that are there.
fn legend(
    scene: &mut Scene,
    points: &[(usize, &CandidateOutcome, [f64; 3])],
    chosen: Option<usize>,
    has_frontier: bool,
) {
    let kind = Type::new(18.0, Ink::FAINT);
    let y = HEIGHT - 26;
    let mut x = MARGIN + 8;
    let has = |verdict: Verdict| points.iter().any(|(at, one, _)| one.verdict == verdict && chosen != Some(*at));
    let items: [(&str, Ink, bool, bool); 4] = [
        ("chosen: the cheapest that keeps all", Ink::BLUE, true, points.iter().any(|(at, ..)| chosen == Some(*at))),
        ("keeps all promises", Ink::SKY, true, has(Verdict::Met)),
        ("breaks one", Ink::VERMILION, false, has(Verdict::Missed)),
        ("not shown to keep all", Ink::GREY, false, has(Verdict::Undecided)),
    ];
    for (text, ink, filled, _) in items.into_iter().filter(|item| item.3) {
        if filled {
            dot(scene, x, y - 6, 9, ink)
        } else {
            ring(scene, x, y - 6, 9, ink)
        }
        scene.text(text, x + 18, y, kind);
        x += 18 + kind.width(text) + 36;
    }
    if has_frontier {
        scene.fill(Area::new(x - 9, y - 8, x + 21, y - 5), FRONTIER);
        scene.text("frontier: the availability that is shown for so much money", x + 29, y, kind);
    }
}
