//! How a scenario file writes a random length of time.
//!
//! A plain duration is a constant. Otherwise a map with the name of the law:
//! `{exponential: {mean: 60d}}`, `{weibull: {shape: 0.7, mean: 5d}}`, `{lognormal: {median: 3h, sigma: 0.8}}`,
//! `{lognormal: {mean: 10m, cv: 1.5}}`, `{gamma: {shape: 3, mean: 1h}}`, `{uniform: {low: 1s, high: 10s}}`,
//! `{empirical: {file: repairs.csv, column: hours, unit: h}}`: by mean, median or scale, as the literature gives them.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::distribution::ContinuousCDF;
use statrs::function::gamma::gamma;

use super::Distribution;
use super::table::Table;
use crate::base::time::Span;
use crate::base::units::{self, Duration};

/// A length of time that may vary: a plain duration, or a law.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "distribution", extend("x-what" = "a duration like 30s, or a distribution like {exponential: {mean: 60d}}"))]
pub enum Spec {
    /// Always the same.
    Constant(Duration),
    /// Drawn from a law.
    Law(LawSpec),
}

/// A law by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "distribution")]
pub enum LawSpec {
    /// Always the same.
    Constant(ConstantSpec),
    /// Memoryless.
    Exponential(ExponentialSpec),
    /// P(X > x) = exp(-(x/scale)^shape); shape below 1 is infant mortality.
    Weibull(ShapedSpec),
    /// exp(normal); give median and sigma, mean and cv, or mu and sigma (of the logarithm of seconds).
    Lognormal(LognormalSpec),
    /// Sum of `shape` exponential steps.
    Gamma(ShapedSpec),
    /// Any length between two ends.
    Uniform(UniformSpec),
    /// Observed values from a column of a CSV file.
    Empirical(EmpiricalSpec),
}

/// Always the same length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "constant")]
pub struct ConstantSpec {
    /// The length.
    pub value: Duration,
}

/// The exponential law; give one of mean and median.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "exponential distribution")]
pub struct ExponentialSpec {
    /// The mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<Duration>,
    /// The median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<Duration>,
}

/// A law with a shape; give one of mean, median and scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "distribution with a shape")]
pub struct ShapedSpec {
    /// The shape, above 0.
    pub shape: f64,
    /// The mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<Duration>,
    /// The median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<Duration>,
    /// The scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Duration>,
}

/// The lognormal law; give median and sigma, mean and sigma, mean and cv, or mu and sigma.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "lognormal distribution")]
pub struct LognormalSpec {
    /// The median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<Duration>,
    /// The mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<Duration>,
    /// The mean of the natural logarithm of the seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mu: Option<f64>,
    /// The standard deviation of the natural logarithm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigma: Option<f64>,
    /// The coefficient of variation: standard deviation over mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cv: Option<f64>,
}

/// Uniform between two ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "uniform distribution")]
pub struct UniformSpec {
    /// The lower end.
    pub low: Duration,
    /// The upper end.
    pub high: Duration,
}

/// Observed values from a CSV file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "empirical distribution")]
pub struct EmpiricalSpec {
    /// The CSV file, relative to the scenario file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The text of such a file, in place of `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csv: Option<String>,
    /// The column's heading.
    pub column: String,
    /// The unit of plain numbers: us, ms, s (default), m, h or d.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

impl From<Duration> for Spec {
    fn from(duration: Duration) -> Self {
        Spec::Constant(duration)
    }
}

impl Spec {
    /// The law as a file would give it. Observed values cannot be written back: they become their mean.
    pub fn from_law(law: &Distribution) -> Spec {
        let duration = |seconds: f64| Some(Duration(Span::from_secs_f64(seconds)));
        let shaped = |shape: f64, scale: f64| ShapedSpec { shape, mean: None, median: None, scale: duration(scale) };
        Spec::Law(match law {
            Distribution::Constant(span) => return Spec::Constant(Duration(*span)),
            Distribution::Empirical(_) => return Spec::Constant(Duration(Span::from_secs_f64(law.mean()))),
            Distribution::Exponential { mean } => {
                LawSpec::Exponential(ExponentialSpec { mean: duration(*mean), median: None })
            }
            Distribution::Weibull { shape, scale } => LawSpec::Weibull(shaped(*shape, *scale)),
            Distribution::Gamma { shape, scale } => LawSpec::Gamma(shaped(*shape, *scale)),
            Distribution::LogNormal { mu, sigma } => LawSpec::Lognormal(LognormalSpec {
                median: None,
                mean: None,
                mu: Some(*mu),
                sigma: Some(*sigma),
                cv: None,
            }),
            Distribution::Uniform { low, high } => LawSpec::Uniform(UniformSpec {
                low: Duration(Span::from_secs_f64(*low)),
                high: Duration(Span::from_secs_f64(*high)),
            }),
        })
    }

