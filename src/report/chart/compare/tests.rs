//! Charts of comparisons: nothing cut off, no name over another, the same twice.

use super::super::scene::{Area, HEIGHT, Item, WIDTH, extent};
use super::*;
use crate::engine::Checking;
use crate::experiment::compare::{Contender, Design, compare};
use crate::scenario::{Plan, load_text};

fn plan(strategy: &str, count: usize) -> Plan {
    let text = format!(
        "name: charts\nduration: 10d\nzones: [a, b, c]\ncapacity: [{{name: g, instanceType: m5.large, count: {count}}}]\n\
         taskDefinitions: [{{family: f, containerDefinitions: [{{name: c, cpu: 512, memory: 1024}}]}}]\n\
         services:\n  - {{name: web, taskDefinition: f, desiredCount: 6, placementStrategy: {strategy}}}\n\
         failures:\n  - {{type: zoneOutage, every: {{exponential: {{mean: 20d}}}}}}\n\
         \x20 - {{type: containerCrash, every: {{exponential: {{mean: 5d}}}}}}\n"
    );
    load_text(&text, std::path::Path::new("."))
        .map_err(|refused| refused.problems.render(&refused.sources))
        .expect(&text)
        .plan
}

fn comparison(names: &[String]) -> Comparison {
    let strategies = ["[{type: random}]", "[{type: binpack, field: memory}]", "[{type: spread, field: instanceId}]"];
    let plans: Vec<Plan> = (0..names.len()).map(|at| plan(strategies[at % 3], 5 + at / 3)).collect();
    let contenders: Vec<Contender> =
        names.iter().zip(&plans).map(|(name, plan)| Contender { name, changes: &[], plan }).collect();
    let design =
        Design { replications: 6, precision: None, most: 0, baseline: 0, figures: Vec::new(), checking: Checking::Off };
    compare("charts", &contenders, &design, None, |_| {}).expect("a comparison")
}

fn cases() -> Vec<Comparison> {
    let names = |count: usize, long: &str| (0..count).map(|n| format!("variant {n}{long}")).collect::<Vec<_>>();
    vec![
        comparison(&names(2, "")),
        comparison(&names(5, " with a name that goes on and on and <b>on</b> & on")),
        comparison(&names(24, " of many")),
    ]
}

#[test]
fn texts_stay_on_the_page_and_apart() {
    for comparison in cases() {
        for chart in all(&comparison) {
            let mut texts: Vec<(Area, String)> = Vec::new();
            for item in &chart.scene.items {
                let Item::Text { text, x, y, kind } = item else { continue };
                let area = extent(text, *x, *y, *kind);
                let on_page = area.left >= 0 && area.right <= WIDTH && area.top >= 0 && area.bottom <= HEIGHT;
                assert!(on_page, "{}, {} variants: {text} at {area:?}", chart.name, comparison.variants.len());
                let over = texts.iter().find(|(other, _)| other.meets(area));
                assert!(over.is_none(), "{}, {} variants: {text} over {over:?}", chart.name, comparison.variants.len());
                texts.push((area, text.clone()));
            }
            assert!(texts.len() > 3, "{}", chart.name);
        }
    }
}

#[test]
fn the_same_twice_and_well_formed() {
    let names = ["<i>a</i>".to_owned(), "b & c".to_owned()];
    let svg = |comparison: &Comparison| -> Vec<String> {
        let text = |chart: Chart| {
            let mut out = Vec::new();
            chart.write_svg(&mut out).expect("SVG");
            String::from_utf8(out).expect("UTF-8")
        };
        all(comparison).into_iter().map(text).collect()
    };
    let once = svg(&comparison(&names));
    assert_eq!(once, svg(&comparison(&names)));
    assert!(once.iter().all(|text| !text.contains("<i>")), "a name is markup");
}
