//! Cases of work that failures undo: Kubernetes Jobs, one pod after the other, restarted in place or by a new pod.

use longshore::engine::Setup;
use longshore::experiment::{Options, run};
use longshore::metrics::outcome::BatchOutcome;
use longshore::stats::confidence::Mean;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::build::{Sketch, exponential, law, secs};
use super::cases::Verdict;
use super::estimate::Figure;
use super::shared::*;

/// Pods of a Job in each replication.
const COMPLETIONS: u64 = 20_000;

fn job(name: &str, completions: u64, backoff_limit: u64, restart_policy: &str) -> Value {
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {
            "completions": completions,
            "parallelism": 1,
            "backoffLimit": backoff_limit,
            "template": {"spec": {"restartPolicy": restart_policy, "containers": [{"name": "c", "image": "c:1"}]}},
        },
    })
}

fn sketch(manifests: Vec<Value>, work: f64, mttf: f64) -> Sketch {
    let mut workloads = serde_json::Map::new();
    for manifest in &manifests {
        let name = manifest["metadata"]["name"].as_str().unwrap_or("");
        workloads.insert(name.into(), json!({"imageSize": "0MiB", "runTime": secs(work)}));
    }
    // A wait of nothing is refused.
    Sketch::pod(json!({"initial": secs(1e-6), "max": secs(1e-6)}))
        .with("", "manifests", json!(manifests))
        .with("", "workloads", json!(workloads))
        .failure(crash(exponential(mttf)))
}

/// A container that fails is restarted in place after the recovery, from the beginning of its work. Each pod is one job; of
/// a job with checkpoints each pod is one segment, which the next follows.
pub(super) fn restarted(case: &Value) -> Verdict {
    let model = &case["model"];
    let segments = model["segments"].as_f64().unwrap_or(1.0);
    let work = number(model, "work_s") / segments + model["checkpoint_s"].as_f64().unwrap_or(0.0);
    let expected = number(&case["expected"], "mean_completion_s");
    let long_enough = 2.0 * expected / segments * COMPLETIONS as f64;
    let sketch = sketch(vec![job("s", COMPLETIONS, 1_000_000_000, "OnFailure")], work, number(model, "mttf_s"))
        .timing("containerRestart", law(&model["recovery"]))
        .with("", "duration", secs(long_enough));
    let outcomes = outcomes(&plan(&seeded(case, sketch)), REPLICATIONS);
    assert!(outcomes.iter().all(|outcome| outcome.batches[0].completed == COMPLETIONS), "all jobs are done");
    let found = mean(&outcomes, |outcome| segments * outcome.batches[0].response.mean_seconds.unwrap_or(0.0));
    Verdict::Checked(vec![Figure::of_mean("mean_completion_s", expected, &found, ALLOWED * expected)])
}

/// A pod that fails is replaced by another one, until the retries are used up.
pub(super) fn retried(case: &Value) -> Verdict {
    const JOBS: usize = 100;
    const MOST_REPLICATIONS: u64 = 200_000;
    let model = &case["model"];
    let (work, retries) = (number(model, "work_s"), whole(model, "retries"));
    let jobs = (0..JOBS).map(|index| job(&format!("s{index}"), 1, retries, "Never")).collect();
    let sketch = sketch(jobs, work, number(model, "mttf_s")).with("/capacity/0/instanceType", "vcpu", json!(100)).with(
        "",
        "duration",
        secs((retries + 1) as f64 * (work + 400.0)),
    );
    let expected = &case["expected"];
    let exact = number(expected, "prob_job_fails");
    let replications = (1.0 / (exact * wanted().powi(2) * JOBS as f64)).ceil() as u64;
    if replications > MOST_REPLICATIONS {
        return Verdict::Skipped(format!("needs {replications} replications of {JOBS} jobs: a rare-event method"));
    }
    let plan = plan(&seeded(case, sketch));
    let one = |replication| {
        let outcome = run(&plan, Options { setup: Setup { replication, ..Setup::default() }, progress: None });
        let over = |one: &BatchOutcome| one.completed == 1 || one.failed == retries + 1;
        assert!(outcome.batches.iter().all(over), "each job succeeds or has failed for good");
        let failed = outcome.batches.iter().filter(|one| one.completed == 0).count();
        (failed, outcome.batches.iter().map(|one| one.placed).sum::<u64>())
    };
    let found: Vec<(usize, u64)> = (0..replications).into_par_iter().map(one).collect();
    let mut attempts = Mean::default();
    found.iter().for_each(|(_, placed)| attempts.add(*placed as f64 / JOBS as f64));
    let failed: usize = found.iter().map(|(failed, _)| failed).sum();
    Verdict::Checked(vec![
        Figure::of_share("prob_job_fails", exact, failed as f64, replications as f64 * JOBS as f64),
        Figure::of_mean("mean_attempts", number(expected, "mean_attempts"), &attempts, ALLOWED),
    ])
}
