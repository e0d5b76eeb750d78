//! How the images of a task come to its instance.
//!
//! A task's images are pulled one after the other. Several tasks of an instance pull at once, and their downloads share its
//! bandwidth evenly: the ECS agent pulls concurrently with every version of Docker since 1.11.1, and so does the kubelet of the
//! EKS images (`serializeImagePulls: false`). A kubelet with `serializeImagePulls: true`, its own default, makes one download
//! at a time, in the order in which they were asked for. An image that another task is downloading is waited for. A download
//! goes on when no task waits for it any more; it is lost with its host, or when nothing reaches the host.
//!
//! The end of a download moves whenever another begins or ends on the same instance, and only then: until that, one timer of
//! the instance stands for the download that ends first. A timer of an earlier state is known by its step.

use crate::base::time::{Span, Time};
use crate::world::command::{Command, Commands};
use crate::world::event::Event;
use crate::world::{ImageId, InstanceId, TaskId, World};

/// Where a task stands with its images.
pub(super) enum Pull {
    /// They are there.
    Here,
    /// One is being downloaded: [`Pulls::came`] will say when it is there.
    UnderWay,
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

/// What a task wants pulled.
#[derive(Copy, Clone)]
pub(super) struct Wanted<'a> {
    /// The task.
    pub task: TaskId,
    /// The first container whose image it still needs.
    pub from: usize,
    /// Images that have come this very moment.
    pub fresh: &'a [ImageId],
    /// Whether the registry may be asked at all.
    pub may_ask: bool,
}

/// A task that waits for a download.
#[derive(Copy, Clone, Debug)]
pub(super) struct Waiter {
    /// The task.
    pub task: TaskId,
    /// The step of its phase, by which a task that has moved on is known.
    pub phase_step: u32,
    /// The container whose image it is.
    pub place: usize,
    /// The image did not come: the registry went away while it was on its way.
    pub fails: bool,
}

/// What came of the downloads that have ended.
pub(super) struct Came {
    /// The images that are on the disk from now on.
    pub fresh: Vec<ImageId>,
    /// Who waited and still does, in the order of the downloads and for each in the order in which they began to.
    pub waiting: Vec<Waiter>,
}

#[derive(Debug)]
struct Download {
    image: ImageId,
    /// How long it would take alone, in [`UNIT`]s of a microsecond.
    left: u128,
    waiting: Vec<Waiter>,
}

/// Parts of a microsecond that downloads are counted in, so that shares of the bandwidth lose nothing that could be seen.
const UNIT: u128 = 1 << 20;

/// What one instance downloads.
#[derive(Debug, Default)]
struct Downloads {
    /// In the order in which they were asked for.
    list: Vec<Download>,
    /// When `left` was last brought up to date.
    since: Time,
    /// Bumped with each timer; never reset.
    step: u32,
}

/// The downloads of all instances.
#[derive(Debug)]
pub(super) struct Pulls {
    /// The kind of the timer that ends downloads, on instances.
    timer: u8,
    /// One download at a time.
    serial: bool,
    /// By row.
    rows: Vec<Downloads>,
}

impl Downloads {
    /// Downloads that go on now.
    fn active(&self, serial: bool) -> usize {
        if serial { self.list.len().min(1) } else { self.list.len() }
    }

    fn bring_up_to(&mut self, now: Time, serial: bool) {
        let active = self.active(serial);
        if active > 0 {
            let each = u128::from(now.since(self.since).0) * UNIT / active as u128;
            for download in &mut self.list[..active] {
                download.left = download.left.saturating_sub(each);
            }
        }
        self.since = now;
    }

    fn set_timer(&mut self, serial: bool, timer: u8, instance: InstanceId, out: &mut Commands) {
        self.step += 1;
        let active = self.active(serial);
        if let Some(least) = self.list[..active].iter().map(|download| download.left).min() {
            // Rounded up, so that nothing is left of it by then.
            let micros = (least * active as u128).div_ceil(UNIT);
            out.after(Span(u64::try_from(micros).unwrap_or(u64::MAX)), timer, 0, self.step, instance.0);
        }
    }
}