    /// The same law with its numbers checked and its file read. `base` is the folder that file names are relative to.
    ///
    /// # Errors
    /// A sentence that says which parameter is wrong and what would be right.
    pub fn resolve(&self, base: &Path) -> Result<Distribution, String> {
        match self {
            Spec::Constant(value) => Ok(Distribution::Constant(value.0)),
            Spec::Law(LawSpec::Constant(law)) => Ok(Distribution::Constant(law.value.0)),
            Spec::Law(LawSpec::Exponential(law)) => {
                let mean = match (law.mean, law.median) {
                    (Some(mean), None) => seconds(mean, "mean")?,
                    (None, Some(median)) => seconds(median, "median")? / std::f64::consts::LN_2,
                    _ => return Err("an exponential law needs either `mean` or `median`".into()),
                };
                Ok(Distribution::Exponential { mean })
            }
            Spec::Law(LawSpec::Weibull(law)) => {
                let shape = shape(law.shape)?;
                let scale = match (law.mean, law.median, law.scale) {
                    (Some(mean), None, None) => seconds(mean, "mean")? / gamma(1.0 + 1.0 / shape),
                    (None, Some(median), None) => seconds(median, "median")? / std::f64::consts::LN_2.powf(1.0 / shape),
                    (None, None, Some(scale)) => seconds(scale, "scale")?,
                    _ => return Err("a weibull law needs `shape` and one of `mean`, `median` and `scale`".into()),
                };
                Ok(Distribution::Weibull { shape, scale })
            }
            Spec::Law(LawSpec::Gamma(law)) => {
                let shape = shape(law.shape)?;
                let scale = match (law.mean, law.median, law.scale) {
                    (Some(mean), None, None) => seconds(mean, "mean")? / shape,
                    (None, Some(median), None) => seconds(median, "median")? / gamma_median(shape)?,
                    (None, None, Some(scale)) => seconds(scale, "scale")?,
                    _ => return Err("a gamma law needs `shape` and one of `mean`, `median` and `scale`".into()),
                };
                Ok(Distribution::Gamma { shape, scale })
            }
            Spec::Law(LawSpec::Lognormal(law)) => lognormal(law),
            Spec::Law(LawSpec::Uniform(law)) => {
                let (low, high) = (law.low.0.seconds(), law.high.0.seconds());
                if low > high {
                    return Err(format!("`low` ({}) must not exceed `high` ({})", law.low.0, law.high.0));
                }
                Ok(Distribution::Uniform { low, high })
            }
            Spec::Law(LawSpec::Empirical(law)) => empirical(law, base),
        }
    }
}

fn positive(value: f64, name: &str) -> Result<f64, String> {
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(format!("`{name}` must be above 0, found {value}")) }
}

/// Beyond these ends the laws are a constant, or nearly always zero.
fn shape(value: f64) -> Result<f64, String> {
    if (0.05..=10_000.0).contains(&value) {
        Ok(value)
    } else {
        Err(format!("`shape` must lie between 0.05 and 10000, found {value}"))
    }
}

fn seconds(duration: Duration, name: &str) -> Result<f64, String> {
    positive(duration.0.seconds(), name)
}

/// The median of the gamma law of scale 1, which has no closed form.
fn gamma_median(shape: f64) -> Result<f64, String> {
    let law = statrs::distribution::Gamma::new(shape, 1.0).map_err(|error| error.to_string())?;
    positive(law.inverse_cdf(0.5), "median")
}

fn lognormal(law: &LognormalSpec) -> Result<Distribution, String> {
    let sigma = match (law.sigma, law.cv) {
        (Some(sigma), None) if (0.0..=10.0).contains(&sigma) => sigma,
        (Some(sigma), None) => return Err(format!("`sigma` must lie between 0 and 10, found {sigma}")),
        (None, Some(cv)) if cv <= 1e6 => (1.0 + positive(cv, "cv")?.powi(2)).ln().sqrt(),
        (None, Some(cv)) => return Err(format!("`cv` must be at most 1000000, found {cv}")),
        _ => return Err("a lognormal law needs either `sigma` or `cv`".into()),
    };
    let mu = match (law.median, law.mean, law.mu) {
        (Some(median), None, None) => seconds(median, "median")?.ln(),
        (None, Some(mean), None) => seconds(mean, "mean")?.ln() - sigma * sigma / 2.0,
        (None, None, Some(mu)) if mu.is_finite() && mu.abs() < 100.0 => mu,
        (None, None, Some(mu)) => {
            return Err(format!("`mu` is the mean of the logarithm of seconds, from -100 to 100, found {mu}"));
        }
        _ => return Err("a lognormal law needs one of `median`, `mean` and `mu`".into()),
    };
    Ok(Distribution::LogNormal { mu, sigma })
}

