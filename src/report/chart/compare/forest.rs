//! `differences`: what each variant differs by from the baseline, with the interval of that difference alone (thick) and the
//! one that holds together with all others (thin).

use crate::experiment::compare::outcome::{Better, Comparison, Difference, FigureComparison, Verdict};
use crate::report::comparison::figures;
use crate::report::words;

use super::super::message;
use super::super::palette::Ink;
use super::super::scene::{Area, HEIGHT, MARGIN, Scene, Type, WIDTH};
use super::axis::Axis;
use super::{dot, subtitle};

/// Room for the names of variants.
const NAMES: i32 = 270;

/// The figures that are of most interest, first ones first.
const WANTED: [&str; 10] = [
    "lostTaskSeconds",
    "serviceAvailability",
    "requests.lostShare",
    "response.meanSeconds",
    "givenUpShare",
    "cost.usdPerMonth",
    "blastRadius.zone.mean",
    "timeToDesired.meanSeconds",
    "emptyShare",
    "placement.refusals",
];

/// The figures that are drawn: those with a difference that a person would call one, the most interesting ones.
fn chosen(comparison: &Comparison) -> Vec<&FigureComparison> {
    let differs = |one: &&FigureComparison| {
        with_baseline(comparison, one).iter().any(|difference| {
            difference.verdict != Verdict::Identical && !figures::is_less_than_a_cent(one, difference)
        })
    };
    let all: Vec<&FigureComparison> = comparison.figures.iter().filter(differs).collect();
    let mut chosen: Vec<&FigureComparison> = Vec::new();
    for end in WANTED {
        chosen.extend(all.iter().filter(|one| one.figure.ends_with(end)));
    }
    let rest = all.iter().filter(|one| !WANTED.iter().any(|end| one.figure.ends_with(end)));
    let rest: Vec<_> = rest.copied().collect();
    chosen.extend(rest);
    chosen.truncate(if comparison.variants.len() > 12 { 3 } else { 6 });
    chosen
}

fn with_baseline<'a>(comparison: &Comparison, one: &'a FigureComparison) -> Vec<&'a Difference> {
    one.differences.iter().filter(|difference| difference.to == comparison.baseline).collect()
}

/// The chart.
pub(super) fn draw(comparison: &Comparison) -> Scene {
    let baseline = words::shorten(&comparison.baseline, 50);
    let below = subtitle(comparison, " · the same failures in each variant");
    let mut scene = Scene::titled(&format!("Differences to {baseline}"), &below);
    let figures = chosen(comparison);
    if figures.is_empty() {
        message(&mut scene, "All variants are identical.", "In no replication did any figure differ.", Ink::GREEN);
        return scene;
    }
    let across = figures.len().min(3);
    let down = figures.len().div_ceil(across);
    let (top, bottom) = (130, HEIGHT - 70);
    let height = (bottom - top) / down as i32;
    let width = (WIDTH - 2 * MARGIN - NAMES) / across as i32;
    for (at, one) in figures.iter().enumerate() {
        let (row, column) = ((at / across) as i32, (at % across) as i32);
        let left = MARGIN + NAMES + column * width;
        let plot = Area::new(left, top + row * height + 44, left + width - 36, top + (row + 1) * height - 66);
        panel(&mut scene, comparison, one, plot, column == 0);
    }
    legend(&mut scene);
    scene
}

