//! Explanations of random scenarios.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use longshore::base::time::{Span, Time};
use longshore::engine::{self, Setup};
use longshore::experiment::explain::outcome::{Answer, OutageRow};
use longshore::experiment::explain::placements::Which;
use longshore::experiment::{Options, explain, run};
use longshore::placement::Placer;
use longshore::placement::explain::{Basis, Candidate, Explanation, Verdict};
use longshore::world::command::Order;
use longshore::world::fact::Refusal;
use longshore::world::{ImageId, InstanceId, ServiceId, TaskId, World};
use rayon::prelude::*;
use serde_json::Value;

use super::{ecs, kubernetes};

/// What explanations say agrees with what the run counts: as many outages, as long; the critical path fills each without a
/// gap, and its phases sum to it; what ends it is named.
#[test]
fn explanations_agree_with_the_run() {
    for scenario in [ecs::scenario, kubernetes::scenario] {
        let failed: Vec<String> =
            (0..60u64).into_par_iter().filter_map(|seed| explained(seed, scenario).err()).collect();
        assert!(failed.is_empty(), "{} seeds fail; the first:\n{}", failed.len(), failed[0]);
    }
}

fn explained(seed: u64, scenario: fn(u64) -> Value) -> Result<(), String> {
    let text = scenario(seed).to_string();
    let plan = match longshore::scenario::load_text(&text, std::path::Path::new(".")) {
        Ok(loaded) => loaded.plan,
        Err(refused) => return Err(refused.problems.render(&refused.sources)),
    };
    let outcome = run(&plan, Options::default());
    let Answer::Outages(list) = explain::outages(&plan, None).answer else { return Err("no list".into()) };
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (1.0 + a.abs());
    for figures in &outcome.services {
        let of = |row: &&OutageRow| row.service == figures.name && row.kind == "outage";
        let lengths: Vec<f64> = list.outages.iter().filter(of).map(|row| row.length_seconds).collect();
        let longest = lengths.first().copied();
        let (count, known) = (figures.outages.count, figures.outages.longest_seconds);
        let same = longest.unwrap_or(0.0) == known.unwrap_or(0.0) || near(longest.unwrap_or(0.0), known.unwrap_or(0.0));
        if lengths.len() as u64 != count || !same {
            return Err(format!("seed {seed}, {}: {lengths:?}, but {count} up to {known:?}", figures.name));
        }
    }
    for row in list.outages.iter().take(4) {
        let found = explain::outage(&plan, None, row.number).map_err(|wrong| wrong.message)?;
        let Answer::Outage(outage) = &found.answer else { return Err("no outage".into()) };
        let wrong = |what: &str| Err(format!("seed {seed}, outage {}: {what}\n{outage:#?}", row.number));
        if outage.outage != *row {
            return wrong("another row");
        }
        let mut at = row.began_seconds;
        for stretch in &outage.path {
            if stretch.from_seconds != at || stretch.to_seconds <= at {
                return wrong("a gap in the path");
            }
            at = stretch.to_seconds;
        }
        if !near(at, row.began_seconds + row.length_seconds) {
            return wrong("the path does not reach the end");
        }
        if !near(outage.phases.iter().map(|phase| phase.seconds).sum(), row.length_seconds) {
            return wrong("the phases do not sum to the length");
        }
        if outage.courses.is_empty() || outage.courses.iter().any(|course| course.entries.is_empty()) {
            return wrong("a course without entries");
        }
        let shown = longshore::report::explain::text(
            &found,
            longshore::report::explain::Options { all: seed.is_multiple_of(2) },
        );
        if let Some(line) = shown.lines().find(|line| line.chars().count() > 100) {
            return wrong(&format!("wider than 100 columns: {line}"));
        }
    }
    Ok(())
}

/// A placer that explains each order before it decides on it.
struct Explaining {
    inner: Box<dyn Placer>,
    seed: u64,
    wrong: Arc<Mutex<Vec<String>>>,
    /// How many orders were explained by scores, and how many left nodes out that need not be looked at.
    seen: Arc<[AtomicU64; 2]>,
}

