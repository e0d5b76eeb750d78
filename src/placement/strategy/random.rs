//! `random`: any valid instance.

use std::any::Any;

use rand::RngExt;

use crate::base::random::Label;
use crate::world::InstanceId;

use super::{Entry, Scene, Strategy};

const DRAW: Label = Label::new("placement: random strategy");

/// Uniform among the valid candidates (ECS Developer Guide, task placement strategies).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Random;

pub(super) const ENTRY: Entry = Entry {
    name: "random",
    summary: "any instance that may take the task, each as likely as another",
    fields: "",
    build: |field| match field {
        None => Ok(Box::new(Random)),
        Some(field) => Err(format!("random takes no field, found `{field}`")),
    },
};

/// Rows drawn before the candidates are looked at one by one.
const DRAWS: usize = 32;

impl Random {
    /// The draw, in a form that an index can follow without listing the candidates: rows of the instance table are drawn
    /// until one is valid, which makes each valid one as likely as another; after [`DRAWS`] failures, when valid ones are
    /// rare, `list` gives them all and one of them is drawn.
    pub fn draw(
        scene: &Scene<'_>,
        mut is_valid: impl FnMut(InstanceId) -> bool,
        list: impl FnOnce() -> Vec<InstanceId>,
    ) -> Option<InstanceId> {
        let world = scene.world;
        let service = &world.services[scene.order.service];
        let lives = service.slots.get(scene.order.slot as usize).map_or(0, |slot| slot.lives);
        let entity = u64::from(scene.order.service.0) << 32 | u64::from(scene.order.slot);
        let mut rng = world.random.at(DRAW, entity, u64::from(lives));
        let rows = world.instances.capacity() as u32;
        for _ in 0..DRAWS {
            let instance = InstanceId(rng.random_range(0..rows));
            if is_valid(instance) {
                return Some(instance);
            }
        }
        let valid = list();
        (!valid.is_empty()).then(|| valid[rng.random_range(0..valid.len())])
    }
}

impl Strategy for Random {
    fn narrow(&self, scene: &Scene<'_>, candidates: &mut Vec<InstanceId>) {
        let chosen = Self::draw(scene, |instance| candidates.binary_search(&instance).is_ok(), || candidates.clone());
        if let Some(chosen) = chosen {
            candidates.clear();
            candidates.push(chosen);
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
