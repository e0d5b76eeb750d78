//! A series as pixels: for each column of pixels the lowest and highest value in its time, so that a dip that is shorter
//! than a pixel still shows.

use super::plot::Panel;
use super::scene::Area;

/// What a series did during one column of pixels.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(super) struct Column {
    /// The value at its beginning.
    pub(super) first: f64,
    /// The lowest.
    pub(super) low: f64,
    /// The highest.
    pub(super) high: f64,
    /// The value at its end.
    pub(super) last: f64,
    /// The mean over its time.
    pub(super) mean: f64,
}

/// From so many neighbours on that all have changes in them, a line through every change would be a solid block.
const MANY: i32 = 12;

/// A series over `width` columns that share the time from `from` to `to`. A point holds until the next.
pub(super) fn columns(points: impl Iterator<Item = (f64, f64)>, (from, to): (f64, f64), width: i32) -> Vec<Column> {
    let mut points = points.peekable();
    let mut value = points.peek().map_or(0.0, |point| point.1);
    while let Some(point) = points.next_if(|point| point.0 <= from) {
        value = point.1;
    }
    let each = (to - from) / f64::from(width.max(1));
    let column = |x: i32| {
        let (start, end) = (from + f64::from(x) * each, from + f64::from(x + 1) * each);
        let mut column = Column { first: value, low: value, high: value, last: value, mean: value };
        let (mut at, mut sum) = (start, 0.0);
        while let Some(point) = points.next_if(|point| point.0 < end) {
            sum += (point.0 - at) * value;
            (at, value) = (point.0, point.1);
            column.low = column.low.min(value);
            column.high = column.high.max(value);
        }
        column.last = value;
        if column.low < column.high && each > 0.0 {
            column.mean = ((sum + (end - at) * value) / each).clamp(column.low, column.high);
        }
        column
    };
    (0..width).map(column).collect()
}

/// The corners of a step line through the columns.
pub(super) fn path(columns: &[Column], panel: &Panel) -> Vec<(i32, i32)> {
    let mut points: Vec<(i32, i32)> = Vec::new();
    for (x, column) in (panel.plot.left..).zip(columns) {
        let is_flat = column.low == column.high;
        let follows = points.last().is_some_and(|last| last.1 == panel.y(column.first));
        if is_flat && follows {
            continue;
        }
        for value in [column.first, column.low, column.high, column.last] {
            let point = (x, panel.y(value));
            if points.last() != Some(&point) {
                points.push(point);
            }
        }
    }
    if let Some(last) = points.last().copied() {
        points.push((panel.plot.right, last.1));
    }
    points
}

/// The same for a series that may change all the time: where it does, a line through the means, and boxes from the lowest to
/// the highest value.
pub(super) fn path_and_range(columns: &[Column], panel: &Panel) -> (Vec<(i32, i32)>, Vec<Area>) {
    let mut calm = columns.to_vec();
    let mut boxes: Vec<Area> = Vec::new();
    for (from, to, changes) in runs(columns.len(), |x| columns[x].low < columns[x].high) {
        if !changes || to - from < MANY {
            continue;
        }
        for x in from..to {
            let Column { low, high, mean, .. } = columns[x as usize];
            calm[x as usize] = Column { first: mean, low: mean, high: mean, last: mean, mean };
            let left = panel.plot.left + x;
            let range = Area::new(left, panel.y(high), left + 1, panel.y(low) + 1);
            match boxes.last_mut() {
                Some(last) if last.right == left && (last.top, last.bottom) == (range.top, range.bottom) => {
                    last.right = range.right;
                }
                _ => boxes.push(range),
            }
        }
    }
    (path(&calm, panel), boxes)
}

/// Runs of columns for which `key` is the same: where each begins, where it ends, and the key.
pub(super) fn runs<K: PartialEq>(count: usize, key: impl Fn(usize) -> K) -> Vec<(i32, i32, K)> {
    let mut runs: Vec<(i32, i32, K)> = Vec::new();
    for x in 0..count {
        let here = key(x);
        match runs.last_mut() {
            Some((_, end, last)) if *last == here => *end += 1,
            _ => runs.push((x as i32, x as i32 + 1, here)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dip_shorter_than_a_pixel_stays() {
        let points = [(0.0, 6.0), (52.0, 4.0), (53.0, 6.0), (100.0, 6.0)];
        let columns = columns(points.into_iter(), (0.0, 100.0), 10);
        assert_eq!(columns.len(), 10);
        assert_eq!(columns[5], Column { first: 6.0, low: 4.0, high: 6.0, last: 6.0, mean: 5.8 });
        assert_eq!(columns[6], Column { first: 6.0, low: 6.0, high: 6.0, last: 6.0, mean: 6.0 });
        let panel = Panel { plot: Area::new(0, 0, 10, 100), time: (0.0, 100.0), top: 10.0 };
        assert_eq!(path(&columns, &panel), [(0, 40), (5, 40), (5, 60), (5, 40), (10, 40)]);
    }

    #[test]
    fn a_window_starts_with_what_held_before_it() {
        let points = [(0.0, 6.0), (10.0, 4.0), (90.0, 6.0)];
        let columns = columns(points.into_iter(), (50.0, 60.0), 2);
        assert_eq!(columns[0].first, 4.0);
        assert!(columns.iter().all(|column| column.low == 4.0 && column.high == 4.0));
    }

    /// Two and four in turn, four for a quarter of the time: their mean is 2.5.
    #[test]
    fn what_changes_all_the_time_is_a_range_and_a_mean() {
        let points =
            (0..200).map(|n| (f64::from(n / 2) + if n % 2 == 1 { 0.75 } else { 0.0 }, 2.0 + 2.0 * f64::from(n % 2)));
        let columns = columns(points.chain([(100.0, 2.0)]), (0.0, 120.0), 120);
        let panel = Panel { plot: Area::new(0, 0, 120, 100), time: (0.0, 120.0), top: 10.0 };
        let (path, boxes) = path_and_range(&columns, &panel);
        assert_eq!(boxes.len(), 1);
        assert_eq!((boxes[0].top, boxes[0].bottom), (60, 81));
        assert!(boxes[0].width() >= 99, "{boxes:?}");
        assert!(path.iter().any(|(x, y)| *x < 5 && *y == 75) && path.contains(&(120, 80)), "{path:?}");
    }

    #[test]
    fn equal_neighbours_are_one_run() {
        let values = [1, 1, 2, 2, 2];
        assert_eq!(runs(5, |x| values[x]), [(0, 2, 1), (2, 5, 2)]);
    }
}
