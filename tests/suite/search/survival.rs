//! What a scenario promises to survive: cases that were worked out by hand, judged by runs, comparisons and plans alike.

use std::path::Path;
use std::process::Command;

use longshore::experiment::search::outcome::LineState;
use longshore::experiment::survive::promise;
use longshore::experiment::{Options, run_checked};
use longshore::scenario::plan::{Loss, Survive};
use serde_json::Value;

use super::{Case, chosen, design, found, tasks};

const ZONE: &str = "attribute:ecs.availability-zone";

/// Three tasks of 1 vCPU on three instances, one in each of three zones, two of which must stay up.
fn three(strategy: &str, kind: &str, objectives: &str) -> String {
    let text = tasks(3, 2, ZONE, &format!("objectives: [{objectives}]\n"));
    let text = text.replace(&format!("[{{type: spread, field: {ZONE}}}]"), strategy);
    text.replace("c5.large, count: 9", &format!("{kind}, count: 3"))
}

fn judged(text: &str) -> Vec<(String, String, bool)> {
    let plan = Case::new(text).load(&[]).expect("a sound scenario");
    let outcome = run_checked(&plan, Options::default(), Vec::new()).expect("no defect");
    let verdicts = promise::verdicts(&plan).expect("no defect");
    let list = outcome.objectives.into_iter().map(|one| (one.objective, one.found, one.met)).collect::<Vec<_>>();
    // A run says of each what an experiment says.
    let same: Vec<_> = verdicts.into_iter().map(|one| (one.objective, one.found, one.met_share >= 1.0)).collect();
    assert_eq!(list[list.len() - same.len()..], same);
    list
}

/// One task in each zone: two are left when a zone goes, one when two instances go.
#[test]
fn spread_over_three_zones() {
    let spread = format!("[{{type: spread, field: {ZONE}}}]");
    let list = judged(&three(&spread, "c5.large", "{survives: anyZone}, {survives: {instances: 2}}"));
    let expected = [
        ("service `web` stays up without any one zone", "2 of 3 healthy without us-east-1a, 2 needed", true),
        (
            "service `web` stays up without any 2 instances",
            "1 of 3 healthy without its fullest 2 instances, 2 needed",
            false,
        ),
    ];
    assert_eq!(list, expected.map(|(objective, found, met)| (objective.to_owned(), found.to_owned(), met)));
}

/// A c5.xlarge has room for all three: binpack puts them on one instance, and nothing is left without it or without its
/// zone. Ties between empty instances are broken by chance, so over the starts each of the zones is the one.
#[test]
fn packed_into_one_zone() {
    let list = judged(&three(
        "[{type: binpack, field: memory}]",
        "c5.xlarge",
        "{survives: anyZone}, {survives: {instances: 1}}",
    ));
    let found =
        ["0 of 3 healthy without us-east-1a, 2 needed", "0 of 3 healthy without its fullest instance, 2 needed"];
    assert_eq!(list.iter().map(|one| one.1.as_str()).collect::<Vec<_>>(), found);
    assert!(list.iter().all(|one| !one.2));
}

/// Four tasks on the instances of two zones only: the loss of the third zone, which has none, takes nothing, and the others
/// take two of the four that are needed.
#[test]
fn a_zone_without_instances_is_no_loss() {
    let text = tasks(4, 4, ZONE, "objectives: [{survives: anyZone}]\n");
    let text = text.replace("count: 9", "count: {us-east-1a: 1, us-east-1b: 1}");
    assert_eq!(judged(&text)[0].1, "2 of 4 healthy without us-east-1a, 4 needed");
    let plan = Case::new(&text).load(&[]).expect("sound");
    let zone = Loss::Zone;
    let standing =
        longshore::experiment::survive::standing(&plan, &longshore::experiment::survive::demands(&plan, &[zone]));
    assert_eq!(standing.losses.iter().map(|row| row.lost.as_str()).collect::<Vec<_>>(), ["us-east-1a", "us-east-1b"]);
}

/// Tasks that find no room count as lost from the beginning: of four tasks, two stand on the one instance of each of two
/// zones; with a third of the room missing, six tasks have four running, and two are left.
#[test]
fn what_finds_no_room_is_not_left() {
    let text = tasks(6, 3, ZONE, "objectives: [{survives: anyZone}]\n");
    let text = text.replace("count: 9", "count: {us-east-1a: 1, us-east-1b: 1}");
    assert_eq!(
        judged(&text)[0],
        (
            "service `web` stays up without any one zone".to_owned(),
            "2 of 6 healthy without us-east-1a, 3 needed".to_owned(),
            false,
        )
    );
}

