use super::*;

fn shown(text: &str, line: u32, column: u32, length: u32, help: Option<&str>) -> String {
    let mut sources = Sources::new();
    let file = sources.add("scenarios/web.yaml", text);
    let mut problem = Problem::error("it is wrong").located(Location { file, line, column, length });
    problem.help = help.map(str::to_owned);
    Problems::from(problem).render(&sources)
}

#[test]
fn looks_like_rustc() {
    let text = "\n".repeat(11) + "    desiredCnt: 6\n";
    insta::assert_snapshot!(shown(&text, 12, 5, 10, Some("did you mean `desiredCount`?")), @r"
    error: it is wrong
      --> scenarios/web.yaml:12:5
       |
    12 |     desiredCnt: 6
       |     ^^^^^^^^^^ did you mean `desiredCount`?

    1 problem in scenarios/web.yaml
    ");
}

#[test]
fn tabs_and_wide_characters_keep_the_mark_in_place() {
    let line_and_mark = |text, column, length| {
        let all = shown(text, 1, column, length, None);
        all.lines().skip(3).take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(line_and_mark("\ta: x", 5, 1), ["1 |     a: x", "  |        ^"]);
    assert_eq!(line_and_mark("日本: x", 5, 1), ["1 | 日本: x", "  |       ^"]);
    assert_eq!(line_and_mark("a\u{301}b", 3, 1), ["1 | a\u{301}b", "  |  ^"]);
    // Past the end of the line, and longer than it.
    assert_eq!(line_and_mark("a:", 9, 4), ["1 | a:", "  |   ^"]);
    assert_eq!(line_and_mark("a: b", 4, 99), ["1 | a: b", "  |    ^"]);
}

#[test]
fn control_characters_are_spelled_out() {
    let all = shown("a: \u{1b}[31mred\u{7} \u{202e}x", 1, 4, 3, Some("not \u{1b}]0;x\u{7}\nthis"));
    assert!(all.chars().all(|c| c == '\n' || !c.is_control()), "{all:?}");
    assert!(all.contains(r"a: \u{1b}[31mred\u{7} \u{202e}x"), "{all}");
    assert!(all.contains(r"not \u{1b}]0;x\u{7}\nthis"), "{all}");
    assert!(all.contains("^^^^^^^^"), "the mark covers what is shown: {all}");
}

#[test]
fn long_lines_are_shortened_around_the_mark() {
    let text = format!("{}MARK{}", "a".repeat(5000), "b".repeat(5000));
    let all = shown(&text, 1, 5001, 4, None);
    let lines: Vec<&str> = all.lines().collect();
    assert!(columns_of(lines[3]) < 110 && lines[3].contains('…'), "{all}");
    let at = lines[3].chars().position(|c| c == 'M');
    assert_eq!(lines[4].chars().position(|c| c == '^'), at, "{all}");
    assert_eq!(lines[4].matches('^').count(), 4);

    let all = shown(&text, 1, 1, 10_000, None);
    assert!(all.lines().all(|line| columns_of(line) < 120), "{all}");
    for column in (1..text.len()).step_by(97) {
        let snippet = Snippet::new(&text, Location { column: column as u32, ..any(&mut Sources::new()) });
        assert!(snippet.start + snippet.width <= WIDTH + 2, "column {column}");
    }
}

fn any(sources: &mut Sources) -> Location {
    Location { file: sources.add("x", ""), line: 1, column: 1, length: 3 }
}

#[test]
fn long_help_goes_below() {
    let help = "word ".repeat(30);
    let all = shown("a: b", 1, 1, 1, Some(&help));
    assert!(all.contains("\n  | ^\n  = help: word word"), "{all}");
}

#[test]
fn counts_are_worded() {
    let mut sources = Sources::new();
    let (a, b) = (any(&mut sources), any(&mut sources));
    let last = |problems: &Problems| problems.render(&sources).lines().last().map(str::to_owned);
    let mut problems = Problems::new();
    assert_eq!(problems.render(&sources), "");
    problems.push(Problem::warning("w").located(a));
    assert_eq!(last(&problems).as_deref(), Some("1 warning in x"));
    problems.push(Problem::error("e").located(a));
    assert_eq!(last(&problems).as_deref(), Some("2 problems (1 warning among them) in x"));
    problems.push(Problem::error("e").located(b));
    assert_eq!(last(&problems).as_deref(), Some("3 problems (1 warning among them) in 2 files"));
    // One file is one file, in whatever order its problems come; arguments of the command line are no files.
    problems.push(Problem::error("another").located(a));
    assert_eq!(last(&problems).as_deref(), Some("4 problems (1 warning among them) in 2 files"));
    let here = |file| Location { file, line: 1, column: 1, length: 1 };
    let edits = ["a=1", "b=2"].map(|edit| here(sources.add_argument("--set", edit)));
    let last = |places: &[Location]| {
        let mut problems = Problems::new();
        for (nth, place) in places.iter().enumerate() {
            problems.push(Problem::error(format!("e{nth}")).located(*place));
        }
        problems.render(&sources).lines().last().map(str::to_owned)
    };
    assert_eq!(last(&[edits[0], edits[1]]).as_deref(), Some("2 problems in --set"));
    assert_eq!(last(&[a, edits[0], a, edits[1]]).as_deref(), Some("4 problems in x and --set"));
    let plain = Problems::from(Problem::error("no such file").with_help("look"));
    assert_eq!(plain.render(&sources), "error: no such file\n  = help: look\n\n1 problem\n");
}

#[test]
fn only_so_many_are_shown() {
    let mut problems = Problems::new();
    problems.extend((0..70).map(|n| Problem::error(format!("number {n}"))));
    let all = problems.render(&Sources::new());
    assert_eq!(all.matches("error:").count(), SHOWN);
    assert!(all.ends_with("… and 20 more problems, not shown\n\n70 problems\n"), "{all}");
}
