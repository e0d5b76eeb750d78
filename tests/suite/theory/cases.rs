//! Each family of cases: its scenario and the figures that are compared.

use longshore::engine::Setup;
use longshore::experiment::{Options, run};
use longshore::metrics::outcome::Outcome;
use longshore::scenario::Plan;
use longshore::stats::confidence::Mean;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::build::{Sketch, binpack, exponential, law, secs, spread};
use super::estimate::Figure;

/// What became of a case.
pub enum Verdict {
    Checked(Vec<Figure>),
    Skipped(String),
}

/// The standard error allowed, as a share of the smaller of p and 1 - p.
const ALLOWED: f64 = 0.02;

/// What the run is made long enough for; `LONGSHORE_THEORY_ERROR` asks for another precision, to look into a doubt.
fn wanted() -> f64 {
    std::env::var("LONGSHORE_THEORY_ERROR").ok().and_then(|text| text.parse().ok()).unwrap_or(0.018)
}

/// Replications of a long-run case.
const REPLICATIONS: u64 = 40;

/// The part of each replication that is left out at its start.
const WARMUP: f64 = 0.1;

/// More simulated container lives than this are not worth the wait; such cases call for a rare-event method.
const MOST_LIVES: f64 = 3.0e7;

const YEAR: f64 = 31_536_000.0;

fn plan(sketch: &Sketch) -> Plan {
    let text = serde_json::to_string_pretty(&sketch.json).expect("JSON");
    match longshore::scenario::load_text(&text, std::path::Path::new(".")) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{}\n{text}", refused.problems.render(&refused.sources)),
    }
}

fn outcomes(plan: &Plan, replications: u64) -> Vec<Outcome> {
    let one = |replication| run(plan, Options { setup: Setup { replication, ..Setup::default() }, progress: None });
    (0..replications).into_par_iter().map(one).collect()
}

fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or_else(|| panic!("{field} of {value}"))
}

fn whole(value: &Value, field: &str) -> u64 {
    value[field].as_u64().unwrap_or_else(|| panic!("{field} of {value}"))
}

fn mean_of(law: &Value) -> f64 {
    let text = super::build::law(law);
    let spec: longshore::base::distribution::Spec = serde_json::from_value(text).expect("a law");
    spec.resolve(std::path::Path::new(".")).expect("a law").mean()
}

fn mean(outcomes: &[Outcome], of: impl Fn(&Outcome) -> f64) -> Mean {
    let mut mean = Mean::default();
    outcomes.iter().for_each(|outcome| mean.add(of(outcome)));
    mean
}

/// A case whose figure is a long-run share of time: runs it long enough for the error that is wanted.
///
/// `lives_per_second` is the rate at which containers die, to tell how much work it is.
fn long_run(case: &Value, sketch: Sketch, lives_per_second: f64, share: fn(&Outcome) -> f64) -> Verdict {
    let expected = &case["expected"];
    let primary = case["primary_metric"].as_str().unwrap_or("");
    let up = case["tolerance"].as_object().and_then(|tolerance| {
        tolerance.iter().find(|(_, rule)| rule["T_total_s_for_2pct_ci95_on_minor_prob"].is_f64())
    });
    let exact = number(expected, primary);
    let minor = exact.min(1.0 - exact);
    let variance = up.and_then(|(_, rule)| rule["asymptotic_variance_s"].as_f64());
    // Where no variance is given, outages that come independently of each other give its size, with some to spare.
    let total = match variance {
        Some(variance) => variance / (wanted() * minor).powi(2),
        None => {
            let outage = expected["mean_service_outage_s"].as_f64().unwrap_or(1.0 / lives_per_second);
            4.0 * outage / (minor * wanted() * wanted())
        }
    };
    let lives = total / (1.0 - WARMUP) * lives_per_second;
    if lives > MOST_LIVES * (0.018 / wanted()).powi(2) {
        return Verdict::Skipped(format!(
            "needs {:.0} simulated years ({lives:.0} lives) for a standard error of {}: a rare-event method",
            total / YEAR,
            wanted()
        ));
    }
    let each = total / REPLICATIONS as f64 / (1.0 - WARMUP);
    // Not shorter than some quiet times, or the warm-up would not be one.
    let each = each.max(40.0 / lives_per_second).min(990.0 * YEAR);
    let sketch = seeded(case, sketch).with("", "duration", secs(each)).with("", "warmup", secs(each * WARMUP));
    let outcomes = outcomes(&plan(&sketch), REPLICATIONS);
    let share = mean(&outcomes, share);
    let measured = each * (1.0 - WARMUP) * REPLICATIONS as f64;
    let error = variance.map_or(share.error(), |variance| (variance / measured).sqrt());
    let mut figures = vec![Figure { name: primary.into(), exact, found: share.mean, error, allowed: ALLOWED * minor }];
    if let Some(exact) = expected["mean_number_up"].as_f64() {
        let healthy = mean(&outcomes, |outcome| outcome.services[0].mean_healthy);
        figures.push(Figure::of_mean("mean_number_up", exact, &healthy, f64::INFINITY));
    }
    if let Some(exact) = expected["service_outages_per_year"].as_f64() {
        let years = each * (1.0 - WARMUP) / YEAR;
        let outages = mean(&outcomes, |outcome| outcome.services[0].outages.count as f64 / years);
        figures.push(Figure::of_mean("service_outages_per_year", exact, &outages, f64::INFINITY));
    }
    Verdict::Checked(figures)
}

