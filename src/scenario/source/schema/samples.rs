//! Types as a scenario has them, one for each shape of schema that is met.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value as Json, json};

/// The schema of [`Scenario`].
pub fn schema() -> Json {
    schemars::schema_for!(Scenario).to_value()
}

/// A document that uses every field.
pub fn full() -> Json {
    json!({
        "name": "web", "seed": 7, "duration": "30d", "tags": {"team": "a"},
        "services": [
            {"name": "web", "desiredCount": 3, "placement": {"type": "spread", "field": "zone", "skew": 2},
             "memory": 512, "launch": "ec2", "weight": 0.5, "ports": [80, "http"], "window": [1, 2]},
            {"name": "db", "desiredCount": 0, "placement": {"type": "random"}, "memory": "512MiB",
             "launch": "fargate", "limits": null, "check": "none"},
            {"name": "x", "desiredCount": 1, "check": {"http": {"path": "/", "every": "30s"}},
             "limits": {"min": 1, "max": 2}, "cpu": {"units": 5}},
        ],
        "failures": {"crash": {"rate": 0.5}, "zone": {"rate": 1}},
        "levels": {"low": 1, "high": 2}, "numbered": {"1": "a"}, "extra": [1, {"any": null}],
        "tree": {"left": {"right": {}}},
    })
}

/// What is simulated.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code)]
pub struct Scenario {
    /// What the scenario is called. Shown in reports.
    name: String,
    seed: Option<u64>,
    /// How long is simulated.
    duration: Duration,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    /// The services that run.
    #[serde(default)]
    services: Vec<Service>,
    #[serde(default)]
    failures: BTreeMap<String, Failure>,
    #[serde(default)]
    levels: BTreeMap<Level, i8>,
    #[serde(default)]
    numbered: BTreeMap<u32, String>,
    extra: Option<Json>,
    tree: Option<Box<Tree>>,
}

#[derive(Deserialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    Low,
    High,
}

/// How often something fails.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code)]
pub struct Failure {
    /// Failures a day.
    #[schemars(range(min = 0.0))]
    rate: f64,
}

/// A value that holds its like.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code)]
pub struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

/// A number of tasks that are kept running.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code)]
pub struct Service {
    /// What the service is called.
    #[schemars(length(min = 1))]
    name: String,
    /// How many tasks are wanted. The scheduler keeps to it.
    desired_count: u32,
    #[serde(default)]
    placement: Option<Placement>,
    memory: Option<Memory>,
    #[serde(default)]
    launch: Option<Launch>,
    #[schemars(range(min = 0.0, max = 1.0))]
    weight: Option<f64>,
    #[serde(default)]
    #[schemars(length(max = 3))]
    ports: Vec<Port>,
    window: Option<(u8, u8)>,
    check: Option<Check>,
    limits: Option<Limits>,
    cpu: Option<Cpu>,
}

/// Where tasks are put.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code)]
pub enum Placement {
    /// Anywhere.
    Random {},
    /// Evenly.
    Spread {
        /// Over the values of this attribute.
        field: String,
        skew: Option<u32>,
    },
    Binpack(Binpack),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code)]
pub struct Binpack {
    field: String,
}

/// What tasks run on.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Launch {
    /// On instances of one's own.
    Ec2,
    /// On instances of somebody else's.
    Fargate,
    External,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code)]
pub enum Port {
    Number(u16),
    Name(String),
}

/// How health is checked.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code)]
pub enum Check {
    None,
    #[serde(rename_all = "camelCase")]
    Http {
        path: String,
        every: Duration,
    },
    Tcp(TcpCheck),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code)]
pub struct TcpCheck {
    port: u16,
}

/// Limits, written either way.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code)]
pub enum Limits {
    Range(MinMax),
    Steps(Steps),
    Exact(u32),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code)]
pub struct MinMax {
    min: u32,
    max: u32,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code)]
pub struct Steps {
    steps: Vec<u32>,
    every: Option<Duration>,
}

/// Settings beside a part that is shared with others.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code)]
pub struct Cpu {
    burst: Option<bool>,
    #[serde(flatten)]
    shared: Shared,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code)]
pub struct Shared {
    units: u32,
}

/// A span of time.
pub struct Duration;

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_duration(&text).map(|()| Self).map_err(de::Error::custom)
    }
}

/// The grammar of the sample's durations: numbers, each with a unit.
pub fn parse_duration(text: &str) -> Result<(), String> {
    let mut rest = text;
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let unit = rest[digits..].chars().next();
        if digits == 0 || !matches!(unit, Some('s' | 'm' | 'h' | 'd')) {
            return Err(format!("`{rest}` is no number with a unit (s, m, h or d)"));
        }
        rest = &rest[digits + 1..];
    }
    Ok(())
}

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "x-unit": "duration",
            "x-examples": ["30d", "90s", "1h30m"],
        })
    }
}

/// An amount of memory: a number of MiB, or text with a unit.
pub struct Memory;

impl<'de> Deserialize<'de> for Memory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Number(number) if number.is_u64() => Ok(Self),
            Json::String(text) if text.ends_with("iB") => Ok(Self),
            _ => Err(de::Error::custom("no memory size")),
        }
    }
}

impl JsonSchema for Memory {
    fn schema_name() -> Cow<'static, str> {
        "Memory".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "minimum": 0,
            "pattern": "iB$",
            "x-what": "a memory size like 512MiB or 2GiB",
        })
    }
}
