//! Placements of pods explained: the hand-worked scores, filters and victims.

use longshore::experiment::explain::outcome::{Answer, Explained, SlotPlacements};
use longshore::experiment::explain::placements::Which;
use longshore::experiment::explain::{placement, slot};
use longshore::report::explain::{Options, text};

use super::sketch::{TIMINGS, plan};

fn asked(text: &str, task: &str, which: Which) -> (SlotPlacements, Explained) {
    let plan = plan(text);
    let explained = placement(&plan, &slot(&plan, task).expect("a slot"), which).expect("explained");
    match explained.answer.clone() {
        Answer::Placement(found) => (*found, explained),
        other => panic!("{other:?}"),
    }
}

fn node(name: &str, zone: &str, cpu: u32, more: &str) -> String {
    format!(
        "  - apiVersion: v1
    kind: Node
    metadata: {{name: {name}, labels: {{topology.kubernetes.io/zone: {zone}, kubernetes.io/hostname: {name}}}}}
    spec: {{{more}}}
    status: {{allocatable: {{cpu: {cpu}, memory: 8Gi, pods: 10}}, capacity: {{cpu: {cpu}, memory: 8Gi, pods: 10}}}}
"
    )
}

/// Five nodes of 8Gi: alpha, beta and delta with 4 CPUs in the zones a, b and c, gamma with 8 in c, tiny with 1 in a. Delta has
/// a taint. Three pods of 2 CPUs and 2Gi, spread over the zones.
fn three_pods() -> String {
    let nodes = [
        node("alpha", "a", 4, ""),
        node("beta", "b", 4, ""),
        node("gamma", "c", 8, ""),
        node("delta", "c", 4, "taints: [{key: gpu, value: \"yes\", effect: NoSchedule}]"),
        node("tiny", "a", 1, ""),
    ]
    .concat();
    format!(
        "name: worked
duration: 1h
tieBreak: first
orchestrator: kubernetes
zones: [a, b, c]
manifests:
{nodes}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: web}}
    spec:
      replicas: 3
      selector: {{matchLabels: {{app: web}}}}
      template:
        metadata: {{labels: {{app: web}}}}
        spec:
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: ScheduleAnyway
              labelSelector: {{matchLabels: {{app: web}}}}
          containers:
            - {{name: main, image: \"main:1\", resources: {{requests: {{cpu: \"2\", memory: 2Gi}}}}}}
workloads: {{web: {{imageSize: 0MiB}}}}
{TIMINGS}"
    )
}

/// The columns are TaintToleration ×3, NodeResourcesFit ×1, PodTopologySpread ×2, NodeResourcesBalancedAllocation ×1 and
/// ImageLocality ×1; no taint is merely to be avoided (3 × 100 everywhere), and no node has the image (0).
///
/// Fit is the mean of what is left of CPU and memory, rounded down: with one pod (50 + 75) / 2 = 62 on alpha and beta and
/// (75 + 75) / 2 = 75 on gamma, with two pods (0 + 50) / 2 = 25 and (50 + 50) / 2 = 50. Balance is 100 less half the difference
/// of the shares: 100 − 25 / 2 = 87 and 100 with one pod, 100 − 50 / 2 = 75 and 100 with two.
///
/// A pod in a zone weighs ln(3 + 2) = 1.6, as three zones have a node left: raw 0 or 2. Spread is 100 for 0 and 0 for 2, and
/// 100 for all while nobody is anywhere.
#[test]
fn scores_of_three_pods() {
    type Row<'a> = (&'a str, Vec<i64>, i64);
    let rows = |task: &str| {
        let (found, _) = asked(&three_pods(), task, Which::First);
        let rows = found.explained.ranked.iter();
        let rows: Vec<(String, Vec<i64>, i64)> =
            rows.map(|row| (row.instance.clone(), row.weighted.clone(), row.total.expect("a score"))).collect();
        let lead: Vec<(String, i64)> = {
            let scoring = found.explained.scoring.as_ref().expect("scores");
            scoring.lead.iter().map(|lead| (lead.plugin.clone(), lead.by)).collect()
        };
        (rows, lead, found)
    };
    let same = |found: &[(String, Vec<i64>, i64)], expected: &[Row]| {
        let found: Vec<Row> =
            found.iter().map(|(name, scores, total)| (name.as_str(), scores.clone(), *total)).collect();
        assert_eq!(found, expected);
    };

    let (found, lead, all) = rows("web/0");
    let alpha_or_beta = vec![300, 62, 200, 87, 0];
    same(
        &found,
        &[
            ("gamma", vec![300, 75, 200, 100, 0], 675),
            ("alpha", alpha_or_beta.clone(), 649),
            ("beta", alpha_or_beta.clone(), 649),
        ],
    );
    assert_eq!(lead, [("NodeResourcesFit".into(), 13), ("NodeResourcesBalancedAllocation".into(), 13)]);
    let scoring = all.explained.scoring.as_ref().expect("scores");
    assert_eq!(scoring.decided_by.as_deref(), Some("NodeResourcesFit"));
    assert_eq!(scoring.skipped, ["NodeAffinity", "InterPodAffinity"]);
    let excluded: Vec<(&str, &str, &str)> = all
        .explained
        .excluded
        .iter()
        .map(|row| (row.instance.as_str(), row.by.as_str(), row.detail.as_str()))
        .collect();
    let tiny = ("tiny", "NodeResourcesFit", "Insufficient cpu");
    let delta = ("delta", "TaintToleration", "node(s) had untolerated taint {gpu: yes}");
    assert!(excluded.len() == 2 && excluded.contains(&tiny) && excluded.contains(&delta), "{excluded:?}");

    // Gamma's zone has one now; alpha comes before beta by its name.
    let (found, lead, all) = rows("web/1");
    same(
        &found,
        &[
            ("alpha", alpha_or_beta.clone(), 649),
            ("beta", alpha_or_beta.clone(), 649),
            ("gamma", vec![300, 50, 0, 100, 0], 450),
        ],
    );
    assert!(lead.is_empty());
    let scoring = all.explained.scoring.as_ref().expect("scores");
    let tie = "tie of 2, broken by the name that comes first (tieBreak: first)";
    assert_eq!((scoring.tied, scoring.decided_by.as_deref()), (2, Some(tie)));

    let (found, lead, _) = rows("web/2");
    same(
        &found,
        &[
            ("beta", alpha_or_beta, 649),
            ("gamma", vec![300, 50, 0, 100, 0], 450),
            ("alpha", vec![300, 25, 0, 75, 0], 400),
        ],
    );
    let expected = [("PodTopologySpread", 200), ("NodeResourcesFit", 12), ("NodeResourcesBalancedAllocation", -13)];
    assert_eq!(lead, expected.map(|(name, by)| (name.to_owned(), by)));
}

