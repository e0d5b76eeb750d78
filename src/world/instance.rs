//! An EC2 instance: its host as it is, and what EC2, Auto Scaling and ECS believe of it.

use crate::base::time::Time;

use super::fleet::{HostPort, Resources};
use super::{CapacityId, ImageId, IncidentId, TaskId, ZoneId};

/// The truth about a host.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// The row is free.
    Absent,
    /// Being launched or booting: not there yet.
    Launching,
    /// Runs.
    Up,
    /// The operating system hangs: nothing on it answers. EC2's instance status check may pass all the same, for it only
    /// asks whether the network interface answers.
    Hung { passes_status_check: bool },
    /// Without power, crashed or rebooting; its containers are dead. It may come back.
    Down,
    /// Terminated; it will not come back.
    Gone,
}

/// ECS's state of a container instance (ECS API, ContainerInstance.status), as ECS believes it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Not known to ECS yet, or no more (INACTIVE).
    None,
    /// Takes tasks.
    Active,
    /// Takes no new tasks; service tasks are being replaced.
    Draining,
}

/// A row of the instance table. What a placement and a task's end look at fills the first cache line: in a large fleet most
/// of them meet a cold row.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Instance {
    /// What is not reserved by a task.
    pub free: Resources,
    /// The part of `free` that is kept for daemons that have no task here; see [`super::daemon_room`].
    pub kept: Resources,
    /// The group that it belongs to.
    pub capacity: CapacityId,
    /// Its zone.
    pub zone: ZoneId,
    /// Tasks on it in any phase before STOPPED.
    pub task_count: u32,
    /// Head of the list of its tasks.
    pub first_task: TaskId,
    /// Truth: the host.
    pub host: Host,
    /// Truth: nothing reaches it and it reaches nothing, though it runs.
    pub cut_off: bool,
    /// Truth: how many failures hold its network back; it is cut off while there is one.
    pub network_cuts: u16,
    /// Truth: how many failures hold it down; while there is one the host cannot be up.
    pub power_cuts: u16,
    /// Belief of ECS.
    pub registration: Registration,
    /// Belief of ECS.
    pub agent_connected: bool,
    /// Belief of the orchestrator: it can take tasks. Under ECS its agent is connected, under Kubernetes the node's `Ready`
    /// condition is true.
    pub ready: bool,
    /// Belief of Kubernetes: its memory runs short (`MemoryPressure`), and it takes no new pods.
    pub pressed: bool,
    /// Belief of EC2: a status check has failed for long enough.
    pub impaired: bool,
    /// Auto Scaling has decided to replace it, or has ordered its termination.
    pub condemned: bool,
    /// Host ports in use, sorted.
    pub ports: Vec<HostPort>,
    /// Images on its disk.
    pub cached: ImageSet,
    /// When the launch was ordered.
    pub launched_at: Time,
    /// When it registered with ECS.
    pub registered_at: Time,
    /// Number of the launch, from 1, which gives its EC2 instance id.
    pub serial: u32,
    /// Its position in the group: a replacement fills the position of the one that it replaces, and so meets the same
    /// failure clock whatever the placement.
    pub lane: u32,
    /// The number of this instance among those that its position has had, from 1.
    pub life: u32,
    /// Why the host is down, hung or cut off; NONE while it is well.
    pub incident: IncidentId,
    /// Bumped at each change of the host, so that timers of an earlier state are known as stale; never reset.
    pub host_step: u32,
    /// Bumped at each change of the agent's connection or of what it depends on; never reset.
    pub agent_step: u32,
}

// What the first line holds is what makes large fleets fast.
const _: () = assert!(std::mem::offset_of!(Instance, condemned) < 64 && std::mem::size_of::<Instance>() == 192);

impl Instance {
    /// A free row.
    pub fn free_row() -> Instance {
        Instance {
            capacity: CapacityId::NONE,
            zone: ZoneId::NONE,
            serial: 0,
            lane: 0,
            life: 0,
            host: Host::Absent,
            cut_off: false,
            network_cuts: 0,
            power_cuts: 0,
            registration: Registration::None,
            agent_connected: false,
            ready: false,
            pressed: false,
            impaired: false,
            condemned: false,
            free: Resources::default(),
            kept: Resources::default(),
            ports: Vec::new(),
            task_count: 0,
            first_task: TaskId::NONE,
            cached: ImageSet::default(),
            launched_at: Time::ZERO,
            registered_at: Time::ZERO,
            incident: IncidentId::NONE,
            host_step: 0,
            agent_step: 0,
        }
    }

    /// `true` where the row stands for an instance that EC2 still has.
    pub fn in_use(&self) -> bool {
        !matches!(self.host, Host::Absent)
    }

    /// The EC2 instance id: `i-` and 17 hexadecimal digits.
    pub fn ec2_id(&self) -> String {
        format!("i-{:017x}", self.serial)
    }

    /// `true` where placement takes it into account: ACTIVE, with its agent connected (ECS API, ContainerInstance: only
    /// these are candidates); under Kubernetes neither cordoned nor tainted as not ready.
    pub fn accepts_tasks(&self) -> bool {
        self.registration == Registration::Active && self.ready && !self.pressed
    }

    /// What is open to tasks that no room is kept for.
    #[inline]
    pub fn open(&self) -> Resources {
        self.free.minus(&self.kept)
    }

    /// `true` while the host works and the network reaches it.
    pub fn works(&self) -> bool {
        self.host == Host::Up && !self.cut_off
    }
}

/// A set of images; one word for the first 64, more as needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageSet {
    words: Vec<u64>,
}

impl ImageSet {
    /// `true` where the image is in the set.
    pub fn contains(&self, image: ImageId) -> bool {
        self.words.get(image.0 as usize / 64).is_some_and(|word| word >> (image.0 % 64) & 1 == 1)
    }

    /// Adds an image.
    pub fn insert(&mut self, image: ImageId) {
        let word = image.0 as usize / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (image.0 % 64);
    }

    /// Empties the set, keeping its memory.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }
}
