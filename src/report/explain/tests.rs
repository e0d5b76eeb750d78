//! Text never gets wider than the terminal, whatever the names.

use super::lines::{and, names, wrapped};

#[test]
fn lines_are_wrapped_under_their_beginning() {
    let text = wrapped("  at  ", &"word ".repeat(60));
    assert!(text.lines().all(|line| line.chars().count() <= 100));
    assert!(text.lines().skip(1).all(|line| line.starts_with("      word")), "{text}");
    let long = wrapped("  ", &"x".repeat(250));
    assert_eq!(long.lines().map(|line| line.trim().len()).collect::<Vec<_>>(), [98, 98, 54]);
}

#[test]
fn lists_are_cut_where_that_saves_something() {
    let all = ["a", "b", "c", "d"];
    assert_eq!(names(all.into_iter(), 3), "a, b, c, d");
    assert_eq!(names(all.into_iter(), 2), "a, b and 2 more");
    assert_eq!(and(&["a".into(), "b".into(), "c".into()]), "a, b and c");
}
