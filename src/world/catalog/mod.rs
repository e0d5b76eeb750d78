//! The EC2 instance types a simulated cluster can be built of.
//!
//! Sizes, network limits and prices are facts of July and August 2026 for us-east-1; `data/README.md`
//! says where each column comes from. A scenario can price an instance otherwise; nothing here is looked
//! up over the network.

mod awsvpc;
mod memory;
mod search;
mod table;

use std::fmt;

pub use awsvpc::awsvpc_tasks;
pub use memory::registered_memory_mib;
pub use search::{matching, nearest};

/// One EC2 instance type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InstanceType {
    /// The name EC2 knows it by, such as `m5.large`.
    pub name: &'static str,
    /// Virtual CPUs: hardware threads, two to a core on most x86 types. ECS registers 1024 CPU units
    /// for each.
    pub vcpu: u32,
    /// Nominal memory in MiB. What ECS can place tasks on is less: see [`registered_memory_mib`].
    pub memory_mib: u64,
    /// Whole GPUs the guest sees. Types with a share of a GPU (`g6f`, `gr6f`) count 0, as in the EC2
    /// API, and so do accelerators that are not GPUs.
    pub gpus: u32,
    /// Processor architecture.
    pub arch: Arch,
    /// Network interfaces over all network cards together.
    pub max_enis: u32,
    /// IPv4 addresses of each interface, its primary one included.
    pub ipv4_per_eni: u32,
    /// Branch interfaces a trunk can carry; 0 where the type has no trunking.
    pub branch_enis: u32,
    /// Pods the EKS image computes for the node when each pod takes a secondary address of the default
    /// network card. Not capped at 110 or 250, as managed node groups do.
    pub eks_max_pods: u32,
    /// On-demand price for Linux with shared tenancy in us-east-1, in USD per hour.
    pub usd_per_hour: f64,
}

impl InstanceType {
    /// The part of the name before the first full stop, such as `m5`.
    pub fn family(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }
}

/// Processor architecture of an instance type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arch {
    /// Intel and AMD.
    X86_64,
    /// AWS Graviton.
    Arm64,
}

impl fmt::Display for Arch {
    /// As the attribute `ecs.cpu-architecture` has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        })
    }
}

/// All types, by family, the sizes of a family together.
pub fn all() -> &'static [InstanceType] {
    table::types()
}

/// The type of exactly this name.
pub fn find(name: &str) -> Option<InstanceType> {
    all().iter().find(|entry| entry.name == name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_exact_name() {
        assert_eq!(find("m5.large").map(|entry| entry.name), Some("m5.large"));
        assert_eq!(find("M5.large"), None);
        assert_eq!(find("m5"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn a_family_is_what_precedes_the_size() {
        assert_eq!(find("u-6tb1.56xlarge").map(|entry| entry.family()), Some("u-6tb1"));
    }
}
