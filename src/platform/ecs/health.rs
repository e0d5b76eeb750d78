//! Container health checks.
//!
//! Docker runs a check `interval` after the start and then `interval` after the end of the one before. The first pass
//! makes the container HEALTHY; `retries` failures in a row make it UNHEALTHY; failures during `startPeriod` do not count
//! until a check has passed. A task is as healthy as the worst of its essential containers that have a check (ECS API,
//! HealthCheck). The checks themselves are no events: the moment of the verdict is computed when something changes.

use crate::base::time::{Span, Time};
use crate::world::command::{Command, Commands};
use crate::world::fleet::HealthCheck;
use crate::world::task::Health;
use crate::world::{TaskId, World};

use super::{Ecs, timer};

/// The first check at or after `from` of a container that started at `started`, were all checks to pass at once.
fn next_check(started: Time, interval: Span, from: Time) -> Time {
    let interval = interval.0.max(1);
    let since = from.since(started).0;
    Time(started.0 + since.div_ceil(interval).max(1) * interval)
}

/// When a hanging container has failed often enough.
fn unhealthy_at(check: &HealthCheck, started: Time, now: Time, passed: bool, silent: bool) -> Time {
    let wait = if silent { check.timeout } else { Span::ZERO };
    let counts_from = if passed { now } else { now.max(started + check.start_period) };
    // From here on each check takes the time-out, those that do not count yet too.
    let step = check.interval + wait;
    let first = next_check(started, check.interval, now);
    let uncounted = if first < counts_from { counts_from.since(first).0.div_ceil(step.0.max(1)) } else { 0 };
    first + step.times(uncounted + u64::from(check.retries.max(1)) - 1) + wait
}

impl Ecs {
    /// Something changed that a check would see: sets the timers of the verdicts that follow from it.
    pub(super) fn watch_health(world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
        // A task is HEALTHY when the last of its checks has passed.
        let mut healthy_at = None;
        for (place, container) in definition.containers.iter().enumerate() {
            let essential = definition.essential >> place & 1 == 1;
            let (Some(check), true) = (&container.health_check, essential) else { continue };
            if !row.started || row.exited >> place & 1 == 1 {
                continue;
            }
            let started = row.run_of(place).started_at;
            if row.hung >> place & 1 == 1 {
                let passed = row.health != Health::Unknown;
                let at = unhealthy_at(check, started, world.now, passed, row.silent);
                Self::verdict_at(world, task, place as u8, at, out);
            } else if row.health != Health::Healthy {
                healthy_at = healthy_at.max(Some((next_check(started, check.interval, world.now), place as u8)));
            }
        }
        if let Some((at, place)) = healthy_at {
            Self::verdict_at(world, task, place, at, out);
        }
    }

    fn verdict_at(world: &World, task: TaskId, container: u8, at: Time, out: &mut Commands) {
        if world.warming_up {
            Self::health_verdict(world, task, container, out);
        } else {
            out.wake_at(at, timer::HEALTH, container, world.tasks[task].health_step, task.0);
        }
    }

    pub(super) fn health_verdict(world: &World, task: TaskId, container: u8, out: &mut Commands) {
        let row = &world.tasks[task];
        let host = &world.instances[row.instance];
        if !host.works() || !host.agent_connected {
            // Nobody reports: the last known health stays. The agent's return looks again.
            return;
        }
        let health = if row.hung >> container & 1 == 1 {
            Health::Unhealthy
        } else if row.hung & checked(world, task) == 0 {
            Health::Healthy
        } else {
            return;
        };
        out.push(Command::SetHealth { task, health });
    }
}

/// One bit for each essential container that has a check.
pub(super) fn checked(world: &World, task: TaskId) -> u16 {
    world.fleet.definitions[world.fleet.services[world.tasks[task].service].definition].checked()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(seconds: u64) -> Time {
        Time::ZERO + Span::from_secs(seconds)
    }

    /// Defaults: interval 30 s, time-out 5 s, 3 retries. A container that started at 0 and hangs silently just after its
    /// check at 60 s fails the checks that start at 90, 125 and 160 s; the last ends at 165 s: 105 s after the hang.
    #[test]
    fn worst_detection_at_the_defaults_is_105_seconds() {
        let check = HealthCheck {
            interval: Span::from_secs(30),
            timeout: Span::from_secs(5),
            retries: 3,
            start_period: Span::ZERO,
        };
        let hang = secs(60) + Span(1);
        assert_eq!(unhealthy_at(&check, secs(0), hang, true, true), secs(165));
        // With an error instead of silence each failed check ends at once: 90, 120, 150 s.
        assert_eq!(unhealthy_at(&check, secs(0), hang, true, false), secs(150));
    }

    #[test]
    fn failures_in_the_start_period_do_not_count() {
        let check = HealthCheck {
            interval: Span::from_secs(10),
            timeout: Span::from_secs(5),
            retries: 2,
            start_period: Span::from_secs(60),
        };
        assert_eq!(unhealthy_at(&check, secs(0), secs(5), false, false), secs(70));
        // Without an answer each check takes its time-out: 10, 25, 40, 55, and those that count at 70 and 85, over at 90.
        assert_eq!(unhealthy_at(&check, secs(0), secs(5), false, true), secs(90));
        assert_eq!(unhealthy_at(&check, secs(0), secs(15), true, false), secs(30));
    }
}
