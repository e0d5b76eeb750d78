//! `NodeResourcesFit`: `LeastAllocated`, `MostAllocated`, `RequestedToCapacityRatio`, in 64-bit integers.

use super::MAX;
use crate::placement::kubernetes::profile::{ShapePoint, StrategyKind};
use crate::placement::kubernetes::snapshot::Snapshot;
use crate::placement::kubernetes::snapshot::node::{NodeFacts, NodeUse};
use crate::placement::kubernetes::snapshot::requests::{CPU_INDEX, EPHEMERAL_INDEX, MEMORY_INDEX, ResourceIndex};
use crate::placement::kubernetes::snapshot::template::Template;

/// Scores of a shape are written from 0 to 10.
const SHAPE_FACTOR: i64 = 10;

/// The rule for one pod.
#[derive(Clone, Debug)]
pub struct Rule {
    kind: StrategyKind,
    /// Resource, weight, request.
    resources: Vec<(ResourceIndex, i64, i64)>,
    shape: Vec<ShapePoint>,
}

impl Rule {
    /// The rule of the profile for a pod.
    pub fn new(snapshot: &Snapshot, pod: &Template) -> Rule {
        let strategy = &snapshot.settings.strategy;
        let known = |name: &str| snapshot.resources.find(name);
        let resources = strategy.resources.iter().filter_map(|resource| {
            let index = known(&resource.name)?;
            Some((index, resource.weight, pod.fit.get(index)))
        });
        Rule {
            kind: strategy.kind,
            // An extended resource that the pod does not ask for is left out.
            resources: resources.filter(|(index, _, request)| *index <= EPHEMERAL_INDEX || *request != 0).collect(),
            shape: strategy.requested_to_capacity_ratio.as_ref().map_or(Vec::new(), |ratio| ratio.shape.clone()),
        }
    }

    /// The score of a node.
    #[inline]
    pub fn score(&self, node: &NodeFacts, usage: &NodeUse) -> i64 {
        let (mut sum, mut weights) = (0, 0);
        for &(index, weight, request) in &self.resources {
            let allocatable = node.allocatable.get(index);
            if allocatable == 0 {
                continue;
            }
            let used = match index {
                CPU_INDEX => usage.scoring[0],
                MEMORY_INDEX => usage.scoring[1],
                _ => usage.real.get(index),
            };
            let score = self.of_resource(used + request, allocatable);
            if self.kind == StrategyKind::RequestedToCapacityRatio && score <= 0 {
                continue;
            }
            sum += score * weight;
            weights += weight;
        }
        if weights == 0 {
            return 0;
        }
        match self.kind {
            StrategyKind::RequestedToCapacityRatio => (sum as f64 / weights as f64).round() as i64,
            _ => sum / weights,
        }
    }

    #[inline]
    fn of_resource(&self, requested: i64, allocatable: i64) -> i64 {
        match self.kind {
            StrategyKind::LeastAllocated if requested > allocatable => 0,
            StrategyKind::LeastAllocated => (allocatable - requested) * MAX / allocatable,
            StrategyKind::MostAllocated => requested.min(allocatable) * MAX / allocatable,
            StrategyKind::RequestedToCapacityRatio if requested > allocatable => self.of_use(MAX),
            StrategyKind::RequestedToCapacityRatio => self.of_use(requested * MAX / allocatable),
        }
    }

    /// The shape at a use in per cent: straight lines between the points, constant outside.
    fn of_use(&self, percent: i64) -> i64 {
        let mut before: Option<&ShapePoint> = None;
        for point in &self.shape {
            if percent <= point.utilization {
                let score = point.score * SHAPE_FACTOR;
                let Some(before) = before else { return score };
                let start = before.score * SHAPE_FACTOR;
                let (run, along) = (point.utilization - before.utilization, percent - before.utilization);
                return if run == 0 { start } else { start + (score - start) * along / run };
            }
            before = Some(point);
        }
        before.map_or(0, |last| last.score * SHAPE_FACTOR)
    }
}