fn unavailable(outcome: &Outcome) -> f64 {
    1.0 - outcome.services[0].service_availability
}

fn available(outcome: &Outcome) -> f64 {
    outcome.services[0].service_availability
}

fn crash(every: Value) -> Value {
    json!({"type": "containerCrash", "every": every})
}

fn reboot(every: Value, lasts: Value) -> Value {
    json!({"type": "instanceReboot", "every": every, "lasts": lasts})
}

/// One container on each of n instances.
fn dedicated(n: u64, k: u64, up: &Value, down: &Value) -> Sketch {
    Sketch::new(&[n, 0], 1).service(n, k, spread()).timing("containerStart", law(down)).failure(crash(law(up)))
}

/// Each case has a seed of its own: the same outages in several cases would make their errors alike.
fn seeded(case: &Value, sketch: Sketch) -> Sketch {
    let id = case["id"].as_str().unwrap_or("");
    let seed = id.bytes().fold(17u64, |seed, byte| seed.wrapping_mul(131).wrapping_add(byte.into()));
    sketch.with("", "seed", json!(seed % 1_000_000_007))
}

pub fn run_case(case: &Value) -> Verdict {
    let model = &case["model"];
    let kind = model["kind"].as_str().unwrap_or("");
    let skip = |reason: &str| Verdict::Skipped(reason.to_owned());
    match kind {
        "alternating_renewal" => {
            let (up, down) = (&model["up"], &model["down"]);
            let rate = 1.0 / (mean_of(up) + mean_of(down));
            long_run(case, dedicated(1, 1, up, down), rate, available)
        }
        "independent_k_of_n" | "quorum" => {
            let (n, k) = (whole(model, "n"), whole(model, "k"));
            let (up, down) = (&model["up"], &model["down"]);
            let rate = n as f64 / (mean_of(up) + mean_of(down));
            long_run(case, dedicated(n, k, up, down), rate, unavailable)
        }
        "alternating_renewal_transient" => transient(case),
        "alternating_renewal_downtime_in_window" => downtime_in_window(case),
        "machine_repair" => machine_repair(case),
        "pinned" => pinned(case),
        "reschedule" => reschedule(case),
        "az_overlay" => az_overlay(case),
        "az_kill" | "az_nested_kill" => az_kill(case),
        "detect_fixed" => {
            let up = &model["up"];
            let sketch = dedicated(1, 1, up, &json!({"dist": "deterministic", "value": model["restart_s"]}))
                .timing("schedulerReaction", secs(number(model, "detect_s")));
            long_run(case, sketch, 1.0 / mean_of(up), unavailable)
        }
        "detect_health_check" => health_check(case),
        "detect_random_phase" => random_phase(case),
        "detect_competing" => competing(case),
        "erlang_b" | "erlang_c" | "mmck" | "mg1" => queue(case),
        "kaufman_roberts" => kaufman_roberts(case),
        "cold_spare" => skip("ECS has no standby instance that takes part only after another has failed"),
        "crashloop" => crash_loop(case),
        "rare_az_blackout" | "rare_common_shock" | "rare_per_cycle" => {
            skip("too rare for plain simulation: needs importance sampling or splitting")
        }
        "mm1_breakdowns" => skip("needs work that is preempted and resumed; an ECS task starts anew"),
        "job_restart" | "job_checkpoint" | "job_retries" => {
            skip("ECS does not start a standalone task again: needs a retry policy of the workload")
        }
        other => Verdict::Skipped(format!("unknown kind `{other}`")),
    }
}

