//! `replications`: the availability of each service in each replication of an experiment as a dot, with the mean, its 95 %
//! interval and what was promised.
//!
//! What the experiment keeps of a figure (at most 1,023 values and the two extremes) is all that is drawn: a million
//! replications take no more room than a thousand.

use crate::experiment::Experiment;
use crate::experiment::outcome::{FigureOutcome, Verdict, VerdictOutcome};
use crate::report::words;

use super::compare::dot;
use super::message;
use super::nines::Scale;
use super::palette::Ink;
use super::scene::{Area, HEIGHT, MARGIN, Scene, Type, WIDTH};

/// The most services; of more, the least available ones.
const MOST_ROWS: usize = 24;

/// The most dots of the chart, and of one service.
const MOST_DOTS: usize = 4_800;
const MOST_DOTS_OF_ONE: usize = 600;

/// Room for the names of services, and for each column of figures behind the dots.
const NAMES: i32 = 270;
const MEAN: i32 = 172;
const NEVER: i32 = 118;
const PROMISE: i32 = 232;

/// At most so many dots are drawn a little larger.
const FEW: usize = 150;

/// What a promise may leave missing to be drawn wherever the replications lie.
const FAR: f64 = 0.2;

/// How far to each side dots of one place are looked for, in pixels.
const BIN: i32 = 6;

/// A service.
struct Row<'a> {
    name: &'a str,
    found: &'a FigureOutcome,
    mean: f64,
    promise: Option<(f64, &'a VerdictOutcome)>,
}

/// Whether a figure was below 1 in any replication.
fn varies(found: &FigureOutcome) -> bool {
    found.min.is_some_and(|least| least < 1.0)
}

/// The services by one of their availabilities.
fn rows<'a>(experiment: &'a Experiment, figure: &str) -> Vec<Row<'a>> {
    let row = |found: &'a FigureOutcome| {
        let name = found.figure.strip_prefix("services.")?.strip_suffix(figure)?.strip_suffix('.')?;
        let promise = experiment.objectives.iter().find_map(|objective| {
            let promise = objective.promise.as_ref()?;
            (promise.figure == *found.figure).then_some((promise.bound, objective))
        });
        Some(Row { name, found, mean: found.mean?, promise })
    };
    experiment.figures.iter().filter_map(row).collect()
}

/// The chart.
pub(super) fn draw(experiment: &Experiment) -> Scene {
    let mut title = "Service availability, replication by replication";
    let mut of_service = true;
    let mut list = rows(experiment, "serviceAvailability");
    let mut remark = String::new();
    if !list.is_empty() && !list.iter().any(|row| varies(row.found)) {
        // All dots would sit on one line: what was lost without an outage says more.
        title = "Capacity availability, replication by replication";
        of_service = false;
        list = rows(experiment, "capacityAvailability");
        remark = " · no service was ever down".into();
    }
    let subtitle = format!(
        "{} · {} of {}{remark}",
        words::shorten(&experiment.scenario, 60),
        words::plural(experiment.replications, "replication"),
        words::duration(experiment.duration_seconds)
    );
    let mut scene = Scene::titled(title, &subtitle);
    if list.is_empty() {
        let below = "The figures of batches and of the fleet are in experiment.json and replications.csv.";
        message(&mut scene, "There is no service.", below, Ink::FAINT);
        return scene;
    }
    if !list.iter().any(|row| varies(row.found)) {
        let below = "In every replication all tasks of all services were healthy all the time.";
        message(&mut scene, "No task-time was lost.", below, Ink::GREEN);
        return scene;
    }
    let left_out = list.len().saturating_sub(MOST_ROWS);
    if left_out > 0 {
        list.sort_by(|a, b| a.mean.total_cmp(&b.mean));
        list.truncate(MOST_ROWS);
    }
    let promised = list.iter().any(|row| row.promise.is_some());
    let values = MEAN + NEVER + if promised { PROMISE } else { 0 };
    let plot = Area::new(MARGIN + NAMES, 158, WIDTH - MARGIN - values, HEIGHT - 158);
    let scale = scale(&list, plot);
    let pitch = f64::from(plot.height()) / list.len() as f64;
    for row in (0..list.len()).skip(1).step_by(2) {
        let (top, bottom) = (row as f64 * pitch, (row + 1) as f64 * pitch);
        let (top, bottom) = (plot.top + top.round() as i32, plot.top + bottom.round() as i32);
        scene.fill(Area::new(MARGIN, top, WIDTH - MARGIN, bottom), Ink::PALE);
    }
    scale.draw(&mut scene, plot, of_service);
    heads(&mut scene, plot, of_service, promised);
    for (at, row) in list.iter().enumerate() {
        let y = plot.top + ((at as f64 + 0.5) * pitch) as i32;
        let half = (pitch * 0.4).clamp(3.0, 120.0) as i32;
        texts(&mut scene, row, plot, y, pitch);
        dots(&mut scene, row, &scale, y, half, (MOST_DOTS / list.len()).min(MOST_DOTS_OF_ONE));
        if let Some((bound, verdict)) = row.promise.filter(|(bound, _)| scale.has(1.0 - bound)) {
            promise(&mut scene, scale.x(1.0 - bound), y, (pitch * 0.46) as i32, verdict.verdict);
        }
        mean(&mut scene, row, &scale, y, half);
    }
    let shown = (MOST_DOTS / list.len()).min(MOST_DOTS_OF_ONE) as u64;
    legend(&mut scene, experiment.replications, shown, promised, left_out);
    scene
}