impl Pulls {
    /// No downloads. `timer` is the kind of timer that ends them, `serial` whether an instance makes one at a time.
    pub(super) fn new(timer: u8, serial: bool) -> Pulls {
        Pulls { timer, serial, rows: Vec::new() }
    }

    /// Goes on with the images of a task. `source` says for the container at a place, with its image on the disk or not,
    /// where it comes from.
    pub(super) fn pull(
        &mut self,
        world: &World,
        wanted: Wanted<'_>,
        source: impl Fn(usize, bool) -> Source,
        out: &mut Commands,
    ) -> Pull {
        let row = &world.tasks[wanted.task];
        let host = &world.instances[row.instance];
        let definition = &world.fleet.definitions[world.fleet.services[row.service].definition];
        for (place, container) in definition.containers.iter().enumerate().skip(wanted.from) {
            let image = container.image;
            if definition.containers[..place].iter().any(|earlier| earlier.image == image) {
                continue;
            }
            let source = source(place, host.cached.contains(image) || wanted.fresh.contains(&image));
            if source == Source::Disk {
                continue;
            }
            if world.warming_up {
                out.push(Command::Cache { instance: row.instance, image });
                continue;
            }
            if world.region.registry_down > 0 || !wanted.may_ask {
                return Pull::Fails;
            }
            if source == Source::Asked {
                continue;
            }
            let size = world.fleet.images[image].size_mib;
            if size > 0.0 {
                let waiter = Waiter { task: wanted.task, phase_step: row.phase_step, place, fails: false };
                let alone = Span::from_secs_f64(size / world.fleet.capacities[host.capacity].pull_mib_per_s);
                self.join(world.now, row.instance, image, alone, waiter, out);
                return Pull::UnderWay;
            }
            out.push(Command::Cache { instance: row.instance, image });
        }
        Pull::Here
    }

