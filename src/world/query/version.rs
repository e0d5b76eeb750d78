//! Container agent versions such as `1.14.5`, ordered by number.

use std::fmt;

/// Up to four whole numbers; a missing one counts as 0, so `1.14` equals `1.14.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version([u32; 4]);

impl Version {
    /// Reads a version as an expression must write it: numbers joined by full stops, no more.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut numbers = [0; 4];
        let mut parts = text.split('.');
        for (slot, part) in numbers.iter_mut().zip(&mut parts) {
            // `str::parse` alone would take a leading plus sign.
            if !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            *slot = part.parse().ok()?;
        }
        parts.next().is_none().then_some(Self(numbers))
    }

    /// Reads the version an agent reports, which may carry a suffix (`1.105.1-beta`): the suffix
    /// does not take part in comparisons.
    pub(super) fn parse_reported(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        Self::parse(&text[..end])
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch, build] = self.0;
        write!(f, "{major}.{minor}.{patch}")?;
        if build > 0 {
            write!(f, ".{build}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).expect("a version")
    }

    #[test]
    fn orders_by_number_not_by_text() {
        assert!(version("1.9.0") < version("1.14.5"));
        assert!(version("1.105.1") > version("1.14.5"));
        assert!(version("1.14.5.1") > version("1.14.5"));
        assert_eq!(version("1.14"), version("1.14.0"));
    }

    #[test]
    fn takes_numbers_and_nothing_else() {
        for bad in ["", "v1", "1.", ".1", "1..2", "+1.2", "1.2.3.4.5", "1.2-a", "4294967296", "１"] {
            assert_eq!(Version::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_reported_suffix_is_left_out() {
        assert_eq!(Version::parse_reported("1.105.1-beta"), Version::parse("1.105.1"));
        assert_eq!(Version::parse_reported("v1.2"), None);
        assert_eq!(Version::parse_reported(""), None);
    }

    #[test]
    fn prints_what_it_read() {
        assert_eq!(version("1.14.5").to_string(), "1.14.5");
        assert_eq!(version("1").to_string(), "1.0.0");
        assert_eq!(version("1.2.3.4").to_string(), "1.2.3.4");
    }
}