/// Everything that shall be seen: replications, means with their intervals, promises that are not far off.
fn scale(list: &[Row<'_>], plot: Area) -> Scale {
    let missing = |share: f64| (1.0 - share).max(0.0);
    let mut all = Vec::new();
    for row in list {
        all.extend(row.found.sample.iter().copied().map(missing));
        all.extend([row.found.min, row.found.max, row.found.high, Some(row.mean)].into_iter().flatten().map(missing));
    }
    // What lies within three nines of the worst replication; a promise is shown from further away.
    let near = 1000.0 * all.iter().copied().fold(0.0, f64::max);
    let promises = list.iter().filter_map(|row| row.promise).map(|(bound, _)| missing(bound));
    let lows = list.iter().filter_map(|row| row.found.low).map(missing);
    let shown: Vec<f64> =
        promises.filter(|bound| *bound <= near.max(FAR)).chain(lows.filter(|low| *low <= near)).collect();
    all.extend(shown);
    Scale::over(&all, plot)
}

fn heads(scene: &mut Scene, plot: Area, of_service: bool, promised: bool) {
    let kind = Type::new(17.0, Ink::FAINT);
    let y = plot.top - 14;
    scene.text("service", plot.left - 16, y, kind.to_the_left());
    scene.text("mean", plot.right + MEAN, y, kind.to_the_left());
    scene.text(if of_service { "never down" } else { "never short" }, plot.right + MEAN + NEVER, y, kind.to_the_left());
    if promised {
        scene.text("promised", plot.right + MEAN + NEVER + 30, y, kind);
    }
}

fn texts(scene: &mut Scene, row: &Row<'_>, plot: Area, y: i32, pitch: f64) {
    let kind = Type::new(if pitch < 26.0 { 15.0 } else { 19.0 }, Ink::TEXT);
    let baseline = y + if pitch < 26.0 { 5 } else { 7 };
    scene.text_within(row.name, plot.left - 16, baseline, NAMES - 16, kind.to_the_left());
    let mean = words::availability(row.mean);
    scene.text_within(&mean, plot.right + MEAN, baseline, MEAN - 12, kind.bold().to_the_left());
    let sample = &row.found.sample;
    let whole = sample.iter().filter(|value| **value >= 1.0).count();
    let text = match whole as f64 / sample.len() as f64 {
        // The sample may lack the few replications that were not whole.
        share if share >= 1.0 && varies(row.found) => "> 99 %".to_owned(),
        share => words::percent(share),
    };
    scene.text_within(&text, plot.right + MEAN + NEVER, baseline, NEVER - 12, kind.to_the_left());
    if let Some((bound, verdict)) = row.promise {
        let word = match verdict.verdict {
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::Undecided => "undecided",
        };
        let text = format!("{}, {word}", words::availability(bound));
        let kind = if verdict.verdict == Verdict::Missed { kind.bold() } else { kind };
        scene.text_within(&text, plot.right + MEAN + NEVER + 30, baseline, PROMISE - 30, kind);
    }
}

/// Replications: the more of them in a place, the further up and down they spread.
fn dots(scene: &mut Scene, row: &Row<'_>, scale: &Scale, y: i32, half: i32, most: usize) {
    let sample = &row.found.sample;
    let step = sample.len().div_ceil(most.max(1)).max(1);
    let mut places: Vec<i32> = sample.iter().step_by(step).map(|value| scale.x(1.0 - value)).collect();
    // The extremes of all replications, which a part of them need not have.
    if step > 1 || (sample.len() as u64) < row.found.count {
        places.extend([row.found.min, row.found.max].into_iter().flatten().map(|value| scale.x(1.0 - value)));
    }
    places.sort_unstable();
    let whole = scale.whole();
    let size = if places.len() <= FEW && half > 8 { 3 } else { 2 };
    let near = |x: i32| -> usize {
        let (from, to) = (places.partition_point(|at| *at < x - BIN), places.partition_point(|at| *at <= x + BIN));
        to - from
    };
    let crowd = places.iter().filter(|x| Some(**x) != whole).map(|x| near(*x)).max().unwrap_or(1).max(6);
    for (at, x) in places.iter().enumerate() {
        // Fixed patterns without a beat, so that equal values do not hide each other.
        let (one, two) = (pattern(at, 0.754_877_666_25), pattern(at, 0.569_840_290_998));
        let (reach, aside) = if Some(*x) == whole {
            let crowded = near(*x).min(crowd) as f64 / crowd as f64;
            (crowded.sqrt(), (two * f64::from(Scale::BAND / 2 - 4)) as i32)
        } else {
            (if near(*x) == 1 { 0.0 } else { (near(*x) as f64 / crowd as f64).sqrt() }, 0)
        };
        let (px, py) = (x + aside, y + (one * reach * f64::from(half)) as i32);
        scene.fill(Area::new(px - size, py - size, px + size, py + size), Ink::BLUE.alpha(0.55));
    }
}

/// From -1 to 1, evenly spread however many are taken.
fn pattern(at: usize, irrational: f64) -> f64 {
    2.0 * (at as f64 * irrational + 0.5).fract() - 1.0
}

/// The mean with its interval.
fn mean(scene: &mut Scene, row: &Row<'_>, scale: &Scale, y: i32, half: i32) {
    let thick = if half > 12 { 3 } else { 2 };
    if let (Some(low), Some(high)) = (row.found.low, row.found.high) {
        let (left, right) = (scale.x(1.0 - low), scale.x(1.0 - high));
        if right > left {
            let bar = |by: i32, ink| (Area::new(left - by, y - thick - by, right + by, y + thick + by), ink);
            for (area, ink) in [bar(2, Ink::WHITE), bar(0, Ink::TEXT)] {
                scene.fill(area, ink);
            }
        }
    }
    let radius = (half - 1).clamp(4, 8);
    let x = scale.x(1.0 - row.mean);
    dot(scene, x, y, radius + 2, Ink::WHITE);
    dot(scene, x, y, radius, Ink::TEXT);
}

const fn ink(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Met => Ink::GREEN,
        Verdict::Missed => Ink::VERMILION,
        Verdict::Undecided => Ink::AXIS,
    }
}

