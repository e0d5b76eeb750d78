//! `ImageLocality`: the bytes of the pod's images that a node has, each by the share of nodes that have it, between 23 MB and
//! 1000 MB a container.

use std::collections::BTreeMap;

use super::MAX;
use crate::placement::kubernetes::snapshot::Snapshot;
use crate::placement::kubernetes::snapshot::template::Template;

const MB: i64 = 1024 * 1024;
const LEAST: i64 = 23 * MB;
const MOST_PER_CONTAINER: i64 = 1000 * MB;

/// The score of a node with these images.
pub fn score(snapshot: &Snapshot, pod: &Template, images: &BTreeMap<String, i64>) -> i64 {
    if images.is_empty() || pod.images.is_empty() {
        return 0;
    }
    let nodes = snapshot.live() as f64;
    let scaled = |name: &String| {
        let size = images.get(name)?;
        let share = f64::from(snapshot.nodes_with_image(name)) / nodes;
        Some((*size as f64 * share) as i64)
    };
    let sum: i64 = pod.images.iter().filter_map(scaled).sum();
    let most = MOST_PER_CONTAINER * pod.images.len() as i64;
    MAX * (sum.clamp(LEAST, most) - LEAST) / (most - LEAST)
}
