//! Guessing which known name a person meant, and listing names in a sentence.

/// How many names a list in a message shows before it says "and N more".
const SHOWN: usize = 12;

/// The longest name that is compared letter by letter. The work grows with the
/// square of the length, and nobody mistypes a name of this size.
const COMPARED: usize = 64;

/// The candidate that `name` was most likely meant to be, if one is near.
///
/// Spelling conventions come first: `desired_count` and `DesiredCount` mean
/// `desiredCount` however many letters that changes. Then slips of the hand: about
/// one wrong, missing, extra or swapped letter in each three.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = fold(name);
    let length = plain.chars().count();
    if length == 0 || length > COMPARED {
        return None;
    }
    let limit = (length / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = fold(candidate);
            // A one-letter name is one slip away from every other one.
            let distance = distance(&plain, &other);
            let near = distance == 0 || (distance <= limit && distance < other.chars().count());
            near.then_some((distance, candidate))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// What could have been written instead of a name that nobody has: all of the candidates where they are few, else the
/// nearest. `plural` says what they are.
pub fn instead(name: &str, plural: &str, candidates: &[&str]) -> Option<String> {
    const FEW: usize = 6;
    let mut all: Vec<&str> = Vec::new();
    for candidate in candidates {
        if !all.contains(candidate) {
            all.push(candidate);
        }
    }
    match (all.len(), nearest(name, all.iter().copied())) {
        (0, _) => Some(format!("there are no {plural}")),
        (count, Some(near)) if count > FEW => Some(format!("did you mean `{near}`?")),
        _ => Some(format!("the {plural} are: {}", join(all.into_iter().map(str::to_owned), "and"))),
    }
}

/// A name without what spelling conventions change: case, `_`, `-` and spaces.
fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).take(COMPARED + 1).flat_map(char::to_lowercase).collect()
}

/// Edits between two names, a swap of neighbours counting as one (the "optimal
/// string alignment" distance).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// Names in a sentence: `` `a`, `b` or `c` ``; a long list is cut short.
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    join(names.into_iter().map(|name| format!("`{name}`")), "or")
}

/// As [`one_of`], with "and".
pub fn all_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    join(names.into_iter().map(|name| format!("`{name}`")), "and")
}

/// Phrases in a sentence, the last one joined by `word`; a long list is cut short.
pub fn join(phrases: impl IntoIterator<Item = String>, word: &str) -> String {
    let phrases: Vec<String> = phrases.into_iter().collect();
    match phrases.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        // Cutting a single name off would not make the line shorter.
        many if many.len() > SHOWN + 1 => {
            let shown = many[..SHOWN].join(", ");
            format!("{shown} and {} more", many.len() - SHOWN)
        }
        [start @ .., last] => format!("{} {word} {last}", start.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [&str; 5] = ["desiredCount", "name", "cpu", "memory", "placementStrategy"];

    #[test]
    fn finds_slips_and_other_spellings() {
        for (written, meant) in [
            ("desiredCnt", "desiredCount"),
            ("desired_count", "desiredCount"),
            ("DesiredCount", "desiredCount"),
            ("placement-strategy", "placementStrategy"),
            ("nmae", "name"),
            ("memry", "memory"),
            ("cpus", "cpu"),
        ] {
            assert_eq!(nearest(written, FIELDS), Some(meant), "{written}");
        }
    }

    #[test]
    fn does_not_guess_wildly() {
        for written in ["", "x", "image", "zone", &"n".repeat(5000)] {
            assert_eq!(nearest(written, FIELDS), None, "{written}");
        }
        assert_eq!(nearest("a", ["b", "c"]), None);
    }

    #[test]
    fn prefers_the_nearest() {
        assert_eq!(nearest("spraed", ["speed", "spread"]), Some("spread"));
        assert_eq!(nearest("nam", ["games", "name"]), Some("name"));
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(one_of([]), "");
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(all_of(["a", "b", "c"]), "`a`, `b` and `c`");
        let many: Vec<String> = (0..20).map(|n| format!("n{n}")).collect();
        let text = one_of(many.iter().map(String::as_str));
        assert!(text.ends_with("`n11` and 8 more"), "{text}");
    }
}
