//! The Pareto frontier of cost and availability.

use super::outcome::{Difference, FigureComparison, Verdict};

/// Instances that are replaced a little sooner or later cost cents more or less: a difference that is smaller than this
/// share of the cost decides nothing, however sure it is.
const LEAST_COST: f64 = 0.001;

/// What a variant shall be good at: cost, and the availability of each service.
fn is_goal(name: &str) -> bool {
    name == "cost.usdPerMonth" || name.starts_with("services.") && name.ends_with(".serviceAvailability")
}

/// Whether a difference is worth speaking of.
fn counts(figure: &FigureComparison, difference: &Difference) -> bool {
    let most = figure.values.iter().filter_map(|value| value.mean).fold(0.0, f64::max);
    figure.figure != "cost.usdPerMonth" || difference.mean.is_some_and(|mean| mean.abs() > LEAST_COST * most)
}

/// Whether each variant is on the frontier: no other one is shown to be better at something and shown to be worse at
/// nothing.
pub(super) fn frontier(names: &[&str], figures: &[FigureComparison]) -> Vec<bool> {
    let goals: Vec<&FigureComparison> = figures.iter().filter(|figure| is_goal(&figure.figure)).collect();
    let beats = |one: &str, other: &str| {
        let verdicts: Vec<Option<bool>> = goals
            .iter()
            .map(|figure| {
                let (difference, sign) = figure.between(one, other)?;
                match difference.verdict {
                    _ if !counts(figure, difference) => None,
                    Verdict::Better => Some(sign > 0.0),
                    Verdict::Worse => Some(sign < 0.0),
                    _ => None,
                }
            })
            .collect();
        verdicts.contains(&Some(true)) && !verdicts.contains(&Some(false))
    };
    names.iter().map(|name| !names.iter().any(|other| other != name && beats(other, name))).collect()
}
