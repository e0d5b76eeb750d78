//! The Pareto frontier of cost and availability.

use super::outcome::{FigureComparison, Verdict};

/// What a variant shall be good at: cost, and of each service availability and capacity.
fn is_goal(name: &str) -> bool {
    name == "cost.usdPerMonth"
        || name.starts_with("services.")
            && (name.ends_with(".serviceAvailability") || name.ends_with(".capacityAvailability"))
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
