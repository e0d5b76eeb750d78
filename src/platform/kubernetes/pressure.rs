//! Node-pressure eviction: what the kubelet does when the memory of its node runs short.
//!
//! Below `evictionHard` of 100 MiB the kubelet ends pods at once, first those that use more than they request, then by
//! priority, then by how much more they use (Kubernetes, Node-pressure Eviction). Nothing is known of what the other pods
//! use at that moment: each is taken to use what it requests, so that the one with the peak is the one that goes. For five
//! minutes (`eviction-pressure-transition-period`) the node is tainted and takes no new pods.

use crate::base::time::Span;
use crate::world::command::{Command, Commands};
use crate::world::instance::Host;
use crate::world::task::StopCode;
use crate::world::{IncidentId, TaskId, World};

use super::{Kubernetes, timer};

const TRANSITION: Span = Span::from_secs(300);

impl Kubernetes {
    /// A container uses more memory for a moment than before.
    pub(super) fn memory_peak(
        world: &World,
        task: TaskId,
        container: u8,
        mib: u32,
        incident: IncidentId,
        out: &mut Commands,
    ) {
        let row = &world.tasks[task];
        let instance = row.instance;
        let host = &world.instances[instance];
        if row.stopping || host.host != Host::Up {
            return;
        }
        let requests = world.fleet.definitions[world.fleet.services[row.service].definition].need.memory;
        // What is allocatable ends 100 MiB below what there is: beyond it the threshold is crossed.
        if mib <= requests.saturating_add(host.free.memory) {
            return;
        }
        out.push(Command::Exit { task, container, incident, out_of_memory: true });
        out.push(Command::Stop { task, code: StopCode::Kubelet });
        out.push(Command::SetPressure { instance, on: true });
        out.after(TRANSITION, timer::RELIEVED, 0, host.host_step, instance.0);
    }
}
