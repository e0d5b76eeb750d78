//! Figures of how tasks lie, counted again the slow way: instance by instance, task by task, at each look.

use longshore::experiment::{Options, run_checked};
use longshore::metrics::Meter;
use longshore::metrics::outcome::{Outcome, SpreadOutcome};
use longshore::scenario::load_text;
use longshore::world::fact::{Fact, Topics};
use longshore::world::fleet::Resources;
use longshore::world::{CapacityId, ServiceId, World, ZoneId};

/// Whatever moves, kills, silences or cuts off a task, in a fleet too small for all of it; sizes that leave useless room.
const SCENARIO: &str = "
name: recount
seed: 5
duration: 20d
zones: [a, b, c]
capacity:
  - {name: small, instanceType: {vcpu: 2, memory: 4000MiB}, count: 5}
  - {name: large, instanceType: {vcpu: 4, memory: 9000MiB}, count: 4}
taskDefinitions:
  - family: web
    containerDefinitions: [{name: web, cpu: 256, memory: 1100}]
  - family: api
    containerDefinitions:
      - {name: api, cpu: 256, memory: 700}
      - {name: log, cpu: 64, memory: 100, essential: false}
services:
  - {name: web, taskDefinition: web, desiredCount: 14, loadBalancer: {}, placementStrategy: [{type: binpack, field: memory}]}
  - {name: api, taskDefinition: api, desiredCount: 17, placementStrategy: [{type: spread, field: 'attribute:ecs.availability-zone'}]}
runTask:
  - name: nightly
    taskDefinition: api
    count: 200
    every: {exponential: {mean: 2h}}
    runTime: {exponential: {mean: 3h}}
failures:
  - {type: containerCrash, every: {exponential: {mean: 30h}}}
  - {type: containerHang, every: {exponential: {mean: 60h}}, lasts: {exponential: {mean: 4h}}}
  - {type: instanceFailure, every: {exponential: {mean: 6d}}}
  - {type: instanceHang, every: {exponential: {mean: 9d}}, lasts: {exponential: {mean: 6h}}}
  - {type: agentDisconnect, every: {exponential: {mean: 9d}}, lasts: {exponential: {mean: 6h}}}
  - {type: zoneOutage, at: 5d, lasts: 9h, target: {zones: [b]}}
";

#[derive(Default)]
struct Spread {
    sum: f64,
    max: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.max = self.max.max(value);
    }

    #[track_caller]
    fn agrees(&self, looks: f64, with: &SpreadOutcome) {
        assert!((self.sum / looks - with.mean).abs() < 1e-9, "mean {} is {}", self.sum / looks, with.mean);
        assert!((self.max - with.max).abs() < 1e-9, "max {} is {}", self.max, with.max);
    }
}

#[derive(Default)]
struct Recount {
    looks: f64,
    /// By service: share on one instance, share in one zone, tasks between the fullest and the emptiest zone.
    services: Vec<[Spread; 3]>,
    fragmentation: Vec<Spread>,
    /// Looks at which a service had a task that ran and did not serve, so that the two can be told apart.
    silent: u32,
}

impl Recount {
    fn look_at(&mut self, world: &World, service: ServiceId) {
        let mut zones: Vec<Option<f64>> = vec![None; world.fleet.zones.len()];
        let (mut total, mut most) = (0.0, 0.0_f64);
        for (instance, row) in world.live_instances() {
            if !row.works() {
                continue;
            }
            let here = world.tasks_on(instance).filter(|task| world.tasks[*task].service == service);
            let (serving, silent): (Vec<_>, Vec<_>) =
                here.filter(|task| !world.tasks[*task].stopping).partition(|task| world.serves(*task));
            self.silent += u32::from(!silent.is_empty());
            let here = serving.len() as f64;
            *zones[row.zone.0 as usize].get_or_insert(0.0) += here;
            total += here;
            most = most.max(here);
        }
        let open = || zones.iter().flatten().copied();
        let (fullest, emptiest) = (open().fold(0.0, f64::max), open().fold(f64::INFINITY, f64::min));
        let of_total = |count: f64| if total == 0.0 { 0.0 } else { count / total };
        let [instance, zone, imbalance] = &mut self.services[service.0 as usize];
        instance.add(of_total(most));
        zone.add(of_total(fullest));
        imbalance.add(if emptiest.is_finite() { fullest - emptiest } else { 0.0 });
    }

    fn look_into(&mut self, world: &World, capacity: CapacityId) {
        let needs: Vec<Resources> =
            world.fleet.services.values().map(|spec| world.fleet.definitions[spec.definition].need).collect();
        let registered = &world.fleet.capacities[capacity].registered;
        let (mut useless, mut instances) = (0.0, 0.0);
        for (instance, row) in world.live_instances().filter(|(_, row)| row.capacity == capacity) {
            if world.accepts_tasks(instance) {
                instances += 1.0;
                let some_task = needs.iter().any(|need| need.cpu <= row.free.cpu && need.memory <= row.free.memory);
                if !some_task {
                    useless += f64::from(row.free.cpu) / f64::from(registered.cpu) / 2.0;
                    useless += f64::from(row.free.memory) / f64::from(registered.memory) / 2.0;
                }
            }
        }
        self.fragmentation[capacity.0 as usize].add(if instances == 0.0 { 0.0 } else { useless / instances });
    }
}

impl Meter for Recount {
    fn topics(&self) -> Topics {
        Topics(0)
    }

    fn on_fact(&mut self, _world: &World, _fact: &Fact) {}

    fn sample(&mut self, world: &World) {
        self.looks += 1.0;
        world.fleet.services.ids().for_each(|service| self.look_at(world, service));
        world.fleet.capacities.ids().for_each(|capacity| self.look_into(world, capacity));
    }

    fn reset(&mut self, world: &World) {
        let services = world.fleet.services.ids().map(|_| Default::default()).collect();
        let fragmentation = world.fleet.capacities.ids().map(|_| Spread::default()).collect();
        *self = Recount { services, fragmentation, ..Recount::default() };
    }

    fn report(&mut self, world: &World, outcome: &mut Outcome) {
        assert!(self.looks >= 100.0 && self.silent > 20, "{} looks, {} with silent tasks", self.looks, self.silent);
        for (figures, [instance, zone, imbalance]) in outcome.services.iter().zip(&self.services) {
            instance.agrees(self.looks, &figures.blast_radius.instance);
            zone.agrees(self.looks, &figures.blast_radius.zone);
            imbalance.agrees(self.looks, &figures.zone_imbalance);
            assert!(imbalance.max > 1.0 && instance.max < 1.0, "{} has nothing to tell", figures.name);
        }
        for (figures, spread) in outcome.capacity.iter().zip(&self.fragmentation) {
            spread.agrees(self.looks, &figures.fragmentation);
            assert!(spread.max > 0.0, "{} has nothing to tell", figures.place.name);
        }
        assert_eq!((outcome.services.len(), outcome.capacity.len()), (2, 2));
        assert_eq!(world.fleet.zones.ids().last(), Some(ZoneId(2)));
    }
}

/// Blast radius, zone imbalance and fragmentation, whatever fails.
#[test]
fn how_tasks_lie() {
    let loaded = match load_text(SCENARIO, std::path::Path::new(".")) {
        Ok(loaded) => loaded,
        Err(refused) => panic!("{}", refused.problems.render(&refused.sources)),
    };
    let outcome = run_checked(&loaded.plan, Options::default(), vec![Box::new(Recount::default())]);
    assert!(outcome.is_ok_and(|outcome| outcome.events > 1000));
}
