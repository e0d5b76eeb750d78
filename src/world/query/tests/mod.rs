//! Tests of the language as a whole; the parts test themselves.

mod errors;
mod meaning;
mod properties;

use std::borrow::Cow;

use super::Subject;

/// An instance with fields to set one by one.
#[derive(Debug, Clone, Default)]
struct Instance {
    disconnected: bool,
    version: &'static str,
    id: &'static str,
    registered_at_s: i64,
    groups: Vec<&'static str>,
    attributes: Vec<(&'static str, &'static str)>,
}

impl Subject for Instance {
    fn agent_connected(&self) -> bool {
        !self.disconnected
    }

    fn agent_version(&self) -> &str {
        self.version
    }

    fn ec2_instance_id(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.id)
    }

    fn registered_at_s(&self) -> i64 {
        self.registered_at_s
    }

    /// Each group here stands for one task.
    fn running_tasks_count(&self) -> u32 {
        u32::try_from(self.groups.len()).unwrap_or(u32::MAX)
    }

    fn task_groups_any(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.groups.iter().any(|group| test(group))
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}
