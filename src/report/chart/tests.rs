//! Charts of all kinds of outcomes: well-formed, the same twice, nothing cut off, no text over another.

use super::scene::{Area, HEIGHT, Item, Type, WIDTH, extent};
use super::*;
use crate::report::sample;

fn outcomes() -> Vec<(&'static str, Outcome)> {
    vec![
        ("zone outage", sample::zone_outage()),
        ("quiet", sample::quiet()),
        ("nasty", sample::nasty()),
        ("twelve services", sample::crowd(12, 6, 8)),
        ("sixty instances", sample::crowd(1, 40, 20)),
        ("two hundred instances", sample::crowd(30, 20, 66)),
        ("five hundred instances", sample::crowd(30, 20, 166)),
        ("crowded instances", sample::crowd(4, 900, 3)),
        ("storm", sample::storm()),
        ("nothing", Outcome::default()),
    ]
}

fn svg(chart: &Chart) -> String {
    let mut out = Vec::new();
    chart.write_svg(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Reads tags roughly: every one that opens closes in turn, and no text holds a bare sign.
fn assert_well_formed(text: &str) {
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "a bare > in {}", &rest[..start]);
        let end = rest.find('>').unwrap();
        let tag = &rest[start + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!text.contains(control));
}

#[test]
fn every_chart_is_well_formed_and_has_its_title() {
    for (name, outcome) in outcomes() {
        for chart in all(&outcome) {
            let text = svg(&chart);
            assert_well_formed(&text);
            assert!(text.contains("font-family=\"DejaVu Sans, "), "{name}, {}", chart.name);
            let title = match chart.name.as_str() {
                "healthy" => "Healthy and desired tasks",
                "utilization" => "CPU and memory reserved",
                "lost-time" => "Lost task-time by cause and phase",
                _ => "Tasks on instances at the ",
            };
            assert!(text.contains(title), "{name}, {}", chart.name);
        }
    }
}

#[test]
fn names_are_escaped() {
    let mut outcome = sample::zone_outage();
    let name = "<script>alert(1)</script> & \"quotes\"";
    outcome.services[0].name = name.into();
    outcome.timeline.services[0].name = name.into();
    outcome.scenario = "<i>".into();
    for chart in all(&outcome) {
        let text = svg(&chart);
        assert!(!text.contains("<script>") && !text.contains("<i>"), "{}", chart.name);
        assert!(text.contains("&lt;i&gt;"), "{}", chart.name);
        let escaped = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;";
        assert_eq!(text.contains(escaped), chart.name == "healthy", "{}", chart.name);
    }
}

#[test]
fn the_same_outcome_gives_the_same_bytes() {
    let outcome = sample::crowd(12, 6, 8);
    let bytes = || {
        let mut out = Vec::new();
        for chart in all(&outcome) {
            chart.write_svg(&mut out).unwrap();
            chart.write_png(&mut out).unwrap();
        }
        out
    };
    assert!(bytes() == bytes());
}

#[test]
fn nothing_is_cut_off_and_no_text_covers_another() {
    let page = Area::new(0, 0, WIDTH, HEIGHT);
    for (name, outcome) in outcomes() {
        for chart in all(&outcome) {
            let mut texts: Vec<(Area, &str)> = Vec::new();
            for item in &chart.scene.items {
                let area = match item {
                    Item::Fill(area, _) => *area,
                    Item::Text { text, x, y, kind } => {
                        let area = extent(text, *x, *y, Type { ..*kind });
                        for (other, what) in &texts {
                            assert!(!area.meets(*other), "{name}, {}: `{text}` covers `{what}`", chart.name);
                        }
                        texts.push((area, text));
                        area
                    }
                    Item::Disc { .. } | Item::Steps { .. } | Item::Line { .. } => continue,
                };
                let Area { left, top, right, bottom } = area;
                let is_inside = left >= page.left && top >= page.top && right <= page.right && bottom <= page.bottom;
                assert!(is_inside, "{name}, {}: {item:?}", chart.name);
            }
        }
    }
}

#[test]
fn no_loss_is_said_in_words() {
    let charts = all(&sample::quiet());
    let lost = charts.iter().find(|chart| chart.name == "lost-time").unwrap();
    assert!(svg(lost).contains("No task-time was lost."));
}