/// Two services; the second needs all of its tasks and so cannot lose any zone. Promised of the first alone, that does not
/// matter.
fn two_services(objective: &str) -> String {
    let text = tasks(6, 4, ZONE, &format!("objectives: [{objective}]\n"));
    let other = format!(
        "  - name: all
    taskDefinition: web
    desiredCount: 3
    upWhen: {{healthy: 3}}
    placementStrategy: [{{type: spread, field: {ZONE}}}]
"
    );
    text.replace("objectives:", &(other + "objectives:"))
}

#[test]
fn one_service_of_two() {
    let of_one = two_services("{service: web, survives: anyZone}");
    let of_all = two_services("{survives: anyZone}");
    assert_eq!(judged(&of_one).iter().map(|one| one.2).collect::<Vec<_>>(), [true]);
    assert_eq!(judged(&of_all).iter().map(|one| one.2).collect::<Vec<_>>(), [true, false]);
    // Nine tasks of 1 vCPU, two on a c5.large, take five: two, two and one in the zones. Two of `web`, which is placed
    // first, stand in each zone, and fill the third; `all` finds room in the others.
    let plan = Case::new(&of_one).search(&design(&["c5.large"], &[]));
    assert_eq!(found(&plan, "c5.large"), Some(5));
    assert_eq!(plan.promises[1..], ["service `web` stays up without any one zone"]);
    let best = chosen(&plan);
    assert!(best.losses.iter().all(|row| row.service == "web" && row.left == 4), "{:?}", best.losses);
    assert_eq!(best.objectives.len(), 1);
    assert_eq!(best.objectives[0].objective, "service `web` stays up without any one zone");
    let plan = Case::new(&of_all).search(&design(&["c5.large"], &[]));
    assert!(plan.lines.iter().all(|line| line.state == LineState::Impossible), "{:?}", plan.lines);
    assert!(plan.nearest.expect("a reason").contains("`all`"));
}

/// A search finds the same with the loss among the objectives and with it as an argument.
#[test]
fn promised_or_asked_for_a_plan_is_the_same() {
    for (desired, up_when, spread, loss, promise) in [
        (6, 4, ZONE, Loss::Zone, "anyZone"),
        (12, 8, "instanceId", Loss::Instances(2), "{instances: 2}"),
        (6, 5, ZONE, Loss::Zone, "anyZone"),
    ] {
        let types = ["c5.xlarge", "c5.large"];
        let asked = Case::new(&tasks(desired, up_when, spread, "")).search(&design(&types, &[loss]));
        let text = tasks(desired, up_when, spread, &format!("objectives: [{{survives: {promise}}}]\n"));
        let promised = Case::new(&text).search(&design(&types, &[]));
        let both = Case::new(&text).search(&design(&types, &[loss]));
        assert_eq!(both.promises, asked.promises);
        for other in [promised, both] {
            assert_eq!(other.chosen, asked.chosen);
            assert_eq!(other.nearest, asked.nearest);
            assert_eq!(other.one_fewer, asked.one_fewer);
            assert_eq!(other.candidates.len(), asked.candidates.len());
            for (one, two) in other.candidates.iter().zip(&asked.candidates) {
                assert_eq!((one.instances, &one.losses, &one.limit), (two.instances, &two.losses, &two.limit));
            }
        }
    }
}

/// Of every service with a desired count where none is named; a daemon is left out.
#[test]
fn daemons_are_left_out() {
    let daemon = "  - {name: agent, taskDefinition: small, schedulingStrategy: DAEMON}\n";
    let text = two_services("{survives: {instances: 2}}");
    let text = text.replace("objectives:", &format!("{daemon}objectives:"));
    let text = text.replace(
        "services:",
        "  - family: small
    networkMode: bridge
    containerDefinitions: [{name: c, image: i, cpu: 10, memory: 10}]
services:",
    );
    let plan = Case::new(&text.replace("c5.large", "c5.xlarge")).load(&[]).expect("sound");
    let named: Vec<(&str, Loss)> = plan
        .survives
        .iter()
        .map(|Survive { service, loss }| (plan.fleet.services[*service].name.as_str(), *loss))
        .collect();
    assert_eq!(named, [("web", Loss::Instances(2)), ("all", Loss::Instances(2))]);
}

