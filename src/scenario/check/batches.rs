//! Batches of standalone tasks: when they arrive, how many, and what becomes of those that find no room.

use crate::base::distribution::{Distribution, Spec};
use crate::base::time::{Span, Time};
use crate::placement::strategy;
use crate::platform::ecs::NoRoom;
use crate::scenario::file::Scenario;
use crate::scenario::file::service::{BatchFile, NoRoomFile};
use crate::scenario::source::path::Path;
use crate::workload::run_task::Arrivals;
use crate::world::DefinitionId;
use crate::world::fleet::{Scheduling, ServiceSpec, UpWhen};

use super::Checker;
use super::failures::MAX_STRIKES;

impl Checker<'_> {
    pub(super) fn batches(&mut self, scenario: &Scenario) {
        self.unique("runTask", "name", scenario.run_task.iter().map(|given| given.name.as_str()));
        for (place, given) in scenario.run_task.iter().enumerate() {
            let at = Path::root().key("runTask").index(place);
            let Some(definition) = self.definition_named(&given.task_definition, &at) else { continue };
            self.batch(given, scenario, definition, &at);
        }
    }

    fn batch(&mut self, given: &BatchFile, scenario: &Scenario, definition: DefinitionId, at: &Path) {
        if scenario.services.iter().any(|service| service.name == given.name) {
            self.error(&at.key("name"), format!("the name `{}` is taken by a service", given.name), None);
        }
        let mut law = |spec: &Spec, field: &str| match spec.resolve(self.base) {
            Ok(law) => law,
            Err(error) => {
                self.error(&at.key(field), error, None);
                Distribution::ZERO
            }
        };
        let every = law(&given.every, "every");
        let run_time = law(&given.run_time, "runTime");
        self.arrives(given, scenario, at);
        if every.is_zero() && given.count.is_none() {
            let help = "give `count`, or a time between arrivals".to_owned();
            self.error(
                &at.key("every"),
                "without a count, tasks would arrive for ever in the same instant",
                Some(help),
            );
        }
        let mut policy = self.constraints(&given.placement_constraints, scenario, definition, at);
        policy.strategies = match &given.placement_strategy {
            None => vec![Box::new(strategy::Random)],
            Some(given) => self.strategies(given, at),
        };
        let no_room = match given.when_no_room {
            None | Some(NoRoomFile::Fail) => {
                if given.max_waiting.is_some() {
                    self.error(&at.key("maxWaiting"), "`maxWaiting` goes with `whenNoRoom: wait`", None);
                }
                NoRoom::Fail
            }
            Some(NoRoomFile::Wait) => NoRoom::Wait { at_most: given.max_waiting.unwrap_or(500) },
        };
        self.image_size(definition, given.image_size.map(|size| size.0), at);
        let family = &self.fleet.definitions[definition].family;
        let group = given.group.clone().unwrap_or_else(|| format!("family:{family}"));
        self.policies.push(policy);
        self.no_room.push(no_room);
        let service = self.fleet.services.push(ServiceSpec {
            name: given.name.clone(),
            group,
            definition,
            scheduling: Scheduling::Standalone,
            desired: 0,
            minimum_healthy_percent: 0,
            maximum_percent: 100,
            az_rebalancing: false,
            grace: Span::ZERO,
            load_balancer: None,
            up_when: UpWhen::Healthy(0),
        });
        let starts_at = given.starts_at.map_or(Time::ZERO, |time| Time::ZERO + time.0);
        self.batches.push(Arrivals { service, every, count: given.count, starts_at, run_time: Some(run_time) });
    }

    /// Whether a batch comes before the end of the run, and not in such numbers that the run would never end.
    fn arrives(&mut self, given: &BatchFile, scenario: &Scenario, at: &Path) {
        let duration = scenario.duration;
        if let Some(starts_at) = given.starts_at
            && starts_at.0 >= duration.0
            && !duration.0.is_zero()
        {
            let message = format!("the run ends at {}, before the first task arrives", duration.0);
            let help = "lengthen `duration`, or let it begin earlier".to_owned();
            self.error(&at.key("startsAt"), message, Some(help));
        }
        if given.count == Some(0) {
            self.error(&at.key("count"), "a batch without tasks", Some("give a count of 1 or more".into()));
        }
        match given.count {
            None => self.not_too_often(&given.every, duration, &at.key("every"), "arrivals"),
            Some(count) if f64::from(count) > MAX_STRIKES => {
                // A law that is wrong was reported already.
                let mean = given.every.resolve(self.base).map_or(f64::INFINITY, |law| law.mean());
                if mean * MAX_STRIKES < duration.0.seconds() {
                    let message =
                        format!("{count} arrivals in a run of {}; it takes at most {MAX_STRIKES:.0e}", duration.0);
                    let help = "give a smaller `count`, or a longer time between them".to_owned();
                    self.error(&at.key("count"), message, Some(help));
                }
            }
            Some(_) => {}
        }
    }
}
