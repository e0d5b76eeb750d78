//! Quantities as people write them: `30d`, `1h30m`, `512MiB`, `99.95%`.
//!
//! Each type carries its JSON Schema, so that an editor completes it and the checker of a scenario file says what it
//! expected.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::time::Span;

/// A text that is not the quantity that it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnitError(String);

/// Reads a length of time: one or more numbers with a unit, largest first, such as `30d`, `1h30m`, `1.5s`, `250ms`.
///
/// Units: `us`, `ms`, `s`, `m` (or `min`), `h`, `d`, `w`, `y` (365 days).
pub fn parse_span(text: &str) -> Result<Span, UnitError> {
    const UNITS: [(&str, f64); 11] = [
        ("us", 1e-6),
        ("ms", 1e-3),
        ("s", 1.0),
        ("sec", 1.0),
        ("m", 60.0),
        ("min", 60.0),
        ("h", 3_600.0),
        ("d", 86_400.0),
        ("w", 604_800.0),
        ("y", 31_536_000.0),
        ("", f64::NAN),
    ];
    let wrong =
        |why: &str| UnitError(format!("`{text}` is not a duration{why}: write it like 30d, 1h30m, 90s or 250ms"));
    let mut rest = text.trim();
    if rest == "forever" {
        return Ok(Span::FOREVER);
    }
    if rest.is_empty() {
        return Err(wrong(""));
    }
    if rest.starts_with('-') {
        return Err(wrong(" (it is negative)"));
    }
    let mut seconds = 0.0;
    let mut last = f64::INFINITY;
    while !rest.is_empty() {
        let (number, unit, after) = split_quantity(rest);
        let value: f64 = number.parse().map_err(|_| wrong(""))?;
        let Some(&(_, length)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(wrong(&format!(" (there is no unit `{unit}`)")));
        };
        if length.is_nan() {
            if value == 0.0 && text.trim() == number {
                return Ok(Span::ZERO);
            }
            return Err(wrong(&format!(" (`{number}` of what?)")));
        }
        if length >= last {
            return Err(wrong(" (the larger unit comes first, each once)"));
        }
        last = length;
        seconds += value * length;
        rest = after.trim_start();
    }
    if seconds > 1000.0 * 31_536_000.0 {
        return Err(wrong(" (it is over 1000 years)"));
    }
    Ok(Span::from_secs_f64(seconds))
}

/// Reads an amount of memory or an image size in MiB: `512MiB`, `2GiB`, `1.5 GB` (decimal), a bare number is MiB.
pub fn parse_mebibytes(text: &str) -> Result<f64, UnitError> {
    let wrong = |why: &str| UnitError(format!("`{text}` is not a size{why}: write it like 512MiB or 2GiB"));
    let (number, unit, after) = split_quantity(text.trim());
    if !after.trim().is_empty() {
        return Err(wrong(""));
    }
    let value: f64 = number.parse().map_err(|_| wrong(""))?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "kib" | "ki" => 1.0 / 1024.0,
        "" | "mib" | "mi" => 1.0,
        "gib" | "gi" => 1024.0,
        "tib" | "ti" => 1024.0 * 1024.0,
        "kb" => 1e3 / 1_048_576.0,
        "mb" => 1e6 / 1_048_576.0,
        "gb" => 1e9 / 1_048_576.0,
        "tb" => 1e12 / 1_048_576.0,
        other => return Err(wrong(&format!(" (there is no unit `{other}`)"))),
    };
    let mebibytes = value * factor;
    if mebibytes.is_finite() && mebibytes <= 1e9 { Ok(mebibytes) } else { Err(wrong(" (it is too large)")) }
}

/// Reads a share: `99.95%`, or a plain number from 0 to 1.
pub fn parse_share(text: &str) -> Result<f64, UnitError> {
    let wrong = |why: &str| UnitError(format!("`{text}` is not a share{why}: write it like 99.95% or 0.9995"));
    let trimmed = text.trim();
    let value = match trimmed.strip_suffix('%') {
        Some(number) => number.trim_end().parse::<f64>().map_err(|_| wrong(""))? / 100.0,
        None => trimmed.parse::<f64>().map_err(|_| wrong(""))?,
    };
    match value {
        0.0..=1.0 => Ok(value),
        // Most likely the percent sign is missing.
        1.0..=100.0 if !trimmed.ends_with('%') => {
            Err(UnitError(format!("`{text}` is not a share from 0 to 1: write `{trimmed}%` if it is a percentage")))
        }
        _ => Err(wrong(" (it lies outside 0 % to 100 %)")),
    }
}

/// Splits `1.5h30m` into `1.5`, `h` and `30m`.
fn split_quantity(text: &str) -> (&str, &str, &str) {
    let number_end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, rest) = text.split_at(number_end);
    let rest = rest.trim_start();
    let unit_end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (unit, after) = rest.split_at(unit_end);
    (number, unit, after)
}

/// A length of time in a scenario file.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Duration(pub Span);

