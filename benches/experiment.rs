//! Replications a second on one thread and on two: 100 tasks over 8,760 h, each of which lives Exp(1,000 h) and takes
//! Exp(12 h) to come back, about 1,730 failures and returns a replication.
//!
//! An iteration is an experiment of 64 replications; an element of the throughput is one replication. The ratio of the two
//! lines is the speed-up.

use std::ops::ControlFlow;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use longshore::base::huge_pages::HugePages;
use longshore::experiment::{Catalog, Conduct, Tally, replicate};
use longshore::scenario;

// As the command has it.
#[global_allocator]
static MEMORY: HugePages = HugePages;

const TEXT: &str = "
name: replications
duration: 8760h
zones: [a, b]
capacity: [{name: group, instanceType: {vcpu: 100, memory: 100GiB}, count: 2}]
taskDefinitions:
  - family: one
    containerDefinitions:
      - {name: c, cpu: 512, memory: 64, restartPolicy: {enabled: true, restartAttemptPeriod: 0}}
services:
  - {name: s, taskDefinition: one, desiredCount: 100, availabilityZoneRebalancing: DISABLED}
failures:
  - {type: containerCrash, every: {exponential: {mean: 1000h}}}
timings:
  containerRestart: {exponential: {mean: 12h}}
";

const REPLICATIONS: u64 = 64;

fn run(c: &mut Criterion) {
    let Ok(loaded) = scenario::load_text(TEXT, std::path::Path::new(".")) else { panic!("the scenario is in order") };
    let mut group = c.benchmark_group("replications");
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Elements(REPLICATIONS));
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        group.bench_function(format!("{threads} threads"), |b| {
            b.iter(|| {
                let catalog = Catalog::default();
                let mut tally = Tally::default();
                let done = pool.install(|| {
                    let ready = std::collections::BTreeMap::new();
                    replicate(&[&loaded.plan], 0..REPLICATIONS, ready, &catalog, Conduct::default(), |number, runs| {
                        tally.add(number, &runs[0].row, &catalog);
                        ControlFlow::Continue(())
                    })
                });
                assert!(done.is_ok());
                tally.replications
            });
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
