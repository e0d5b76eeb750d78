//! The place of each variant in a figure, as far as it can be told.

use schemars::JsonSchema;
use serde::Serialize;

use crate::experiment::outcome::FigureOutcome;

use super::outcome::{Difference, Verdict};

/// The place of a variant. Places reach from 1 more than the variants that are shown to be better to the number of variants
/// less those that are shown to be worse; only where the two are equal is the place known.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rank {
    /// The variant.
    pub variant: String,
    /// The best place that it can have.
    pub from: usize,
    /// The worst.
    pub to: usize,
    /// Variants that it cannot be told apart from.
    pub cannot_tell_apart: Vec<String>,
    /// Variants that are exactly equal to it.
    pub identical: Vec<String>,
}

/// Ranks the variants, in their order. Where neither end is the good one, the least comes first.
pub(super) fn rank(names: &[&str], values: &[FigureOutcome], differences: &[Difference]) -> Vec<Rank> {
    let count = names.len().min(values.len());
    let of = |name: &str, verdicts: &[Verdict]| -> Vec<String> {
        let other = |one: &Difference| {
            if one.variant == name {
                Some(one.to.clone())
            } else if one.to == name {
                Some(one.variant.clone())
            } else {
                None
            }
        };
        differences.iter().filter(|one| verdicts.contains(&one.verdict)).filter_map(other).collect()
    };
    names[..count]
        .iter()
        .map(|name| {
            let ahead = differences.iter().filter(|one| is_ahead(one, name)).count();
            let behind = differences.iter().filter(|one| is_behind(one, name)).count();
            Rank {
                variant: (*name).to_owned(),
                from: ahead + 1,
                to: count - behind,
                cannot_tell_apart: of(name, &[Verdict::CannotTellApart]),
                identical: of(name, &[Verdict::Identical]),
            }
        })
        .collect()
}

/// Whether a difference puts another variant ahead of this one.
fn is_ahead(one: &Difference, name: &str) -> bool {
    match winner(one) {
        Some(true) => one.to == name,
        Some(false) => one.variant == name,
        None => false,
    }
}

/// Whether it puts another one behind.
fn is_behind(one: &Difference, name: &str) -> bool {
    match winner(one) {
        Some(true) => one.variant == name,
        Some(false) => one.to == name,
        None => false,
    }
}

/// Whether the variant of a difference comes before the one that it is compared with.
fn winner(one: &Difference) -> Option<bool> {
    match one.verdict {
        Verdict::Better | Verdict::Less => Some(true),
        Verdict::Worse | Verdict::More => Some(false),
        Verdict::CannotTellApart | Verdict::Identical => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::paired::PairedMethod;

    fn difference(variant: &str, to: &str, verdict: Verdict) -> Difference {
        Difference {
            variant: variant.into(),
            to: to.into(),
            count: 9,
            differing: 9,
            mean: None,
            standard_deviation: None,
            low: None,
            high: None,
            single_low: None,
            single_high: None,
            method: PairedMethod::Mover,
            p: None,
            p_holm: None,
            verdict,
            gain: None,
        }
    }

    /// `a` beats `c`; `b` cannot be told apart from either.
    #[test]
    fn places_are_as_wide_as_what_is_not_known() {
        let differences = [
            difference("b", "a", Verdict::CannotTellApart),
            difference("c", "a", Verdict::Worse),
            difference("c", "b", Verdict::CannotTellApart),
        ];
        let value = crate::experiment::outcome::FigureOutcome {
            figure: "f".into(),
            kind: crate::experiment::Kind::Seconds,
            count: 9,
            mean: None,
            standard_deviation: None,
            low: None,
            high: None,
            method: crate::stats::interval::Method::None,
            min: None,
            max: None,
            worst_replication: None,
            quantiles: Vec::new(),
            sample: Vec::new(),
        };
        let ranks = rank(&["a", "b", "c"], &[value.clone(), value.clone(), value], &differences);
        let places: Vec<_> = ranks.iter().map(|rank| (rank.from, rank.to)).collect();
        assert_eq!(places, [(1, 2), (1, 3), (2, 3)]);
        assert_eq!(ranks[1].cannot_tell_apart, ["a", "c"]);
    }
}
