//! Objectives: each field that is given becomes one goal.

use crate::base::nearest::instead;
use crate::scenario::file::Scenario;
use crate::scenario::file::kubernetes::OrchestratorFile;
use crate::scenario::file::objective::LossFile;
use crate::scenario::plan::{Goal, Loss, Objective, Survive};
use crate::scenario::source::path::Path;
use crate::world::ServiceId;
use crate::world::fleet::{Scheduling, ServiceSpec};

use super::Checker;

/// What a scenario promises.
#[derive(Default)]
pub(super) struct Promises {
    pub(super) objectives: Vec<Objective>,
    pub(super) survives: Vec<Survive>,
}

impl Checker<'_> {
    pub(super) fn objectives(&mut self, scenario: &Scenario) -> Promises {
        let mut promises = Promises::default();
        for (place, given) in scenario.objectives.iter().enumerate() {
            let at = Path::root().key("objectives").index(place);
            let services: Vec<ServiceId> = match &given.service {
                None => self.replicas().collect(),
                Some(name) => match self.replica_named(name) {
                    Some(service) => vec![service],
                    None => {
                        self.no_service(name, scenario, &at.key("service"));
                        Vec::new()
                    }
                },
            };
            let of_service = [
                given.availability.map(|share| Goal::Availability(share.0)),
                given.capacity_availability.map(|share| Goal::CapacityAvailability(share.0)),
                given.longest_outage.map(|span| Goal::LongestOutage(span.0)),
                given.recovers_within.map(|span| Goal::RecoversWithin(span.0)),
                given.requests_lost.map(|share| Goal::RequestsLost(share.0)),
            ];
            let of_fleet = [
                ("usdPerMonth", given.usd_per_month.map(Goal::UsdPerMonth)),
                ("cpuReserved", given.cpu_reserved.map(|share| Goal::CpuReserved(share.0))),
                ("memoryReserved", given.memory_reserved.map(|share| Goal::MemoryReserved(share.0))),
                ("refusals", given.refusals.map(Goal::Refusals)),
            ];
            let is_for_services = of_service.iter().any(Option::is_some) || given.survives.is_some();
            if !is_for_services && of_fleet.iter().all(|(_, goal)| goal.is_none()) {
                let help = "add `availability: 99.95%` or another goal".to_owned();
                self.error(&at, "an objective that promises nothing", Some(help));
            }
            // Workloads of Kubernetes stand in manifests, which may be wrong in a way that was reported.
            let unknown = scenario.orchestrator == Some(OrchestratorFile::Kubernetes) && self.problems.has_errors();
            let nobody = services.is_empty() && scenario.services.is_empty() && !unknown;
            if given.service.is_none() && nobody && is_for_services {
                let help = "a batch has no availability; promise something of the whole fleet".to_owned();
                self.error(&at, "a promise for every service, and there is no service", Some(help));
            }
            let counts_requests = |service: &ServiceId| self.fleet.services[*service].load_balancer.is_some();
            if given.requests_lost.is_some() && !services.iter().any(counts_requests) && !services.is_empty() {
                let help = "give the service a `loadBalancer`".to_owned();
                let message = "requests are counted for services with a load balancer only";
                self.error(&at.key("requestsLost"), message, Some(help));
            }
            for goal in of_service.into_iter().flatten() {
                for &service in &services {
                    let load_balanced = self.fleet.services[service].load_balancer.is_some();
                    if matches!(goal, Goal::RequestsLost(_)) && !load_balanced {
                        continue;
                    }
                    promises.objectives.push(Objective { service: Some(service), goal });
                }
            }
            if let Some(loss) = given.survives {
                let found = self.survivors(&services, given.service.as_deref(), &at.key("survives"));
                let loss = match loss {
                    LossFile::AnyZone => Loss::Zone,
                    LossFile::Instances(count) => Loss::Instances(count),
                };
                promises.survives.extend(found.into_iter().map(|service| Survive { service, loss }));
            }
            for (field, goal) in of_fleet {
                let Some(goal) = goal else { continue };
                if given.service.is_some() {
                    let help = "write it in an objective without `service`".to_owned();
                    self.error(&at.key(field), format!("`{field}` is about the whole fleet"), Some(help));
                }
                promises.objectives.push(Objective { service: None, goal });
            }
        }
        promises
    }

    /// Those of the services that can be promised to survive a loss: the ones with a desired count. What is wanted of a
    /// daemon shrinks with the instances.
    fn survivors(&mut self, services: &[ServiceId], named: Option<&str>, at: &Path) -> Vec<ServiceId> {
        let counted = |service: &&ServiceId| self.fleet.services[**service].scheduling == Scheduling::Replica;
        let list: Vec<ServiceId> = services.iter().filter(counted).copied().collect();
        if list.is_empty() && !services.is_empty() {
            let message = match named {
                Some(name) => format!("`{name}` is a daemon: fewer of its tasks are wanted when instances are lost"),
                None => "all services are daemons: fewer of their tasks are wanted when instances are lost".to_owned(),
            };
            self.error(at, message, Some("promise it of a service with a desired count".to_owned()));
        }
        list
    }

    fn no_service(&mut self, name: &str, scenario: &Scenario, at: &Path) {
        if scenario.services.iter().any(|service| service.name == name) {
            // It is there, and is wrong in a way that was reported.
            return;
        }
        let is_batch = |spec: &ServiceSpec| spec.scheduling == Scheduling::Standalone;
        let help = if scenario.run_task.iter().any(|batch| batch.name == name) {
            Some("it is a batch of `runTask`; objectives are for services".to_owned())
        } else if self.fleet.services.values().any(|spec| is_batch(spec) && spec.name == name) {
            Some("it is a Job; objectives are for services".to_owned())
        } else {
            let written = scenario.services.iter().map(|service| service.name.as_str());
            let placed = self.fleet.services.values().filter(|spec| !is_batch(spec)).map(|spec| spec.name.as_str());
            // Those of an ECS scenario are in both.
            instead(name, "services", &written.chain(placed).collect::<Vec<_>>())
        };
        self.error(at, format!("there is no service `{name}`"), help);
    }

    fn replica_named(&self, name: &str) -> Option<ServiceId> {
        self.replicas().find(|service| self.fleet.services[*service].name == name)
    }

    fn replicas(&self) -> impl Iterator<Item = ServiceId> + '_ {
        let services = self.fleet.services.iter();
        services.filter(|(_, spec)| spec.scheduling != Scheduling::Standalone).map(|(service, _)| service)
    }
}
