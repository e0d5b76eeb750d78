//! What an experiment has found, as `experiment.json` has it. Units and `null` are those of `summary.json`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::stats::interval::{self, Interval, Method, Range};
use crate::stats::sample::Sample;

use super::figures::{Catalog, Kind};
use super::tally::{Column, Tally};

/// The confidence of every interval.
pub const LEVEL: f64 = 0.95;

/// Everything that an experiment has found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Experiment {
    /// The scenario's name.
    pub scenario: String,
    /// The version of Longshore.
    pub version: String,
    /// The seed. Replication `k` is run by itself with `--replication k` and this seed.
    pub seed: u64,
    /// The length of each replication, warm-up included.
    pub duration_seconds: f64,
    /// The warm-up, which is left out of every figure.
    pub warmup_seconds: f64,
    /// Replications, numbered from 0.
    pub replications: u64,
    /// The confidence of the intervals.
    pub confidence: f64,
    /// Whether the precision that was asked for was reached; `null` where none was.
    pub precision: Option<PrecisionOutcome>,
    /// The worst replication: the one with the lowest service availability over all services; of several, the one with the
    /// most lost task-time; then the first.
    pub worst: WorstOutcome,
    /// Whether the warm-up is long enough, as far as the data say.
    pub warmup: WarmupOutcome,
    /// Whether each objective is met, with confidence.
    pub objectives: Vec<VerdictOutcome>,
    /// Every figure of `summary.json` over the replications, in its order.
    pub figures: Vec<FigureOutcome>,
    /// What the scenario asks for and the simulation leaves out.
    pub warnings: Vec<String>,
}

/// A figure over the replications.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FigureOutcome {
    /// Its path in `summary.json`; an element of a list is meant by its name.
    #[schemars(with = "String")]
    #[serde(serialize_with = "text")]
    pub figure: Arc<str>,
    /// What sort of number it is.
    pub kind: Kind,
    /// Replications that have the figure: in the others it is `null`.
    pub count: u64,
    /// The mean over these replications.
    pub mean: Option<f64>,
    /// The standard deviation of one replication.
    pub standard_deviation: Option<f64>,
    /// The lower end of the mean's 95 % interval; `null` where it cannot be given.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How the interval was found.
    pub method: Method,
    /// The least value.
    pub min: Option<f64>,
    /// The greatest value.
    pub max: Option<f64>,
    /// The replication with the worst value (the least availability, the greatest loss), the first of several.
    pub worst_replication: Option<u64>,
    /// The distribution over the replications, of the headline figures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub quantiles: Vec<QuantileOutcome>,
    /// Values of single replications in ascending order, of the headline figures of an experiment: all of up to 1,023
    /// replications, of more at least 512, evenly chosen.
    #[serde(skip)]
    pub sample: Vec<f64>,
}

fn text<S: serde::Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// A quantile of a figure over the replications.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuantileOutcome {
    /// The share of the replications that does not exceed the value.
    pub level: f64,
    /// The value; from at most 1,023 of the replications, evenly chosen.
    pub value: f64,
    /// The lower end of its interval of at least 95 %, by order statistics; `null` with too few replications.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// The precision that was asked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrecisionOutcome {
    /// The half-width that was wanted, relative to the mean.
    pub wanted: f64,
    /// Whether it was reached, at two looks in a row.
    pub reached: bool,
    /// Looks at the data.
    pub looks: u32,
    /// The figures that it was wanted of.
    pub figures: Vec<ReachedOutcome>,
}

/// The precision of a figure.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReachedOutcome {
    /// Which; for an availability its distance from 1 counts.
    pub figure: String,
    /// The half-width relative to the mean; `null` where it is not known.
    pub reached: Option<f64>,
}

/// The worst replication: `longshore run SCENARIO --seed SEED --replication NUMBER` runs it again, with everything that a single
/// run leaves.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorstOutcome {
    /// Its number.
    pub replication: u64,
    /// The seed, which is the scenario's.
    pub seed: u64,
    /// The lowest service availability of a service in it; `null` without services.
    pub service_availability: Option<f64>,
    /// Lost task-seconds over all services in it.
    pub lost_task_seconds: f64,
}

