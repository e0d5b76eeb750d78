//! Which family a case belongs to, and the cases that no family stands for.

use serde_json::{Value, json};

use super::build::secs;
use super::estimate::Figure;
use super::shared::*;
use super::{failures, jobs, queues};

/// What became of a case.
pub enum Verdict {
    Checked(Vec<Figure>),
    Skipped(String),
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
        "alternating_renewal_transient" => failures::transient(case),
        "alternating_renewal_downtime_in_window" => failures::downtime_in_window(case),
        "machine_repair" => failures::machine_repair(case),
        "pinned" => failures::pinned(case),
        "reschedule" => failures::reschedule(case),
        "az_overlay" => failures::az_overlay(case),
        "az_kill" | "az_nested_kill" => failures::az_kill(case),
        "detect_fixed" => {
            let up = &model["up"];
            let sketch = dedicated(1, 1, up, &json!({"dist": "deterministic", "value": model["restart_s"]}))
                .timing("schedulerReaction", secs(number(model, "detect_s")));
            long_run(case, sketch, 1.0 / mean_of(up), unavailable)
        }
        "detect_health_check" => failures::health_check(case),
        "detect_random_phase" => failures::random_phase(case),
        "detect_competing" => failures::competing(case),
        "erlang_b" | "erlang_c" | "mmck" | "mg1" => queues::queue(case),
        "kaufman_roberts" => queues::kaufman_roberts(case),
        "cold_spare" => skip("ECS has no standby instance that takes part only after another has failed"),
        "crashloop" => failures::crash_loop(case),
        "rare_az_blackout" | "rare_common_shock" | "rare_per_cycle" => {
            skip("too rare for plain simulation: needs importance sampling or splitting")
        }
        "mm1_breakdowns" => skip("needs work that is preempted and resumed; an ECS task starts anew"),
        "job_restart" | "job_checkpoint" => jobs::restarted(case),
        "job_retries" => jobs::retried(case),
        other => Verdict::Skipped(format!("unknown kind `{other}`")),
    }
}