/// A single pod whose container ends again and again: the kubelet waits longer and longer.
fn crash_loop(case: &Value) -> Verdict {
    let model = &case["model"];
    let span = |field: &str| secs(number(model, field));
    if number(model, "backoff_factor") != 2.0 {
        return Verdict::Skipped("the kubelet's back-off doubles".into());
    }
    let cycle = number(&case["expected"], "mean_cycle_s");
    let sketch = Sketch::pod(json!({
        "initial": span("backoff_first_s"),
        "max": span("backoff_cap_s"),
        "resetAfter": span("reset_after_running_s"),
        "firstRestartImmediate": model["first_restart_immediate"],
    }))
    .timing("containerRestart", span("start_overhead_s"))
    .failure(crash(law(&model["life"])));
    long_run(case, sketch, 1.0 / cycle, available)
}

/// Up or down at an instant; interval availability. Short runs, many of them.
fn transient(case: &Value) -> Verdict {
    let model = &case["model"];
    let (up, down) = (&model["up"], &model["down"]);
    let start = if model["start"] == "down" { "empty" } else { "running" };
    let sketch =
        dedicated(1, 1, up, down).with("", "duration", secs(number(model, "t_s"))).with("", "start", json!(start));
    let exact = number(&case["expected"], "availability_at_t");
    let minor = exact.min(1.0 - exact);
    let runs = (exact * (1.0 - exact) / (wanted() * minor).powi(2)).ceil();
    let plan = plan(&seeded(case, sketch));
    let results: Vec<(f64, f64)> = (0..runs as u64)
        .into_par_iter()
        .map(|replication| {
            let outcome = run(&plan, Options { setup: Setup { replication, ..Setup::default() }, progress: None });
            let last = outcome.timeline.services[0].points.last().map_or(0, |point| point.healthy);
            (f64::from(last), outcome.services[0].capacity_availability)
        })
        .collect();
    let hits = results.iter().map(|(last, _)| last).sum();
    let mut figures = vec![Figure::of_share("availability_at_t", exact, hits, runs)];
    if let Some(exact) = case["expected"]["interval_availability_0_t"].as_f64() {
        let mut interval = Mean::default();
        results.iter().for_each(|(_, share)| interval.add(*share));
        figures.push(Figure::of_mean("interval_availability_0_t", exact, &interval, f64::INFINITY));
    }
    Verdict::Checked(figures)
}

fn downtime_in_window(case: &Value) -> Verdict {
    let model = &case["model"];
    let window = number(model, "window_s");
    let sketch = dedicated(1, 1, &model["up"], &model["down"]).with("", "duration", secs(window));
    let exact = number(&case["expected"], "prob_downtime_exceeds_budget");
    let minor = exact.min(1.0 - exact);
    let runs = (exact * (1.0 - exact) / (wanted() * minor).powi(2)).ceil();
    let outcomes = outcomes(&plan(&seeded(case, sketch)), runs as u64);
    let down = |outcome: &Outcome| unavailable(outcome) * window;
    // A fixed repair makes exact multiples: half a microsecond keeps rounding on its side of the bound.
    let over = outcomes.iter().filter(|outcome| down(outcome) > number(model, "budget_s") + 5e-7).count();
    let mut figures = vec![Figure::of_share("prob_downtime_exceeds_budget", exact, over as f64, runs)];
    if let Some(exact) = case["expected"]["expected_downtime_s"].as_f64() {
        figures.push(Figure::of_mean("expected_downtime_s", exact, &mean(&outcomes, down), f64::INFINITY));
    }
    Verdict::Checked(figures)
}

