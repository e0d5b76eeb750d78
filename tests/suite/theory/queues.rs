//! Cases of queues: jobs that arrive and wait for a place.

use longshore::metrics::outcome::Outcome;
use serde_json::{Value, json};

use super::build::{Sketch, binpack, exponential, law, secs};
use super::cases::Verdict;
use super::estimate::Figure;
use super::shared::*;

pub(super) fn batch(name: &str, definition: &str, rate: f64, service: Value) -> Value {
    json!({
        "name": name,
        "taskDefinition": definition,
        "every": exponential(1.0 / rate),
        "runTime": service,
        "placementStrategy": binpack(),
        "imageSize": "0MiB",
    })
}

/// One queue: jobs on the places of one instance.
pub(super) fn queue(case: &Value) -> Verdict {
    let model = &case["model"];
    let kind = model["kind"].as_str().unwrap_or("");
    let slots = model["slots"].as_u64().unwrap_or(1);
    let rate = number(model, "arrival_rate_per_s");
    let mut one = batch("jobs", "one", rate, law(&model["service"]));
    if kind != "erlang_b" {
        one["whenNoRoom"] = json!("wait");
        one["maxWaiting"] = json!(match model["max_in_system"].as_u64() {
            Some(most) => most - slots,
            None => 10_000_000,
        });
    }
    let arrivals = 8.0e6 * (0.018 / wanted()).powi(2);
    let each = arrivals / rate / REPLICATIONS as f64;
    let sketch = Sketch::new(&[1, 0], slots).with("", "runTask", json!([one])).with("", "duration", secs(each)).with(
        "",
        "warmup",
        secs(each * WARMUP),
    );
    let outcomes = outcomes(&plan(&seeded(case, sketch)), REPLICATIONS);
    let expected = &case["expected"];
    type Known = (&'static str, fn(&Outcome) -> f64);
    let known: [Known; 8] = [
        ("prob_blocked", |outcome| outcome.batches[0].given_up_share),
        ("prob_rejected", |outcome| outcome.batches[0].given_up_share),
        ("mean_wait_s", |outcome| outcome.batches[0].wait.mean_seconds.unwrap_or(0.0)),
        ("mean_wait_of_accepted_s", |outcome| outcome.batches[0].wait.mean_seconds.unwrap_or(0.0)),
        ("prob_wait", |outcome| outcome.batches[0].waited_share),
        ("mean_queue_length", |outcome| outcome.batches[0].mean_waiting),
        ("mean_busy", |outcome| outcome.batches[0].mean_placed),
        ("mean_response_s", |outcome| outcome.batches[0].response.mean_seconds.unwrap_or(0.0)),
    ];
    let figures = known
        .iter()
        .filter_map(|(name, of)| {
            let exact = expected[*name].as_f64()?;
            let found = mean(&outcomes, of);
            let primary = case["primary_metric"] == *name;
            Some(Figure::of_mean(name, exact, &found, if primary { ALLOWED * exact } else { f64::INFINITY }))
        })
        .collect();
    Verdict::Checked(figures)
}

/// Jobs of several sizes on one instance; what does not fit is lost.
pub(super) fn kaufman_roberts(case: &Value) -> Verdict {
    let model = &case["model"];
    let classes = model["classes"].as_array().expect("a list");
    let mut sketch = Sketch::new(&[1, 0], whole(model, "slots"));
    let (mut definitions, mut batches) = (Vec::new(), Vec::new());
    for (number_of, class) in classes.iter().enumerate() {
        let family = format!("class-{number_of}");
        definitions.push(json!({
            "family": family,
            "containerDefinitions": [{"name": "c", "cpu": whole(class, "slots") * 1024, "memory": 64}],
        }));
        let rate = number(class, "arrival_rate_per_s");
        batches.push(batch(&format!("jobs-{number_of}"), &family, rate, exponential(number(class, "hold_mean_s"))));
    }
    let rate: f64 = classes.iter().map(|class| number(class, "arrival_rate_per_s")).sum();
    let each = 6.0e6 / rate / REPLICATIONS as f64;
    sketch.json["taskDefinitions"] = json!(definitions);
    let sketch = sketch.with("", "runTask", json!(batches)).with("", "duration", secs(each)).with(
        "",
        "warmup",
        secs(each * WARMUP),
    );
    let outcomes = outcomes(&plan(&seeded(case, sketch)), REPLICATIONS);
    let exact = case["expected"]["blocking_per_class"].as_array().expect("a list");
    let figures = exact.iter().enumerate().map(|(class, exact)| {
        let exact = exact.as_f64().expect("a number");
        let found = mean(&outcomes, |outcome| outcome.batches[class].given_up_share);
        Figure::of_mean(&format!("blocking_per_class[{class}]"), exact, &found, ALLOWED * exact)
    });
    Verdict::Checked(figures.collect())
}
