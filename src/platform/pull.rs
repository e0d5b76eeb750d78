//! How the images of a task come to its instance.

use crate::base::time::{Span, Time};
use crate::world::command::{Command, Commands};
use crate::world::{ImageId, TaskId, World};

/// When the images of a task are there.
pub(super) enum Pull {
    /// They will be there at this time.
    At(Time),
    /// The registry is needed and cannot be reached, or may not be asked.
    Fails,
}

/// Where a container's image comes from.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// It is on the instance's disk, and nobody is asked.
    Disk,
    /// The registry is asked, but has nothing to send that is not there.
    Asked,
    /// It is downloaded.
    Download,
}

/// Pulls what is missing, one image after the other; an image that another task is pulling is waited for. `source` says
/// for the container at a place, with its image on the disk or not, where it comes from; `may_ask` whether the registry
/// may be asked at all.
pub(super) fn pull(
    world: &World,
    task: TaskId,
    may_ask: bool,
    source: impl Fn(usize, bool) -> Source,
    out: &mut Commands,
) -> Pull {
    let row = &world.tasks[task];
    let host = &world.instances[row.instance];
    let capacity = &world.fleet.capacities[host.capacity];
    let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
    let mut at = world.now;
    let mut seen: [Option<ImageId>; 16] = [None; 16];
    for (place, container) in definition.containers.iter().enumerate() {
        let image = container.image;
        if seen[..place].contains(&Some(image)) {
            continue;
        }
        seen[place] = Some(image);
        let source = source(place, host.cached.contains(image));
        if source == Source::Disk {
            continue;
        }
        if world.warming_up {
            out.push(Command::Cache { instance: row.instance, image });
            continue;
        }
        if world.region.registry_down > 0 || !may_ask {
            return Pull::Fails;
        }
        if source == Source::Asked {
            continue;
        }
        let under_way = host.pulling.iter().find(|(other, until)| *other == image && *until >= world.now);
        if let Some((_, until)) = under_way {
            at = at.max(*until);
            continue;
        }
        let size = world.fleet.images[image].size_mib;
        if size > 0.0 {
            at += Span::from_secs_f64(size / capacity.pull_mib_per_s);
            out.push(Command::Pull { instance: row.instance, image, until: at });
        } else {
            out.push(Command::Cache { instance: row.instance, image });
        }
    }
    Pull::At(at)
}