/// Machines that wait for a crew: instances that reboot, one container each.
fn machine_repair(case: &Value) -> Verdict {
    let model = &case["model"];
    let machines = whole(model, "machines");
    let failure = json!({
        "type": "instanceReboot",
        "every": exponential(number(model, "mttf_s")),
        "lasts": exponential(number(model, "repair_mean_s")),
        "crews": whole(model, "crew"),
    });
    let sketch = Sketch::new(&[machines, 0], 1)
        .service(machines, whole(model, "k"), spread())
        .keeps_instances()
        .failure(failure);
    long_run(case, sketch, machines as f64 / number(model, "mttf_s"), unavailable)
}

/// Containers that never leave their instance: every place is taken, and the instance comes back.
fn pinned(case: &Value) -> Verdict {
    let model = &case["model"];
    let (instances, each) = (whole(model, "instances"), whole(model, "containers_per_instance"));
    let start = exponential(number(model, "container_start_mean_s"));
    let sketch = Sketch::new(&[instances, 0], each)
        .service(instances * each, whole(model, "k"), spread())
        .keeps_instances()
        .failure(crash(exponential(number(model, "container_mttf_s"))))
        .failure(reboot(
            exponential(number(model, "instance_mttf_s")),
            exponential(number(model, "instance_repair_mean_s")),
        ));
    let sketch = if model["start_after_instance_return"] == "instant" {
        sketch.restarts_in_place(start)
    } else {
        sketch.timing("containerStart", start)
    };
    let rate = (instances * each) as f64 / number(model, "container_mttf_s");
    long_run(case, sketch, rate, unavailable)
}

/// Containers of a lost instance go to free places on others; a crash keeps its place.
fn reschedule(case: &Value) -> Verdict {
    let model = &case["model"];
    let containers = whole(model, "containers");
    let start = exponential(number(model, "container_start_mean_s"));
    let placement = if model["placement"] == "binpack" { binpack() } else { spread() };
    let sketch = Sketch::new(&[whole(model, "instances"), 0], whole(model, "slots_per_instance"))
        .service(containers, whole(model, "k"), placement)
        .timing("containerStart", start.clone())
        .restarts_in_place(start)
        .timing("instanceLaunch", exponential(number(model, "instance_repair_mean_s")))
        .failure(crash(exponential(number(model, "container_mttf_s"))))
        .failure(json!({
            "type": "instanceFailure",
            "every": exponential(number(model, "instance_mttf_s")),
            "seen": "terminated",
        }));
    let rate = containers as f64 / number(model, "container_mttf_s");
    long_run(case, sketch, rate, unavailable)
}

fn replicas(model: &Value) -> Vec<u64> {
    let list = model["replicas_per_az"].as_array().expect("a list");
    list.iter().map(|count| count.as_u64().expect("a number")).collect()
}

/// Zones that cannot be reached while their containers run on, crash and are restarted in place.
fn az_overlay(case: &Value) -> Verdict {
    let model = &case["model"];
    let replicas = replicas(model);
    let total: u64 = replicas.iter().sum();
    let sketch = Sketch::new(&replicas, 1)
        .service(total, whole(model, "k"), spread())
        .keeps_instances()
        .restarts_in_place(exponential(number(model, "container_restart_mean_s")))
        .failure(crash(exponential(number(model, "container_mttf_s"))))
        .failure(json!({
            "type": "zoneOutage",
            "loses": "network",
            "every": exponential(number(model, "az_mttf_s")),
            "lasts": exponential(number(model, "az_outage_mean_s")),
        }));
    let rate = total as f64 / number(model, "container_mttf_s");
    long_run(case, sketch, rate, unavailable)
}

