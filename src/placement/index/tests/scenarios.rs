//! Random scenarios, written as a user would write them: small, crowded, and full of rules and failures.

use std::fmt::Write;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

struct Writer {
    /// A handful of instances only, so that each counts when reasons are counted.
    tiny: bool,
    rng: Xoshiro256PlusPlus,
    text: String,
}

/// The scenario of a seed.
pub fn random(seed: u64) -> String {
    let rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut to = Writer { tiny: seed % 4 == 1, rng, text: String::new() };
    to.scenario(seed);
    to.text
}

macro_rules! line {
    ($to:expr, $($text:tt)*) => {{
        let text = format!($($text)*);
        writeln!($to.text, "{text}").expect("a string takes any text")
    }};
}

impl Writer {
    fn chance(&mut self, share: f64) -> bool {
        self.rng.random_bool(share)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.choose(&mut self.rng).expect("something to choose from")
    }

    fn scenario(&mut self, seed: u64) {
        line!(self, "name: random-{seed}\nseed: {seed}\nduration: 1d");
        line!(self, "tieBreak: {}", if seed.is_multiple_of(2) { "random" } else { "first" });
        line!(self, "start: {}", if seed.is_multiple_of(5) { "empty" } else { "running" });
        let zones = self.rng.random_range(2..=4);
        line!(self, "zones: [{}]", ["za", "zb", "zc", "zd"][..zones].join(", "));
        line!(self, "capacity:");
        for number in 0..self.rng.random_range(if self.tiny { 2..=3 } else { 1..=4 }) {
            self.capacity(number);
        }
        line!(self, "taskDefinitions:");
        let definitions = self.rng.random_range(2..=6);
        for number in 0..definitions {
            self.definition(number);
        }
        line!(self, "services:");
        for number in 0..self.rng.random_range(2..=6) {
            self.service(number, definitions);
        }
        if self.chance(0.7) {
            line!(self, "runTask:");
            for number in 0..self.rng.random_range(1..=2) {
                self.batch(number, definitions);
            }
        }
        self.failures();
        line!(self, "timings: {{retry: {{whenCapacityChanges: {}}}}}", self.text.len().is_multiple_of(2));
    }

    fn capacity(&mut self, number: u32) {
        let vcpu = self.rng.random_range(1..=4);
        let memory = self.rng.random_range(1..=16) * 512;
        line!(self, "  - name: group{number}\n    instanceType:\n      vcpu: {vcpu}\n      memory: {memory}MiB");
        if self.chance(0.4) {
            line!(self, "      gpus: {}", self.rng.random_range(1..=2));
        }
        if self.chance(0.5) {
            line!(self, "      awsvpcTasks: {}", self.rng.random_range(1..=3));
        }
        if self.chance(if self.tiny { 0.5 } else { 0.2 }) {
            line!(self, "      cpuArchitecture: ARM64");
        }
        line!(self, "    count: {}", self.rng.random_range(1..=if self.tiny { 2 } else { 16 }));
        if self.chance(0.6) {
            let rack = self.one(&["r1", "r2", "r3"]);
            let stack = self.one(&["prod", "test"]);
            line!(self, "    attributes: {{rack: {rack}, stack: {stack}}}");
        }
        if self.chance(0.15) {
            line!(self, "    suspendedProcesses: [ReplaceUnhealthy]");
        }
    }

    fn definition(&mut self, number: u32) {
        line!(self, "  - family: family{number}");
        let awsvpc = self.chance(0.3);
        line!(self, "    networkMode: {}", if awsvpc { "awsvpc" } else { "bridge" });
        if self.chance(0.2) {
            line!(self, "    runtimePlatform: {{cpuArchitecture: {}}}", self.one(&["X86_64", "ARM64"]));
        }
        if self.chance(0.15) {
            let expression = self.expression();
            line!(self, "    placementConstraints: [{{type: memberOf, expression: '{expression}'}}]");
        }
        let cpu = [64, 128, 200, 256, 512, 1000].choose(&mut self.rng).copied().unwrap_or(64);
        let memory = self.rng.random_range(1..=8) * 96;
        line!(
            self,
            "    containerDefinitions:\n      - {{name: main, cpu: {cpu}, memory: {memory}, image: image{number}"
        );
        if self.chance(0.25) && !awsvpc {
            let port = self.rng.random_range(8000..8002);
            line!(self, "         , portMappings: [{{containerPort: 80, hostPort: {port}}}]");
        }
        if self.chance(0.15) {
            line!(self, "         , resourceRequirements: [{{type: GPU, value: '1'}}]");
        }
        line!(self, "        }}");
    }