/// An amount of memory, or the size of an image, in MiB.
#[derive(Copy, Clone, Debug, PartialEq, PartialOrd, Default)]
pub struct Size(pub f64);

/// A share from 0 to 1.
#[derive(Copy, Clone, Debug, PartialEq, PartialOrd, Default)]
pub struct Share(pub f64);

impl Duration {
    /// So many seconds.
    pub const fn secs(seconds: u64) -> Duration {
        Duration(Span::from_secs(seconds))
    }
}

impl Share {
    /// With a percent sign and as few digits as are read as this very share.
    pub fn as_percent(self) -> String {
        let written = |digits: usize| format!("{:.digits$}%", self.0 * 100.0);
        let is_exact = |text: &String| parse_share(text) == Ok(self.0);
        // Where no percentage gives the very bits, the text of a bare share does.
        (0..=18).map(written).find(is_exact).unwrap_or_else(|| self.0.to_string())
    }
}

/// Accepts a text, or a bare number where the unit allows it.
struct QuantityVisitor<T> {
    expecting: &'static str,
    parse: fn(&str) -> Result<T, UnitError>,
}

impl<T> de::Visitor<'_> for QuantityVisitor<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).map_err(E::custom)
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = QuantityVisitor { expecting: "a duration like 30d, 1h30m or 90s", parse: parse_span };
        deserializer.deserialize_any(visitor).map(Duration)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = QuantityVisitor { expecting: "a size like 512MiB or 2GiB", parse: parse_mebibytes };
        deserializer.deserialize_any(visitor).map(Size)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = QuantityVisitor { expecting: "a share like 99.95%", parse: parse_share };
        deserializer.deserialize_any(visitor).map(Share)
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Span::FOREVER => serializer.serialize_str("forever"),
            Span(micros) if micros % 1_000_000 == 0 => serializer.serialize_str(&format!("{}s", micros / 1_000_000)),
            Span(micros) if micros % 1_000 == 0 => serializer.serialize_str(&format!("{}ms", micros / 1_000)),
            Span(micros) => serializer.serialize_str(&format!("{micros}us")),
        }
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{}MiB", self.0))
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length of time such as 30d, 1h30m, 90s or 250ms.",
            "type": ["string", "integer"],
            "x-unit": "duration",
            "x-what": "a duration like 30d, 1h30m or 90s",
        })
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An amount of memory or an image size such as 512MiB or 2GiB; a bare number is MiB.",
            "type": ["string", "number"],
            "x-unit": "size",
            "x-what": "a size like 512MiB or 2GiB",
        })
    }
}

impl JsonSchema for Share {
    fn schema_name() -> Cow<'static, str> {
        "Share".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A share such as 99.95%, or a number from 0 to 1.",
            "type": ["string", "number"],
            "x-unit": "share",
            "x-what": "a share like 99.95% or 0.9995",
        })
    }
}

/// Checks a text against the unit that a schema names with `x-unit`; `None` where the unit is not one of ours.
pub fn check_unit(unit: &str, text: &str) -> Option<Result<(), UnitError>> {
    match unit {
        "duration" => Some(parse_span(text).map(drop)),
        "size" => Some(parse_mebibytes(text).map(drop)),
        "share" => Some(parse_share(text).map(drop)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let good = [
            ("30d", 2_592_000.0),
            ("1h30m", 5400.0),
            ("90s", 90.0),
            ("250ms", 0.25),
            ("1.5h", 5400.0),
            ("2 min", 120.0),
            ("0", 0.0),
            ("1d 2h", 93_600.0),
        ];
        for (text, seconds) in good {
            assert_eq!(parse_span(text), Ok(Span::from_secs_f64(seconds)), "{text}");
        }
        for text in ["", "abc", "30", "5 parsecs", "-3s", "30m1h", "1h1h", "1.2.3s", "9999999y", "s"] {
            assert!(parse_span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(parse_mebibytes("512MiB"), Ok(512.0));
        assert_eq!(parse_mebibytes("2 GiB"), Ok(2048.0));
        assert_eq!(parse_mebibytes("300"), Ok(300.0));
        assert!((parse_mebibytes("1GB").unwrap() - 953.674).abs() < 1e-3);
        for text in ["", "MiB", "-5", "5 apples", "5MiB more"] {
            assert!(parse_mebibytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shares() {
        assert!((parse_share("99.95%").unwrap() - 0.9995).abs() < 1e-12);
        assert_eq!(parse_share("0.25"), Ok(0.25));
        for text in ["101%", "1.5", "-1%", "much"] {
            assert!(parse_share(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shares_are_written_as_they_are_read() {
        assert_eq!(Share(0.75).as_percent(), "75%");
        assert_eq!(Share(0.9995).as_percent(), "99.95%");
        let thousandths = (0..=1000).map(|n| f64::from(n) / 1000.0);
        for share in thousandths.chain([1.0 / 3.0, 0.1 + 0.2, 1e-9, 0.999_999_999, f64::MIN_POSITIVE]) {
            assert_eq!(parse_share(&Share(share).as_percent()), Ok(share), "{share}");
        }
    }
}
