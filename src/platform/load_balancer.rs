//! An Application Load Balancer: what it believes of its targets.
//!
//! Rules (Application Load Balancers User Guide, target group health checks): each target is checked at a fixed interval;
//! a healthy one that fails `unhealthyThreshold` checks in a row leaves the rotation, an unhealthy one that passes
//! `healthyThreshold` in a row comes back; a new target needs a single pass, and is checked as soon as it is registered.
//! A check fails at once where something answers with an error, and after the time-out where nothing answers.
//!
//! The checks themselves are no events: as long as nothing changes they would all end alike. When a target begins or
//! ceases to serve, the moment at which the checks will have noticed is computed. Each target is checked on a grid of its
//! own, at a random phase.

use rand::RngExt;

use crate::base::random::Label;
use crate::base::time::{Span, Time};
use crate::world::actor::Actor;
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::fact::{Fact, Topics};
use crate::world::fleet::TargetGroup;
use crate::world::instance::Host;
use crate::world::task::Target;
use crate::world::{TaskId, World};

const PHASE: Label = Label::new("load balancer: phase of the checks");

/// The load balancers of all services.
#[derive(Debug, Default)]
pub struct LoadBalancer;

/// The first check at or after `now` on the grid with the given phase.
fn next_check(now: Time, interval: Span, phase: Span) -> Time {
    let interval = interval.0.max(1);
    let since = now.0.saturating_sub(phase.0);
    let passed = if now.0 <= phase.0 { 0 } else { since.div_ceil(interval) };
    Time(phase.0 + passed * interval)
}

/// The phase of a target's checks: the same for the whole life of the task.
fn phase(world: &World, task: TaskId, interval: Span) -> Span {
    let life = world.task_life(task);
    let share: f64 = world.random.at(PHASE, life.entity, life.nth).random();
    Span((interval.0 as f64 * share) as u64)
}

/// When the checks will have noticed that what the load balancer believes is no longer so; `None` where it is so.
fn verdict(world: &World, task: TaskId, group: &TargetGroup) -> Option<(Time, Target)> {
    let row = &world.tasks[task];
    let first = next_check(world.now, group.interval, phase(world, task, group.interval));
    let after = |count: u32| first + group.interval.times(u64::from(count.max(1)) - 1);
    match (row.target, world.serves(task)) {
        // The check at registration comes at once and counts as the first.
        (Target::Initial, true) => Some((world.now, Target::Healthy)),
        (Target::Unhealthy, true) => Some((after(group.healthy_threshold), Target::Healthy)),
        (Target::Initial | Target::Healthy, false) => {
            let host = &world.instances[row.instance];
            let silent = host.cut_off || host.host != Host::Up || (row.hung != 0 && row.silent && row.exited == 0);
            let wait = if silent { group.timeout } else { Span::ZERO };
            Some((after(group.unhealthy_threshold) + wait, Target::Unhealthy))
        }
        _ => None,
    }
}

impl LoadBalancer {
    fn look(world: &World, task: TaskId, out: &mut Commands) {
        let row = &world.tasks[task];
        let Some(group) = &world.fleet.services[row.service].load_balancer else { return };
        if let Some((at, target)) = verdict(world, task, group) {
            if at == world.now {
                out.push(Command::SetTarget { task, target });
            } else {
                out.wake_at(at, 0, 0, row.target_step, task.0);
            }
        }
    }
}

impl Actor for LoadBalancer {
    fn topics(&self) -> Topics {
        Topics::SERVING.and(Topics::BELIEF)
    }

    fn on_fact(&mut self, world: &World, fact: &Fact, out: &mut Commands) {
        match *fact {
            Fact::ServingChanged { task, .. } => Self::look(world, task, out),
            Fact::TargetChanged { task, .. } => Self::look(world, task, out),
            _ => {}
        }
    }

    fn on_timer(&mut self, world: &World, _kind: u8, event: Event, out: &mut Commands) {
        let task = TaskId(event.target());
        let row = &world.tasks[task];
        if !event.is_current(row.target_step) || !row.in_use() {
            return;
        }
        let target = if world.serves(task) { Target::Healthy } else { Target::Unhealthy };
        if matches!(row.target, Target::Initial | Target::Healthy | Target::Unhealthy) && row.target != target {
            out.push(Command::SetTarget { task, target });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_stand_on_a_grid() {
        let at = |now| next_check(Time(now), Span(30), Span(7)).0;
        assert_eq!((at(0), at(7), at(8), at(37), at(38)), (7, 7, 37, 37, 67));
    }
}
