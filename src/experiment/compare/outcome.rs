//! What a comparison has found, as `comparison.json` has it. Units and `null` are those of `summary.json`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::experiment::figures::{Catalog, Kind, Worse, is_neutral, objective, worse};
use crate::experiment::objectives::verdict;
use crate::experiment::outcome::{FigureOutcome, LEVEL, VerdictOutcome, figure_of};
use crate::experiment::tally::Tally;
use crate::metrics::outcome::Outcome;
use crate::scenario::Plan;
use crate::stats::correction::{holm, simultaneous};
use crate::stats::paired::{Paired, PairedMethod};
use crate::stats::sample::Sample;
use crate::world::fleet::Scheduling;

use super::rule::{self, Rule};
use super::sums::{Pair, Sums};
use super::{Contender, Design, pareto, ranking, reasons};

pub use ranking::Rank;
pub use reasons::{Part, Reason};

/// Everything that a comparison has found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The scenario's name; of several scenarios, their names.
    pub scenario: String,
    /// The version of Longshore.
    pub version: String,
    /// The seed, which all variants share. Replication `k` of each meets the same failures.
    pub seed: u64,
    /// The length of each replication, warm-up included.
    pub duration_seconds: f64,
    /// The warm-up, which is left out of every figure.
    pub warmup_seconds: f64,
    /// Replications of each variant, numbered from 0.
    pub replications: u64,
    /// The confidence of the intervals.
    pub confidence: f64,
    /// Comparisons that are made: pairs of variants times figures. The intervals of the differences hold all at once
    /// (Bonferroni), and the p-values are adjusted (Holm).
    pub comparisons: usize,
    /// The level of a single one of these intervals, so that all hold at once.
    pub single_level: f64,
    /// Whether the precision that was asked for was reached; `null` where none was.
    pub precision: Option<ComparisonPrecision>,
    /// The variant that the others are compared with first.
    pub baseline: String,
    /// The variants, in the order given.
    pub variants: Vec<VariantOutcome>,
    /// The figures that are compared.
    pub figures: Vec<FigureComparison>,
    /// What the differences in lost task-time come from.
    pub reasons: Vec<Reason>,
    /// What the comparison leaves out.
    pub notes: Vec<String>,
}

/// The precision that was asked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComparisonPrecision {
    /// The half-width of the differences to the baseline that was wanted, relative to the larger of the two means.
    pub wanted: f64,
    /// The widest at the end; `null` where it is not known.
    pub found: Option<f64>,
    /// Whether it was reached, at two looks in a row.
    pub reached: bool,
    /// Looks at the data.
    pub looks: u32,
}

/// A variant.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantOutcome {
    /// Its name.
    pub name: String,
    /// What sets it apart from the scenario, as `--set` would be given it.
    pub changes: Vec<String>,
    /// No other variant is shown to be better in cost or in the availability of a service without being shown to be worse
    /// in another of these: it is on the Pareto frontier of cost and availability, as far as can be told.
    pub on_frontier: bool,
    /// Whether each of its objectives is met, with confidence.
    pub objectives: Vec<VerdictOutcome>,
    /// What it asks for and the simulation leaves out.
    pub warnings: Vec<String>,
}

/// Which end of a figure is the good one.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Better {
    /// Less of it.
    Less,
    /// More of it.
    More,
    /// It depends: reserved room is well used, and is room that a failure would need.
    Neither,
}

/// A figure in every variant.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FigureComparison {
    /// Its path in `summary.json`; an element of a list is meant by its name.
    pub figure: String,
    /// What sort of number it is.
    pub kind: Kind,
    /// Which end is the good one.
    pub better: Better,
    /// The figure in each variant, in their order, with the 95 % interval of its mean by itself.
    pub values: Vec<FigureOutcome>,
    /// Values of single replications of each variant in ascending order, of headline figures: at most 1,023, evenly chosen.
    #[serde(skip)]
    pub samples: Vec<Vec<f64>>,
    /// The place of each variant, in their order.
    pub ranking: Vec<Rank>,
    /// The difference of each pair, those with the baseline first.
    pub differences: Vec<Difference>,
}

/// What is to be said of a difference.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// The variant is better than the other: the simultaneous interval leaves zero out.
    Better,
    /// It is worse.
    Worse,
    /// It has more, where more is neither better nor worse.
    More,
    /// It has less.
    Less,
    /// Zero lies in the simultaneous interval: they cannot be told apart.
    CannotTellApart,
    /// In no replication was there any difference.
    Identical,
}