fn panel(scene: &mut Scene, comparison: &Comparison, one: &FigureComparison, plot: Area, with_names: bool) {
    let style = figures::style(comparison, one);
    let differences = with_baseline(comparison, one);
    let ends = differences.iter().flat_map(|difference| {
        let mean = difference.mean;
        // An interval that is much longer than all differences would hide them.
        [mean, difference.single_low, difference.single_high, difference.low, difference.high].into_iter().flatten()
    });
    let axis = Axis::over(ends, style, true, true);
    let heading = Type::new(20.0, Ink::TEXT).bold();
    scene.text_within(&figures::full_title(&one.figure), plot.left, plot.top - 14, plot.width() + 26, heading);
    axis.below(scene, plot, 4);
    let zero = axis.x(plot, 0.0);
    scene.fill(Area::new(zero - 1, plot.top, zero + 1, plot.bottom), Ink::AXIS);
    let hint = match one.better {
        Better::Less => format!("← better · {}", axis.unit),
        Better::More => format!("{} · better →", axis.unit),
        Better::Neither => axis.unit.clone(),
    };
    scene.text(
        hint.trim_matches([' ', '·']),
        (plot.left + plot.right) / 2,
        plot.bottom + 48,
        Type::new(17.0, Ink::FAINT).centred(),
    );
    let pitch = f64::from(plot.height()) / differences.len().max(1) as f64;
    for (row, difference) in differences.iter().enumerate() {
        let y = plot.top + ((row as f64 + 0.5) * pitch) as i32;
        if with_names {
            let kind = Type::new(if pitch < 22.0 { 15.0 } else { 19.0 }, Ink::TEXT).to_the_left();
            scene.text_within(&difference.variant, plot.left - 16, y + 6, NAMES - 16, kind);
        }
        mark(scene, ink(one, difference), difference, &axis, plot, y, pitch);
    }
}

fn ink(figure: &FigureComparison, difference: &Difference) -> Ink {
    if figures::is_less_than_a_cent(figure, difference) {
        return Ink::GREY;
    }
    match difference.verdict {
        Verdict::Better => Ink::GREEN,
        Verdict::Worse => Ink::VERMILION,
        Verdict::More | Verdict::Less => Ink::BLUE,
        Verdict::CannotTellApart | Verdict::Identical => Ink::GREY,
    }
}

fn mark(scene: &mut Scene, ink: Ink, difference: &Difference, axis: &Axis, plot: Area, y: i32, pitch: f64) {
    let mut line = |low: Option<f64>, high: Option<f64>, half: i32| {
        if let (Some(low), Some(high)) = (low, high) {
            let (left, right) = (axis.x(plot, low), axis.x(plot, high));
            scene.fill(Area::new(left, y - half, right.max(left + 1), y + half), ink);
        }
    };
    line(difference.low, difference.high, 1);
    line(difference.single_low, difference.single_high, if pitch < 22.0 { 2 } else { 3 });
    let Some(mean) = difference.mean else { return };
    let x = axis.x(plot, mean);
    let radius = if pitch < 22.0 { 5 } else { 8 };
    if difference.verdict == Verdict::Identical {
        super::ring(scene, x, y, radius - 1, ink);
    } else {
        dot(scene, x, y, radius, ink);
    }
}

fn legend(scene: &mut Scene) {
    let kind = Type::new(17.0, Ink::FAINT);
    let y = HEIGHT - 24;
    let mut x = MARGIN;
    let keys = [
        (Ink::GREEN, "better"),
        (Ink::VERMILION, "worse"),
        (Ink::BLUE, "more or less, neither better nor worse"),
        (Ink::GREY, "cannot tell apart"),
    ];
    for (ink, text) in keys {
        dot(scene, x + 8, y - 6, 8, ink);
        scene.text(text, x + 26, y, kind);
        x += 26 + kind.width(text) + 28;
    }
    super::ring(scene, x + 8, y - 6, 7, Ink::GREY);
    scene.text("identical", x + 26, y, kind);
    x += 26 + kind.width("identical") + 28;
    scene.fill(Area::new(x, y - 9, x + 34, y - 3), Ink::AXIS);
    scene.text("95 % alone", x + 42, y, kind);
    x += 42 + kind.width("95 % alone") + 28;
    scene.fill(Area::new(x, y - 7, x + 34, y - 5), Ink::AXIS);
    scene.text("95 % all at once: decides", x + 42, y, kind);
}
