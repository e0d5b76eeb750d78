//! Many comparisons at once.
//!
//! Of a hundred comparisons without any difference five are "significant" at 95 %. Two remedies, both of which hold
//! whatever the dependence between the comparisons: **Bonferroni** widens every interval so that all of them hold at once
//! with the given confidence; **Holm** (Scandinavian Journal of Statistics 6, 1979) adjusts p-values step by step, never
//! less powerful than Bonferroni, and gives no intervals.

/// The level of each of `count` intervals so that all hold at once with at least `level` (Bonferroni).
pub fn simultaneous(level: f64, count: usize) -> f64 {
    1.0 - (1.0 - level) / count.max(1) as f64
}

/// p-values adjusted after Holm, in the order given. `None` stays `None`, and counts as a comparison.
pub fn holm(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<usize> = (0..values.len()).filter(|at| values[*at].is_some()).collect();
    order.sort_by(|a, b| values[*a].unwrap_or(1.0).total_cmp(&values[*b].unwrap_or(1.0)).then(a.cmp(b)));
    let mut adjusted = vec![None; values.len()];
    let mut most: f64 = 0.0;
    for (rank, at) in order.into_iter().enumerate() {
        let factor = (values.len() - rank) as f64;
        most = most.max((values[at].unwrap_or(1.0) * factor).min(1.0));
        adjusted[at] = Some(most);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of Holm's procedure: 0.01, 0.04, 0.03, 0.005 become 0.03, 0.06, 0.06, 0.02.
    #[test]
    fn a_worked_example() {
        let adjusted = holm(&[Some(0.01), Some(0.04), Some(0.03), Some(0.005)]);
        let expected = [0.03, 0.06, 0.06, 0.02];
        for (found, expected) in adjusted.iter().zip(expected) {
            assert!((found.unwrap() - expected).abs() < 1e-12, "{adjusted:?}");
        }
        assert_eq!(holm(&[None, Some(0.4)]), [None, Some(0.8)]);
        assert!((simultaneous(0.95, 10) - 0.995).abs() < 1e-12);
    }
}