/// Zones that lose power: containers die and start again when their hosts are back.
fn az_kill(case: &Value) -> Verdict {
    let model = &case["model"];
    let nested = model["kind"] == "az_nested_kill";
    let (per_zone, slots) = if nested {
        let zones = whole(model, "azs") as usize;
        (vec![whole(model, "instances_per_az"); zones], whole(model, "containers_per_instance"))
    } else {
        (replicas(model), 1)
    };
    let total: u64 = per_zone.iter().sum::<u64>() * slots;
    let recovery = if nested { exponential(number(model, "instance_repair_mean_s")) } else { json!("0s") };
    let mut sketch = Sketch::new(&per_zone, slots)
        .service(total, whole(model, "k"), spread())
        .keeps_instances()
        .timing("containerStart", exponential(number(model, "container_start_mean_s")))
        .failure(crash(exponential(number(model, "container_mttf_s"))))
        .failure(json!({
            "type": "zoneOutage",
            "loses": "power",
            "lost": "0%",
            "recovery": recovery.clone(),
            "every": exponential(number(model, "az_mttf_s")),
            "lasts": exponential(number(model, "az_outage_mean_s")),
        }));
    if nested {
        sketch = sketch.failure(reboot(exponential(number(model, "instance_mttf_s")), recovery));
    }
    let rate = total as f64 / number(model, "container_mttf_s");
    long_run(case, sketch, rate, unavailable)
}

/// A hang that only a container health check sees; its replacement is started first.
fn health_check(case: &Value) -> Verdict {
    let model = &case["model"];
    let life = number(model, "container_mttf_s");
    let sketch = Sketch::new(&[2, 0], 2)
        .service(1, 1, spread())
        .timing("containerStart", secs(number(model, "restart_s")))
        .with(
            "/taskDefinitions/0/containerDefinitions/0",
            "healthCheck",
            json!({
                "interval": number(model, "interval_s") as u64,
                "retries": whole(model, "unhealthy_threshold"),
            }),
        )
        .failure(json!({"type": "containerHang", "answers": "error", "every": exponential(life)}));
    long_run(case, sketch, 1.0 / life, unavailable)
}

/// A hang that the load balancer's checks see, which stand on a grid of their own.
fn random_phase(case: &Value) -> Verdict {
    let model = &case["model"];
    let sketch = Sketch::new(&[2, 0], 2)
        .service(1, 1, spread())
        .timing("containerStart", secs(number(model, "restart_s")))
        .with(
            "/services/0",
            "loadBalancer",
            json!({
                "healthCheckIntervalSeconds": number(model, "interval_s") as u64,
                "unhealthyThresholdCount": whole(model, "unhealthy_threshold"),
                "deregistrationDelaySeconds": 0,
            }),
        )
        .failure(json!({"type": "containerHang", "answers": "error", "every": law(&model["up"])}));
    long_run(case, sketch, 1.0 / mean_of(&model["up"]), unavailable)
}

/// Crashes that are quick to mend and instance losses that are slow to be noticed.
fn competing(case: &Value) -> Verdict {
    let model = &case["model"];
    let (crash_down, loss_down) = (number(model, "container_down_s"), number(model, "instance_loss_down_s"));
    let sketch = Sketch::new(&[2, 0], 1)
        .service(1, 1, spread())
        .timing("containerStart", secs(crash_down))
        .timing("instanceStateChange", secs(loss_down - crash_down))
        .failure(crash(exponential(number(model, "container_mttf_s"))))
        .failure(json!({
            "type": "instanceFailure",
            "every": exponential(number(model, "instance_mttf_s")),
            "seen": "terminated",
        }));
    long_run(case, sketch, 1.0 / number(model, "container_mttf_s"), unavailable)
}

fn batch(name: &str, definition: &str, rate: f64, service: Value) -> Value {
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
fn queue(case: &Value) -> Verdict {
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
fn kaufman_roberts(case: &Value) -> Verdict {
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
