//! Where an axis has its marks and what stands beside them.

use crate::report::words;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

/// Distances at which people put marks on a clock or a calendar, in seconds.
const STEPS: [f64; 32] = [
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    5.0 * DAY,
    10.0 * DAY,
    20.0 * DAY,
    30.0 * DAY,
    60.0 * DAY,
    90.0 * DAY,
    180.0 * DAY,
    365.0 * DAY,
    730.0 * DAY,
    1_825.0 * DAY,
    3_650.0 * DAY,
    18_250.0 * DAY,
    36_500.0 * DAY,
];

/// Marks on a time axis, at most `most` of them: when, and what to write there.
///
/// Short windows at the start count minutes or seconds; longer ones show a clock, with the day where it begins; the
/// longest show days.
pub(super) fn time((from, to): (f64, f64), most: usize) -> Vec<(f64, String)> {
    let span = to - from;
    let step = STEPS.into_iter().find(|step| span / step <= most as f64).unwrap_or(span.max(1.0));
    let first = (from / step - 1e-9).ceil().max(0.0);
    let marks = (0..=most).map(|n| (first + n as f64) * step).take_while(|at| *at <= to + 1e-6 * step);
    let mut day_before = None;
    marks
        .map(|at| {
            let day = (at / DAY).floor();
            let text = if step >= DAY {
                format!("{}d", (at / DAY).round())
            } else if to <= 2.0 * MINUTE {
                format!("{at:.0} s")
            } else if to <= 2.0 * HOUR && step >= MINUTE {
                format!("{:.0} min", at / MINUTE)
            } else {
                let clock = words::time_of_day(at, step < MINUTE);
                if day > 0.0 && day_before != Some(day) { format!("{day}d {clock}") } else { clock }
            };
            day_before = Some(day);
            (at, text)
        })
        .collect()
}

/// The smallest of 1, 2, 5, 10, 20 … that cuts `top` into at most `most` parts.
pub(super) fn step(top: f64, most: usize) -> f64 {
    let rough = top.max(f64::MIN_POSITIVE) / most.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|of| of * power).find(|step| *step >= rough * (1.0 - 1e-9)).unwrap_or(rough)
}

/// Whole numbers from 0 to `top`, at most `most` steps.
pub(super) fn whole(top: f64, most: usize) -> Vec<f64> {
    multiples(step(top, most).max(1.0), top)
}

/// Multiples of `step` from 0 to `top`.
pub(super) fn multiples(step: f64, top: f64) -> Vec<f64> {
    // An axis with more marks than this is a mistake in the step; better a short axis than none.
    (0..100).map(|n| f64::from(n) * step).take_while(|at| *at <= top * (1.0 + 1e-9)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(window: (f64, f64)) -> Vec<String> {
        time(window, 6).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn time_is_written_as_fits_the_window() {
        assert_eq!(texts((0.0, 30.0 * DAY)), ["0d", "5d", "10d", "15d", "20d", "25d", "30d"]);
        assert_eq!(texts((0.0, 3600.0)), ["0 min", "10 min", "20 min", "30 min", "40 min", "50 min", "60 min"]);
        assert_eq!(texts((0.0, 60.0)), ["0 s", "10 s", "20 s", "30 s", "40 s", "50 s", "60 s"]);
        assert_eq!(texts((0.0, DAY)), ["00:00", "06:00", "12:00", "18:00", "1d 00:00"]);
        let over_midnight = texts((2.0 * DAY - 1200.0, 2.0 * DAY + 2400.0));
        assert_eq!(over_midnight, ["1d 23:40", "23:50", "2d 00:00", "00:10", "00:20", "00:30", "00:40"]);
    }

    #[test]
    fn odd_windows_still_have_marks() {
        assert!(!time((0.0, 0.0), 6).is_empty());
        assert!(time((0.0, 1e12), 6).len() <= 7);
    }

    #[test]
    fn numbers() {
        assert_eq!(whole(7.0, 4), [0.0, 2.0, 4.0, 6.0]);
        assert_eq!(whole(2.0, 4), [0.0, 1.0, 2.0]);
        assert_eq!(whole(44.0, 5), [0.0, 10.0, 20.0, 30.0, 40.0]);
    }
}
