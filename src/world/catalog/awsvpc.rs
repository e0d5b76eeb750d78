//! How many tasks in `awsvpc` network mode an instance can run.
//!
//! Each such task has a network interface of its own, and an instance has few.

use super::InstanceType;
use super::table::awsvpc_limits;

/// The most tasks in `awsvpc` mode an instance of the type can run at a time.
///
/// The table of the ECS Developer Guide ("Elastic network interface trunking", May 2023, 434 types) where
/// it has the type, exceptions to the rule included. Otherwise the rule behind the table:
///
/// * without trunking `max_enis - 1`: the instance keeps one interface for itself;
/// * with trunking `branch_enis + max_enis - 2`: one more goes to the trunk;
/// * with trunking on a type that cannot do it, the same as without.
///
/// Certainty: published for the types of the table. Derived for the others: of the 424 types in both tables
/// the trunking rule fits all but 8, the rule without trunking all but 10 (types with several network
/// cards, whose published limit is lower), so newer types with several cards may be a few tasks off.
pub fn awsvpc_tasks(instance_type: &InstanceType, trunking: bool) -> u32 {
    let published = awsvpc_limits().iter().find(|row| row.instance_type == instance_type.name);
    if let Some(row) = published {
        return if trunking { row.with_trunking } else { row.without_trunking };
    }
    if trunking && instance_type.branch_enis > 0 {
        (instance_type.branch_enis + instance_type.max_enis).saturating_sub(2)
    } else {
        instance_type.max_enis.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::catalog::{all, find};

    fn both(name: &str) -> Option<(u32, u32)> {
        find(name).map(|entry| (awsvpc_tasks(&entry, false), awsvpc_tasks(&entry, true)))
    }

    #[test]
    fn the_published_example() {
        assert_eq!(both("c5.large"), Some((2, 10)));
    }

    #[test]
    fn the_table_wins_over_the_rule() {
        // 16 interfaces would give 15.
        assert_eq!(both("m6in.32xlarge"), Some((13, 120)));
        // No branch interfaces would give 14 both times.
        assert_eq!(both("u-6tb1.56xlarge"), Some((14, 12)));
    }

    #[test]
    fn a_type_outside_the_table_follows_the_rule() {
        // m4 and t3 have no trunking; g6f.large has 2 interfaces and 10 branches.
        assert_eq!(both("m4.large"), Some((1, 1)));
        assert_eq!(both("t3.micro"), Some((1, 1)));
        assert_eq!(both("g6f.large"), Some((1, 10)));
    }

    #[test]
    fn the_rule_fits_the_table_as_often_as_stated() {
        let tabled = |name: &str| awsvpc_limits().iter().find(|row| row.instance_type == name);
        let (mut compared, mut trunking_off, mut plain_off) = (0, 0, 0);
        for entry in all() {
            let Some(row) = tabled(entry.name) else { continue };
            compared += 1;
            trunking_off += u32::from(row.with_trunking + 2 != entry.branch_enis + entry.max_enis);
            plain_off += u32::from(row.without_trunking + 1 != entry.max_enis);
        }
        assert_eq!((compared, trunking_off, plain_off), (424, 8, 10));
    }

    #[test]
    fn every_type_can_run_a_task() {
        for entry in all() {
            assert!(awsvpc_tasks(entry, false) >= 1 && awsvpc_tasks(entry, true) >= 1, "{entry:?}");
        }
    }
}
