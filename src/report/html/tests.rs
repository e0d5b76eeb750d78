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

fn experiment_page(experiment: &Experiment, outcome: &Outcome) -> String {
    let mut out = Vec::new();
    let campaign = Campaign { experiment, replication: experiment.worst.replication };
    write(outcome, Some(campaign), "name: x\n", &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The outcome of a replication of [`sample::experiment_of`].
fn outcome_of(services: usize) -> Outcome {
    let mut outcome = sample::crowd(services, 4, 2);
    for (number, service) in outcome.services.iter_mut().enumerate() {
        service.name = format!("service-{number}");
    }
    outcome
}

#[test]
fn the_page_of_an_experiment_is_about_all_replications_and_says_which_one_it_shows() {
    let missing = [0.0, 0.01, 0.0, 0.1, 0.0, 0.01, 0.0, 0.01, 0.0, 0.0];
    let mut outcome = outcome_of(1);
    // What became of the objectives of one replication is not what became of those of the experiment.
    outcome.objectives = vec![crate::metrics::outcome::ObjectiveOutcome {
        objective: "OF ONE".into(),
        found: "OF ONE".into(),
        met: true,
    }];
    let page = experiment_page(&sample::experiment_of(&[&missing], Some(0.99)), &outcome);
    assert_well_formed(&page);
    assert!(!page.contains("OF ONE"));
    for wanted in [
        "The objective is undecided: more replications would tell.",
        "10 replications of 30d, the first 1d left out · seed 7",
        "is number <strong>3</strong> of seed 7: a service available 90 % of the time",
        "<code>longshore run scenario.yaml --replication 3 --html --out replication-3</code>",
        "show a single replication: number <strong>3</strong>, the worst one",
        "Key figures <span class=\"of-one\">replication 3</span>",
        "id=\"chart-replications\"",
        // Mean of the availability; its deviation: sqrt((6 0.013^2 + 3 0.003^2 + 0.087^2) / 9) = 0.03093.
        "<td class=\"number\">98.7 %</td><td class=\"number\">3.1 pp</td>",
        // The longest outages, of four replications: three of 864 s and one of 8,640 s.
        "<td class=\"number\">46m 48s</td>",
        "<td class=\"number\">4</td>",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(page.find("class=\"verdict").unwrap() < page.find("id=\"experiment\"").unwrap());
}

#[test]
fn an_experiment_with_hostile_names_does_no_harm() {
    const HOSTILE: &str = "\"'><img src=x onerror=alert(1)></script><script>alert(1)</script>";
    let mut experiment = sample::experiment(2, 40);
    let mut outcome = outcome_of(2);
    outcome.services[0].name = HOSTILE.into();
    outcome.scenario = HOSTILE.into();
    experiment.scenario = HOSTILE.into();
    experiment.warnings = vec![HOSTILE.into()];
    experiment.objectives[0].objective = HOSTILE.into();
    experiment.objectives[0].found = HOSTILE.into();
    for found in &mut experiment.figures {
        found.figure = found.figure.replace("service-0", HOSTILE).into();
    }
    let page = experiment_page(&experiment, &outcome);
    assert_well_formed(&page);
    assert!(!page.contains("<img") && page.matches("<script").count() == SCRIPTS.len());
    let heading = "<th colspan=\"8\" scope=\"rowgroup\">&quot;&#39;&gt;&lt;img src=x";
    assert!(page.contains(heading), "the service has its figures");
}

#[test]
fn a_large_experiment_has_a_page_too() {
    let (experiment, outcome) = (sample::experiment(60, 300), outcome_of(60));
    let page = experiment_page(&experiment, &outcome);
    assert_well_formed(&page);
    assert!(page.contains("left out here: 20;") && page.len() < 5_000_000, "{} bytes", page.len());
}

#[test]
fn verdicts_of_experiments_are_counted() {
    let sentence = |verdicts: &[crate::experiment::outcome::Verdict]| {
        let mut experiment = sample::experiment(verdicts.len(), 20);
        for (objective, verdict) in experiment.objectives.iter_mut().zip(verdicts) {
            objective.verdict = *verdict;
        }
        let page = experiment_page(&experiment, &outcome_of(verdicts.len()));
        let start = page.find("<p class=\"verdict ").expect("a verdict") + 18;
        page[start..start + page[start..].find("</p>").expect("its end")].replace("\">", ": ")
    };
    use crate::experiment::outcome::Verdict::{Met, Missed, Undecided};
    assert_eq!(sentence(&[Met]), "met: The objective is met.");
    assert_eq!(sentence(&[Missed]), "missed: The objective is missed.");
    assert_eq!(sentence(&[Met, Met]), "met: All 2 objectives are met.");
    let tell = "more replications would tell.";
    assert_eq!(sentence(&[Met, Undecided]), format!("undecided: 1 of 2 objectives is undecided: {tell}"));
    assert_eq!(
        sentence(&[Missed, Undecided, Undecided, Met]),
        format!("missed: 1 of 4 objectives is missed, 2 are undecided: {tell}")
    );
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
    let experiment = sample::experiment(3, 9);
    let campaign = Some(Campaign { experiment: &experiment, replication: 1 });
    let mut content = Content { outcome: &outcome, campaign, resolved: "", definitions: Definitions::new() };
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
