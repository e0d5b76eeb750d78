//! An axis of availabilities on which each further nine takes as much room as the one before; exactly 100 %, which no number
//! of nines reaches, has a band of its own at the right end.

use crate::report::words;

use super::palette::Ink;
use super::scene::{Area, MARGIN, Scene, Type, WIDTH};
use super::ticks;

/// The most decades that are told apart; what is closer to 100 % sits at the edge.
const DECADES: f64 = 7.0;

/// Seconds of a year of 365 days.
const YEAR: f64 = 365.0 * 86_400.0;

/// Positions of shares that are missing to 1.
pub(super) struct Scale {
    /// The most and the least that is missing, as powers of ten.
    most: f64,
    least: f64,
    /// Where these two are.
    left: i32,
    right: i32,
    /// The middle of the band of 100 %.
    whole: Option<i32>,
}

impl Scale {
    /// The width of the band of 100 %.
    pub(super) const BAND: i32 = 64;

    /// An axis for what is missing in some values, a little longer than they need.
    pub(super) fn over(missing: &[f64], plot: Area) -> Scale {
        let above = missing.iter().copied().filter(|value| *value > 0.0);
        let (least, most) = above.fold((1.0, 0.0), |(least, most): (f64, f64), one| (least.min(one), most.max(one)));
        let most = if most > 0.0 { most.min(1.0).log10() } else { -3.0 };
        let least = least.log10().min(most).max(most - DECADES);
        let pad = ((most - least) * 0.05).max(0.01);
        let with_whole = missing.iter().any(|value| *value <= 0.0);
        let right = if with_whole { plot.right - Scale::BAND - 8 } else { plot.right };
        Scale {
            // Nothing lies beyond 0 %.
            most: (most + pad).min(0.0),
            least: least - pad,
            left: plot.left,
            right,
            whole: with_whole.then_some(plot.right - Scale::BAND / 2),
        }
    }

    /// The pixel of 100 %, where there is such a band.
    pub(super) fn whole(&self) -> Option<i32> {
        self.whole
    }

    /// The pixel where so much is missing.
    pub(super) fn x(&self, missing: f64) -> i32 {
        if missing <= 0.0 {
            return self.whole.unwrap_or(self.right);
        }
        let share = (self.most - missing.log10()) / (self.most - self.least);
        self.left + (share.clamp(0.0, 1.0) * f64::from(self.right - self.left)).round() as i32
    }

    /// Whether so much has a place of its own, and is not moved to the edge.
    pub(super) fn has(&self, missing: f64) -> bool {
        if missing <= 0.0 { self.whole.is_some() } else { (self.least..=self.most).contains(&missing.log10()) }
    }

    /// What is missing where there are marks, with the availability as text, from left to right.
    fn marks(&self) -> Vec<(f64, String)> {
        let (most, least) = (10f64.powf(self.most), 10f64.powf(self.least));
        if most / least < 4.0 {
            let step = ticks::step(most - least, 6);
            let digits = (-(step * 100.0).log10() - 1e-9).ceil().clamp(0.0, 9.0) as usize;
            let first = (least / step - 1e-9).ceil();
            let values = (0..20).map(|n| (first + f64::from(n)) * step).take_while(|value| *value <= most);
            let mut marks: Vec<(f64, String)> =
                values.map(|value| (value, format!("{:.digits$} %", (1.0 - value) * 100.0))).collect();
            marks.reverse();
            return marks;
        }
        let parts: &[f64] = if self.most - self.least > 2.6 { &[1.0] } else { &[5.0, 2.0, 1.0] };
        let decades = (self.least.floor() as i32..=self.most.ceil() as i32).rev();
        let values = decades.flat_map(|power| parts.iter().map(move |part| part * 10f64.powi(power)));
        let shown = values.filter(|value| (least..=most * (1.0 + 1e-9)).contains(value));
        shown.map(|value| (value, words::availability(1.0 - value))).collect()
    }

    /// Draws grid, marks and what they mean below a plot; with `downtime`, how long a year it is as well.
    pub(super) fn draw(&self, scene: &mut Scene, plot: Area, downtime: bool) {
        let kind = Type::new(17.0, Ink::FAINT).centred();
        let mut free_from = plot.left - 60;
        let band = Scale::BAND / 2;
        let before = self.whole.map_or(plot.right + 30, |whole| whole - band);
        for (missing, text) in self.marks() {
            let x = self.x(missing);
            scene.fill(Area::new(x, plot.top, x + 1, plot.bottom), Ink::GRID);
            let below = words::duration(missing * YEAR);
            let half = kind.width(&text).max(if downtime { kind.width(&below) } else { 0 }) / 2 + 1;
            if x - half < free_from || x + half > before {
                continue;
            }
            scene.fill(Area::new(x, plot.bottom, x + 1, plot.bottom + 5), Ink::AXIS);
            scene.text(&text, x, plot.bottom + 24, kind);
            if downtime {
                scene.text(&below, x, plot.bottom + 46, kind);
            }
            free_from = x + half + 12;
        }
        scene.fill(Area::new(plot.left, plot.bottom, self.right, plot.bottom + 1), Ink::AXIS);
        if let Some(whole) = self.whole {
            scene.fill(Area::new(whole - band, plot.top, whole - band + 1, plot.bottom), Ink::AXIS);
            scene.fill(Area::new(whole - band, plot.bottom, whole + band, plot.bottom + 1), Ink::AXIS);
            scene.text("100 %", whole, plot.bottom + 24, kind);
        }
        let title = if downtime {
            "share of time in which the service was available; below it, how long it is down a year"
        } else {
            "share of the desired tasks that were healthy, mean over time"
        };
        let y = plot.bottom + if downtime { 78 } else { 58 };
        scene.text_within(title, plot.left, y, WIDTH - MARGIN - plot.left, Type::new(18.0, Ink::FAINT));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLOT: Area = Area::new(100, 0, 1100, 100);

    #[test]
    fn each_nine_takes_as_much_room() {
        let scale = Scale::over(&[0.1, 0.01, 0.001, 0.0], PLOT);
        let (one, two, three) = (scale.x(0.1), scale.x(0.01), scale.x(0.001));
        assert!(((two - one) - (three - two)).abs() <= 1 && two - one > 300, "{one} {two} {three}");
        assert_eq!(scale.whole(), Some(1100 - Scale::BAND / 2));
        assert!(scale.x(0.0) > three && scale.x(1e-12) <= 1100 - Scale::BAND);
        assert_eq!(scale.x(0.9), 100, "at the edge");
        assert!(scale.has(0.05) && scale.has(0.0) && !scale.has(0.9));
    }

    #[test]
    fn marks_have_the_digits_that_tell_them_apart() {
        let texts = |missing: &[f64]| -> Vec<String> {
            Scale::over(missing, PLOT).marks().into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(texts(&[0.1, 0.00001]), ["90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"]);
        assert_eq!(texts(&[0.02, 0.001]), ["98 %", "99 %", "99.5 %", "99.8 %", "99.9 %"]);
        assert_eq!(texts(&[0.0614, 0.0636]), ["93.5 %", "93.6 %", "93.7 %", "93.8 %", "93.9 %"]);
        assert!(texts(&[]).iter().all(|text| text.ends_with(" %")));
    }
}