fn empirical(law: &EmpiricalSpec, base: &Path) -> Result<Distribution, String> {
    let unit = law.unit.as_deref().unwrap_or("s");
    units::parse_span(&format!("1{unit}"))
        .map_err(|_| format!("there is no unit `{unit}`: use us, ms, s, m, h or d"))?;
    let table = Table::of(law.file.as_deref(), law.csv.as_deref(), base)?;
    let (name, shown) = (table.name, table.shown);
    let cannot = |error: csv::Error| format!("cannot read `{shown}`: {error}");
    let mut reader = table.reader.map_err(cannot)?;
    let headings = reader.headers().map_err(cannot)?.clone();
    let Some(column) = headings.iter().position(|heading| heading.trim() == law.column) else {
        let known = headings.iter().collect::<Vec<_>>().join(", ");
        return Err(format!("`{name}` has no column `{}`; it has: {known}", law.column));
    };
    let mut values = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| format!("cannot read `{name}`: {error}"))?;
        let text = record.get(column).unwrap_or("").trim();
        let bare = text.parse::<f64>().is_ok();
        let written = if bare { format!("{text}{unit}") } else { text.to_owned() };
        let span = units::parse_span(&written)
            .map_err(|error| format!("row {} of `{name}`, column `{}`: {error}", row + 2, law.column))?;
        values.push(span.seconds());
    }
    if values.is_empty() {
        return Err(format!("column `{}` of `{name}` is empty", law.column));
    }
    Ok(Distribution::Empirical(values.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn resolve(value: serde_json::Value) -> Result<Distribution, String> {
        serde_json::from_value::<Spec>(value).unwrap().resolve(Path::new("."))
    }

    #[test]
    fn each_way_of_giving_a_law_meets_the_same_mean() {
        let hour = 3600.0;
        for value in [
            json!("1h"),
            json!({"constant": {"value": "1h"}}),
            json!({"exponential": {"mean": "1h"}}),
            json!({"weibull": {"shape": 0.7, "mean": "1h"}}),
            json!({"lognormal": {"mean": "1h", "cv": 1.5}}),
            json!({"lognormal": {"mean": "1h", "sigma": 0.8}}),
            json!({"gamma": {"shape": 3.0, "mean": "1h"}}),
            json!({"uniform": {"low": "30m", "high": "90m"}}),
        ] {
            let mean = resolve(value.clone()).unwrap().mean();
            assert!((mean - hour).abs() < 1e-6 * hour, "{value}: {mean}");
        }
    }

    #[test]
    fn medians() {
        let Ok(Distribution::LogNormal { mu, .. }) = resolve(json!({"lognormal": {"median": "1h", "sigma": 0.8}}))
        else {
            panic!()
        };
        assert!((mu.exp() - 3600.0).abs() < 1e-6);
        let Ok(Distribution::Weibull { shape, scale }) = resolve(json!({"weibull": {"shape": 2.0, "median": "1h"}}))
        else {
            panic!()
        };
        assert!(((-(3600.0 / scale).powf(shape)).exp() - 0.5).abs() < 1e-9);
        // Shape 1 is the exponential law with its median at ln 2; shape 1/2 is half a chi-square of one degree of freedom,
        // whose median is 0.454936423119573; shape 3 has its median at 2.674060313723560.
        for (shape, median) in
            [(1.0, std::f64::consts::LN_2), (0.5, 0.227_468_211_559_786), (3.0, 2.674_060_313_723_56)]
        {
            let law = resolve(json!({"gamma": {"shape": shape, "median": "1h"}})).unwrap();
            let Distribution::Gamma { scale, .. } = law else { panic!() };
            assert!((scale * median - 3600.0).abs() < 1e-3, "shape {shape}: {scale}");
        }
    }

    #[test]
    fn wrong_parameters_are_named() {
        for (value, word) in [
            (json!({"exponential": {}}), "mean"),
            (json!({"exponential": {"mean": "0s"}}), "mean"),
            (json!({"weibull": {"shape": -1.0, "mean": "1h"}}), "shape"),
            (json!({"weibull": {"shape": 1.0, "mean": "1h", "scale": "1h"}}), "one of"),
            (json!({"lognormal": {"median": "1h"}}), "sigma"),
            (json!({"uniform": {"low": "2s", "high": "1s"}}), "low"),
            (json!({"empirical": {"file": "no-such.csv", "column": "x"}}), "no-such.csv"),
        ] {
            let error = resolve(value.clone()).unwrap_err();
            assert!(error.contains(word), "{value}: {error}");
        }
    }
}