/// How one variant differs from another in a figure.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The variant.
    pub variant: String,
    /// The one that it is compared with: differences are the variant less this one.
    pub to: String,
    /// Replications in which both have the figure.
    pub count: u64,
    /// Replications in which they differ.
    pub differing: u64,
    /// The mean difference.
    pub mean: Option<f64>,
    /// The standard deviation of the difference in one replication.
    pub standard_deviation: Option<f64>,
    /// The lower end of the simultaneous interval; `null` where it cannot be given.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// The lower end of the 95 % interval of this difference alone.
    pub single_low: Option<f64>,
    /// The upper end.
    pub single_high: Option<f64>,
    /// How the intervals were found.
    pub method: PairedMethod,
    /// The p-value of "no difference" by itself; `null` where there is none in any replication.
    pub p: Option<f64>,
    /// The same, adjusted for all comparisons after Holm.
    pub p_holm: Option<f64>,
    /// What is to be said of it.
    pub verdict: Verdict,
    /// How many times as many replications it would take to know the difference as well if the variants met different
    /// failures.
    pub gain: Option<f64>,
}

impl Comparison {
    /// The seconds that a replication measures.
    pub fn measured_seconds(&self) -> f64 {
        self.duration_seconds - self.warmup_seconds
    }

    /// The figure of a name.
    pub fn figure(&self, name: &str) -> Option<&FigureComparison> {
        self.figures.iter().find(|figure| figure.figure == name)
    }

    /// The position of the baseline.
    pub fn baseline_position(&self) -> usize {
        self.variants.iter().position(|one| one.name == self.baseline).unwrap_or(0)
    }
}

impl FigureComparison {
    /// The difference between two variants, whichever way round it was taken: `1.0` where it is as asked, `-1.0` where it is
    /// the other way.
    pub fn between(&self, variant: &str, to: &str) -> Option<(&Difference, f64)> {
        self.differences.iter().find_map(|one| {
            if one.variant == variant && one.to == to {
                Some((one, 1.0))
            } else if one.variant == to && one.to == variant {
                Some((one, -1.0))
            } else {
                None
            }
        })
    }
}

/// Which end of a figure is the good one.
fn better(name: &str) -> Better {
    match worse(name) {
        _ if is_neutral(name) => Better::Neither,
        Worse::Low => Better::More,
        Worse::High => Better::Less,
    }
}

