//! A series as pixels: for each column of pixels the lowest and highest value in its time, so that a dip that is shorter
//! than a pixel still shows.

use super::plot::Panel;

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
}

/// A series over `width` columns that share the time from `from` to `to`. A point holds until the next.
pub(super) fn columns(points: impl Iterator<Item = (f64, f64)>, (from, to): (f64, f64), width: i32) -> Vec<Column> {
    let mut points = points.peekable();
    let mut value = points.peek().map_or(0.0, |point| point.1);
    while let Some(point) = points.next_if(|point| point.0 <= from) {
        value = point.1;
    }
    let each = (to - from) / f64::from(width.max(1));
    let column = |x: i32| {
        let end = from + f64::from(x + 1) * each;
        let mut column = Column { first: value, low: value, high: value, last: value };
        while let Some(point) = points.next_if(|point| point.0 < end) {
            value = point.1;
            column.low = column.low.min(value);
            column.high = column.high.max(value);
        }
        column.last = value;
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
    use super::super::scene::Area;
    use super::*;

    #[test]
    fn a_dip_shorter_than_a_pixel_stays() {
        let points = [(0.0, 6.0), (52.0, 4.0), (53.0, 6.0), (100.0, 6.0)];
        let columns = columns(points.into_iter(), (0.0, 100.0), 10);
        assert_eq!(columns.len(), 10);
        assert_eq!(columns[5], Column { first: 6.0, low: 4.0, high: 6.0, last: 6.0 });
        assert_eq!(columns[6], Column { first: 6.0, low: 6.0, high: 6.0, last: 6.0 });
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

    #[test]
    fn equal_neighbours_are_one_run() {
        let values = [1, 1, 2, 2, 2];
        assert_eq!(runs(5, |x| values[x]), [(0, 2, 1), (2, 5, 2)]);
    }
}
