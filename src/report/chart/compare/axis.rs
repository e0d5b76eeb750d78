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
    scale: Scale,
    /// Values cannot be below 0 or above 1.
    of_shares: bool,
}

/// How positions go with values.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Scale {
    Linear,
    /// With the square root: small values get more room.
    Root,
    /// With the logarithm: doubling is the same distance everywhere.
    Logarithmic,
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
        let of_shares = !of_differences && matches!(style, Style::Availability | Style::Share | Style::SmallShare);
        if of_shares {
            (low, high) = (low.max(0.0), high.min(1.0));
        }
        let pad = (high - low) * 0.06;
        let (low, high) = if with_zero && !of_differences { (low, high + pad) } else { (low - pad, high + pad) };
        let (factor, unit) = unit(style, low.abs().max(high.abs()), of_differences);
        Axis { low, high, factor, unit, scale: Scale::Linear, of_shares }
    }

    /// An axis for amounts above 0: where the greatest is several times the least, doubling is the same distance everywhere.
    pub(in crate::report::chart) fn of_amounts(values: impl Iterator<Item = f64> + Clone, style: Style) -> Axis {
        let axis = Axis::over(values.clone(), style, false, false);
        let (least, most) =
            values.fold((f64::INFINITY, 0.0f64), |(low, high), value| (low.min(value), high.max(value)));
        if least > 0.0 && most > 4.0 * least && most.is_finite() {
            let air = (most / least).powf(0.06);
            return Axis { low: least / air, high: most * air, scale: Scale::Logarithmic, ..axis };
        }
        axis
    }

    /// Whether doubling is the same distance everywhere.
    pub(in crate::report::chart) fn is_logarithmic(&self) -> bool {
        self.scale == Scale::Logarithmic
    }

    /// Whether a value lies between the ends.
    pub(in crate::report::chart) fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
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
        Axis { low: 0.0, scale: Scale::Root, ..self }
    }

    /// The place of a value, from 0 to 1.
    pub(in crate::report::chart) fn share(&self, value: f64) -> f64 {
        let linear = |value: f64| ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        match self.scale {
            Scale::Linear => linear(value),
            Scale::Root => linear(value).sqrt(),
            Scale::Logarithmic => ((value.max(self.low) / self.low).ln() / (self.high / self.low).ln()).clamp(0.0, 1.0),
        }
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
        // A single mark says nothing of distances.
        let steps = (most..most + 4).map(|most| ticks::step(high - low, most));
        let holds_two = |step: &f64| (high / step + 1e-9).floor() - (low / step - 1e-9).ceil() >= 1.0;
        let step = steps.clone().find(holds_two).unwrap_or_else(|| ticks::step(high - low, most));
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
        let values: Vec<f64> = match self.scale {
            // Square positions: marks at even distances have uneven values.
            Scale::Root => (0..=most)
                .map(|n| {
                    let raw = high * (n as f64 / most as f64).powi(2);
                    let step = ticks::step(raw.max(f64::MIN_POSITIVE), 2);
                    if n == 0 { 0.0 } else { (raw / step).round() * step }
                })
                .filter(|value| *value <= high)
                .collect(),
            Scale::Logarithmic => (-9..=12)
                .flat_map(|power| [1.0, 2.0, 5.0].map(|of| of * 10f64.powi(power)))
                .filter(|value| (low..=high).contains(value))
                .collect(),
            Scale::Linear => {
                let first = (low / step - 1e-9).ceil();
                (0..50)
                    .map(|n| (first + f64::from(n)) * step)
                    .take_while(|value| *value <= high + 1e-9 * step)
                    .collect()
            }
        };
        let text = |value: f64| match self.scale {
            Scale::Root => words::three_digits(value),
            Scale::Logarithmic if value >= 1.0 => words::count(value as u64),
            Scale::Logarithmic => words::three_digits(value),
            Scale::Linear => write(value),
        };
        let possible = |value: &f64| !self.of_shares || (-1e-12..=1.0 + 1e-12).contains(&(value / self.factor));
        values.into_iter().filter(possible).map(|value| (value / self.factor, text(value))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn written(axis: &Axis, most: usize) -> Vec<String> {
        axis.marks(most).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn no_share_beyond_the_whole_is_marked() {
        let one = Axis::over([1.0].into_iter(), Style::Share, false, false);
        assert_eq!(written(&one, 7).last().map(String::as_str), Some("100"));
        let none = Axis::over([0.0, 0.1].into_iter(), Style::Share, false, false);
        assert_eq!(written(&none, 7).first().map(String::as_str), Some("0"));
        // Differences of shares go both ways.
        let difference = Axis::over([-0.5, 0.5].into_iter(), Style::Share, true, true);
        assert!(written(&difference, 4).iter().any(|text| text.starts_with('−')));
    }

    #[test]
    fn an_axis_has_two_marks_at_least() {
        let axis = Axis::over([-4e-7, 4e-7].into_iter(), Style::SmallShare, true, true);
        assert!(written(&axis, 2).len() >= 2, "{axis:?}");
    }

    #[test]
    fn amounts_far_apart_stand_on_a_logarithmic_axis() {
        let near = Axis::of_amounts([500.0, 900.0].into_iter(), Style::Money);
        assert!(!near.is_logarithmic());
        let far = Axis::of_amounts([500.0, 700.0, 10_000.0].into_iter(), Style::Money);
        assert!(far.is_logarithmic());
        assert_eq!(written(&far, 8), ["500", "1,000", "2,000", "5,000", "10,000"]);
        let (from, to) = (far.share(1_000.0) - far.share(500.0), far.share(10_000.0) - far.share(5_000.0));
        assert!((from - to).abs() < 1e-9, "{from} {to}");
        assert!(far.share(500.0) > 0.0 && far.share(10_000.0) < 1.0);
    }
}
