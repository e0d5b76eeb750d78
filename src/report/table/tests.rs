//! The report as people see it, and its width whatever the names.

use super::*;
use crate::report::sample;

/// The widest line, as a terminal counts.
fn widest(text: &str) -> u16 {
    let mut table = comfy_table::Table::new();
    for line in text.lines() {
        table.add_row([line]);
    }
    table.column_max_content_widths()[0]
}

#[test]
fn the_report_reads_well() {
    let mut outcome = sample::zone_outage();
    outcome.warnings.push("web: `dependsOn` of container `log` is left out".into());
    let text = report(&outcome, Some(Path::new("results/three-zones")));
    insta::assert_snapshot!(text, @r"
    three-zones: 30d, seed 42, 123,456 events

    Services
    service  desired   capacity    service  nines      down  outages  longest  task-time lost
                      available  available         per year                    mostly to
    ───────────────────────────────────────────────────────────────────────────────────────────
    web            6  99.9958 %   99.988 %   3.92     1h 3m        1   5m 10s  81 % zone-outage

    Zones
    zone        instances          CPU  reserved  memory  reserved  tasks
                     mean  least  mean       max    mean       max   mean
    ─────────────────────────────────────────────────────────────────────
    eu-west-1a       3.98      0  50 %      75 %    60 %      85 %      2
    eu-west-1b       3.98      0  50 %      75 %    60 %      85 %      2
    eu-west-1c       3.98      0  50 %      75 %    60 %      85 %      2

    Instances
    instances  type      number   CPU  reserved  memory  reserved       cost       not
                           mean  mean       max    mean       max  per month  reserved
    ──────────────────────────────────────────────────────────────────────────────────
    main       m5.large      12  50 %      75 %    60 %      85 %       $937      41 %

    Failures
    failure      type             strikes  tasks     task-time lost
                                            lost
    ───────────────────────────────────────────────────────────────
    zone-outage  zone outage            1      2  8.83 task-minutes
    crash        container crash       12     12   120 task-seconds

    Objectives
    ✓ met    web: service availability of at least 99.9 % (found: 99.988 %)

    Not simulated, or simulated otherwise than it says
    ! web: `dependsOn` of container `log` is left out

    Files: results/three-zones
    ");
}

#[test]
fn no_name_makes_a_line_too_wide() {
    let mut outcome = sample::nasty();
    let long = "名前がとても長い ".repeat(40);
    outcome.batches = vec![BatchOutcome { name: long.clone(), arrived: 1_234_567_890, ..BatchOutcome::default() }];
    outcome.objectives.push(ObjectiveOutcome { objective: long.clone(), found: "x".repeat(300), met: false });
    outcome.failures.push(FailureOutcome { name: long.clone(), kind: long.clone(), ..FailureOutcome::default() });
    outcome.capacity[0].place.name.clone_from(&long);
    outcome.capacity[0].instance_type = "x".repeat(80);
    for service in &mut outcome.services {
        service.capacity_availability = 0.999_999_999;
        service.service_availability = 0.999_999_999;
        service.downtime_seconds_per_year = 31_535_000.0;
        service.outages.count = 1_000_000_000;
        service.outages.longest_seconds = Some(31_535_000.0);
        service.desired = 100_000;
        service.lost[0].cause.clone_from(&long);
    }
    let text = report(&outcome, Some(Path::new(&"folder/".repeat(40))));
    assert!(widest(&text) <= 100, "{text}");
    assert!(text.contains('…'));
    assert!(!text.contains('\u{7}') && !text.contains('\t'));
}

#[test]
fn of_very_many_services_the_worst_are_listed() {
    let mut outcome = sample::crowd(50, 4, 10);
    outcome.services[49].lost_task_seconds = 1e9;
    let text = report(&outcome, None);
    assert!(text.contains("\nservice-50 "));
    assert!(text.contains("… and 30 more that lost less: see services.csv"));
}

#[test]
fn a_verdict_says_what_was_wanted_and_found() {
    let objective =
        ObjectiveOutcome { objective: "web: up at least 99.9 %".into(), found: "99.8 %".into(), met: false };
    assert_eq!(verdict_line(&objective), "✗ MISSED web: up at least 99.9 % (found: 99.8 %)");
}

#[test]
fn nothing_is_reported_of_nothing() {
    assert_eq!(report(&Outcome::default(), None), ": 0s, seed 0, 0 events\n");
}
