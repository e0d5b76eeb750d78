//! stub
use crate::placement::Placer;
use crate::world::command::Order;
use crate::world::fact::Refusal;
use crate::world::{InstanceId, ServiceId, TaskId, World};
use serde::Deserialize;
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {}
pub struct KubePlacer;
impl KubePlacer {
    pub fn new(_: &crate::world::fleet::Fleet, _: Profile, _: crate::placement::tie::Ring, _: bool) -> KubePlacer {
        KubePlacer
    }
}
impl Placer for KubePlacer {
    fn choose(&mut self, world: &World, order: &Order) -> Result<InstanceId, Refusal> {
        let need = world.fleet.definitions[world.fleet.services[order.service].definition].need;
        let mut best: Option<(u32, u32, InstanceId)> = None;
        for (id, row) in world.live_instances() {
            if !row.accepts_tasks() || !row.free.fits(&need) {
                continue;
            }
            if order.pin.is_some() && order.pin != id {
                continue;
            }
            if order.zone.is_some() && order.zone != row.zone {
                continue;
            }
            let key = (world.services[order.service].in_zone[row.zone], row.task_count, id);
            if best.is_none_or(|b| (key.0, key.1, key.2.0) < (b.0, b.1, b.2.0)) {
                best = Some(key)
            }
        }
        best.map(|b| b.2).ok_or(Refusal::NodeCpu)
    }
    fn choose_to_stop(&mut self, world: &World, service: ServiceId) -> Option<TaskId> {
        world.tasks_of(service).find(|&t| !world.tasks[t].stopping)
    }
}
