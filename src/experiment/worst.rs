//! The worst replication: the one with the lowest service availability of any service; of several, the one in which most
//! task-time was lost; of several, the first.

use super::figures::{Catalog, Row};

/// How bad a replication was.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Badness {
    /// Its number.
    pub replication: u64,
    /// The lowest service availability; `None` without services.
    pub availability: Option<f64>,
    /// Lost task-seconds of all services.
    pub lost: f64,
}

impl Badness {
    fn is_worse_than(&self, other: &Badness) -> bool {
        let (mine, theirs) = (self.availability.unwrap_or(1.0), other.availability.unwrap_or(1.0));
        mine < theirs || (mine == theirs && self.lost > other.lost)
    }
}

/// Keeps the worst.
#[derive(Clone, Debug, Default)]
pub struct Worst {
    /// The worst so far.
    pub found: Option<Badness>,
    /// Where availabilities and lost task-times stand, for so many figures of the catalog.
    availabilities: Vec<usize>,
    losses: Vec<usize>,
    known: usize,
}

impl Worst {
    /// Looks at the next replication.
    pub fn add(&mut self, replication: u64, row: &Row, catalog: &Catalog) {
        let figures = catalog.len();
        if figures > self.known {
            let all = catalog.figures();
            for (place, figure) in all.iter().enumerate().skip(self.known) {
                let of_service = figure.name.starts_with("services.");
                if of_service && figure.name.ends_with(".serviceAvailability") {
                    self.availabilities.push(place);
                } else if of_service && figure.name.ends_with(".lostTaskSeconds") {
                    self.losses.push(place);
                }
            }
            self.known = all.len();
            // Threads meet figures in any order; the sum shall be the same.
            self.losses.sort_by(|a, b| all[*a].name.cmp(&all[*b].name));
        }
        let had = |place: &usize| row.has(*place).then(|| row.get(*place)).flatten();
        let badness = Badness {
            replication,
            availability: self.availabilities.iter().filter_map(had).reduce(f64::min),
            // The sum of nothing is -0.0.
            lost: self.losses.iter().filter_map(had).sum::<f64>() + 0.0,
        };
        if self.found.is_none_or(|found| badness.is_worse_than(&found)) {
            self.found = Some(badness);
        }
    }
}
