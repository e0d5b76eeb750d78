//! Cases of failure and recovery, each as its scenario and the figures that are compared.

use longshore::engine::Setup;
use longshore::experiment::{Options, run};
use longshore::metrics::outcome::Outcome;
use longshore::stats::confidence::Mean;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::build::{Sketch, binpack, exponential, law, secs, spread};
use super::cases::Verdict;
use super::estimate::Figure;
use super::shared::*;

/// A single pod whose container ends again and again: the kubelet waits longer and longer.
pub(super) fn crash_loop(case: &Value) -> Verdict {
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
pub(super) fn transient(case: &Value) -> Verdict {
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

pub(super) fn downtime_in_window(case: &Value) -> Verdict {
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
pub(super) fn machine_repair(case: &Value) -> Verdict {
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
pub(super) fn pinned(case: &Value) -> Verdict {
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
pub(super) fn reschedule(case: &Value) -> Verdict {
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

pub(super) fn replicas(model: &Value) -> Vec<u64> {
    let list = model["replicas_per_az"].as_array().expect("a list");
    list.iter().map(|count| count.as_u64().expect("a number")).collect()
}

/// Zones that cannot be reached while their containers run on, crash and are restarted in place.
pub(super) fn az_overlay(case: &Value) -> Verdict {
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
pub(super) fn az_kill(case: &Value) -> Verdict {
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
pub(super) fn health_check(case: &Value) -> Verdict {
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
pub(super) fn random_phase(case: &Value) -> Verdict {
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
pub(super) fn competing(case: &Value) -> Verdict {
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
