//! Services: references, placement rules, bounds.

use crate::base::nearest::instead;
use crate::base::time::{Span, Time};
use crate::placement::strategy::Field;
use crate::placement::strategy::{Spread, Strategy};
use crate::placement::{Constraint, Policy, strategy};
use crate::platform::ecs::NoRoom;
use crate::scenario::file::Scenario;
use crate::scenario::file::capacity::Switch;
use crate::scenario::file::service::{
    LoadBalancerFile, PercentFile, ScheduledScaling, SchedulingFile, ServiceFile, StrategyFile, UpWhenFile,
};
use crate::scenario::file::task_definition::{ConstraintFile, ConstraintKind};
use crate::scenario::source::path::Path;
use crate::workload::scheduled_count::CountChange;
use crate::world::fleet::{Scheduling, ServiceSpec, TargetGroup, UpWhen};
use crate::world::{DefinitionId, query};

use super::Checker;

/// Tasks of one service: a slot is numbered with 20 bits.
const MAX_TASKS: u32 = 1 << 20;

impl Checker<'_> {
    pub(super) fn services(&mut self, scenario: &Scenario) {
        self.unique("services", "name", scenario.services.iter().map(|given| given.name.as_str()));
        for (place, given) in scenario.services.iter().enumerate() {
            let at = Path::root().key("services").index(place);
            let daemon = given.scheduling_strategy == Some(SchedulingFile::Daemon);
            let Some(definition) = self.definition_named(&given.task_definition, &at) else {
                self.without_definition(given, daemon, &at);
                continue;
            };
            let policy = self.service_policy(given, scenario, definition, daemon, &at);
            let desired = self.desired(given, daemon, &at);
            let bounds = given.deployment_configuration.clone().unwrap_or_default();
            for (field, there) in [
                ("deploymentCircuitBreaker", bounds.deployment_circuit_breaker.is_some()),
                ("alarms", bounds.alarms.is_some()),
                ("strategy", bounds.strategy.is_some()),
            ] {
                if there {
                    let message = format!(
                        "`{field}` of service `{}` has no effect: nothing is deployed during a run",
                        given.name
                    );
                    self.warn(&at.key("deploymentConfiguration").key(field), message);
                }
            }
            let maximum_percent = bounds.maximum_percent.unwrap_or(if daemon { 100 } else { 200 });
            if daemon && maximum_percent != 100 {
                let path = at.key("deploymentConfiguration").key("maximumPercent");
                self.error(&path, "maximumPercent of a DAEMON service is always 100", None);
            }
            let minimum_healthy_percent = bounds.minimum_healthy_percent.unwrap_or(if daemon { 0 } else { 100 });
            if !daemon && minimum_healthy_percent == 100 && maximum_percent == 100 {
                let message = format!(
                    "minimumHealthyPercent and maximumPercent of service `{}` are both 100: ECS can neither start a task \
                     before it stops a healthy one nor the other way round, so a drain waits for ever, and unhealthy tasks \
                     are stopped before they are replaced",
                    given.name
                );
                self.warn(&at.key("deploymentConfiguration"), message);
            }
            let possible = !daemon && maximum_percent > 100 && first_is_zone_spread(&policy) && !names_zones(&policy);
            let az_rebalancing = match given.availability_zone_rebalancing {
                Some(Switch::Enabled) if !possible => {
                    let help = "it needs a REPLICA service, a spread over attribute:ecs.availability-zone as the first \
                                placement strategy (or none at all), no constraint on that attribute, and maximumPercent \
                                above 100";
                    let message = "Availability Zone rebalancing is not possible for this service";
                    self.error(&at.key("availabilityZoneRebalancing"), message, Some(help.into()));
                    false
                }
                Some(Switch::Enabled) => true,
                Some(Switch::Disabled) => false,
                None => possible,
            };
            self.image_size(definition, given.image_size.map(|size| size.0), &at);
            if given.health_check_grace_period_seconds.is_some_and(|seconds| seconds > 0)
                && given.load_balancer.is_none()
                && self.fleet.definitions[definition].checked() == 0
            {
                let message = format!(
                    "`healthCheckGracePeriodSeconds` of service `{}` has no effect: it has neither a load balancer nor a \
                     container health check",
                    given.name
                );
                self.warn(&at.key("healthCheckGracePeriodSeconds"), message);
            }
            let load_balancer = given.load_balancer.as_ref().map(|given| self.load_balancer(given, &at));
            let up_when = self.up_when(given, &at);
            self.policies.push(policy);
            self.no_room.push(NoRoom::Fail);
            let service = self.fleet.services.push(ServiceSpec {
                name: given.name.clone(),
                group: format!("service:{}", given.name),
                definition,
                scheduling: if daemon { Scheduling::Daemon } else { Scheduling::Replica },
                desired,
                minimum_healthy_percent,
                maximum_percent,
                az_rebalancing,
                grace: Span::from_secs(given.health_check_grace_period_seconds.unwrap_or(0).into()),
                load_balancer,
                up_when,
            });
            if daemon && !given.scheduled_scaling.is_empty() {
                self.error(&at.key("scheduledScaling"), "a DAEMON service does not scale", None);
            }
            let late = |action: &&ScheduledScaling| !scenario.duration.0.is_zero() && action.at.0 > scenario.duration.0;
            if let Some(place) = given.scheduled_scaling.iter().position(|action| late(&action)) {
                let path = at.key("scheduledScaling").index(place).key("at");
                let message = format!("the run ends at {}, before this action", scenario.duration.0);
                self.error(&path, message, Some("lengthen `duration`, or let it come earlier".into()));
            }
            self.count_changes.extend(given.scheduled_scaling.iter().map(|action| CountChange {
                at: Time::ZERO + action.at.0,
                service,
                desired: action.desired_count,
            }));
        }
    }

    /// What is wrong with a service, whatever it runs.
    fn without_definition(&mut self, given: &ServiceFile, daemon: bool, at: &Path) {
        if let Some(strategies) = given.placement_strategy.as_ref().filter(|_| !daemon) {
            self.strategies(strategies, at);
        }
        self.desired(given, daemon, at);
        if let Some(balancer) = &given.load_balancer {
            self.load_balancer(balancer, at);
        }
        self.up_when(given, at);
    }

    pub(super) fn definition_named(&mut self, family: &str, at: &Path) -> Option<DefinitionId> {
        // `describe-services` gives an ARN; a revision (`web:3`) names the same family: only one revision is known here.
        let family = family.rsplit_once(":task-definition/").map_or(family, |(_, family)| family);
        let plain = family.rsplit_once(':').filter(|(_, revision)| revision.parse::<u32>().is_ok());
        let plain = plain.map_or(family, |(family, _)| family);
        let found = self.fleet.definitions.iter().find(|(_, definition)| definition.family == plain).map(|(id, _)| id);
        if found.is_none() {
            let known: Vec<_> = self.fleet.definitions.values().map(|definition| definition.family.as_str()).collect();
            let help = instead(plain, "families", &known);
            self.error(&at.key("taskDefinition"), format!("there is no task definition `{family}`"), help);
        }
        found
    }

    fn desired(&mut self, given: &ServiceFile, daemon: bool, at: &Path) -> u32 {
        match (given.desired_count, daemon) {
            (Some(_), true) => {
                let message = "a DAEMON service has no desiredCount: it runs one task on each instance that matches";
                self.error(&at.key("desiredCount"), message, Some("leave it out".into()));
                0
            }
            (None, true) => 0,
            (Some(count), false) if count > MAX_TASKS => {
                self.error(&at.key("desiredCount"), format!("at most {MAX_TASKS} tasks, found {count}"), None);
                0
            }
            (Some(0), false) => {
                self.warn(
                    &at.key("desiredCount"),
                    format!("service `{}` wants no task, so it is never up", given.name),
                );
                0
            }
            (Some(count), false) => count,
            (None, false) => {
                self.error(at, "a REPLICA service needs `desiredCount`", Some("add `desiredCount: 3`".into()));
                0
            }
        }
    }

    fn service_policy(
        &mut self,
        given: &ServiceFile,
        scenario: &Scenario,
        definition: DefinitionId,
        daemon: bool,
        at: &Path,
    ) -> Policy {
        let mut policy = self.constraints(&given.placement_constraints, scenario, definition, at);
        // `describe-services` prints an empty list where none was given.
        policy.strategies = match given.placement_strategy.as_ref().filter(|given| !given.is_empty()) {
            // The default: zones with the fewest tasks of the service, then instances with the fewest.
            None => vec![Box::new(Spread::over_zones()), Box::new(Spread(Field::Instance))],
            Some(_) if daemon => {
                let message = "a DAEMON service takes no placement strategy: it runs one task on each instance";
                self.error(&at.key("placementStrategy"), message, None);
                Vec::new()
            }
            Some(given) => self.strategies(given, at),
        };
        policy
    }

    pub(super) fn strategies(&mut self, given: &[StrategyFile], at: &Path) -> Vec<Box<dyn Strategy>> {
        let at = at.key("placementStrategy");
        let mut list = Vec::new();
        for (place, entry) in given.iter().enumerate() {
            match strategy::parse(&entry.kind, entry.field.as_deref()) {
                Ok(strategy) => {
                    if let Some(name) = entry.field.as_deref().and_then(|field| field.strip_prefix("attribute:"))
                        && !self.is_attribute(name)
                    {
                        let message = format!("no instance has the attribute `{name}`: this strategy changes nothing");
                        self.warn(&at.index(place).key("field"), message);
                    }
                    list.push(strategy);
                }
                Err(error) => {
                    let at = at.index(place);
                    let known = strategy::REGISTRY.iter().any(|known| known.name == entry.kind);
                    let at = match (known, &entry.field) {
                        (false, _) => at.key("type"),
                        (true, Some(_)) => at.key("field"),
                        (true, None) => at,
                    };
                    self.error(&at, error, None);
                }
            }
        }
        list
    }

    pub(super) fn constraints(
        &mut self,
        given: &[ConstraintFile],
        scenario: &Scenario,
        definition: DefinitionId,
        at: &Path,
    ) -> Policy {
        let mut constraints = Vec::new();
        let mut number = 0;
        let family = self.fleet.definitions[definition].family.clone();
        let (place, file) = match scenario.task_definitions.iter().enumerate().find(|(_, file)| file.family == family) {
            Some((place, file)) => (place, file),
            None => return Policy { strategies: Vec::new(), constraints },
        };
        let of_definition = Path::root().key("taskDefinitions").index(place).key("placementConstraints");
        for (list, at, in_service) in [
            (file.placement_constraints.as_slice(), of_definition, false),
            (given, at.key("placementConstraints"), true),
        ] {
            for (place, entry) in list.iter().enumerate() {
                number += 1;
                let at = at.index(place);
                match (entry.kind, &entry.expression) {
                    (ConstraintKind::DistinctInstance, None) if in_service => {
                        constraints.push(Constraint::DistinctInstance);
                    }
                    (ConstraintKind::DistinctInstance, None) => {
                        let message =
                            "a task definition takes memberOf constraints only; distinctInstance goes into the service";
                        self.error(&at, message, None);
                    }
                    (ConstraintKind::DistinctInstance, Some(_)) => {
                        self.error(&at.key("expression"), "distinctInstance takes no expression", None);
                    }
                    (ConstraintKind::MemberOf, None) => {
                        let help = "add `expression: attribute:ecs.instance-type =~ m5.*`".to_owned();
                        self.error(&at, "memberOf needs an expression", Some(help));
                    }
                    (ConstraintKind::MemberOf, Some(text)) => match query::parse(text) {
                        Ok(expression) => {
                            for name in self.unknown_attributes(&expression) {
                                let message = format!("no instance has the attribute `{name}` of this expression");
                                self.warn(&at.key("expression"), message);
                            }
                            constraints.push(Constraint::MemberOf(expression));
                        }
                        Err(error) => {
                            let message = format!("in the expression, column {}: {}", error.column, error.message);
                            self.error(&at.key("expression"), message, error.help);
                        }
                    },
                }
            }
        }
        if number > 10 {
            let message = format!("at most 10 placement constraints a task, found {number}");
            self.error(&at.key("placementConstraints"), message, None);
        }
        Policy { strategies: Vec::new(), constraints }
    }

    pub(super) fn image_size(&mut self, definition: DefinitionId, size: Option<f64>, at: &Path) {
        let Some(size) = size else { return };
        let images: Vec<_> =
            self.fleet.definitions[definition].containers.iter().map(|container| container.image).collect();
        for image in images {
            let row = &mut self.fleet.images[image];
            if row.size_mib != super::definitions::DEFAULT_IMAGE_MIB && row.size_mib != size {
                let message =
                    format!("the image `{}` has another size in an earlier service; the larger counts", row.name);
                row.size_mib = row.size_mib.max(size);
                self.warn(&at.key("imageSize"), message);
            } else {
                row.size_mib = size;
            }
        }
    }

    fn load_balancer(&mut self, given: &LoadBalancerFile, at: &Path) -> TargetGroup {
        let secs = |given: Option<u32>, default: u32| Span::from_secs(given.unwrap_or(default).into());
        let group = TargetGroup {
            interval: secs(given.health_check_interval_seconds, 30),
            timeout: secs(given.health_check_timeout_seconds, 5),
            healthy_threshold: given.healthy_threshold_count.unwrap_or(5),
            unhealthy_threshold: given.unhealthy_threshold_count.unwrap_or(2),
            deregistration_delay: secs(given.deregistration_delay_seconds, 300),
            fails_open: true,
            requests_per_second: given.requests_per_second,
        };
        if group.timeout >= group.interval {
            let path = at.key("loadBalancer").key("healthCheckTimeoutSeconds");
            let message =
                format!("the time-out ({}) must be shorter than the interval ({})", group.timeout, group.interval);
            self.error(&path, message, None);
        }
        group
    }

    fn up_when(&mut self, given: &ServiceFile, at: &Path) -> UpWhen {
        match &given.up_when {
            None => UpWhen::Healthy(1),
            Some(condition) => {
                let later = given.scheduled_scaling.iter().map(|action| action.desired_count).max();
                let most = given.desired_count.map(|count| later.map_or(count, |later| later.max(count)));
                self.condition(condition, most, at)
            }
        }
    }

    /// What "up" means, under `upWhen` at a place of the file. `desired` is the most that is ever desired.
    pub(super) fn condition(&mut self, given: &UpWhenFile, desired: Option<u32>, at: &Path) -> UpWhen {
        match given {
            UpWhenFile::Healthy(count) => {
                if let Some(desired) = desired.filter(|desired| *count > *desired) {
                    let path = at.key("upWhen").key("healthy");
                    let are = if desired == 1 { "is" } else { "are" };
                    let message = format!(
                        "{count} healthy tasks are asked for and {desired} {are} desired: the service is never up"
                    );
                    let help = if desired > 1 { format!("give a number from 1 to {desired}") } else { "give 1".into() };
                    self.error(&path, message, Some(help));
                }
                if *count == 0 {
                    let path = at.key("upWhen").key("healthy");
                    let help = "give 1 or more".to_owned();
                    self.error(&path, "a service that needs no healthy task is always up", Some(help));
                }
                UpWhen::Healthy(*count)
            }
            UpWhenFile::HealthyPercent(percent) => {
                let percent = match percent {
                    PercentFile::Text(share) => share.0 * 100.0,
                    PercentFile::Number(percent) => *percent,
                };
                if !(percent > 0.0 && percent <= 100.0) {
                    let path = at.key("upWhen").key("healthyPercent");
                    self.error(&path, format!("a percentage above 0 and up to 100 is needed, found {percent}"), None);
                }
                UpWhen::HealthyShare((percent / 100.0).clamp(0.0, 1.0))
            }
        }
    }
}

/// Whether a constraint asks for zones by name: ECS does not rebalance such a service.
fn names_zones(policy: &Policy) -> bool {
    policy.constraints.iter().any(|constraint| match constraint {
        Constraint::MemberOf(expression) => expression.attributes().contains("ecs.availability-zone"),
        Constraint::DistinctInstance => false,
    })
}

fn first_is_zone_spread(policy: &Policy) -> bool {
    policy
        .strategies
        .first()
        .is_none_or(|first| first.as_any().downcast_ref::<Spread>().is_some_and(Spread::is_over_zones))
}
