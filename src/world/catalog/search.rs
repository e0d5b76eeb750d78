//! Finding types by a part of the name, a pattern, or a misspelling.

use super::{InstanceType, all};

/// The types a user means by `pattern`, in the order of [`all`].
///
/// A pattern with `*` (any characters, also none) or `?` (one character) must fit the whole name; one
/// without matches names that contain it. Upper and lower case are the same, and an empty pattern matches
/// every type. A full stop is itself, so unlike the pattern of a placement constraint `t3.*` leaves
/// `t3a.micro` out.
pub fn matching(pattern: &str) -> impl Iterator<Item = InstanceType> {
    let pattern = pattern.to_ascii_lowercase();
    let is_glob = pattern.contains(['*', '?']);
    let fits = move |entry: &InstanceType| {
        if is_glob { glob(pattern.as_bytes(), entry.name.as_bytes()) } else { entry.name.contains(&pattern) }
    };
    all().iter().copied().filter(fits)
}

/// The name closest to a mistyped one, for "did you mean"; none if no name is close.
///
/// A size that does not exist in a family that does (`m5.9xlarge`) gets a size of the same family.
pub fn nearest(name: &str) -> Option<&'static str> {
    let lower = name.trim().to_ascii_lowercase();
    let family = lower.split('.').next().unwrap_or_default();
    let names = || all().iter().filter(|entry| entry.family() == family).map(|entry| entry.name);
    crate::base::nearest::nearest(&lower, names())
        .or_else(|| crate::base::nearest::nearest(&lower, all().iter().map(|entry| entry.name)))
}

/// Whether the glob fits the whole of the text. Names are ASCII, so bytes are characters.
///
/// Only the last star is ever tried again: once a later star is reached, giving an earlier one more of the
/// text cannot help. So the time is at most the product of the lengths, whatever the pattern.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(&c) if c == b'?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after_star, taken_to)) = retry else { return false };
                retry = Some((after_star, taken_to + 1));
                p = after_star;
                t = taken_to + 1;
            }
        }
    }
    pattern[p..].iter().all(|&c| c == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(pattern: &str) -> Vec<&'static str> {
        matching(pattern).map(|entry| entry.name).collect()
    }

    #[test]
    fn a_glob_fits_the_whole_name() {
        let t3 = names("t3.*");
        assert!(t3.contains(&"t3.micro") && !t3.contains(&"t3a.micro"));
        assert!(t3.iter().all(|name| name.starts_with("t3.")));
        assert_eq!(names("M5.LARGE*"), ["m5.large"]);
        assert_eq!(names("m?.large").first(), Some(&"m4.large"));
        assert!(names("m?.large").iter().all(|name| name.len() == 8));
        assert_eq!(names("*"), names(""));
    }

    #[test]
    fn without_a_wildcard_a_part_is_enough() {
        assert!(names("24xlarge").iter().all(|name| name.ends_with("24xlarge")));
        assert!(names("T3.M").contains(&"t3.micro"));
        assert_eq!(names("no such type").len(), 0);
        assert_eq!(names("m5.large").first(), Some(&"m5.large"));
    }

    #[test]
    fn stars_backtrack() {
        assert!(glob(b"*ab*c", b"xaabbxc"));
        assert!(!glob(b"*ab*c", b"xaabbx"));
        assert!(glob(b"a*?", b"ab"));
        assert!(!glob(b"a*?", b"a"));
        assert!(glob(b"**", b""));
        assert!(!glob(b"", b"a"));
    }

    #[test]
    fn misspelt_names_find_their_way() {
        assert_eq!(nearest("m5.lrage"), Some("m5.large"));
        assert_eq!(nearest("M5.Large"), Some("m5.large"));
        assert_eq!(nearest("m5large"), Some("m5.large"));
        assert_eq!(nearest("t3.mirco"), Some("t3.micro"));
        assert!(nearest("m5.9xlarge").is_some_and(|name| name.starts_with("m5.")));
        assert_eq!(nearest("toaster"), None);
        assert_eq!(nearest(""), None);
    }

    proptest! {
        #[test]
        fn the_glob_agrees_with_a_regular_expression(pattern in "[ab*?]{0,8}", text in "[ab]{0,10}") {
            let regex = format!(r"\A{}\z", pattern.replace('*', ".*").replace('?', "."));
            let expected = regex::Regex::new(&regex).is_ok_and(|regex| regex.is_match(&text));
            prop_assert_eq!(glob(pattern.as_bytes(), text.as_bytes()), expected);
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = (matching(&text).count(), nearest(&text));
        }
    }
}