/// Puts everything together.
pub(super) fn of(
    scenario: &str,
    contenders: &[Contender<'_>],
    design: &Design,
    sums: &Sums,
    catalog: &Catalog,
    firsts: &[Outcome],
    rule: Option<&Rule>,
) -> Comparison {
    let comparisons = sums.pairs.len() * sums.chosen.len();
    let level = simultaneous(LEVEL, comparisons);
    let names: Vec<&str> = contenders.iter().map(|one| one.name).collect();
    let p: Vec<Option<f64>> = sums.differences.iter().flatten().map(Paired::p).collect();
    let mut p = p.iter().zip(holm(&p));
    let mut figures: Vec<FigureComparison> = Vec::new();
    for (name, differences) in sums.chosen.iter().zip(&sums.differences) {
        let better = better(name);
        let differences: Vec<Difference> = sums
            .pairs
            .iter()
            .zip(differences)
            .map(|(pair, paired)| {
                let (single, adjusted) = p.next().map_or((None, None), |(p, adjusted)| (*p, adjusted));
                let gain = gain(sums, catalog, name, *pair, paired);
                Difference { p: single, p_holm: adjusted, gain, ..difference(&names, *pair, paired, level, better) }
            })
            .collect();
        let place = catalog.find(name);
        let kind = place.map_or(Kind::Number, |place| catalog.kind(place));
        let values: Vec<FigureOutcome> = sums
            .tallies
            .iter()
            .filter_map(|tally| Some(figure_of(Arc::clone(name), kind, tally.column(place?)?)))
            .collect();
        let column = |tally: &Tally| tally.column(place?)?.sample.as_ref().map(Sample::sorted);
        let samples = sums.tallies.iter().map(|tally| column(tally).unwrap_or_default()).collect();
        let ranking = ranking::rank(&names, &values, &differences);
        figures.push(FigureComparison {
            figure: name.to_string(),
            kind,
            better,
            values,
            samples,
            ranking,
            differences,
        });
    }
    let frontier = pareto::frontier(&names, &figures);
    let precision = rule.map(|rule| {
        let found = rule::worst(sums, catalog);
        ComparisonPrecision {
            wanted: rule.wanted,
            found: found.is_finite().then_some(found),
            reached: rule.reached,
            looks: rule.looks,
        }
    });
    let plan = contenders.first().map(|one| one.plan);
    Comparison {
        scenario: scenario.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: plan.map_or(0, |plan| plan.seed),
        duration_seconds: plan.map_or(0.0, |plan| plan.duration.seconds()),
        warmup_seconds: plan.map_or(0.0, |plan| plan.warmup.seconds()),
        replications: sums.replications,
        confidence: LEVEL,
        comparisons,
        single_level: level,
        precision,
        baseline: names.get(design.baseline).map_or_else(String::new, |name| (*name).to_owned()),
        variants: contenders
            .iter()
            .zip(&sums.tallies)
            .zip(frontier)
            .map(|((one, tally), on_frontier)| VariantOutcome {
                name: one.name.to_owned(),
                changes: one.changes.to_vec(),
                on_frontier,
                objectives: objectives(one.plan, tally, catalog),
                warnings: one.plan.warnings.clone(),
            })
            .collect(),
        reasons: reasons::of(&names, sums, &figures, firsts),
        figures,
        notes: notes(contenders, sums),
    }
}

/// Whether the objectives of a plan are met.
fn objectives(plan: &Plan, tally: &Tally, catalog: &Catalog) -> Vec<VerdictOutcome> {
    let column = |name: &str| {
        let place = catalog.find(name)?;
        Some((catalog.kind(place), tally.column(place)?))
    };
    (0..plan.objectives.len())
        .map(|at| verdict(plan, at, column(&objective(at)).map(|(_, column)| column), LEVEL, &column))
        .collect()
}

fn difference(names: &[&str], pair: Pair, paired: &Paired, level: f64, better: Better) -> Difference {
    let (all, single) = (paired.interval(level), paired.interval(LEVEL));
    let verdict = match (paired.is_identical(), all.excludes_zero(), better, paired.mean.mean > 0.0) {
        (true, ..) => Verdict::Identical,
        (_, false, ..) => Verdict::CannotTellApart,
        (_, _, Better::Neither, true) => Verdict::More,
        (_, _, Better::Neither, false) => Verdict::Less,
        (_, _, Better::More, true) | (_, _, Better::Less, false) => Verdict::Better,
        (_, _, Better::More, false) | (_, _, Better::Less, true) => Verdict::Worse,
    };
    let count = paired.mean.count;
    Difference {
        variant: names[pair.variant].to_owned(),
        to: names[pair.to].to_owned(),
        count,
        differing: paired.differing,
        mean: (count > 0).then_some(paired.mean.mean),
        standard_deviation: (count > 1).then(|| paired.mean.deviation()),
        low: all.low,
        high: all.high,
        single_low: single.low,
        single_high: single.high,
        method: all.method,
        p: None,
        p_holm: None,
        verdict,
        gain: None,
    }
}

/// The variance of the difference of independent runs over that of the paired ones.
fn gain(sums: &Sums, catalog: &Catalog, name: &str, pair: Pair, paired: &Paired) -> Option<f64> {
    let place = catalog.find(name)?;
    let variance = |plan: usize| Some(sums.tallies[plan].column(place)?.mean.deviation().powi(2));
    let gain = (variance(pair.variant)? + variance(pair.to)?) / paired.mean.deviation().powi(2);
    gain.is_finite().then_some(gain)
}

/// What is left out: services that not all variants have.
fn notes(contenders: &[Contender<'_>], sums: &Sums) -> Vec<String> {
    let mut lacking: Vec<String> = Vec::new();
    for one in contenders {
        for service in one.plan.fleet.services.values() {
            let is_compared = sums.services.contains(&service.name);
            let is_batch = service.scheduling == Scheduling::Standalone;
            if !is_compared && !is_batch && !lacking.contains(&service.name) {
                lacking.push(service.name.clone());
            }
        }
    }
    lacking
        .into_iter()
        .map(|name| format!("the service `{name}` is not in all variants, and is not compared"))
        .collect()
}