/// The web service of Kubernetes: six pods, two in each of three zones, four of which must be ready. Its one instance with
/// most of them holds one.
#[test]
fn kubernetes_keeps_up_without_a_zone() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/three-zone-web-on-kubernetes.yaml");
    let judged = |objectives: &str| {
        let loaded = longshore::scenario::load(&file, &["duration=12d".to_owned(), format!("objectives={objectives}")]);
        let judged = loaded.map(|loaded| promise::judge(&loaded.plan).expect("no defect"));
        judged.map_err(|refused| refused.problems.render(&refused.sources))
    };
    let list = judged("[{survives: anyZone}, {service: web, survives: {instances: 3}}]").expect("sound");
    let found: Vec<(&str, bool)> = list.iter().map(|one| (one.found.as_str(), one.met)).collect();
    let expected = [
        ("4 of 6 healthy without us-east-1a, 4 needed", true),
        ("3 of 6 healthy without its fullest 3 instances, 4 needed", false),
    ];
    assert_eq!(found, expected);
    let text = judged("[{service: wbe, survives: anyZone}]").expect_err("no such service");
    assert!(text.contains("there is no service `wbe`") && text.contains("web"), "{text}");
}

/// Exit code, standard output, standard error.
fn longshore(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("longshore"));
    let output = command.current_dir(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn json(file: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).expect("a file")).expect("JSON")
}

const MISSED: &str = "objective missed in `case`: service `web` stays up without any 2 instances; found 1 of 3 healthy \
                      without its fullest 2 instances, 2 needed\n";

#[test]
fn the_program_says_what_does_not_survive() {
    let spread = format!("[{{type: spread, field: {ZONE}}}]");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let objectives = "{availability: 10%}, {survives: anyZone}, {survives: {instances: 2}}";
    std::fs::write(folder.path().join("case.yaml"), three(&spread, "c5.large", objectives)).expect("a scenario");
    let good = three(&spread, "c5.large", "{availability: 10%}, {survives: anyZone}");
    std::fs::write(folder.path().join("good.yaml"), good).expect("a scenario");

    let (code, out, err) = longshore(folder.path(), &["run", "case.yaml"]);
    assert_eq!((code, err.as_str()), (Some(1), MISSED));
    let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
    let met = "✓ met service `web` stays up without any one zone (found: 2 of 3 healthy without us-east-1a, 2 needed)";
    assert!(flat.contains(met) && flat.contains("✗ MISSED service `web` stays up without any 2 instances"), "{out}");
    let summary = json(&folder.path().join("output/case/summary.json"));
    let list: Vec<(&str, bool)> = summary["objectives"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["objective"].as_str().expect("text"), one["met"].as_bool().expect("a truth value")))
        .collect();
    let expected = [
        ("service `web` is available at least 10.00 %", true),
        ("service `web` stays up without any one zone", true),
        ("service `web` stays up without any 2 instances", false),
    ];
    assert_eq!(list, expected);
    // The result's own scenario has the objectives, and comes to the same.
    let (code, _, err) = longshore(folder.path(), &["run", "output/case/scenario.yaml", "--quiet", "--out", "again"]);
    assert_eq!((code, err.as_str()), (Some(1), MISSED));
    assert_eq!(json(&folder.path().join("again/summary.json")), summary);

    let (code, _, err) = longshore(folder.path(), &["run", "case.yaml", "--replications", "3", "--quiet"]);
    assert_eq!((code, err.as_str()), (Some(1), MISSED));
    let experiment = json(&folder.path().join("output/case/experiment.json"));
    let verdicts: Vec<&str> = experiment["objectives"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["verdict"].as_str().expect("text"))
        .collect();
    assert_eq!(verdicts[1..], ["met", "missed"]);
    assert_eq!(json(&folder.path().join("output/case/summary.json")), summary);

    let arguments =
        ["compare", "case.yaml", "--vary", "services.web.desiredCount=3,6", "--replications", "3", "--json"];
    let (code, out, err) = longshore(folder.path(), &arguments);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let comparison: Value = serde_json::from_str(&out).expect("JSON");
    let last = |at: usize| comparison["variants"][at]["objectives"][2]["verdict"].as_str().expect("text").to_owned();
    // Six tasks on three instances: two are left, as many as it takes.
    assert_eq!((last(0), last(1)), ("missed".to_owned(), "met".to_owned()));

    for arguments in [&["run", "good.yaml"][..], &["run", "good.yaml", "--seed", "4", "--replication", "3"]] {
        let (code, _, err) = longshore(folder.path(), &[arguments, &["--quiet", "--out", "good"]].concat());
        assert_eq!((code, err.as_str()), (Some(0), ""));
    }
    let (code, out, err) = longshore(folder.path(), &["plan", "good.yaml", "--replications", "100"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("What a loss leaves"), "{out}");
}
