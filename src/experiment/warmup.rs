//! Whether the warm-up is long enough, as far as the data say.
//!
//! **MSER-5** (White, Simulation 69, 1997) on the mean course of healthy tasks over the first replications: the course is cut
//! where the rest, in batches of five slices, has the least standard error of its mean. Taken alone it finds a cut in pure
//! noise as well. So a warning needs two things more: over the replications, the mean before the cut differs from the mean
//! after it with 99.9 % confidence (paired Student's t), and what lies before the cut moves the mean of the measured time by
//! more than a quarter of the half-width of its interval.
//!
//! What happens at set times (failures with `at`, changes of the desired count, traces) is no warm-up, and no steady state
//! comes after it: such scenarios are not judged.

use crate::scenario::Plan;
use crate::stats::confidence::Mean;
use crate::stats::interval::student;

use super::course::SLICES;
use super::outcome::{LEVEL, WarmupOutcome};

/// With fewer replications nothing is said.
const LEAST: usize = 10;

/// Slices a batch.
const BATCH: usize = 5;

/// The confidence that the start differs.
const SURE: f64 = 0.999;

/// The part of the half-width that a start may move the mean by.
const MATTERS: f64 = 0.25;

/// Whether things happen at set times.
fn has_set_times(plan: &Plan) -> bool {
    !plan.count_changes.is_empty() || plan.failures.iter().any(|failure| failure.common().every.is_none())
}

/// Judges the courses of the first replications (see [`super::course`]).
pub fn judge(plan: &Plan, courses: &[Vec<f64>]) -> WarmupOutcome {
    let given = (plan.warmup.0 as f64 / plan.duration.0.max(1) as f64 * SLICES as f64).ceil() as usize;
    if courses.len() < LEAST || has_set_times(plan) {
        return WarmupOutcome::default();
    }
    let measured: Vec<&[f64]> = courses.iter().filter_map(|course| course.get(given..)).collect();
    let Some(cut) = mser(&measured) else { return WarmupOutcome::default() };
    let slices = SLICES - given;
    let suggested = (given + cut) as f64 / SLICES as f64 * plan.duration.seconds();
    if cut == 0 {
        return WarmupOutcome { too_short: false, suggested_seconds: Some(plan.warmup.seconds()), difference: None };
    }
    let (mut differences, mut means) = (Mean::default(), Mean::default());
    for course in measured {
        differences.add(mean_of(&course[..cut]) - mean_of(&course[cut..]));
        means.add(mean_of(course));
    }
    let moved = differences.mean * cut as f64 / slices as f64;
    let sure = student(0.5 + SURE / 2.0, (differences.count - 1) as f64) * differences.error();
    let too_short = differences.mean.abs() > sure && moved.abs() > MATTERS * means.half_width(LEVEL);
    WarmupOutcome { too_short, suggested_seconds: Some(suggested), difference: Some(differences.mean) }
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The number of slices that MSER-5 cuts off, at most half of them; `None` where there are too few.
fn mser(courses: &[&[f64]]) -> Option<usize> {
    let slices = courses.first()?.len();
    let batches: Vec<f64> = (0..slices / BATCH)
        .map(|batch| {
            let of = |course: &&[f64]| mean_of(&course[batch * BATCH..(batch + 1) * BATCH]);
            courses.iter().map(of).sum::<f64>() / courses.len() as f64
        })
        .collect();
    if batches.len() < 4 {
        return None;
    }
    let score = |cut: usize| {
        let rest = &batches[cut..];
        let mean = mean_of(rest);
        rest.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (rest.len() as f64).powi(2)
    };
    let best = (0..=batches.len() / 2).min_by(|a, b| score(*a).total_cmp(&score(*b)))?;
    Some(best * BATCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A course that rises to its level within 30 slices, and one that does not; a little noise that differs by course.
    fn courses(start: f64) -> Vec<Vec<f64>> {
        let noise = |seed: u64| crate::base::random::mix(seed) as f64 / u64::MAX as f64 - 0.5;
        (0..20)
            .map(|course| {
                (0..SLICES as u64)
                    .map(|slice| 10.0 + start * (-(slice as f64) / 8.0).exp() + noise(course * 1000 + slice))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn a_start_from_nothing_is_seen_and_noise_is_not() {
        let plan = |warmup: &str| {
            let text = format!(
                "{{name: x, duration: 200h, warmup: {warmup}, zones: [a, b], \
                 capacity: [{{name: g, instanceType: m5.large, count: 2}}], \
                 taskDefinitions: [{{family: t, containerDefinitions: [{{name: c, cpu: 64, memory: 64}}]}}], \
                 services: [{{name: s, taskDefinition: t, desiredCount: 1}}]}}"
            );
            match crate::scenario::load_text(&text, std::path::Path::new(".")) {
                Ok(loaded) => loaded.plan,
                Err(refused) => panic!("{}", refused.problems.render(&refused.sources)),
            }
        };
        let (none, enough) = (plan("0s"), plan("50h"));
        let found = judge(&none, &courses(-5.0));
        assert!(found.too_short, "{found:?}");
        assert!((10.0..=60.0).contains(&(found.suggested_seconds.unwrap() / 3600.0)), "{found:?}");
        assert!(!judge(&enough, &courses(-5.0)).too_short);
        assert!(!judge(&none, &courses(0.0)).too_short);
    }
}