/// The text says the same in the orchestrator's words.
#[test]
fn the_text_speaks_of_pods_and_nodes() {
    let (_, explained) = asked(&three_pods(), "web/2", Which::First);
    let shown = text(&explained, Options::default());
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("placement-of-a-pod", shown);
    });
    assert!(!shown.contains("instance") && !shown.contains("task"), "{shown}");
}

/// Many nodes with the same scores stand in one row each: forty nodes in two zones, of which one was chosen.
#[test]
fn alike_nodes_share_a_row() {
    let nodes: String = (0..40).map(|at| node(&format!("node-{at:02}"), ["a", "b"][at % 2], 4, "")).collect();
    let all = three_pods();
    let (head, rest) = all.split_once("manifests:\n").expect("manifests");
    let (_, web) = rest.split_once("  - apiVersion: apps/v1").expect("a Deployment");
    let many = format!("{}manifests:\n{nodes}  - apiVersion: apps/v1{web}", head.replace("[a, b, c]", "[a, b]"));
    let (found, explained) = asked(&many, "web/1", Which::First);
    assert_eq!(found.explained.ranked.len(), 40);
    let shown = text(&explained, Options::default());
    // The pod of zone a has its node; b is level. Chosen: node-01; as good: 19 of b; 19 of a without, and the one with it.
    let rows: Vec<Vec<&str>> = shown
        .lines()
        .filter(|line| line.contains("node-") && line.trim_start().starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| line.split_whitespace().collect())
        .collect();
    let ranks: Vec<(&str, &str)> = rows.iter().filter(|row| row.len() > 4).map(|row| (row[0], row[1])).collect();
    assert!(ranks.contains(&("2–20", "19")) && ranks.contains(&("21–39", "19")), "{shown}");
    assert!(shown.lines().count() < 25, "{shown}");
}

/// Three full nodes; a pod of high priority is wanted at 1000 s. The first attempt is refused and takes a place from one of
/// low priority; the second finds it, one second later, and is looked at nowhere else.
#[test]
fn preemption_names_its_victims() {
    let pods = |name: &str, replicas: u32, more: &str| {
        format!(
            "  - apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: {name}}}
    spec:
      replicas: {replicas}
      selector: {{matchLabels: {{app: {name}}}}}
      template:
        metadata: {{labels: {{app: {name}}}}}
        spec:
          {more}
          containers: [{{name: main, image: \"main:1\", resources: {{requests: {{cpu: \"3\", memory: 2Gi}}}}}}]
"
        )
    };
    let nodes = [node("alpha", "a", 4, ""), node("beta", "b", 4, ""), node("gamma", "c", 4, "")].concat();
    let text_of = format!(
        "name: worked
duration: 1h
tieBreak: first
orchestrator: kubernetes
zones: [a, b, c]
manifests:
{nodes}{}{}  - {{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {{name: high}}, value: 1000}}
workloads:
  low: {{imageSize: 0MiB}}
  high: {{scheduledScaling: [{{at: 1000s, desiredCount: 1}}]}}
{TIMINGS}",
        pods("low", 3, ""),
        pods("high", 0, "priorityClassName: high"),
    );
    let (first, explained) = asked(&text_of, "high/0", Which::First);
    let attempt = &first.explained.attempt;
    assert_eq!((attempt.seconds, attempt.instance.as_deref()), (1000.0, None));
    assert_eq!(attempt.nominated.as_deref(), Some("alpha"));
    assert_eq!(attempt.victims, ["low/0"]);
    assert_eq!(first.explained.excluded.len(), 3);
    let shown = text(&explained, Options::default());
    assert!(shown.contains("Room is made for it on alpha: low/0 must give way"), "{shown}");

    let (second, explained) = asked(&text_of, "high/0", Which::Number(2));
    let decision = &second.explained;
    assert_eq!((decision.attempt.seconds, decision.attempt.instance.as_deref()), (1001.0, Some("alpha")));
    let nomination = decision.nomination.as_ref().expect("a nomination");
    assert_eq!((nomination.instance.as_str(), nomination.victims.as_slice()), ("alpha", &["low/0".to_owned()][..]));
    assert!(decision.only_because.is_some() && decision.scoring.is_none());
    let shown = text(&explained, Options::default());
    assert!(shown.contains("it is nominated to that node") && shown.contains("low/0 had to give way"), "{shown}");
}