/// An upright line of dashes, where the promise has a place.
fn promise(scene: &mut Scene, x: i32, y: i32, half: i32, verdict: Verdict) {
    let mut top = y - half;
    while top < y + half {
        scene.fill(Area::new(x - 1, top, x + 2, (top + 7).min(y + half)), ink(verdict));
        top += 10;
    }
}

fn legend(scene: &mut Scene, replications: u64, shown: u64, promised: bool, left_out: usize) {
    let kind = Type::new(18.0, Ink::FAINT);
    let y = HEIGHT - 26;
    let mut x = MARGIN + 8;
    scene.fill(Area::new(x - 3, y - 9, x + 3, y - 3), Ink::BLUE.alpha(0.55));
    let text = if replications <= shown {
        "a replication".to_owned()
    } else {
        "replications: an even choice, and the extremes".to_owned()
    };
    scene.text(&text, x + 18, y, kind);
    x += 18 + kind.width(&text) + 40;
    scene.fill(Area::new(x - 8, y - 8, x + 28, y - 4), Ink::TEXT);
    dot(scene, x + 10, y - 6, 8, Ink::TEXT);
    let text = "mean and its 95 % interval";
    scene.text(text, x + 40, y, kind);
    x += 40 + kind.width(text) + 40;
    if promised {
        for (verdict, text) in
            [(Verdict::Met, "promise: met"), (Verdict::Missed, "missed"), (Verdict::Undecided, "undecided")]
        {
            promise(scene, x, y - 6, 12, verdict);
            scene.text(text, x + 12, y, kind);
            x += 12 + kind.width(text) + 30;
        }
    }
    if left_out > 0 {
        let text = format!("{}, available more often", words::plural(left_out as u64, "more service"));
        scene.text_within(&text, WIDTH - MARGIN, y, WIDTH - MARGIN - x, kind.to_the_left());
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::{Item, extent};
    use super::*;
    use crate::report::sample;

    fn dots_of(scene: &Scene) -> Vec<Area> {
        let dot = |item: &Item| match item {
            Item::Fill(area, ink) if *ink == Ink::BLUE.alpha(0.55) && area.top < HEIGHT - 60 => Some(*area),
            _ => None,
        };
        scene.items.iter().filter_map(dot).collect()
    }

    fn has(scene: &Scene, wanted: &str) -> bool {
        scene.items.iter().any(|item| matches!(item, Item::Text { text, .. } if text == wanted))
    }

    #[test]
    fn nothing_is_cut_off_and_no_text_covers_another() {
        for services in [1, 5, 20, 60] {
            for replications in [1, 10, 100, 10_000] {
                let scene = draw(&sample::experiment(services, replications));
                let mut texts: Vec<(Area, &str)> = Vec::new();
                for item in &scene.items {
                    let area = match item {
                        Item::Fill(area, _) => *area,
                        Item::Text { text, x, y, kind } => {
                            let area = extent(text, *x, *y, *kind);
                            for (other, what) in &texts {
                                assert!(!area.meets(*other), "{services}, {replications}: `{text}` covers `{what}`");
                            }
                            texts.push((area, text));
                            area
                        }
                        Item::Disc { .. } | Item::Steps { .. } | Item::Line { .. } => continue,
                    };
                    let is_inside = area.left >= 0 && area.top >= 0 && area.right <= WIDTH && area.bottom <= HEIGHT;
                    assert!(is_inside, "{services}, {replications}: {item:?}");
                }
                assert!(texts.len() > 3 && scene.items.len() < 9_000, "{} items", scene.items.len());
            }
        }
    }

    /// Of ten replications three are down for a hundredth and one for a tenth of the time: the mean is 98.7 %.
    #[test]
    fn each_replication_is_a_dot_in_its_place() {
        let missing = [0.0, 0.01, 0.0, 0.1, 0.0, 0.01, 0.0, 0.01, 0.0, 0.0];
        let scene = draw(&sample::experiment_of(&[&missing], Some(0.99)));
        let mut dots: Vec<i32> = dots_of(&scene).iter().map(|area| area.left + 3).collect();
        dots.sort_unstable();
        assert_eq!(dots.len(), 10);
        assert!(dots[1] - dots[0] > 100, "the worst alone: {dots:?}");
        assert!(dots[1] == dots[3] && dots[4] - dots[3] > 100, "three in one place: {dots:?}");
        assert!(dots[9] - dots[4] < Scale::BAND, "six at 100 %: {dots:?}");
        for text in ["98.7 %", "60 %", "99 %, undecided"] {
            assert!(has(&scene, text), "{text}");
        }
    }

    /// Every second replication is not kept: the extremes are drawn all the same.
    #[test]
    fn the_worst_of_many_is_there() {
        let mut missing = vec![0.001; 10_000];
        missing[4_321] = 0.2;
        missing[4_323] = 0.0;
        let scene = draw(&sample::experiment_of(&[&missing], None));
        let mut dots: Vec<i32> = dots_of(&scene).iter().map(|area| area.left).collect();
        dots.sort_unstable();
        assert!(dots.len() <= MOST_DOTS_OF_ONE + 2, "{}", dots.len());
        assert!(dots[1] - dots[0] > 100 && dots[dots.len() - 1] - dots[dots.len() - 2] > 50);
        assert!(has(&scene, "99.9 %"));
    }

    #[test]
    fn what_was_never_down_is_said_or_shown_by_its_capacity() {
        let mut experiment = sample::experiment_of(&[&[0.0; 5]], None);
        assert!(has(&draw(&experiment), "No task-time was lost."));
        experiment.figures.retain(|found| !found.figure.starts_with("services."));
        assert!(has(&draw(&experiment), "There is no service."));
        let mut experiment = sample::experiment_of(&[&[0.0; 5]], None);
        let lossy = sample::experiment_of(&[&[0.02, 0.0, 0.0, 0.0, 0.03]], None);
        let of = "services.service-0.capacityAvailability";
        let place = |experiment: &Experiment| experiment.figures.iter().position(|found| &*found.figure == of).unwrap();
        let (to, from) = (place(&experiment), place(&lossy));
        experiment.figures[to] = lossy.figures[from].clone();
        let scene = draw(&experiment);
        assert!(has(&scene, "Capacity availability, replication by replication"));
        assert_eq!(dots_of(&scene).len(), 5);
    }
}