/// Whether the warm-up is long enough.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WarmupOutcome {
    /// Whether a warning is due.
    pub too_short: bool,
    /// Where MSER-5 would cut the mean course of healthy tasks, in seconds; `null` with too few replications.
    pub suggested_seconds: Option<f64>,
    /// By how much the mean of healthy tasks before that point and after the given warm-up differs from that of the rest.
    pub difference: Option<f64>,
}

/// What is to be said of an objective.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// The whole interval is on the right side; or what must be survived is survived.
    Met,
    /// The whole interval is on the wrong side; or what must be survived is not.
    Missed,
    /// The interval has the promise within: more replications would tell.
    Undecided,
}

/// An objective and what became of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerdictOutcome {
    /// What was wanted, as a sentence.
    pub objective: String,
    /// What was found, as people write it.
    pub found: String,
    /// Whether it is met.
    pub verdict: Verdict,
    /// The share of the replications in which it was met. What a scenario promises to survive holds for all of them or for
    /// none: 1 or 0.
    pub met_share: f64,
    /// The mean that the promise is about; `None` where it is about single events or about several zones.
    #[serde(skip)]
    pub promise: Option<Promise>,
    /// Of an undecided one that every replication has kept perfectly: the replications that decide it, should all be like these.
    #[serde(skip)]
    pub decided_by: Option<u64>,
}

/// A promise about the mean of a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    /// The figure's path in `summary.json`.
    pub figure: String,
    /// The least or the greatest mean that keeps it.
    pub bound: f64,
}

impl Kind {
    /// What values it can have, for an interval.
    pub fn range(self) -> Range {
        match self {
            Kind::Share => Range::Share,
            Kind::Count => Range::Count,
            Kind::Seconds | Kind::Usd | Kind::Number => Range::Positive,
        }
    }
}

impl Column {
    /// The interval of the mean.
    pub fn interval(&self, kind: Kind) -> Interval {
        self.interval_at(kind, LEVEL)
    }

    /// The interval of the mean with another confidence.
    pub fn interval_at(&self, kind: Kind, level: f64) -> Interval {
        interval::of_mean(&self.mean, self.min.0, self.max.0, kind.range(), level)
    }
}

/// Levels of the quantiles that are told.
const LEVELS: [f64; 3] = [0.05, 0.5, 0.95];

/// The figures of one plan, in the order of `names` (see [`super::figures::names`]).
pub fn figures(tally: &Tally, catalog: &Catalog, names: &[Arc<str>]) -> Vec<FigureOutcome> {
    let known = catalog.figures();
    let order = catalog.order(names);
    order
        .into_iter()
        .filter_map(|place| {
            let (figure, column) = (&known[place], tally.column(place)?);
            let sample = column.sample.as_ref().map(Sample::sorted).unwrap_or_default();
            Some(FigureOutcome { sample, ..figure_of(figure.name.clone(), figure.kind, column) })
        })
        .collect()
}

/// What is known of one figure, without the values of single replications.
pub fn figure_of(name: Arc<str>, kind: Kind, column: &Column) -> FigureOutcome {
    let any = column.mean.count > 0;
    let interval = column.interval(kind);
    let quantile = |level| {
        let found = column.sample.as_ref()?.quantile(level, LEVEL)?;
        Some(QuantileOutcome { level, value: found.value, low: found.low, high: found.high })
    };
    FigureOutcome {
        figure: name,
        kind,
        count: column.mean.count,
        mean: any.then_some(column.mean.mean),
        standard_deviation: (column.mean.count > 1).then(|| column.mean.deviation()),
        low: interval.low,
        high: interval.high,
        method: interval.method,
        min: any.then_some(column.min.0),
        max: any.then_some(column.max.0),
        worst_replication: column.worst().map(|(_, number)| number),
        quantiles: LEVELS.into_iter().filter_map(quantile).collect(),
        sample: Vec::new(),
    }
}
