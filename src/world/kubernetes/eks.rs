//! What an EKS node keeps for itself (Amazon EKS AMI, `nodeadm` and kubelet configuration).

use crate::world::catalog::InstanceType;

use super::resources::{CPU, EPHEMERAL_STORAGE, MEMORY, PODS, ResourceList};

/// Memory at which the kubelet begins to evict: `evictionHard` of `memory.available`, 100 MiB.
const EVICTION_HARD_MIB: u64 = 100;

/// Pods of a node whose type the image does not know.
pub const UNKNOWN_MAX_PODS: u32 = 110;

/// Bytes of a node's disk that pods may ask for: of 20 GiB, 10 % kept by `evictionHard` and 1 GiB by `kubeReserved`.
/// Certainty: estimate, for the root volume's size is the user's choice.
const EPHEMERAL_BYTES: i64 = 17 << 30;

/// CPU kept for the kubelet, in thousandths of a core: 6 % of the first core, 1 % of the second, 0.5 % of the next two,
/// 0.25 % of the rest, each band truncated.
pub fn reserved_cpu_milli(vcpu: u32) -> u32 {
    let milli = vcpu * 1000;
    let band = |from: u32, to: u32, per_ten_thousand: u32| {
        u64::from(milli.min(to).saturating_sub(from)) * u64::from(per_ten_thousand) / 10_000
    };
    (band(0, 1000, 600) + band(1000, 2000, 100) + band(2000, 4000, 50) + band(4000, u32::MAX, 25)) as u32
}

/// Memory kept for the kubelet, in MiB: 255 and 11 for each pod that the node takes.
pub fn reserved_memory_mib(max_pods: u32) -> u64 {
    255 + 11 * u64::from(max_pods)
}

/// What pods may ask for on a node: `vcpu` virtual CPUs and `memory_mib` MiB as the kernel reports them.
pub fn allocatable(vcpu: u32, memory_mib: u64, max_pods: u32, gpus: u32) -> ResourceList {
    let memory = memory_mib.saturating_sub(reserved_memory_mib(max_pods) + EVICTION_HARD_MIB);
    let mut list = ResourceList::default();
    list.set(CPU, i64::from(vcpu * 1000 - reserved_cpu_milli(vcpu)));
    list.set(MEMORY, (memory as i64) << 20);
    list.set(EPHEMERAL_STORAGE, EPHEMERAL_BYTES);
    list.set(PODS, i64::from(max_pods));
    if gpus > 0 {
        list.set("nvidia.com/gpu", i64::from(gpus));
    }
    list
}

/// Pods that a node of this type takes: ENIs of the default network card × (addresses of each − 1) + 2.
pub fn max_pods(of: &InstanceType) -> u32 {
    if of.eks_max_pods == 0 { UNKNOWN_MAX_PODS } else { of.eks_max_pods }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::catalog::find;

    /// EKS AMI: 2 vCPU keep 70m, 4 keep 80m, 8 keep 90m, 16 keep 110m, 96 keep 310m.
    #[test]
    fn cpu_is_kept_by_bands() {
        let kept: Vec<u32> = [2, 4, 8, 16, 96].into_iter().map(reserved_cpu_milli).collect();
        assert_eq!(kept, [70, 80, 90, 110, 310]);
    }

    /// a1.large has 3 ENIs of 10 addresses: 29 pods, so 255 + 11 × 29 = 574 MiB are kept; of a capacity of 3,729 MiB
    /// 3,055 MiB are left, as Karpenter's table of instance types has it. An m5.24xlarge with its 737 pods keeps 8,362 MiB.
    #[test]
    fn memory_is_kept_by_pods() {
        // m5.large has as many interfaces and addresses.
        let of = find("m5.large").map(|of| max_pods(&of));
        assert_eq!(of, Some(29));
        assert_eq!(allocatable(2, 3729, 29, 0).amount(MEMORY), 3055 << 20);
        let big = find("m5.24xlarge").map(|of| reserved_memory_mib(max_pods(&of)));
        assert_eq!(big, Some(8362));
    }
}
