//! How much of an instance's memory ECS gets to see.

/// The memory in MiB that a container instance of this nominal size registers with ECS, before
/// `ECS_RESERVED_MEMORY` is taken off.
///
/// The agent registers the memory the kernel reports as total, which lacks what the firmware and the kernel
/// took at boot. The law here: 43 MiB, plus 2 % of the nominal size rounded up to a whole MiB.
///
/// Certainty: **estimate**. One point is published: m4.large, 8192 MiB nominal, 7985 registered (ECS
/// Developer Guide, "Container instance memory management"), which the law meets. Its shape is ours: a fixed
/// part, because the kernel takes some at any size, and a proportional part, because it keeps a record of
/// each page; the two are chosen so that between 4 and 64 GiB the loss stays within the 2 to 4 % commonly
/// seen (3.1 % at 4 GiB, 2.1 % at 64 GiB). Above that it tends to 2 %; below, the fixed part makes it 4.2 %
/// at 2 GiB and 10.5 % at 512 MiB. The real figure differs by kernel, image and architecture.
pub fn registered_memory_mib(nominal_mib: u64) -> u64 {
    const FIXED_MIB: u64 = 43;
    nominal_mib.saturating_sub(nominal_mib.div_ceil(50) + FIXED_MIB)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::catalog::all;

    #[test]
    fn the_published_point_is_met() {
        assert_eq!(registered_memory_mib(8192), 7985);
    }

    #[test]
    fn the_loss_is_two_to_four_percent_between_4_and_64_gib() {
        for nominal in 4096..=65_536_u64 {
            let loss = nominal - registered_memory_mib(nominal);
            assert!(loss * 100 >= nominal * 2 && loss * 100 <= nominal * 4, "{nominal}: {loss}");
        }
    }

    #[test]
    fn the_stated_ends_are_right() {
        // 4096: 82 + 43 = 125; 65536: 1311 + 43 = 1354; 2048: 41 + 43 = 84; 512: 11 + 43 = 54.
        assert_eq!(registered_memory_mib(4096), 3971);
        assert_eq!(registered_memory_mib(65_536), 64_182);
        assert_eq!(registered_memory_mib(2048), 1964);
        assert_eq!(registered_memory_mib(512), 458);
    }

    #[test]
    fn more_memory_never_registers_less_and_none_registers_none() {
        assert_eq!(registered_memory_mib(0), 0);
        assert_eq!(registered_memory_mib(44), 0);
        assert!(registered_memory_mib(u64::MAX) > 0);
        for nominal in 0..10_000 {
            assert!(registered_memory_mib(nominal) <= registered_memory_mib(nominal + 1), "{nominal}");
        }
        assert!(all().iter().all(|entry| registered_memory_mib(entry.memory_mib) > 0));
    }
}
