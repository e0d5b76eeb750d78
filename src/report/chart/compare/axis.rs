//! An axis of values: its range, its marks, its unit.

use crate::report::chart::palette::Ink;
use crate::report::chart::scene::{Area, Scene, Type};
use crate::report::chart::ticks;
use crate::report::comparison::figures::Style;
use crate::report::words;

const SMALL: Type = Type::new(17.0, Ink::FAINT);

/// A range of values, and how they are written.
#[derive(Clone, Debug)]
pub(in crate::report::chart) struct Axis {
    low: f64,
    high: f64,
    /// Values are multiplied by this and told in `unit`.
    factor: f64,
    pub(in crate::report::chart) unit: String,
    /// Small values get more room: positions go with the square root.
    root: bool,
}

impl Axis {
    /// An axis for values of a style, a little longer than they need. `with_zero` makes zero a part of it.
    pub(in crate::report::chart) fn over(
        values: impl Iterator<Item = f64>,
        style: Style,
        with_zero: bool,
        of_differences: bool,
    ) -> Axis {
        let (mut low, mut high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if with_zero {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if high - low <= 1e-9 * high.abs().max(low.abs()) {
            let pad = if high == 0.0 { 1.0 } else { high.abs() * 0.1 };
            (low, high) = (low - pad, high + pad);
        }
        let pad = (high - low) * 0.06;
        let (low, high) = if with_zero && !of_differences { (low, high + pad) } else { (low - pad, high + pad) };
        let (factor, unit) = unit(style, low.abs().max(high.abs()), of_differences);
        Axis { low, high, factor, unit, root: false }
    }

    /// An axis for means with their intervals. Intervals that reach much further than the means lie apart are cut at its
    /// ends, and prices that hardly differ are not blown up.
    pub(super) fn around(values: &[(f64, f64, f64)], style: Style) -> Axis {
        let range = |of: &mut dyn Iterator<Item = f64>| {
            of.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
        };
        let (low, high) = range(&mut values.iter().map(|value| value.0));
        let (lowest, highest) = range(&mut values.iter().flat_map(|value| [value.1, value.2]));
        let apart = high - low;
        let (mut low, mut high) = if apart > 1e-9 * high.abs() {
            (lowest.max(low - 0.6 * apart), highest.min(high + 0.6 * apart))
        } else {
            (lowest, highest)
        };
        let least = if style == Style::Money { 0.04 * high.abs() } else { 0.0 };
        if high - low < least {
            let middle = f64::midpoint(low, high);
            (low, high) = (middle - least / 2.0, middle + least / 2.0);
        }
        Axis::over([low, high].into_iter(), style, false, false)
    }

    /// The same with more room for small values, from zero.
    pub(in crate::report::chart) fn rooted(self) -> Axis {
        Axis { low: 0.0, root: true, ..self }
    }

    /// The place of a value, from 0 to 1.
    pub(in crate::report::chart) fn share(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        let share = share.clamp(0.0, 1.0);
        if self.root { share.sqrt() } else { share }
    }

    /// The pixel of a value from left to right.
    pub(in crate::report::chart) fn x(&self, plot: Area, value: f64) -> i32 {
        plot.left + (self.share(value) * f64::from(plot.width())).round() as i32
    }

    /// The pixel of a value upwards.
    pub(in crate::report::chart) fn y(&self, plot: Area, value: f64) -> i32 {
        plot.bottom - (self.share(value) * f64::from(plot.height())).round() as i32
    }

    /// Marks with their texts, at most about `most`.
    fn marks(&self, most: usize) -> Vec<(f64, String)> {
        let (low, high) = (self.low * self.factor, self.high * self.factor);
        let step = ticks::step(high - low, most);
        let decimals = (-(step.log10() + 1e-9).floor()).clamp(0.0, 9.0) as usize;
        let write = |value: f64| {
            let text = format!("{value:.decimals$}");
            if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
                "0".into()
            } else if decimals == 0 && value.abs() >= 1000.0 {
                let whole = words::count(value.abs().round() as u64);
                if value < 0.0 { format!("−{whole}") } else { whole }
            } else {
                text.replace('-', "−")
            }
        };
        let values: Vec<f64> = if self.root {
            // Square positions: marks at even distances have uneven values.
            (0..=most)
                .map(|n| {
                    let raw = high * (n as f64 / most as f64).powi(2);
                    let step = ticks::step(raw.max(f64::MIN_POSITIVE), 2);
                    if n == 0 { 0.0 } else { (raw / step).round() * step }
                })
                .filter(|value| *value <= high)
                .collect()
        } else {
            let first = (low / step - 1e-9).ceil();
            (0..50).map(|n| (first + f64::from(n)) * step).take_while(|value| *value <= high + 1e-9 * step).collect()
        };
        let text = |value: f64| if self.root { words::three_digits(value) } else { write(value) };
        values.into_iter().map(|value| (value / self.factor, text(value))).collect()
    }

    /// Draws the marks below a plot, with a grid.
    pub(in crate::report::chart) fn below(&self, scene: &mut Scene, plot: Area, most: usize) {
        let mut free_from = plot.left - 17;
        for (value, text) in self.marks(most) {
            let x = self.x(plot, value);
            scene.fill(Area::new(x, plot.top, x + 1, plot.bottom), Ink::GRID);
            let half = SMALL.width(&text) / 2;
            if x - half > free_from && x + half <= plot.right + 16 {
                scene.fill(Area::new(x, plot.bottom, x + 1, plot.bottom + 5), Ink::AXIS);
                scene.text(&text, x, plot.bottom + 24, SMALL.centred());
                free_from = x + half + 10;
            }
        }
        scene.fill(Area::new(plot.left, plot.bottom, plot.right, plot.bottom + 1), Ink::AXIS);
    }

    /// Draws the marks left of a plot, with a grid.
    pub(in crate::report::chart) fn beside(&self, scene: &mut Scene, plot: Area, most: usize) {
        for (value, text) in self.marks(most) {
            let y = self.y(plot, value);
            scene.fill(Area::new(plot.left, y, plot.right, y + 1), Ink::GRID);
            scene.text(&text, plot.left - 10, y + 6, SMALL.to_the_left());
        }
        scene.fill(Area::new(plot.left, plot.top, plot.left + 1, plot.bottom), Ink::AXIS);
    }
}

/// The factor and the unit in which values of a size are best read.
fn unit(style: Style, greatest: f64, of_differences: bool) -> (f64, String) {
    match style {
        Style::Availability | Style::Share | Style::SmallShare => {
            (100.0, if of_differences { "percentage points" } else { "%" }.into())
        }
        Style::Duration => {
            let (name, length) = match greatest {
                s if s < 180.0 => ("seconds", 1.0),
                s if s < 3.0 * 3600.0 => ("minutes", 60.0),
                s if s < 4.0 * 86_400.0 => ("hours", 3600.0),
                _ => ("days", 86_400.0),
            };
            (1.0 / length, name.into())
        }
        Style::TaskTime(factor) => {
            let (name, length) = words::task_unit(greatest * factor);
            (factor / length, format!("{name} a month"))
        }
        Style::Money => (1.0, "US dollars".into()),
        Style::Number => (1.0, String::new()),
    }
}
