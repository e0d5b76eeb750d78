//! `resource.Quantity` as Kubernetes parses it (apimachinery, pkg/api/resource/quantity.go).
//!
//! A number with an optional sign, then a suffix: `n u m k M G T P E` (powers of ten), `Ki Mi Gi Ti Pi Ei` (powers of
//! two), or an exponent (`e3`, `E3`; a lone `E` is the suffix). What is smaller than a billionth is rounded up to one.
//! As there, digits may be missing altogether: `m` is 0.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// Why a text is no quantity, in Kubernetes' words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// It does not even look like one.
    #[error("a quantity is a number and a suffix, such as 100m, 1.5 or 512Mi, without spaces")]
    Format,
    /// The suffix is none.
    #[error("{0}")]
    Suffix(String),
}

/// An amount, exact to a billionth.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Quantity {
    nanos: i128,
}

/// The largest amount of a binary suffix (`maxAllowed`).
const MOST: i128 = i64::MAX as i128 * NANO;
const NANO: i128 = 1_000_000_000;
const NANO_DIGITS: i64 = 9;
/// Digits that an `i128` surely holds.
const DIGITS: usize = 37;

/// Suffixes that stand for a power of ten.
const DECIMAL: [(&str, i64); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
/// Suffixes that stand for a power of two.
const BINARY: [(&str, u32); 6] = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];

/// What a suffix multiplies with.
enum Factor {
    Ten(i64),
    Two(u32),
}

impl Quantity {
    /// Parses a quantity.
    ///
    /// # Errors
    /// What `ParseQuantity` refuses.
    pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::Format);
        }
        let (negative, rest) = match text.as_bytes()[0] {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, rest) = split_digits(rest);
        let (fraction, rest) = rest.strip_prefix('.').map_or(("", rest), split_digits);
        let factor = factor(rest)?;
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
        let places = fraction.len() as i64;
        let mut nanos = match factor {
            Factor::Ten(exponent) => scaled(&digits, exponent.saturating_sub(places).saturating_add(NANO_DIGITS)),
            Factor::Two(exponent) => scaled(&doubled(digits, exponent), NANO_DIGITS - places).min(MOST),
        };
        if negative {
            nanos = -nanos;
        }
        Ok(Quantity { nanos })
    }

    /// The amount in whole units, rounded away from 0 (`Value`); at the ends of the range where it lies beyond.
    pub fn value(self) -> i64 {
        self.rounded(NANO)
    }

    /// The amount in thousandths, rounded away from 0 (`MilliValue`); at the ends of the range where it lies beyond.
    pub fn milli_value(self) -> i64 {
        self.rounded(NANO / 1000)
    }

    /// Whether it is below 0.
    pub fn is_negative(self) -> bool {
        self.nanos < 0
    }

    /// Whether it is a whole number.
    pub fn is_whole(self) -> bool {
        self.nanos % NANO == 0
    }

    fn rounded(self, unit: i128) -> i64 {
        let value = self.nanos / unit + if self.nanos % unit == 0 { 0 } else { self.nanos.signum() };
        i64::try_from(value).unwrap_or(if value > 0 { i64::MAX } else { i64::MIN })
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

fn factor(suffix: &str) -> Result<Factor, QuantityError> {
    if let Some((_, exponent)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Ok(Factor::Ten(*exponent));
    }
    if let Some((_, exponent)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        return Ok(Factor::Two(*exponent));
    }
    let letters = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let exponent = letters.strip_prefix(['-', '+']).unwrap_or(letters);
    if !exponent.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(match meant(suffix) {
            Some(meant) => no_suffix(suffix, meant),
            None => QuantityError::Format,
        });
    }
    let power = suffix.strip_prefix(['e', 'E']).map(str::parse::<i64>);
    match power {
        Some(Ok(power)) => Ok(Factor::Ten(power)),
        _ => Err(match meant(suffix) {
            Some(meant) => no_suffix(suffix, meant),
            None => QuantityError::Suffix(format!(
                "there is no suffix `{suffix}`: they are n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei and exponents like e3"
            )),
        }),
    }
}

fn no_suffix(suffix: &str, meant: &str) -> QuantityError {
    QuantityError::Suffix(format!("there is no suffix `{suffix}`; did you mean `{meant}`?"))
}

/// The suffix that people likely mean by one of other tools, or by another spelling.
fn meant(suffix: &str) -> Option<&'static str> {
    Some(match suffix.trim() {
        "K" | "KB" | "kB" | "kb" => "k",
        "ki" | "KI" | "KiB" | "kib" => "Ki",
        "MB" | "mb" => "M",
        "mi" | "MI" | "MiB" | "mib" => "Mi",
        "GB" | "gb" | "g" => "G",
        "gi" | "GI" | "GiB" | "gib" => "Gi",
        "TB" | "tb" | "t" => "T",
        "ti" | "TI" | "TiB" => "Ti",
        "PB" | "p" => "P",
        "PiB" => "Pi",
        _ => return None,
    })
}

/// Digits times 2 to the power of `exponent`.
fn doubled(mut digits: Vec<u8>, exponent: u32) -> Vec<u8> {
    for _ in 0..exponent {
        let mut carry = 0;
        for digit in digits.iter_mut().rev() {
            let twice = *digit * 2 + carry;
            *digit = twice % 10;
            carry = twice / 10;
        }
        if carry > 0 {
            digits.insert(0, carry);
        }
    }
    digits
}

/// Digits times 10 to the power of `exponent`, rounded up; at the end of the range where it lies beyond.
fn scaled(digits: &[u8], exponent: i64) -> i128 {
    let Some(first) = digits.iter().position(|digit| *digit != 0) else { return 0 };
    let digits = &digits[first..];
    let length = digits.len() as i64;
    let kept = length.saturating_add(exponent);
    if kept > DIGITS as i64 {
        return i128::MAX / 2;
    }
    let mut value: i128 = 0;
    for place in 0..kept.max(0) {
        let digit = usize::try_from(place).ok().and_then(|place| digits.get(place)).copied().unwrap_or(0);
        value = value * 10 + i128::from(digit);
    }
    let cut = digits.iter().skip(usize::try_from(kept.max(0)).unwrap_or(usize::MAX)).any(|digit| *digit != 0);
    value + i128::from(cut)
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Quantity;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a quantity like 100m or 512Mi")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Quantity, E> {
                Quantity::parse(text).map_err(E::custom)
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Quantity, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Quantity, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Quantity, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Quantity {
    fn schema_name() -> Cow<'static, str> {
        "Quantity".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An amount such as 100m, 1.5, 512Mi or 1e3.",
            "type": ["string", "number"],
            "x-unit": "quantity",
            "x-what": "a quantity like 100m, 1.5 or 512Mi",
        })
    }
}

#[cfg(test)]
mod tests;
