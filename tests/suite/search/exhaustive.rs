//! Doubling and halving finds what trying every number finds.

use longshore::scenario::plan::Loss;

use super::{Case, design, tasks};

/// Failures that make availability depend on the number of instances: an instance is away for a while when it fails, and a
/// spare one takes its tasks.
const FAILURES: &str = "failures:
  - {type: instanceFailure, every: {exponential: {mean: 12d}}}
  - {type: zoneOutage, every: {exponential: {mean: 20d}}, lasts: 2h}
";

#[test]
fn the_search_finds_the_least_of_all_numbers() {
    let mut simulated = 0;
    for (desired, up_when, promise, survive) in [
        (6, 5, "availability: 99.5%", &[][..]),
        (6, 6, "availability: 99%", &[]),
        (8, 6, "availability: 99.9%", &[]),
        (9, 6, "recoversWithin: 1h", &[Loss::Zone]),
        (7, 5, "availability: 99.8%", &[Loss::Instances(1)]),
    ] {
        let more = format!("{FAILURES}objectives: [{{service: web, {promise}}}]\n");
        let case = Case::new(&tasks(desired, up_when, "attribute:ecs.availability-zone", &more));
        let mut wanted = design(&["c5.large"], survive);
        wanted.counts = 1..=14;
        let plan = case.search(&wanted);
        simulated += plan.candidates.iter().filter(|one| one.replications > 0).count();
        let least = (1..=14).find(|count| {
            let one = case.search(&super::Design { counts: *count..=*count, ..wanted.clone() });
            one.chosen.is_some()
        });
        let found = plan.chosen.map(|at| plan.candidates[at].instances);
        assert_eq!(found, least, "{desired} tasks, {up_when} up, {promise}: {:?}", plan.nearest);
    }
    assert!(simulated >= 10, "simulation decides in these cases: {simulated}");
}
