//! The only writer of the world: each command becomes a change, and the facts that follow are stated.

mod counting;
mod hosts;
mod tasks;

use crate::base::queue::Queue;
use crate::placement::Placer;
use crate::world::command::Command;
use crate::world::event::Event;
use crate::world::fact::Fact;
use crate::world::{ServiceId, World};

/// What a change may touch.
struct Applier<'a> {
    world: &'a mut World,
    placer: &'a mut dyn Placer,
    facts: &'a mut Vec<Fact>,
}

/// Makes one change.
pub fn apply(
    command: Command,
    world: &mut World,
    placer: &mut dyn Placer,
    queue: &mut Queue<Event>,
    facts: &mut Vec<Fact>,
) {
    let mut to = Applier { world, placer, facts };
    match command {
        Command::Wake { at, event } => queue.push(at, event),
        Command::Open(incident) => {
            let id = to.world.incidents.push(incident);
            to.facts.push(Fact::Opened(id));
        }
        Command::Close(incident) => {
            to.world.incidents[incident].closed = Some(to.world.now);
            to.facts.push(Fact::Closed(incident));
        }
        Command::Place(order) => to.place(order),
        Command::SetPhase { task, phase } => to.set_phase(task, phase),
        Command::Stop { task, code } => to.stop(task, code),
        Command::SetHealth { task, health } => to.set_health(task, health),
        Command::SetTarget { task, target } => to.set_target(task, target),
        Command::Waits { service, slot, loss } => to.waits(service, slot, loss),
        Command::StartAll(task) => to.start_all(task),
        Command::Start { task, container } => to.start_one(task, container),
        Command::WillRestart { task, container } => to.world.tasks[task].restarting |= 1 << container,
        Command::EndProcesses(task) => to.end_processes(task),
        Command::Exit { task, container, incident, out_of_memory } => to.exit(task, container, incident, out_of_memory),
        Command::UseMemory { task, container, mib, incident } => {
            to.facts.push(Fact::MemoryPeak { task, container, mib, incident });
        }
        Command::Hang { task, container, incident, silent } => to.hang(task, container, incident, silent),
        Command::Unhang { task, container, incident } => to.unhang(task, container, incident),
        Command::Launch { capacity, zone, lane } => to.launch(capacity, zone, lane),
        Command::SetHost { instance, host, incident } => to.set_host(instance, host, incident),
        Command::SetPower { instance, on, incident } => to.set_power(instance, on, incident),
        Command::SetCutOff { instance, cut_off, incident } => to.set_cut_off(instance, cut_off, incident),
        Command::Register { instance, registration } => to.register(instance, registration),
        Command::SetSilent { instance, silent, incident } => to.set_silent(instance, silent, incident),
        Command::SetAgent { instance, connected } => to.set_agent(instance, connected),
        Command::SetReady { instance, ready } => to.set_ready(instance, ready),
        Command::SetPressure { instance, on } => to.set_pressure(instance, on),
        Command::SetImpaired { instance, impaired } => to.set_impaired(instance, impaired),
        Command::Condemn(instance) => to.condemn(instance),
        Command::Forget(instance) => to.forget(instance),
        Command::Cache { instance, image } => {
            to.world.instances[instance].cached.insert(image);
            to.placer.image_cached(to.world, instance, image);
        }
        Command::BlockLaunches { zone, blocked } => {
            count(&mut to.world.zones[zone].launch_blocks, blocked);
            to.facts.push(Fact::LaunchesChanged(zone));
        }
        Command::SetControlPlane { up } => {
            count(&mut to.world.region.control_plane_down, !up);
            to.facts.push(Fact::ControlPlaneChanged);
        }
        Command::SetRegistry { up } => {
            count(&mut to.world.region.registry_down, !up);
            to.facts.push(Fact::RegistryChanged);
        }
        Command::SetRole { granted } => {
            count(&mut to.world.region.role_revoked, !granted);
            to.facts.push(Fact::RoleChanged);
        }
        Command::Scale { service, desired } => to.facts.push(Fact::ScaleAsked { service, desired }),
        Command::Shrink(service) => to.shrink(service),
        Command::Want { service, slot, wanted } => to.want(service, slot, wanted),
        Command::Arrive(service) => {
            let row = &mut to.world.services[service];
            let slot = row.arrived;
            row.arrived += 1;
            to.facts.push(Fact::Arrived { service, slot });
        }
        Command::GiveUp { service, slot } => to.facts.push(Fact::GivenUp { service, slot }),
    }
}

/// One more cause or one fewer.
fn count(causes: &mut u32, begins: bool) {
    if begins {
        *causes += 1;
    } else {
        debug_assert!(*causes > 0, "an outage ended that had not begun");
        *causes = causes.saturating_sub(1);
    }
}

impl Applier<'_> {
    fn is_load_balanced(&self, service: ServiceId) -> bool {
        self.world.demands[service].load_balanced
    }
}
