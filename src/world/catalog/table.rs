//! The tables in the program, read from their text on first use.
//!
//! The text is kept as it stands in the project's collection of facts, so that the two can be compared byte
//! by byte. Reading all of it takes about 0.3 ms in a release build, and a program that never asks for a
//! type never pays for it.

use std::sync::LazyLock;

use super::{Arch, InstanceType};

const TYPES_CSV: &str = include_str!("data/ec2_instance_types.csv");
const AWSVPC_CSV: &str = include_str!("data/ecs_awsvpc_task_limits.csv");

/// Tasks in `awsvpc` network mode that one instance can run, as AWS published them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AwsvpcLimit {
    pub(super) instance_type: &'static str,
    pub(super) without_trunking: u32,
    pub(super) with_trunking: u32,
}

static TYPES: LazyLock<Vec<InstanceType>> = LazyLock::new(|| rows(TYPES_CSV, instance_type));
static AWSVPC: LazyLock<Vec<AwsvpcLimit>> = LazyLock::new(|| rows(AWSVPC_CSV, awsvpc_limit));

pub(super) fn types() -> &'static [InstanceType] {
    &TYPES
}

pub(super) fn awsvpc_limits() -> &'static [AwsvpcLimit] {
    &AWSVPC
}

/// The rows below the header. A row that cannot be read is left out: the files are part of the program,
/// and a test counts the rows, so none is.
fn rows<T>(csv: &'static str, read: impl Fn(&mut Fields) -> Option<T>) -> Vec<T> {
    csv.lines().skip(1).filter_map(|line| read(&mut Fields(line.split(',')))).collect()
}

struct Fields(std::str::Split<'static, char>);

impl Fields {
    fn text(&mut self) -> Option<&'static str> {
        self.0.next()
    }

    fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        self.0.next()?.parse().ok()
    }
}

fn instance_type(fields: &mut Fields) -> Option<InstanceType> {
    // Fields of a literal are evaluated in the order they are written in, which is that of the columns.
    Some(InstanceType {
        name: fields.text()?,
        vcpu: fields.number()?,
        memory_mib: fields.number()?,
        gpus: fields.number()?,
        arch: match fields.text()? {
            "x86_64" => Arch::X86_64,
            "arm64" => Arch::Arm64,
            _ => return None,
        },
        max_enis: fields.number()?,
        ipv4_per_eni: fields.number()?,
        branch_enis: fields.number()?,
        eks_max_pods: fields.number()?,
        usd_per_hour: fields.number()?,
    })
}

fn awsvpc_limit(fields: &mut Fields) -> Option<AwsvpcLimit> {
    Some(AwsvpcLimit {
        instance_type: fields.text()?,
        without_trunking: fields.number()?,
        with_trunking: fields.number()?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::world::catalog::find;

    #[test]
    fn every_row_is_read() {
        assert_eq!(types().len(), 1315);
        assert_eq!(types().len(), TYPES_CSV.lines().count() - 1);
        assert_eq!(awsvpc_limits().len(), 434);
        assert_eq!(awsvpc_limits().len(), AWSVPC_CSV.lines().count() - 1);
    }

    #[test]
    fn names_are_unique_and_values_sensible() {
        let names: HashSet<_> = types().iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), types().len());
        let families: HashSet<_> = types().iter().map(InstanceType::family).collect();
        assert_eq!(families.len(), 162);
        for entry in types() {
            assert!(entry.vcpu > 0 && entry.memory_mib >= 512 && entry.max_enis >= 2, "{entry:?}");
            assert!(entry.usd_per_hour > 0.0 && entry.ipv4_per_eni >= 2, "{entry:?}");
        }
    }

    #[test]
    fn spot_checks() {
        let expected = InstanceType {
            name: "c4.large",
            vcpu: 2,
            memory_mib: 3840,
            gpus: 0,
            arch: Arch::X86_64,
            max_enis: 3,
            ipv4_per_eni: 10,
            branch_enis: 0,
            eks_max_pods: 29,
            usd_per_hour: 0.1,
        };
        assert_eq!(find("c4.large"), Some(expected));
        let expected = InstanceType {
            name: "p4d.24xlarge",
            vcpu: 96,
            memory_mib: 1_179_648,
            gpus: 8,
            arch: Arch::X86_64,
            max_enis: 60,
            ipv4_per_eni: 50,
            branch_enis: 62,
            eks_max_pods: 737,
            usd_per_hour: 21.957_642,
        };
        assert_eq!(find("p4d.24xlarge"), Some(expected));
        let fractional = find("g6f.large").map(|entry| (entry.gpus, entry.usd_per_hour));
        assert_eq!(fractional, Some((0, 0.202)));
        assert_eq!(find("t4g.micro").map(|entry| entry.arch), Some(Arch::Arm64));
    }
}