impl Placer for Explaining {
    fn choose(&mut self, world: &World, order: &Order) -> Result<InstanceId, Refusal> {
        let explanation = self.inner.explain(world, order).expect("reasons");
        let chosen = self.inner.choose(world, order);
        let mut ranks: Vec<u32> = Vec::new();
        let by_scores = matches!(explanation.basis, Basis::Scores { .. });
        let left_out =
            |candidate: &Candidate| matches!(candidate.verdict, Verdict::Excluded { by: "not looked at", .. });
        let sampled = by_scores && explanation.candidates.iter().any(left_out);
        for (seen, is) in self.seen.iter().zip([by_scores, sampled]) {
            seen.fetch_add(is.into(), Ordering::Relaxed);
        }
        for candidate in &explanation.candidates {
            match &candidate.verdict {
                Verdict::Excluded { detail, .. } => assert!(!detail.is_empty(), "{explanation:?}"),
                Verdict::Ranked { rank, .. } => ranks.push(*rank),
                Verdict::Scored { rank, scores, total } => {
                    ranks.push(*rank);
                    let Basis::Scores { plugins, .. } = &explanation.basis else { panic!("{explanation:?}") };
                    let sum: i64 = scores.iter().zip(plugins).map(|(score, plugin)| score * plugin.weight).sum();
                    assert_eq!((sum, scores.len()), (*total, plugins.len()), "{explanation:?}");
                }
            }
        }
        ranks.sort_unstable();
        let without_gap = ranks.iter().copied().eq(1..=ranks.len() as u32);
        let all = explanation.candidates.len() == world.live_instances().count();
        if explanation.winner() != chosen.ok() || !without_gap || !all {
            let seed = self.seed;
            let what = format!("seed {seed}, {}, {order:?}: {chosen:?}, but {explanation:#?}", world.now);
            self.wrong.lock().expect("no panic").push(what);
        }
        chosen
    }

    fn explain(&mut self, world: &World, order: &Order) -> Option<Explanation> {
        self.inner.explain(world, order)
    }

    fn preempt(&mut self, world: &World, order: &Order) -> Vec<TaskId> {
        self.inner.preempt(world, order)
    }

    fn choose_to_stop(&mut self, world: &World, service: ServiceId) -> Option<TaskId> {
        self.inner.choose_to_stop(world, service)
    }

    fn instance_changed(&mut self, world: &World, instance: InstanceId) {
        self.inner.instance_changed(world, instance);
    }

    fn image_cached(&mut self, world: &World, instance: InstanceId, image: ImageId) {
        self.inner.image_cached(world, instance, image);
    }

    fn task_placed(&mut self, world: &World, task: TaskId) {
        self.inner.task_placed(world, task);
    }

    fn task_stopping(&mut self, world: &World, task: TaskId) {
        self.inner.task_stopping(world, task);
    }

    fn task_ended(&mut self, world: &World, task: TaskId) {
        self.inner.task_ended(world, task);
    }
}

/// What the explanation of a placement ranks first is where the pod goes, for every order of random clusters: of the fast
/// path, of the rule as it is written, and where only some of the nodes are looked at.
#[test]
fn placements_are_explained_as_they_are_decided() {
    let wrong = Arc::new(Mutex::new(Vec::new()));
    let seen: Arc<[AtomicU64; 2]> = Arc::default();
    (0..60u64).into_par_iter().for_each(|seed| {
        let mut scenario = kubernetes::scenario(seed);
        if seed % 3 == 1 {
            // More than a hundred nodes, of which not all are looked at.
            scenario["kubernetes"]["schedulerProfile"] = serde_json::json!({"percentageOfNodesToScore": 0});
            scenario["capacity"][0]["count"] = 150.into();
        }
        let text = scenario.to_string();
        let plan = longshore::scenario::load_text(&text, std::path::Path::new(".")).ok().expect("a good scenario").plan;
        let setup = Setup { scan: seed % 3 == 0, ..Setup::default() };
        let mut engine = engine::build_around(&plan, setup, Vec::new(), |ring| {
            Box::new(Explaining {
                inner: engine::placer(&plan, setup, ring),
                seed,
                wrong: wrong.clone(),
                seen: seen.clone(),
            })
        });
        engine.run_until(Time::ZERO + Span::from_secs(3 * 86_400));
        let question = explain::Question { service: ServiceId(0), slot: 0 };
        if let Ok(found) = explain::placement(&plan, &question, Which::At(Time::ZERO + Span::from_secs(86_400))) {
            for all in [false, true] {
                let shown = longshore::report::explain::text(&found, longshore::report::explain::Options { all });
                let wide = shown.lines().find(|line| line.chars().count() > 100);
                assert_eq!(wide, None, "seed {seed}");
            }
        }
    });
    let wrong = wrong.lock().expect("no panic");
    assert!(seen.iter().all(|seen| seen.load(Ordering::Relaxed) > 100), "{seen:?}");
    assert!(wrong.is_empty(), "{} orders; the first:\n{}", wrong.len(), wrong[0]);
}
