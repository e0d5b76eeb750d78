//! The page as text: complete, the same twice, harmless, with a definition for every figure.

use super::*;
use crate::report::sample;

fn page(outcome: &Outcome) -> String {
    let mut out = Vec::new();
    write(outcome, None, "name: <b>&\n", &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn outcomes() -> Vec<Outcome> {
    vec![
        sample::zone_outage(),
        sample::quiet(),
        sample::nasty(),
        sample::storm(),
        sample::crowd(30, 20, 66),
        Outcome::default(),
    ]
}

/// Tags that open and close, roughly; scripts and styles are left out.
fn assert_well_formed(page: &str) {
    const VOID: [&str; 5] = ["meta", "link", "input", "br", "!DOCTYPE"];
    let mut open: Vec<String> = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        let name: String =
            tag.trim_start_matches('/').chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
        rest = &rest[end + 1..];
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "at {}", &rest[..rest.len().min(80)]);
        } else if name == "script" || name == "style" {
            let close = format!("</{name}>");
            rest = &rest[rest.find(&close).expect("it closes") + close.len()..];
        } else if !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn every_page_is_whole_and_needs_nothing_else() {
    for outcome in outcomes() {
        let page = page(&outcome);
        assert_well_formed(&page);
        for wanted in
            ["<!DOCTYPE html>", "Content-Security-Policy", "id=\"figures\"", "id=\"tables\"", "name: &lt;b&gt;&amp;"]
        {
            assert!(page.contains(wanted), "{wanted}");
        }
        // Only the name of SVG's vocabulary looks like an address.
        let foreign = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!foreign.contains("http:") && !foreign.contains("https:") && !foreign.contains("url("));
        assert!(!foreign.contains("src=") && !foreign.contains("@import"));
    }
}

#[test]
fn the_same_outcome_gives_the_same_page() {
    let outcome = sample::storm();
    assert!(page(&outcome) == page(&outcome));
}

#[test]
fn hostile_names_are_text_wherever_they_stand() {
    const HOSTILE: &str = "\"'><img src=x onerror=alert(1)></script><script>alert(1)</script>";
    let mut outcome = sample::zone_outage();
    outcome.scenario = HOSTILE.into();
    outcome.services[0].name = HOSTILE.into();
    outcome.services[0].lost[0].cause = HOSTILE.into();
    outcome.timeline.services[0].name = HOSTILE.into();
    outcome.timeline.zones[0].name = HOSTILE.into();
    outcome.zones[0].name = HOSTILE.into();
    outcome.capacity[0].place.name = HOSTILE.into();
    outcome.capacity[0].instance_type = HOSTILE.into();
    outcome.failures[0].name = HOSTILE.into();
    outcome.warnings = vec![HOSTILE.into()];
    for incident in &mut outcome.incidents {
        incident.failure = HOSTILE.into();
        incident.struck = HOSTILE.into();
    }
    for snapshot in &mut outcome.snapshots {
        snapshot.services[0] = HOSTILE.into();
        snapshot.zones[0] = HOSTILE.into();
    }
    outcome.objectives = vec![crate::metrics::outcome::ObjectiveOutcome {
        objective: format!("`{HOSTILE}` is up"),
        found: HOSTILE.into(),
        met: false,
    }];
    outcome.replay = Some(crate::metrics::replay::Replay::default());
    let page = page(&outcome);
    assert_well_formed(&page);
    assert!(!page.contains("<img") && !page.contains("<script>"));
    // As many scripts as there are without any name: ours, and the data of the replay.
    assert_eq!(page.matches("<script").count(), SCRIPTS.len() + 1);
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
}

#[test]
fn every_figure_has_its_definition() {
    let mut outcome = sample::crowd(3, 4, 2);
    outcome.batches = vec![Default::default()];
    outcome.placement.refused = vec![crate::metrics::outcome::CountOutcome { name: "cpu".into(), count: 3 }];
    let mut content = Content { outcome: &outcome, campaign: None, resolved: "", definitions: Definitions::new() };
    for section in SECTIONS {
        (section.body)(&mut content);
    }
    let paths = content.definitions.paths();
    assert!(paths.len() > 40, "{}", paths.len());
    for path in paths {
        assert!(!content.definitions.text(path).is_empty(), "`{path}` is described nowhere");
    }
}

#[test]
fn a_verdict_says_what_came_of_it() {
    let sentence = |met: &[bool]| {
        let mut outcome = sample::zone_outage();
        let objective = |met: &bool| crate::metrics::outcome::ObjectiveOutcome {
            objective: "service `web` is up".into(),
            found: "no".into(),
            met: *met,
        };
        outcome.objectives = met.iter().map(objective).collect();
        let page = page(&outcome);
        let start = page.find("<p class=\"verdict").expect("a verdict");
        let text = &page[start..start + page[start..].find("</p>").expect("its end")];
        text[text.find('>').expect("its tag") + 1..].to_owned()
    };
    assert_eq!(sentence(&[true]), "The objective is met.");
    assert_eq!(sentence(&[true, true]), "All 2 objectives are met.");
    assert_eq!(sentence(&[true, false, true]), "1 of 3 objectives is missed.");
    assert_eq!(sentence(&[false, false]), "2 of 2 objectives are missed.");
    assert!(sentence(&[]).starts_with("web is available "), "{}", sentence(&[]));
}
