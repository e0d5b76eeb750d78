//! The whole engine: events a second, with detection, the life of a task and every meter included.
//!
//! Instances in three zones, sizes cycling through (4096 CPU units, 7680 MiB), (4096, 15744), (8192, 31744) and (4096,
//! 31744); a tenth as many services (20 to 1,000) of 128, 256, 512 or 1024 CPU units and 256 to 4096 MiB, seven tasks an
//! instance, by binpack on memory. A container lives Exp(10 h): its end is noticed by the agent, and the service scheduler
//! reacts, places the next, which goes through PROVISIONING, PENDING (image pull) and RUNNING. An instance lives
//! Exp(100 h): its status check fails, Auto Scaling replaces it, and its tasks are placed elsewhere. Load balancers are in
//! front of a tenth of the services. Everything is sampled as `experiment::run` does, 500 times a run (100 times at 100,000 instances).
//!
//! An iteration is one run from the steady state on; an element of the throughput is one event.

use std::fmt::Write;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use longshore::base::huge_pages::HugePages;
use longshore::engine::{self, Setup};
use longshore::{experiment, scenario};

// As the command has it.
#[global_allocator]
static MEMORY: HugePages = HugePages;

/// About so many events a run; more where the samples, whose number is fixed, would weigh too much.
fn events(instances: u32) -> u32 {
    (40 * instances).max(1_500_000)
}

fn text(instances: u32) -> String {
    // About six events a life of 10 h, seven tasks an instance.
    let hours = (events(instances) / (instances * 7 * 6 / 10)).max(1);
    let mut text = format!("name: engine\nduration: {hours}h\nzones: [a, b, c]\ncapacity:\n");
    for (size, (vcpu, memory)) in [(4, 7680), (4, 15744), (8, 31744), (4, 31744)].into_iter().enumerate() {
        let _ = writeln!(text, "  - name: size{size}\n    instanceType: {{vcpu: {vcpu}, memory: {memory}MiB}}");
        let _ = writeln!(text, "    count: {}", instances / 4);
    }
    text.push_str("taskDefinitions:\n");
    let services = (instances / 10).clamp(20, 1000);
    for number in 0..services {
        let cpu = 128 << (number * 7 % 4);
        let memory = 256 + number * 611 % 3840;
        let _ = writeln!(
            text,
            "  - family: f{number}\n    containerDefinitions: [{{name: c, image: i{}, cpu: {cpu}, memory: {memory}}}]",
            number % 50
        );
    }
    text.push_str("services:\n");
    for number in 0..services {
        let desired = instances * 7 / services;
        let _ = writeln!(text, "  - name: s{number}\n    taskDefinition: f{number}\n    desiredCount: {desired}");
        let _ = writeln!(text, "    placementStrategy: [{{type: binpack, field: memory}}]");
        if number % 10 == 0 {
            text.push_str("    loadBalancer: {}\n");
        }
    }
    text.push_str("failures:\n  - {type: containerCrash, every: {exponential: {mean: 10h}}}\n");
    text.push_str("  - {type: instanceFailure, every: {exponential: {mean: 100h}}}\n");
    text
}

fn run(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for the scenario");
    let mut group = c.benchmark_group("engine");
    group.sample_size(10).warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_secs(5));
    for instances in [100, 1_000, 10_000, 100_000] {
        let path = folder.path().join("scenario.yaml");
        std::fs::write(&path, text(instances)).expect("the scenario is written");
        let Ok(loaded) = scenario::load(&path, &[]) else { panic!("the scenario is in order") };
        let timed = || {
            let mut engine = engine::build(&loaded.plan, Setup::default());
            let before = engine.events;
            let start = Instant::now();
            experiment::single::finish(&loaded.plan, &mut engine, None);
            (start.elapsed(), engine.events - before)
        };
        group.throughput(Throughput::Elements(timed().1));
        group.bench_function(instances.to_string(), |b| {
            b.iter_custom(|runs| (0..runs).map(|_| timed().0).sum());
        });
    }
    group.finish();
}

// Criterion's plots need fonts that `plotters` is built without here.
criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = run
}
criterion_main!(benches);
