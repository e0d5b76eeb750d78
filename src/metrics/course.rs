//! A course of points over time that is kept within a bound.
//!
//! Beyond the bound neighbouring points become two: the lowest and the highest of them, so that neither a dip nor a return
//! disappears. New points are gathered in groups of the same number, so that the whole course is equally fine.

use std::mem;

/// Most points of a course; beyond it a step is twice as coarse.
const MOST: usize = 20_000;

/// What a course is made of.
pub(super) trait Point: Copy {
    /// Seconds since the start of the run.
    fn seconds(&self) -> f64;
    /// What makes a point high or low.
    fn height(&self) -> f64;
}

/// The lowest and the highest of some points.
#[derive(Copy, Clone, Debug)]
struct Extremes<P> {
    low: P,
    high: P,
    /// How many points they stand for.
    count: usize,
}

impl<P: Point> Extremes<P> {
    fn of(point: P) -> Extremes<P> {
        Extremes { low: point, high: point, count: 1 }
    }

    fn take_in(&mut self, point: P) {
        if point.height() < self.low.height() {
            self.low = point;
        }
        if point.height() > self.high.height() {
            self.high = point;
        }
        self.count += 1;
    }

    /// Adds them in order of time, once if they are the same.
    fn append_to(&self, points: &mut Vec<P>) {
        let (low, high) = (self.low.seconds(), self.high.seconds());
        if low <= high {
            points.push(self.low);
        }
        if low != high {
            points.push(self.high);
        }
        if low > high {
            points.push(self.low);
        }
    }
}

/// A course.
#[derive(Clone, Debug)]
pub(super) struct Course<P> {
    points: Vec<P>,
    /// Points that two kept ones stand for.
    size: usize,
    group: Option<Extremes<P>>,
    /// The newest point: another one at the same time replaces it.
    last: Option<P>,
}

impl<P> Default for Course<P> {
    fn default() -> Self {
        Course { points: Vec::new(), size: 2, group: None, last: None }
    }
}

impl<P: Point> Course<P> {
    /// Adds a point, which holds until the next.
    pub(super) fn add(&mut self, point: P) {
        if let Some(before) = self.last.replace(point)
            && before.seconds() != point.seconds()
        {
            self.settle(before);
        }
    }

    fn settle(&mut self, point: P) {
        // The first point says where the course begins.
        if self.size == 2 || self.points.is_empty() {
            self.points.push(point);
        } else {
            match &mut self.group {
                Some(group) => group.take_in(point),
                None => self.group = Some(Extremes::of(point)),
            }
            if let Some(group) = self.group.filter(|group| group.count >= self.size) {
                group.append_to(&mut self.points);
                self.group = None;
            }
        }
        if self.points.len() >= MOST {
            self.coarsen();
        }
    }

    /// Makes two of each four points after the first.
    fn coarsen(&mut self) {
        let all = mem::take(&mut self.points);
        self.points.push(all[0]);
        for four in all[1..].chunks(4) {
            let mut extremes = Extremes::of(four[0]);
            four[1..].iter().for_each(|point| extremes.take_in(*point));
            extremes.append_to(&mut self.points);
        }
        self.size *= 2;
    }

    /// All points that are kept, the last one among them.
    pub(super) fn finish(self) -> Vec<P> {
        let mut points = self.points;
        if let Some(group) = self.group {
            group.append_to(&mut points);
        }
        points.extend(self.last);
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Point for (f64, f64) {
        fn seconds(&self) -> f64 {
            self.0
        }
        fn height(&self) -> f64 {
            self.1
        }
    }

    #[test]
    fn a_short_course_is_whole() {
        let mut course = Course::default();
        for point in [(0.0, 5.0), (1.0, 4.0), (1.0, 3.0), (2.0, 5.0), (2.0, 6.0)] {
            course.add(point);
        }
        assert_eq!(course.finish(), [(0.0, 5.0), (1.0, 3.0), (2.0, 6.0)]);
    }

    /// A million points that go up and down between 4 and 5, with one dip to 0 and one peak of 9: the bound holds, the first
    /// and the last point, the dip and the peak are there, and any stretch of a hundredth shows both 4 and 5, early or late.
    #[test]
    fn a_long_course_keeps_its_range_everywhere() {
        let total = 1_000_000;
        let mut course = Course::default();
        for step in 0..total {
            let height = match step {
                0 => 7.0,
                123_456 => 0.0,
                654_321 => 9.0,
                _ => f64::from(4 + step % 2),
            };
            course.add((f64::from(step), height));
        }
        let points = course.finish();
        assert!(points.len() <= MOST && points.is_sorted_by(|a, b| a.0 < b.0), "{}", points.len());
        assert_eq!((points[0], points[points.len() - 1]), ((0.0, 7.0), (f64::from(total - 1), 5.0)));
        assert!(points.contains(&(123_456.0, 0.0)) && points.contains(&(654_321.0, 9.0)));
        for hundredth in 0..100 {
            let within = |point: &&(f64, f64)| (point.0 / f64::from(total) * 100.0) as i32 == hundredth;
            let there: Vec<f64> = points.iter().filter(within).map(|point| point.1).collect();
            assert!(there.contains(&4.0) && there.contains(&5.0), "{hundredth}: {there:?}");
            assert!((60..=300).contains(&there.len()), "{hundredth}: {}", there.len());
        }
    }
}