    fn expression(&mut self) -> String {
        let fixed = [
            "attribute:stack == prod",
            "attribute:rack in [r1, r2]",
            "attribute:rack exists",
            "not (attribute:stack == test)",
            "attribute:ecs.availability-zone != za",
            "attribute:rack == r9",
            "task:group != service:service0",
            "task:group == service:service1",
            "runningTasksCount < 3",
            "attribute:stack == prod or runningTasksCount == 0",
        ];
        self.one(&fixed).to_owned()
    }

    fn constraints(&mut self) {
        let mut list = Vec::new();
        for _ in 0..self.rng.random_range(0..=2) {
            list.push(if self.chance(0.4) {
                "{type: distinctInstance}".to_owned()
            } else {
                format!("{{type: memberOf, expression: '{}'}}", self.expression())
            });
        }
        if self.chance(0.5) {
            line!(self, "    placementConstraints: [{}]", list.join(", "));
        }
    }

    fn strategies(&mut self) {
        let all = [
            "{type: binpack, field: memory}",
            "{type: binpack, field: cpu}",
            "{type: spread, field: instanceId}",
            "{type: spread, field: 'attribute:ecs.availability-zone'}",
            "{type: spread, field: 'attribute:rack'}",
            "{type: spread, field: 'attribute:ecs.instance-type'}",
            "{type: random}",
        ];
        let count = self.rng.random_range(0..=3);
        let list: Vec<&str> = (0..count).map(|_| self.one(&all)).collect();
        line!(self, "    placementStrategy: [{}]", list.join(", "));
    }

    fn service(&mut self, number: u32, definitions: u32) {
        let family = self.rng.random_range(0..definitions);
        line!(self, "  - name: service{number}\n    taskDefinition: family{family}");
        if self.chance(if self.tiny { 0.5 } else { 0.15 }) {
            line!(self, "    schedulingStrategy: DAEMON");
        } else {
            line!(self, "    desiredCount: {}", self.rng.random_range(1..=if self.tiny { 3 } else { 25 }));
            if self.chance(0.85) {
                self.strategies();
            }
            if self.chance(0.3) {
                line!(self, "    loadBalancer: {{deregistrationDelaySeconds: 60}}");
            }
        }
        self.constraints();
    }

    fn batch(&mut self, number: u32, definitions: u32) {
        let family = self.rng.random_range(0..definitions);
        line!(self, "  - name: batch{number}\n    taskDefinition: family{family}");
        line!(self, "    every: {{exponential: {{mean: 3m}}}}\n    runTime: {{exponential: {{mean: 20m}}}}");
        if self.chance(0.5) {
            // A group that is shared with a service or with the other batch.
            line!(self, "    group: '{}'", self.one(&["shared", "service:service0"]));
        }
        if self.chance(0.5) {
            line!(self, "    whenNoRoom: wait");
        }
        if self.chance(0.8) {
            self.strategies();
        }
        self.constraints();
    }

    fn failures(&mut self) {
        line!(self, "failures:\n  - {{type: containerCrash, every: {{exponential: {{mean: 6h}}}}}}");
        for (text, share) in [
            ("{type: instanceFailure, every: {exponential: {mean: 1d}}}", 0.6),
            ("{type: instanceFailure, seen: terminated, every: {exponential: {mean: 1d}}}", 0.4),
            ("{type: instanceReboot, every: {exponential: {mean: 12h}}}", 0.4),
            ("{type: agentDisconnect, every: {exponential: {mean: 12h}}, lasts: {exponential: {mean: 1h}}}", 0.6),
            ("{type: agentDisconnect, at: 20h, lasts: 30m}", 0.3),
            ("{type: instanceRetirement, every: {exponential: {mean: 1d}}}", 0.5),
            ("{type: zoneOutage, at: 6h, lasts: 2h, target: {zones: [za]}}", 0.5),
            ("{type: zoneOutage, loses: network, at: 12h, lasts: 1h, target: {zones: [zb]}}", 0.5),
            ("{type: controlPlaneOutage, at: 10h, lasts: 30m}", 0.3),
        ] {
            if self.chance(share) {
                line!(self, "  - {text}");
            }
        }
    }
}