    /// Waits for a download, which begins where the image is not on its way yet. `alone`: how long it takes alone.
    fn join(
        &mut self,
        now: Time,
        instance: InstanceId,
        image: ImageId,
        alone: Span,
        waiter: Waiter,
        out: &mut Commands,
    ) {
        let row = instance.0 as usize;
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Downloads::default);
        }
        let downloads = &mut self.rows[row];
        // A task that is taken up again waits once.
        for download in &mut downloads.list {
            download.waiting.retain(|other| other.task != waiter.task);
        }
        if let Some(download) = downloads.list.iter_mut().find(|download| download.image == image) {
            return download.waiting.push(waiter);
        }
        downloads.bring_up_to(now, self.serial);
        downloads.list.push(Download { image, left: u128::from(alone.0) * UNIT, waiting: vec![waiter] });
        downloads.set_timer(self.serial, self.timer, instance, out);
    }

    /// Ends the downloads that the timer stands for, and puts on the disk what has come.
    pub(super) fn came(&mut self, world: &World, instance: InstanceId, event: Event, out: &mut Commands) -> Came {
        let ended = self.ended(world.now, instance, event, out);
        let gone = world.region.registry_down > 0;
        let fresh: Vec<ImageId> = ended.iter().map(|download| download.image).filter(|_| !gone).collect();
        for &image in &fresh {
            out.push(Command::Cache { instance, image });
        }
        let mut waiting = Vec::new();
        for download in ended {
            let fails = gone && !world.instances[instance].cached.contains(download.image);
            let waits = |waiter: &Waiter| {
                let row = &world.tasks[waiter.task];
                !row.stopping && row.phase_step == waiter.phase_step
            };
            waiting.extend(download.waiting.into_iter().filter(waits).map(|waiter| Waiter { fails, ..waiter }));
        }
        Came { fresh, waiting }
    }

    /// The downloads that end now; none where the timer is one of an earlier state.
    fn ended(&mut self, now: Time, instance: InstanceId, event: Event, out: &mut Commands) -> Vec<Download> {
        let (serial, timer) = (self.serial, self.timer);
        let Some(downloads) = self.rows.get_mut(instance.0 as usize).filter(|row| event.is_current(row.step)) else {
            return Vec::new();
        };
        downloads.bring_up_to(now, serial);
        // Those that have not begun have all before them.
        let (ended, list) = std::mem::take(&mut downloads.list).into_iter().partition(|download| download.left == 0);
        downloads.list = list;
        downloads.set_timer(serial, timer, instance, out);
        ended
    }

    /// Whatever the instance was downloading is lost.
    pub(super) fn lost(&mut self, instance: InstanceId) {
        if let Some(downloads) = self.rows.get_mut(instance.0 as usize) {
            downloads.list.clear();
            downloads.step += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;

    fn at(seconds: u64) -> Time {
        Time::ZERO + Span::from_secs(seconds)
    }

    const HOST: InstanceId = InstanceId(3);

    fn begin(pulls: &mut Pulls, now: Time, image: u32, seconds: u64, out: &mut Commands) {
        out.enter(now, 0);
        let waiter = Waiter { task: TaskId::from_index(image as usize), phase_step: 1, place: 0, fails: false };
        pulls.join(now, HOST, ImageId(image), Span::from_secs(seconds), waiter, out);
    }

    /// Lets time pass: (second, image) of each end.
    fn ends(pulls: &mut Pulls, out: &mut Commands) -> Vec<(f64, u32)> {
        let mut list = Vec::new();
        while let Some(command) = out.next_command() {
            let Command::Wake { at, event } = command else { panic!("only timers are set: {command:?}") };
            out.enter(at, 0);
            let ended = pulls.ended(at, HOST, event, out);
            list.extend(ended.iter().map(|ended| (Span(at.0).seconds(), ended.image.0)));
        }
        list
    }

    /// 16 s alone, begun at 0; another of 16 s begins at 8. Eight seconds are left of the first, which takes 16 for them: it
    /// ends at 24. Then half of the second is left, 8 s alone: 32.
    #[test]
    fn two_downloads_share() {
        let (mut pulls, mut out) = (Pulls::new(0, false), Commands::default());
        begin(&mut pulls, at(0), 1, 16, &mut out);
        begin(&mut pulls, at(8), 2, 16, &mut out);
        assert_eq!(ends(&mut pulls, &mut out), [(24.0, 1), (32.0, 2)]);
    }

    /// One at a time they take 16 s each.
    #[test]
    fn a_serial_kubelet_makes_one_after_the_other() {
        let (mut pulls, mut out) = (Pulls::new(0, true), Commands::default());
        begin(&mut pulls, at(0), 1, 16, &mut out);
        begin(&mut pulls, at(8), 2, 16, &mut out);
        begin(&mut pulls, at(9), 3, 1, &mut out);
        assert_eq!(ends(&mut pulls, &mut out), [(16.0, 1), (32.0, 2), (33.0, 3)]);
    }

    /// Three at once, of 1 s, 2 s and 3 s: 1 s is a third of 3 s; then halves, then the whole.
    #[test]
    fn three_downloads_share() {
        let (mut pulls, mut out) = (Pulls::new(0, false), Commands::default());
        for (image, seconds) in [(1, 1), (2, 2), (3, 3)] {
            begin(&mut pulls, at(0), image, seconds, &mut out);
        }
        assert_eq!(ends(&mut pulls, &mut out), [(3.0, 1), (5.0, 2), (6.0, 3)]);
    }

    #[test]
    fn a_lost_download_does_not_end() {
        let (mut pulls, mut out) = (Pulls::new(0, false), Commands::default());
        begin(&mut pulls, at(0), 1, 16, &mut out);
        pulls.lost(HOST);
        begin(&mut pulls, at(1), 1, 16, &mut out);
        assert_eq!(ends(&mut pulls, &mut out), [(17.0, 1)]);
    }
}
